"""Fitting the temperature that makes a confidence mean what it says."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.labels import sum_kinds
from classifier.model import calibrated
from classifier.training.folds import each_fold

_CANDIDATES: Final = np.geomspace(0.2, 5.0, 161)


def fit_temperature(outputs: NDArray[np.float32], truth: NDArray[np.int64]) -> float:
    """Return the temperature under which the true labels are likeliest (least log-loss).

    Parameters
    ----------
    outputs : array, shape (n, 21)
        Of sounds from packs that the model was not trained on.
    truth : array, shape (n,)
        Codes of ``LABELS``, 0 to 5.
    """
    losses = [log_loss(sum_kinds(calibrated(outputs, t)), truth) for t in _CANDIDATES]
    return float(_CANDIDATES[int(np.argmin(losses))])


def log_loss(probabilities: NDArray[np.floating], truth: NDArray[np.int64]) -> float:
    """Return the mean of -log of the true label's probability, in nats."""
    own = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(own, 1e-12)).mean())


def cross_calibrated(
    outputs: NDArray[np.float32], truth: NDArray[np.int64], folds: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return calibrated outputs, each fold with the temperature fitted on the others.

    So that the figures do not profit from the sounds that they are measured on.
    """
    result = np.empty_like(outputs)
    for others, fold in each_fold(folds):
        result[fold] = calibrated(outputs[fold], fit_temperature(outputs[others], truth[others]))
    return result

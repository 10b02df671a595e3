"""Fitting the calibration that makes a confidence mean what it says."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from classifier.calibration import Calibration
from classifier.labels import INSTRUMENTS, sum_kinds
from classifier.training.folds import each_fold

# Of the offsets' squares in the loss: what a handful of 808s can't tell stays near 0.
_SHRINKAGE: Final = 1e-3
# Of the logarithm of the temperature, and of each offset.
_BOUNDS: Final = [(np.log(0.05), np.log(20.0)), *[(-8.0, 8.0)] * len(INSTRUMENTS)]


def fit_calibration(
    outputs: NDArray[np.float32], truth: NDArray[np.int64], weights: NDArray[np.float64]
) -> Calibration:
    """Return the calibration under which the true labels are likeliest (least log-loss).

    Parameters
    ----------
    outputs : array, shape (n, outputs)
        Of sounds from packs that the model was not trained on.
    truth : array, shape (n,)
        Codes of ``LABELS``, 0 to 5.
    weights : array, shape (n,)
        How much each counts.
    """
    shares = weights / weights.sum()

    def loss(values: NDArray[np.float64]) -> float:
        probabilities = sum_kinds(_calibration(values)(outputs))
        own = probabilities[np.arange(len(truth)), truth]
        return float(-shares @ np.log(own) + _SHRINKAGE * values[1:] @ values[1:])

    start = np.zeros(1 + len(INSTRUMENTS))
    return _calibration(minimize(loss, start, method="Powell", bounds=_BOUNDS).x)


def _calibration(values: NDArray[np.float64]) -> Calibration:
    """Return what the numbers stand for: the logarithm of the temperature, then the offsets."""
    return Calibration(float(np.exp(values[0])), tuple(float(value) for value in values[1:]))


def cross_calibrated(
    outputs: NDArray[np.float32],
    truth: NDArray[np.int64],
    weights: NDArray[np.float64],
    folds: NDArray[np.int64],
) -> NDArray[np.float32]:
    """Return calibrated outputs, each fold as fitted on the others.

    So that the figures do not profit from the sounds that they are measured on.
    """
    result = np.empty_like(outputs)
    for others, fold in each_fold(folds):
        calibration = fit_calibration(outputs[others], truth[others], weights[others])
        result[fold] = calibration(outputs[fold])
    return result

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.labels import OUTPUTS, sum_kinds
from classifier.model import calibrated
from classifier.training.calibration import cross_calibrated, fit_temperature, log_loss
from classifier.training.scores import calibration_error


def honest(count: int, seed: int = 0) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Return outputs and labels drawn from them: right as often as they are sure."""
    rng = np.random.default_rng(seed)
    outputs = rng.dirichlet(np.full(len(OUTPUTS), 0.3), count)
    outputs = np.maximum(outputs, 1e-2)
    outputs /= outputs.sum(axis=1, keepdims=True)
    drawn = (outputs.cumsum(axis=1) < rng.uniform(size=(count, 1))).sum(axis=1)
    return outputs.astype(np.float32), np.minimum(drawn, 5)


@pytest.mark.parametrize("temperature", [0.4, 0.7, 1.0, 1.5, 2.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    outputs, truth = honest(4_000)
    distorted = calibrated(outputs, 1 / temperature)
    assert fit_temperature(distorted, truth) == pytest.approx(temperature, rel=0.08)


def test_the_found_temperature_calibrates() -> None:
    outputs, truth = honest(4_000)
    sure_of_itself = calibrated(outputs, 0.4)
    cooled = calibrated(sure_of_itself, fit_temperature(sure_of_itself, truth))
    before = calibration_error(truth, sum_kinds(sure_of_itself))
    after = calibration_error(truth, sum_kinds(cooled))
    assert before > 0.08
    assert after < 0.03


def test_the_loss_is_in_nats() -> None:
    probabilities = np.array([[0.5, 0.5], [0.25, 0.75]])
    expected = -(math.log(0.5) + math.log(0.25)) / 2
    assert log_loss(probabilities, np.array([1, 0])) == pytest.approx(expected)


def test_what_was_called_impossible_costs_much_but_not_everything() -> None:
    assert 20 < log_loss(np.array([[1.0, 0.0]]), np.array([1])) < 100


def test_a_fold_is_calibrated_with_what_the_others_teach() -> None:
    outputs, truth = honest(3_000)
    folds = np.arange(3_000) % 3
    # The first fold is the only one that is too sure: it learns nothing of that from itself.
    outputs[folds == 0] = calibrated(outputs[folds == 0], 0.4)
    result = cross_calibrated(outputs, truth, folds)
    others = folds != 0
    expected = calibrated(outputs[~others], fit_temperature(outputs[others], truth[others]))
    np.testing.assert_array_equal(result[~others], expected)
    assert fit_temperature(outputs[others], truth[others]) == pytest.approx(1.0, rel=0.1)
    assert fit_temperature(outputs[folds != 1], truth[folds != 1]) > 1.2
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-5)

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.calibration import Calibration
from classifier.labels import OUTPUTS, sum_kinds
from classifier.training.calibration import cross_calibrated, fit_calibration
from classifier.training.scores import calibration_error

Outputs = NDArray[np.float32]


def honest(count: int, seed: int = 0) -> tuple[Outputs, NDArray[np.int64], NDArray[np.float64]]:
    """Return outputs, labels drawn from them (right as often as they are sure), and weights."""
    rng = np.random.default_rng(seed)
    outputs = rng.dirichlet(np.full(len(OUTPUTS), 0.3), count)
    outputs = np.maximum(outputs, 1e-2)
    outputs /= outputs.sum(axis=1, keepdims=True)
    drawn = (outputs.cumsum(axis=1) < rng.uniform(size=(count, 1))).sum(axis=1)
    return outputs.astype(np.float32), np.minimum(drawn, 5), np.ones(count)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_a_known_temperature_is_found_again(temperature: float) -> None:
    outputs, truth, weights = honest(4_000)
    found = fit_calibration(Calibration(1 / temperature)(outputs), truth, weights)
    assert found.temperature == pytest.approx(temperature, rel=0.1)
    assert found.offsets == pytest.approx((0,) * 5, abs=0.2)


def test_known_offsets_are_found_again() -> None:
    outputs, truth, weights = honest(4_000)
    added = (1.0, -1.0, 0.0, 0.5, 0.0)
    found = fit_calibration(Calibration(1.0, added)(outputs), truth, weights)
    assert found.offsets == pytest.approx([-value for value in added], abs=0.25)


def test_what_was_found_calibrates() -> None:
    outputs, truth, weights = honest(4_000)
    sure_of_itself = Calibration(0.4, (1.5, 0.0, 0.0, 0.0, -1.0))(outputs)
    cooled = fit_calibration(sure_of_itself, truth, weights)(sure_of_itself)
    assert calibration_error(truth, sum_kinds(sure_of_itself)) > 0.08
    assert calibration_error(truth, sum_kinds(cooled)) < 0.03


def test_what_weighs_nothing_teaches_nothing() -> None:
    outputs, truth, weights = honest(3_000)
    outputs[::2] = Calibration(0.4)(outputs[::2])
    weights[::2] = 0
    alone = fit_calibration(outputs[1::2], truth[1::2], weights[1::2])
    assert fit_calibration(outputs, truth, weights).temperature == pytest.approx(alone.temperature)


def test_a_fold_is_calibrated_with_what_the_others_teach() -> None:
    outputs, truth, weights = honest(3_000)
    folds = np.arange(3_000) % 3
    # The first fold is the only one that is too sure: it learns nothing of that from itself.
    outputs[folds == 0] = Calibration(0.4)(outputs[folds == 0])
    result = cross_calibrated(outputs, truth, weights, folds)
    others = folds != 0
    taught = fit_calibration(outputs[others], truth[others], weights[others])
    np.testing.assert_array_equal(result[~others], taught(outputs[~others]))
    assert taught.temperature == pytest.approx(1.0, rel=0.1)
    rest = folds != 1
    assert fit_calibration(outputs[rest], truth[rest], weights[rest]).temperature > 1.2
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-5)

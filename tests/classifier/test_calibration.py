from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from classifier.calibration import Calibration, mean_of

shares = arrays(np.float32, (3, 21), elements=st.floats(0, 1, width=32))
offsets = st.tuples(*[st.floats(-5, 5)] * 5)


@given(shares, st.floats(0.05, 20), offsets)
def test_whatever_comes_in_probabilities_come_out(
    outputs: NDArray[np.float32], temperature: float, added: tuple[float, ...]
) -> None:
    result = Calibration(temperature, added)(outputs)
    assert result.dtype == np.float32
    assert ((result >= 0) & (result <= 1)).all()
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-5)


@given(shares, st.floats(0.05, 20))
def test_a_temperature_keeps_the_order(outputs: NDArray[np.float32], temperature: float) -> None:
    for before, after in zip(outputs, Calibration(temperature)(outputs), strict=True):
        assert (np.diff(after[np.argsort(before)]) >= -1e-7).all()


@given(shares)
def test_doing_nothing_changes_nothing(outputs: NDArray[np.float32]) -> None:
    probabilities = (outputs + 0.01) / (outputs + 0.01).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(Calibration()(probabilities), probabilities, rtol=1e-4)


def test_heat_makes_less_sure_and_cold_surer() -> None:
    outputs = np.full((1, 21), 0.01, np.float32)
    outputs[0, 0] = 0.8
    hot, cold = Calibration(2.0)(outputs)[0], Calibration(0.5)(outputs)[0]
    assert hot[0] < 0.8 < cold[0]
    assert hot == pytest.approx(np.sqrt(outputs[0]) / np.sqrt(outputs[0]).sum())
    assert cold == pytest.approx(outputs[0] ** 2 / (outputs[0] ** 2).sum())


def test_an_offset_multiplies_the_odds_of_its_instrument_and_of_no_other() -> None:
    outputs = np.full((1, 21), 1 / 21, np.float32)
    result = Calibration(1.0, (0.0, 0.0, float(np.log(2)), 0.0, 0.0))(outputs)[0]
    assert result[2] == pytest.approx(2 / 22)
    assert np.delete(result, 2) == pytest.approx(1 / 22)


def test_what_a_forest_calls_impossible_is_only_unlikely() -> None:
    outputs = np.zeros((1, 21), np.float32)
    outputs[0, 0] = 1
    assert ((Calibration()(outputs)[0, 1:] > 0) & (Calibration()(outputs)[0, 1:] < 1e-3)).all()


def test_it_leaves_what_it_is_given_alone() -> None:
    outputs = np.full((1, 21), 1 / 21, np.float32)
    before = outputs.copy()
    Calibration(2.0, (1.0,) * 5)(outputs)
    np.testing.assert_array_equal(outputs, before)


@given(shares, shares)
def test_a_mean_lies_between_and_forgives_a_zero(
    one: NDArray[np.float32], other: NDArray[np.float32]
) -> None:
    result = mean_of([one, other], [2, 1])
    np.testing.assert_allclose(result.sum(axis=1), 1, rtol=1e-5)
    assert (result > 0).all()
    np.testing.assert_array_equal(result, mean_of([other, one], [1, 2]))
    np.testing.assert_array_equal(mean_of([one], [1]), one)


def test_a_mean_is_geometric() -> None:
    one, other = np.float32([[0.9, 0.1]]), np.float32([[0.5, 0.5]])
    np.testing.assert_allclose(mean_of([one, other], [1, 1]), [[0.75, 0.25]], rtol=1e-5)

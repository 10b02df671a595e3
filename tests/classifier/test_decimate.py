from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.decimate import CLEAN, decimate, factor_for
from tests.helpers.sounds import noise, silence, sine

FACTORS = (2, 3, 7, 15, 16, 69)
RATE_HZ = 44_100.0
# What the filter swings in and out over, at both ends of the result.
EDGE = 8

every_factor = pytest.mark.parametrize("factor", FACTORS)


def wave(hz: float, factor: int, phase: float = 0.3) -> NDArray[np.float32]:
    time_s = np.arange(400 * factor) / RATE_HZ
    return np.cos(2 * np.pi * hz * time_s + phase).astype(np.float32)


@every_factor
@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, CLEAN])
def test_what_is_kept_is_flat_and_in_time(factor: int, share: float) -> None:
    kept = wave(share * RATE_HZ / factor, factor)
    tenth_of_a_db = 10 ** (0.1 / 20) - 1
    error = decimate(kept, factor) - kept[::factor]
    assert np.abs(error[EDGE:-EDGE]).max() < tenth_of_a_db


@every_factor
@pytest.mark.parametrize("share", [-CLEAN, -0.1, -0.01, 0.01, 0.1, CLEAN])
def test_what_would_fold_back_is_75_db_down(factor: int, share: float) -> None:
    for multiple in range(1, factor // 2 + 1):
        hz = (multiple + share) * RATE_HZ / factor
        if hz < RATE_HZ / 2:
            folded = decimate(wave(hz, factor), factor)
            assert np.abs(folded[EDGE:-EDGE]).max() < 10 ** (-75 / 20)


@every_factor
def test_a_click_stays_where_it_was(factor: int) -> None:
    click = np.zeros(100 * factor, np.float32)
    click[40 * factor] = 1.0
    assert np.abs(decimate(click, factor)).argmax() == 40


@every_factor
@pytest.mark.parametrize("count", [1, 2, 5, 68, 69, 70, 1_000])
def test_the_length_is_rounded_up(factor: int, count: int) -> None:
    result = decimate(noise()[:count], factor)
    assert result.shape == (-(-count // factor),)
    assert result.dtype == np.float32
    assert np.isfinite(result).all()


def test_a_factor_of_one_changes_nothing() -> None:
    samples = noise(0.1)
    assert decimate(samples, 1) is samples


def test_nothing_gives_nothing() -> None:
    assert len(decimate(silence(0), 5)) == 0
    assert not decimate(silence(0.1), 5).any()


def test_a_copy_is_decimated_and_not_the_sound_itself() -> None:
    samples = sine(seconds=0.1)
    before = samples.copy()
    decimate(samples, 4)
    np.testing.assert_array_equal(samples, before)


@pytest.mark.parametrize(("rate", "factor"), [(44_100, 15), (4_000, 1), (500, 1), (192_000, 69)])
def test_the_factor_leaves_what_is_looked_at_clean(rate: int, factor: int) -> None:
    assert factor_for(rate, 500.0) == factor
    assert factor == 1 or CLEAN * rate / factor >= 500.0

from __future__ import annotations

import math
from dataclasses import astuple

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.descriptors import SILENT, describe
from tests.helpers.sounds import click, noise, silence, sine

RATES = (4_000, 11_025, 44_100, 192_000)
GRAIN_S = 0.0021

every_rate = pytest.mark.parametrize("rate", RATES)


def joined(*parts: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.concatenate(parts)


def decaying(tau_s: float, seconds: float, rate: int = 44_100) -> NDArray[np.float32]:
    """Return a tone of 1 kHz that falls to 1/e in `tau_s`."""
    time_s = np.arange(round(seconds * rate)) / rate
    return (sine(1_000.0, seconds, rate, 1.0) * np.exp(-time_s / tau_s)).astype(np.float32)


@every_rate
@pytest.mark.parametrize("samples_s", [0.0, 0.1])
def test_silence_is_all_zero(rate: int, samples_s: float) -> None:
    assert describe(silence(samples_s, rate), rate) == SILENT
    assert set(astuple(SILENT)) == {0.0}


@every_rate
@pytest.mark.parametrize("count", [1, 2, 7, 8, 9, 88, 1_023, 1_024, 1_025])
def test_however_short_all_is_finite(rate: int, count: int) -> None:
    values = astuple(describe(noise(peak=1.0)[:count], rate))
    assert np.isfinite(values).all()
    assert describe(noise()[:count], rate).active_s == pytest.approx(count / rate)


@every_rate
@pytest.mark.parametrize("share", [0.05, 0.2, 0.4])
def test_the_centroid_of_a_sine_is_its_frequency(rate: int, share: float) -> None:
    found = describe(sine(share * rate, 0.5, rate), rate)
    assert found.centroid_hz == pytest.approx(share * rate, rel=0.01)


def test_the_centroid_of_two_equal_sines_lies_between_them() -> None:
    found = describe(sine(1_000.0) + sine(5_000.0), 44_100)
    assert found.centroid_hz == pytest.approx(3_000.0, rel=0.01)


def test_the_centroid_is_weighted_by_power() -> None:
    found = describe(sine(1_000.0, peak=0.6) + sine(5_000.0, peak=0.2), 44_100)
    assert found.centroid_hz == pytest.approx(0.9 * 1_000 + 0.1 * 5_000, rel=0.01)


@every_rate
def test_the_centroid_of_white_noise_is_in_the_middle(rate: int) -> None:
    assert describe(noise(2.0, rate), rate).centroid_hz == pytest.approx(rate / 4, rel=0.05)


@pytest.mark.parametrize(
    ("sound", "low", "high"),
    [
        (sine(60.0), 1.0, 0.0),
        (sine(600.0), 0.0, 0.0),
        (sine(6_000.0), 0.0, 1.0),
        (sine(60.0) + sine(6_000.0), 0.5, 0.5),
        (sine(60.0, peak=0.2) + sine(600.0, peak=0.4), 0.2, 0.0),
        (noise(2.0), 200 / 22_050, 1 - 2_000 / 22_050),
    ],
    ids=["low", "middle", "high", "low and high", "low and middle", "noise"],
)
def test_the_balance_is_the_share_of_power(
    sound: NDArray[np.float32], low: float, high: float
) -> None:
    # Faded in: a tone that begins at once is a click too, and that has power everywhere.
    fade = np.minimum(np.arange(len(sound), dtype=np.float32) / 2_205, 1)
    found = describe(sound * fade, 44_100)
    assert found.low_balance == pytest.approx(low, abs=0.01)
    assert found.high_balance == pytest.approx(high, abs=0.01)


@pytest.mark.parametrize(
    "rate",
    [
        4_000,
        22_050,
        48_000,
        96_000,
        192_000,
    ],
)
def test_the_balance_is_the_same_at_every_rate(rate: int) -> None:
    found = describe(sine(50.0, 1.0, rate) + sine(1_000.0, 1.0, rate), rate)
    assert found.low_balance == pytest.approx(0.5, abs=0.05)
    assert found.high_balance == pytest.approx(0.0, abs=0.01)


def test_a_click_at_the_very_start_is_as_bright_as_a_later_one() -> None:
    assert describe(click(at_s=0.0), 44_100).centroid_hz == pytest.approx(11_025, rel=0.05)


def test_a_click_is_bright() -> None:
    assert describe(click(at_s=0.01), 44_100).centroid_hz == pytest.approx(11_025, rel=0.05)


def test_a_constant_is_no_sound() -> None:
    without = describe(sine(1_000.0, peak=0.3), 44_100)
    found = describe(sine(1_000.0, peak=0.3) + np.float32(0.2), 44_100)
    assert found.low_balance == pytest.approx(without.low_balance, abs=0.25)
    assert found.centroid_hz > 700
    assert describe(np.full(44_100, 0.5, np.float32), 44_100).centroid_hz < 100


@every_rate
@pytest.mark.parametrize("hz", [50.0, 440.0, 1_500.0])
def test_a_sine_crosses_zero_twice_a_period(rate: int, hz: float) -> None:
    found = describe(sine(hz, 1.0, rate), rate)
    assert found.zero_crossings_hz == pytest.approx(2 * hz, abs=1.1)


def test_crossings_are_counted_only_while_there_is_sound() -> None:
    found = describe(joined(sine(440.0, 0.5), silence(2.0)), 44_100)
    assert found.zero_crossings_hz == pytest.approx(880, rel=0.01)


def test_the_rms_of_a_sine_is_known() -> None:
    assert describe(sine(peak=1.0), 44_100).rms == pytest.approx(math.sqrt(0.5), rel=1e-3)
    assert describe(np.full(4_410, 0.25, np.float32), 44_100).rms == pytest.approx(0.25)


@every_rate
def test_silence_behind_a_sound_does_not_count(rate: int) -> None:
    sound = sine(440.0, 0.5, rate, peak=1.0)
    found = describe(joined(sound, silence(3.0, rate)), rate)
    assert found.active_s == pytest.approx(0.5, abs=GRAIN_S)
    assert found.rms == pytest.approx(math.sqrt(0.5), rel=0.01)


@every_rate
@pytest.mark.parametrize("tau_s", [0.02, 0.1, 0.4])
def test_the_decay_of_an_exponential_is_known(rate: int, tau_s: float) -> None:
    found = describe(decaying(tau_s, 5.0, rate), rate)
    assert found.decay_s == pytest.approx(tau_s * math.log(100), abs=2 * GRAIN_S)
    assert found.active_s == pytest.approx(tau_s * math.log(1_000), abs=2 * GRAIN_S)
    assert found.attack_s == 0.0


def test_a_sound_that_is_cut_off_decays_until_its_end() -> None:
    assert describe(decaying(1.0, 0.8), 44_100).decay_s == pytest.approx(0.8, abs=GRAIN_S)


def test_an_echo_belongs_to_the_decay() -> None:
    echo = joined(click(0.5), 0.1 * click(0.5), 0.001 * click(0.5))
    found = describe(echo, 44_100)
    assert found.decay_s == pytest.approx(0.5, abs=GRAIN_S)
    # An echo at -60 dB is the last that counts as active; rounding decides over it.
    assert found.active_s == pytest.approx(0.5, abs=GRAIN_S) or found.active_s > 0.99


@every_rate
@pytest.mark.parametrize("attack_s", [0.01, 0.05, 0.5])
def test_the_attack_of_a_ramp_is_known(rate: int, attack_s: float) -> None:
    ramp = np.linspace(0, 1, round(attack_s * rate), dtype=np.float32)
    sound = sine(1_000.0, attack_s, rate, peak=1.0) * ramp
    found = describe(joined(sound, sine(1_000.0, 0.3, rate, peak=1.0)), rate)
    assert found.attack_s == pytest.approx(attack_s * 10 ** (-1 / 20), abs=2 * GRAIN_S)


def test_half_the_level_changes_nothing_but_the_rms() -> None:
    sound = decaying(0.1, 1.0) + 0.3 * noise(1.0)
    loud, soft = describe(sound, 44_100), describe(sound / 2, 44_100)
    assert soft.rms == loud.rms / 2
    assert astuple(soft)[:1] == astuple(loud)[:1]
    assert astuple(soft)[2:] == pytest.approx(astuple(loud)[2:])


def test_the_samples_are_left_as_they_were() -> None:
    sound = noise()
    before = sound.copy()
    describe(sound, 44_100)
    np.testing.assert_array_equal(sound, before)

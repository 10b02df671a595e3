"""From a signal at the base rate to a sample: wear, rate, level, an end without a click."""

from __future__ import annotations

from math import gcd
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.synth.draws import around, gain_between, is_drawn
from classifier.synth.filters import apply, convolve, high_pass, low_pass, noise, saturate
from classifier.synth.signals import BASE_RATE_HZ, Signal, block_length, decay, mix

Waveform = NDArray[np.float32]

LOWEST_RATE_HZ: Final = 4_000
HIGHEST_RATE_HZ: Final = 192_000
_END_FADE_S = 0.005
_SETTLE_S = 0.01
# An FFT of so few units is quick whatever their number; more are rounded up.
_FEW_UNITS = 50


def render(rng: np.random.Generator, signal: Signal, sample_rate: int) -> Waveform:
    """Return `signal` as a sample: at `sample_rate`, at some believable level, ending in silence.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the level.
    signal : array, shape (samples,)
        A sound at the base rate, at any level above 0.
    sample_rate : int
        Hz, 4,000 to 192,000.

    Returns
    -------
    array of float32, shape (samples at `sample_rate`,)
        Mono; peak 0.3 to 1; the last sample is 0.

    Raises
    ------
    ValueError
        If `sample_rate` is out of range.
    """
    peak = min(1.0, gain_between(rng, -10.0, 3.0))
    sound = resample(signal, sample_rate)
    fade = min(sound.size, max(2, round(_END_FADE_S * sample_rate)))
    sound[-fade:] *= np.linspace(1.0, 0.0, fade)
    return np.asarray(sound * (peak / np.abs(sound).max()), np.float32)


def resample(signal: Signal, sample_rate: int) -> Signal:
    """Return `signal` at another rate, band-limited exactly by cutting or padding its spectrum.

    Parameters
    ----------
    signal : array, shape (samples,)
        At the base rate.
    sample_rate : int
        Hz, 4,000 to 192,000.

    Returns
    -------
    array, shape (round(samples * sample_rate / base rate),)
        A new array, at least one sample long.

    Raises
    ------
    ValueError
        If `sample_rate` is out of range.
    """
    wanted = max(1, samples_at(signal.size / BASE_RATE_HZ, sample_rate))
    if sample_rate == BASE_RATE_HZ:
        return signal.copy()
    # Blocks that last a whole number of samples at both rates keep pitch exact.
    unit = BASE_RATE_HZ // gcd(BASE_RATE_HZ, sample_rate)
    units = -(-(signal.size + round(_SETTLE_S * BASE_RATE_HZ)) // unit)
    if units > _FEW_UNITS:
        units = block_length(units)
    block = units * unit * sample_rate // BASE_RATE_HZ
    spectrum = np.fft.rfft(signal, units * unit)
    resampled = np.fft.irfft(spectrum[: block // 2 + 1], block)
    return np.asarray(resampled[:wanted] * (sample_rate / BASE_RATE_HZ))


def samples_at(length_s: float, sample_rate: int) -> int:
    """Return how many samples `length_s` seconds are.

    Raises
    ------
    ValueError
        If `sample_rate` is not within 4,000 to 192,000 Hz.
    """
    if not LOWEST_RATE_HZ <= sample_rate <= HIGHEST_RATE_HZ:
        raise ValueError(
            f"a sample rate is {LOWEST_RATE_HZ} to {HIGHEST_RATE_HZ} Hz, not {sample_rate}"
        )
    return round(length_s * sample_rate)


def age(rng: np.random.Generator, signal: Signal) -> Signal:
    """Return `signal` after some of what befalls samples: a room, tape, an old sampler, hiss.

    Most come through nearly clean. What is returned can be longer by the tail of the room.
    """
    aged = np.asarray(signal / np.abs(signal).max())
    if is_drawn(rng, 0.3):
        aged = _in_a_room(rng, aged)
    if is_drawn(rng, 0.2):
        aged = saturate(aged, around(rng, 1.2, 2.0))
    if is_drawn(rng, 0.3):
        aged = _through_a_sampler(rng, aged)
    return with_hiss(rng, aged)


def with_hiss(rng: np.random.Generator, signal: Signal) -> Signal:
    """Return `signal`, peak about 1, with the rumble and hiss of a recording in half the cases."""
    if is_drawn(rng, 0.5):
        return signal
    hiss = noise(rng, signal.size / BASE_RATE_HZ, low_pass(around(rng, 1_500.0, 8.0), 1))
    return np.asarray(signal + hiss * gain_between(rng, -95.0, -42.0))


def _in_a_room(rng: np.random.Generator, signal: Signal) -> Signal:
    decay_s = around(rng, 0.22, 2.0)
    dark = (low_pass(around(rng, 5_000.0, 1.8)), high_pass(around(rng, 250.0, 2.0)))
    echoes = noise(rng, decay_s, *dark) * decay(decay_s, decay_s)
    wet = convolve(signal, echoes)
    level = gain_between(rng, -30.0, -12.0) / np.abs(wet).max()
    return mix(signal, wet * level)


def _through_a_sampler(rng: np.random.Generator, signal: Signal) -> Signal:
    steps = 2.0 ** int(rng.integers(7, 12))
    dulled = apply(signal, low_pass(around(rng, 13_000.0, 1.6), 4))
    return np.asarray(np.rint(dulled * steps) / steps)

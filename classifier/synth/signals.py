"""Time axes, envelopes and tones at the base rate, from which every maker builds.

All makers work at one rate, and the finished sound is resampled: so the same seed is the same
sound at every rate, and nothing above half the wanted rate is ever folded back.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

BASE_RATE_HZ: Final = 44_100
Signal = NDArray[np.float64]

# Partials above are left out: few converters keep them, and filters need some room.
HIGHEST_PARTIAL_HZ: Final = 19_000.0
_SHORTEST_TONE_BLOCK_S = 1.5
_LAYER_FADE_SAMPLES = 150


def times(length_s: float) -> Signal:
    """Return the time of each sample in seconds, shape (samples,), for at least one sample."""
    return np.arange(max(1, round(length_s * BASE_RATE_HZ))) / BASE_RATE_HZ


def block_length(samples: int) -> int:
    """Return the next even length for which an FFT is quick: 4, 5 or 6 times a power of two."""
    power = 1 << max(1, (samples - 1).bit_length() - 3)
    return power * -(-samples // power) if samples <= 6 * power else 8 * power


def decay(length_s: float, decay_s: float, *, curve: float = 1.0) -> Signal:
    """Return an envelope that starts at 1 and has fallen by 60 dB after `decay_s`.

    Parameters
    ----------
    length_s, decay_s : float
        Seconds, above 0.
    curve : float
        1 falls exponentially; above 1 holds first and then drops, like a gated drum; below 1
        drops first and then lingers.

    Returns
    -------
    array, shape (samples,)
        From 1 down, never below 0; the last milliseconds fade, for a layer may end within a sound.
    """
    envelope = 10.0 ** (-3.0 * (times(length_s) / decay_s) ** curve)
    fade = min(envelope.size // 4, _LAYER_FADE_SAMPLES)
    envelope[envelope.size - fade :] *= np.linspace(1.0, 0.0, fade)
    return np.asarray(envelope)


def rise(length_s: float, attack_s: float) -> Signal:
    """Return an envelope that rises from 0 to 1 as a half cosine in `attack_s`, then stays."""
    progress = np.minimum(times(length_s) / max(attack_s, 1.0 / BASE_RATE_HZ), 1.0)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * progress))


def glide(length_s: float, end_hz: float, ratio: float, glide_s: float) -> Signal:
    """Return a frequency that falls from ``end_hz * ratio`` and settles at exactly `end_hz`.

    Parameters
    ----------
    length_s : float
        Seconds, above 0.
    end_hz, ratio : float
        The frequency it settles at, and how many times higher it starts (below 1: lower).
    glide_s : float
        When it has arrived; most of the way is done in the first fifth.

    Returns
    -------
    array, shape (samples,)
        Hz; equal to `end_hz` from `glide_s` on.
    """
    steepness = 5.0
    way_left = np.exp(-steepness * times(length_s) / glide_s) - np.exp(-steepness)
    return np.asarray(end_hz * (1.0 + (ratio - 1.0) * np.maximum(way_left, 0.0)))


def phase_of(frequency_hz: Signal) -> Signal:
    """Return the phase in radians, from 0, of a tone whose frequency moves like this."""
    return np.asarray(2.0 * np.pi / BASE_RATE_HZ * (np.cumsum(frequency_hz) - frequency_hz[0]))


def sine(frequency_hz: Signal) -> Signal:
    """Return a sine of amplitude 1 from phase 0 whose frequency moves like this."""
    return np.sin(phase_of(frequency_hz))


def partials(
    rng: np.random.Generator, length_s: float, frequencies_hz: Signal, amplitudes: Signal
) -> Signal:
    """Return a sum of steady sines in random phase, hundreds of them as cheap as one FFT.

    Parameters
    ----------
    rng : numpy.random.Generator
        Draws the phases.
    length_s : float
        Seconds, above 0.
    frequencies_hz, amplitudes : array, shape (partials,)
        Each partial is moved to the nearest FFT bin, by at most 0.34 Hz; those above 19 kHz are
        left out.

    Returns
    -------
    array, shape (samples,)
        With a root mean square of 1; all 0 if no partial was left.
    """
    samples = times(length_s).size
    block = block_length(max(samples, round(_SHORTEST_TONE_BLOCK_S * BASE_RATE_HZ)))
    heard = (frequencies_hz > 0.0) & (frequencies_hz < HIGHEST_PARTIAL_HZ)
    bins = np.rint(frequencies_hz[heard] * (block / BASE_RATE_HZ)).astype(np.intp)
    spectrum = np.zeros(block // 2 + 1, np.complex128)
    turns = np.exp(2j * np.pi * rng.random(bins.size))
    np.add.at(spectrum, bins, amplitudes[heard] * turns)
    total = np.fft.irfft(spectrum, block)
    level = float(np.sqrt(np.mean(total**2)))
    return np.asarray(total[:samples] / (level or 1.0))


def harmonics(fundamental_hz: float, *, only_odd: bool = False) -> tuple[Signal, Signal]:
    """Return the frequencies and amplitudes of a sawtooth, or of a square if `only_odd`.

    Returns
    -------
    frequencies_hz, amplitudes : array, shape (partials,)
        All below 19 kHz; amplitudes fall as 1/number.
    """
    count = max(1, int(HIGHEST_PARTIAL_HZ / fundamental_hz))
    numbers = np.arange(1.0, count + 1.0, 2.0 if only_odd else 1.0)
    return fundamental_hz * numbers, 1.0 / numbers


def mix(*layers: Signal) -> Signal:
    """Return the sum of sounds that all start at 0, as long as the longest."""
    total = np.zeros(max(layer.size for layer in layers))
    for layer in layers:
        total[: layer.size] += layer
    return total

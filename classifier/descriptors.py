"""The numbers that describe a sound, as the table shows them and as the forest reads them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.spectrum import power_spectrum

_BLOCK_S: Final = 0.002
_ACTIVE_DB: Final = -60.0
_DECAYED_DB: Final = -40.0
# The attack ends where the level first comes within 1 dB of its highest.
_ATTACKED_DB: Final = -1.0
_SPECTRUM_WINDOW_S: Final = 0.0232
_SPECTRUM_FRAMES: Final = 24
# Below: what a kick and an 808 are made of. Above: sizzle, of which they have next to none.
_LOW_HZ: Final = 200.0
_HIGH_HZ: Final = 2_000.0
_LEAST_POWER: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Descriptors:
    """What can be said of a stretch of sound in numbers.

    Attributes
    ----------
    active_s : float
        From the start until it last comes within 60 dB of its loudest 2 ms.
    rms : float
        Root mean square over `active_s`, where the largest sample is 1.
    attack_s : float
        From the start until it first comes within 1 dB of its loudest 2 ms.
    decay_s : float
        From its loudest 2 ms until it has fallen by 40 dB for good, or the stretch ends.
    centroid_hz : float
        Mean frequency, weighted by power.
    low_balance : float
        Power below 200 Hz as a share of all, 0 to 1.
    high_balance : float
        Power above 2 kHz as a share of all, 0 to 1.
    zero_crossings_hz : float
        Changes of sign in a second, over `active_s`.
    """

    active_s: float
    rms: float
    attack_s: float
    decay_s: float
    centroid_hz: float
    low_balance: float
    high_balance: float
    zero_crossings_hz: float


SILENT: Final = Descriptors(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def describe(samples: NDArray[np.float32], sample_rate: int) -> Descriptors:
    """Describe a sound that begins at its first sample.

    Parameters
    ----------
    samples : array, shape (n,), float32
        Peak about 1.
    sample_rate : int
        In Hz.

    Returns
    -------
    Descriptors
        All zero for silence and for an empty array. Times have a grain of 2 ms.
    """
    block = max(1, round(_BLOCK_S * sample_rate))
    power = _block_power(samples, block)
    loudest = float(power.max(initial=0.0))
    if loudest < _LEAST_POWER:
        return SILENT
    peak = int(power.argmax())
    last_active = _last_above(power, loudest, _ACTIVE_DB)
    attacked = int(np.argmax(power >= loudest * 10 ** (_ATTACKED_DB / 10)))
    active = samples[: (last_active + 1) * block]
    centroid_hz, low_balance, high_balance = _balance(active, sample_rate)
    block_s = block / sample_rate
    return Descriptors(
        active_s=len(active) / sample_rate,
        rms=float(np.sqrt(power[: last_active + 1].mean())),
        attack_s=attacked * block_s,
        decay_s=(_last_above(power, loudest, _DECAYED_DB) - peak + 1) * block_s,
        centroid_hz=centroid_hz,
        low_balance=low_balance,
        high_balance=high_balance,
        zero_crossings_hz=_crossings(active) / (len(active) / sample_rate),
    )


def _block_power(samples: NDArray[np.float32], block: int) -> NDArray[np.float32]:
    """Return the mean square of each block; what is left at the end makes a shorter one."""
    whole = len(samples) // block * block
    blocks = samples[:whole].reshape(-1, block)
    power = np.einsum("ij,ij->i", blocks, blocks) / np.float32(block)
    rest = samples[whole:]
    if len(rest):
        power = np.append(power, np.dot(rest, rest) / np.float32(len(rest)))
    return np.asarray(power, dtype=np.float32)


def _last_above(power: NDArray[np.float32], loudest: float, level_db: float) -> int:
    above = power >= loudest * 10 ** (level_db / 10)
    return len(above) - 1 - int(np.argmax(above[::-1]))


def _crossings(samples: NDArray[np.float32]) -> int:
    negative = np.signbit(samples)
    return int(np.count_nonzero(negative[1:] != negative[:-1]))


def _balance(samples: NDArray[np.float32], sample_rate: int) -> tuple[float, float, float]:
    """Return the centroid in Hz and the shares of power below 200 Hz and above 2 kHz."""
    length = 1 << round(math.log2(_SPECTRUM_WINDOW_S * sample_rate))
    power = _mean_spectrum(samples, length)
    hz, low, high = _bins(length, sample_rate)
    power[0] = 0.0  # a constant offset is no sound
    total = float(power.sum())
    if total <= 0:
        return 0.0, 0.0, 0.0
    shares = float(power[:low].sum()) / total, float(power[high:].sum()) / total
    return float(np.dot(power, hz)) / total, *shares


@lru_cache(maxsize=64)
def _bins(length: int, sample_rate: int) -> tuple[NDArray[np.float64], int, int]:
    """Return the frequencies of a spectrum, and where its low end ends and its top begins."""
    hz = np.asarray(np.fft.rfftfreq(length, 1 / sample_rate), dtype=np.float64)
    low, high = np.searchsorted(hz, (_LOW_HZ, _HIGH_HZ))
    return hz, int(low), int(high)


def _mean_spectrum(samples: NDArray[np.float32], length: int) -> NDArray[np.float64]:
    """Return the mean power spectrum of windows spread evenly over the sound (Welch's method).

    The first window is centred on the first sample, or an attack would fall under its edge.
    """
    half = length // 2
    padded = np.zeros(len(samples) + length, dtype=np.float32)
    padded[half : half + len(samples)] = samples
    step = max(half, -(-len(samples) // (_SPECTRUM_FRAMES - 1)))
    count = 1 + len(samples) // step
    # As ``sliding_window_view(padded, length)[::step]`` has it, at a tenth of the time.
    frames = np.ndarray((count, length), padded.dtype, padded, strides=(4 * step, 4))
    spectrum = power_spectrum(length)
    power = spectrum.of(frames * _window(length)).mean(axis=0, dtype=np.float64)
    return np.asarray(power[spectrum.columns], dtype=np.float64)


@lru_cache(maxsize=16)
def _window(length: int) -> NDArray[np.float32]:
    return np.hanning(length).astype(np.float32)

"""Keeping every n-th sample, after a low-pass, with one small matrix product."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Taps for each sample that is kept or dropped. With this Kaiser window the low-pass is flat up
# to 0.18 of the new rate, and what would fold back below that lies 75 dB down.
# J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974.
_TAPS_PER_PHASE: Final = 8
_KAISER_BETA: Final = 7.86
CLEAN: Final = 0.18


def factor_for(sample_rate: float, highest_hz: float) -> int:
    """Return the largest factor that leaves everything up to `highest_hz` clean, at least 1."""
    return max(1, int(CLEAN * sample_rate / highest_hz))


def decimate(samples: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Return every `factor`-th sample of the low-passed sound, in time with the original.

    Flat within 0.1 dB and free of aliases (75 dB) up to ``CLEAN`` times the new rate; made for
    looking at the lowest octaves, not for listening.

    Parameters
    ----------
    samples : array, shape (n,), float32
    factor : int
        1 returns `samples` as they are.

    Returns
    -------
    array, shape (ceil(n / factor),), float32
    """
    if factor == 1 or not len(samples):
        return samples
    kept = -(-len(samples) // factor)
    rows = kept + _TAPS_PER_PHASE - 1
    padded = np.zeros(rows * factor, dtype=np.float32)
    before = factor * _TAPS_PER_PHASE // 2  # half of the filter, so that nothing is delayed
    padded[before : before + len(samples)] = samples
    # Row r of the product holds what block r adds to the outputs r, r - 1, ...: their sum
    # along the diagonals is the convolution, without a copy of overlapping windows.
    parts = padded.reshape(rows, factor) @ _phases(factor)
    result = parts[:kept, 0].copy()
    for phase in range(1, _TAPS_PER_PHASE):
        result += parts[phase : phase + kept, phase]
    return result


@lru_cache(maxsize=32)
def _phases(factor: int) -> NDArray[np.float32]:
    """Return the low-pass as a matrix, shape (factor, taps per phase)."""
    count = factor * _TAPS_PER_PHASE
    time = np.arange(count) - count / 2
    taps = np.sinc(time / factor) * np.kaiser(count + 1, _KAISER_BETA)[:count]
    taps /= taps.sum()
    return np.ascontiguousarray(taps.reshape(_TAPS_PER_PHASE, factor).T, dtype=np.float32)

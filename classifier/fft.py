"""Work space for FFTs, kept by each thread."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

_kept = threading.local()


def fft_space(frames: int, length: int) -> tuple[NDArray[np.float32], NDArray[np.complex64]]:
    """Return this thread's arrays for an FFT: fresh pages for each cost as much as the FFT.

    Returns
    -------
    windowed : array, shape (frames, length), float32
    spectrum : array, shape (frames, length // 2 + 1), complex64
    """
    spaces: dict[tuple[int, int], tuple[NDArray[np.float32], NDArray[np.complex64]]]
    spaces = _kept.__dict__.setdefault("spaces", {})
    if (frames, length) not in spaces:
        spaces[frames, length] = (
            np.empty((frames, length), dtype=np.float32),
            np.empty((frames, length // 2 + 1), dtype=np.complex64),
        )
    return spaces[frames, length]

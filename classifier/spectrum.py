"""Power spectra of many frames at once.

For windows of a few hundred samples, as all of ours are, numpy's FFT takes two to three times as
long as a Fourier transform in two matrix products: it works frame by frame and on one number at a
time, where the products run in the vector unit.
"""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

# Frames in one go: what they need stays in a core's own cache.
BLOCK_FRAMES: Final = 64
# From here on the FFT is quicker.
_LONGEST: Final = 4096

_kept = threading.local()


@lru_cache(maxsize=64)
def power_spectrum(length: int) -> PowerSpectrum:
    """Return what turns frames of `length` samples into power spectra."""
    return _ByProducts(length) if length <= _LONGEST else _ByFFT(length)


class PowerSpectrum:
    """Power of frames of one length, in an order of its own.

    Attributes
    ----------
    length : int
        Samples in a frame.
    width : int
        Columns of what `of` returns.
    columns : array, shape (length // 2 + 1,), int
        Where each bin of the FFT is found, the constant first. Columns that are not named here
        repeat a bin that is.
    """

    length: int
    width: int
    columns: NDArray[np.intp]

    def of(self, windowed: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the squared magnitude of each frame's transform.

        Parameters
        ----------
        windowed : array, shape (n, length), float32
            At most ``BLOCK_FRAMES`` frames, times their window.

        Returns
        -------
        array, shape (n, width), float32
            This thread's own until it asks again: fresh pages cost as much as the transform.
        """
        raise NotImplementedError


class _ByProducts(PowerSpectrum):
    """The first step of Cooley and Tukey's FFT, and each half of it as a matrix product.

    A sample stands at ``columns * row + column``, a bin at ``residue + rows * turn``. The first
    product runs down the rows, the second, which has the twiddle factors in it, along the columns.
    As the samples are real, residues above ``rows / 2`` hold the same power once more. J. W.
    Cooley and J. W. Tukey, "An algorithm for the machine calculation of complex Fourier series",
    Mathematics of Computation 19, 1965.
    """

    def __init__(self, length: int) -> None:
        divisors = [number for number in range(1, length + 1) if length % number == 0]
        # What both products cost is in proportion to this sum.
        rows = min(divisors, key=lambda number: number + 2 * length // number)
        turns = length // rows
        residues = rows // 2 + 1
        bins = np.arange(residues)[:, None] + rows * np.arange(turns)
        # Power at a frequency above half the rate is that of its mirror image.
        mirrored = np.minimum(bins, length - bins)
        self.length, self.width = length, bins.size
        self.columns = np.unique(mirrored, return_index=True)[1]
        self._shape = (residues, turns)
        residue, sample = np.arange(residues), np.arange(rows)
        down = np.exp(-2j * np.pi * np.outer(residue, sample) / rows)
        self._down = _parts(down, axis=1).reshape(2 * residues, rows)
        along = np.exp(-2j * np.pi * np.arange(turns)[:, None] * bins[:, None, :] / length)
        # Real and imaginary part of a product, from real and imaginary part of its factor.
        along = np.concatenate([_parts(along, axis=2), _parts(1j * along, axis=2)], axis=1)
        self._along = np.ascontiguousarray(along.reshape(residues, 2 * turns, 2 * turns))

    def of(self, windowed: NDArray[np.float32]) -> NDArray[np.float32]:
        count = len(windowed)
        residues, turns = self._shape
        space = _space(self.length, 5 * BLOCK_FRAMES * self.width)
        size = count * self.width
        down = space[: 2 * size].reshape(count, 2 * residues, turns)
        np.matmul(self._down, windowed.reshape(count, -1, turns), out=down)
        both = space[2 * size : 4 * size].reshape(count, residues, 2 * turns)
        by_residue = down.reshape(both.shape).transpose(1, 0, 2)
        np.matmul(by_residue, self._along, out=both.transpose(1, 0, 2))
        np.multiply(both, both, out=both)
        power = space[4 * size : 5 * size].reshape(count, residues, turns)
        np.add(both[:, :, :turns], both[:, :, turns:], out=power)
        return power.reshape(count, -1)


class _ByFFT(PowerSpectrum):
    def __init__(self, length: int) -> None:
        self.length, self.width = length, length // 2 + 1
        self.columns = np.arange(self.width)

    def of(self, windowed: NDArray[np.float32]) -> NDArray[np.float32]:
        spectrum = np.fft.rfft(windowed)
        power = np.square(spectrum.real) + np.square(spectrum.imag)
        return np.asarray(power, dtype=np.float32)


def _parts(numbers: NDArray[np.complex128], axis: int) -> NDArray[np.float32]:
    """Return real and imaginary parts along a new axis."""
    return np.stack([numbers.real, numbers.imag], axis=axis).astype(np.float32)


def _space(length: int, numbers: int) -> NDArray[np.float32]:
    """Return this thread's work space for frames of a length."""
    spaces = cast("dict[int, NDArray[np.float32]]", _kept.__dict__.setdefault("spaces", {}))
    if length not in spaces:
        spaces[length] = np.empty(numbers, dtype=np.float32)
    return spaces[length]

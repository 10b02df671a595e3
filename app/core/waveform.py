"""The shape of a sound, to be drawn at any zoom."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from classifier import AudioError

# So many pieces at most, so that an hour takes no more memory than a second.
_MOST_PIECES: Final = 1 << 16
_LEAST_FRAMES: Final = 8
_AT_ONCE: Final = 1 << 18
# Of a file that does not say how long it is, libsndfile says even more; and soundfile cannot read
# such a file to its end.
_LONGEST: Final = 1 << 48
# Louder values mean nothing, and their squares leave the range of float32.
_LOUDEST: Final = 1e6
# Brightness 0 and 1 lie here: the body of a kick, and the sizzle of a hat.
_DULL_HZ: Final = 120.0
_BRIGHT_HZ: Final = 9_000.0

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """A stretch of a sound as so many bars.

    Attributes
    ----------
    low, high : array, shape (n,)
        From where to where the sound moves, -1 to 1, over all channels.
    brightness : array, shape (n,)
        0 to 1.
    """

    low: Floats
    high: Floats
    brightness: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """The shape of a whole sound file, in short pieces of equal length.

    Attributes
    ----------
    duration_s : float
    rate_hz : int
    piece_s : float
        Length of a piece.
    low, high : array, shape (pieces,)
        Over all channels.
    energy, slope : array, shape (pieces,)
        Sums of squares: of the samples, and of the steps between them.
    """

    duration_s: float
    rate_hz: int
    piece_s: float
    low: Floats
    high: Floats
    energy: Floats
    slope: Floats

    @property
    def peak(self) -> float:
        """Largest absolute value of any channel; 0 for silence."""
        return max(-float(self.low.min(initial=0.0)), float(self.high.max(initial=0.0)))

    def bars(self, start_s: float, end_s: float, count: int) -> Bars:
        """Return a stretch as `count` bars of equal length; silence where there is no sound."""
        times = np.linspace(start_s, end_s, count + 1)
        inside = (times[:-1] >= 0) & (times[:-1] < self.duration_s)
        pieces = np.clip((times / self.piece_s).astype(np.int64), 0, max(0, len(self.low) - 1))
        pieces[times >= self.duration_s] = len(self.low)

        def joined(pick: np.ufunc, values: Floats) -> Floats:
            # One more piece, where what lies beyond the end begins; one more bar, to the end.
            found: Floats = pick.reduceat(np.append(values, np.float32(0)), pieces)[:-1]
            return found

        low, high = joined(np.minimum, self.low), joined(np.maximum, self.high)
        energy, slope = joined(np.add, self.energy), joined(np.add, self.slope)
        bright = _brightness(energy, slope, self.rate_hz)
        return Bars(*(np.where(inside, one, 0).astype(np.float32) for one in (low, high, bright)))


def read_waveform(path: str) -> Waveform:
    """Read the shape of a sound file, to its end.

    Raises
    ------
    AudioError
        One sentence, if it cannot be read.
    """
    name = path if sys.platform == "win32" else os.fsencode(path)
    try:
        with soundfile.SoundFile(name) as file:
            return _read_open(file)
    except (soundfile.LibsndfileError, OSError, ValueError) as error:
        raise AudioError("It cannot be read as sound.") from error


def _read_open(file: soundfile.SoundFile) -> Waveform:
    if file.frames > _LONGEST:
        raise AudioError("It does not say how long it is.")
    size = max(_LEAST_FRAMES, -(-file.frames // _MOST_PIECES))
    parts: list[tuple[Floats, Floats, Floats, Floats]] = []
    frames, before = 0, np.zeros(0, np.float32)
    at_once = max(1, _AT_ONCE // (size * file.channels)) * size
    while len(block := file.read(at_once, dtype="float32", always_2d=True)):
        block = np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0)
        block = np.clip(block, -_LOUDEST, _LOUDEST)
        parts.append(_pieces(block, before, size))
        frames, before = frames + len(block), block[-1].mean(keepdims=True)
    low, high, energy, slope = (
        np.concatenate(part) if parts else np.zeros(0, np.float32)
        for part in (zip(*parts, strict=True) if parts else ((),) * 4)
    )
    rate = file.samplerate
    return Waveform(frames / rate, rate, size / rate, low, high, energy, slope)


def _pieces(block: Floats, before: Floats, size: int) -> tuple[Floats, Floats, Floats, Floats]:
    starts = np.arange(0, len(block), size)
    mono = block.mean(axis=1)
    first = before if len(before) else mono[:1]
    slope = np.diff(mono, prepend=first)
    return (
        np.minimum.reduceat(block.min(axis=1), starts),
        np.maximum.reduceat(block.max(axis=1), starts),
        np.add.reduceat(mono * mono, starts),
        np.add.reduceat(slope * slope, starts),
    )


def _brightness(energy: Floats, slope: Floats, rate_hz: int) -> Floats:
    """Return where the middle of the energy lies, from 0 (dull) to 1.

    Of a sine, the steps between samples have 4 sin^2(w/2) times its energy.
    """
    share = np.sqrt(slope / np.maximum(energy, 1e-12)) / 2
    hz = np.arcsin(np.clip(share, 0, 1)) * rate_hz / np.pi
    octaves = np.log2(np.maximum(hz, 1) / _DULL_HZ) / np.log2(_BRIGHT_HZ / _DULL_HZ)
    found: Floats = np.clip(octaves, 0, 1)
    return found

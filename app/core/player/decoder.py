"""A sound file as stereo blocks at the rate of the output, or one sentence that says why not."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator
from typing import Final

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from classifier import AudioError, read_sound

# A third of a second: a newer wish is noticed soon, and the cost of a call does not count.
BLOCK_FRAMES: Final = 1 << 14
LOWEST_RATE_HZ: Final = 4_000
HIGHEST_RATE_HZ: Final = 192_000
# Interleaved values held at once: a header may claim a thousand channels.
_BLOCK_VALUES: Final = 1 << 18
# Louder values, of broken files only, would leave the range of float32 when they are filtered.
_LOUDEST: Final = 1_000.0
# What a resampler has to hear before its output is that of the whole file.
_LEAD_S: Final = 0.1
# Left and right by number of channels, in the order that WAV, AIFF and FLAC prescribe. The
# middle and the surrounds come 3 dB down, a subwoofer's channel not at all (ITU-R BS.775).
_HALF: Final = math.sqrt(0.5)
_LAYOUTS: Final = {
    3: ((1, 0, _HALF), (0, 1, _HALF)),
    4: ((1, 0, _HALF, 0), (0, 1, 0, _HALF)),
    5: ((1, 0, _HALF, _HALF, 0), (0, 1, _HALF, 0, _HALF)),
    6: ((1, 0, _HALF, 0, _HALF, 0), (0, 1, _HALF, 0, 0, _HALF)),
    8: ((1, 0, _HALF, 0, _HALF, 0, _HALF, 0), (0, 1, _HALF, 0, 0, _HALF, 0, _HALF)),
}

Frames = NDArray[np.float32]


class Decoder:
    """An open sound file.

    Parameters
    ----------
    path : str
    rate_hz : int
        Of what it yields.

    Attributes
    ----------
    frames : int
        Length at that rate as the header tells it; there are never more.
    duration_s : float

    Raises
    ------
    AudioError
        If it cannot be read as sound.
    """

    def __init__(self, path: str, rate_hz: int) -> None:
        self._path = path
        self._rate_hz = rate_hz
        try:
            self._file = soundfile.SoundFile(_native_path(path))
        except (soundfile.LibsndfileError, OSError, TypeError, ValueError) as error:
            raise reason(path) from error
        if not LOWEST_RATE_HZ <= self._file.samplerate <= HIGHEST_RATE_HZ:
            self.close()
            raise reason(path)
        self.duration_s = self._file.frames / self._file.samplerate
        self.frames = math.ceil(self._file.frames * rate_hz / self._file.samplerate)
        self._weights = _weights(self._file.channels)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def blocks(self, start: int = 0) -> Iterator[Frames]:
        """Yield the sound from a frame on, shape (n, 2), n > 0.

        Raises
        ------
        AudioError
            If it is damaged, or holds values that are not numbers.
        """
        common = math.gcd(self._file.samplerate, self._rate_hz)
        step = self._rate_hz // common
        # Frames of the file and of the output meet every `step`: from there, where it starts
        # does not move the sound by parts of a frame.
        steps = max(0, start - round(_LEAD_S * self._rate_hz)) // step
        skip = start - steps * step
        for block in self._resampled(steps * (self._file.samplerate // common)):
            heard, skip = block[skip:], max(0, skip - len(block))
            if len(heard):
                yield heard if heard.shape[1] == 2 else np.repeat(heard, 2, axis=1)

    def _resampled(self, start: int) -> Iterator[Frames]:
        if self._file.samplerate == self._rate_hz:
            yield from self._mixed(start)
            return
        channels = min(2, self._file.channels)
        resampler = soxr.ResampleStream(self._file.samplerate, self._rate_hz, channels)
        for block in self._mixed(start):
            yield resampler.resample_chunk(block)
        yield resampler.resample_chunk(np.empty((0, channels), np.float32), last=True)

    def _mixed(self, start: int) -> Iterator[Frames]:
        """Yield blocks of one or two channels at the rate of the file."""
        for block in self._read(start):
            peak = float(max(block.max(), -block.min()))
            if not math.isfinite(peak):
                raise AudioError("It holds values that are not numbers (NaN or infinity).")
            if peak > _LOUDEST:
                np.clip(block, -_LOUDEST, _LOUDEST, out=block)
            yield block if self._weights is None else block @ self._weights

    def _read(self, start: int) -> Iterator[Frames]:
        most = max(1, min(BLOCK_FRAMES, _BLOCK_VALUES // self._file.channels))
        try:
            self._file.seek(min(start, self._file.frames))
            while len(block := self._file.read(most, dtype="float32", always_2d=True)):
                yield block
        except (soundfile.LibsndfileError, OSError) as error:
            raise reason(self._path) from error


def _native_path(path: str) -> str | bytes:
    """Bytes where names are bytes: soundfile cannot encode a name that is not Unicode."""
    return path if sys.platform == "win32" else os.fsencode(path)


def reason(path: str) -> AudioError:
    """Return why a file cannot be read; the classifier knows all the sentences."""
    try:
        read_sound(path, seconds=0.01)
    except AudioError as error:
        return error
    return AudioError("It cannot be read as sound from end to end.")


def _weights(channels: int) -> Frames | None:
    """Return what mixes channels down to two, shape (channels, 2); None where nothing has to be.

    Scaled such that nothing clips that did not before. Of a layout that is not known, every
    other channel goes to the left.
    """
    if channels <= 2:
        return None
    others = [[(channel + side + 1) % 2 for channel in range(channels)] for side in (0, 1)]
    weights = np.array(_LAYOUTS.get(channels, others), np.float32)
    return np.ascontiguousarray((weights / weights.sum(axis=1, keepdims=True)).T)

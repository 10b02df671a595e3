"""Reading a sound file: its beginning as one channel, or one sentence that says why not."""

from __future__ import annotations

import os
import stat
import sys
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from classifier.errors import AudioError

EXTENSIONS: Final = frozenset(
    {".wav", ".wave", ".aif", ".aiff", ".aifc", ".flac", ".ogg", ".oga", ".opus", ".mp3"}
    | {".caf", ".w64", ".rf64", ".au"}
)
LOWEST_RATE_HZ: Final = 4_000
HIGHEST_RATE_HZ: Final = 192_000

# Quieter than this nobody hears it, and 16-bit dither is as loud.
_SILENCE: Final = 10 ** (-80 / 20)
# A sound begins where it first comes within 50 dB of its peak: below that lie tape hiss and
# the pre-ringing of lossy codecs.
_ONSET: Final = 10 ** (-50 / 20)
_NEARBY_S: Final = 2.0
_AT_ONCE: Final = 1024
# How much silence may come before a sound until the file is taken for a silent one.
_LONGEST_SILENCE_S: Final = 60.0
# Interleaved values held at once: a header may claim a thousand channels.
_BLOCK_VALUES: Final = 1 << 22
# Sums of squares of larger float values leave the range of float32.
_SQUARES_HOLD: Final = 1e12
# A mix this much weaker (in energy) than its loudest channel has cancelled itself out.
_CANCELLED: Final = 0.1
# Channels whose differences lie 40 dB under them are copies of one.
_SAME_CHANNELS: Final = 10 ** (-40 / 10)
_BIT_DEPTHS: Final = {
    "PCM_S8": 8,
    "PCM_U8": 8,
    "PCM_16": 16,
    "PCM_24": 24,
    "PCM_32": 32,
    "FLOAT": 32,
    "DOUBLE": 64,
}


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """The beginning of a sound file, after leading silence, as one channel.

    Attributes
    ----------
    samples : array, shape (n,), float32
        Scaled to a peak of 1; empty where the file is silent.
    sample_rate : int
        In Hz, as in the file.
    peak : float
        Largest absolute value of any channel in what was read; 1 is full scale.
    gain : float
        `samples` times this is the sound at its own level.
    start_s : float
        Leading silence that was left out.
    duration_s : float
        Length of the whole file.
    is_cut : bool
        True where the file goes on after `samples`.
    channels : int
        Of the file.
    is_stereo : bool
        True where the channels differ; two copies of one channel are mono.
    encoding : str
        Container and sample format, such as ``"WAV PCM_24"``.
    bit_depth : int or None
        Bits of one value; None for lossy formats.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    peak: float
    gain: float
    start_s: float
    duration_s: float
    is_cut: bool
    channels: int
    is_stereo: bool
    encoding: str
    bit_depth: int | None

    @property
    def held_s(self) -> float:
        """Length of `samples` in seconds."""
        return len(self.samples) / self.sample_rate

    def without_samples(self) -> Sound:
        """Return all but the samples, which would fill the memory of a long scan."""
        return replace(self, samples=self.samples[:0].copy())


def read_sound(path: str | os.PathLike[str], *, seconds: float = 10.0) -> Sound:
    """Read the first `seconds` of a file after its leading silence.

    The channels are averaged; where that cancels them out, the loudest is taken.

    Parameters
    ----------
    path : path
        A wav, aiff, flac, ogg, opus or mp3 file, or whatever else libsndfile knows, with any
        number of channels, at 4 to 192 kHz. Names that are not valid Unicode come as
        `os.fsdecode` gives them.
    seconds : float
        No more than this is decoded and held.

    Raises
    ------
    AudioError
        One sentence for the user: missing, no permission, no file, empty, not audio, no
        sound data, damaged, impossible rate, values that are not numbers.
    """
    _require_readable_file(path)
    if os.fspath(path)[-4:].lower() == ".raw":  # soundfile would ask us for its rate
        raise AudioError("Raw audio does not say what it holds.")
    try:
        with soundfile.SoundFile(_native_path(path)) as file:
            _require_rate(file.samplerate)
            return _read_open(file, seconds)
    except soundfile.LibsndfileError as error:
        reason = str(error.error_string).removeprefix("Error : ").replace(". ", ", ").rstrip(".")
        raise AudioError(f"It cannot be read as sound ({reason}).") from error
    except OSError as error:
        raise AudioError(f"Could not be read: {error.strerror or error}.") from error


def _require_readable_file(path: str | os.PathLike[str]) -> None:
    """Say in advance what libsndfile would only call a system error, or hang on."""
    try:
        status = os.stat(path)  # noqa: PTH116
        if stat.S_ISDIR(status.st_mode):
            raise AudioError("This is a folder, not a sound file.")
        if not stat.S_ISREG(status.st_mode):  # a named pipe would block for ever
            raise AudioError("This is not an ordinary file.")
        if status.st_size == 0:
            raise AudioError("The file is empty (zero bytes).")
        os.close(os.open(path, os.O_RDONLY))
    except FileNotFoundError as error:
        raise AudioError("The file is not there.") from error
    except PermissionError as error:
        raise AudioError("No permission to read the file.") from error
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise AudioError(f"Could not be opened: {_cause(error)}.") from error


def _cause(error: OSError | ValueError) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or str(error)


def _native_path(path: str | os.PathLike[str]) -> str | bytes:
    """Bytes where names are bytes: soundfile cannot encode a name that is not Unicode."""
    return os.fspath(path) if sys.platform == "win32" else os.fsencode(path)


def _require_rate(sample_rate: int) -> None:
    if not LOWEST_RATE_HZ <= sample_rate <= HIGHEST_RATE_HZ:
        raise AudioError(f"Its sample rate of {sample_rate:,} Hz is outside 4 to 192 kHz.")


class _MonoReader:
    """Reads an open file as one channel, and remembers what its channels were like.

    Attributes
    ----------
    peak : float
        Largest absolute value so far, of any channel.
    is_stereo : bool
        True once something was heard in which the channels differ.
    """

    def __init__(self, file: soundfile.SoundFile) -> None:
        self._file = file
        self._weights: NDArray[np.float32] | None = None
        self.peak = 0.0
        self.is_stereo = False

    def read(self, frames: int) -> NDArray[np.float32]:
        """Return up to `frames` more; fewer only at the end of the file."""
        block_frames = max(1, _BLOCK_VALUES // self._file.channels)
        blocks = [np.empty(0, np.float32)]
        while frames > 0:
            wanted = min(frames, block_frames)
            block = self._file.read(wanted, dtype="float32", always_2d=True)
            if len(block):
                blocks.append(self._mix(block))
            frames = frames - wanted if len(block) == wanted else 0
        return blocks[-1] if len(blocks) <= 2 else np.concatenate(blocks)

    def _mix(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        peak = peak_of(block)
        if not np.isfinite(peak):
            raise AudioError("It holds values that are not numbers (NaN or infinity).")
        self.peak = max(self.peak, peak)
        if block.shape[1] == 1:
            return block[:, 0]
        if self._weights is not None:
            return block @ self._weights
        mean = np.full(block.shape[1], 1 / block.shape[1], np.float32)
        mix = block @ mean
        if peak < _SILENCE:
            return mix
        if peak < _SQUARES_HOLD:
            self._weights = self._weigh(block, mix, mean)
        else:
            scale = np.float32(peak)
            self._weights = self._weigh(block / scale, mix / scale, mean)
        return mix if self._weights is mean else block @ self._weights

    def _weigh(
        self, block: NDArray[np.float32], mix: NDArray[np.float32], mean: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return the weights to mix by: the mean, or the loudest channel where that cancels."""
        flat = block.ravel()
        all_energy, mix_energy = float(np.dot(flat, flat)), float(np.dot(mix, mix))
        mean_energy = all_energy / block.shape[1]
        # The mean of the energies equals the energy of the mean only where all channels agree.
        self.is_stereo = bool(mean_energy - mix_energy > _SAME_CHANNELS * mean_energy)
        if mix_energy >= _CANCELLED * all_energy:
            return mean
        energies = [float(np.dot(channel, channel)) for channel in block.T]
        if mix_energy >= _CANCELLED * max(energies):
            return mean
        loudest = np.zeros_like(mean)
        loudest[int(np.argmax(energies))] = 1.0
        return loudest


def _read_open(file: soundfile.SoundFile, seconds: float) -> Sound:
    rate = file.samplerate
    reader = _MonoReader(file)
    samples, skipped = _read_from_onset(reader, rate, seconds)
    position = file.tell()
    if not position:
        raise AudioError("It has a header but no sound in it.")
    gain = peak_of(samples)
    if gain:
        np.divide(samples, np.float32(gain), out=samples)
    return Sound(
        samples=samples,
        sample_rate=rate,
        peak=reader.peak,
        gain=gain,
        start_s=skipped / rate,
        duration_s=max(file.frames, skipped + len(samples)) / rate,
        is_cut=file.frames > position,
        channels=file.channels,
        is_stereo=reader.is_stereo,
        encoding=f"{file.format} {file.subtype}",
        bit_depth=_BIT_DEPTHS.get(file.subtype),
    )


def _read_from_onset(
    reader: _MonoReader, sample_rate: int, seconds: float
) -> tuple[NDArray[np.float32], int]:
    """Return the first seconds from where the sound begins, and how many samples came before."""
    frames, skipped = max(1, int(seconds * sample_rate)), 0
    while skipped < _LONGEST_SILENCE_S * sample_rate:
        block = reader.read(frames)
        onset = onset_of(block, sample_rate)
        if onset is not None:
            heard = block[onset:]
            if onset and len(block) == frames:
                heard = np.concatenate([heard, reader.read(onset)])
            return heard, skipped + onset
        skipped += len(block)
        if len(block) < frames:
            break
    return np.empty(0, np.float32), skipped


def onset_of(samples: NDArray[np.float32], sample_rate: int) -> int | None:
    """Return where a sound begins, or None in silence and in a constant.

    Within 50 dB of its peak; but of the peak near its beginning, so that what comes much later
    and louder does not cut a quiet beginning off.
    """
    if not len(samples):
        return None
    highest, lowest = float(samples.max()), float(samples.min())
    if (highest - lowest) / 2 < _SILENCE:
        return None
    first = _first_at(samples, _ONSET * max(highest, -lowest))
    nearby = samples[first : first + int(_NEARBY_S * sample_rate)]
    if first + len(nearby) == len(samples):  # the peak itself is near
        return first
    return _first_at(samples[: first + 1], _ONSET * peak_of(nearby))


def _first_at(samples: NDArray[np.float32], level: float) -> int:
    """Return the first sample that reaches a level; most sounds begin at once."""
    for part in (samples[:_AT_ONCE], samples):
        reaches = np.abs(part) >= level
        first = int(reaches.argmax())
        if reaches[first]:
            break
    return first


def peak_of(values: NDArray[np.float32]) -> float:
    """Return the largest absolute value, without a copy; 0 for an empty array."""
    return max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))

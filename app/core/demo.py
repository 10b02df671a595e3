"""A demo library: some sixty synthesised samples in the kind of mess producers really keep.

So the program can be tried, and tested, without anybody's sounds.
"""

from __future__ import annotations

import io
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Final
from uuid import uuid4

import numpy as np
import soundfile
from numpy.typing import NDArray

from classifier.labels import INSTRUMENTS, OTHER
from classifier.synth import MAKERS, Waveform, loop, silence, sub_808

_SILENCE: Final = "silence"
_LAYER_3 = "MPEG_LAYER_III"
_FORMATS = {
    ".aif": "AIFF",
    ".aiff": "AIFF",
    ".flac": "FLAC",
    ".mp3": "MP3",
    ".ogg": "OGG",
    ".opus": "OGG",
    ".wav": "WAV",
}
_SILENCE_S = 1.5
_FARTHEST_SIDE_S = 0.0004


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One file of the demo library.

    `path` is relative, with "/"; `kind` a name in ``MAKERS``, or "silence"; `subtype` what
    libsndfile calls the encoding. `note` is for an 808, `tempo_bpm` for a loop.
    """

    path: str
    kind: str
    sample_rate: int
    subtype: str
    channels: int = 1
    note: str | None = None
    tempo_bpm: float | None = None
    level_db: float = 0.0
    lead_silence_s: float = 0.0

    @property
    def label(self) -> str:
        """What the file is: an instrument, or Other."""
        return self.kind if self.kind in INSTRUMENTS else OTHER


_F = DemoFile
DEMO_FILES: Final = (
    _F("Vinyl Crates Vol 2/kick_dusty 03.wav", "Kick", 44_100, "PCM_16"),
    _F("Vinyl Crates Vol 2/kick_dusty 04.wav", "Kick", 44_100, "PCM_16"),
    _F("Vinyl Crates Vol 2/snare_crackle 01.wav", "Snare", 44_100, "PCM_16"),
    _F("Vinyl Crates Vol 2/snare_crackle 02.wav", "Snare", 44_100, "PCM_16"),
    _F("Vinyl Crates Vol 2/hat_shut 01.wav", "Closed hat", 44_100, "PCM_16"),
    _F("Vinyl Crates Vol 2/hat_sizzle 01.wav", "Open hat", 44_100, "PCM_16"),
    _F("Vinyl Crates Vol 2/break 90bpm.wav", "loop", 44_100, "PCM_16", 2, tempo_bpm=90),
    _F("Vinyl Crates Vol 2/stab 04.flac", "melodic", 44_100, "PCM_16", 2),
    _F("909 from tape/BD 1.aif", "Kick", 48_000, "PCM_24"),
    _F("909 from tape/BD 2.aif", "Kick", 48_000, "PCM_24"),
    _F("909 from tape/SD snappy.aif", "Snare", 48_000, "PCM_24"),
    _F("909 from tape/CH loose.wav", "Closed hat", 48_000, "PCM_24"),
    _F("909 from tape/CH tight.wav", "Closed hat", 48_000, "PCM_24"),
    _F("909 from tape/OH 1.wav", "Open hat", 48_000, "PCM_24"),
    _F("909 from tape/OH 2.wav", "Open hat", 48_000, "PCM_24"),
    _F("909 from tape/HC room.wav", "clap", 48_000, "PCM_24"),
    _F("909 from tape/RS.wav", "rim", 48_000, "PCM_24"),
    _F("909 from tape/RD.wav", "ride", 48_000, "PCM_24", 2),
    _F("909 from tape/LT.aiff", "tom", 48_000, "PCM_16"),
    _F("trap essentials/bass/Clean Sub D#.wav", "808", 44_100, "PCM_24", note="D#1"),
    _F("trap essentials/bass/808 Spinz-ish F.wav", "808", 44_100, "PCM_24", 2, note="F1"),
    _F("trap essentials/bass/808 dirty (C).wav", "808", 44_100, "FLOAT", note="C1"),
    _F("trap essentials/bass/long one_G.wav", "808", 48_000, "PCM_16", note="G1"),
    _F("trap essentials/bass/Zay type A#.flac", "808", 48_000, "PCM_24", note="A#0"),
    _F("trap essentials/bass/reese 2.wav", "bass", 44_100, "PCM_24", 2),
    _F("trap essentials/drums/Kick - Punch.wav", "Kick", 44_100, "PCM_24", 2),
    _F("trap essentials/drums/Kick - Knock.wav", "Kick", 44_100, "PCM_24", 2),
    _F("trap essentials/drums/Snare - Metro.wav", "Snare", 44_100, "PCM_24", 2),
    _F("trap essentials/drums/Clap - Wide.wav", "clap", 44_100, "PCM_24", 2),
    _F("trap essentials/drums/Hi Hat - Crisp.wav", "Closed hat", 44_100, "PCM_24", 2),
    _F("trap essentials/drums/Hi Hat - Pitched.flac", "Closed hat", 44_100, "PCM_16"),
    _F("trap essentials/drums/Open Hat - Airy.wav", "Open hat", 44_100, "PCM_24", 2),
    _F("trap essentials/drums/Open Hat - Sheen.flac", "Open hat", 44_100, "PCM_24"),
    _F("trap essentials/drums/Perc - Bongo.wav", "perc", 44_100, "PCM_24"),
    _F("trap essentials/drums/808 cowbell.wav", "cowbell", 44_100, "PCM_16"),
    _F("trap essentials/drums/808 tom.wav", "tom", 44_100, "PCM_16"),  # "808" the machine
    _F("misc/kick 7.wav", "Snare", 44_100, "PCM_16"),  # the name lies
    _F("misc/snare final FINAL.wav", "Closed hat", 44_100, "PCM_16"),  # the name lies
    _F("misc/hat.wav", "shaker", 44_100, "PCM_16"),  # nearly true
    _F("misc/AH_FX_03(2).wav", "fx", 96_000, "PCM_24", 2),
    _F("misc/0007.wav", "Kick", 22_050, "PCM_U8"),
    _F("misc/0008.wav", "Snare", 22_050, "PCM_U8"),
    _F("misc/0009.wav", "Open hat", 22_050, "PCM_16"),
    _F("misc/untitled.wav", "808", 44_100, "PCM_16", note="E1"),
    _F("misc/Audio 14-1.aif", "Closed hat", 44_100, "PCM_16", 2),
    _F("misc/bounce.wav", _SILENCE, 44_100, "PCM_16", 2),
    _F("misc/snare quiet take.wav", "Snare", 48_000, "PCM_24", level_db=-56.0),
    _F("misc/late kick.wav", "Kick", 44_100, "PCM_16", lead_silence_s=0.7),
    _F("misc/キック 太い.wav", "Kick", 44_100, "PCM_16"),
    _F("misc/🔥 snare HARD.wav", "Snare", 44_100, "FLOAT", 2),
    _F("downloads (1)/crash_01.ogg", "crash", 44_100, "VORBIS", 2),
    _F("downloads (1)/OH_lofi.ogg", "Open hat", 44_100, "VORBIS"),
    _F("downloads (1)/closed hh.mp3", "Closed hat", 44_100, _LAYER_3, 2),
    _F("downloads (1)/sub drop Fsharp.mp3", "808", 44_100, _LAYER_3, note="F#1"),
    _F("downloads (1)/snare (free).mp3", "Snare", 44_100, _LAYER_3, 2),
    _F("downloads (1)/vox hey.opus", "vocal", 48_000, "OPUS"),
    _F("downloads (1)/open.opus", "Open hat", 48_000, "OPUS", 2),
    _F("downloads (1)/hires kick.wav", "Kick", 96_000, "PCM_32"),
    _F("downloads (1)/hires hat closed.wav", "Closed hat", 96_000, "FLOAT", 2),
    _F("downloads (1)/bass_A.wav", "808", 96_000, "PCM_32", note="A0"),
    _F("downloads (1)/tamb.flac", "tambourine", 48_000, "PCM_16"),
)
"""The whole library, one file a line."""


def demo_truth() -> Mapping[str, str]:
    """Return the true label of each demo file by its relative path, with "/" between folders."""
    return MappingProxyType({file.path: file.label for file in DEMO_FILES})


def make_demo_library(folder: Path, *, seed: int = 0) -> list[Path]:
    """Return the paths of the demo library in `folder`, having made what was missing.

    Touches disk: makes `folder` and its sub-folders. A file that exists is never changed, so a
    second call writes nothing. One seed always gives the same sounds; the bytes of a float wav or
    an ogg differ, for they hold the time or a random number.

    Raises
    ------
    OSError
        If a folder or file cannot be written; no half-written file is left under its name.
    """
    paths = []
    for number, file in enumerate(DEMO_FILES):
        path = folder.joinpath(*PurePosixPath(file.path).parts)
        if not path.exists():
            # A generator for each file: one that was deleted comes back as it was.
            _create(path, _encode(file, np.random.default_rng([seed, number])))
        paths.append(path)
    return paths


def _encode(file: DemoFile, rng: np.random.Generator) -> bytes:
    frames = _frames(file, _sound(file, rng), rng)
    container = _FORMATS[PurePosixPath(file.path).suffix]
    buffer = io.BytesIO()
    soundfile.write(buffer, frames, file.sample_rate, file.subtype, format=container)
    return buffer.getvalue()


def _sound(file: DemoFile, rng: np.random.Generator) -> Waveform:
    if file.kind == _SILENCE:
        return silence(_SILENCE_S, file.sample_rate)
    if file.note is not None:
        return sub_808(rng, file.sample_rate, note=file.note)
    if file.tempo_bpm is not None:
        return loop(rng, file.sample_rate, tempo_bpm=file.tempo_bpm)
    return MAKERS[file.kind](rng, file.sample_rate)


def _frames(file: DemoFile, sound: Waveform, rng: np.random.Generator) -> NDArray[np.float32]:
    """Return `sound` at the file's level, after its silence, shape (frames, channels)."""
    lead = np.zeros(round(file.lead_silence_s * file.sample_rate), np.float32)
    left = np.concatenate([lead, sound * np.float32(10.0 ** (file.level_db / 20.0))])
    if file.channels == 1:
        return left[:, np.newaxis]
    # The second microphone stood a little farther away.
    delay = round(rng.uniform(0.0, _FARTHEST_SIDE_S) * file.sample_rate)
    right = np.concatenate([np.zeros(delay, np.float32), left])[: left.size]
    return np.stack([left, right * np.float32(rng.uniform(0.7, 1.0))], axis=1)


def _create(path: Path, data: bytes) -> None:
    """Write a new file in one piece; one that has come to exist meanwhile stays as it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid4().hex}.part")
    try:
        _write_new(temporary, data)
        _put_in_place(temporary, path, data)
    finally:
        temporary.unlink(missing_ok=True)


def _put_in_place(temporary: Path, path: Path, data: bytes) -> None:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return
    except OSError:
        # No hard links on this disk (exFAT, some network shares).
        with suppress(FileExistsError):
            _write_new(path, data)


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that does not exist yet, or leave nothing behind."""
    stream = path.open("xb")
    try:
        with stream:
            stream.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise

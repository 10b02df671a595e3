from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import ArrayLike

from classifier import Analysis, AudioError, Model, Sound, classify, read_sound
from tests.helpers.sentences import assert_is_one_sentence
from tests.helpers.sounds import (
    encode,
    noise,
    silence,
    sine,
    wav_header,
    write_sparse_wav,
    write_wav,
)

# Makes something in a folder that a scan could come across, and says where.
Maker = Callable[[Path], Path]
# What is expected: part of the sentence, or of the sound a test, by name.
HEARD: Final = "heard"
SILENT: Final = "silent"
ANYTHING: Final = "anything"

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such thing")
names_are_bytes = pytest.mark.skipif(sys.platform != "linux", reason="names must be Unicode here")


def holds(name: str, content: bytes) -> Maker:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


def sounds(samples: ArrayLike, rate: int = 44_100, subtype: str = "FLOAT") -> Maker:
    return lambda folder: write_wav(folder / "x.wav", samples, rate, subtype)


def half(name: str, kind: str) -> Maker:
    content = encode(noise(3.0), 44_100, kind)
    return holds(name, content[: len(content) // 2])


def named(name: str) -> Maker:
    return lambda folder: write_wav(folder / name, noise())


def folder_in(folder: Path) -> Path:
    (folder / "x.wav").mkdir()
    return folder / "x.wav"


def link_to(target: str) -> Maker:
    def make(folder: Path) -> Path:
        (folder / "x.wav").symlink_to(target)
        return folder / "x.wav"

    return make


def pipe(folder: Path) -> Path:
    os.mkfifo(folder / "x.wav")
    return folder / "x.wav"


def vanished(folder: Path) -> Path:
    path = write_wav(folder / "x.wav", noise())
    path.unlink()
    return path


def with_value(value: float, at: int) -> ArrayLike:
    samples = noise(3.0)
    samples[at] = value
    return samples


HEADER = wav_header(44_100)
CASES: dict[str, tuple[Maker, str]] = {
    "text": (holds("x.wav", b"Dear diary,\nno drums today.\n" * 99), "It cannot be read as sound"),
    "one byte": (holds("x.wav", b"R"), "It cannot be read as sound"),
    "a picture": (holds("x.wav", b"\x89PNG\r\n\x1a\n" + bytes(500)), "It cannot be read as sound"),
    "no bytes": (holds("x.wav", b""), "empty"),
    "a header without its end": (holds("x.wav", HEADER[:30]), "It cannot be read as sound"),
    "a header without a data chunk": (holds("x.wav", HEADER[:36]), "It cannot be read as sound"),
    "a header and nothing else": (holds("x.wav", HEADER), "no sound in it"),
    "a header that says: nothing": (holds("x.wav", wav_header(0)), "no sound in it"),
    "an ogg header": (holds("x.ogg", encode([], kind="OGG")), "no sound in it"),
    "a caf header": (holds("x.caf", encode([], kind="CAF")), "no sound in it"),
    "half a wav": (half("x.wav", "WAV"), HEARD),
    "half an aiff": (half("x.aiff", "AIFF"), HEARD),
    "half an mp3": (half("x.mp3", "MP3"), HEARD),
    "half an ogg": (half("x.ogg", "OGG"), HEARD),
    "half a flac": (half("x.flac", "FLAC"), ANYTHING),
    "half a caf": (half("x.caf", "CAF"), ANYTHING),
    "far less than the header says": (
        holds("x.wav", wav_header(1 << 30) + (noise() * 9_999).astype("<i2").tobytes()),
        HEARD,
    ),
    "one sample": (sounds([0.5]), SILENT),
    "two samples": (sounds([0.5, -0.5]), HEARD),
    "silence": (sounds(silence()), SILENT),
    "dither": (sounds(noise(peak=1 / 32_768)), SILENT),
    "a constant": (sounds(np.full(44_100, 0.5)), SILENT),
    "sound upon a constant": (sounds(sine(peak=0.3) + 0.5), HEARD),
    "not a number": (sounds(with_value(np.nan, 5)), "NaN"),
    "not a number, late": (sounds(with_value(np.nan, -1)), "NaN"),
    "infinity": (sounds(with_value(np.inf, 0)), "infinity"),
    "minus infinity": (sounds(with_value(-np.inf, 70_000)), "infinity"),
    "a double beyond float": (sounds(np.array([1e300, 0.0, 1e300]), subtype="DOUBLE"), "infinity"),
    "huge": (sounds(sine(peak=1e38)), HEARD),
    "huge in eight channels": (sounds(np.stack([sine(peak=3e38)] * 8, axis=1)), HEARD),
    "denormal": (sounds(sine(peak=1e-41)), SILENT),
    "eight channels": (sounds(np.stack([noise()] * 8, axis=1)), HEARD),
    "192 kHz": (sounds(noise(rate=192_000), 192_000), HEARD),
    "4 kHz": (sounds(noise(rate=4_000), 4_000), HEARD),
    "3 kHz": (sounds(noise(rate=3_000), 3_000), "3,000 Hz"),
    "384 kHz": (sounds(noise(rate=384_000), 384_000), "384,000 Hz"),
    "two hours": (
        lambda folder: write_sparse_wav(folder / "x.wav", 7_200 * 8_000, noise(), 8_000),
        HEARD,
    ),
    "two hours of silence": (
        lambda folder: write_sparse_wav(folder / "x.wav", 7_200 * 8_000, [], 8_000),
        SILENT,
    ),
    "raw audio": (holds("x.RAW", encode(noise())), "Raw audio"),
    "a folder": (folder_in, "folder"),
    "a link to itself": (link_to("x.wav"), "Could not be opened"),
    "a link to nothing": (link_to("gone.wav"), "not there"),
    "gone": (vanished, "not there"),
    "a null byte in the name": (lambda folder: folder / "x\0.wav", "Could not be opened"),
    "half a surrogate pair in the name": (lambda folder: folder / "\ud800.wav", "Could not be"),
    "a name too long": (lambda folder: folder / ("x" * 300 + ".wav"), "Could not be opened"),
    "a pipe": (pipe, "not an ordinary file"),
    "emoji": (named("\N{DRUM WITH DRUMSTICKS} \N{FIRE}.wav"), HEARD),
    "a newline": (named("kick\nsnare.wav"), HEARD),
    "a leading dash": (named("--help.wav"), HEARD),
    "250 bytes": (named("x" * 246 + ".wav"), HEARD),
    "bytes that are no text": (named(os.fsdecode(b"\xff\xfe kick \x80.wav")), HEARD),
}
MARKS = {
    "a pipe": posix,
    "a link to itself": posix,
    "a link to nothing": posix,
    "a newline": posix,
    "half a surrogate pair in the name": names_are_bytes,
    "bytes that are no text": names_are_bytes,
}


def outcome(path: Path) -> Sound | AudioError:
    try:
        return read_sound(path)
    except AudioError as error:
        return error


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("make", "expected"),
    [pytest.param(*case, id=name, marks=MARKS.get(name, ())) for name, case in CASES.items()],
)
def test_it_is_a_sound_or_a_sentence_and_its_neighbours_are_read(
    tmp_path: Path, model: Model, make: Maker, expected: str
) -> None:
    (tmp_path / "bad").mkdir()
    bad = make(tmp_path / "bad")
    good = write_wav(tmp_path / "good.wav", noise(0.2))
    found = outcome(bad)
    if isinstance(found, AudioError):
        assert_is_one_sentence(str(found), bad)
        assert expected == ANYTHING or expected in str(found)
    else:
        assert expected in {HEARD, SILENT, ANYTHING}
        assert np.isfinite(found.samples).all()
        if expected != ANYTHING:
            assert bool(len(found.samples)) is (expected == HEARD)
    before, result, after = classify([good, bad, good], model)
    [alone] = classify([good], model)
    assert isinstance(result, AudioError) is isinstance(found, AudioError)
    for neighbour in (before, after):
        assert isinstance(neighbour, Analysis)
        assert neighbour.prediction.probabilities == pytest.approx(alone.prediction.probabilities)
    if expected == SILENT:
        assert result.prediction.label == "Other"
        assert result.prediction.kind is None


@pytest.mark.parametrize("seconds", [0.5, 3.0])
@pytest.mark.parametrize("kind", ["WAV", "AIFF", "FLAC", "OGG", "MP3", "CAF"])
def test_a_file_may_end_anywhere(tmp_path: Path, kind: str, seconds: float) -> None:
    content = encode(noise(seconds), 44_100, kind)
    for length in np.linspace(1, len(content), 25).astype(int):
        path = tmp_path / "cut"
        path.write_bytes(content[:length])
        found = outcome(path)
        if isinstance(found, AudioError):
            assert_is_one_sentence(str(found), path)
        else:
            assert found.held_s <= seconds + 0.1


@pytest.mark.parametrize("action", ["stat", "open"])
@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(13, "Permission denied"), "No permission to read the file."),
        (OSError(5, "Input/output error"), "Could not be opened: Input/output error."),
    ],
    ids=["no permission", "a failing disk"],
)
def test_why_the_system_refuses_a_file_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str, error: OSError, sentence: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    path = write_wav(tmp_path / "x.wav", noise())
    monkeypatch.setattr(os, action, refuse)
    with pytest.raises(AudioError) as caught:
        read_sound(path)
    assert str(caught.value) == sentence


def test_what_vanishes_while_it_is_opened_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_wav(tmp_path / "x.wav", noise())
    monkeypatch.setattr("classifier.audio._require_readable_file", os.unlink)
    with pytest.raises(AudioError) as caught:
        read_sound(path)
    assert_is_one_sentence(str(caught.value), path)


def test_a_relative_name_with_a_leading_dash_is_no_option(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_wav(tmp_path / "-rf.wav", noise())
    monkeypatch.chdir(tmp_path)
    assert read_sound("-rf.wav").held_s == 1.0

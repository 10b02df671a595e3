"""The identity of stored audio: the same whatever is written around it."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from app.core.content import LARGE_BYTES, content_id, is_of_pieces, sound_of, whole_id
from tests.helpers.sounds import encode, noise, sine, wav_header


def chunk(name: bytes, content: bytes, order: str = "<") -> bytes:
    padding = b"\0" * (len(content) % 2)
    return name + struct.pack(f"{order}I", len(content)) + content + padding


def with_chunk(wav: bytes, *, before: bool) -> bytes:
    """Return a wav file with a tag of odd length in front of its sound, or behind it."""
    tag = chunk(b"LIST", b"INFOIART\x03\0\0\0me\0")
    at = wav.index(b"data") if before else len(wav)
    body = wav[8:at] + tag + wav[at:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def id_of(folder: Path, content: bytes, name: str = "x.wav") -> bytes:
    path = folder / name
    path.write_bytes(content)
    return content_id(path)


@pytest.mark.parametrize("before", [True, False])
def test_a_tag_in_a_wav_changes_nothing(tmp_path: Path, before: bool) -> None:
    wav = encode(noise(0.1), subtype="PCM_16")
    assert id_of(tmp_path, with_chunk(wav, before=before)) == id_of(tmp_path, wav)
    assert id_of(tmp_path, encode(noise(0.1, seed=1), subtype="PCM_16")) != id_of(tmp_path, wav)


def test_a_tag_in_an_aiff_changes_nothing(tmp_path: Path) -> None:
    aiff = encode(noise(0.1), kind="AIFF", subtype="PCM_24")
    body = aiff[8:] + chunk(b"NAME", b"kick", ">")
    tagged = b"FORM" + struct.pack(">I", len(body)) + body
    assert id_of(tmp_path, tagged) == id_of(tmp_path, aiff)
    with (tmp_path / "x.wav").open("rb") as file:
        assert 0 < sound_of(file).size < len(aiff)


def test_of_other_formats_the_file_counts(tmp_path: Path) -> None:
    flac = encode(noise(0.1), kind="FLAC", subtype="PCM_16")
    assert id_of(tmp_path, flac) != id_of(tmp_path, flac + b"\0")
    assert len(id_of(tmp_path, flac)) == 16


def test_the_name_does_not_count(tmp_path: Path) -> None:
    wav = encode(sine())
    assert id_of(tmp_path, wav, "a.wav") == id_of(tmp_path, wav, os.fsdecode(b"\xff.wav"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVE",
        b"RIFF\0\0\0\0WAVEdata",
        wav_header(1000),
        wav_header(1000) + b"short",
        b"FORM\0\0\0\0AIFFSSND\xff\xff\xff\xff",
        b"RIFF\0\0\0\0WAVE" + b"\0" * 1000,
    ],
    ids=range(8),
)
def test_what_is_cut_off_has_an_identity_too(tmp_path: Path, content: bytes) -> None:
    assert len(id_of(tmp_path, content)) == 16


def test_a_recording_that_was_never_closed_reaches_to_the_end(tmp_path: Path) -> None:
    unclosed = wav_header(0) + b"\1\2" * 500
    assert id_of(tmp_path, unclosed) == id_of(tmp_path, wav_header(500) + b"\1\2" * 500)


def test_a_file_above_4_gb_has_its_size_elsewhere(tmp_path: Path) -> None:
    sizes = struct.pack("<QQQI", 0, 1000, 500, 0)
    header = wav_header(0)[12:36]
    data = b"data" + b"\xff" * 4 + b"\1\2" * 500
    content = b"RF64" + b"\xff" * 4 + b"WAVE" + chunk(b"ds64", sizes) + header + data + b"tail"
    assert id_of(tmp_path, content) == id_of(tmp_path, wav_header(500) + b"\1\2" * 500)


def large(path: Path, *, at: int, byte: bytes = b"\1") -> Path:
    """Write a file of 80 MB of nothing, with a byte in it; on most systems it takes no room."""
    with path.open("wb") as file:
        file.truncate(LARGE_BYTES + (16 << 20))
        file.seek(at)
        file.write(byte)
    return path


def test_a_large_file_is_known_by_pieces_until_it_is_read(tmp_path: Path) -> None:
    one = large(tmp_path / "a.flac", at=10 << 20)
    other = large(tmp_path / "b.flac", at=20 << 20)
    assert content_id(one) == content_id(other)
    assert is_of_pieces(content_id(one))
    assert whole_id(one) != whole_id(other)
    assert not is_of_pieces(whole_id(one))


@pytest.mark.parametrize("at", [0, (LARGE_BYTES + (16 << 20)) // 2, LARGE_BYTES + (16 << 20) - 1])
def test_its_pieces_are_the_start_the_middle_and_the_end(tmp_path: Path, at: int) -> None:
    plain = large(tmp_path / "a.flac", at=10 << 20, byte=b"\0")
    assert content_id(large(tmp_path / "b.flac", at=at)) != content_id(plain)


def test_a_file_that_is_not_there_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        content_id(tmp_path / "none.wav")

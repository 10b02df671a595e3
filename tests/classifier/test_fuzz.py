from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classifier import LABELS
from tests.helpers.effort import FUZZ_CASES
from tests.helpers.fuzz_reader import CrashError, FuzzReader
from tests.helpers.sentences import assert_is_one_sentence
from tests.helpers.sounds import encode, sine

RATE_HZ: Final = 8_000
SOUND: Final = sine(440.0, 0.15, RATE_HZ)
REAL: Final = {
    "wav": encode(SOUND, RATE_HZ, "WAV", "PCM_16"),
    "float wav": encode(SOUND, RATE_HZ, "WAV", "FLOAT"),
    "adpcm wav": encode(SOUND, RATE_HZ, "WAV", "IMA_ADPCM"),
    "wavex": encode(SOUND, RATE_HZ, "WAVEX", "PCM_24"),
    "rf64": encode(SOUND, RATE_HZ, "RF64", "PCM_16"),
    "w64": encode(SOUND, RATE_HZ, "W64", "PCM_16"),
    "aiff": encode(SOUND, RATE_HZ, "AIFF", "PCM_16"),
    "flac": encode(SOUND, RATE_HZ, "FLAC", "PCM_16"),
    "ogg": encode(SOUND, RATE_HZ, "OGG", "VORBIS"),
    "opus": encode(SOUND, RATE_HZ, "OGG", "OPUS"),
    "mp3": encode(SOUND, RATE_HZ, "MP3", "MPEG_LAYER_III"),
    "caf": encode(SOUND, RATE_HZ, "CAF", "PCM_16"),
    "alac caf": encode(SOUND, RATE_HZ, "CAF", "ALAC_16"),
    "au": encode(SOUND, RATE_HZ, "AU", "PCM_16"),
}
# Where counts and lengths stand, these are the ones that programs forget.
NUMBERS: Final = (0, 1, 2, 3, 7, 255, 1_024, 1_025, 65_535, 192_000, 0x7FFFFFFF, 0x80000000)
WIDE: Final = (*NUMBERS, 0xFFFFFFFE, 0xFFFFFFFF)


@dataclass(frozen=True)
class Edit:
    """One injury to a file."""

    action: str
    at: int
    value: bytes

    def apply(self, data: bytes) -> bytes:
        at = self.at % (len(data) + 1)
        before, after = data[:at], data[at:]
        match self.action:
            case "overwrite":
                return before + self.value + after[len(self.value) :]
            case "insert":
                return before + self.value + after
            case "delete":
                return before + after[len(self.value) :]
            case "repeat":
                return before + after[:64] + after
            case _:
                return before


@dataclass(frozen=True)
class Damaged:
    """A real file and what was done to it."""

    kind: str
    edits: tuple[Edit, ...]

    def content(self) -> bytes:
        data = REAL[self.kind]
        for edit in self.edits:
            data = edit.apply(data)
        return data


values = st.one_of(
    st.binary(min_size=1, max_size=8),
    st.sampled_from([struct.pack("<I", number) for number in WIDE]),
    st.sampled_from([struct.pack(">I", number) for number in WIDE]),
    st.sampled_from([struct.pack("<H", number & 0xFFFF) for number in NUMBERS]),
    st.sampled_from([struct.pack(">Q", (number << 32) | number) for number in WIDE]),
)
# Most injuries go to the header: behind it are mostly samples, and any sample is valid.
places = st.one_of(st.integers(0, 100), st.integers(0, 400), st.integers(0, 10_000))
actions = st.sampled_from(["overwrite", "overwrite", "insert", "delete", "repeat", "truncate"])
edits = st.builds(Edit, actions, places, values)
damaged_files = st.builds(
    Damaged,
    st.sampled_from(sorted(REAL)),
    st.lists(edits, min_size=1, max_size=6).map(tuple),
)


LONGER_THAN_IT_SAYS: Final = Damaged(
    "mp3", (Edit("overwrite", 0, b"\xff\xfe\x00\x00"), Edit("truncate", 292, b""))
)


@pytest.fixture(scope="module")
def reader() -> Iterator[FuzzReader]:
    reader = FuzzReader()
    yield reader
    reader.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "case"


def check(found: dict[str, Any], path: Path) -> None:
    assert "bug" not in found, found["bug"]
    if "error" in found:
        assert_is_one_sentence(found["error"], path)
        assert found["named"] is None
        return
    assert found["named"] in LABELS
    assert found["finite"]
    assert found["largest"] in {0.0, 1.0}
    assert 0 <= found["held_s"] <= 10.0
    assert 0 <= found["start_s"] <= 60.0
    assert found["held_s"] + found["start_s"] <= found["duration_s"] + 1e-9
    assert math.isfinite(found["duration_s"])


@pytest.mark.timeout(4 * 3_600)
@settings(max_examples=FUZZ_CASES // 6)
@given(content=st.binary(max_size=2_000))
@example(content=b"")
@example(content=b"RIFF\xff\xff\xff\xffWAVEfmt ")
def test_no_bytes_bring_the_reader_down(reader: FuzzReader, path: Path, content: bytes) -> None:
    path.write_bytes(content)
    check(reader.ask(path), path)


@pytest.mark.timeout(4 * 3_600)
@settings(max_examples=FUZZ_CASES - FUZZ_CASES // 6)
@given(damaged=damaged_files)
@example(LONGER_THAN_IT_SAYS)
def test_no_damaged_file_brings_the_reader_down(
    reader: FuzzReader, path: Path, damaged: Damaged
) -> None:
    path.write_bytes(damaged.content())
    check(reader.ask(path), path)


@pytest.mark.parametrize("kind", sorted(REAL))
def test_what_is_damaged_was_a_sound_before(reader: FuzzReader, path: Path, kind: str) -> None:
    path.write_bytes(REAL[kind])
    found = reader.ask(path)
    check(found, path)
    assert found["held_s"] == pytest.approx(0.15, abs=0.05)


def test_a_reader_that_dies_is_noticed_and_replaced(reader: FuzzReader, path: Path) -> None:
    process = reader._running()
    process.kill()
    process.wait()
    with pytest.raises(CrashError, match="died with"):
        reader.ask(path)
    path.write_bytes(REAL["wav"])
    check(reader.ask(path), path)

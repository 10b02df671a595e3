from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.core.demo import DEMO_FILES, demo_truth, make_demo_library
from classifier.labels import INSTRUMENTS, LABELS


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One complete library; tests that change it make their own."""
    folder = tmp_path_factory.mktemp("demo") / "Samples"
    make_demo_library(folder)
    return folder


def files_in(folder: Path) -> dict[str, Path]:
    return {
        path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()
    }


def tree_of(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Return content and time of every file by relative path."""
    return {
        name: (path.read_bytes(), path.stat().st_mtime_ns)
        for name, path in files_in(folder).items()
    }


@pytest.fixture
def small_library(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Make the library six short files long; return their relative paths."""
    few = [file for file in DEMO_FILES if file.kind == "Closed hat"][:6]
    monkeypatch.setattr("app.core.demo.DEMO_FILES", tuple(few))
    return tuple(file.path for file in few)


def test_the_library_is_what_was_promised_and_nothing_else(library: Path) -> None:
    paths = make_demo_library(library)
    assert len(paths) >= 55
    assert {path.relative_to(library).as_posix() for path in paths} == set(demo_truth())
    assert set(files_in(library)) == set(demo_truth())


def test_every_instrument_is_there_six_times(library: Path) -> None:
    labels = Counter(demo_truth().values())
    assert set(labels) == set(LABELS)
    assert all(labels[instrument] >= 6 for instrument in INSTRUMENTS)


def test_formats_rates_and_channels_vary_as_the_table_says(library: Path) -> None:
    found = [soundfile.info(library / file.path) for file in DEMO_FILES]
    for file, info in zip(DEMO_FILES, found, strict=True):
        assert (info.samplerate, info.subtype) == (file.sample_rate, file.subtype)
        assert (info.channels, info.frames > 0) == (file.channels, True)
    assert {info.format for info in found} == {"WAV", "AIFF", "FLAC", "OGG", "MP3"}
    assert {info.samplerate for info in found} == {22_050, 44_100, 48_000, 96_000}
    assert {info.channels for info in found} == {1, 2}
    encodings = {info.subtype for info in found if info.format == "WAV"}
    assert encodings == {"PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT"}
    assert {"VORBIS", "OPUS"} <= {info.subtype for info in found}


def test_names_come_in_several_folders_and_scripts() -> None:
    names = [Path(file.path).name for file in DEMO_FILES]
    assert len({Path(file.path).parent for file in DEMO_FILES}) >= 5
    assert len({file.path.casefold() for file in DEMO_FILES}) == len(DEMO_FILES)
    assert any("\u30a2" <= letter <= "\u30fe" for name in names for letter in name)
    assert any(ord(letter) > 0xFFFF for name in names for letter in name)


def test_some_names_lie() -> None:
    truth = demo_truth()
    assert truth["misc/kick 7.wav"] == "Snare"
    assert truth["trap essentials/drums/808 tom.wav"] == "Other"


def test_one_file_is_silent_one_is_quiet_one_starts_late_one_is_long(library: Path) -> None:
    sounds = {
        name: soundfile.read(path, dtype="float32", always_2d=True)
        for name, path in files_in(library).items()
    }
    peaks = {name: float(np.abs(sound).max()) for name, (sound, _) in sounds.items()}
    assert [name for name, peak in peaks.items() if peak == 0.0] == ["misc/bounce.wav"]
    assert [name for name, peak in peaks.items() if 0.0 < peak < 0.01] == [
        "misc/snare quiet take.wav"
    ]
    late, rate = sounds["misc/late kick.wav"]
    assert not late[: rate // 2].any()
    assert late[rate // 2 :].any()
    assert [name for name, (sound, rate) in sounds.items() if sound.shape[0] > 5 * rate] == [
        "Vinyl Crates Vol 2/break 90bpm.wav"
    ]


def test_one_seed_is_one_library(library: Path, tmp_path: Path) -> None:
    make_demo_library(tmp_path)
    for name, path in files_in(library).items():
        again, _ = soundfile.read(tmp_path / name)
        sound, _ = soundfile.read(path)
        np.testing.assert_array_equal(again, sound)


@pytest.mark.usefixtures("small_library")
def test_another_seed_is_another_library(tmp_path: Path) -> None:
    first = make_demo_library(tmp_path / "first", seed=1)
    second = make_demo_library(tmp_path / "second", seed=2)
    contents = [path.read_bytes() for path in (*first, *second)]
    assert len(set(contents)) == len(contents)


def test_a_second_call_writes_nothing(library: Path) -> None:
    before = tree_of(library)
    make_demo_library(library, seed=99)
    assert tree_of(library) == before


def test_a_file_that_exists_is_never_touched(
    small_library: tuple[str, ...], tmp_path: Path
) -> None:
    mine = tmp_path / small_library[2]
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"my own work")
    (tmp_path / "notes.txt").write_bytes(b"keep")
    make_demo_library(tmp_path)
    assert mine.read_bytes() == b"my own work"
    assert set(files_in(tmp_path)) == {*small_library, "notes.txt"}


def test_a_file_that_was_deleted_comes_back_as_it_was(
    small_library: tuple[str, ...], tmp_path: Path
) -> None:
    paths = make_demo_library(tmp_path)
    sound, _ = soundfile.read(paths[3])
    paths[3].unlink()
    make_demo_library(tmp_path)
    np.testing.assert_array_equal(soundfile.read(paths[3])[0], sound)


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_appears_meanwhile_stays(
    small_library: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    links: bool,
) -> None:
    link = os.link

    def link_late(source: Path, target: Path) -> None:
        if target.name == Path(small_library[0]).name:
            target.write_bytes(b"came first")
        if not links:
            raise PermissionError("no hard links here")
        link(source, target)

    monkeypatch.setattr(os, "link", link_late)
    make_demo_library(tmp_path)
    assert (tmp_path / small_library[0]).read_bytes() == b"came first"
    assert set(files_in(tmp_path)) == set(small_library)
    assert soundfile.info(tmp_path / small_library[1]).frames > 0


def test_a_file_in_the_place_of_a_folder_is_an_error(
    small_library: tuple[str, ...], tmp_path: Path
) -> None:
    blocked = tmp_path / Path(small_library[0]).parts[0]
    blocked.write_bytes(b"a file, not a folder")
    with pytest.raises(OSError, match=blocked.name):
        make_demo_library(tmp_path)
    assert set(files_in(tmp_path)) == {blocked.name}


@pytest.mark.usefixtures("small_library")
def test_a_disk_that_takes_no_more_is_an_error_and_leaves_no_half_file(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource", reason="limits of a process are a POSIX thing")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
    try:
        with pytest.raises(OSError, match="too large"):
            make_demo_library(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not files_in(tmp_path)

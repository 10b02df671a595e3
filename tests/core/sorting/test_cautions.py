from __future__ import annotations

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from app.core.sorting.cautions import bytes_needed, cautions, obstacles
from app.core.sorting.steps import Mode
from tests.helpers.sorting import planned
from tests.helpers.trees import make_tree


class Usage(NamedTuple):
    free: int


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let nothing above the test's own folder count."""
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


def test_nothing_is_said_where_there_is_nothing_to_say(tmp_path: Path) -> None:
    root = make_tree(tmp_path / "library", {"a.wav": b"1"})
    for mode in Mode:
        plan = planned(root, {"a.wav": "Kick"}, tmp_path / "x", mode=mode)
        assert (cautions(plan), obstacles(plan)) == ([], [])


def test_space_is_counted_for_the_whole_plan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(tmp_path / "library", {"a.wav": b"1" * 10, "b.wav": b"2" * 20})
    decisions = {"a.wav": "Kick", "b.wav": "Snare"}
    into = tmp_path / "x"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(1 << 20))
    copied = planned(root, decisions, into, mode=Mode.COPY)
    assert bytes_needed(copied.steps, str(into)) == 30
    [sentence] = obstacles(copied)
    assert "the drive has 0.00 GB left" in sentence
    moved = planned(root, decisions, into, mode=Mode.MOVE)
    assert bytes_needed(moved.steps, str(into)) == 0
    assert obstacles(moved) == []


def test_a_folder_that_is_closed_is_told_beforehand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make_tree(tmp_path / "library", {"a.wav": b"1", "1/b.wav": b"2"})
    monkeypatch.setattr("os.access", lambda *_: False)
    decisions = {"a.wav": "Kick", "1/b.wav": "Snare"}
    found = obstacles(planned(root, decisions, tmp_path / "x", mode=Mode.MOVE))
    assert found == [
        f"No permission to write in {tmp_path}.",
        f"No permission to move files out of {root} and 1 more.",
    ]


@pytest.mark.parametrize(
    ("tree", "program"),
    [
        ({"Splice/sounds/packs/a.wav": b"1"}, "Splice"),
        ({"lib/a.wav": b"1", "lib/Ableton Folder Info/x": b""}, "Ableton Live"),
        ({"User Library/Samples/a.wav": b"1"}, "Ableton Live"),
    ],
)
def test_moves_out_of_what_another_program_keeps_are_warned_of(
    tmp_path: Path, tree: dict[str, bytes], program: str
) -> None:
    root = make_tree(tmp_path / "library", tree)
    [path] = [path for path in tree if path.endswith(".wav")]
    moved = planned(root, {path: "Kick"}, tmp_path / "x", mode=Mode.MOVE)
    [sentence] = cautions(moved)
    assert f"is kept in order by {program}" in sentence
    assert cautions(planned(root, {path: "Kick"}, tmp_path / "x", mode=Mode.COPY)) == []


@pytest.mark.parametrize("song", ["song.als", "beats/My Beat.flp", "old.RPP"])
def test_moves_beside_a_song_are_warned_of(tmp_path: Path, song: str) -> None:
    root = make_tree(tmp_path / "library", {"beats/samples/a.wav": b"1", song: b""})
    moved = planned(root, {"beats/samples/a.wav": "Kick"}, tmp_path / "x", mode=Mode.MOVE)
    [sentence] = cautions(moved)
    assert sentence.endswith("may use samples from where they lie now.")
    assert Path(song).name in sentence

"""Whatever was done last is taken back by one key."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from app.ui import commands, folders
from tests.helpers.libraries import sound
from tests.helpers.windows import Desk

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
has_trash_of_ours = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="only the system's own window brings files back"
)


def undo(desk: Desk) -> None:
    desk.press(Key.Key_Z, CTRL)
    desk.idle()


def test_with_nothing_done_it_says_so(desk: Desk) -> None:
    undo(desk)
    assert "nothing to take back" in desk.said()


def test_steps_are_taken_back_in_turn(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.press(Key.Key_2)
    desk.press(Key.Key_5)  # the next row
    desk.press(Key.Key_F)
    desk.idle()
    assert len(desk.corrections()) == 2
    undo(desk)
    assert desk.counts()["Favourites"] == 0
    assert len(desk.corrections()) == 2
    undo(desk)
    assert desk.corrections() == {"kick 1.wav": "Snare"}
    undo(desk)
    assert desk.corrections() == desk.shown_corrections() == {}


def test_what_was_corrected_before_comes_back(desk: Desk) -> None:
    for key in (Key.Key_2, Key.Key_4):
        desk.choose("kick 1.wav")
        desk.press(key)
    undo(desk)
    assert desk.corrections() == desk.shown_corrections() == {"kick 1.wav": "Snare"}


def test_the_menu_names_what_it_takes_back(desk: Desk) -> None:
    desk.choose("kick 1.wav", "kick 2.wav")
    desk.press(Key.Key_4)
    desk.idle()
    assert desk.window.actions_by_name["undo"].text() == "Undo correcting 2 samples"


@has_trash_of_ours
def test_a_file_in_the_trash_comes_back(desk: Desk, sounds: Path) -> None:
    path = sounds / "drums/kick 1.wav"
    before = path.read_bytes()
    desk.choose("kick 1.wav")
    desk.press(Key.Key_Delete)
    desk.idle()
    assert not path.exists()
    assert "kick 1.wav" not in desk.names()
    assert desk.counts()["All"] == 7
    undo(desk)
    assert path.read_bytes() == before
    assert "kick 1.wav" in desk.names()


@has_trash_of_ours
def test_above_one_file_it_asks(desk: Desk, sounds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [False, True]
    asked: list[str] = []

    def answer(_: object, question: str, *__: object, **___: object) -> bool:
        asked.append(question)
        return answers.pop(0)

    monkeypatch.setattr(commands, "ask", answer)
    desk.choose("kick 1.wav", "kick 2.wav")
    desk.press(Key.Key_Delete)
    desk.idle()
    assert asked == ["Move 2 files to the trash?"]
    assert len(desk.names()) == 8
    desk.press(Key.Key_Delete)
    desk.idle()
    assert not (sounds / "drums/kick 1.wav").exists()
    assert len(desk.names()) == 6


@has_trash_of_ours
def test_a_name_that_is_taken_meanwhile_is_left(desk: Desk, sounds: Path) -> None:
    path = sounds / "drums/kick 1.wav"
    desk.choose("kick 1.wav")
    desk.press(Key.Key_Delete)
    desk.idle()
    path.write_bytes(b"something else")
    undo(desk)
    assert path.read_bytes() == b"something else"
    assert "taken by now" in desk.said()


def test_excluding_and_forgetting(
    desk: Desk, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "ask", lambda *_, **__: True)
    [root] = desk.library.roots
    desk.window.folders.exclude(root, "hats")
    desk.idle()
    assert len(desk.names()) == 6
    undo(desk)
    assert len(desk.names()) == 8
    desk.choose("kick 1.wav")
    desk.press(Key.Key_3)
    desk.idle()
    desk.window.folders.forget(desk.library.roots[0])
    desk.idle()
    assert desk.names() == []
    assert desk.window.middle.is_empty  # empty, as at the first start
    undo(desk)
    assert len(desk.names()) == 8
    assert desk.corrections() == {"kick 1.wav": "808"}


def test_copies_are_corrected_along(desk: Desk, sounds: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copies"
    copy.mkdir()
    (copy / "the same.wav").write_bytes((sounds / "drums/kick 1.wav").read_bytes())
    (copy / "another.wav").write_bytes(sound(99))
    desk.scan(copy)
    assert desk.counts()["Duplicates"] == 2
    desk.choose("kick 1.wav")
    desk.press(Key.Key_3)
    assert desk.shown_corrections() == {"kick 1.wav": "808", "the same.wav": "808"}
    desk.idle()
    assert desk.corrections() == desk.shown_corrections()


def test_what_cannot_be_written_is_not_shown(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.core.errors import CatalogError  # noqa: PLC0415

    def full(*_: object) -> None:
        raise CatalogError("The disk is full.")

    monkeypatch.setattr(commands, "correcting", full)
    desk.choose("kick 1.wav")
    desk.press(Key.Key_3)
    desk.idle()
    assert desk.shown_corrections() == {}
    assert desk.said() == "The disk is full."

"""Folders are dropped, rows appear while they are scanned, and closing ends it all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from app.core.browsing.filters import Bucket
from app.core.settings import Settings
from app.ui import folders
from tests.helpers.libraries import sound
from tests.helpers.trees import make_tree
from tests.helpers.windows import Desk

Key = Qt.Key


def drop(desk: Desk, *paths: Path) -> QDropEvent:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(300, 300), actions, data, button, none)
    QApplication.sendEvent(desk.window, enter)
    assert enter.isAccepted()
    assert desk.window.drop_zone.isVisible()
    event = QDropEvent(QPointF(300, 300), actions, data, button, none)
    QApplication.sendEvent(desk.window, event)
    return event


def test_a_dropped_folder_is_scanned(empty_desk: Desk, sounds: Path) -> None:
    desk = empty_desk
    assert desk.window.middle.is_empty
    with desk.qtbot.waitSignal(desk.library.scan_ended):
        event = drop(desk, sounds)
    desk.idle()
    assert event.dropAction() == Qt.DropAction.CopyAction  # else its owner would delete it
    assert not desk.window.drop_zone.isVisible()
    assert len(desk.names()) == 8
    assert not desk.window.middle.is_empty
    assert "8 samples looked through, 8 listened to" in desk.said()


def test_of_dropped_files_the_folder_is_asked_for(
    empty_desk: Desk, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(
        folders, "ask", lambda _, question, *__, **___: bool(asked.append(question))
    )
    drop(empty_desk, sounds / "drums/kick 1.wav", sounds / "drums/kick 2.wav")
    empty_desk.idle()
    assert asked == [f"Add {sounds / 'drums'}?"]
    assert empty_desk.library.roots == []
    monkeypatch.setattr(folders, "ask", lambda *_, **__: True)
    with empty_desk.qtbot.waitSignal(empty_desk.library.scan_ended):
        drop(empty_desk, sounds / "drums/kick 1.wav")
    empty_desk.idle()
    assert len(empty_desk.names()) == 4


def test_the_demo_library_is_made_and_scanned(
    empty_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        folders.QStandardPaths, "writableLocation", lambda _: str(tmp_path / "Music")
    )
    with empty_desk.qtbot.waitSignal(empty_desk.library.scan_ended, timeout=60_000):
        empty_desk.window.middle.empty.demo.click()
    empty_desk.idle()
    assert len(empty_desk.names()) == 61
    assert (tmp_path / "Music/Kitsort demo library").is_dir()


def test_rows_appear_and_can_be_used_while_it_scans(
    empty_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = empty_desk
    many = make_tree(
        tmp_path / "many", {f"{number:04}.wav": sound(number) for number in range(400)}
    )
    monkeypatch.setattr("app.core.library._BATCH_S", 0.0)
    monkeypatch.setattr("app.core.library._BATCH_FILES", 16)
    gate = threading.Event()
    from app.core import library as core  # noqa: PLC0415

    store = core.store

    def slowly(*args: object) -> None:
        store(*args)  # type: ignore[arg-type]
        gate.wait(0.02)

    monkeypatch.setattr(core, "store", slowly)
    desk.library.add([str(many)])
    desk.until(lambda: desk.library.is_scanning)
    assert desk.window.status.cancel.isVisible()
    desk.until(lambda: any(text != "Waiting" for text in desk.column("instrument")))
    assert desk.library.is_scanning
    assert "Waiting" in desk.column("instrument")
    desk.table.choose_line(0)
    desk.until(lambda: desk.hears(desk.names()[0]))
    desk.window.browser.sort("name")
    desk.press(Key.Key_3)
    desk.until(lambda: "Analysing" in desk.said() or not desk.library.is_scanning)
    desk.press(Key.Key_Down)
    gate.set()
    desk.idle()
    assert len(desk.names()) == 400
    assert "Waiting" not in desk.column("instrument")
    assert list(desk.corrections().values()) == ["808"]


def test_a_scan_can_wait_and_be_stopped(
    empty_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = empty_desk
    many = make_tree(
        tmp_path / "many", {f"{number:04}.wav": sound(number) for number in range(200)}
    )
    desk.library.add([str(many)])
    desk.until(lambda: desk.library.is_scanning)
    desk.window.status.pause.click()
    assert desk.library.is_paused
    assert desk.window.status.pause.text() == "Go on"
    assert "paused" in desk.said() or "Preparing" in desk.said()
    with desk.qtbot.waitSignal(desk.library.scan_ended) as ended:
        desk.window.status.cancel.click()
    assert ended.args == [None]
    assert "Stopped" in desk.said()
    desk.idle()
    with desk.qtbot.waitSignal(desk.library.scan_ended):
        desk.press(Key.Key_F5)
    desk.idle()
    assert "Waiting" not in desk.column("instrument")
    assert len(desk.names()) == 200


def test_closing_stops_a_scan(empty_desk: Desk, tmp_path: Path) -> None:
    many = make_tree(
        tmp_path / "many", {f"{number:04}.wav": sound(number) for number in range(300)}
    )
    empty_desk.library.add([str(many)])
    empty_desk.until(lambda: empty_desk.library.is_scanning)
    empty_desk.close()
    ours = [thread.name for thread in threading.enumerate() if thread.name.startswith("kitsort-s")]
    assert ours == []


def test_a_folder_that_has_gone_is_offline_and_keeps_its_samples(desk: Desk, sounds: Path) -> None:
    sounds.rename(sounds.with_name("elsewhere"))
    with desk.qtbot.waitSignal(desk.library.scan_ended):
        desk.press(Key.Key_F5)
    desk.idle()
    assert len(desk.names()) == 8
    assert "offline" in desk.said()
    assert "my sounds (offline)" in desk.counts()


def test_the_window_is_as_it_was_left(desks: Callable[..., Desk], sounds: Path) -> None:
    first = desks()
    first.scan(sounds)
    kept: list[Settings] = []
    first.window.closed.connect(kept.append)
    first.window.browser.sort("name")
    first.table.setColumnWidth(1, 171)
    first.table.setColumnHidden(5, True)
    first.table.horizontalHeader().moveSection(3, 1)
    first.press(Key.Key_A)
    first.press(Key.Key_L)
    first.window.listening.transport.volume.setValue(-123)
    first.show(Bucket.KICK)
    first.type("kick")
    first.window.resize(1100, 700)
    first.close()
    again = desks(Settings.from_json(kept[0].to_json()))
    assert again.window.browser.sorted_by == first.window.browser.sorted_by
    assert again.table.columnWidth(1) == 171
    assert again.table.isColumnHidden(5)
    assert again.table.horizontalHeader().logicalIndex(1) == 3
    assert not again.window.audition.is_automatic
    assert again.window.audition.player.is_looping
    assert again.window.audition.player.volume_db == pytest.approx(-12.3)
    assert again.window.browser.wanted.bucket is Bucket.KICK
    assert again.window.top.search.text() == "kick"
    assert set(again.names()) <= {"kick 1.wav", "kick 2.wav", "kick 10.wav"}
    assert again.window.height() == first.window.height()  # the width is more than this screen's

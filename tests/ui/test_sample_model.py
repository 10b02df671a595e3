"""The table's model passes Qt's own examination, and gives files away to be copied."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QPixmap
from pytestqt.modeltest import ModelTester

from app.ui import drag_out
from app.ui.columns import COLUMNS
from app.ui.sample_model import SampleModel
from app.ui.sample_painter import plain
from tests.helpers.windows import Desk


def test_the_model_keeps_qts_rules(desk: Desk, qtmodeltester: ModelTester) -> None:
    model = desk.window.model
    qtmodeltester.check(model)
    size = len(desk.library.rows)
    for order in (np.arange(3), np.arange(size), np.arange(size)[::-1], np.empty(0, np.int64)):
        model.show_rows(order.astype(np.int64))
        qtmodeltester.check(model)


def test_the_sidebar_keeps_qts_rules(desk: Desk, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(desk.window.sidebar.model())


def test_rows_that_are_added_leave_the_others_where_they_are(desk: Desk) -> None:
    model = SampleModel(desk.library.rows)
    model.show_rows(np.arange(3))
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    resets: list[int] = []
    model.modelReset.connect(lambda: resets.append(1))
    assert model.show_rows(np.arange(5))
    assert (inserted, resets) == ([(3, 4)], [])
    assert not model.show_rows(np.arange(2))
    assert resets == [1]


def test_dragged_rows_are_files_to_be_copied(desk: Desk, sounds: Path) -> None:
    model = desk.window.model
    lines = [desk.names().index(name) for name in ("kick 2.wav", "キック.wav")]
    indexes = [model.index(line, column) for line in lines for column in (0, 1, 3)]
    data = model.mimeData(indexes)
    files = [url.toLocalFile() for url in data.urls()]
    assert files == [str(sounds / "drums/kick 2.wav"), str(sounds / "misc/キック.wav")]
    assert model.supportedDragActions() == Qt.DropAction.CopyAction
    assert not model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsEditable
    assert model.flags(model.index(0, 0)) & Qt.ItemFlag.ItemIsDragEnabled


def test_a_drag_offers_a_copy_and_nothing_else(
    desk: Desk, sounds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged = []

    class Drag:
        def __init__(self, source: object) -> None:
            dragged.append(self)

        def setMimeData(self, data: object) -> None:  # noqa: N802
            self.data = data

        def setPixmap(self, picture: QPixmap) -> None:  # noqa: N802
            self.picture = picture

        def setHotSpot(self, _: object) -> None: ...  # noqa: N802

        def exec(self, *actions: Qt.DropAction) -> None:
            self.actions = actions

    monkeypatch.setattr(drag_out, "QDrag", Drag)
    desk.choose("kick 1.wav", "snare 1.wav")
    desk.table.startDrag(Qt.DropAction.MoveAction)
    [drag] = dragged
    assert set(drag.actions) == {Qt.DropAction.CopyAction}
    files = [url.toLocalFile() for url in drag.data.urls()]
    assert files == [str(sounds / "drums" / name) for name in ("kick 1.wav", "snare 1.wav")]
    assert drag.picture.width() > 0


def test_names_are_plain_text(desk: Desk) -> None:
    assert "<b>bold<b>.wav" in desk.column("name")
    assert plain("a\nb\tc") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"
    assert plain("\udcff.wav") == "?.wav"


def test_every_column_says_something_of_every_row(desk: Desk) -> None:
    model = desk.window.model
    for line in range(model.rowCount()):
        for column in range(len(COLUMNS)):
            assert isinstance(model.data(model.index(line, column)), str)
    assert model.data(QModelIndex()) is None
    assert desk.column("length") == ["0.05 s"] * 8
    assert desk.column("channels") == ["mono"] * 8


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is not counted any more")
def test_painting_does_not_wear_out_none(desk: Desk) -> None:
    """PySide6 6.12 takes one reference to None with each call, until Python 3.11 dies of it."""
    desk.table.viewport().repaint()
    before = sys.getrefcount(None)
    for _ in range(20):
        desk.table.viewport().repaint()
    assert sys.getrefcount(None) > before - 50

"""Sorting from the window itself: its keys, its buttons, rows dropped on a folder, the undo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from app.core.browsing.filters import Bucket
from app.core.catalog.database import Database
from app.core.sorting.choice import SortChoice
from app.core.sorting.journal import begin
from app.core.sorting.planning import plan_sort
from app.core.sorting.steps import Mode, Rules
from app.ui.sample_model import column_of
from app.ui.sample_painter import button_area
from app.ui.sorting.plan_dialog import PlanDialog
from app.ui.sorting.recovery_dialog import RecoveryDialog
from tests.helpers.trees import read_tree
from tests.helpers.windows import Desk

Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def into(desk: Desk, folder: Path, mode: Mode = Mode.COPY) -> None:
    """Let everything be sorted into a folder."""
    choice = SortChoice(mode=mode, destination=str(folder), with_unsure=True, with_other=True)
    desk.window.sort.sorting.choice = choice


def plans(desk: Desk) -> list[PlanDialog]:
    """Return the previews that are open."""
    return [one for one in desk.window.findChildren(PlanDialog) if one.isVisible()]


def dialog_of(desk: Desk) -> PlanDialog:
    desk.until(lambda: plans(desk))
    return plans(desk)[0]


def settle(desk: Desk) -> None:
    desk.until(lambda: not desk.window.sort.sorting.is_busy)
    desk.idle()


def test_the_key_m_sorts_at_once_and_ctrl_z_takes_it_back(
    desk: Desk, sounds: Path, tmp_path: Path
) -> None:
    before = read_tree(sounds)
    into(desk, tmp_path / "sorted")
    desk.choose("kick 1.wav", "open hat.wav")
    desk.press(Key.Key_3)
    desk.choose("kick 1.wav", "open hat.wav")
    desk.press(Key.Key_M)
    desk.until(lambda: len(read_tree(tmp_path / "sorted")) == 2)
    settle(desk)
    names = set(read_tree(tmp_path / "sorted"))
    assert names == {"808/kick 1.wav", "808/open hat.wav"}
    assert read_tree(sounds) == before
    desk.press(Key.Key_Z, CTRL)
    desk.until(lambda: not (tmp_path / "sorted/808/kick 1.wav").exists())
    settle(desk)
    assert read_tree(sounds) == before
    assert set(desk.corrections().values()) == {"808"}  # only the sort was taken back
    desk.press(Key.Key_Z, CTRL)
    settle(desk)
    assert desk.corrections() == {}


def test_moved_samples_are_found_where_they_are(desk: Desk, sounds: Path, tmp_path: Path) -> None:
    before = read_tree(sounds)
    into(desk, sounds / "sorted", Mode.MOVE)
    desk.choose("kick 1.wav")
    desk.press(Key.Key_4)
    desk.choose("kick 1.wav")
    desk.press(Key.Key_M)
    moved = sounds / "sorted/Open hat/kick 1.wav"
    desk.until(moved.exists)
    settle(desk)
    assert not (sounds / "drums/kick 1.wav").exists()
    desk.choose("kick 1.wav")
    row = desk.table.current_row()
    assert row is not None
    assert desk.library.rows.path(row) == str(moved)
    desk.press(Key.Key_Z, CTRL)
    desk.until((sounds / "drums/kick 1.wav").exists)
    settle(desk)
    assert read_tree(sounds) == before


def test_the_loud_button_opens_the_plan_of_what_is_shown(desk: Desk, tmp_path: Path) -> None:
    into(desk, tmp_path / "sorted")
    desk.window.top.sort.click()
    dialog = dialog_of(desk)
    assert "the whole library" in dialog.windowTitle()
    dialog.reject()
    desk.show(Bucket.KICK)
    desk.press(Key.Key_Return, CTRL)
    desk.until(lambda: any("Kick" in one.windowTitle() for one in plans(desk)))
    for one in plans(desk):
        one.reject()


def test_each_row_has_a_button_that_sorts_it(desk: Desk, sounds: Path, tmp_path: Path) -> None:
    into(desk, tmp_path / "sorted")
    table, model = desk.table, desk.window.model
    desk.choose("kick 1.wav")
    cell = table.visualRect(model.index(desk.names().index("open hat.wav"), column_of("name")))
    place = button_area(cell).center()
    QTest.mouseMove(table.viewport(), place)
    QTest.mousePress(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    for trembling in (QPoint(1, 1), QPoint(0, 2)):
        QTest.mouseMove(table.viewport(), place + trembling)
    QTest.mouseRelease(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    desk.until(lambda: list((tmp_path / "sorted").glob("*/*.wav")))
    settle(desk)
    assert desk.current() == "kick 1.wav"  # whose row it was is not gone to
    assert next(iter(read_tree(tmp_path / "sorted"))).endswith("/open hat.wav")
    settle(desk)
    desk.choose("kick 1.wav", "kick 2.wav")
    cell = table.visualRect(model.index(desk.names().index("kick 2.wav"), column_of("name")))
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=button_area(cell).center())
    desk.until(lambda: len(list((tmp_path / "sorted").glob("*/*.wav"))) == 3)  # all that is chosen
    settle(desk)
    event = QHelpEvent(QHelpEvent.Type.ToolTip, button_area(cell).center(), QPoint(300, 300))
    QApplication.sendEvent(table.viewport(), event)
    assert f"Copy it into its folder in {tmp_path}" in QToolTip.text()
    QToolTip.hideText()


def test_a_sort_that_broke_off_is_offered_at_the_start(
    desk: Desk, sounds: Path, tmp_path: Path
) -> None:
    with Database.open(tmp_path / "other.sqlite"):
        pass
    database = desk.library.database
    rules = Rules(str(tmp_path / "sorted"), with_unsure=True, with_other=True)
    begin(database, plan_sort(database, None, rules), [], None)
    desk.window.sort.look_for_broken()
    desk.until(lambda: desk.window.findChild(RecoveryDialog))
    desk.window.findChild(RecoveryDialog).reject()


def test_what_was_chosen_for_sorting_is_remembered(desk: Desk, tmp_path: Path) -> None:
    choice = SortChoice(mode=Mode.MOVE, destination=str(tmp_path))
    desk.window.sort.sorting.settings_changed.emit(choice)
    assert SortChoice.from_texts(desk.window.settings().sorting) == choice


def test_the_loud_button_counts_what_it_would_sort(desk: Desk, tmp_path: Path) -> None:
    into(desk, tmp_path / "sorted")
    button = desk.window.top.sort
    desk.window.outlook.refresh()
    assert button.text() == "Copy 8 samples…"
    desk.choose("kick 1.wav", "open hat.wav", "snare 1.wav")
    desk.until(lambda: button.text() == "Copy 3 samples…")
    desk.choose("kick 1.wav")  # one is only what is heard
    desk.until(lambda: button.text() == "Copy 8 samples…")
    desk.type("hat")
    desk.until(lambda: button.text() == "Copy 2 samples…")

"""The threshold, the review, the check, settings: what decides which samples need an ear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest

from app.core.browsing.filters import Bucket
from app.core.catalog.checks import last_check
from app.core.settings import Settings
from app.ui.check_dialog import CheckDialog
from app.ui.rounds import Round
from app.ui.settings_dialog import SettingsDialog
from app.ui.sidebar import Entry
from classifier import LABELS, load_model
from tests.helpers.libraries import sound
from tests.helpers.windows import Desk

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def unsure(desk: Desk) -> Desk:
    """Return a window on a library of which five samples are unsure, more and more."""
    rows = desk.library.rows
    rows["confidence"][:] = [0.75, 0.7, 0.6, 0.5, 0.4, 0.9, 0.95, 0.99]
    rows["name_says"][:] = -1
    desk.window.browser.refresh()
    desk.window.outlook.refresh()
    return desk


def test_the_threshold_says_what_it_does(unsure: Desk) -> None:
    window = unsure.window
    assert unsure.counts()["Unsure"] == 5
    assert "<b>38 %</b> sorted" in window.top.threshold._figures.text()
    assert window.top.review.text() == "Review 5"
    assert window.top.sort.text() == "Copy 3 samples…"
    window.top.threshold._slider.setValue(55)
    assert unsure.counts()["Unsure"] == 2
    assert "<b>75 %</b> sorted" in window.top.threshold._figures.text()
    assert window.top.sort.text() == "Copy 6 samples…"
    slider = window.top.threshold._slider
    QTest.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=slider.rect().center())
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert window.settings().threshold is None
    assert unsure.counts()["Unsure"] == 5
    assert "estimate" in window.top.threshold.toolTip()


def test_what_the_user_says_moves_the_estimate(unsure: Desk) -> None:
    unsure.show(Bucket.ALL)
    before = unsure.window.top.threshold.toolTip()
    unsure.choose(unsure.names()[6])
    unsure.press(Key.Key_4)  # the model was sure of something else
    unsure.until(lambda: unsure.window.top.threshold.toolTip() != before)
    assert "(0 of 1)" in unsure.window.top.threshold.toolTip()


def test_a_review_asks_for_the_least_sure_first(unsure: Desk) -> None:
    names = unsure.names()
    unsure.press(Key.Key_R, CTRL)
    window = unsure.window
    assert window.rounds.kind is Round.REVIEW
    assert window.round_bar.isVisible()
    assert unsure.names() == [names[4], names[3], names[2], names[1], names[0]]
    unsure.until(lambda: unsure.hears(names[4]))
    unsure.press(Key.Key_2)
    assert unsure.current() == names[3]
    assert "1 of 5" in window.round_bar._text.text()
    unsure.press(Key.Key_Return)
    unsure.press(Key.Key_S)  # not now
    assert "2 of 5" in window.round_bar._text.text()
    assert unsure.current() == names[1]
    unsure.press(Key.Key_Escape)
    assert window.rounds.kind is None
    assert not window.round_bar.isVisible()
    assert unsure.names() == names
    unsure.idle()
    assert set(unsure.corrections()) == {names[4], names[3]}
    unsure.press(Key.Key_R, CTRL)  # taken up again: what was skipped comes last
    assert unsure.names() == [names[1], names[0], names[2]]


def test_a_review_asks_once_for_copies(desk: Desk, sounds: Path, tmp_path: Path) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    (copies / "copy.wav").write_bytes((sounds / "drums/kick 1.wav").read_bytes())
    desk.scan(copies)
    rows = desk.library.rows
    rows["confidence"][:] = 0.5
    rows["name_says"][:] = -1
    desk.press(Key.Key_R, CTRL)
    assert len(desk.names()) == 8
    assert desk.names()[0] == "kick 1.wav"  # one key decides two


def test_with_nothing_to_review_it_says_so(desk: Desk) -> None:
    rows = desk.library.rows
    rows["confidence"][:] = 0.99
    rows["name_says"][:] = -1
    desk.press(Key.Key_R, CTRL)
    assert desk.window.rounds.kind is None
    assert "Nothing is unsure" in desk.said()


def test_a_check_ends_with_this_librarys_accuracy(desk: Desk) -> None:
    rows = desk.library.rows
    desk.press(Key.Key_A)  # autoplay off: a check is heard all the same
    desk.press(Key.Key_R, CTRL, SHIFT)
    assert desk.window.rounds.kind is Round.CHECK
    assert desk.window.rounds.total == 8  # fewer than forty
    desk.until(lambda: desk.hears(desk.current() or ""))
    wrong = (int(rows["label"][desk.table.current_row()]) + 1) % 5
    desk.press((Key.Key_1, Key.Key_2, Key.Key_3, Key.Key_4, Key.Key_5)[wrong])
    for _ in range(7):
        desk.press(Key.Key_Return)
    desk.idle()
    check = last_check(desk.library._database)
    assert check is not None
    assert (check.asked, check.right) == (8, 7)
    assert sum(asked for asked, _ in check.by_label.values()) == 8
    assert desk.window.rounds.kind is None
    dialog = desk.window.findChild(CheckDialog)
    assert "7 of 8 drawn at random were right" in dialog.said.text()
    figures = [line.figure.split(" ") for line in dialog.tally.lines]
    assert sum(int(right) for right, *_ in figures) == 7
    dialog.close()
    desk.until(lambda: "7 of 8" in desk.window.top.threshold.toolTip())


def test_a_check_that_is_left_counts_for_nothing(desk: Desk) -> None:
    desk.press(Key.Key_R, CTRL, SHIFT)
    desk.press(Key.Key_Return)
    desk.press(Key.Key_Escape)
    desk.idle()
    assert last_check(desk.library._database) is None
    assert len(desk.corrections()) == 1


def test_settings_take_hold(desk: Desk, card: str, tmp_path: Path) -> None:
    desk.library.rows["root_hz"][0] = 55.0
    assert desk.column("root")[0] == "A1"
    settings = desk.window.settings()
    dialog = SettingsDialog(desk.window, settings, [load_model(card).card], desk.library.roots)
    desk.qtbot.addWidget(dialog)
    dialog._octave.setCurrentIndex(dialog._octave.findData(3))
    dialog._threshold.setValue(99)
    dialog._theme.setCurrentIndex(dialog._theme.findData("light"))
    dialog._autoplay.setChecked(False)
    dialog._advance.setChecked(False)
    dialog._threads.setValue(3)
    dialog._destination.setText(str(tmp_path))
    [field] = dialog._excludes.values()
    field.setText("hats, *xyz*")
    desk.window.setting_up.taken.emit(dialog.settings, dialog.excludes)
    desk.idle()
    assert desk.column("root")[0] == "A0" or len(desk.names()) == 6
    assert len(desk.names()) == 6
    assert desk.library.roots[0].excludes == ("hats", "*xyz*")
    assert not desk.window.audition.is_automatic
    assert not desk.window.commands.advances
    kept = Settings.from_json(desk.window.settings().to_json())
    assert (kept.threshold, kept.middle_c, kept.threads, kept.theme) == (0.99, 3, 3, "light")
    assert dict(kept.sorting)["destination"] == str(tmp_path)


def test_the_settings_page_opens_by_key(desk: Desk) -> None:
    desk.press(Key.Key_Comma, CTRL)
    desk.until(lambda: desk.window.findChild(SettingsDialog))
    dialog = desk.window.findChild(SettingsDialog)
    assert dialog._model.count() >= 4
    dialog.reject()


def drop_on(desk: Desk, is_wanted: Callable[[Entry], object], names: list[str]) -> bool:
    sidebar = desk.window.sidebar
    rows = [desk.library.rows.names.index(name) for name in names]
    data = desk.window.model.files(rows)
    line = next(at for at, entry in enumerate(sidebar.entries) if is_wanted(entry))
    place = QPointF(sidebar.visualRect(sidebar.model().index(line, 0)).center())
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(place, Qt.DropAction.CopyAction, data, button, none)
    event.ignore()
    sidebar.dropEvent(event)
    return event.isAccepted()


def test_rows_dropped_on_a_bucket_are_corrected(desk: Desk) -> None:
    names = ["kick 1.wav", "open hat.wav"]
    assert drop_on(desk, lambda entry: entry.bucket is Bucket.CLOSED_HAT, names)
    desk.idle()
    assert desk.corrections() == dict.fromkeys(names, "Closed hat")
    assert drop_on(desk, lambda entry: entry.bucket is Bucket.FAVOURITES, names)
    desk.idle()
    assert len(desk.kept(is_favourite=True)) == 2
    for bucket in (Bucket.ALL, Bucket.UNSURE):
        assert not drop_on(desk, lambda entry, one=bucket: entry.bucket is one, names)


def test_every_label_can_be_dropped_on(desk: Desk) -> None:
    for label in LABELS:
        assert drop_on(desk, lambda entry, one=label: entry.text == one, ["kick 2.wav"])
    desk.idle()
    assert desk.corrections() == {"kick 2.wav": "Other"}


def test_a_library_that_grows_keeps_the_review(unsure: Desk, tmp_path: Path) -> None:
    unsure.press(Key.Key_R, CTRL)
    shown = unsure.names()
    more = tmp_path / "more"
    more.mkdir()
    (more / "new.wav").write_bytes(sound(70))
    unsure.scan(more)
    assert unsure.names() == shown


def test_after_a_review_the_user_is_where_he_was(desk: Desk) -> None:
    desk.library.rows["confidence"][:] = 0.5
    desk.choose("open hat.wav", "キック.wav")
    desk.press(Key.Key_R, CTRL)
    desk.press(Key.Key_Return)
    assert desk.current() != "キック.wav"
    desk.press(Key.Key_Left)  # silence
    desk.press(Key.Key_Escape)
    assert desk.current() == "キック.wav"
    assert desk.table.count_chosen() == 2
    desk.idle()
    assert not desk.window.audition.state.is_playing


def test_undo_goes_back_to_what_it_was_about(desk: Desk) -> None:
    desk.library.rows["confidence"][:] = 0.5
    desk.press(Key.Key_R, CTRL)
    first, second = desk.names()[:2]
    desk.press(Key.Key_Return)
    assert desk.current() == second
    desk.press(Key.Key_Z, CTRL)
    desk.until(lambda: desk.current() == first)
    desk.idle()
    assert desk.corrections() == {}
    assert desk.window.rounds.done == 0

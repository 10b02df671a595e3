"""Every key does what the page of keys says, and text fields keep theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from app.ui import commands
from app.ui.dialogs import KeysDialog
from app.ui.keys import BY_NAME, COMMANDS, command_of
from classifier import INSTRUMENTS
from tests.helpers.windows import Desk

Key = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.mark.parametrize(
    ("key", "label"),
    [
        (Key.Key_1, "Kick"),
        (Key.Key_2, "Snare"),
        (Key.Key_3, "808"),
        (Key.Key_4, "Open hat"),
        (Key.Key_5, "Closed hat"),
        (Key.Key_0, "Other"),
    ],
)
def test_a_digit_corrects_and_goes_on(desk: Desk, key: Key, label: str) -> None:
    first, second = desk.names()[:2]
    desk.choose(first)
    desk.press(key)
    assert desk.shown_corrections() == {first: label}
    assert desk.current() == second
    desk.idle()
    assert desk.corrections() == {first: label}


def test_enter_confirms_and_backspace_clears(desk: Desk) -> None:
    first = desk.names()[0]
    desk.choose(first)
    heard = desk.kept(text=first.removesuffix(".wav"))[0].label
    desk.press(Key.Key_Return)
    assert desk.shown_corrections() == {first: heard}
    desk.choose(first)
    desk.press(Key.Key_Backspace)
    assert desk.current() == first  # nothing is gone on to
    desk.idle()
    assert desk.corrections() == desk.shown_corrections() == {}


def test_correcting_can_stay_on_the_row(desk: Desk) -> None:
    desk.choose(desk.names()[0])
    desk.press(Key.Key_N)
    desk.press(Key.Key_4)
    assert desk.current() == desk.names()[0]
    assert "stays" in desk.said() or "Open hat" in desk.said()


def test_many_are_corrected_at_once_and_undone_at_once(desk: Desk) -> None:
    desk.press(Key.Key_A, CTRL)
    desk.press(Key.Key_3)
    desk.idle()
    assert set(desk.corrections().values()) == {"808"}
    assert len(desk.corrections()) == len(desk.names())
    desk.press(Key.Key_Z, CTRL)
    desk.idle()
    assert desk.corrections() == desk.shown_corrections() == {}
    desk.press(Key.Key_Z, CTRL, SHIFT)
    desk.idle()
    assert len(desk.corrections()) == len(desk.shown_corrections()) == len(desk.names())


def test_letters_are_for_the_window_and_not_for_looking_up_names(desk: Desk) -> None:
    desk.choose(desk.names()[0])
    for key in (Key.Key_S, Key.Key_O, Key.Key_M):
        desk.press(key)
    assert desk.current() == desk.names()[0]


def test_a_number_field_keeps_its_keys(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.press(Key.Key_L, CTRL)
    field = desk.window.filters._confidence[0]
    field.setFocus()
    desk.until(lambda: field.lineEdit().selectedText() == "0")
    QTest.keyClicks(field, "95")
    assert field.value() == 95
    desk.press(Key.Key_Return, on=field)
    desk.idle()
    assert desk.corrections() == {}  # what Enter confirms in the table
    assert desk.table.hasFocus()
    desk.window.filters._clear.click()
    assert not desk.window.filters.isVisible()
    assert field.value() == 0


def test_an_emptied_number_field_means_none(desk: Desk) -> None:
    desk.press(Key.Key_L, CTRL)
    field = desk.window.filters._length[0]
    field.setValue(1.5)
    field.setFocus()
    desk.until(lambda: field.lineEdit().selectedText() == "1.50")
    QTest.keyClick(field, Key.Key_Backspace)
    QTest.keyClick(field, Key.Key_Tab)
    desk.until(lambda: field.text() == "any")
    assert field.value() == 0


def test_home_and_end_go_to_the_first_and_last_line(desk: Desk) -> None:
    desk.choose(desk.names()[3])
    desk.press(Key.Key_End)
    assert desk.current() == desk.names()[-1]
    desk.press(Key.Key_Home)
    assert desk.current() == desk.names()[0]


def test_a_text_field_keeps_its_keys(desk: Desk) -> None:
    search = desk.window.top.search
    desk.choose(desk.names()[0])
    autoplay = desk.window.listening.transport.autoplay.isChecked()
    desk.type("1 la0-")
    for key in (Key.Key_Left, Key.Key_Right, Key.Key_Backspace, Key.Key_Space):
        desk.press(key, on=search)
    assert search.text() == "1 la0 "
    assert desk.shown_corrections() == {}
    assert desk.window.listening.transport.autoplay.isChecked() == autoplay
    desk.press(Key.Key_Z, CTRL, on=search)
    desk.idle()
    assert search.text() != "1 la0 "  # its own undo


def test_switches(desk: Desk) -> None:
    transport = desk.window.listening.transport
    for key, switch in (
        (Key.Key_L, transport.loop),
        (Key.Key_A, transport.autoplay),
        (Key.Key_V, transport.level),
    ):
        before = switch.isChecked()
        desk.press(key)
        assert switch.isChecked() is not before
    assert desk.window.audition.player.is_looping
    assert not desk.window.audition.is_automatic
    assert desk.window.audition.matches_level


def test_volume(desk: Desk) -> None:
    player = desk.window.audition.player
    before = player.volume_db
    desk.press(Key.Key_Plus)
    desk.press(Key.Key_Plus)
    desk.press(Key.Key_Minus)
    assert player.volume_db == pytest.approx(before + 1)


def test_find_and_back(desk: Desk) -> None:
    search = desk.window.top.search
    desk.press(Key.Key_F, CTRL)
    assert search.hasFocus()
    desk.type("kick")
    assert len(desk.names()) == 3
    desk.press(Key.Key_Down, on=search)
    assert desk.table.hasFocus()
    assert desk.current() == desk.names()[0]
    desk.press(Key.Key_Escape)
    assert search.text() == ""
    assert len(desk.names()) == 8


def test_favourite(desk: Desk) -> None:
    desk.choose(*desk.names()[:3])
    desk.press(Key.Key_F)
    desk.idle()
    assert len(desk.kept(is_favourite=True)) == 3
    assert desk.counts()["Favourites"] == 3
    desk.press(Key.Key_F)
    desk.idle()
    assert desk.kept(is_favourite=True) == []
    desk.press(Key.Key_Z, CTRL)
    desk.idle()
    assert desk.counts()["Favourites"] == 3


def test_copy(desk: Desk, sounds: Path) -> None:
    desk.choose("kick 1.wav", "kick 2.wav")
    desk.press(Key.Key_C, CTRL)
    data = QGuiApplication.clipboard().mimeData()
    files = [sounds / "drums" / name for name in ("kick 1.wav", "kick 2.wav")]
    assert [url.toLocalFile() for url in data.urls()] == list(map(str, files))
    assert data.text() == "\n".join(map(str, files))


def test_reveal(desk: Desk, sounds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr(commands, "reveal", shown.append)
    desk.choose("snare 1.wav")
    desk.press(Key.Key_E, CTRL)
    assert shown == [str(sounds / "drums/snare 1.wav")]
    (sounds / "drums/snare 1.wav").unlink()
    desk.press(Key.Key_E, CTRL)
    assert len(shown) == 1
    assert "not there" in desk.said()


def test_rescan(desk: Desk, sounds: Path) -> None:
    (sounds / "new one.wav").write_bytes((sounds / "drums/kick 1.wav").read_bytes())
    with desk.qtbot.waitSignal(desk.library.scan_ended):
        desk.press(Key.Key_F5)
    desk.idle()
    assert "new one.wav" in desk.names()


def test_compact_filters_and_menus_open_by_key(desk: Desk) -> None:
    full, columns = desk.window.size(), desk.table.header.kept()
    desk.press(Key.Key_K, CTRL)
    assert not desk.window.sidebar.isVisible()
    assert desk.window.width() < full.width()
    assert not desk.table.horizontalScrollBar().isVisible()  # all that is left of it fits
    assert desk.table.header.kept() == columns
    desk.press(Key.Key_K, CTRL)
    assert desk.window.sidebar.isVisible()
    assert desk.window.size() == full
    assert [shown for _, _, shown in desk.table.header.kept()] == [one for *_, one in columns]
    desk.press(Key.Key_L, CTRL)
    assert desk.window.filters.isVisible()
    desk.press(Key.Key_F10)
    menu = QApplication.activePopupWidget()
    assert menu is not None
    menu.close()


def test_the_page_of_keys_lists_them_all(desk: Desk) -> None:
    desk.press(Key.Key_Question)
    dialog = desk.window.findChild(KeysDialog)
    assert dialog is not None
    texts = {label.text() for label in dialog.findChildren(object) if hasattr(label, "text")}
    assert {command.keys.replace("-", "\N{MINUS SIGN}") for command in COMMANDS} <= texts
    dialog.close()


def test_every_command_is_done_by_something(desk: Desk) -> None:
    assert set(desk.window._ways) == set(BY_NAME) == set(desk.window.actions_by_name)


def test_tags_and_comment(desk: Desk) -> None:
    desk.choose("kick 1.wav", "kick 2.wav")
    desk.press(Key.Key_T)
    desk.until(lambda: desk.window.findChild(commands.TagDialog))
    dialog = desk.window.findChild(commands.TagDialog)
    dialog._tags.setText("dusty,  old tape ; dusty")
    dialog._comment.setPlainText("from the attic")
    dialog.accept()
    desk.idle()
    [sample, _] = desk.kept(tags=("old tape",))
    assert (sample.tags, sample.comment) == (("dusty", "old tape"), "from the attic")
    desk.type("attic")
    assert desk.names() == ["kick 1.wav", "kick 2.wav"]
    desk.press(Key.Key_Z, CTRL)  # the comment
    desk.press(Key.Key_Z, CTRL)  # the tags
    desk.idle()
    assert desk.kept(tags=("dusty",)) == []


# --- keyboards on which digits need Shift -----------------------------------------------------


def _key(key: Key, text: str, place: int = 0) -> QKeyEvent:
    none = Qt.KeyboardModifier.NoModifier
    return QKeyEvent(QEvent.Type.KeyPress, key, none, place, 0, 0, text)


@pytest.mark.parametrize(
    ("key", "text", "place", "code"),
    [
        (Key.Key_Ampersand, "&", 10, 0),
        (Key.Key_Eacute, "é", 11, 1),
        (Key.Key_QuoteDbl, '"', 12, 2),
        (Key.Key_Apostrophe, "'", 13, 3),
        (Key.Key_ParenLeft, "(", 14, 4),
        (Key.Key_Agrave, "à", 19, 5),
    ],
)
def test_on_azerty_digits_work_by_their_place(
    monkeypatch: pytest.MonkeyPatch, key: Key, text: str, place: int, code: int
) -> None:
    monkeypatch.setattr("app.ui.keys.sys.platform", "linux")
    assert command_of(_key(key, text, place)) == f"correct_{code}"
    assert code < len(INSTRUMENTS) + 1


def test_a_letter_at_the_place_of_a_digit_stays_a_letter() -> None:
    assert command_of(_key(Key.Key_L, "l", 10)) == "switch_loop"
    assert command_of(_key(Key.Key_Minus, "-", 11)) == "quieter"


def test_with_ctrl_a_letter_is_something_else() -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, Key.Key_A, CTRL, "a")
    assert command_of(event) is None


def test_dialogs_are_closed_by_escape(desk: Desk) -> None:
    desk.press(Key.Key_Question)
    dialog = desk.window.findChild(KeysDialog)
    assert isinstance(dialog, QDialog)
    with desk.qtbot.waitSignal(dialog.rejected):
        desk.press(Key.Key_Escape, on=dialog)

"""What is shown: buckets with live counts, search, chips, ranges, sorting."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.core.browsing.filters import Bucket, Span
from app.ui.sample_model import column_of
from tests.helpers.libraries import sound
from tests.helpers.trees import make_tree
from tests.helpers.windows import Desk

Key = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier


def click_header(desk: Desk, key: str, modifier: Qt.KeyboardModifier = NONE) -> None:
    header = desk.table.horizontalHeader()
    at = header.sectionViewportPosition(column_of(key)) + 20
    button = Qt.MouseButton.LeftButton
    QTest.mouseClick(header.viewport(), button, modifier, QPoint(at, header.height() // 2))


def test_the_counts_at_the_left_are_live(desk: Desk) -> None:
    before = desk.counts()
    assert before["All"] == 8
    assert before["Kick"] + before["Snare"] == 8
    assert (before["Corrected"], before["808"]) == (0, 0)
    desk.choose("kick 1.wav")
    desk.press(Key.Key_3)
    assert (desk.counts()["Corrected"], desk.counts()["808"]) == (1, 1)
    desk.press(Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.idle()
    assert desk.counts() == before


def test_a_bucket_shows_its_samples(desk: Desk) -> None:
    desk.choose("kick 1.wav", "kick 2.wav")
    desk.press(Key.Key_4)
    desk.show(Bucket.OPEN_HAT)
    assert sorted(desk.names()) == ["kick 1.wav", "kick 2.wav"]
    desk.show(Bucket.CLOSED_HAT)
    assert desk.names() == []
    assert not desk.window.middle.shows_table
    desk.show(Bucket.ALL)
    assert len(desk.names()) == 8


def test_a_corrected_row_stays_until_something_else_is_looked_for(desk: Desk) -> None:
    desk.choose(*desk.names())
    desk.press(Key.Key_3)
    desk.show(Bucket.SUB_808)
    first, second = desk.names()[:2]
    desk.choose(first)
    desk.press(Key.Key_5)
    assert desk.names()[0] == first
    assert desk.current() == second
    assert desk.counts()["808"] == 7
    desk.show(Bucket.ALL)
    desk.show(Bucket.SUB_808)
    assert first not in desk.names()


def test_other_is_shown_by_its_kinds(desk: Desk) -> None:
    rows = desk.library.rows
    rows["label"][:3], rows["kind"][:3] = 5, [1, 1, 14]
    desk.window.browser.refresh()
    desk.show(Bucket.OTHER)
    assert (desk.counts()["clap"], desk.counts()["tom"]) == (2, 1)
    entry = next(one for one in desk.window.sidebar.entries if one.kind == "tom")
    line = desk.window.sidebar.entries.index(entry)
    desk.window.sidebar.setCurrentIndex(desk.window.sidebar.model().index(line, 0))
    assert len(desk.names()) == 1


def test_a_folder_shows_its_samples(desk: Desk, tmp_path: Path) -> None:
    more = make_tree(tmp_path / "more", {"x.wav": sound(40), "y.wav": sound(41)})
    desk.scan(more)
    line = next(at for at, one in enumerate(desk.window.sidebar.entries) if one.text == "more")
    assert desk.window.sidebar.entries[line].count == 2
    desk.window.sidebar.setCurrentIndex(desk.window.sidebar.model().index(line, 0))
    assert desk.names() == ["x.wav", "y.wav"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kick", 3),
        ("KICK 1", 2),
        ("hats", 2),
        ("<b>", 1),
        ("キック", 1),
        ("nothing like it", 0),
        ("my sounds", 8),
    ],
)
def test_search_filters_as_you_type(desk: Desk, text: str, expected: int) -> None:
    desk.type(text)
    assert len(desk.names()) == expected
    said = desk.window.top.search._hint.text()
    assert said == ("Ctrl F" if expected == 8 else f"{expected} of 8")


def test_chips_and_ranges_narrow(desk: Desk) -> None:
    rows, window = desk.library.rows, desk.window
    rows["confidence"][:] = [0.1, 0.2, 0.3, 0.4, 0.9, 0.9, 0.9, 0.9]
    rows["duration_s"][:] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    window.top.filters.click()
    assert window.filters.isVisible()
    window.filters._confidence[1].setValue(35)
    assert len(desk.names()) == 3
    window.filters._length[0].setValue(0.15)
    assert len(desk.names()) == 2
    assert window.filters.length_s == Span(0.15, None)
    desk.press(Key.Key_Escape)
    assert len(desk.names()) == 8
    window.filters._chips["Snare"].click()
    snares = desk.counts()["Snare"]
    assert len(desk.names()) == snares
    window.top.filters.click()  # what is not seen does not narrow
    assert len(desk.names()) == 8


def test_a_click_sorts_and_another_turns_it_round(desk: Desk) -> None:
    click_header(desk, "name")
    kicks = [name for name in desk.names() if name.startswith("kick")]
    assert kicks == ["kick 1.wav", "kick 2.wav", "kick 10.wav"]
    order = desk.names()
    click_header(desk, "name")
    assert desk.names() == order[::-1]


def test_what_is_sorted_is_seen_from_the_top(desk: Desk) -> None:
    desk.window.resize(1024, 640)
    desk.table.setFixedHeight(150)  # four lines and the header
    desk.choose(desk.names()[-1])
    assert desk.table.rowAt(0) > 0
    click_header(desk, "name")
    assert desk.table.rowAt(0) == 0
    desk.table.scrollToBottom()
    desk.show(Bucket.UNSURE if desk.counts()["Unsure"] else Bucket.KICK)
    assert desk.table.rowAt(0) <= 0
    desk.show(Bucket.ALL)
    assert desk.table.rowAt(0) == 0


def test_shift_adds_a_second_key(desk: Desk) -> None:
    rows = desk.library.rows
    rows["duration_s"][:] = [1, 2, 1, 2, 1, 2, 1, 2]
    click_header(desk, "length")
    click_header(desk, "name", SHIFT)
    assert [by.column for by in desk.window.browser.sorted_by] == ["length", "name"]
    lengths = desk.column("length")
    assert lengths == sorted(lengths, reverse=True)
    assert desk.column("name")[:4] == sorted(desk.column("name")[:4], key=str.casefold)
    titles = [desk.window.model.headerData(at, Qt.Orientation.Horizontal) for at in (3, 5)]
    assert titles[0].endswith("2")
    assert titles[1] != "Length"


def test_what_is_chosen_stays_chosen_when_the_order_changes(desk: Desk) -> None:
    desk.choose("kick 10.wav", "open hat.wav", "snare 1.wav")
    click_header(desk, "name")
    chosen = {desk.library.rows.names[row] for row in desk.table.chosen_rows()}
    assert chosen == {"kick 10.wav", "open hat.wav", "snare 1.wav"}
    assert desk.current() == "snare 1.wav"


def test_columns_are_hidden_and_shown(desk: Desk) -> None:
    from PySide6.QtWidgets import QMenu  # noqa: PLC0415

    menu = QMenu()
    desk.qtbot.addWidget(menu)
    actions = {action.text(): action for action in desk.table.header.actions_of_columns(menu)}
    actions["Brightness"].setChecked(True)
    actions["Folder"].setChecked(False)
    assert not desk.table.isColumnHidden(column_of("brightness"))
    assert desk.table.isColumnHidden(column_of("folder"))
    assert not actions["Name"].isEnabled()


def test_problems_are_listed_with_their_sentence(desk: Desk, tmp_path: Path) -> None:
    bad = make_tree(tmp_path / "bad", {"text.wav": b"no sound", "fine.wav": sound(50)})
    desk.scan(bad)
    assert desk.counts()["Problems"] == 1
    desk.show(Bucket.PROBLEMS)
    assert desk.names() == ["text.wav"]
    assert desk.column("instrument") == ["Cannot be read"]
    desk.choose("text.wav")
    desk.idle()
    assert "text.wav" in desk.said()
    desk.press(Key.Key_1)
    assert "cannot be corrected" in desk.said()
    assert desk.corrections() == {}


def test_folders_that_stand_in_the_way_are_listed_above(desk: Desk, tmp_path: Path) -> None:
    folder = make_tree(tmp_path / "loops", {"x.wav": sound(60)})
    (folder / "again").symlink_to(tmp_path / "nowhere")
    desk.scan(folder)
    desk.show(Bucket.PROBLEMS)
    assert desk.window.middle.banner.isVisible() is bool(desk.library.obstacles)
    if desk.library.obstacles:
        assert "again" in desk.window.middle.banner.text()

"""The program in a window of its own, with mouse and keyboard: as somebody uses it."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from app.core.settings import Settings
from app.core.sorting.choice import SortChoice
from app.ui.theme import DARK
from classifier import INSTRUMENTS
from tests.helpers.desktop import Desktop, Program, has_portaudio, wait_until, why_not
from tests.helpers.gestures import (
    FIRST_LINE_PX,
    has_lines,
    is_painted,
    put_back,
    sort_all,
    try_demo,
)
from tests.helpers.libraries import sound
from tests.helpers.trees import Link, make_tree, read_tree

pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


def test_a_newcomer_tries_the_demo_corrects_two_sounds_and_finds_them_again(
    tmp_path: Path,
) -> None:
    with Desktop(tmp_path) as desktop, Program(desktop, tmp_path) as program:
        program.start()
        try_demo(program)
        before = read_tree(program.home / "Music")
        _hear_first(program)
        _correct_two(program)
        assert program.quit() == 0

        said = program.corrections()
        program.start()
        assert program.corrections() == said
        _take_all_back(program)
        assert program.quit() == 0

        assert not program.said()
        assert not program.log.exists()
        assert read_tree(program.home / "Music") == before


def _hear_first(program: Program) -> None:
    program.desktop.click(*FIRST_LINE_PX)
    wait_until("the line chosen", lambda: is_painted(program, DARK.selected))
    if has_portaudio():
        wait_until("its sound", lambda: np.abs(program.heard()).max(initial=0) > 0.1)


def _correct_two(program: Program) -> None:
    """Call the second line an open hat and the fourth nothing of these, once again after undo."""
    press, names = program.desktop.press, program.names()
    open_hat = {names[1]: "Open hat"}
    both = open_hat | {names[3]: "Other"}

    press("Down", "4", "Down", "0")  # a correction goes on to the next line by itself
    wait_until("both said", lambda: program.corrections() == both)
    press("ctrl+z")
    wait_until("the last undone", lambda: program.corrections() == open_hat)
    press("0")  # and the line that it was about is the current one again
    wait_until("both said again", lambda: program.corrections() == both)


def _take_all_back(program: Program) -> None:
    """Take back what was said, which works on what the window shows as said."""
    wait_until("the table", lambda: is_painted(program, DARK.accent_text))
    program.desktop.press("ctrl+a", "BackSpace")
    wait_until("all taken back", lambda: not program.corrections())


def test_what_was_reviewed_is_sorted_into_folders_andput_back(tmp_path: Path) -> None:
    sorted_to = tmp_path / "Sorted"
    with Desktop(tmp_path) as desktop, Program(desktop, tmp_path) as program:
        program.set_up(Settings(sorting=SortChoice(destination=str(sorted_to)).as_texts()))
        program.start()
        try_demo(program)
        library = program.home / "Music"
        before = read_tree(library)
        _hear_first(program)
        _correct_two(program)
        said = _review_three(program)

        sort_all(program)
        assert read_tree(library) == before
        _look_through(read_tree(sorted_to), before, said)

        put_back(program)
        assert not sorted_to.exists()
        assert read_tree(library) == before
        assert program.corrections() == said
        assert program.quit() == 0

        assert not program.said()
        assert not program.log.exists()
        assert read_tree(library) == before


def _review_three(program: Program) -> dict[str, str]:
    """Decide what a review asks for first; return all that was said by then."""
    desktop, before = program.desktop, program.corrections()
    desktop.press("ctrl+r")
    for count, key in enumerate(("Return", "2", "Return"), start=len(before) + 1):
        desktop.press(key)
        wait_until(f"{count} said", partial(_has_said, program, count))
    desktop.press("Escape")
    said = program.corrections()
    assert before.items() <= said.items()
    assert "Snare" in [label for name, label in said.items() if name not in before]
    return said


def _has_said(program: Program, count: int) -> bool:
    return len(program.corrections()) == count


def _look_through(
    copies: dict[str, bytes | Link | None],
    sources: dict[str, bytes | Link | None],
    said: dict[str, str],
) -> None:
    """Look whether each copy is one of the sounds, and lies where it was said to belong."""
    by_name = {Path(path).name: content for path, content in sources.items()}
    folders = {Path(path).name: Path(path).parent.as_posix() for path in copies}
    assert set(folders.values()) == set(INSTRUMENTS)
    assert {Path(path).name: content for path, content in copies.items()}.items() <= by_name.items()
    assert len(folders) == len(copies)
    wanted = {name: label for name, label in said.items() if label in INSTRUMENTS}
    assert wanted.items() <= folders.items()
    assert not folders.keys() & (said.keys() - wanted.keys())


def test_what_was_said_last_is_kept_however_soon_the_window_is_closed(tmp_path: Path) -> None:
    library = make_tree(tmp_path / "library", {f"{n}.wav": sound(n) for n in range(8)})
    with Desktop(tmp_path) as desktop, Program(desktop, tmp_path) as program:
        program.start(library)
        wait_until("all samples analysed", lambda: program.analysed() == 8)
        wait_until("the table", lambda: has_lines(program))
        desktop.click(*FIRST_LINE_PX)
        wait_until("the line chosen", lambda: is_painted(program, DARK.selected))
        # Somebody else writes, such as a scan: what is said meanwhile has to wait.
        with closing(sqlite3.connect(program.catalog, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            desktop.press(*"12345", "ctrl+q")
            time.sleep(0.5)
            other.execute("COMMIT")
        assert program.ended() == 0
        assert len(program.corrections()) == 5

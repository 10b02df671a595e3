"""Sorting by one key, and taking it back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QPointF
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QApplication

from app.core.sorting.choice import SortChoice
from app.core.sorting.steps import Mode
from app.ui.sorting.plan_dialog import PlanDialog
from tests.helpers.sorting import files
from tests.helpers.trees import read_tree
from tests.ui.sorting.conftest import Bench


def ready(bench: Bench, into: Path, mode: Mode = Mode.COPY) -> None:
    bench.sorting.choice = SortChoice(mode=mode, destination=str(into))


def test_a_sample_is_sorted_without_a_question(bench: Bench, tmp_path: Path) -> None:
    into = tmp_path / "sorted"
    before = files(tmp_path)
    ready(bench, into)
    bench.sorting.sort_now(bench.ids("b.wav"))
    bench.until(bench.sorting.toast.isVisible)
    assert bench.sorting.toast.text == f"Copied 1 sample to {into}"
    assert list(read_tree(into)) == ["Open hat/b.wav"]
    bench.sorting.toast.action.click()
    bench.until(lambda: ("1 copy removed; the originals stay.", False) in bench.said)
    bench.idle()
    assert not bench.sorting.toast.isVisible()
    assert not into.exists()
    library = {path for path in before if path.startswith("library")}
    assert library <= set(files(tmp_path))


def test_what_comes_meanwhile_comes_after(bench: Bench, tmp_path: Path) -> None:
    ready(bench, tmp_path / "sorted", Mode.MOVE)
    for name in ("b.wav", "c.wav", "pack/a.wav", "b.wav"):
        bench.sorting.sort_now(bench.ids(name))
    bench.until(lambda: len(files(tmp_path / "sorted")) == 4)
    bench.idle()
    assert bench.sorting._front() is bench.window
    for _ in range(2):
        bench.until(lambda: not bench.sorting._is_at_it)
        bench.idle()
        bench.sorting.undo()
        bench.idle()
    bench.until(lambda: not (tmp_path / "sorted").exists())


def test_a_correction_is_taken_back_before_the_sort_that_came_before_it(
    bench: Bench, tmp_path: Path
) -> None:
    from app.core.edits import favouring  # noqa: PLC0415

    ready(bench, tmp_path / "sorted")
    bench.sorting.sort_now(bench.ids("b.wav"))
    bench.sorting.undo()  # too early: it is not over
    assert bench.said == [("Wait for the sort to end, or stop it first.", True)]
    bench.until(bench.sorting.toast.isVisible)
    bench.idle()
    path = str(tmp_path / "library/pack/b.wav")
    bench.library.edit(lambda _: favouring([path], is_favourite=True))
    bench.sorting.undo()
    bench.idle()
    assert (tmp_path / "sorted").exists()
    assert bench.library.next_undo == "copying 1 file"
    bench.sorting.undo()
    bench.until(lambda: not (tmp_path / "sorted").exists())
    bench.idle()
    bench.sorting.redo()
    bench.until((tmp_path / "sorted").exists)
    bench.idle()
    bench.sorting.redo()
    bench.idle()
    assert bench.library.next_undo == "marking 1 favourite"


def test_the_first_time_it_asks(bench: Bench, tmp_path: Path) -> None:
    bench.sorting.sort_now(bench.ids("b.wav"))
    dialog = bench.plan()
    dialog.panel.folder.setText(str(tmp_path / "sorted"))
    bench.run(bench.plan()).accept()
    assert bench.choices == [SortChoice(destination=str(tmp_path / "sorted"))]
    bench.sorting.sort_now(bench.ids("c.wav"))
    bench.until((tmp_path / "sorted/Snare/c.wav").exists)


def test_it_asks_where_there_is_something_to_know(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "library/pack/song.als").write_bytes(b"")
    ready(bench, tmp_path / "sorted", Mode.MOVE)
    bench.sorting.sort_now(bench.ids("b.wav"))
    assert "song.als" in bench.plan().view.notes.text()
    assert not (tmp_path / "sorted").exists()


def test_it_says_why_nothing_was_done(bench: Bench, tmp_path: Path) -> None:
    ready(bench, tmp_path / "sorted")
    bench.sorting.sort_now(bench.ids("other/d.wav"))
    bench.until(lambda: bench.said)
    assert bench.said[-1][0].startswith("d.wav stays where it is: other.")
    for _ in range(2):
        bench.sorting.sort_now(bench.ids("b.wav"))
        bench.idle()
        bench.until(lambda: not bench.sorting._is_at_it)
    assert bench.said[-1] == ("Nothing to do: 1 file copied already.", True)
    bench.sorting.sort_now([])
    bench.sorting.open([], "nothing")
    assert bench.said[-1] == ("There is nothing to sort here.", True)


def test_a_template_of_another_time_is_explained(bench: Bench, tmp_path: Path) -> None:
    bench.sorting.choice = SortChoice(destination=str(tmp_path / "x"), template="{kazoo}")
    bench.sorting.sort_now(bench.ids("b.wav"))
    assert "There is no {kazoo}" in bench.plan().panel.said


def test_an_undo_that_would_leave_something_is_shown_first(bench: Bench, tmp_path: Path) -> None:
    ready(bench, tmp_path / "sorted")
    bench.sorting.sort_now(bench.ids("b.wav", "c.wav"))
    bench.until(bench.sorting.toast.isVisible)
    (tmp_path / "sorted/Snare/c.wav").write_bytes(b"mine")
    bench.idle()
    bench.sorting.undo()
    dialog = bench.plan()
    assert isinstance(dialog, PlanDialog)
    assert dialog.main.text() == "Remove 1 copy"
    assert bench.lines(dialog)[-1][0] == "it or its original has changed since"
    bench.run(dialog)
    assert list(read_tree(tmp_path / "sorted")) == ["Snare/c.wav"]


def test_a_toast_stays_in_its_place_and_goes(bench: Bench) -> None:
    toast = bench.sorting.toast
    toast.say("Copied <b>3</b> samples " * 60, "Undo", lambda: None)
    assert toast.geometry().right() <= bench.window.width()
    bench.window.resize(600, 400)
    assert bench.window.rect().contains(toast.geometry())
    assert toast._fading.isActive()
    place = QPointF(1, 1)
    QApplication.sendEvent(toast, QEnterEvent(place, place, place))
    assert not toast._fading.isActive()
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))
    assert toast._fading.isActive()
    toast._fading.timeout.emit()
    assert not toast.isVisible()


def test_one_after_the_other_goes_into_a_folder_of_the_library(
    bench: Bench, tmp_path: Path
) -> None:
    into = tmp_path / "library/sorted"
    ready(bench, into)
    for name in ("b.wav", "c.wav"):
        bench.sorting.sort_now(bench.ids(name))
        bench.until(lambda: bench.library.is_scanning or bench.sorting._is_at_it)
    bench.sorting.sort_now(bench.ids("pack/a.wav"))
    bench.until(lambda: len(files(into)) == 4)
    bench.idle()
    bench.until(lambda: str(into / "Kick/a.wav") in bench.paths())
    assert not any(is_warning for _, is_warning in bench.said)

"""What was sorted before: listed, searched, exported, taken back, brought to an end."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pytestqt.modeltest import ModelTester

from app.core.catalog.database import Database
from app.core.sorting.journal import begin
from app.core.sorting.planning import plan_sort
from app.core.sorting.steps import Mode, Rules
from app.ui.chosen_lines import chosen_lines
from app.ui.theme import LIGHT
from tests.helpers.sorting import files
from tests.ui.sorting.conftest import Bench


def sort(bench: Bench, into: Path, mode: Mode = Mode.COPY) -> None:
    bench.run(bench.open(into, mode=mode)).accept()


def test_nothing_was_sorted_yet(bench: Bench) -> None:
    bench.sorting.show_history()
    dialog = bench.history()
    assert dialog._nothing.isVisible()
    assert not dialog.undo.isEnabled()


def test_batches_are_listed_and_searched(
    bench: Bench, tmp_path: Path, qtmodeltester: ModelTester
) -> None:
    sort(bench, tmp_path / "one")
    sort(bench, tmp_path / "two", Mode.MOVE)
    bench.sorting.show_history()
    dialog = bench.history()
    rows = [row[2:] for row in dialog._model.lines.rows]
    assert rows == [
        ("Move", str(tmp_path / "two"), "5", "", ""),
        ("Copy", str(tmp_path / "one"), "5", "", ""),
    ]
    dialog.batches.selectRow(1)
    bench.idle()
    assert dialog.files.rowCount() == 5
    assert dialog.files.row_at(0)[:2] == ("done", "copy")
    dialog.search.setText("hat b")
    bench.until(lambda: dialog.files.rowCount() == 1)
    assert dialog.files.row_at(0)[4] == "Open hat/b.wav"
    qtmodeltester.check(dialog.files)
    bench.sorting.dress(LIGHT)


def test_any_batch_is_taken_back_with_its_preview(bench: Bench, tmp_path: Path) -> None:
    before = files(tmp_path / "library")
    sort(bench, tmp_path / "one")
    sort(bench, tmp_path / "two", Mode.MOVE)
    bench.sorting.show_history()
    dialog = bench.history()
    dialog.batches.selectRow(1)
    dialog.undo.click()
    preview = bench.plan()
    # A copy whose original has been moved away may be the only one.
    assert not preview.main.isEnabled()
    assert {line[0] for line in bench.lines(preview)} == {
        "the original is gone: this may be the only one"
    }
    preview.reject()
    # First the move, above which its undo is then.
    for line, said in ((0, "Put back 5 files"), (2, "Remove 5 copies")):
        dialog = bench.history()
        dialog.batches.selectRow(line)
        dialog.undo.click()
        preview = bench.plan()
        assert preview.main.text() == said
        bench.run(preview).accept()
    assert files(tmp_path / "library") == before
    assert not (tmp_path / "one").exists()
    dialog = bench.history()
    assert [row[2] for row in dialog._model.lines.rows] == [
        "Undo of 1",
        "Undo of 2",
        "Move",
        "Copy",
    ]
    assert [row[-1] for row in dialog._model.lines.rows] == ["", "", "undone", "undone"]
    assert bench.library.next_undo is None


def test_a_part_that_is_left_out_of_an_undo_can_follow(bench: Bench, tmp_path: Path) -> None:
    sort(bench, tmp_path / "one")
    bench.sorting.show_history()
    bench.history().undo.click()
    preview = bench.plan()
    preview.view.table.selectRow(0)
    preview.view.model.turn(chosen_lines(preview.view.table))
    bench.run(preview).accept()
    assert len(files(tmp_path / "one")) == 1
    dialog = bench.history()
    dialog.batches.selectRow(1)
    assert dialog._model.row_at(1)[-1] == "partly undone"
    dialog.undo.click()
    assert len(bench.names(bench.plan())) == 1
    bench.run(bench.plan()).accept()
    assert not (tmp_path / "one").exists()
    assert bench.history()._model.row_at(2)[-1] == "undone"


def test_a_batch_is_exported_and_nothing_overwritten(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sort(bench, tmp_path / "one")
    bench.sorting.show_history()
    dialog = bench.history()
    file = tmp_path / "batch.csv"
    name = "app.ui.sorting.history_dialog.QFileDialog.getSaveFileName"
    monkeypatch.setattr(name, lambda *_, **__: (str(file), ""))
    dialog.export.click()
    bench.until(lambda: dialog.message == f"5 files listed in {file}.")
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert {row["action"] for row in rows} == {"copy"}
    assert {row["stage"] for row in rows} == {"done"}
    dialog.export.click()
    bench.until(lambda: dialog.message.endswith("It is there already; nothing is overwritten."))


@pytest.fixture
def interrupted(folder: Path, tmp_path: Path) -> Path:
    """Return where a sort that was interrupted was to put its files."""
    with Database.open(tmp_path / "catalog.sqlite") as database:
        begin(database, plan_sort(database, None, Rules(str(tmp_path / "sorted"))), [], None)
    return tmp_path / "sorted"


@pytest.mark.parametrize("way", ["finish", "back"])
def test_what_was_interrupted_is_offered_at_the_start(
    interrupted: Path, bench: Bench, way: str
) -> None:
    bench.sorting.offer_recovery()
    dialog = bench.recovery()
    getattr(dialog, way).click()
    bench.until(lambda: dialog.pages.currentWidget() is dialog.summary)
    assert dialog.summary.title == ("5 files done." if way == "finish" else "0 files put back.")
    assert interrupted.exists() == (way == "finish")
    dialog.summary.done.click()
    bench.idle()
    bench.sorting.offer_recovery()
    bench.idle()
    assert bench.sorting._front() is bench.window


def test_until_then_nothing_else_is_sorted(interrupted: Path, bench: Bench) -> None:
    bench.sorting.open(None, "all")
    bench.recovery().later.click()
    bench.sorting.show_history()
    dialog = bench.history()
    assert dialog._model.row_at(0)[-1] == "interrupted"
    dialog.undo.click()
    bench.recovery().finish.click()
    bench.until(interrupted.exists)
    bench.idle()


def test_where_nothing_was_interrupted_nobody_asks(bench: Bench) -> None:
    bench.sorting.offer_recovery()
    bench.idle()
    assert bench.sorting._front() is bench.window

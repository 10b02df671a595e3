"""Sorting some samples, by their numbers, and as a step that is taken back like any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.catalog.database import Database
from app.core.catalog.marks import correct
from app.core.edits import Edits
from app.core.errors import AppError
from app.core.sorting.as_edit import sort_edit
from app.core.sorting.candidates import candidates
from app.core.sorting.planning import plan_examples, plan_sort
from app.core.sorting.steps import Mode, Rules
from app.core.sorting.tables import PLAN_COLUMNS, plan_rows, write_table
from app.core.sorting.template import Template
from app.core.sorting.transfer import Disk
from app.core.sorting.wording import headline, promise, result
from classifier import Model
from tests.helpers.libraries import sample_at, scanned, sound
from tests.helpers.sorting import applied, files
from tests.helpers.trees import make_tree


@pytest.fixture
def folder(database: Database, tiny: Model, tmp_path: Path) -> Path:
    folder = make_tree(tmp_path / "library", {f"pack/{n}.wav": sound(n) for n in range(4)})
    scanned(database, tiny, folder)
    found = [sample_at(database, folder / f"pack/{n}.wav") for n in range(4)]
    correct(database, found, "Kick")
    return folder


def ids(database: Database, folder: Path, *numbers: int) -> list[int]:
    return [sample_at(database, folder / f"pack/{number}.wav").id for number in numbers]


def test_only_some_samples_are_planned(database: Database, folder: Path, tmp_path: Path) -> None:
    rules = Rules(str(tmp_path / "sorted"))
    chosen = [*ids(database, folder, 3, 1), 999]
    plan = plan_sort(database, None, rules, chosen)
    assert [Path(step.source).name for step in plan.steps] == ["1.wav", "3.wav"]
    assert plan_sort(database, None, rules, []).steps == []
    assert plan_sort(database, [str(folder / "pack")], rules, chosen).steps == plan.steps
    assert plan_sort(database, [str(tmp_path / "other")], rules, chosen).steps == []
    assert len(plan_sort(database, None, rules).steps) == 4


def test_as_many_as_there_are_can_be_chosen(database: Database, folder: Path) -> None:
    many = [*range(100_000), *ids(database, folder, 2)]
    assert len(candidates(database, None, many)) == 4


def test_a_few_are_examples_of_a_template(database: Database, folder: Path, tmp_path: Path) -> None:
    rules = Rules(str(tmp_path), template=Template.parsed("{instrument}/{top} {name}"))
    [step] = plan_examples(database, rules, ids(database, folder, 2))
    assert step.target == str(tmp_path / "Kick/pack 2.wav")


@pytest.mark.parametrize("mode", [Mode.COPY, Mode.MOVE, Mode.TAG])
def test_a_sort_is_a_step_like_any_other(
    database: Database, folder: Path, tmp_path: Path, mode: Mode
) -> None:
    before = files(folder)
    into = "" if mode is Mode.TAG else str(tmp_path / "sorted")
    plan = plan_sort(database, None, Rules(into, mode))
    after_batch = applied(database, plan).batch
    after = files(tmp_path / "sorted")
    edits = Edits()
    edits.do(database, sort_edit("sorting", after_batch, Disk()))
    assert files(tmp_path / "sorted") == after
    for _ in range(2):
        edits.undo(database)
        assert files(folder) == before
        assert not (tmp_path / "sorted").exists()
        edits.redo(database)
        assert files(tmp_path / "sorted") == after


def test_a_step_that_cannot_be_taken_back_says_why(
    database: Database, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_sort(database, None, Rules(str(tmp_path / "sorted"), Mode.MOVE))
    edit = sort_edit("sorting", applied(database, plan).batch, Disk())
    (tmp_path / "sorted/Kick/1.wav").write_bytes(b"mine")
    edits = Edits()
    edits.do(database, edit)
    monkeypatch.setattr("app.core.sorting.planning.obstacles", lambda _: ["No."])
    with pytest.raises(AppError, match="No"):
        edit.undo(database)
    monkeypatch.undo()
    edits.undo(database)
    [sentence] = edit.failed
    assert sentence.endswith("1.wav: It stays as it is: it has changed since.")


def test_plans_are_worded_alike_everywhere(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    plan = plan_sort(database, None, Rules("/x", Mode.HARDLINK), ids(database, folder, 1))
    assert headline(plan) == "Hard-link 1 file into /x."
    assert promise(plan, 1) == "Hard-link 1 sample"
    assert result(plan, 2) == "Linked 2 samples to /x"


def test_a_table_is_a_new_file_or_none(database: Database, folder: Path, tmp_path: Path) -> None:
    plan = plan_sort(database, None, Rules("/x"), ids(database, folder, 1))
    odd = plan.steps[0]._replace(source='/a "b"\n\udcff.wav', target="/x/é.wav")
    plan.steps[:] = [odd]
    write_table(tmp_path / "plan.csv", PLAN_COLUMNS, plan_rows(plan))
    assert (tmp_path / "plan.csv").read_bytes() == (
        b'action,source,target,reason\ncopy,"/a ""b""\n\xff.wav",/x/\xc3\xa9.wav,Kick\n'
    )
    with pytest.raises(AppError, match="nothing is overwritten"):
        write_table(tmp_path / "plan.csv", PLAN_COLUMNS, [])
    with pytest.raises(AppError, match="cannot be written"):
        write_table(tmp_path / "none/plan.csv", PLAN_COLUMNS, [])

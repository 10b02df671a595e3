"""Sorting, undo, history and recovery from the command line."""

from __future__ import annotations

import csv
import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from app.core.catalog.database import Database
from app.core.catalog.roots import add_root
from app.core.sorting.journal import begin
from app.core.sorting.planning import plan_sort
from app.core.sorting.steps import Rules
from tests.helpers.libraries import sound
from tests.helpers.sorting import files
from tests.helpers.trees import make_tree, read_tree

LABELS = {"a.wav": "Kick", "pack/a.wav": "Kick", "pack/b.wav": "Open hat", "c.wav": "Other"}


@pytest.fixture
def library(tmp_path: Path) -> Path:
    tree = {name: sound(number) for number, name in enumerate(LABELS)}
    return make_tree(tmp_path / "library", {**tree, "bad.wav": b"text"})


@pytest.fixture
def labelled(run: Any, library: Path) -> Any:
    """The same, with a library that was scanned and corrected."""
    run("scan", library)
    for name, label in LABELS.items():
        run("label", library / name, "--as", label)
    return run


def test_a_library_is_sorted_and_put_back(labelled: Any, library: Path, tmp_path: Path) -> None:
    into = tmp_path / "sorted"
    before = files(library)
    text = labelled("sort", library, "--into", into, "--mode", "move", "--yes").stdout
    assert f"Move 3 files into {into}." in text
    assert "2 Kick" in text
    assert "1 stay: other" in text
    assert "1 stay: cannot be read" in text
    assert "3 files moved. kitsort undo 1 takes it back." in text
    assert sorted(read_tree(into)) == ["Kick/a (2).wav", "Kick/a.wav", "Open hat/b.wav"]
    history = labelled("history").stdout
    assert f"Move into {into}  (3 done)" in history
    text = labelled("undo", "--yes").stdout
    assert "Undo batch 1: 3 files." in text
    assert "3 files put back" in text
    assert files(library) == before
    assert not into.exists()
    assert "(3 done, undone)" in labelled("history").stdout


def test_a_second_sort_has_nothing_to_do(labelled: Any, library: Path, tmp_path: Path) -> None:
    arguments = ("sort", "--all", "--into", tmp_path / "sorted", "--yes")
    labelled(*arguments)
    tree = files(tmp_path / "sorted")
    text = labelled(*arguments).stdout
    assert "Copy 0 files" in text
    assert "3 in place already" in text
    assert files(tmp_path / "sorted") == tree
    assert len(labelled("history").stdout.splitlines()) == 1
    # What was put right since moves, and is no second copy.
    labelled("label", library / "a.wav", "--as", "Snare")
    labelled(*arguments)
    assert sorted(files(tmp_path / "sorted")) == [
        "Kick/a (2).wav",
        "Open hat/b.wav",
        "Snare/a.wav",
    ]


def test_a_folder_that_was_never_scanned_is_scanned_first(
    run: Any, library: Path, tmp_path: Path
) -> None:
    run("sort", library, "--into", tmp_path / "sorted", "--min-confidence", "0", "--yes")
    assert len(run("list", "--format", "jsonl").stdout.splitlines()) == 5


def test_a_dry_run_shows_everything_and_touches_nothing(
    labelled: Any, library: Path, tmp_path: Path
) -> None:
    before = files(tmp_path / "library")
    plan = tmp_path / "plan.csv"
    into = tmp_path / "sorted"
    text = labelled("sort", library, "--into", into, "--dry-run", "--plan-out", plan).stdout
    assert f"{library / 'a.wav'} -> {into / 'Kick/a.wav'}  (Kick)" in text
    with plan.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["action"] for row in rows] == ["copy"] * 3 + ["stay"] * 2
    assert rows[-2] == {
        "action": "stay",
        "source": str(library / "bad.wav"),
        "target": "",
        "reason": "cannot be read",
    }
    assert files(library) == before
    assert not into.exists()
    again = labelled("sort", library, "--into", into, "--dry-run", "--plan-out", plan, code=1)
    assert "It is there already; nothing is overwritten." in again.stderr


@pytest.mark.parametrize("way", ["sort", "undo"])
def test_where_nobody_can_be_asked_nothing_is_done(
    labelled: Any, library: Path, tmp_path: Path, way: str
) -> None:
    into = tmp_path / "sorted"
    command = ["sort", library, "--into", into]
    if way == "undo":
        labelled(*command, "--yes")
        command = ["undo"]
    before = files(tmp_path / "library"), into.exists()
    result = labelled(*command, code=1)
    assert "there is no terminal to ask at. Look with --dry-run, do it with --yes" in result.stderr
    assert (files(library), into.exists()) == before


@pytest.mark.parametrize(("say", "is_done"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_person_is_asked(
    labelled: Any,
    library: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    say: str,
    is_done: bool,
) -> None:
    monkeypatch.setattr("app.cli.plans.is_person_there", lambda: True)
    labelled("sort", library, "--into", tmp_path / "sorted", say=say)
    assert (tmp_path / "sorted").exists() == is_done


def test_what_fails_is_listed_and_the_rest_is_done(
    labelled: Any, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.lstat

    def gone(path: Any, **more: Any) -> os.stat_result:
        if str(path).endswith("b.wav"):
            raise FileNotFoundError(2, "gone", str(path))
        return real(path, **more)

    monkeypatch.setattr("app.core.sorting.runner.os.lstat", gone)
    arguments = ("--into", tmp_path / "sorted", "--mode", "move", "--yes")
    result = labelled("sort", library, *arguments, code=1)
    assert "b.wav: It stays where it is: it is not there any more." in result.stderr
    assert "2 files moved" in result.stdout


def test_a_plan_that_does_not_fit_is_not_begun(
    labelled: Any, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr("app.core.sorting.cautions.shutil.disk_usage", lambda _: full)
    result = labelled("sort", library, "--into", tmp_path / "sorted", "--yes", code=1)
    assert "Cannot be done: It takes" in result.stdout
    assert "Nothing was done. It takes" in result.stderr
    assert not (tmp_path / "sorted").exists()


@pytest.mark.parametrize("mode", ["tag", "hardlink", "symlink"])
def test_other_modes_leave_the_files(
    labelled: Any, library: Path, tmp_path: Path, mode: str
) -> None:
    before = read_tree(library)
    into = () if mode == "tag" else ("--into", tmp_path / "sorted")
    labelled("sort", "--all", "--mode", mode, *into, "--yes")
    assert read_tree(library) == before
    if mode == "tag":
        assert len(labelled("list", "--tag", "kick", "--format", "jsonl").stdout.splitlines()) == 2
    else:
        first = tmp_path / "sorted/Kick/a.wav"
        assert first.samefile(library / "a.wav")
        assert first.is_symlink() == (mode == "symlink")


def test_history_is_for_programs_too(labelled: Any, library: Path, tmp_path: Path) -> None:
    assert "Nothing was sorted yet" in labelled("history").stderr
    labelled("sort", library, "--into", tmp_path / "sorted", "--yes")
    [batch] = map(json.loads, labelled("history", "--format", "jsonl").stdout.splitlines())
    assert (batch["batch"], batch["mode"], batch["done"], batch["open"]) == (1, "copy", 3, False)
    rows = list(csv.DictReader(labelled("history", "1", "--format", "csv").stdout.splitlines()))
    assert [(row["action"], row["stage"]) for row in rows] == [("copy", "done")] * 3
    assert f"done     {library / 'a.wav'} -> " in labelled("history", "1").stdout
    assert "There is no batch 7" in labelled("undo", "7", code=1).stderr


@pytest.mark.parametrize("way", ["finish", "back"])
def test_a_sort_that_was_interrupted_is_recovered(
    labelled: Any, library: Path, tmp_path: Path, way: str
) -> None:
    assert "nothing to recover" in labelled("recover").stdout
    with Database.open(tmp_path / "own/catalog.sqlite") as database:
        plan = plan_sort(database, None, Rules(str(tmp_path / "sorted")))
        begin(database, plan, [], None)
    again = ("sort", library, "--into", tmp_path / "sorted", "--yes")
    assert "kitsort recover comes first" in labelled(*again, code=1).stderr
    assert "interrupted: kitsort recover" in labelled("history").stdout
    assert "give --finish or --back" in labelled("recover", code=1).stderr
    text = labelled("recover", f"--{way}").stdout
    assert "3 files not known to be done." in text
    assert (tmp_path / "sorted").exists() == (way == "finish")


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (["--into", "x"], 2, "Name a FOLDER, or give --all"),
        (["library", "--all", "--into", "x"], 2, "Name a FOLDER, or give --all"),
        (["library"], 2, "Give --into DEST"),
        (["library", "--into", "x", "--template", "{kazoo}"], 1, "There is no {kazoo}"),
        (["library", "--into", "x", "--dry-run", "--yes"], 2, "either --dry-run or --yes"),
        (["library", "--into", "library/a.wav", "--yes"], 1, "This is a file; name a folder"),
        (["nowhere", "--into", "x", "--yes"], 1, "There is no folder"),
        (["library/a.wav", "--into", "x", "--yes"], 2, "name the folder that it is in"),
        (["--all", "--into", "x", "--yes"], 1, "The library is empty"),
        (["library", "--into", "x", "--mode", "burn"], 2, "--mode"),
    ],
)
def test_what_cannot_be_sorted_is_one_sentence(
    run: Any,
    library: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    args: list[str],
    code: int,
    sentence: str,
) -> None:
    before = read_tree(library)
    monkeypatch.chdir(tmp_path)
    assert sentence in run("sort", *args, code=code).stderr
    assert read_tree(library) == before
    assert not (tmp_path / "x").exists()


def test_a_part_of_the_library_is_sorted_alone(
    labelled: Any, library: Path, tmp_path: Path
) -> None:
    labelled("sort", library / "pack", "--into", tmp_path / "sorted", "--yes")
    assert sorted(read_tree(tmp_path / "sorted")) == ["Kick/a.wav", "Open hat/b.wav"]


def test_a_destination_inside_the_library_is_recognised(labelled: Any, library: Path) -> None:
    arguments = ("sort", "--all", "--into", library, "--mode", "move", "--yes")
    labelled(*arguments)
    tree = read_tree(library)
    assert {"Kick/a.wav", "Kick/a (2).wav", "Open hat/b.wav", "c.wav"} <= set(tree)
    assert "3 in place already" in labelled(*arguments).stdout
    labelled("label", library / "Kick/a.wav", "--as", "Snare")
    labelled(*arguments)
    assert "Snare/a.wav" in read_tree(library)
    for _ in range(2):
        labelled("undo", "--yes")
    assert "pack/b.wav" in read_tree(library)


def test_a_root_of_another_spelling_is_found(run: Any, library: Path, tmp_path: Path) -> None:
    with Database.open(tmp_path / "own/catalog.sqlite") as database:
        add_root(database, str(library))
    run("sort", f"{library}/../library/", "--into", tmp_path / "x", "--yes")
    assert len(run("roots").stdout.splitlines()) == 1

"""A plan applied and taken back: the tree before, the tree after."""

from __future__ import annotations

import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.core.catalog.database import Database
from app.core.catalog.roots import add_root
from app.core.errors import AppError
from app.core.jobs import Job
from app.core.sorting.batch import apply
from app.core.sorting.journal import Stage, batches, entries
from app.core.sorting.placements import placements
from app.core.sorting.steps import Act, Collision, Mode, Plan, Rules, Step
from app.core.sorting.transfer import Disk
from app.core.sorting.undoing import make_undo
from classifier import LABELS, UNSURE
from tests.helpers.effort import ALL
from tests.helpers.sorting import applied, files, planned, seen, undone, what_should_be
from tests.helpers.trees import make_tree

FILES = {
    "a.wav": "Kick",
    "pack/a.wav": "Kick",
    "pack/deep/b.wav": "Snare",
    "pack/c.wav": "Other",
    "pack/d.wav": "Unsure",
}
ALL_MODES = [Mode.COPY, Mode.MOVE, Mode.HARDLINK, Mode.SYMLINK]


@pytest.fixture
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where a catalog can be that is not among the files."""
    return tmp_path_factory.mktemp("own") / "catalog.sqlite"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    tree = {name: name.encode() for name in FILES}
    make_tree(tmp_path / "library", {**tree, "pack/a.wav.asd": b"live", "notes.txt": b"mine"})
    for number, path in enumerate(sorted((tmp_path / "library").rglob("*.wav"))):
        path.chmod(0o600 + number)
        os.utime(path, ns=(number, 1_000_000_000 * number + 7))
    return tmp_path / "library"


@pytest.mark.parametrize("mode", ALL_MODES)
@pytest.mark.parametrize("inside", [True, False])
def test_what_happens_is_what_the_plan_says_and_undo_restores_it(
    catalog: Path, root: Path, tmp_path: Path, mode: Mode, inside: bool
) -> None:
    before = seen(tmp_path)
    plan = planned(root, FILES, root if inside else tmp_path / "sorted", mode=mode, with_other=True)
    expected = what_should_be(plan, before, tmp_path)
    with Database.open(catalog) as database:
        outcome = applied(database, plan)
        assert (outcome.done, outcome.failed) == (len(plan.steps), [])
        assert files(tmp_path) == expected
        assert undone(database).left == []
    assert seen(tmp_path) == before


@pytest.mark.parametrize("mode", ALL_MODES)
def test_an_undo_can_be_undone(database: Database, root: Path, tmp_path: Path, mode: Mode) -> None:
    before = seen(root)
    into = tmp_path / "sorted"
    applied(database, planned(root, FILES, into, mode=mode))
    after = seen(root), seen(into)
    undone(database)
    undone(database, 2)
    assert (seen(root), seen(into)) == after
    undone(database, 3)
    assert seen(root) == before
    assert [one.is_undone for one in batches(database)] == [False, True, False, True]


def test_a_second_run_does_nothing(database: Database, root: Path, tmp_path: Path) -> None:
    into = tmp_path / "sorted"
    applied(database, planned(root, FILES, into))
    again = planned(root, FILES, into, placed=placements(database, str(into)))
    assert again.steps == []
    assert planned(root, FILES, into).steps == []
    with pytest.raises(AppError, match="nothing to do"):
        applied(database, again)


def test_a_correction_moves_the_copy_that_was_made(
    database: Database, root: Path, tmp_path: Path
) -> None:
    into = tmp_path / "sorted"
    applied(database, planned(root, {"a.wav": "Kick"}, into))
    for label in ("Snare", "808"):
        placed = placements(database, str(into))
        applied(database, planned(root, {"a.wav": label}, into, placed=placed))
        assert list(files(into)) == [f"{label}/a.wav"]
    undone(database, 3)
    undone(database, 2)
    undone(database, 1)
    assert not into.exists()


def test_folders_that_a_move_has_emptied_go_and_come_back(
    database: Database, root: Path, tmp_path: Path
) -> None:
    make_tree(root, {"pack/deep/.DS_Store": b"junk"})
    (root / "pack/deep").chmod(0o750)
    os.utime(root / "pack/deep", ns=(5, 5_000_000_000))
    before = seen(root)
    into = tmp_path / "sorted"
    add_root(database, str(root))
    applied(database, planned(root, FILES, into, mode=Mode.MOVE, removes_emptied=True))
    assert not (root / "pack/deep").exists()
    assert (root / "pack/d.wav").exists()
    undone(database)
    assert seen(root) == before
    status = (root / "pack/deep").stat()
    assert (status.st_mode & 0o777, status.st_mtime_ns) == (0o750, 5_000_000_000)


def test_folders_stay_unless_asked_and_a_root_always(
    database: Database, root: Path, tmp_path: Path
) -> None:
    add_root(database, str(root / "pack/deep"))
    into = tmp_path / "sorted"
    applied(database, planned(root, FILES, into, mode=Mode.MOVE))
    assert (root / "pack/deep").is_dir()
    undone(database)
    applied(database, planned(root, FILES, into, mode=Mode.MOVE, removes_emptied=True))
    assert (root / "pack/deep").is_dir()


def test_what_has_changed_since_is_listed_and_left(
    database: Database, root: Path, tmp_path: Path
) -> None:
    into = tmp_path / "sorted"
    decisions = {"a.wav": "Kick", "pack/a.wav": "Snare", "pack/c.wav": "808", "pack/d.wav": "Kick"}
    applied(database, planned(root, decisions, into, mode=Mode.MOVE))
    (into / "Kick/a.wav").write_bytes(b"changed")
    make_tree(root, {"pack/a.wav": b"new in the old place"})
    (into / "808/c.wav").unlink()
    plan = undone(database)
    assert {Path(left.path).relative_to(into).as_posix(): left.reason for left in plan.left} == {
        "Kick/a.wav": "it has changed since",
        "Snare/a.wav": "something has taken its old name",
        "808/c.wav": "it is not there any more",
    }
    assert (into / "Kick/a.wav").read_bytes() == b"changed"
    assert (root / "pack/a.wav").read_bytes() == b"new in the old place"
    assert (root / "pack/d.wav").read_bytes() == b"pack/d.wav"


@pytest.mark.parametrize("mode", ALL_MODES)
def test_an_undo_that_was_stopped_goes_on_with_the_next(
    database: Database, root: Path, tmp_path: Path, mode: Mode
) -> None:
    before = seen(root)
    applied(database, planned(root, FILES, tmp_path / "sorted", mode=mode, with_other=True))
    job = Job(lambda now: job.cancel() if now.done == 1 else None)
    apply(database, make_undo(database), Disk(), job)
    first = next(one for one in batches(database) if one.id == 1)
    assert (first.is_undone, first.is_partly_undone) == (False, True)
    plan = undone(database)
    assert (plan.undoes, plan.left) == (1, [])
    assert seen(root) == before
    assert not (tmp_path / "sorted").exists()
    first = next(one for one in batches(database) if one.id == 1)
    assert (first.is_undone, first.is_partly_undone) == (True, False)


def test_nothing_is_put_in_the_place_of_a_drive_that_is_not_there(
    database: Database, root: Path, tmp_path: Path
) -> None:
    add_root(database, str(root))
    into = tmp_path / "sorted"
    applied(database, planned(root, {"a.wav": "Kick"}, into, mode=Mode.MOVE))
    root.rename(tmp_path / "unplugged")
    plan = undone(database)
    assert [left.reason for left in plan.left] == ["the folder where it was is not there"]
    assert (into / "Kick/a.wav").exists()
    assert not root.exists()
    (tmp_path / "unplugged").rename(root)
    assert undone(database).left == []
    assert (root / "a.wav").exists()


def test_a_copy_whose_original_is_gone_is_never_removed(
    database: Database, root: Path, tmp_path: Path
) -> None:
    into = tmp_path / "sorted"
    applied(database, planned(root, {"a.wav": "Kick", "pack/c.wav": "808"}, into))
    (root / "a.wav").unlink()
    plan = undone(database)
    assert [left.reason for left in plan.left] == ["the original is gone: this may be the only one"]
    assert (into / "Kick/a.wav").read_bytes() == b"a.wav"
    assert not (into / "808").exists()


def test_a_file_that_changed_after_the_plan_stays(
    database: Database, root: Path, tmp_path: Path
) -> None:
    into = tmp_path / "sorted"
    plan = planned(root, {"a.wav": "Kick", "pack/c.wav": "808"}, into, mode=Mode.MOVE)
    (root / "a.wav").write_bytes(b"another")
    outcome = applied(database, plan)
    assert [(Path(path).name, why) for path, why in outcome.failed] == [
        ("a.wav", "it has changed since the plan was made")
    ]
    assert (root / "a.wav").read_bytes() == b"another"
    assert (into / "808/c.wav").exists()
    assert not (into / "Kick").exists()


def test_a_name_that_was_taken_after_the_plan_is_left_alone(
    database: Database, root: Path, tmp_path: Path
) -> None:
    into = tmp_path / "sorted"
    for mode in ALL_MODES:
        plan = planned(root, {"pack/a.wav": "Kick"}, into, mode=mode)
        make_tree(into, {"Kick/a.wav": b"theirs"})
        outcome = applied(database, plan)
        assert outcome.failed[0][1] == "something has taken the name meanwhile"
        if mode is not Mode.COPY:
            assert len(outcome.failed) == 2  # what goes along stays as well
        assert (into / "Kick/a.wav").read_bytes() == b"theirs"
        assert (root / "pack/a.wav").read_bytes() == b"pack/a.wav"
        undone(database)
        for path in (into / "Kick").iterdir():
            path.unlink()


def test_cancelled_between_two_files_the_rest_stays(
    database: Database, root: Path, tmp_path: Path
) -> None:
    before = seen(root)
    plan = planned(root, FILES, tmp_path / "sorted", mode=Mode.MOVE, with_other=True)
    job = Job(lambda now: job.cancel() if now.done == 2 else None)
    outcome = apply(database, plan, Disk(), job)
    assert (outcome.is_cancelled, outcome.done) == (True, 3)
    stages = [entry.stage for entry in entries(database, outcome.batch)]
    assert stages.count(Stage.SKIPPED) == len(plan.steps) - 3
    undone(database)
    assert seen(root) == before


@pytest.mark.skipif(os.name == "nt", reason="a system with case")
def test_a_change_of_case_goes_by_a_name_between(database: Database, tmp_path: Path) -> None:
    make_tree(tmp_path / "library", {"Kick/A.wav": b"1"})
    path = tmp_path / "library/Kick/A.wav"
    status = path.stat()
    step = Step(Act.MOVE, str(path), str(path.with_name("a.wav")), 1, status.st_mtime_ns, "case")
    applied(database, Plan(Rules(str(tmp_path / "library"), Mode.MOVE), [step]))
    assert list(seen(tmp_path / "library")) == ["Kick/a.wav"]
    undone(database)
    assert list(seen(tmp_path / "library")) == ["Kick/A.wav"]


NAMES = st.sampled_from(
    ["k.wav", "K.wav", "é.wav", "e\u0301.wav", "con.wav", "k (2).wav", "x. .wav"]
)
FOLDERS = st.sampled_from(["", "Kick/", "kick/", "pack/", "pack/deep/", "Snare/"])
PATHS = st.builds(lambda folder, name: folder + name, FOLDERS, NAMES)


@settings(
    max_examples=1000 if ALL else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    tree=st.dictionaries(
        PATHS, st.tuples(st.sampled_from((*LABELS, UNSURE)), st.integers(0, 3)), max_size=8
    ),
    already=st.dictionaries(PATHS, st.integers(0, 3), max_size=4),
    mode=st.sampled_from(ALL_MODES),
    policy=st.sampled_from(list(Collision)),
    inside=st.booleans(),
    with_rest=st.booleans(),
    removes=st.booleans(),
)
def test_any_tree_is_sorted_as_planned_and_restored(
    *,
    tree: dict[str, Any],
    already: dict[str, int],
    mode: Mode,
    policy: Collision,
    inside: bool,
    with_rest: bool,
    removes: bool,
) -> None:
    with TemporaryDirectory() as folder, Database.open(Path(folder, "c.sqlite")) as database:
        base = Path(folder, "files")
        root = make_tree(base / "library", {p: bytes([n]) * 9 for p, (_, n) in tree.items()})
        into = root if inside else base / "sorted"
        make_tree(base / "sorted", {path: bytes([n]) * 9 for path, n in already.items()})
        before = seen(base)
        add_root(database, str(root))
        plan = planned(
            root,
            {path: label for path, (label, _) in tree.items()},
            into,
            mode=mode,
            on_collision=policy,
            with_unsure=with_rest,
            with_other=with_rest,
            removes_emptied=removes,
        )
        expected = what_should_be(plan, before, base)
        if not plan.steps:
            return
        outcome = applied(database, plan)
        assert (outcome.done, outcome.failed) == (len(plan.steps), [])
        assert files(base) == expected
        emptied = [path for path, found in seen(root).items() if found is None]
        assert not (removes and mode is Mode.MOVE and emptied)
        assert undone(database).left == []
        assert seen(base) == before


def test_a_random_order_of_undoing_loses_nothing(
    database: Database, root: Path, tmp_path: Path
) -> None:
    chance = random.Random(5)
    contents = sorted(contents_of(root))
    into = tmp_path / "sorted"
    for _ in range(12):
        decisions = {
            path.relative_to(tmp_path).as_posix(): chance.choice(LABELS)
            for path in sorted([*root.rglob("*.wav"), *into.rglob("*.wav")])
        }
        plan = planned(tmp_path, decisions, into, mode=Mode.MOVE, with_other=True)
        if plan.steps:
            applied(database, plan)
        open_ones = [one.id for one in batches(database) if not one.is_undone]
        plan = make_undo(database, chance.choice(open_ones))
        if plan.steps:
            applied(database, plan)
        assert sorted([*contents_of(root), *contents_of(into)]) == contents


def contents_of(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]

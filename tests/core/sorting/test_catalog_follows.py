"""What the user said stays with the files that are sorted, without a scan."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.core.catalog.database import Database
from app.core.catalog.marks import correct, favour, tag
from app.core.catalog.roots import roots
from app.core.errors import AppError, BusyError
from app.core.jobs import Job
from app.core.sorting.batch import recover
from app.core.sorting.journal import begin, unfinished
from app.core.sorting.planning import plan_sort
from app.core.sorting.steps import Mode, Rules
from app.core.sorting.transfer import Disk
from classifier import Model
from tests.helpers.libraries import contents, listed, sample_at, samples, scanned, sound
from tests.helpers.sorting import applied, undone
from tests.helpers.trees import make_tree


@pytest.fixture
def folder(database: Database, tiny: Model, tmp_path: Path) -> Path:
    """Return a folder that was scanned, with everything said of its samples."""
    folder = make_tree(tmp_path / "library", {f"pack/{n}.wav": sound(n) for n in range(3)})
    scanned(database, tiny, folder)
    for number, label in enumerate(("Kick", "Snare", "Other")):
        sample = sample_at(database, folder / f"pack/{number}.wav")
        correct(database, [sample], label)
        tag(database, [sample], add=[f"no {number}"])
        favour(database, [sample], is_favourite=number == 0)
    return folder


@pytest.mark.parametrize("inside", [True, False])
def test_samples_are_where_they_were_moved(
    database: Database, tiny: Model, folder: Path, tmp_path: Path, *, inside: bool
) -> None:
    before = contents(database)
    into = folder if inside else tmp_path / "sorted"
    plan = plan_sort(database, [str(folder)], Rules(str(into), Mode.MOVE))
    applied(database, plan)
    kick = sample_at(database, into / "Kick/0.wav")
    assert (kick.correction, kick.tags, kick.is_favourite) == ("Kick", ("no 0",), True)
    assert listed(database, into, text="no 1") == ["Snare/1.wav"]
    after = contents(database)
    done = scanned(database, tiny)
    assert (done.analysed, done.moved) == (0, 0)
    assert contents(database) == after
    assert len(roots(database)) == (1 if inside else 2)
    undone(database)
    assert contents(database) == before
    assert len(roots(database)) == 1


def test_a_copy_that_is_taken_back_is_forgotten(
    database: Database, tiny: Model, folder: Path
) -> None:
    applied(database, plan_sort(database, None, Rules(str(folder))))
    scanned(database, tiny)
    assert "Kick/0.wav" in listed(database, folder)
    undone(database)
    assert listed(database, folder) == [f"pack/{number}.wav" for number in range(3)]


def test_a_tag_is_the_instrument_and_comes_off_again(
    database: Database, tiny: Model, folder: Path
) -> None:
    before = contents(database)
    applied(database, plan_sort(database, None, Rules("", Mode.TAG, with_other=True)))
    assert sample_at(database, folder / "pack/1.wav").tags == ("Snare", "no 1")
    assert listed(database, folder, tags=("kick",)) == ["pack/0.wav"]
    assert plan_sort(database, None, Rules("", Mode.TAG, with_other=True)).steps == []
    correct(database, [sample_at(database, folder / "pack/1.wav")], "808")
    applied(database, plan_sort(database, None, Rules("", Mode.TAG, with_other=True)))
    assert sample_at(database, folder / "pack/1.wav").tags == ("808", "no 1")
    undone(database)
    assert sample_at(database, folder / "pack/1.wav").tags == ("Snare", "no 1")
    undone(database)
    correct(database, [sample_at(database, folder / "pack/1.wav")], "Snare")
    assert contents(database) == before


def test_a_sort_that_was_interrupted_comes_first(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    plan = plan_sort(database, None, Rules(str(tmp_path / "sorted"), Mode.MOVE))
    begin(database, plan, [], None)
    with pytest.raises(AppError, match="kitsort recover comes first"):
        applied(database, plan)
    assert unfinished(database) is not None
    recover(database, Disk(), Job(), forward=True)
    assert sorted(listed(database, tmp_path / "sorted", inside=str(tmp_path / "sorted"))) == []
    assert (tmp_path / "sorted/Kick/0.wav").exists()
    with pytest.raises(AppError, match="nothing to recover"):
        recover(database, Disk(), Job(), forward=True)


def test_sorting_holds_the_lock_of_the_catalog(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    plan = plan_sort(database, None, Rules(str(tmp_path / "sorted"), Mode.MOVE))
    with (
        Database.open(database.path, patience_s=0.1) as other,
        database.writing("scanning"),
        pytest.raises(BusyError, match="scanning"),
    ):
        applied(other, plan)
    assert not (tmp_path / "sorted").exists()
    assert [sample.path for sample in samples(database)] == [
        str(folder / f"pack/{number}.wav") for number in range(3)
    ]

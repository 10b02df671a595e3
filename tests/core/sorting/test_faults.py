"""The system refuses any single operation: the step is listed, its file is whole."""

from __future__ import annotations

import errno
import itertools
import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.core.catalog.database import Database
from app.core.catalog.roots import add_root
from app.core.errors import CatalogError
from app.core.jobs import Job
from app.core.sorting import transfer
from app.core.sorting.batch import apply, recover
from app.core.sorting.journal import Stage, batches, entries
from app.core.sorting.steps import Mode
from app.core.sorting.transfer import Disk
from tests.helpers.effort import ALL
from tests.helpers.sorting import Seen, planned, seen
from tests.helpers.trees import make_tree

TREE = {"a.wav": b"first", "a.wav.asd": b"goes along", "deep/a.wav": b"second", "b.wav": b"third"}
DECISIONS = {"a.wav": "Kick", "deep/a.wav": "Kick", "b.wav": "Snare"}
MODES = ["copy", "move", "hardlink", "symlink", "move-cross"]
CODES = [errno.ENOSPC, errno.EACCES, errno.EIO, errno.EXDEV, errno.EINVAL]
STRIDE = 1 if ALL else 3

Watch = Callable[[str, str, str], None]


def after_events(number: int, act: Callable[[str, str], None]) -> Watch:
    """Return a watch that acts before one operation on a file, the journal's not counted."""
    count = itertools.count(1)

    def watch(when: str, what: str, path: str) -> None:
        if what != "journal" and when == "before" and next(count) == number:
            act(what, path)

    return watch


def events_of(mode: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many operations on files a sort has."""
    found = 0

    def count(when: str, what: str, _path: str) -> None:
        nonlocal found
        found += when == "before" and what != "journal"

    with Sorted(mode, monkeypatch) as case:
        case.sort(Disk(count))
    return found


class Sorted:
    """A tree that is sorted once, with something going wrong."""

    def __init__(self, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = TemporaryDirectory()
        base = Path(self._folder.name)
        self.mode = Mode(mode.partition("-")[0])
        self.files = base / "files"
        self.root = make_tree(self.files / "library", TREE)
        self.before = seen(self.files)
        self.database = Database.open(base / "catalog.sqlite")
        self._patch = monkeypatch
        if mode.endswith("cross"):
            _other_drive(monkeypatch)

    def __enter__(self) -> Sorted:
        return self

    def __exit__(self, *_: object) -> None:
        self.database.close()
        self._folder.cleanup()
        self._patch.undo()

    def sort(self, disk: Disk) -> None:
        add_root(self.database, str(self.root))
        is_move = self.mode is Mode.MOVE
        into = self.files / "sorted"
        plan = planned(self.root, DECISIONS, into, mode=self.mode, removes_emptied=is_move)
        apply(self.database, plan, disk, Job())

    def require_whole(self, *, strange: int = 0) -> None:
        """Check that each file is there once and whole, where it was or where it was to go."""
        tree = seen(self.files)
        assert not [name for name in tree if ".kitsort" in name]
        contents = [one.content for one in tree.values() if isinstance(one, Seen)]
        for name, was in self.before.items():
            assert isinstance(was, Seen)
            if self.mode is Mode.MOVE:
                assert contents.count(was.content) == 1, name
            else:
                assert tree[name] == was
        assert len([one for one in contents if one not in TREE.values()]) == strange
        for name, one in tree.items():
            assert not isinstance(one, str) or Path(one).exists(), name

    def require_told(self) -> None:
        """Check that the journal says of each step what is on the disk."""
        [batch] = batches(self.database)
        assert not batch.is_open
        for entry in entries(self.database, batch.id):
            is_done = entry.stage is Stage.DONE
            assert bool(entry.sentence) != is_done
            target = Path(entry.step.target)
            assert target.is_symlink() or target.exists() or not is_done


def _other_drive(monkeypatch: pytest.MonkeyPatch) -> None:
    real = transfer._rename_exclusively

    def cross(source: str, target: str) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "another drive")
        real(source, target)

    monkeypatch.setattr(transfer, "_rename_exclusively", cross)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("code", CODES, ids=[errno.errorcode[code] for code in CODES])
def test_an_operation_that_fails_loses_nothing(
    mode: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_what: str, path: str) -> None:
        raise OSError(code, os.strerror(code), path)

    for number in range(1, events_of(mode, monkeypatch) + 1, STRIDE):
        with Sorted(mode, monkeypatch) as case:
            case.sort(Disk(after_events(number, fail)))
            case.require_whole()
            case.require_told()


@pytest.mark.parametrize("mode", MODES)
def test_a_file_that_appears_at_a_target_is_never_overwritten(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, events_of(mode, monkeypatch) + 1, STRIDE):
        with Sorted(mode, monkeypatch) as case:
            theirs = case.files / "sorted/Kick/a.wav"
            appeared: list[Path] = []

            def appear(
                _what: str, _path: str, theirs: Path = theirs, appeared: list[Path] = appeared
            ) -> None:
                theirs.parent.mkdir(parents=True, exist_ok=True)
                if not theirs.exists():
                    theirs.write_bytes(b"of another program")
                    appeared.append(theirs)

            case.sort(Disk(after_events(number, appear)))
            for path in appeared:
                assert path.read_bytes() == b"of another program"
            case.require_whole(strange=len(appeared))


@pytest.mark.parametrize("mode", MODES)
def test_a_source_that_vanishes_is_listed_and_the_rest_goes_on(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, events_of(mode, monkeypatch) + 1, STRIDE):
        with Sorted(mode, monkeypatch) as case:
            source = case.root / "b.wav"

            def vanish(_what: str, _path: str, source: Path = source) -> None:
                source.unlink(missing_ok=True)

            case.sort(Disk(after_events(number, vanish)))
            case.before.pop("library/b.wav")
            tree = seen(case.files)
            assert not [name for name in tree if ".kitsort" in name]
            for name in ("library/a.wav", "library/deep/a.wav"):
                was = case.before[name]
                found = [one for one in tree.values() if isinstance(one, Seen)]
                assert was in found


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("forward", [True, False])
def test_a_journal_that_cannot_be_written_stops_and_is_recovered(
    mode: str, monkeypatch: pytest.MonkeyPatch, *, forward: bool
) -> None:
    for number in range(1, 6):
        count = itertools.count(1)

        def full(when: str, what: str, _path: str, count: itertools.count[int] = count) -> None:
            if when == "before" and what == "journal" and next(count) == number:  # noqa: B023
                raise CatalogError("The disk is full.")

        with Sorted(mode, monkeypatch) as case:
            try:
                case.sort(Disk(full))
            except CatalogError:
                if any(batch.is_open for batch in batches(case.database)):
                    recover(case.database, Disk(), Job(), forward=forward)
            case.require_whole()
            if not forward and number > 1 and batches(case.database)[0].undoes:
                assert seen(case.files) == case.before


def test_what_goes_along_stays_with_a_leader_whose_copy_is_bad(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(when: str, what: str, path: str) -> None:
        if (when, what) == ("before", "verify") and "-1.part" in path:
            raise OSError(errno.EIO, "bad sector")

    with Sorted("move-cross", monkeypatch) as case:
        case.sort(Disk(fail))
        case.require_whole()
        tree = seen(case.files)
        assert {"library/a.wav", "library/a.wav.asd", "sorted/Snare/b.wav"} <= set(tree)


def test_a_source_that_changes_while_it_is_copied_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Sorted("move-cross", monkeypatch) as case:

        def change(when: str, what: str, path: str) -> None:
            if (when, what) == ("before", "rename") and path.endswith("Snare/b.wav"):
                (case.root / "b.wav").write_bytes(b"edited meanwhile")

        case.sort(Disk(change))
        tree = seen(case.files)
        found = tree["library/b.wav"]
        assert isinstance(found, Seen)
        assert found.content == b"edited meanwhile"
        assert "sorted/Snare/b.wav" not in tree

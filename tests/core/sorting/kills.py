"""Kills a sort, an undo or a recovery at each single operation, and looks at what is left.

    python -m tests.core.sorting.kills SCENARIO PHASE EVERY

Runs alone in a process, which forks for each kill: a program with threads must not. Prints one line
for each promise that was broken, and ends with 1 if there was any.

A scenario is a mode, and what the drive lacks: `cross` (the destination is on another drive),
`link` (no renaming without overwriting), `marker` (nor hard links). A phase says what is killed:
`apply`, `undo`, or the recovery of an apply that was killed: `finish`, `back`.
"""

from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.core.catalog.database import Database
from app.core.catalog.roots import add_root
from app.core.jobs import Job
from app.core.scan import look
from app.core.sorting import transfer
from app.core.sorting.batch import apply, recover
from app.core.sorting.journal import batches, unfinished
from app.core.sorting.steps import Act, Mode, Plan, Step
from app.core.sorting.transfer import Disk
from app.core.sorting.undoing import make_undo
from tests.helpers.sorting import Seen, planned, seen
from tests.helpers.trees import make_tree

SCENARIOS = (
    *("copy", "move", "hardlink", "symlink", "tag"),
    *("move-cross", "move-link", "move-marker"),
)
PHASES = ("apply", "undo", "finish", "back")
TREE = {
    "a.wav": b"first",
    "a.wav.asd": b"goes along",
    "pack/a.wav": b"second",
    "pack/deep/b.wav": b"third" * 1000,
    "pack/deep/.DS_Store": b"junk",
    "stays.wav": b"not sorted",
}
DECISIONS = {"a.wav": "Kick", "pack/a.wav": "Kick", "pack/deep/b.wav": "Open hat"}


class Killer:
    """Watches a disk, and kills this process at one of its events."""

    def __init__(self, at: int) -> None:
        self.count = 0
        self._at = at

    def __call__(self, _when: str, _what: str, _path: str) -> None:
        self.count += 1
        if self.count == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def lame(lack: str) -> None:
    """Let this process see a drive that lacks something."""
    real = transfer._rename_exclusively

    def cross(source: str, target: str) -> None:
        if Path(source).parent != Path(target).parent:
            raise OSError(errno.EXDEV, "another drive")
        real(source, target)

    def refused(*_: Any, **__: Any) -> None:
        raise OSError(errno.EINVAL, "not on this drive")

    if lack == "cross":
        transfer._rename_exclusively = cross
    if lack in {"link", "marker"}:
        transfer._rename_exclusively = refused
    if lack == "marker":
        os.link = refused


class Case:
    """One tree with its catalog, sorted by one plan."""

    def __init__(self, scenario: str) -> None:
        self.base = Path(tempfile.mkdtemp(prefix="kitsort-kill-"))
        mode, _, lack = scenario.partition("-")
        lame(lack)
        self.mode = Mode(mode)
        self.root = make_tree(self.base / "files/library", TREE)
        self.into = self.base / "files/sorted"
        self.catalog = self.base / "catalog.sqlite"
        self.before = seen(self.base / "files")
        with Database.open(self.catalog) as database:
            look(database, add_root(database, str(self.root)), Job())
            with database.transaction() as connection:  # as if somebody had looked into them
                connection.execute("UPDATE samples SET content = CAST(name || folder AS BLOB)")
        self.plan = self._planned()

    def _planned(self) -> Plan:
        is_move = self.mode is Mode.MOVE
        plan = planned(self.root, DECISIONS, self.into, mode=self.mode, removes_emptied=is_move)
        if is_move:  # and one that only writes its name otherwise
            path = self.root / "stays.wav"
            status = path.stat()
            other = str(path.with_name("STAYS.wav"))
            plan.steps.append(
                Step(Act.MOVE, str(path), other, status.st_size, status.st_mtime_ns, "case")
            )
        return plan

    def sort(self, disk: Disk) -> None:
        with Database.open(self.catalog) as database:
            apply(database, self.plan, disk, Job())

    def undo(self, disk: Disk) -> None:
        with Database.open(self.catalog) as database:
            apply(database, make_undo(database, 1), disk, Job())

    def recover(self, disk: Disk, *, forward: bool) -> None:
        with Database.open(self.catalog) as database:
            while unfinished(database):
                recover(database, disk, Job(), forward=forward)

    def undo_all(self) -> None:
        """Take back what was done, if anything was."""
        with Database.open(self.catalog) as database:
            plan = make_undo(database, 1)
            if plan.steps:
                apply(database, plan, Disk(), Job())

    def broken(self, *, is_restored: bool) -> list[str]:
        """Return what is not as promised: each file once and whole, and nothing of ours left."""
        with Database.open(self.catalog) as database:
            tags = database.column("SELECT tag FROM tags ORDER BY tag")
        wanted = sorted(DECISIONS.values()) if self.mode is Mode.TAG and not is_restored else []
        if self.mode is Mode.TAG and tags not in ([], wanted):
            return [f"half of the tags are there: {tags}"]
        tree = seen(self.base / "files")
        found = [f"{name} is left" for name in tree if ".kitsort" in name]
        contents = [one.content for one in tree.values() if isinstance(one, Seen)]
        for name, was in self.before.items():
            assert isinstance(was, Seen)
            if name.endswith(".DS_Store") and self.mode is Mode.MOVE:
                continue  # goes with the folder that was emptied, and comes back with it
            if self.mode is Mode.MOVE:
                copies = sum(content == was.content for content in contents)
                found += [] if copies == 1 else [f"{name} is there {copies} times"]
            elif tree.get(name) != was:
                found.append(f"{name} was touched")
        strange = [one for one in contents if one not in TREE.values()]
        found += [f"a file of {len(one)} bytes is no one's" for one in strange]
        for name, one in tree.items():
            if isinstance(one, str) and not Path(one).exists():
                found.append(f"{name} leads nowhere")
        if is_restored and tree != self.before:
            found.append(f"not restored: {sorted(set(tree) ^ set(self.before))}")
        return found


def killed(work: Callable[[Disk], None], at: int) -> bool:
    """Do work in a process of its own that is killed at one event; tell whether it was."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(Disk(Killer(at)))
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0, "it failed without being killed"
    return False


def tried(scenario: str, phase: str, at: int) -> list[str] | None:
    """Kill one phase at one event, recover, and return what is broken; None past its end."""
    case = Case(scenario)
    try:
        if phase == "undo":
            case.sort(Disk())
        if phase in {"finish", "back"}:
            counter = Killer(0)
            Case(scenario).sort(Disk(counter))
            first = counter.count * (1 + at % 3) // 4
            assert killed(case.sort, first)
        works: dict[str, Callable[[Disk], None]] = {
            "apply": case.sort,
            "undo": case.undo,
            "finish": lambda disk: case.recover(disk, forward=True),
            "back": lambda disk: case.recover(disk, forward=False),
        }
        was_killed = killed(works[phase], at // 3 + 1 if phase in {"finish", "back"} else at)
        return _ended(case, phase, at) if was_killed else None
    finally:
        shutil.rmtree(case.base)


def _ended(case: Case, phase: str, at: int) -> list[str]:
    forward = phase in {"finish", "undo"} or (phase == "apply" and at % 2 == 0)
    case.recover(Disk(), forward=forward)
    with Database.open(case.catalog) as database:
        is_sorted = any(one.undoes is None and not one.is_undone for one in batches(database))
    broken = case.broken(is_restored=phase == "undo" and not is_sorted)
    if is_sorted and phase != "undo":  # whatever was done is taken back without a trace
        case.undo_all()
        broken += case.broken(is_restored=True)
    return broken


def main() -> int:
    scenario, phase, every = sys.argv[1], sys.argv[2], int(sys.argv[3])
    failures = 0
    count = 0
    for at in itertools.count(1):
        if at % every and every > 1:
            continue
        broken = tried(scenario, phase, at)
        if broken is None:
            break
        count += 1
        for sentence in broken:
            failures += 1
            print(f"{scenario}, {phase} killed at {at}: {sentence}")
    print(f"{count} kills")
    return 1 if failures or not count else 0


if __name__ == "__main__":
    sys.exit(main())

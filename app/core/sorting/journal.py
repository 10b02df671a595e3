"""The journal: what a batch is about to do, and what it has done; durable before each begins."""

from __future__ import annotations

import base64
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from app.core.catalog.database import Database
from app.core.errors import AppError
from app.core.sorting.steps import ACTS, Act, Mode, Plan, Step


class Stage(IntEnum):
    """How far a step is; the numbers are kept in journals.

    MADE is a copy under its temporary name, complete and verified.
    """

    PLANNED = 0
    MADE = 1
    DONE = 2
    FAILED = 3
    SKIPPED = 4


_NOT_DONE = frozenset({Stage.PLANNED, Stage.MADE, Stage.FAILED, Stage.SKIPPED})


class Made(NamedTuple):
    """What tells a copy of ours from another file of its name: drive, number, time."""

    device: int
    number: int
    mtime_ns: int


class Entry(NamedTuple):
    """A step in the journal.

    Attributes
    ----------
    id : int
    step : Step
        Its leader is the id of an entry.
    stage : Stage
    sentence : str or None
        Why it failed.
    made : Made or None
    before : str or None
        The instrument tags that TAG has replaced, with semicolons.
    """

    id: int
    step: Step
    stage: Stage
    sentence: str | None = None
    made: Made | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """One plan that was applied.

    Attributes
    ----------
    id : int
    made_at : float
        Seconds since 1970.
    mode : Mode
    destination, template : str
    removes_emptied : bool
    is_open : bool
        Whether it is under way, or was interrupted.
    undoes : int or None
        The batch that it has taken back.
    is_undone : bool
        Whether a later batch has taken it back, and was not itself taken back.
    is_partly_undone : bool
        Whether that was stopped, or failed in part: the rest can be tried again.
    root : int or None
        The folder of the library that it has added.
    counts : dict
        Steps by stage.
    """

    id: int
    made_at: float
    mode: Mode
    destination: str
    template: str
    removes_emptied: bool
    is_open: bool
    undoes: int | None
    is_undone: bool
    is_partly_undone: bool
    root: int | None
    counts: Mapping[Stage, int]

    @property
    def act(self) -> Act:
        """What it mainly does."""
        return ACTS[self.mode]


class Junk(NamedTuple):
    """A file that a system leaves in folders, as it was."""

    content: bytes
    mode: int
    mtime_ns: int


class Role(IntEnum):
    """What a folder is to a batch; the numbers are kept in journals."""

    REMOVED = 0
    MADE = 1
    USED = 2


@dataclass(frozen=True, slots=True)
class KnownFolder:
    """A folder that a batch makes, takes files out of, or has emptied and removed.

    Attributes
    ----------
    path : str
    role : Role
    mode, mtime_ns : int or None
        As it was before the batch.
    junk : dict
        What systems had left in it.
    """

    path: str
    role: Role
    mode: int | None = None
    mtime_ns: int | None = None
    junk: Mapping[str, Junk] | None = None


_BATCHES = (
    "SELECT id, made_at, mode, destination, template, removes_emptied, state, undoes, root "
    "FROM batches ORDER BY id DESC"
)


def begin(
    database: Database, plan: Plan, folders: Iterable[KnownFolder], root: int | None
) -> tuple[int, list[Entry]]:
    """Enter a plan as a batch that is under way; return its number, and its steps.

    Raises
    ------
    AppError
        If an earlier one was interrupted, and is to be finished or taken back first.
    """
    if unfinished(database):
        raise AppError("An earlier sort was interrupted: kitsort recover comes first.")
    rules = plan.rules
    with database.transaction("sorting") as connection:
        [number] = connection.execute(
            "INSERT INTO batches (made_at, mode, destination, template, removes_emptied, undoes, "
            "root) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING id",
            (
                *(time.time(), rules.mode, os.fsencode(rules.destination), rules.template.text),
                *(rules.removes_emptied, plan.undoes, root),
            ),
        ).fetchone()
        [last] = connection.execute("SELECT coalesce(max(id), 0) FROM steps").fetchone()
        connection.executemany(
            "INSERT INTO steps (id, batch, act, source, target, size, mtime_ns, reason, sample, "
            "leader) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_row(last + 1, position, number, step) for position, step in enumerate(plan.steps)),
        )
        if plan.undoes is not None:
            _enter_left_out(connection, number, plan.left_out)
        _enter_folders(connection, number, folders)
    entered = [
        Entry(number, _with_leader(step, last + 1), Stage.PLANNED)
        for number, step in enumerate(plan.steps, start=last + 1)
    ]
    return int(number), entered


def _enter_left_out(connection: sqlite3.Connection, batch: int, steps: Sequence[Step]) -> None:
    """Enter steps that will not be done, so that what they would undo is not taken for undone."""
    connection.executemany(
        "INSERT INTO steps (batch, act, source, target, size, mtime_ns, reason, sample, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(batch, step.act, os.fsencode(step.source), os.fsencode(step.target)),
                *(step.size, step.mtime_ns, step.reason, step.sample, Stage.SKIPPED),
            )
            for step in steps
        ],
    )


def _with_leader(step: Step, first: int) -> Step:
    """Return a step whose leader is the number of an entry and no position in the plan."""
    return step if step.leader is None else step._replace(leader=first + step.leader)


def _row(first: int, position: int, batch: int, step: Step) -> tuple[object, ...]:
    act, source, target, size, mtime_ns, reason, sample, leader = _with_leader(step, first)
    return (
        *(first + position, batch, act, os.fsencode(source), os.fsencode(target)),
        *(size, mtime_ns, reason, sample, leader),
    )


def entries(database: Database, batch: int) -> list[Entry]:
    """Return all steps of a batch, in their order."""
    found = database.rows(
        "SELECT id, act, source, target, size, mtime_ns, reason, sample, leader, state, sentence, "
        "made_device, made_number, made_mtime_ns, before FROM steps WHERE batch = ? ORDER BY id",
        (batch,),
    )
    return [_entry(row) for row in found]


def _entry(row: tuple[object, ...]) -> Entry:
    number, act, source, target, *rest, stage, sentence, device, inode, mtime_ns, before = row
    step = Step(Act(act), os.fsdecode(source), os.fsdecode(target), *rest)  # type: ignore[arg-type]
    made = None if device is None else Made(device, inode, mtime_ns)  # type: ignore[arg-type]
    return Entry(number, step, Stage(stage), sentence, made, before)  # type: ignore[arg-type]


def note_made(connection: sqlite3.Connection, made: Sequence[tuple[int, Made]]) -> None:
    """Enter copies that are complete under their temporary names."""
    connection.executemany(
        "UPDATE steps SET state = ?, made_device = ?, made_number = ?, made_mtime_ns = ? "
        "WHERE id = ?",
        [
            (Stage.MADE, _signed(one.device), _signed(one.number), one.mtime_ns, number)
            for number, one in made
        ],
    )


def _signed(number: int) -> int:
    """Return a number of 64 bits as SQLite can keep it."""
    return number - (1 << 64) if number >= 1 << 63 else number


def made_of(status: os.stat_result) -> Made:
    """Return what tells a file from another one of its name."""
    return Made(_signed(status.st_dev), _signed(status.st_ino), status.st_mtime_ns)


def note_results(
    connection: sqlite3.Connection, results: Sequence[tuple[int, Stage, str | None]]
) -> None:
    """Enter what became of steps: number, stage, and the sentence of one that failed."""
    connection.executemany(
        "UPDATE steps SET state = ?, sentence = ? WHERE id = ?",
        [(stage, sentence, number) for number, stage, sentence in results],
    )


def note_before(connection: sqlite3.Connection, number: int, before: str) -> None:
    """Enter the tags that a step replaces."""
    connection.execute("UPDATE steps SET before = ? WHERE id = ?", (before, number))


def note_folders(database: Database, batch: int, folders: Iterable[KnownFolder]) -> None:
    """Enter folders that are about to be removed."""
    with database.transaction("sorting") as connection:
        _enter_folders(connection, batch, folders)


def _enter_folders(
    connection: sqlite3.Connection, batch: int, folders: Iterable[KnownFolder]
) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO batch_folders VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                *(batch, os.fsencode(one.path), one.role, one.mode, one.mtime_ns),
                json.dumps({name: _written(junk) for name, junk in (one.junk or {}).items()}),
            )
            for one in folders
        ],
    )


def _written(junk: Junk) -> tuple[str, int, int]:
    return base64.b64encode(junk.content).decode(), junk.mode, junk.mtime_ns


def _read(written: tuple[str, int, int]) -> Junk:
    content, mode, mtime_ns = written
    return Junk(base64.b64decode(content), mode, mtime_ns)


def folders_of_batch(database: Database, batch: int) -> list[KnownFolder]:
    """Return the folders that a batch makes, uses or removes, parents first."""
    found = database.rows(
        "SELECT path, role, mode, mtime_ns, junk FROM batch_folders WHERE batch = ? ORDER BY path",
        (batch,),
    )
    return [
        KnownFolder(
            os.fsdecode(path),
            Role(role),
            mode,
            mtime_ns,
            {name: _read(written) for name, written in json.loads(junk).items()},
        )
        for path, role, mode, mtime_ns, junk in found
    ]


def close(database: Database, batch: int) -> None:
    """Enter that a batch is over; what was not done of it never will be."""
    with database.transaction("sorting") as connection:
        connection.execute(
            "UPDATE steps SET state = ? WHERE batch = ? AND state IN (?, ?)",
            (Stage.SKIPPED, batch, Stage.PLANNED, Stage.MADE),
        )
        connection.execute("UPDATE batches SET state = 1 WHERE id = ?", (batch,))


def batches(database: Database) -> list[Batch]:
    """Return all batches, the newest first."""
    counts: dict[int, dict[Stage, int]] = {}
    for number, stage, count in database.rows(
        "SELECT batch, state, count(*) FROM steps GROUP BY batch, state"
    ):
        counts.setdefault(number, {})[Stage(stage)] = count
    found = []
    undone: set[int] = set()
    begun: set[int] = set()
    for number, made_at, mode, destination, template, removes, state, undoes, root in database.rows(
        _BATCHES
    ):
        if undoes is not None and number not in undone:
            left = counts.get(number, {}).keys() & _NOT_DONE
            (begun if left else undone).add(undoes)
        found.append(
            Batch(
                id=number,
                made_at=made_at,
                mode=Mode(mode),
                destination=os.fsdecode(destination),
                template=template,
                removes_emptied=bool(removes),
                is_open=not state,
                undoes=undoes,
                is_undone=number in undone,
                is_partly_undone=number in begun - undone,
                root=root,
                counts=counts.get(number, {}),
            )
        )
    return found


def batch_at(database: Database, number: int | None) -> Batch:
    """Return a batch; without a number the newest that can be undone.

    Raises
    ------
    AppError
        If there is none.
    """
    known = batches(database)
    if number is None:
        found = [one for one in known if one.undoes is None and not one.is_undone]
        if not found:
            raise AppError("There is nothing to undo.")
        return found[0]
    for one in known:
        if one.id == number:
            return one
    raise AppError(f"There is no batch {number}; kitsort history lists them.")


def unfinished(database: Database) -> Batch | None:
    """Return the batch that was interrupted, if there is one."""
    if not database.rows("SELECT 1 FROM batches WHERE state = 0"):
        return None
    return next(one for one in batches(database) if one.is_open)

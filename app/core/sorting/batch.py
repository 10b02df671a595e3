"""Batches: a plan applied, one that was interrupted brought to an end, and folders tidied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from app.core.catalog.database import Database
from app.core.catalog.roots import add_root, forget_root, place_of, roots
from app.core.errors import AppError
from app.core.jobs import Job
from app.core.sorting.folders import folders_of_plan, remake, tidy
from app.core.sorting.journal import (
    Batch,
    Entry,
    batch_at,
    begin,
    close,
    entries,
    unfinished,
)
from app.core.sorting.runner import Outcome, Runner
from app.core.sorting.settling import settled
from app.core.sorting.steps import Mode, Plan
from app.core.sorting.transfer import Disk
from app.core.sorting.undoing import inverse_of

SORTING: Final = "Sorting"
UNDOING: Final = "Undoing"


def apply(database: Database, plan: Plan, disk: Disk, job: Job) -> Outcome:
    """Do what a plan says; what fails is listed and left where it was, the rest goes on.

    Cancelled between two files, what is done stays done, and can be undone.

    Raises
    ------
    AppError
        If there is nothing to do, or an earlier batch was interrupted.
    CatalogError
        If the journal cannot be written: nothing more is touched, and the next start finds the
        batch unfinished.
    """
    if not plan.steps:
        raise AppError("There is nothing to do.")
    with database.writing("sorting"), database.durable():
        batch, steps = disk.told("journal", "begin", _begun, database, plan)
        return _worked_through(database, Runner(database, batch, disk, job), steps, disk)


def recover(database: Database, disk: Disk, job: Job, *, forward: bool) -> Outcome:
    """Bring a batch to an end that was interrupted: finish it, or take it back.

    Each step that the journal knows no end of is looked at on the disk.

    Raises
    ------
    AppError
        If there is none.
    CatalogError
        As for `apply`.
    """
    with database.writing("recovering"), database.durable():
        batch = unfinished(database)
        if batch is None:
            raise AppError("No sort was interrupted: there is nothing to recover.")
        runner = Runner(database, batch.id, disk, job)
        runner.settle(settled(entries(database, batch.id), batch.id, disk, forward=forward))
        if forward:
            return _worked_through(database, runner, entries(database, batch.id), disk)
        plan = inverse_of(database, batch)
        if plan.steps:
            number, steps = disk.told("journal", "turn", _turned, database, batch.id, plan)
            return _worked_through(database, Runner(database, number, disk, job), steps, disk)
        tidy(database, batch, disk)
        disk.told("journal", "close", close, database, batch.id)
        return Outcome(batch.id)


def _worked_through(
    database: Database, runner: Runner, steps: Sequence[Entry], disk: Disk
) -> Outcome:
    batch = batch_at(database, runner.outcome.batch)
    remake(database, batch, disk)
    runner.go(steps, doing=UNDOING if batch.undoes else SORTING)
    tidy(database, batch, disk)
    if batch.undoes is not None:
        _forget_empty_root(database, batch)
    disk.told("journal", "close", close, database, batch.id)
    return runner.outcome


def _begun(database: Database, plan: Plan) -> tuple[int, list[Entry]]:
    """Enter a plan, the folders it will make, and where moved samples will be found."""
    with database.transaction("sorting"):
        root = None
        if plan.rules.mode is Mode.MOVE and plan.undoes is None:
            root = _added_root(database, plan.rules.destination)
        return begin(database, plan, folders_of_plan(database, plan), root)


def _turned(database: Database, batch: int, plan: Plan) -> tuple[int, list[Entry]]:
    """End a batch, and begin the one that takes it back; a crash comes before both or after."""
    with database.transaction("recovering"):
        close(database, batch)
        return _begun(database, plan)


def _added_root(database: Database, destination: str) -> int | None:
    """Make the destination of a move a folder of the library, or its samples would leave it."""
    if place_of(roots(database), destination):
        return None
    return add_root(database, destination, must_exist=False).id


def _forget_empty_root(database: Database, batch: Batch) -> None:
    """Drop the folder of the library that the batch which is undone has added."""
    undone = batch_at(database, batch.undoes)
    for root in roots(database):
        if root.id == undone.root and not root.samples:
            forget_root(database, root)

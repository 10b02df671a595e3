"""Batches: a plan applied, one that was interrupted brought to an end, and folders tidied."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from app.core.catalog.database import Database
from app.core.catalog.roots import add_root, forget_root, place_of, roots
from app.core.errors import AppError
from app.core.jobs import Job
from app.core.sorting.journal import (
    Batch,
    Entry,
    Junk,
    KnownFolder,
    Stage,
    batch_at,
    begin,
    close,
    entries,
    folders_of_batch,
    note_folders,
    unfinished,
)
from app.core.sorting.runner import Runner
from app.core.sorting.settling import settled
from app.core.sorting.steps import Act, Mode, Plan
from app.core.sorting.transfer import Disk
from app.core.sorting.undoing import make_undo

SORTING: Final = "Sorting"
UNDOING: Final = "Undoing"
# What systems leave in folders, and what makes none of them a folder that is used.
_JUNK: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_LARGEST_JUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a batch.

    Attributes
    ----------
    batch : int
    done : int
    failed : tuple of tuple
        Path and reason of each file that was left where it is.
    is_cancelled : bool
    """

    batch: int
    done: int
    failed: tuple[tuple[str, str], ...]
    is_cancelled: bool


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
        batch = disk.told("journal", "begin", _begun, database, plan)
        return _worked_through(database, batch, disk, job)


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
            return _worked_through(database, batch.id, disk, job)
        disk.told("journal", "close", close, database, batch.id)
    plan = make_undo(database, batch.id)
    if not plan.steps:
        _tidied(database, batch.id, disk)
        return Outcome(batch.id, 0, (), is_cancelled=False)
    return apply(database, plan, disk, job)


def _worked_through(database: Database, number: int, disk: Disk, job: Job) -> Outcome:
    batch = batch_at(database, number)
    _remake_folders(database, batch, disk)
    runner = Runner(database, number, disk, job)
    runner.go(entries(database, number), doing=UNDOING if batch.undoes else SORTING)
    _tidied(database, number, disk)
    disk.told("journal", "close", close, database, number)
    result = runner.result
    return Outcome(number, result.done, tuple(result.failed), result.is_cancelled)


def _begun(database: Database, plan: Plan) -> int:
    """Enter a plan, the folders it will make, and where moved samples will be found."""
    with database.transaction("sorting"):
        root = None
        if plan.rules.mode is Mode.MOVE and plan.undoes is None:
            root = _added_root(database, plan.rules.destination)
        return begin(database, plan, _folders_to_make(plan), root)


def _added_root(database: Database, destination: str) -> int | None:
    """Make the destination of a move a folder of the library, or its samples would leave it."""
    if place_of(roots(database), destination):
        return None
    return add_root(database, destination, must_exist=False).id


def _folders_to_make(plan: Plan) -> Iterator[KnownFolder]:
    seen: set[str] = set()
    for step in plan.steps:
        if step.act in {Act.TAG, Act.REMOVE}:
            continue
        folder = os.path.dirname(step.target)
        while folder not in seen:
            seen.add(folder)
            if os.path.isdir(folder):
                break
            yield KnownFolder(folder, is_made=True)
            folder = os.path.dirname(folder)


def _remake_folders(database: Database, batch: Batch, disk: Disk) -> None:
    """Make the folders again that the batch which is undone has removed, as they were."""
    if batch.undoes is None:
        return
    removed = [one for one in folders_of_batch(database, batch.undoes) if not one.is_made]
    note_folders(database, batch.id, [KnownFolder(one.path, is_made=True) for one in removed])
    for one in removed:
        if os.path.isdir(os.path.dirname(one.path)):
            disk.make_folder(one.path)
            _put_back_junk(one.path, one.junk or {}, disk)


def _put_back_junk(folder: str, junk: Mapping[str, Junk], disk: Disk) -> None:
    for name, was in junk.items():
        path = os.path.join(folder, name)
        if not os.path.lexists(path):
            disk.write_junk(path, was.content)
            disk.restore(path, was.mode, was.mtime_ns)


def _tidied(database: Database, number: int, disk: Disk) -> None:
    """Remove what folders the batch has emptied, where that is wanted, or made in vain."""
    batch = batch_at(database, number)
    steps = entries(database, number)
    if batch.undoes is not None:
        before = folders_of_batch(database, batch.undoes)
        _remove_emptied(database, batch, [one.path for one in before if one.is_made], disk)
        for one in before:
            if not one.is_made and os.path.isdir(one.path):
                disk.restore(one.path, one.mode, one.mtime_ns)
        _forget_empty_root(database, batch)
    elif batch.removes_emptied:
        known = roots(database)
        kept = {batch.destination, *(root.path for root in known)}
        _remove_emptied(database, batch, _emptied(steps, kept), disk)
    in_vain = [one.path for one in folders_of_batch(database, number) if one.is_made]
    _remove_emptied(database, batch, in_vain, disk)


def _emptied(steps: Iterable[Entry], kept: set[str]) -> list[str]:
    """Return the folders that files were moved out of, and those above them, in their roots."""
    found: set[str] = set()
    for entry in steps:
        if entry.stage is not Stage.DONE or entry.step.act is not Act.MOVE:
            continue
        folder = os.path.dirname(entry.step.source)
        while folder not in found and folder not in kept and folder != os.path.dirname(folder):
            found.add(folder)
            folder = os.path.dirname(folder)
    inside = tuple(os.path.join(path, "") for path in kept)
    return [path for path in found if path.startswith(inside)]


def _remove_emptied(database: Database, batch: Batch, folders: Sequence[str], disk: Disk) -> None:
    """Remove those folders that are empty, the deepest first; the journal keeps what they were."""
    for path in sorted(folders, key=lambda path: -len(path)):
        junk = _junk_of(path)
        if junk is None:
            continue
        status = os.stat(path)
        folder = KnownFolder(path, False, status.st_mode, status.st_mtime_ns, junk)
        disk.told("journal", "folders", note_folders, database, batch.id, [folder])
        try:
            for name in junk:
                disk.remove(os.path.join(path, name))
            disk.remove_folder(path)
        except OSError:
            _put_back_junk(path, junk, disk)


def _junk_of(path: str) -> dict[str, Junk] | None:
    """Return what a system has left in a folder that is empty but for that; None for others."""
    junk = {}
    try:
        with os.scandir(path) as found:
            for entry in found:
                is_junk = entry.name in _JUNK and entry.is_file(follow_symlinks=False)
                if not is_junk or entry.stat().st_size > _LARGEST_JUNK:
                    return None
                status = entry.stat()
                with open(entry.path, "rb") as file:
                    junk[entry.name] = Junk(file.read(), status.st_mode, status.st_mtime_ns)
    except OSError:
        return None
    return junk


def _forget_empty_root(database: Database, batch: Batch) -> None:
    """Drop the folder of the library that the batch which is undone has added."""
    undone = batch_at(database, batch.undoes)
    for root in roots(database):
        if root.id == undone.root and not root.samples:
            forget_root(database, root)

"""Folders of a batch: made for it, emptied by it, and as they were when it is taken back."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from app.core.catalog.database import Database
from app.core.catalog.roots import roots
from app.core.sorting.journal import (
    Batch,
    Junk,
    KnownFolder,
    Role,
    Stage,
    entries,
    folders_of_batch,
    note_folders,
)
from app.core.sorting.steps import Act, Plan
from app.core.sorting.transfer import Disk

# What systems leave in folders: a folder with nothing else in it counts as empty.
_JUNK: Final = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
_LARGEST_JUNK: Final = 1 << 20


def folders_of_plan(database: Database, plan: Plan) -> list[KnownFolder]:
    """Return the folders that a plan will make, and those that it may empty, as they are."""
    found = list(_to_make(plan))
    if plan.rules.removes_emptied:
        sources = (step.source for step in plan.steps if step.act is Act.MOVE)
        for path in _above(sources, _kept(database, plan.rules.destination)):
            status = os.stat(path)
            found.append(KnownFolder(path, Role.USED, status.st_mode, status.st_mtime_ns))
    return found


def remake(database: Database, batch: Batch, disk: Disk) -> None:
    """Make the folders again that the batch which is undone has removed."""
    if batch.undoes is None:
        return
    removed = _with_role(database, batch.undoes, Role.REMOVED)
    note_folders(database, batch.id, [KnownFolder(one.path, Role.MADE) for one in removed])
    for one in removed:
        if os.path.isdir(os.path.dirname(one.path)):
            disk.make_folder(one.path)
            _put_back(one.path, one.junk or {}, disk)


def tidy(database: Database, batch: Batch, disk: Disk) -> None:
    """Remove the folders that a batch has emptied, where that is wanted, or made in vain.

    Of a batch that undoes another: those that the other has made; and those that it has removed
    get back the permissions and times that they had.
    """
    if batch.undoes is not None:
        theirs = _with_role(database, batch.undoes, Role.MADE)
        _remove_empty(database, batch, [one.path for one in theirs], disk)
        for one in _with_role(database, batch.undoes, Role.REMOVED):
            if os.path.isdir(one.path):
                disk.restore(one.path, one.mode, one.mtime_ns)
    elif batch.removes_emptied:
        done = (entry for entry in entries(database, batch.id) if entry.stage is Stage.DONE)
        sources = (entry.step.source for entry in done if entry.step.act is Act.MOVE)
        emptied = _above(sources, _kept(database, batch.destination))
        _remove_empty(database, batch, emptied, disk)
    # Made in vain; or about to be removed when a crash came.
    made = folders_of_batch(database, batch.id)
    in_vain = [one.path for one in made if one.role is not Role.USED]
    _remove_empty(database, batch, in_vain, disk)


def _to_make(plan: Plan) -> Iterator[KnownFolder]:
    seen: set[str] = set()
    for step in plan.steps:
        if step.act in {Act.TAG, Act.REMOVE}:
            continue
        folder = os.path.dirname(step.target)
        while folder not in seen:
            seen.add(folder)
            if os.path.isdir(folder):
                break
            yield KnownFolder(folder, Role.MADE)
            folder = os.path.dirname(folder)


def _kept(database: Database, destination: str) -> set[str]:
    """Return the folders that stay, empty or not, and inside which others may go."""
    return {destination, *(root.path for root in roots(database))}


def _above(files: Iterable[str], kept: set[str]) -> list[str]:
    """Return the folders that files lie in, and those above them, inside those that are kept."""
    found: set[str] = set()
    for file in files:
        folder = os.path.dirname(file)
        while folder not in found and folder not in kept and folder != os.path.dirname(folder):
            found.add(folder)
            folder = os.path.dirname(folder)
    inside = tuple(os.path.join(path, "") for path in kept if path)
    return [path for path in found if path.startswith(inside)]


def _with_role(database: Database, batch: int, role: Role) -> list[KnownFolder]:
    return [one for one in folders_of_batch(database, batch) if one.role is role]


def _remove_empty(database: Database, batch: Batch, folders: Iterable[str], disk: Disk) -> None:
    """Remove those folders that are empty, the deepest first; the journal keeps what they were."""
    known = {one.path: one for one in folders_of_batch(database, batch.id)}
    for path in sorted(folders, key=lambda path: -len(path)):
        junk = _junk_in(path)
        if junk is None:
            continue
        status = os.stat(path)
        was = known.get(path)
        mode = status.st_mode if was is None or was.mode is None else was.mode
        mtime_ns = status.st_mtime_ns if was is None or was.mtime_ns is None else was.mtime_ns
        # What was noted before a crash is not forgotten.
        all_junk = {**(was.junk or {}), **junk} if was else junk
        folder = KnownFolder(path, Role.REMOVED, mode, mtime_ns, all_junk)
        disk.told("journal", "folders", note_folders, database, batch.id, [folder])
        try:
            for name in junk:
                disk.remove(os.path.join(path, name))
            disk.remove_folder(path)
        except OSError:
            _put_back(path, junk, disk)


def _put_back(folder: str, junk: Mapping[str, Junk], disk: Disk) -> None:
    for name, was in junk.items():
        path = os.path.join(folder, name)
        if not os.path.lexists(path):
            disk.write_junk(path, was.content)
        disk.restore(path, was.mode, was.mtime_ns)


def _junk_in(path: str) -> dict[str, Junk] | None:
    """Return what a system has left in a folder that is empty but for that; None for others."""
    junk = {}
    try:
        with os.scandir(path) as found:
            for entry in found:
                is_junk = entry.name in _JUNK and entry.is_file(follow_symlinks=False)
                status = entry.stat(follow_symlinks=False)
                if not is_junk or status.st_size > _LARGEST_JUNK:
                    return None
                with open(entry.path, "rb") as file:
                    junk[entry.name] = Junk(file.read(), status.st_mode, status.st_mtime_ns)
    except OSError:
        return None
    return junk

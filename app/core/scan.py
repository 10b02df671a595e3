"""Scanning: which files are new, changed, moved or gone, without opening those that are not."""

from __future__ import annotations

import fnmatch
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.core.catalog.database import Database
from app.core.catalog.roots import Root, is_there, mark_offline, mark_scanned
from app.core.catalog.samples import (
    Known,
    Listed,
    known_files,
    list_files,
    note_obstacles,
    restore,
    set_state,
)
from app.core.catalog.states import State
from app.core.jobs import Job
from app.core.placeholders import is_online_only
from app.core.walk import Folder, Found, walk_folders

# How often somebody may stop a look through a large folder.
_CHECKED_FILES: Final = 500
# What SQLite can keep; a broken clock may have written anything.
_LATEST_NS: Final = (1 << 63) - 1
# Looking a member up takes longer than comparing two numbers.
_DONE: Final = int(State.DONE)
_LOOKING: Final = "Looking through folders"
# Entered in one transaction: enough that a commit costs nothing, few enough that a kill does.
_BATCH_FILES: Final = 2000


@dataclass(slots=True)
class Looked:
    """What a look through a root has found.

    Attributes
    ----------
    files, new, changed, retried, vanished : int
        `retried` could not be read the last time.
    unsupported : Counter
        Files of formats that cannot be read, by extension.
    is_offline : bool
        Whether the root was not there, or went away meanwhile.
    """

    files: int = 0
    new: int = 0
    changed: int = 0
    retried: int = 0
    vanished: int = 0
    unsupported: Counter[str] = field(default_factory=Counter)
    is_offline: bool = False


def look(database: Database, root: Root, job: Job) -> Looked:
    """Go through the folders of a root and note what is to be looked into.

    A file whose size and time are as they were is not opened; nor is any other, yet. What is
    gone becomes VANISHED, but only where its folder was really seen without it.

    Raises
    ------
    CancelledError
        If the job is cancelled; what was noted stays.
    CatalogError
        If the catalog cannot be written.
    """
    if not is_there(root):
        mark_offline(database, root)
        return Looked(is_offline=True)
    looker = _Looker(database, root, job)
    looker.go()
    if not is_there(root):  # pulled out meanwhile: what was not seen may still be there
        mark_offline(database, root)
        looker.looked.is_offline = True
        return looker.looked
    looker.note_vanished()
    mark_scanned(database, root, looker.looked.unsupported, at=time.time())
    return looker.looked


class _Looker:
    """One look: what was known before, what is being noted."""

    def __init__(self, database: Database, root: Root, job: Job) -> None:
        self.looked = Looked()
        self._database, self._root, self._job = database, root, job
        self._known = known_files(database, root)
        self._gone: list[int] = []
        self._unseen: list[bytes] = []
        self._obstacles: list[tuple[str, str]] = []
        self._noted: list[tuple[bytes, list[Listed]]] = []
        self._back: list[int] = []
        self._held = 0

    def go(self) -> None:
        """Walk, and enter what is new or changed."""
        is_excluded = excluder(self._root.path, self._root.excludes)
        for folder in walk_folders(self._root.path, is_excluded=is_excluded):
            self._job.step(_LOOKING, self.looked.files, at=folder.path)
            self._meet(folder)
        self._write()

    def note_vanished(self) -> None:
        """Mark what was in folders that are not there any more; those not seen keep theirs."""
        unseen = tuple(os.path.join(folder, b"") for folder in self._unseen)
        for folder, names in self._known.items():
            if not os.path.join(folder, b"").startswith(unseen):
                self._gone += [known.id for known in names.values()]
        self.looked.vanished = len(self._gone)
        with self._database.transaction() as connection:
            set_state(connection, self._gone, State.VANISHED)
            note_obstacles(connection, self._root, self._obstacles)

    def _meet(self, folder: Folder) -> None:
        below = _below(folder.path, self._root.path)
        if folder.problem:
            self._unseen.append(below)
            self._obstacles.append((folder.path, folder.problem))
            return
        self.looked.unsupported += folder.unsupported
        known = self._known.pop(below, {})
        noted = [one for found in folder.found if (one := self._compare(found, known))]
        self._gone += [one.id for one in known.values()]
        for start in range(0, len(noted), _BATCH_FILES):
            self._noted.append((below, noted[start : start + _BATCH_FILES]))
            self._held += len(self._noted[-1][1])
            if self._held >= _BATCH_FILES:
                self._job.check()
                self._write()

    def _compare(self, found: Found, known: dict[bytes, Known]) -> Listed | None:
        """Return a file if it is new or changed; take it out of what was known."""
        if found.entry is None:
            self._obstacles.append((found.path, found.problem or ""))
            return None
        name = os.fsencode(found.entry.name)
        before = known.get(name)
        try:
            status = found.entry.stat()
        except OSError as error:
            self._obstacles.append((found.path, _why_no_status(error)))
            if not isinstance(error, FileNotFoundError):
                known.pop(name, None)  # it is there, whatever it is
            return None
        known.pop(name, None)
        self.looked.files += 1
        if self.looked.files % _CHECKED_FILES == 0:
            self._job.check()
        size, mtime_ns = status.st_size, _storable(status.st_mtime_ns)
        if before is None:
            self.looked.new += 1
        elif before.size != size or before.mtime_ns != mtime_ns:
            self.looked.changed += 1
        elif before.state == _DONE or not self._is_to_be_read(before, status):
            return None
        return Listed(name, size, mtime_ns, _state_of(status), found.entry.is_symlink())

    def _is_to_be_read(self, before: Known, status: os.stat_result) -> bool:
        """Tell whether a file that is as it was is to be read nevertheless."""
        if before.state == State.VANISHED:
            self._back.append(before.id)
            return False
        # What could not be read may be readable now: a permission changes no time.
        self.looked.retried += before.state == State.PROBLEM
        return before.state != _state_of(status)

    def _write(self) -> None:
        with self._database.transaction("scanning") as connection:
            for folder, files in self._noted:
                list_files(connection, self._root, folder, files)
            restore(connection, self._back)
        self._noted, self._back, self._held = [], [], 0


def excluder(root: str, patterns: Sequence[str]) -> Callable[[os.DirEntry[str]], bool] | None:
    """Return what tells whether a file or folder is passed over.

    Parameters
    ----------
    root : str
    patterns : sequence of str
        With ``*``, ``?`` and ``[...]``, as in a shell, without case; against the name, or with
        a ``/`` in them against the path below the root.
    """
    if not patterns:
        return None
    patterns = [pattern.replace(os.sep, "/") for pattern in patterns]
    names, paths = (
        re.compile("|".join(map(fnmatch.translate, chosen)) or r"(?!)", re.IGNORECASE)
        for chosen in (
            [pattern for pattern in patterns if "/" not in pattern],
            [pattern.strip("/") for pattern in patterns if "/" in pattern],
        )
    )

    def is_excluded(entry: os.DirEntry[str]) -> bool:
        below = os.path.relpath(entry.path, root).replace(os.sep, "/")
        return bool(names.match(entry.name) or paths.match(below))

    return is_excluded


def _state_of(status: os.stat_result) -> State:
    return State.ONLINE_ONLY if is_online_only(status) else State.WAITING


def _storable(mtime_ns: int) -> int:
    if -_LATEST_NS <= mtime_ns <= _LATEST_NS:  # quicker than min and max, for each of 100,000
        return mtime_ns
    return _LATEST_NS if mtime_ns > 0 else -_LATEST_NS


def _below(path: str, root: str) -> bytes:
    """Return a folder's path below the root; nothing for the root itself."""
    return os.fsencode(path[len(root) :].strip("/" + os.sep))


def _why_no_status(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "This link leads nowhere."
    return f"It could not be looked at: {error.strerror or error}."

"""Applying a plan: the journal first, then the files, then what came of it."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from app.core.catalog.database import Database
from app.core.catalog.follow import Follower, Moved
from app.core.catalog.marks import replace_tags
from app.core.catalog.roots import roots
from app.core.jobs import CancelledError, Job
from app.core.sample import DECISIONS
from app.core.sorting.journal import (
    Entry,
    Made,
    Stage,
    made_of,
    note_before,
    note_made,
    note_results,
)
from app.core.sorting.safe_names import name_key
from app.core.sorting.steps import Act, Step
from app.core.sorting.transfer import Disk

# Steps, and bytes to copy, between two flushes of the journal.
_MOST_STEPS: Final = 1024
_MOST_BYTES: Final = 256 << 20
# Times that a drive keeps in steps of two seconds: FAT.
_GRAIN_NS: Final = 2_000_000_000
_INSTRUMENT_TAGS: Final = frozenset(DECISIONS)

LEADER_STAYED: Final = "what it goes along with stayed"
_SENTENCES: Final = {
    errno.ENOSPC: "there is no space left on the drive",
    errno.EACCES: "no permission",
    errno.EPERM: "no permission",
    errno.EROFS: "the drive can only be read",
    errno.EIO: "the drive reports an error",
    errno.ENOENT: "it is not there any more",
    errno.EXDEV: "its folder is on another drive",
    errno.EEXIST: "something has taken the name meanwhile",
    errno.ENAMETOOLONG: "the name is too long for the drive",
}


@dataclass(slots=True)
class Outcome:
    """What came of a batch.

    Attributes
    ----------
    batch : int
    done : int
    failed : list of tuple
        Path and reason of each file that was left where it is.
    is_cancelled : bool
    """

    batch: int
    done: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    is_cancelled: bool = False


class Runner:
    """Works through the steps of a batch, some hundred at a time."""

    def __init__(self, database: Database, batch: int, disk: Disk, job: Job) -> None:
        self.outcome = Outcome(batch)
        self._database = database
        self._batch = batch
        self._disk = disk
        self._job = job
        self._follower = Follower(roots(database))
        self._stages: dict[int, Stage] = {}
        self._folders: set[str] = set()

    def go(self, entries: Sequence[Entry], *, doing: str) -> None:
        """Do what is to be done; a step that fails is listed, and the rest goes on.

        Raises
        ------
        CatalogError
            If the journal cannot be written. The batch stays open, to be recovered.
        """
        self._stages = {entry.id: entry.stage for entry in entries}
        waiting = [entry for entry in entries if entry.stage is Stage.PLANNED]
        handled = 0
        for chunk in _chunks(waiting):
            work = _Chunk(self._disk, self._batch)
            try:
                for entry in chunk:
                    self._job.step(doing, handled, len(waiting), entry.step.source)
                    handled += 1
                    self._try(work, entry)
            except CancelledError:
                self.outcome.is_cancelled = True
            self._finish(work)
            if self.outcome.is_cancelled:
                return

    def settle(self, results: Sequence[tuple[Entry, Stage, str | None]]) -> None:
        """Enter what became of steps that others have looked at."""
        work = _Chunk(self._disk, self._batch)
        for entry, stage, sentence in results:
            work.results.append((entry, stage, sentence))
        self._write(work)

    def _try(self, work: _Chunk, entry: Entry) -> None:
        """Do a step as far as it goes without a flush in between."""
        leader = entry.step.leader
        if leader is not None and self._stages.get(leader) in {Stage.FAILED, Stage.SKIPPED}:
            work.fail(entry, LEADER_STAYED)
            self._stages[entry.id] = Stage.FAILED
            return
        try:
            if entry.step.act is not Act.TAG:
                self._make_folder(entry.step.target.rpartition(os.sep)[0])
            work.begin(entry)
        except OSError as error:
            work.fail(entry, sentence_of(error))
            self._stages[entry.id] = Stage.FAILED

    def _make_folder(self, folder: str) -> None:
        """Make a folder and those above it; the journal knows of them already."""
        if folder in self._folders:
            return
        missing = []
        above = folder
        while not os.path.isdir(above):
            missing.append(above)
            above = os.path.dirname(above)
        for path in reversed(missing):
            self._disk.make_folder(path)
        self._folders.add(folder)

    def _finish(self, work: _Chunk) -> None:
        if work.copies:
            made = work.complete()
            self._disk.told("journal", "made", self._note_made, made)
            work.put_in_place()
        self._write(work)

    def _note_made(self, made: Sequence[tuple[int, Made]]) -> None:
        with self._database.transaction("sorting") as connection:
            note_made(connection, made)

    def _write(self, work: _Chunk) -> None:
        if work.results:
            for folder in sorted(work.changed_folders):
                self._disk.flush_folder(folder)
            self._disk.told("journal", "results", self._note_results, work)
        for entry, stage, sentence in work.results:
            self._stages[entry.id] = stage
            if stage is Stage.DONE:
                self.outcome.done += 1
            elif sentence:
                self.outcome.failed.append((entry.step.source, sentence))

    def _note_results(self, work: _Chunk) -> None:
        with self._database.transaction("sorting") as connection:
            for entry in work.tagged:
                sample = self._follower.sample_at(connection, entry.step.source)
                before = replace_tags(connection, sample, _INSTRUMENT_TAGS, entry.step.target)
                if before is None:
                    work.unsay(entry, "it is not in the catalog any more")
                else:
                    note_before(connection, entry.id, before)
            note_results(
                connection,
                [(entry.id, stage, sentence) for entry, stage, sentence in work.results],
            )
            moved = []
            for entry, stage, _ in work.results:
                step = entry.step
                if stage is not Stage.DONE:
                    continue
                if step.act is Act.REMOVE:
                    self._follower.drop(connection, step.target)
                elif step.act is Act.MOVE and step.sample is not None:
                    mtime_ns = work.times.get(entry.id, step.mtime_ns)
                    moved.append(Moved(step.source, step.target, mtime_ns))
            self._follower.move(connection, moved)


class _Chunk:
    """Steps between two flushes of the journal."""

    def __init__(self, disk: Disk, batch: int) -> None:
        self._disk = disk
        self._batch = batch
        self.results: list[tuple[Entry, Stage, str | None]] = []
        self.copies: list[Entry] = []
        self.tagged: list[Entry] = []
        self.changed_folders: set[str] = set()
        # Of files that have been copied to another drive, as that keeps them.
        self.times: dict[int, int] = {}

    def fail(self, entry: Entry, sentence: str) -> None:
        """List a step that could not be done."""
        self.results.append((entry, Stage.FAILED, sentence))

    def unsay(self, entry: Entry, sentence: str) -> None:
        """List a step as failed that had seemed to be done."""
        position = next(at for at, (one, _, _) in enumerate(self.results) if one.id == entry.id)
        self.results[position] = (entry, Stage.FAILED, sentence)

    def begin(self, entry: Entry) -> None:
        """Do a step, or its first half if it copies.

        Raises
        ------
        OSError
            If it could not be done, and nothing has changed.
        """
        step = entry.step
        if step.act is Act.TAG:
            self.tagged.append(entry)
            self._note(entry)
            return
        require_unchanged(step)
        if step.act is Act.COPY:
            self._copy(entry)
        elif step.act is Act.MOVE:
            self._move(entry)
        elif step.act is Act.HARDLINK:
            self._disk.hard_link(step.source, step.target)
            self._note(entry)
        elif step.act is Act.SYMLINK:
            self._disk.symbolic_link(step.source, step.target)
            self._note(entry)
        else:
            self._disk.remove(step.target)
            self._note(entry)

    def _move(self, entry: Entry) -> None:
        step = entry.step
        try:
            if is_case_only(step):
                self._disk.rename_case(step.source, step.target, between_of(entry, self._batch))
            else:
                self._disk.rename(step.source, step.target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            self._copy(entry)
            return
        self._note(entry)

    def _copy(self, entry: Entry) -> None:
        if os.path.lexists(entry.step.target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        self._disk.copy(entry.step.source, part_of(entry, self._batch))
        self.copies.append(entry)

    def _note(self, entry: Entry) -> None:
        self.results.append((entry, Stage.DONE, None))
        if entry.step.act is not Act.TAG:
            self.changed_folders.add(entry.step.target.rpartition(os.sep)[0])

    def complete(self) -> list[tuple[int, Made]]:
        """Wait until all copies are on the disk, read them back, and return what they are."""
        made = []
        for entry in list(self.copies):
            part = part_of(entry, self._batch)
            try:
                self._disk.flush(part)
                self._disk.verify(part, entry.step.source)
                made.append((entry.id, made_of(os.lstat(part))))
            except OSError as error:
                self._drop(entry, error)
        return made

    def put_in_place(self) -> None:
        """Give the copies their names; what was moved is then removed where it was."""
        for entry in list(self.copies):
            try:
                self._require_leader(entry)
                self._disk.rename(part_of(entry, self._batch), entry.step.target)
            except OSError as error:
                self._drop(entry, error)
        for folder in {os.path.dirname(entry.step.target) for entry in self.copies}:
            self._disk.flush_folder(folder)
        for entry in self.copies:
            try:
                if entry.step.act is Act.MOVE:
                    require_unchanged(entry.step)
                    self.times[entry.id] = os.lstat(entry.step.target).st_mtime_ns
                    self._disk.remove(entry.step.source)
                self._note(entry)
            except OSError as error:  # it stays where it was, and nowhere else
                self._take_back(entry, sentence_of(error))

    def _take_back(self, entry: Entry, sentence: str) -> None:
        try:
            self._disk.remove(entry.step.target)
        except OSError:
            sentence += "; a copy of it is there all the same"
        self.fail(entry, sentence)

    def _require_leader(self, entry: Entry) -> None:
        failed = {one.id for one, stage, _ in self.results if stage is Stage.FAILED}
        if entry.step.leader in failed:
            raise OSError(0, LEADER_STAYED)

    def _drop(self, entry: Entry, error: OSError) -> None:
        self.copies.remove(entry)
        self.fail(entry, sentence_of(error))
        part = part_of(entry, self._batch)
        if os.path.lexists(part):
            self._disk.remove(part)


def part_of(entry: Entry, batch: int) -> str:
    """Return the temporary name of a copy, beside its target."""
    return _beside(entry.step.target, f".kitsort-{batch}-{entry.id}.part")


def between_of(entry: Entry, batch: int) -> str:
    """Return the name that a file has between two that differ in nothing but case."""
    return _beside(entry.step.target, f".kitsort-{batch}-{entry.id}.moving")


def _beside(path: str, name: str) -> str:
    return os.path.join(os.path.dirname(path), name)


def is_case_only(step: Step) -> bool:
    """Tell whether two names are one for some systems."""
    folder, _, source = step.source.rpartition(os.sep)
    if not step.target.startswith(folder):
        return False
    target_folder, _, target = step.target.rpartition(os.sep)
    return folder == target_folder and name_key(source) == name_key(target)


def require_unchanged(step: Step) -> None:
    """Raise an error unless the file is still the one that the plan was made for.

    For REMOVE that is the copy that is removed, and its original must be there.

    Raises
    ------
    OSError
    """
    if step.act is Act.REMOVE and not os.path.islink(step.target):
        os.stat(step.source)
    path = step.target if step.act is Act.REMOVE else step.source
    status = os.stat(path) if step.act is Act.COPY else os.lstat(path)
    if stat.S_ISDIR(status.st_mode):
        raise OSError(errno.EISDIR, "it is a folder by now")
    if status.st_size != step.size or status.st_mtime_ns != step.mtime_ns:
        raise OSError(0, "it has changed since the plan was made")


def is_as_planned(step: Step, status: os.stat_result) -> bool:
    """Tell whether a file at the target is what the step was to bring there."""
    is_as_old = abs(status.st_mtime_ns - step.mtime_ns) <= _GRAIN_NS
    return status.st_size == step.size and is_as_old


def sentence_of(error: OSError) -> str:
    """Return why a step failed, for people."""
    return _SENTENCES.get(error.errno or 0) or str(error.strerror or error)


def _chunks(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    first, size = 0, 0
    for position, entry in enumerate(entries):
        size += entry.step.size
        if position - first >= _MOST_STEPS or size > _MOST_BYTES:
            yield entries[first:position]
            first, size = position, entry.step.size
    if first < len(entries):
        yield entries[first:]

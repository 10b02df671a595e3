"""The library: all roots scanned, all samples looked into, and what came of it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from app.core.analysis import classify_all
from app.core.catalog.database import Database
from app.core.catalog.moves import forget_vanished, move_candidates, take_moves
from app.core.catalog.roots import Root, is_there, mark_offline
from app.core.catalog.samples import (
    Examined,
    Waiting,
    count_waiting,
    model_number,
    store,
    waiting,
)
from app.core.chunks import in_chunks
from app.core.content import content_id
from app.core.duplicates import prove_duplicates
from app.core.jobs import Job
from app.core.pool import WorkerPool
from app.core.scan import Looked, look
from classifier import AudioError, Model

# How long a chunk of files may take before its drive is taken for dead.
PATIENCE_S: Final = 60.0
# Written together: a commit costs as much as some ten files.
_BATCH_FILES: Final = 256
_BATCH_S: Final = 1.0
_ANALYSING: Final = "Analysing"
_GONE: Final = "The file is not there."


@dataclass(slots=True)
class Scanned:
    """What a scan has done.

    Attributes
    ----------
    looked : dict
        For each root by its path, what a look through it has found.
    analysed, problems, moved : int
        Samples that were looked into; of these, that could not be read; that were found elsewhere.
    offline : set of str
        Paths of roots that were not there, went away, or do not answer.
    """

    looked: dict[str, Looked] = field(default_factory=dict)
    analysed: int = 0
    problems: int = 0
    moved: int = 0
    offline: set[str] = field(default_factory=set)

    @property
    def unsupported(self) -> Counter[str]:
        """Files of formats that cannot be read, by extension."""
        return sum((looked.unsupported for looked in self.looked.values()), Counter())


def scan(
    database: Database,
    roots: Sequence[Root],
    model: Model,
    executor: Executor,
    job: Job,
    *,
    patience_s: float = PATIENCE_S,
) -> Scanned:
    """Bring the catalog up to date with some roots; what is finished stays finished.

    Raises
    ------
    CancelledError
        If the job is cancelled; the next scan goes on where this one was.
    CatalogError
        If the catalog cannot be written, or another program does so.
    """
    with database.writing("scanning"):
        scanned = Scanned()
        for root in roots:
            looked = scanned.looked[root.path] = look(database, root, job)
            if looked.is_offline:
                scanned.offline.add(root.path)
        online = [root for root in roots if root.path not in scanned.offline]
        scanned.moved = _find_moved(database, executor, job)
        forget_vanished(database)
        analyser = _Analyser(
            database,
            online,
            model=model,
            executor=executor,
            job=job,
            scanned=scanned,
            patience_s=patience_s,
        )
        analyser.go()
        prove_duplicates(database, job)
    return scanned


def _find_moved(database: Database, executor: Executor, job: Job) -> int:
    """Let files that lie elsewhere keep what is known of them, without a look into them."""
    moved = 0
    for contents in in_chunks(move_candidates(database), _contents, executor, job=job):
        moved += take_moves(database, contents)
    return moved


def _contents(samples: Sequence[Waiting]) -> list[tuple[Waiting, bytes]]:
    """Return those that can be read, with their identity."""
    found = []
    for sample in samples:
        try:
            found.append((sample, content_id(sample.path)))
        except OSError:
            continue
    return found


class _Analyser:
    """Looks into all samples that wait for it, and writes what comes in batches."""

    def __init__(
        self,
        database: Database,
        roots: Sequence[Root],
        *,
        model: Model,
        executor: Executor,
        job: Job,
        scanned: Scanned,
        patience_s: float,
    ) -> None:
        self._database = database
        self._roots = {root.id: root for root in roots}
        self._model = model
        self._executor = executor
        self._job = job
        self._scanned = scanned
        self._patience_s = patience_s
        self._number = model_number(database, model.card)
        self._held: list[Examined] = []
        self._written_at = time.monotonic()

    def go(self) -> None:
        total = count_waiting(self._database, self._number, list(self._roots))
        results = in_chunks(
            self._waiting(),
            partial(_examine, model=self._model),
            self._executor,
            job=self._job,
            patience_s=self._patience_s,
            give_up=self._leave_behind,
        )
        done = 0
        try:
            for chunk in results:
                self._take(chunk)
                done += len(chunk)
                self._job.step(_ANALYSING, done, total, chunk[-1].sample.path if chunk else "")
        finally:
            results.close()  # type: ignore[attr-defined]
            self._write()

    def _waiting(self) -> Iterator[Waiting]:
        """Yield what is to be looked into, but for drives that do not answer."""
        for sample in waiting(self._database, self._number, list(self._roots)):
            if sample.root in self._roots:
                yield sample

    def _take(self, results: Sequence[Examined]) -> None:
        for result in results:
            if self._is_lost(result):
                continue
            self._scanned.analysed += 1
            self._scanned.problems += isinstance(result.outcome, AudioError)
            self._held.append(result)
        late = time.monotonic() - self._written_at > _BATCH_S
        if len(self._held) >= _BATCH_FILES or (late and self._held):
            self._write()

    def _is_lost(self, result: Examined) -> bool:
        """Tell whether a file is gone because its drive is; it waits for the next scan."""
        root = self._roots.get(result.sample.root)
        if root is None:
            return True
        if result.content is None and isinstance(result.outcome, AudioError) and not is_there(root):
            self._give_up(root)
            return True
        return False

    def _give_up(self, root: Root) -> None:
        self._scanned.offline.add(root.path)
        self._roots.pop(root.id, None)
        mark_offline(self._database, root)

    def _leave_behind(self, chunk: list[Waiting]) -> list[Examined]:
        """Give up a drive that does not answer, with the thread that waits for it."""
        if isinstance(self._executor, WorkerPool):
            self._executor.add_thread()
        for number in {sample.root for sample in chunk} & set(self._roots):
            root = self._roots[number]
            self._scanned.offline.add(root.path)
            del self._roots[number]
        return []

    def _write(self) -> None:
        if self._held:
            held, self._held = self._held, []
            store(self._database, held, self._number)
        self._written_at = time.monotonic()


def _examine(samples: Sequence[Waiting], model: Model) -> list[Examined]:
    """Read, identify and name a chunk of files; what a thread of the pool does."""
    statuses = [_status(sample.path) for sample in samples]
    contents = [_content(sample.path) for sample in samples]
    outcomes = classify_all([sample.path for sample in samples], model)
    return [
        Examined(sample, *status, content, outcome)
        for sample, status, content, outcome in zip(
            samples, statuses, contents, outcomes, strict=True
        )
    ]


def _status(path: str) -> tuple[int, int]:
    """Return size and time before reading, so that a change meanwhile is seen the next time."""
    try:
        status = os.stat(path)
    except OSError:
        return 0, 0
    return status.st_size, status.st_mtime_ns


def _content(path: str) -> bytes | None:
    try:
        return content_id(path)
    except OSError:
        return None

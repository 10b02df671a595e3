"""The library: all roots scanned, all samples looked into, and what came of it."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import closing, suppress
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
from app.core.chunks import NoAnswerError, Pulse, in_chunks
from app.core.content import content_id
from app.core.duplicates import prove_duplicates
from app.core.jobs import Job
from app.core.placeholders import is_online_only
from app.core.pool import WorkerPool
from app.core.scan import Looked, look
from classifier import AudioError, Model

# How long a chunk of files may take before its drive is taken for dead.
PATIENCE_S: Final = 60.0
# Written together: a commit costs as much as some ten files.
_BATCH_FILES: Final = 256
_BATCH_S: Final = 1.0
_ANALYSING: Final = "Analysing"
_RECOGNISING: Final = "Recognising moved files"


@dataclass(slots=True)
class Scanned:
    """What a scan has done.

    Attributes
    ----------
    looked : dict
        For each root by its path, what a look through it has found.
    analysed, unread, moved : int
        Samples that were looked into; of these, those that cannot be read; that were found
        elsewhere.
    offline : set of str
        Paths of roots that were not there, went away, or do not answer.
    """

    looked: dict[str, Looked] = field(default_factory=dict)
    analysed: int = 0
    unread: int = 0
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
    stored: Callable[[list[int]], None] = lambda _: None,
) -> Scanned:
    """Bring the catalog up to date with some roots; what is finished stays finished.

    `stored` is told the samples that were looked into, once they are in the catalog.

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
        scanned.moved = _find_moved(database, executor, job, patience_s)
        forget_vanished(database)
        analyser = _Analyser(
            database,
            online,
            model=model,
            executor=executor,
            job=job,
            scanned=scanned,
            patience_s=patience_s,
            stored=stored,
        )
        analyser.go()
        prove_duplicates(database, job)
    return scanned


def _find_moved(database: Database, executor: Executor, job: Job, patience_s: float) -> int:
    """Let files that lie elsewhere keep what is known of them, without a look into them."""
    moved = looked = 0
    pulse = Pulse()
    work = partial(_contents, pulse=pulse)
    candidates = move_candidates(database)
    results = in_chunks(candidates, work, executor, job=job, patience_s=patience_s, pulse=pulse)
    with closing(results), suppress(NoAnswerError):  # they will be looked into as if new
        for contents, size in results:
            moved += take_moves(database, contents)
            looked += size
            job.step(_RECOGNISING, looked, len(candidates))
    return moved


def _contents(samples: Sequence[Waiting], pulse: Pulse) -> tuple[list[tuple[Waiting, bytes]], int]:
    """Return those that can be read, with their identity; and how many there were."""
    found = []
    for sample in samples:
        with suppress(OSError):
            found.append((sample, content_id(sample.path)))
        pulse.beat()
    return found, len(samples)


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
        stored: Callable[[list[int]], None],
    ) -> None:
        self._database = database
        self._roots = roots
        self._model = model
        self._executor = executor
        self._job = job
        self._scanned = scanned
        self._patience_s = patience_s
        self._stored = stored
        self._number = model_number(database, model.card)
        self._done = self._total = 0
        self._held: list[Examined] = []
        self._written_at = time.monotonic()

    def go(self) -> None:
        self._total = count_waiting(self._database, self._number, [r.id for r in self._roots])
        try:
            for root in self._roots:
                self._go_through(root)
        finally:
            self._write()

    def _go_through(self, root: Root) -> None:
        """Look into a root's samples, unless it goes away or does not answer."""
        pulse = Pulse()
        results = in_chunks(
            waiting(self._database, self._number, [root.id]),
            partial(_examine, model=self._model, pulse=pulse),
            self._executor,
            job=self._job,
            patience_s=self._patience_s,
            pulse=pulse,
        )
        with closing(results):
            try:
                for chunk in results:
                    if any(_has_failed(one) for one in chunk) and not is_there(root):
                        self._give_up(root)
                        return
                    self._take(chunk)
                    self._job.step(_ANALYSING, self._done, self._total, chunk[-1].sample.path)
            except NoAnswerError:
                if isinstance(self._executor, WorkerPool):
                    self._executor.replace_busy()
                self._give_up(root)

    def _take(self, results: Sequence[Examined]) -> None:
        self._done += len(results)
        self._scanned.analysed += len(results)
        self._scanned.unread += sum(map(_has_failed, results))
        self._held += results
        is_late = time.monotonic() - self._written_at > _BATCH_S
        if len(self._held) >= _BATCH_FILES or is_late:
            self._write()

    def _give_up(self, root: Root) -> None:
        """Leave what waits to the next scan: the drive is gone, and not the files."""
        self._scanned.offline.add(root.path)
        mark_offline(self._database, root)

    def _write(self) -> None:
        if self._held:
            held, self._held = self._held, []
            store(self._database, held, self._number)
            self._stored([one.sample.id for one in held])
        self._written_at = time.monotonic()


def _has_failed(result: Examined) -> bool:
    return isinstance(result.outcome, AudioError)


def _examine(samples: Sequence[Waiting], model: Model, pulse: Pulse) -> list[Examined]:
    """Identify and name a chunk of files; what a thread of the pool does."""
    here = [sample for sample in samples if not _is_online_only(sample.path)]
    contents = []
    for sample in here:
        contents.append(_content(sample.path))
        pulse.beat()
    outcomes = classify_all([sample.path for sample in here], model)
    pulse.beat()
    found = {
        sample.id: Examined(sample, content, outcome)
        for sample, content, outcome in zip(here, contents, outcomes, strict=True)
    }
    return [found.get(sample.id, Examined(sample, None, None)) for sample in samples]


def _is_online_only(path: str) -> bool:
    """Look again: since the folder was listed, the file may have been sent away."""
    try:
        return is_online_only(os.stat(path))
    except OSError:  # reading it will say so
        return False


def _content(path: str) -> bytes | None:
    try:
        return content_id(path)
    except OSError:
        return None

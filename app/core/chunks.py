"""Work on many items by an executor: in chunks, in order, with bounded memory."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import suppress
from itertools import islice
from typing import Final, TypeVar

from app.core.jobs import Job

CHUNK: Final = 16
# Chunks handed out ahead of the one that is waited for: enough that no thread of a large pool
# idles behind a slow file, few enough that memory stays flat.
AHEAD: Final = 64
# How often somebody who waits looks whether he shall stop.
_BEAT_S: Final = 0.1

Item = TypeVar("Item")
Result = TypeVar("Result")


class NoAnswerError(Exception):
    """Work hangs, most likely on a drive that is dead."""


class Pulse:
    """When work last went on, as the threads that do it tell."""

    def __init__(self) -> None:
        self.at = time.monotonic()

    def beat(self) -> None:
        """Say that something was done."""
        self.at = time.monotonic()


def in_chunks(
    items: Iterable[Item],
    work: Callable[[list[Item]], Result],
    executor: Executor,
    *,
    ahead: int = AHEAD,
    job: Job | None = None,
    patience_s: float = float("inf"),
    pulse: Pulse | None = None,
) -> Generator[Result]:
    """Yield what `work` makes of each chunk of the items, in their order.

    Items are drawn as the work goes on. Closing the iterator cancels what has not begun.

    Parameters
    ----------
    items : iterable
    work : callable
        What an executor does with a chunk; picklable, if it is one of processes.
    executor : Executor
    ahead : int
        Chunks handed out at a time.
    job : Job, optional
        While it is paused nothing more is handed out.
    patience_s : float
        How long one chunk is waited for while nothing goes on, pauses not counted.
    pulse : Pulse, optional
        That `work` beats; without one, only a chunk that is done counts as going on.

    Raises
    ------
    CancelledError
        If the job is cancelled.
    NoAnswerError
        If a chunk was not done by then; it is left behind, and what others were done with
        has been yielded.
    """
    chunks = _chunks(items)
    handed_out: deque[Future[Result]] = deque()
    try:
        while True:
            if job:
                job.check()
            for chunk in islice(chunks, ahead - len(handed_out)):
                handed_out.append(executor.submit(work, chunk))
            if not handed_out:
                return
            future = handed_out.popleft()
            if not _is_done_in_time(future, job, patience_s, pulse or Pulse()):
                yield from [one.result() for one in handed_out if one.done()]
                raise NoAnswerError
            yield future.result()
    finally:
        for future in handed_out:
            future.cancel()


def _chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _is_done_in_time(
    future: Future[Result], job: Job | None, patience_s: float, pulse: Pulse
) -> bool:
    pulse.beat()
    while not future.done():
        if time.monotonic() - pulse.at > patience_s:
            return False
        with suppress(TimeoutError):
            future.exception(timeout=_BEAT_S)
        if job:
            if job.is_paused:
                job.check()
                pulse.beat()
            job.check()
    return True

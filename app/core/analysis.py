"""Analysing many files on a pool of threads, in chunks, in order, with bounded memory."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from itertools import islice
from typing import Final

from app.core.walk import Found
from classifier import Analysis, AudioError, Model, classify

CHUNK: Final = 16
# Chunks handed out ahead of the one that is waited for: enough that no thread of a large pool
# idles behind a slow file, few enough that memory stays flat.
AHEAD: Final = 64

_log = logging.getLogger(__name__)

Result = tuple[str, Analysis | AudioError]


def analyse(
    found: Iterable[Found], model: Model, executor: Executor, *, ahead: int = AHEAD
) -> Iterator[Result]:
    """Yield each path with its analysis, or with the sentence that says why there is none.

    In the order of `found`, which is drawn from as the work goes on. Any executor will do.
    Closing the iterator cancels what has not begun.
    """
    chunks = _chunks(found)
    waiting: deque[Future[list[Result]]] = deque()
    try:
        while True:
            for chunk in islice(chunks, ahead - len(waiting)):
                waiting.append(executor.submit(_analyse_chunk, chunk, model))
            if not waiting:
                return
            yield from waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _chunks(found: Iterable[Found]) -> Iterator[list[Found]]:
    iterator = iter(found)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _analyse_chunk(chunk: Sequence[Found], model: Model) -> list[Result]:
    readable = [item.path for item in chunk if item.problem is None]
    analyses = iter(_classify_all(readable, model))
    return [
        (item.path, next(analyses) if item.problem is None else AudioError(item.problem))
        for item in chunk
    ]


def _classify_all(paths: Sequence[str], model: Model) -> list[Analysis | AudioError]:
    """Classify a chunk; a fault of ours in one file costs that file, not its neighbours."""
    try:
        return classify(paths, model)
    except Exception as error:  # noqa: BLE001
        if len(paths) == 1:
            _log.exception("Analysing failed: %r", paths[0])
            kind = type(error).__name__
            return [AudioError(f"Kitsort failed on this file ({kind}); please report it.")]
        return [result for path in paths for result in _classify_all([path], model)]

"""Analysing many files on a pool of threads: in order, and a bad one costs only itself."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from functools import partial

from app.core.chunks import AHEAD, in_chunks
from app.core.walk import Found
from classifier import Analysis, AudioError, Model, classify

_log = logging.getLogger(__name__)

Result = tuple[str, Analysis | AudioError]


def analyse(
    found: Iterable[Found], model: Model, executor: Executor, *, ahead: int = AHEAD
) -> Iterator[Result]:
    """Yield each path with its analysis, or with the sentence that says why there is none.

    In the order of `found`, which is drawn from as the work goes on. Any executor will do.
    Closing the iterator cancels what has not begun.
    """
    for results in in_chunks(found, partial(_analyse_chunk, model=model), executor, ahead=ahead):
        yield from results


def _analyse_chunk(chunk: Sequence[Found], model: Model) -> list[Result]:
    readable = [item.path for item in chunk if item.problem is None]
    analyses = iter(classify_all(readable, model))
    return [
        (item.path, next(analyses) if item.problem is None else AudioError(item.problem))
        for item in chunk
    ]


def classify_all(paths: Sequence[str], model: Model) -> list[Analysis | AudioError]:
    """Classify a chunk; a fault of ours in one file costs that file, not its neighbours."""
    try:
        return classify(paths, model)
    except Exception as error:  # noqa: BLE001
        if len(paths) == 1:
            _log.exception("Analysing failed: %r", paths[0])
            kind = type(error).__name__
            return [AudioError(f"Kitsort failed on this file ({kind}); please report it.")]
        return [result for path in paths for result in classify_all([path], model)]

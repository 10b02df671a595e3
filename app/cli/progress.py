"""Progress on standard error, and none where that is no terminal."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_STANDARD_ERROR: Final = 2
_LOG_EVERY_S: Final = 30.0
# What is being done, how much of it is done, how much there is (0: not known yet).
Report = Callable[[str, int, int], None]


@contextmanager
def libraries_hushed() -> Iterator[None]:
    """Keep off the terminal what C libraries write to standard error.

    The MP3 decoder remarks on every damaged frame; our rows say what is wrong with a file.
    """
    try:
        is_real = sys.stderr.fileno() == _STANDARD_ERROR
    except (AttributeError, OSError):  # none, or one that a test has put in its place
        is_real = False
    if not is_real:
        yield
        return
    ours = sys.stderr
    kept = os.dup(_STANDARD_ERROR)
    with open(kept, "w", encoding=ours.encoding, errors=ours.errors) as own:  # noqa: PTH123
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), _STANDARD_ERROR)
        sys.stderr = own
        try:
            yield
        finally:
            own.flush()
            os.dup2(kept, _STANDARD_ERROR)
            sys.stderr = ours


def _say_nothing(_text: str, _done: int, _total: int) -> None:
    """Where nobody looks."""


class _Log:
    """Writes a line at most every half minute, and at the end of each piece of work."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def report(self, text: str, done: int, total: int) -> None:
        """Say how far the work is, if it is time."""
        if time.monotonic() >= self._next_s or done == total:
            self._next_s = time.monotonic() + _LOG_EVERY_S
            sys.stderr.write(f"{text} ({done:,} of {total:,})\n")
            sys.stderr.flush()


@contextmanager
def progress(*, log: bool = False, is_silent: bool = False) -> Iterator[Report]:
    """Give a function that shows how far the work is.

    With `log`, where standard error is no terminal, it writes a line there now and then: for
    work of many minutes, whose output goes to a file. With `is_silent` there is none anywhere.
    """
    if is_silent:
        yield _say_nothing
        return
    if not sys.stderr.isatty():
        yield _Log().report if log else _say_nothing
        return
    # Loaded only where there is somebody to look at it: rich costs as much as a small job.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(text: str, done: int, total: int) -> None:
            bar.update(task, description=text, completed=done, total=total or None)

        yield report

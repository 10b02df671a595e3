"""Progress on standard error, and none where that is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# What is being done, how much of it is done, how much there is (0: not known yet).
Report = Callable[[str, int, int], None]


@contextmanager
def progress() -> Iterator[Report]:
    """Give a function that shows how far the work is."""
    if not sys.stderr.isatty():
        yield lambda _text, _done, _total: None
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

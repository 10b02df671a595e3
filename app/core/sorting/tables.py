"""Plans and batches as CSV: every file of them, for other programs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from app.core.new_file import new_text
from app.core.sorting.journal import Entry
from app.core.sorting.steps import Plan

PLAN_COLUMNS: Final = ("action", "source", "target", "reason")
ENTRY_COLUMNS: Final = ("batch", "action", "source", "target", "stage", "reason", "sentence")


def plan_rows(plan: Plan) -> Iterator[Sequence[Any]]:
    """Yield every step of a plan, then what stays, as ``PLAN_COLUMNS``."""
    for step in plan.steps:
        yield step.act.name.lower(), step.source, step.target, step.reason
    for left in plan.left:
        yield "stay", left.path, "", left.reason


def entry_row(batch: int, entry: Entry) -> Sequence[Any]:
    """Return a step of a batch, and what came of it, as ``ENTRY_COLUMNS``."""
    step, stage = entry.step, entry.stage.name.lower()
    found = (batch, step.act.name.lower(), step.source, step.target, stage, step.reason)
    return *found, entry.sentence


def write_table(file: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows into a new CSV file; names that are no Unicode as the bytes they are.

    Raises
    ------
    AppError
        If it cannot be written, or is there already: nothing is overwritten.
    """
    with new_text(file) as out:
        lines = csv.writer(_Lines(out))
        lines.writerow(columns)
        lines.writerows(["" if cell is None else cell for cell in row] for row in rows)


class _Lines:
    """Ends lines as everywhere else; the usual ending of CSV makes it quote line breaks."""

    def __init__(self, out: Any) -> None:
        self._out = out

    def write(self, line: str) -> object:
        """Write one line."""
        return self._out.write(line.removesuffix("\r\n") + "\n")

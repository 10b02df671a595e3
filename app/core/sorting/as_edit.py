"""A sort as a step that the user took: taken back, and done again, like any other."""

from __future__ import annotations

from dataclasses import dataclass

from app.core.catalog.database import Database
from app.core.edits import Change, Edit
from app.core.errors import AppError
from app.core.jobs import Job
from app.core.sorting.batch import apply
from app.core.sorting.planning import plan_undo
from app.core.sorting.transfer import Disk


@dataclass(slots=True)
class SortEdit(Edit):
    """A batch that was applied already, as an `Edit`.

    Attributes
    ----------
    batch : int
        The newest batch of it: the sort, or what took it back, and so on in turn. Undo and redo
        are the same, the plan that takes this one back.
    """

    batch: int = 0


def sort_edit(title: str, batch: int, disk: Disk) -> SortEdit:
    """Return a batch as an edit whose first `do` has nothing more to do."""
    is_done = True

    def do(database: Database) -> None:
        nonlocal is_done
        if is_done:
            is_done = False
        else:
            _turn(database, edit, disk)

    edit = SortEdit(title, do, lambda database: _turn(database, edit, disk), Change.SAMPLES)
    edit.batch = batch
    return edit


def _turn(database: Database, edit: SortEdit, disk: Disk) -> None:
    """Take the newest batch back; what has changed since stays, and is told."""
    plan = plan_undo(database, edit.batch)
    if plan.obstacles:
        raise AppError(" ".join(plan.obstacles))
    edit.failed += [f"{left.path}: It stays as it is: {left.reason}." for left in plan.left]
    if plan.steps:
        outcome = apply(database, plan, disk, Job())
        edit.failed += [f"{path}: {reason}." for path, reason in outcome.failed]
        edit.batch = outcome.batch

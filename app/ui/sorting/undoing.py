"""Sorts among the steps that the user took: which is the last one, and which was taken back."""

from __future__ import annotations

from collections.abc import Callable

from app.core.catalog.database import Database
from app.core.edits import Edit, Edits
from app.core.sorting.as_edit import SortEdit
from app.ui.library import Library
from app.ui.tasks import ignore


def look_at_last(library: Library, show: Callable[[Edit | None], None], *, undone: bool) -> None:
    """Show the step that undo, or redo, would turn; asked after all that is on its way."""
    library.with_edits(lambda edits, _: edits.last(undone=undone), show)


def note_turned(library: Library, edit: SortEdit, before: int, batch: int) -> None:
    """Note that a sort was taken back, or done again, by a batch of its own.

    Parameters
    ----------
    edit : SortEdit
        To be noted as a new step if it is about a batch that is none of the known ones.
    before, batch : int
        The batch that was taken back, and the one that did it.
    """

    def is_it(known: Edit) -> bool:
        return isinstance(known, SortEdit) and known.batch == before

    def work(edits: Edits, database: Database) -> None:
        known = edits.turn(is_it)
        if isinstance(known, SortEdit):
            known.batch = batch
        else:
            edits.do(database, edit)

    library.with_edits(work, ignore)

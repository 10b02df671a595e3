"""Sorting, as the window holds it: opened, done at once, taken back, brought to an end."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog, QWidget
from shiboken6 import isValid

from app.core.catalog.database import Database
from app.core.catalog.roots import place_of
from app.core.edits import Edit
from app.core.errors import AppError
from app.core.sorting.as_edit import SortEdit, sort_edit
from app.core.sorting.choice import SortChoice
from app.core.sorting.journal import Batch, unfinished
from app.core.sorting.planning import plan_sort, plan_undo, require_ready
from app.core.sorting.preview import Preview
from app.core.sorting.steps import Act, Plan
from app.core.sorting.transfer import Disk
from app.core.sorting.wording import DOING, result, title_of, verbs_of
from app.core.wording import counted
from app.ui.library import Library
from app.ui.sorting.history_dialog import HistoryDialog
from app.ui.sorting.plan_dialog import PlanDialog
from app.ui.sorting.recovery_dialog import RecoveryDialog
from app.ui.sorting.sorter import Applied, Sorter
from app.ui.sorting.toast import Toast
from app.ui.sorting.undoing import look_at_last, note_turned
from app.ui.theme import Colours
from classifier import UNSURE

# More than that is looked through before it is done.
_AT_ONCE: Final = 100
_COPIES: Final = frozenset({Act.COPY, Act.HARDLINK, Act.SYMLINK})
SCANNING: Final = "Wait for the scan to end, or stop it first."
SORTING: Final = "Wait for the sort to end, or stop it first."


class Sorting(QObject):
    """What the user does with plans and batches.

    Attributes
    ----------
    choice : SortChoice
        How he sorted last.
    sorter : Sorter
    toast : Toast

    Signals
    -------
    said(str, bool)
        One sentence; whether it is a warning.
    settings_changed(object)
        A `SortChoice`, to be kept.
    """

    said = Signal(str, bool)
    settings_changed = Signal(object)

    def __init__(
        self, library: Library, window: QWidget, disk: Disk, choice: SortChoice, colours: Colours
    ) -> None:
        super().__init__(window)
        self.choice = choice
        self._library, self._window, self._disk = library, window, disk
        self._colours = colours
        self._dialogs: list[QDialog] = []
        self._waiting: list[int] = []
        self._is_own_scan = False  # of what was just copied into the library
        self._is_at_it = False  # at a sort without a dialog, from its plan to its end
        self.sorter = Sorter(library, disk, self)
        self.toast = Toast(window)
        self.sorter.applied.connect(self._on_applied)
        self.sorter.broke.connect(library.reload)
        self.sorter.progressed.connect(self._on_progress)
        library.scan_ended.connect(self._on_scan_ended)

    @property
    def is_busy(self) -> bool:
        """Whether files are being touched: nothing is to be scanned meanwhile."""
        return self.sorter.is_applying

    def why_not(self) -> str | None:
        """Return why nothing can be sorted now, if so."""
        if self._library.is_scanning:
            return SCANNING
        return SORTING if self.sorter.is_applying else None

    def _may(self) -> bool:
        why_not = self.why_not()
        if why_not:
            self.said.emit(why_not, True)
        return why_not is None

    # --- with a dialog ------------------------------------------------------------------------

    def open(self, ids: Sequence[int] | None, title: str) -> None:
        """Show what sorting some samples, or all, would do.

        Parameters
        ----------
        ids : sequence of int or None
        title : str
            What they are: "3 samples", "Kick", "the whole library".
        """
        if ids is not None and not len(ids):
            self.said.emit("There is nothing to sort here.", True)
        elif self._may():
            self._unless_interrupted(lambda: self._open(ids, title))

    def _open(self, ids: Sequence[int] | None, title: str) -> None:
        dialog = self._plan_dialog()
        dialog.sort(ids, title, self.choice, self._library.rows.threshold)
        dialog.open()

    def _plan_dialog(self) -> PlanDialog:
        self.toast.hide()
        dialog = PlanDialog(self._front(), self.sorter, self._colours, self.why_not)
        dialog.agreed.connect(self._on_agreed)
        self._dialogs.append(dialog)
        return dialog

    def _front(self) -> QWidget:
        """Return the window, or the dialog that is before it."""
        self._dialogs = [one for one in self._dialogs if isValid(one) and one.isVisible()]
        return self._dialogs[-1] if self._dialogs else self._window

    def _on_agreed(self, choice: SortChoice) -> None:
        self.choice = choice
        self.settings_changed.emit(choice)

    def show_history(self) -> None:
        """Show what was sorted."""
        dialog = HistoryDialog(self._front(), self.sorter, self._colours)
        dialog.undo_asked.connect(self._open_undo)
        self._dialogs.append(dialog)
        dialog.open()

    def _open_undo(self, batch: Batch) -> None:
        if not self._may():
            return
        if batch.is_open:
            self._ask_recovery(batch)
        else:
            self._show_undo(batch.id, title_of(batch))

    def _show_undo(self, batch: int, title: str) -> None:
        dialog = self._plan_dialog()
        dialog.undo(batch, title)
        dialog.open()

    # --- what was interrupted -----------------------------------------------------------------

    def offer_recovery(self) -> None:
        """If a sort was interrupted, ask whether it is finished or put back."""
        self._unless_interrupted(lambda: None)

    def _unless_interrupted(self, go_on: Callable[[], None]) -> None:
        def show(batch: Batch | None) -> None:
            if batch is not None and not self.sorter.is_applying:
                self._ask_recovery(batch)
            else:
                go_on()

        self.sorter.ask(self, unfinished, show, self._fail)

    def _ask_recovery(self, batch: Batch) -> None:
        dialog = RecoveryDialog(self._front(), self.sorter, self._colours, batch, self.why_not)
        self._dialogs.append(dialog)
        dialog.open()

    # --- at once ------------------------------------------------------------------------------

    def sort_now(self, ids: Sequence[int]) -> None:
        """Sort samples as was done last; those that come meanwhile, after it.

        The plan is shown first where there is something to know of it, where there are many, and
        where the user has not said yet how he sorts.
        """
        if not len(ids):
            return
        if not self.choice.is_complete or len(ids) > _AT_ONCE:
            self.open(ids, counted(len(ids)))
        elif self._library.is_scanning and not self._is_own_scan:
            self.said.emit(SCANNING, True)
        else:
            self._waiting += [number for number in ids if number not in self._waiting]
            self._sort_waiting()

    def _sort_waiting(self) -> None:
        if self._is_at_it or not self._waiting or self.why_not():
            return
        ids, self._waiting = self._waiting, []
        self._is_at_it = True
        try:
            rules = self.choice.rules(self._library.rows.threshold)
        except AppError:  # as kept by another version: the dialog says what is wrong
            self._give_way(ids)
            return

        def make(database: Database) -> Plan:
            require_ready(database, rules)
            return plan_sort(database, None, rules, ids)

        def show(preview: Preview) -> None:
            if preview.plan.obstacles or preview.plan.warnings:
                self._give_way(ids)
            elif preview.plan.steps:
                self._apply(preview)
            else:
                self._end_at_once()
                self.said.emit(_nothing_done(preview.plan), True)

        self.sorter.preview(self, make, show, self._fail_at_once)

    def _give_way(self, ids: Sequence[int]) -> None:
        """Let the dialog ask instead."""
        self._end_at_once()
        self.open(ids, counted(len(ids)))

    def _apply(self, preview: Preview) -> None:
        why_not = self.why_not()
        if why_not:
            self._fail_at_once(AppError(why_not))
            return
        self.sorter.apply(self, preview, self._show_done, self._fail_at_once)

    def _show_done(self, applied: Applied) -> None:
        self._end_at_once()
        plan, outcome = applied.plan, applied.outcome
        if plan is None:
            return
        text = result(plan, outcome.done)
        if outcome.failed:
            path, why = outcome.failed[0]
            more = f" (and {len(outcome.failed) - 1} more)" if len(outcome.failed) > 1 else ""
            self.said.emit(f"{path}{more}: It stays where it is: {why}.", True)
        if plan.undoes is not None or not outcome.done:
            self.toast.hide()
            self.said.emit(text, False)
            return
        batch = outcome.batch
        self.toast.say(text, "Undo", lambda: self.undo_batch(batch), keys="Ctrl+Z")

    def _on_progress(self) -> None:
        """Show how far a sort without a dialog is, if that takes a while."""
        progress = self.sorter.progress
        if self._is_at_it and progress is not None and progress.total:
            text = f"{progress.doing} · {progress.done:,} of {progress.total:,}"
            self.toast.say(text, "Stop", self.sorter.cancel, stays=True)

    def _end_at_once(self) -> None:
        self._is_at_it = False
        self._sort_waiting()

    def _fail_at_once(self, error: Exception) -> None:
        self.toast.hide()
        self._end_at_once()
        self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.said.emit(str(error), True)

    # --- back again ---------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the last step of any kind back."""
        self._turn_last(is_back=True)

    def redo(self) -> None:
        """Take a step again that was taken back."""
        self._turn_last(is_back=False)

    def _turn_last(self, *, is_back: bool) -> None:
        if self._is_at_it or self.sorter.is_applying:
            self.said.emit(SORTING, True)  # it is the last step, and not over
            return
        look_at_last(
            self._library, lambda edit: self._turn(edit, is_back=is_back), undone=not is_back
        )

    def _turn(self, edit: Edit | None, *, is_back: bool) -> None:
        if isinstance(edit, SortEdit):
            self.undo_batch(edit.batch)
        else:
            (self._library.undo if is_back else self._library.redo)()

    def undo_batch(self, batch: int) -> None:
        """Take a batch back at once; where something would stay, show it first."""
        if self._is_at_it or not self._may():
            return
        self._is_at_it = True
        self.toast.hide()

        def show(preview: Preview) -> None:
            plan = preview.plan
            if plan.obstacles or plan.left or not plan.steps:
                self._end_at_once()
                self._show_undo(batch, f"batch {batch}")
            else:
                self._apply(preview)

        self.sorter.preview(
            self, lambda database: plan_undo(database, batch), show, self._fail_at_once
        )

    # --- what follows -------------------------------------------------------------------------

    def _on_applied(self, applied: Applied) -> None:
        """Let the library show what was done, and undo know of it."""
        plan, outcome = applied.plan, applied.outcome
        if plan is not None and outcome.done:
            self._note(plan, applied)
            self.said.emit(result(plan, outcome.done), False)
        # What was copied into a folder of the library is new there.
        if _makes_files(plan) and place_of(self._library.roots, applied.destination):
            self._is_own_scan = True
            self._library.scan([applied.destination])
        else:
            self._library.reload()

    def _on_scan_ended(self) -> None:
        self._is_own_scan = False
        self._sort_waiting()

    def _note(self, plan: Plan, applied: Applied) -> None:
        batch = applied.outcome.batch
        edit = sort_edit(_title(plan, applied.outcome.done), batch, self._disk)
        if plan.undoes is None:
            self._library.edit(lambda _: edit, is_shown=True)
        elif not applied.outcome.is_cancelled:
            note_turned(self._library, edit, plan.undoes, batch)

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._colours = colours
        self._front()
        for dialog in self._dialogs:
            if isinstance(dialog, PlanDialog | HistoryDialog | RecoveryDialog):
                dialog.dress(colours)

    def close(self) -> bool:
        """Stop after the file that is at work; tell whether it has ended in time."""
        self._waiting.clear()
        return self.sorter.close()


def _makes_files(plan: Plan | None) -> bool:
    """Tell whether there may be files that the catalog knows nothing of."""
    return plan is None or any(step.act in _COPIES for step in plan.steps)


def _title(plan: Plan, done: int) -> str:
    """Return what was done as it reads after "Undo"."""
    doing = DOING[plan.rules.mode] if plan.undoes is None else "putting back"
    return f"{doing} {counted(done, 'file')}"


def _nothing_done(plan: Plan) -> str:
    """Return why there was nothing to do."""
    if plan.left:
        left = plan.left[0]
        more = f" (and {len(plan.left) - 1} more)" if len(plan.left) > 1 else ""
        is_unsure = left.reason == UNSURE.lower()
        hint = " Enter confirms what the sound says, 1 to 5 say what it is." if is_unsure else ""
        return f"{os.path.basename(left.path)}{more} stays where it is: {left.reason}.{hint}"
    if plan.in_place:
        return f"Nothing to do: {counted(plan.in_place, 'file')} {verbs_of(plan)[1]} already."
    return "It is not in the library any more."

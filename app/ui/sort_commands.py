"""Sorting as the window's keys and buttons ask for it; what does it is made when it is needed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.browsing.arrays import Ids
from app.core.browsing.filters import Filter
from app.core.sorting.steps import Mode
from app.core.wording import counted
from app.ui.browser import Browser
from app.ui.library import Library
from app.ui.sample_table import SampleTable
from app.ui.theme import Colours

if TYPE_CHECKING:
    from app.core.sorting.choice import SortChoice
    from app.core.sorting.journal import Batch
    from app.ui.sorting.controller import Sorting

# One that is chosen is only the one that is heard.
_SEVERAL: Final = 2


class SortCommands(QObject):
    """Sorts what is chosen or shown, and takes it back.

    Plans, previews and history are loaded with the first command: a start needs none of them.

    Signals
    -------
    said(str, bool)
        One sentence; whether it is a warning.
    choice_changed(object)
        A `SortChoice`, to be kept.
    """

    said = Signal(str, bool)
    choice_changed = Signal(object)

    def __init__(
        self, library: Library, table: SampleTable, browser: Browser, window: QWidget
    ) -> None:
        super().__init__(window)
        self._library, self._table, self._browser = library, table, browser
        self._window = window
        self._kept: tuple[tuple[str, str], ...] = ()
        self._colours: Colours | None = None
        self._made: Sorting | None = None

    def restore(self, kept: tuple[tuple[str, str], ...], colours: Colours) -> None:
        """Sort as it was done last."""
        self._kept = kept
        self.dress(colours)
        if self._made is not None:
            self._made.choice = self.choice_of(kept)

    @staticmethod
    def choice_of(kept: tuple[tuple[str, str], ...]) -> SortChoice:
        """Return what was kept of a choice."""
        from app.core.sorting.choice import SortChoice  # noqa: PLC0415 - after the first picture

        return SortChoice.from_texts(kept)

    @property
    def choice(self) -> SortChoice:
        """Return how the next sort will be made."""
        return self._made.choice if self._made is not None else self.choice_of(self._kept)

    @property
    def sorting(self) -> Sorting:
        """Return what sorts."""
        if self._made is None:
            from app.core.sorting.transfer import Disk  # noqa: PLC0415
            from app.ui.sorting.controller import Sorting  # noqa: PLC0415

            if self._colours is None:
                raise RuntimeError("sorting was asked for before the window was dressed")
            self._made = Sorting(self._library, self._window, Disk(), self.choice, self._colours)
            self._made.said.connect(self.said)
            self._made.settings_changed.connect(self.choice_changed)
        return self._made

    def open(self) -> None:
        """Plan for what `scope` says."""
        ids, wanted = self.scope(), self._browser.wanted
        if ids is None:
            self.sorting.open(None, "the whole library")
        else:
            is_bucket = self._table.count_chosen() < _SEVERAL and wanted == Filter(wanted.bucket)
            self.sorting.open(ids.tolist(), str(wanted.bucket) if is_bucket else counted(len(ids)))

    def scope(self) -> Ids | None:
        """Return what would be sorted: several that are chosen; else what is shown.

        None for the whole library.
        """
        if self._table.count_chosen() >= _SEVERAL:
            return self._table.chosen_ids()
        return None if self._browser.wanted == Filter() else self._table.shown_ids()

    def now(self) -> None:
        """Sort what is chosen as it was done last."""
        chosen = self._table.chosen_ids().tolist()
        if chosen:
            self.sorting.sort_now(chosen)
        else:
            self.said.emit("Choose a sample first.", False)

    def row_now(self, row: int) -> None:
        """Sort a row of the library; if it is chosen, all that is."""
        number = int(self._library.rows.ids[row])
        chosen = self._table.chosen_ids().tolist()
        self.sorting.sort_now(chosen if number in chosen else [number])

    def into(self, folder: str, ids: list[int]) -> None:
        """Plan to sort samples into a folder."""
        self.sorting.choice = replace(self.choice, destination=folder)
        self.sorting.open(ids, counted(len(ids)))

    def offer_undo(self, sentence: str) -> None:
        """Say what was just done with many samples, and how it is taken back."""
        self.sorting.toast.say(sentence, "Undo", self._undo_from_toast, keys="Ctrl+Z")

    def _undo_from_toast(self) -> None:
        self.sorting.toast.hide()
        self.undo()

    def describe(self) -> str:
        """Return what `row_now` would do."""
        choice = self.choice
        if not choice.is_complete:
            return "Sort it: shows first where it goes"
        if choice.mode is Mode.TAG:
            return "Tag it with its instrument (M)"
        return f"{choice.mode.capitalize()} it into its folder in {choice.destination} (M)"

    def undo(self) -> None:
        """Take the last step of any kind back."""
        self.sorting.undo()

    def redo(self) -> None:
        """Do it again."""
        self.sorting.redo()

    def show_history(self) -> None:
        """List what was sorted."""
        self.sorting.show_history()

    def look_for_broken(self) -> None:
        """Offer to bring a sort to its end that was interrupted, if there is one."""
        from app.core.sorting.journal import unfinished  # noqa: PLC0415

        self._library.read_with(unfinished, self._offer)

    def _offer(self, batch: Batch | None) -> None:
        if batch is not None:
            self.sorting.offer_recovery()

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._colours = colours
        if self._made is not None:
            self._made.dress(colours)

    def close(self) -> bool:
        """Stop what is under way; tell whether it has ended in time."""
        return self._made is None or self._made.close()

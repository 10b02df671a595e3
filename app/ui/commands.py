"""What the user can do with samples, one method each; the keys and the menus call them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from app.core.browsing.arrays import Positions
from app.core.catalog.columns import contents_of
from app.core.catalog.database import Database
from app.core.catalog.marks import comments_among
from app.core.edits import Edit, commenting, correcting, favouring, tagging, trashing
from app.core.wording import counted
from app.ui.browser import Browser
from app.ui.dialogs import TagDialog, ask
from app.ui.library import Library
from app.ui.reveal import reveal
from app.ui.sample_model import SampleModel
from app.ui.sample_table import SampleTable
from classifier import LABELS

_CLEARED: Final = -1


class Commands(QObject):
    """Acts on the samples that are chosen in the table.

    Attributes
    ----------
    advances : bool
        Whether correcting goes on to the next row.

    Signals
    -------
    said(str, bool)
        What was done, or why not; whether it is a warning.
    corrected(list)
        Numbers of samples of which something else is said now.
    """

    said = Signal(str, bool)
    corrected = Signal(list)
    said_of_many = Signal(str)

    def __init__(
        self, library: Library, table: SampleTable, browser: Browser, model: SampleModel
    ) -> None:
        super().__init__()
        self.advances = True
        self._library, self._table, self._browser, self._model = library, table, browser, model

    def correct(self, code: int) -> None:
        """Say of all chosen samples that they are an instrument, or Other."""
        self._say_all(self._sayable(), code)

    def correct_samples(self, ids: Sequence[int], code: int) -> None:
        """Say of samples that they are an instrument, or Other: they were dropped on it."""
        self._say_all(self._sayable(self._library.rows.rows_of(ids)), code, stays=True)

    def _say_all(self, rows: Positions, code: int, *, stays: bool = False) -> None:
        codes = np.full(len(rows), code, np.int8)
        self._say(rows, codes, f"{LABELS[code]}, as you said", stays=stays)

    def favour_samples(self, ids: Sequence[int]) -> None:
        """Make samples favourites."""
        rows = self._library.rows.rows_of(ids).tolist()
        self._favour([row for row in rows if not self._library.rows.is_favourite[row]])

    def confirm(self) -> None:
        """Say of all chosen samples that they are what they sound like."""
        rows = self._sayable()
        self._say(rows, self._library.rows["label"][rows], "confirmed")

    def take_back(self) -> None:
        """Take back what was said of all chosen samples."""
        chosen = self._table.chosen()
        rows = chosen[self._library.rows.correction[chosen] >= 0]
        if not len(rows):
            self.said.emit("You have said nothing of it yet.", False)
            return
        self._say(rows, np.full(len(rows), _CLEARED, np.int8), "as the sound says", stays=True)

    def _sayable(self, among: Positions | None = None) -> Positions:
        """Return the chosen rows that were looked into; of others nobody knows the content."""
        chosen = self._table.chosen() if among is None else among
        if not len(chosen):
            self.said.emit("Choose a sample first.", False)
        rows = chosen[self._library.rows["label"][chosen] >= 0]
        if len(rows) < len(chosen):
            left = counted(len(chosen) - len(rows))
            self.said.emit(f"{left} cannot be corrected: nobody could look into it yet.", True)
        return rows

    def _say(
        self, rows: Positions, codes: NDArray[np.int8], done: str, *, stays: bool = False
    ) -> None:
        if not len(rows):
            return
        ids = self._library.rows.ids[rows].tolist()
        before = self._library.rows.correction[rows].tolist()
        self._browser.keep(ids)
        self._library.rows.correct(ids, codes)
        self._browser.count_again()
        self._table.repaint_rows()
        make = partial(self._correction, ids, codes.tolist(), before)
        self._library.edit(make, is_shown=True)
        sentence = f"{_named(self._model, rows.tolist())}: {done}."
        self.said.emit(sentence, False)
        if len(ids) > 1:
            self.said_of_many.emit(sentence)
        if self.advances and not stays:
            self._table.go_after_chosen()
        self.corrected.emit(ids)

    def _correction(
        self, ids: Sequence[int], codes: Sequence[int], before: Sequence[int], database: Database
    ) -> Edit:
        contents = self._contents(ids, database)
        after, earlier = (
            {
                contents[number]: LABELS[code] if code >= 0 else None
                for number, code in zip(ids, said, strict=True)
                if number in contents
            }
            for said in (codes, before)
        )
        edit = correcting(after, earlier, len(ids))
        edit.place = ids[0] if len(ids) == 1 else None
        return edit

    def _contents(self, ids: Sequence[int], database: Database) -> dict[int, bytes]:
        """Return what samples hold; what is not in memory yet is read."""
        known = self._library.rows.contents
        found = {number: known[number] for number in ids if number in known}
        missing = [number for number in ids if number not in found]
        return found | dict(contents_of(database, missing)) if missing else found

    def favour(self) -> None:
        """Make the chosen samples favourites; if all of them are, take that off."""
        self._favour(self._table.chosen_rows())

    def favour_row(self, row: int) -> None:
        """Turn one sample's star."""
        self._favour([row])

    def _favour(self, rows: Sequence[int]) -> None:
        marks = self._library.rows.is_favourite
        is_favourite = not all(marks[row] for row in rows)
        changing = [row for row in rows if marks[row] != is_favourite]
        if not changing:
            return
        marks[changing] = is_favourite
        self._browser.keep(self._library.rows.ids[changing].tolist())
        paths = [self._library.rows.path(row) for row in changing]
        self._table.repaint_rows()
        self._browser.count_again()
        self._library.edit(lambda _: favouring(paths, is_favourite=is_favourite), is_shown=True)

    def write_tags(self, parent: QWidget) -> None:
        """Ask for tags and a comment of the chosen samples."""
        rows = self._sayable().tolist()
        if not rows:
            return
        ids = self._library.rows.ids[rows].tolist()

        def read(database: Database) -> dict[bytes, str]:
            return comments_among(database, self._contents(ids, database).values())

        self._library.read_with(read, partial(self._ask_tags, parent, rows))

    def _ask_tags(self, parent: QWidget, rows: list[int], comments: dict[bytes, str]) -> None:
        tags = [set(self._library.rows.tags.get(row, ())) for row in rows]
        common = sorted(set.intersection(*tags))
        said = set(comments.values())
        dialog = TagDialog(
            parent,
            f"Tags and comment · {_named(self._model, rows)}",
            common,
            said.pop() if len(said) == 1 else None,
        )
        dialog.accepted.connect(
            lambda: self._tag(list(comments), common, dialog, set(comments.values()))
        )
        dialog.open()

    def _tag(
        self, contents: list[bytes], before: list[str], dialog: TagDialog, comments: set[str]
    ) -> None:
        add, remove = set(dialog.tags) - set(before), set(before) - set(dialog.tags)
        if add or remove:
            self._library.edit(lambda database: tagging(database, contents, add=add, remove=remove))
        comment = dialog.comment
        if comment not in comments if len(comments) == 1 else bool(comment):
            self._library.edit(lambda database: commenting(database, contents, comment))

    def trash(self, parent: QWidget) -> None:
        """Move the files of the chosen samples to the trash; of several, after a question."""
        rows = self._table.chosen_rows()
        if self._library.is_scanning:
            self.said.emit("Wait for the scan to end, or stop it first.", True)
            return
        names = [self._library.rows.names[row] for row in rows[:3]]
        more = "\n".join([*names, "…"] if len(rows) > len(names) else names)
        question = f"Move {counted(len(rows), 'file')} to the trash?"
        if not rows or (len(rows) > 1 and not ask(parent, question, "Move to trash", more=more)):
            return
        files = {int(self._library.rows.ids[row]): self._library.rows.path(row) for row in rows}
        self._table.go_after_chosen()
        done = f"{_named(self._model, rows)}: moved to the trash. Ctrl+Z brings it back."
        from app.core.sorting.transfer import Disk  # noqa: PLC0415 - not needed to begin with

        self._library.edit(lambda _: trashing(files, Disk()), done=done)

    def reveal(self) -> None:
        """Show the current sample in the file manager."""
        row = self._table.current_row()
        if row is None:
            return
        path = self._library.rows.path(row)
        if not os.path.lexists(path):
            self.said.emit(f"{path}: The file is not there now.", True)
            return
        try:
            reveal(path)
        except OSError as error:
            self.said.emit(f"{path}: It cannot be shown ({error.strerror or error}).", True)

    def copy_paths(self) -> None:
        """Put the chosen files on the clipboard, as files and as their paths."""
        rows = self._table.chosen_rows()
        if rows:
            data = self._model.files(rows)
            data.setText("\n".join(self._library.rows.path(row) for row in rows))
            QGuiApplication.clipboard().setMimeData(data)
            self.said.emit(f"{_named(self._model, rows)}: copied.", False)


def _named(model: SampleModel, rows: Sequence[int]) -> str:
    """Return the one name, or how many."""
    return model.rows.names[rows[0]] if len(rows) == 1 else counted(len(rows))

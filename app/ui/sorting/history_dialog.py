"""What was sorted: every batch, every file of it, and the way back."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.catalog.database import Database
from app.core.sorting.journal import Batch, Entry, Stage, batches, entries
from app.core.sorting.steps import Act
from app.core.sorting.tables import ENTRY_COLUMNS, entry_row, write_table
from app.core.sorting.wording import ACTIONS, VERBS, state_of, title_of, when
from app.core.wording import counted
from app.ui.panels import ElidedLabel, button
from app.ui.sample_painter import plain, tip
from app.ui.search_field import WordField
from app.ui.sorting.listing import Lines, ListingModel, ListingTable
from app.ui.sorting.sorter import Sorter
from app.ui.theme import Colours, font

_SIZE: Final = (1040, 680)
_MARGIN: Final = 48
_FIND_MS: Final = 80
_BATCHES: Final = ("#", "When", "What", "Into", "Done", "Failed", "Since then")
_BATCH_WIDTHS: Final = (52, 150, 110, 1.0, 76, 76, 130)
_BATCH_FIGURES: Final = frozenset({0, 4, 5})
_FILES: Final = ("What came of it", "How", "Name", "From", "Goes to", "Why")
_FILE_WIDTHS: Final = (118, 80, 0.26, 0.26, 0.30, 0.18)
_STAGES: Final = {
    Stage.PLANNED: "not known",
    Stage.MADE: "not known",
    Stage.DONE: "done",
    Stage.FAILED: "failed",
    Stage.SKIPPED: "not done",
}


class HistoryDialog(QDialog):
    """Lists batches, the newest first, and all files of the one that is chosen.

    Attributes
    ----------
    batches : ListingTable
    files : ListingModel
    search : WordField
    undo, export : QPushButton

    Signals
    -------
    undo_asked(object)
        A `Batch` that is to be taken back; one that was interrupted, to be brought to its end.
    said(str, bool)
        One sentence; whether it is a warning.
    """

    undo_asked = Signal(object)
    said = Signal(str, bool)

    def __init__(self, parent: QWidget, sorter: Sorter, colours: Colours) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("History")
        self._sorter = sorter
        self._known: list[Batch] = []
        self._model = ListingModel(_BATCHES)
        self._model.figures = _BATCH_FIGURES
        self.batches = ListingTable(self._model, colours, _BATCH_WIDTHS, strong=2)
        self.batches.setAccessibleName("Batches")
        self.files = ListingModel(_FILES)
        self._table = ListingTable(self.files, colours, _FILE_WIDTHS, strong=2)
        self._table.setAccessibleName("Files of the batch")
        self.search = WordField("Find a file of this batch")
        self.search.left.connect(self._table.setFocus)
        self.undo = button("Undo…", "Shows first what would be put back")
        self.export = button("Export CSV…", "Every file of this batch, into a new file")
        self.close_button = button("Close", "Back to the library (Escape)", "main")
        self._finding = QTimer(self, singleShot=True, interval=_FIND_MS)
        self._arrange()
        self._connect()
        size = parent.window().size()
        self.resize(
            min(_SIZE[0], max(720, size.width() - _MARGIN)),
            min(_SIZE[1], max(480, size.height() - _MARGIN)),
        )
        self.reload()

    def _arrange(self) -> None:
        title = QLabel("History")
        title.setFont(font(17, bold=True))
        title.setContentsMargins(16, 14, 16, 8)
        self._nothing = QLabel("Nothing was sorted yet.")
        self._nothing.setObjectName("second")
        self._nothing.setFont(font(15))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name = ElidedLabel()
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setObjectName("heading")
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._said = QLabel()
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._said.setObjectName("second")
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.setContentsMargins(16, 12, 16, 8)
        head.setSpacing(10)
        self.search.setFixedSize(260, 30)
        for part, share in ((self._name, 1), (self.search, 0), (self.export, 0), (self.undo, 0)):
            head.addWidget(part, share)
        foot.setContentsMargins(16, 10, 16, 12)
        foot.addWidget(self._said, 1)
        foot.addWidget(self.close_button)
        for one in (self.undo, self.export):
            one.setFixedHeight(30)
        self.close_button.setMinimumSize(96, 34)
        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.batches, 2)
        column.addLayout(head)
        column.addWidget(self._table, 3)
        self._pages = QStackedWidget()
        self._pages.addWidget(full)
        self._pages.addWidget(self._nothing)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(title)
        whole.addWidget(self._pages, 1)
        whole.addLayout(foot)

    def _connect(self) -> None:
        self.batches.selectionModel().currentRowChanged.connect(lambda *_: self._show_batch())
        self._finding.timeout.connect(lambda: self.files.find(self.search.text()))
        self.search.textChanged.connect(lambda _: self._finding.start())
        self.undo.clicked.connect(self._ask_undo)
        self.export.clicked.connect(self._export)
        self.close_button.clicked.connect(self.reject)
        self._sorter.applied.connect(lambda _: self.reload())
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self.search.setFocus)
        for one in (self.undo, self.export, self.close_button):
            one.setAutoDefault(False)

    # --- what is shown ------------------------------------------------------------------------

    def reload(self) -> None:
        """Read all batches anew."""
        self._sorter.ask(self, batches, self._take, self._fail)

    def _take(self, known: list[Batch]) -> None:
        chosen = self.batch.id if self.batch else None
        self._known = known
        self._pages.setCurrentIndex(0 if known else 1)
        self._model.take(Lines([_batch_row(batch) for batch in known]))
        numbers = [batch.id for batch in known]
        if known:
            self.batches.selectRow(numbers.index(chosen) if chosen in numbers else 0)
        self._show_batch()

    @property
    def batch(self) -> Batch | None:
        """Return the batch that is chosen."""
        line = self.batches.currentIndex().row()
        return self._known[line] if 0 <= line < len(self._known) else None

    def _show_batch(self) -> None:
        batch = self.batch
        for part in (self.undo, self.export):
            part.setEnabled(batch is not None)
        self.files.take(Lines())
        if batch is None:
            return
        self._name.setText(plain(f"{batch.id} · {title_of(batch)}"))
        self.undo.setText("Finish or put back…" if batch.is_open else "Undo…")
        self.undo.setEnabled(batch.is_open or not batch.is_undone)
        number = batch.id

        def read(database: Database) -> Lines:
            found = entries(database, number)
            return Lines([_file_row(entry, batch.destination) for entry in found])

        def show(lines: Lines) -> None:
            if self.batch is not None and self.batch.id == number:
                self.files.take(lines)

        self._sorter.ask(self, read, show, self._fail)

    # --- what is done -------------------------------------------------------------------------

    def _ask_undo(self) -> None:
        if self.batch is not None:
            self.undo_asked.emit(self.batch)

    def _export(self) -> None:
        batch = self.batch
        if batch is None:
            return
        start = str(Path.home() / f"kitsort-batch-{batch.id}.csv")
        name, _ = QFileDialog.getSaveFileName(
            self,
            "Export as CSV",
            start,
            "CSV (*.csv)",
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if name:
            file = Path(name)
            self._sorter.ask(
                self,
                partial(_export, batch.id, file),
                lambda count: self._say(f"{counted(count, 'file')} listed in {file}."),
                self._fail,
            )

    def _say(self, text: str, *, is_warning: bool = False) -> None:
        self._said.setObjectName("warning" if is_warning else "second")
        self._said.style().unpolish(self._said)
        self._said.setText(plain(text))
        self._said.setToolTip(tip(text))
        self.said.emit(text, is_warning)

    def _fail(self, error: Exception) -> None:
        self._say(str(error), is_warning=True)

    @property
    def message(self) -> str:
        """Return what was said last."""
        return self._said.text()

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self.batches.dress(colours)
        self._table.dress(colours)


def _batch_row(batch: Batch) -> tuple[str, ...]:
    what = title_of(batch) if batch.undoes is not None else VERBS[batch.mode][0]
    done, failed = (batch.counts.get(stage, 0) for stage in (Stage.DONE, Stage.FAILED))
    figures = f"{done:,}", f"{failed:,}" if failed else ""
    return str(batch.id), when(batch), what, batch.destination, *figures, state_of(batch)


def _file_row(entry: Entry, destination: str) -> tuple[str, ...]:
    step = entry.step
    target = step.target.removeprefix(os.path.join(destination, "")) if destination else step.target
    why = f"{step.reason}: {entry.sentence}" if entry.sentence else step.reason
    # What is removed is the copy, and not what it was made of.
    file, target = (step.target, "") if step.act is Act.REMOVE else (step.source, target)
    folder, name = os.path.split(file)
    return _STAGES[entry.stage], ACTIONS[step.act], name, folder, target, why


def _export(number: int, file: Path, database: Database) -> int:
    found = entries(database, number)
    write_table(file, ENTRY_COLUMNS, (entry_row(number, entry) for entry in found))
    return len(found)

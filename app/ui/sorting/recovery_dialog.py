"""A sort that was interrupted: finished, or put back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.core.sorting.journal import Batch, Stage
from app.core.sorting.runner import Outcome
from app.core.sorting.wording import not_known_to_be_done, title_of, when
from app.core.wording import counted
from app.ui.panels import button
from app.ui.sample_painter import plain
from app.ui.sorting.pages import ProgressPage, SummaryPage
from app.ui.sorting.sorter import Applied, Sorter
from app.ui.theme import Colours, font

_SIZE: Final = (660, 300)
_BUTTON_PX: Final = 34


class RecoveryDialog(QDialog):
    """Asks what becomes of a batch that was interrupted, and does it.

    Attributes
    ----------
    finish, back, later : QPushButton
    summary : SummaryPage
    """

    def __init__(
        self,
        parent: QWidget,
        sorter: Sorter,
        colours: Colours,
        batch: Batch,
        why_not: Callable[[], str | None],
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("A sort was interrupted")
        self._sorter, self._batch, self._why_not = sorter, batch, why_not
        self.finish = button("Finish it", "Do the rest of it", "main")
        self.back = button("Put back what was done", "As it was before")
        self.later = button("Later", "Until then nothing else can be sorted (Escape)")
        self.progress, self.summary = ProgressPage(), SummaryPage(colours)
        for one in (self.summary.undo, self.summary.show_folder):
            one.hide()
        self.pages = QStackedWidget()
        for page in (self._question(), self.progress, self.summary):
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.pages)
        self.resize(*_SIZE)
        self.finish.clicked.connect(partial(self._go, True))
        self.back.clicked.connect(partial(self._go, False))
        self.later.clicked.connect(self.reject)
        self.progress.stop.clicked.connect(self._stop)
        self.summary.done.clicked.connect(self.accept)
        sorter.progressed.connect(self._on_progress)

    def _question(self) -> QWidget:
        title = QLabel("A sort was interrupted")
        title.setFont(font(18, bold=True))
        unknown = counted(not_known_to_be_done(self._batch), "file")
        done = counted(self._batch.counts.get(Stage.DONE, 0), "file")
        text = QLabel(
            plain(f"{when(self._batch)} · {title_of(self._batch)}")
            + f"\n{done} done for certain; {unknown} to be looked at, where they are now."
            + "\n\nNothing is lost either way. Half-made copies are removed first."
        )
        text.setTextFormat(Qt.TextFormat.PlainText)
        text.setObjectName("second")
        text.setWordWrap(True)
        self._hint = QLabel()
        self._hint.setObjectName("warning")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.later)
        row.addStretch()
        row.addWidget(self.back)
        row.addWidget(self.finish)
        for one in (self.finish, self.back, self.later):
            one.setMinimumHeight(_BUTTON_PX)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(text)
        column.addWidget(self._hint)
        column.addStretch()
        column.addLayout(row)
        return page

    def _go(self, forward: bool, _: bool = False) -> None:
        why_not = self._why_not()
        if why_not:
            self._hint.setText(why_not)
            return
        self.progress.begin("Finishing" if forward else "Putting back")
        self.pages.setCurrentWidget(self.progress)
        self._sorter.recover(
            self, partial(self._show, forward), self._show_error, batch=self._batch, forward=forward
        )

    def _stop(self) -> None:
        self._sorter.cancel()
        self.progress.stopping()

    def _on_progress(self) -> None:
        if self.progress.stop.isEnabled():
            self.progress.show_progress(self._sorter.progress)

    def _show(self, forward: bool, applied: Applied) -> None:
        outcome = applied.outcome
        verb = "done" if forward else "put back"
        stopped = "Stopped. " if outcome.is_cancelled else ""
        failed = counted(len(outcome.failed), "file")
        lines = [f"{failed} could not be; listed below."] if outcome.failed else []
        self.summary.show_outcome(
            f"{stopped}{counted(outcome.done, 'file')} {verb}.", lines, outcome
        )
        self._end()

    def _show_error(self, error: Exception) -> None:
        self.summary.show_outcome("It could not be ended.", [str(error)], Outcome(self._batch.id))
        self._end()

    def _end(self) -> None:
        self.pages.setCurrentWidget(self.summary)
        self.summary.done.setFocus()

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self.summary.dress(colours)

    def reject(self) -> None:
        """Leave it for later, unless it is under way."""
        if not self._sorter.is_applying:
            super().reject()

"""A plan to look through: what it comes to at the left, its steps, and what is to be known."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.sorting.preview import Part, Preview
from app.core.wording import counted
from app.ui.sample_painter import plain
from app.ui.search_field import WordField
from app.ui.sorting.parts_list import PartsList
from app.ui.sorting.plan_model import PlanModel
from app.ui.sorting.plan_table import PlanTable
from app.ui.theme import Colours, font

_FIND_MS: Final = 80


class PlanView(QWidget):
    """Shows a preview, filtered and searched.

    Attributes
    ----------
    model : PlanModel
    table : PlanTable
    parts : PartsList
    search : WordField
    notes : Notes

    Signals
    -------
    kept_changed
        Steps were left out, or taken in again.
    """

    kept_changed = Signal()

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.model = PlanModel()
        self.table = PlanTable(self.model, colours)
        self.parts = PartsList(colours)
        self.search = WordField("Find in the plan: names, folders, reasons")
        self.notes = Notes()
        self._count = QLabel()
        self._count.setObjectName("third")
        self._nothing = QLabel()
        self._nothing.setTextFormat(Qt.TextFormat.PlainText)
        self._nothing.setObjectName("second")
        self._nothing.setFont(font(15))
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setWordWrap(True)
        self._nothing.setMargin(24)
        self._finding = QTimer(self, singleShot=True, interval=_FIND_MS)
        self._arrange()
        self._finding.timeout.connect(self._show)
        self.search.textChanged.connect(lambda _: self._finding.start())
        self.search.left.connect(self._go_to_table)
        self.parts.chosen.connect(lambda _: self._show())
        self.model.kept_changed.connect(self._on_kept)

    def _arrange(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.table)
        self._pages.addWidget(self._nothing)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.addWidget(self.search, 1)
        head.addSpacing(8)
        head.addWidget(self._count)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.notes)
        right.addLayout(head)
        right.addWidget(self._pages, 1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self.parts)
        across.addLayout(right, 1)

    def take(self, preview: Preview) -> None:
        """Show another plan, in the part that was looked at where it has that."""
        self.model.take(preview)
        self.parts.take(preview.totals())
        self.show_notes(preview.plan.obstacles, preview.plan.warnings)
        self._show()

    def say(self, text: str) -> None:
        """Say something in place of a plan."""
        self._nothing.setText(plain(text))
        self._pages.setCurrentWidget(self._nothing)
        self._count.clear()

    def show_notes(self, obstacles: list[str], warnings: list[str]) -> None:
        """Say what hinders the plan, and what to know of it."""
        self.notes.take(obstacles, warnings)

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self.table.dress(colours)
        self.parts.dress(colours)

    def _show(self) -> None:
        part = self.parts.currentIndex()
        chosen = self.parts.lines[part.row()][0] if part.isValid() else Part()
        self.model.show(chosen, self.search.text())
        shown, of = self.model.rowCount(), len(self.model.preview)
        if shown:
            self._pages.setCurrentWidget(self.table)
        else:
            self.say("Nothing matches." if of else "Nothing to do.")
        text = counted(of, "file") if shown == of else f"{shown:,} of {counted(of, 'file')}"
        self._count.setText(text if of else "")

    def _on_kept(self) -> None:
        self.parts.take(self.model.preview.totals())
        self.kept_changed.emit()

    def _go_to_table(self) -> None:
        self._show()
        self.table.setFocus()
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.selectRow(0)


class Notes(QFrame):
    """What hinders a plan, and what to know before it is applied."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("notes")
        self._labels = QLabel(), QLabel()
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 16, 8)
        column.setSpacing(4)
        for label in self._labels:
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setObjectName("warning")
            label.setWordWrap(True)
            column.addWidget(label)
        self.hide()

    def take(self, obstacles: list[str], warnings: list[str]) -> None:
        """Show sentences, a line each."""
        said = [f"Cannot be done: {one}" for one in obstacles], [f"Note: {one}" for one in warnings]
        for label, sentences in zip(self._labels, said, strict=True):
            label.setText("\n".join(map(plain, sentences)))
            label.setVisible(bool(sentences))
        self.setVisible(bool(obstacles or warnings))

    def text(self) -> str:
        """Return all that is said."""
        return "\n".join(label.text() for label in self._labels if label.text())

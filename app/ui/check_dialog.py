"""What came of a check: this library's own accuracy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.catalog.checks import Check
from app.ui.panels import button
from app.ui.tally import Tally, TallyLine
from app.ui.theme import Colours, font
from app.ui.threshold import ENOUGH, check_line
from classifier import LABELS


class CheckDialog(QDialog):
    """Shows a check: how many were right, what that says of the rest, and each instrument."""

    def __init__(self, parent: QWidget, check: Check, colours: Colours) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Check my library")
        title = QLabel(f"{check.right} of {check.asked} were right")
        title.setFont(font(18, bold=True))
        self.said = QLabel(check_line(check))
        self.said.setObjectName("second")
        self.said.setWordWrap(True)
        self.tally = Tally(colours)
        self.tally.take(label_lines(check))
        done = button("Done", "Back to the library", "main")
        done.setMinimumSize(96, 34)
        done.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(done)
        column = QVBoxLayout(self)
        column.setContentsMargins(28, 24, 28, 16)
        column.setSpacing(10)
        for part in (title, self.said, self.tally):
            column.addWidget(part)
            if part is self.said:
                column.addSpacing(6)
        column.addSpacing(6)
        column.addLayout(foot)

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self.tally.dress(colours)


def label_lines(check: Check) -> list[TallyLine]:
    """Return a line for what the sound was called each time, and how often that was right."""
    return [
        TallyLine(
            label,
            right / asked,
            f"{right} of {asked}" + ("" if asked >= ENOUGH else ", too few to tell"),
        )
        for label in LABELS
        for asked, right in [check.by_label.get(label, (0, 0))]
        if asked
    ]

"""What is shown while a plan is applied, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from app.core.jobs import Progress
from app.core.sorting.runner import Outcome
from app.core.sorting.steps import Plan
from app.core.sorting.wording import result
from app.core.wording import counted
from app.ui.panels import ElidedLabel, button
from app.ui.sample_painter import plain
from app.ui.sorting.listing import Lines, ListingModel, ListingTable
from app.ui.status_line import progress_line
from app.ui.tally import Tally, lines_of_counts
from app.ui.theme import Colours, font

_BAR_PX: Final = 420
_BUTTON_PX: Final = 32
_STEPS_MARGIN: Final = 24


class ProgressPage(QWidget):
    """How far a plan is.

    Attributes
    ----------
    stop : QPushButton
    """

    def __init__(self) -> None:
        super().__init__()
        self._title = _label("", 18, bold=True)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(_BAR_PX)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._line = ElidedLabel()
        self._line.setTextFormat(Qt.TextFormat.PlainText)
        self._line.setObjectName("second")
        self._line.setFont(font(figures=True))
        self._line.setFixedWidth(_BAR_PX + 160)
        self._line.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.stop = button("Stop", "After the file that is at work; what is done can be undone")
        self.stop.setFixedHeight(_BUTTON_PX)
        column = QVBoxLayout(self)
        column.addStretch(2)
        for part, gap in ((self._title, 18), (self._bar, 12), (self._line, 22), (self.stop, 0)):
            column.addWidget(part, 0, Qt.AlignmentFlag.AlignCenter)
            column.addSpacing(gap)
        column.addStretch(3)

    def begin(self, title: str) -> None:
        """Begin anew."""
        self._title.setText(plain(title))
        self.stop.setEnabled(True)
        self.show_progress(None)

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far it is."""
        has_total = progress is not None and progress.total
        self._bar.setRange(0, progress.total if progress and has_total else 0)
        self._bar.setValue(progress.done if progress else 0)
        self._line.setText(progress_line(progress, is_paused=False))

    def stopping(self) -> None:
        """Say that it will stop."""
        self.stop.setEnabled(False)
        self._line.setText("Stopping after this file")


class SummaryPage(QWidget):
    """What came of a plan.

    Attributes
    ----------
    undo, show_folder, done : QPushButton
    failures : ListingModel
    """

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._title = _label("", 18, bold=True)
        self._title.setWordWrap(True)
        self._line = _label("", 13)
        self._line.setObjectName("second")
        self._line.setWordWrap(True)
        self.failures = ListingModel(("File", "Why it stays where it was"))
        self._table = ListingTable(self.failures, colours, (0.6, 0.4), strong=0)
        self._table.setAccessibleName("What failed")
        self.tally = Tally(colours)
        self.undo = button("Undo", "Put everything back as it was (Ctrl+Z)")
        self.show_folder = button("Show the folder", "In the file manager")
        self.done = button("Done", "Back to the library", "main")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.undo)
        row.addWidget(self.show_folder)
        row.addStretch()
        row.addWidget(self.done)
        for one in (self.undo, self.show_folder, self.done):
            one.setMinimumSize(96, _BUTTON_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(_STEPS_MARGIN, _STEPS_MARGIN, _STEPS_MARGIN, 16)
        column.setSpacing(10)
        self._room = QWidget(), QWidget()
        column.addWidget(self._room[0], 2)
        column.addWidget(self._title)
        column.addWidget(self._line)
        column.addSpacing(14)
        column.addWidget(self.tally, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._table, 3)
        column.addWidget(self._room[1], 3)
        column.addLayout(row)

    def show_outcome(
        self,
        title: str,
        lines: list[str],
        outcome: Outcome,
        counts: Sequence[tuple[str, int]] = (),
    ) -> None:
        """Show what came of it, how much is in each folder now, and what failed."""
        self._title.setText(plain(title))
        self._line.setText("\n".join(map(plain, lines)))
        self.failures.take(Lines(outcome.failed))
        has_failed = bool(outcome.failed)
        self.tally.take(lines_of_counts([] if has_failed or outcome.is_cancelled else counts))
        self._table.setVisible(has_failed)
        side = Qt.AlignmentFlag.AlignLeft if has_failed else Qt.AlignmentFlag.AlignHCenter
        for label, room in zip((self._title, self._line), self._room, strict=True):
            label.setAlignment(side | Qt.AlignmentFlag.AlignVCenter)
            room.setVisible(not has_failed)

    @property
    def title(self) -> str:
        """Return what came of it in a few words."""
        return self._title.text()

    @property
    def lines(self) -> str:
        """Return the rest of it."""
        return self._line.text()

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._table.dress(colours)
        self.tally.dress(colours)


def outcome_title(plan: Plan, outcome: Outcome) -> str:
    """Return what came of a plan, in a few words."""
    title = result(plan, outcome.done)
    return f"Stopped. {title}" if outcome.is_cancelled else title


def outcome_lines(plan: Plan, outcome: Outcome) -> list[str]:
    """Return a line each for what failed, was not come to, stayed, and was in place."""
    lines = []
    rest = len(plan.steps) - outcome.done - len(outcome.failed)
    if outcome.failed:
        lines.append(f"{counted(len(outcome.failed), 'file')} could not be done; listed below.")
    if outcome.is_cancelled and rest:
        lines.append(f"{counted(rest, 'file')} were not come to, and are where they were.")
    if plan.left:
        reasons = [f"{count:,} {reason}" for reason, count in plan.reasons.most_common()]
        lines.append(f"{counted(len(plan.left), 'file')} stay: {', '.join(reasons)}.")
    if plan.in_place:
        lines.append(f"{counted(plan.in_place, 'file')} were in place already.")
    return lines


def _label(text: str, pixels: int, *, bold: bool = False) -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setFont(font(pixels, bold=bold))
    return made

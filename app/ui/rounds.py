"""Rounds through samples that are asked for one by one: the review, and the check."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar

from app.core.browsing.arrays import Ids
from app.core.browsing.review import Pace, count_review, random_samples, review_queue
from app.core.catalog.checks import Check, keep_check
from app.core.wording import span
from app.ui.browser import Browser
from app.ui.library import Library
from app.ui.panels import button
from app.ui.sample_table import SampleTable
from classifier import LABELS

CHECKED: Final = 40


class Round(StrEnum):
    """What is being gone through; the values are what it is called."""

    REVIEW = "Review"
    CHECK = "Check my library"


class Rounds(QObject):
    """Goes through samples, one after the other.

    Attributes
    ----------
    kind : Round or None
        Which is under way.
    last_check : Check or None

    Signals
    -------
    began, ended
        What is shown is the round's, and again what it was.
    moved
        One more was decided.
    checked(object)
        A `Check` has come to its end.
    said(str, bool)
        One sentence; whether it is a warning.
    """

    began = Signal()
    ended = Signal()
    moved = Signal()
    checked = Signal(object)
    said = Signal(str, bool)

    def __init__(self, library: Library, browser: Browser, table: SampleTable) -> None:
        super().__init__()
        self.kind: Round | None = None
        self.last_check: Check | None = None
        self._library, self._browser, self._table = library, browser, table
        self._queue: list[int] = []
        self._done: set[int] = set()
        self._skipped: set[int] = set()
        self._pace = Pace()
        self._rng = np.random.default_rng()
        library.said_changed.connect(self._look_again)

    def count_waiting(self) -> int:
        """Return how many samples a review would ask for."""
        return count_review(self._library.rows, self._library.online())

    def review(self) -> None:
        """Begin a review, or take it up again."""
        rows = self._library.rows
        if self._begin(Round.REVIEW, review_queue(rows, self._library.online(), self._skipped)):
            self._go_on()

    def check(self) -> None:
        """Begin a check."""
        rows = self._library.rows
        drawn = random_samples(rows, self._library.online(), CHECKED, self._rng)
        if self._begin(Round.CHECK, drawn):
            # Of some the user has spoken already.
            self._count()
            self._go_on()

    def _begin(self, kind: Round, ids: Ids) -> bool:
        if not len(ids):
            nothing = "Nothing is unsure, and no name disagrees." if kind is Round.REVIEW else ""
            self.said.emit(nothing or "There is nothing to listen to.", False)
            return False
        self.kind, self._queue = kind, ids.tolist()
        self._done.clear()
        self._pace = Pace()
        self._pace.begin(time.monotonic())
        self._browser.show_queue(self._queue)
        self.began.emit()
        self._table.setFocus()
        return True

    @property
    def done(self) -> int:
        """How many are decided."""
        return len(self._done)

    @property
    def total(self) -> int:
        """How many there are."""
        return len(self._queue)

    @property
    def left_s(self) -> float:
        """How long the rest takes."""
        return self._pace.left_s(self.total - self.done)

    def take(self, _: list[int]) -> None:
        """Note that the user has said something."""
        if self.kind is not None:
            self._pace.step(time.monotonic())
            self._look_again()
            if self.done == self.total:
                self._finish()

    def _look_again(self) -> None:
        """Look what is decided by now: what was said may have been taken back."""
        if self.kind is not None:
            self._count()
            self.moved.emit()

    def _count(self) -> None:
        rows = self._library.rows
        found = rows.rows_of(self._queue)
        decided = found[rows.correction[found] >= 0]
        self._done = set(rows.ids[decided].tolist())

    def skip(self) -> None:
        """Leave the current sample for later."""
        row = self._table.current_row()
        if self.kind is None or row is None:
            return
        number = int(self._library.rows.ids[row])
        self._skipped.add(number)
        if self.kind is Round.CHECK:  # drawn at random, and not heard: it does not count
            self._queue.remove(number)
        self._pace.begin(time.monotonic())
        self.moved.emit()
        self._table.go(1)
        if self.kind is Round.CHECK and self.done == self.total:
            self._finish()

    def leave(self) -> None:
        """End the round; what was decided stays."""
        if self.kind is None:
            return
        kind, self.kind = self.kind, None
        self._browser.show_queue(None)
        self.ended.emit()
        if kind is Round.REVIEW:
            self.said.emit(f"{self.done:,} of {self.total:,} reviewed; Ctrl+R goes on.", False)
        elif self.done < self.total:
            self.said.emit("The check was left: what you said stays, the rest begins anew.", False)

    def _finish(self) -> None:
        if self.kind is Round.REVIEW:
            self.said.emit(f"All {self.total:,} are reviewed.", False)
            return
        rows = self._library.rows
        found: dict[int, tuple[str, str]] = {}
        for number in self._queue:
            row = rows.row_of(number)
            if row is not None and rows.correction[row] >= 0 and rows["label"][row] >= 0:
                heard, said = int(rows["label"][row]), int(rows.correction[row])
                found[number] = (LABELS[heard], LABELS[said])
        if found:
            self._library.write_with(lambda database: keep_check(database, found), self._kept)

    def _kept(self, check: Check) -> None:
        self.last_check = check
        self.leave()
        self.checked.emit(check)

    def _go_on(self) -> None:
        """Go to the first that is not decided yet."""
        self.moved.emit()
        for line, number in enumerate(self._queue):
            if number not in self._done:
                self._table.choose_line(line)
                return
        self._finish()


class RoundBar(QFrame):
    """How far a round is; hidden while there is none.

    Attributes
    ----------
    skip, leave : QPushButton
    """

    def __init__(self, rounds: Rounds) -> None:
        super().__init__()
        self.setObjectName("filters")
        self.setFixedHeight(44)
        self._title, self._text = QLabel(), QLabel()
        self._title.setObjectName("heading")
        self._text.setObjectName("second")
        self._bar = QProgressBar()
        self._bar.setFixedWidth(140)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the review")
        self.skip = button("Skip", "Leave it for later (S)", "toggle")
        self.leave = button("Leave", "Take it up again any time (Escape)", "toggle")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 12, 0)
        row.setSpacing(10)
        for part in (self._title, self._bar, self._text):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addStretch()
        row.addWidget(self.skip)
        row.addWidget(self.leave)
        self._rounds = rounds
        self.skip.clicked.connect(rounds.skip)
        self.leave.clicked.connect(rounds.leave)
        for signal in (rounds.began, rounds.moved, rounds.ended):
            signal.connect(self._show)

    def _show(self) -> None:
        """Say how far it is, and how long it still takes."""
        kind, done, total = self._rounds.kind, self._rounds.done, self._rounds.total
        self.setVisible(kind is not None)
        if kind is None:
            return
        self._title.setText(kind)
        self._bar.setRange(0, max(1, total))
        self._bar.setValue(done)
        left = f" · about {_about(self._rounds.left_s)} left" if done < total else " · done"
        self._text.setText(f"{done:,} of {total:,}{left}")


def _about(seconds: float) -> str:
    if seconds < 90:
        return span(seconds)
    minutes = round(seconds / 60)
    return "1 minute" if minutes == 1 else f"{minutes:,} minutes"

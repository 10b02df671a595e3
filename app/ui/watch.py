"""How far long work is, looked at by the window when it has time."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.jobs import Job, Progress

_TICK_MS: Final = 100


class Watch(QObject):
    """Follows one job after the other.

    Attributes
    ----------
    job : Job or None
        What is under way.
    progress : Progress or None
        How far that is, as far as is known.

    Signals
    -------
    moved
        It has begun, gone on or ended.
    """

    moved = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.job: Job | None = None
        self.progress: Progress | None = None
        self._now: Progress | None = None
        self._ticks = QTimer(self, interval=_TICK_MS)
        self._ticks.timeout.connect(self._tick)

    def begin(self) -> Job:
        """Return a job whose progress is followed from now on."""
        self.job = Job(self._report)
        self.progress = self._now = None
        self._ticks.start()
        self.moved.emit()
        return self.job

    def end(self) -> None:
        """Follow it no more."""
        self.job = self.progress = self._now = None
        self._ticks.stop()
        self.moved.emit()

    def cancel(self) -> None:
        """Ask what is under way to stop."""
        if self.job is not None:
            self.job.cancel()

    def close(self) -> None:
        """Ask it to stop, and tell nobody any more."""
        self._ticks.stop()
        self.cancel()

    def _report(self, progress: Progress) -> None:
        """Keep it, from the thread that works."""
        self._now = progress

    def _tick(self) -> None:
        if self._now is not None:
            self.progress = self._now
            self.moved.emit()

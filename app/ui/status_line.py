"""The line at the bottom: what is going on, what was done, and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QWidget

from app.core.jobs import Progress
from app.core.wording import counted, span
from app.ui.panels import button, key
from app.ui.sample_painter import plain, tip
from app.ui.theme import SMALL_PX, font

if TYPE_CHECKING:
    from app.core.library import Scanned

STATUS_PX: Final = 28
# How long a message stays: long enough to be read twice. For a while a warning is not even
# replaced by how far a scan is.
_MESSAGE_MS, _WARNING_MS, _HELD_MS = 8_000, 20_000, 4_000


class StatusLine(QFrame):
    """What is going on: at the left long work, at the right the keys.

    Attributes
    ----------
    pause, cancel : QPushButton
    """

    def __init__(self, hints: Sequence[tuple[Sequence[str], str]]) -> None:
        super().__init__()
        self.setObjectName("status")
        self.setFixedHeight(STATUS_PX)
        self._is_compact = self._is_empty = self._is_busy = False
        self._bar = QProgressBar()
        self._bar.setFixedWidth(170)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setObjectName("second")
        self._text.setFont(font(SMALL_PX, figures=True))
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.pause = button("Pause", "Let the scan wait", "toggle")
        self.cancel = button("Stop", "Stop the scan; what it has found stays", "toggle")
        self._holding = QTimer(self, singleShot=True, interval=_HELD_MS)
        self._fading = QTimer(self, singleShot=True)
        self._fading.timeout.connect(self._text.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(self._bar)
        for one in (self.pause, self.cancel):
            one.setFont(font(SMALL_PX))
            one.setFixedHeight(22)
            row.addWidget(one)
        row.addWidget(self._text, 1)
        self._hints = QWidget()
        inner = QHBoxLayout(self._hints)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(5)
        for keys, text in hints:
            for name in keys:
                inner.addWidget(key(name))
            label = QLabel(text)
            label.setObjectName("second")
            label.setFont(font(SMALL_PX))
            inner.addWidget(label)
            inner.addSpacing(4)
        row.addWidget(self._hints)
        self.show_progress(None, is_paused=False)

    def say(self, text: str, *, is_warning: bool = False) -> None:
        """Say something in one line; while a scan is shown here, only what went wrong."""
        if is_warning:
            self._holding.start()
        elif self._is_busy:
            return
        self._show(text, is_warning=is_warning)

    def _show(self, text: str, *, is_warning: bool = False) -> None:
        self._text.setObjectName("warning" if is_warning else "second")
        self._text.style().unpolish(self._text)
        self._text.setText(plain(text))
        self._fading.start(_WARNING_MS if is_warning else _MESSAGE_MS)
        self._text.setToolTip(tip(text))

    def set_compact(self, is_compact: bool) -> None:
        """Leave the keys out."""
        self._is_compact = is_compact
        self._show_hints()

    def set_empty(self, is_empty: bool) -> None:
        """Leave the keys out, while there is nothing that they could be for."""
        self._is_empty = is_empty
        self._show_hints()

    def _show_hints(self) -> None:
        self._hints.setVisible(not (self._is_compact or self._is_empty or self._is_busy))

    def show_progress(
        self, progress: Progress | None, *, is_paused: bool, is_busy: bool = False
    ) -> None:
        """Show how far long work is; None hides it."""
        for part in (self._bar, self.pause, self.cancel):
            part.setVisible(is_busy)
        self._is_busy = is_busy
        self._show_hints()
        self.pause.setText("Go on" if is_paused else "Pause")
        if not is_busy:
            return
        if progress is None or not progress.total:
            self._bar.setRange(0, 0)
        else:
            self._bar.setRange(0, progress.total)
            self._bar.setValue(progress.done)
        if not self._holding.isActive():
            self._show(progress_line(progress, is_paused=is_paused))


def progress_line(progress: Progress | None, *, is_paused: bool) -> str:
    """Return how far long work is in words: done of total, speed, time left, the file at work."""
    if progress is None:
        return "Preparing"
    parts = [f"{progress.doing}, paused" if is_paused else progress.doing]
    of = f" of {progress.total:,}" if progress.total else ""
    parts.append(f"{progress.done:,}{of}")
    if progress.per_second and not is_paused:
        parts.append(f"{progress.per_second:,.0f} files/s")
        if progress.left_s is not None:
            parts.append(f"{span(progress.left_s)} left")
    if progress.at:
        parts.append(plain(progress.at.replace("\\", "/").rpartition("/")[2]))
    return " · ".join(parts)


def scan_line(scanned: Scanned) -> str:
    """Return what a scan has come to."""
    files = sum(one.files for one in scanned.looked.values() if not one.is_offline)
    heard = scanned.analysed - scanned.unread
    parts = [f"{counted(files)} looked through, {heard:,} listened to"]
    if scanned.unread:
        parts.append(f"{scanned.unread:,} cannot be read")
    gone = sum(one.vanished for one in scanned.looked.values()) - scanned.moved
    if gone > 0:
        parts.append(f"{gone:,} gone")
    if scanned.offline:
        parts.append(f"{counted(len(scanned.offline), 'folder')} offline")
    if scanned.unsupported:
        parts.append(f"{counted(scanned.unsupported.total(), 'file')} in other formats")
    return " · ".join(parts)

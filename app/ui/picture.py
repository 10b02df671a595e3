"""A picture of the window, taken where nobody sees it: for a machine without a display."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QElapsedTimer, QIODevice, QObject, QTimer

from app.core.errors import AppError
from app.core.new_file import new_bytes
from app.ui.main_window import MainWindow

_LOOK_MS: Final = 50
# A large folder takes its time to be scanned.
_PATIENCE_MS: Final = 600_000


class Photographer(QObject):
    """Waits until the window shows a library that is all looked through, and takes a picture.

    Parameters
    ----------
    done : callable
        Called with None, or with what went wrong.
    """

    def __init__(
        self, window: MainWindow, file: Path, done: Callable[[AppError | None], None]
    ) -> None:
        super().__init__(window)
        self._window, self._file, self._done = window, file, done
        self._has_chosen = False
        self._patience = QElapsedTimer()
        self._patience.start()
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        if self._patience.hasExpired(_PATIENCE_MS):
            self._timer.stop()
            self._done(AppError("No picture: the window did not come to rest in time."))
            return
        library, table = self._window.library, self._window.table
        if not library.is_idle:
            return
        if not self._has_chosen and table.model().rowCount():
            table.choose_line(0)
            self._has_chosen = True
            return  # its waveform is drawn meanwhile
        if not self._window.listening.is_idle:
            return
        self._timer.stop()
        self._window.outlook.refresh()  # which else comes a moment later
        table.setFocus()
        try:
            keep_picture(self._window, self._file)
        except AppError as error:
            self._done(error)
        else:
            self._done(None)


def keep_picture(window: MainWindow, file: Path) -> None:
    """Write a picture of the window into a new file.

    Raises
    ------
    AppError
        If it cannot be written, or is there already: nothing is overwritten.
    """
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    window.grab().save(buffer, "PNG")
    with new_bytes(file) as out:
        out.write(data.data())

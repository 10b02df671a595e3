"""Where folders and files of other programs are dropped: anywhere in the window."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QWidget

_INSET_PX: Final = 12


class DropZone(QLabel):
    """Lies over the window while something is dragged over it.

    Signals
    -------
    dropped(list)
        Absolute paths.
    """

    dropped = Signal(list)

    def __init__(self, window: QWidget) -> None:
        super().__init__("Drop to scan it into the library", window)
        self.setObjectName("drop")
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        self._window = window
        window.setAcceptDrops(True)
        window.installEventFilter(self)
        self._ways: dict[QEvent.Type, Callable[[QEvent], bool]] = {
            QEvent.Type.DragEnter: self._enter,
            QEvent.Type.DragLeave: self._leave,
            QEvent.Type.Drop: self._drop,
        }

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802
        """Take what is dragged over the window."""
        way = self._ways.get(event.type())
        return way(event) if way else False

    def _enter(self, event: QEvent) -> bool:
        if not isinstance(event, QDropEvent) or event.source() or not _paths(event):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        inset = _INSET_PX
        self.setGeometry(self._window.rect().adjusted(inset, inset, -inset, -inset))
        self.raise_()
        self.show()
        return True

    def _leave(self, _: QEvent) -> bool:
        self.hide()
        return False

    def _drop(self, event: QEvent) -> bool:
        self.hide()
        if not isinstance(event, QDropEvent) or not _paths(event):
            return False
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(_paths(event))
        return True


def _paths(event: QDropEvent) -> list[str]:
    urls = event.mimeData().urls()
    return [os.path.abspath(url.toLocalFile()) for url in urls if url.isLocalFile()]

"""Where words are typed that are looked for, and how one goes on from there."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QLineEdit

from app.ui.icons import icon
from app.ui.panels import key
from app.ui.theme import Colours

_LEAVING = frozenset({Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter})


class WordField(QLineEdit):
    """A field of words; Down and Enter go on to the table, Escape empties it first.

    Signals
    -------
    left
        The user wants to be in the table.
    """

    left = Signal()

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setToolTip("Ctrl+F")
        self.setFixedHeight(30)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Go on to the table, or empty the field; an Escape in an empty one is for others."""
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() in _LEAVING:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class SearchField(WordField):
    """The one above the table of samples: with a lens, and what was found."""

    def __init__(self) -> None:
        super().__init__("Find a name, folder, tag")
        self.setToolTip("Words in name, folder, tags or comment (Ctrl+F)")
        self.setFixedHeight(32)
        self.setTextMargins(22, 0, 50, 0)
        self.setAcceptDrops(False)  # files are for the window
        self._hint = key("Ctrl F")
        self._hint.setParent(self)
        self._lens = QLabel(self)
        self._lens.setFixedSize(18, 18)

    def hint(self, text: str) -> None:
        """Say something at the right: how many were found, or the key."""
        self._hint.setText(text)
        self._hint.adjustSize()
        self.setTextMargins(22, 0, self._hint.width() + 12, 0)
        self._place()

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        picture = icon("search", colours.third).pixmap(QSize(18, 18), self.devicePixelRatioF())
        self._lens.setPixmap(picture)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the lens at the left and the hint at the right."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        size = self._hint.sizeHint()
        self._hint.move(self.width() - size.width() - 10, (self.height() - 18) // 2)
        self._lens.move(9, (self.height() - 18) // 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave the empty field with Escape as well: here nothing else is closed by it."""
        if event.key() == Qt.Key.Key_Escape and not self.text():
            self.left.emit()
        else:
            super().keyPressEvent(event)

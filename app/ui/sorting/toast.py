"""A line over the window's foot that says what was done, and takes it back by one click."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QEnterEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from app.ui.panels import button
from app.ui.sample_painter import plain, tip
from app.ui.status_line import STATUS_PX
from app.ui.theme import font

_STAYS_MS: Final = 8_000
_HEIGHT_PX: Final = 40
_ABOVE_PX: Final = STATUS_PX + 14
_SIDE_PX: Final = 24
_MOST_PX: Final = 720


class Toast(QFrame):
    """Says something for a while, over the window.

    Attributes
    ----------
    action : QPushButton
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("toast")
        self.setFixedHeight(_HEIGHT_PX)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self.action = button("", "", "flat")
        self.action.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._act: Callable[[], None] = lambda: None
        self._whole = ""
        self._was_fading = False
        self._fading = QTimer(self, singleShot=True, interval=_STAYS_MS)
        self._fading.timeout.connect(self.hide)
        self.action.clicked.connect(self._do)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._text, 1)
        row.addWidget(self.action)
        self.hide()
        parent.installEventFilter(self)

    def say(
        self,
        text: str,
        action: str,
        act: Callable[[], None],
        *,
        keys: str = "",
        stays: bool = False,
    ) -> None:
        """Say something, with what can be done about it.

        Parameters
        ----------
        text, action : str
            The second on a button.
        act : callable
        keys : str
            That do the same.
        stays : bool
            Whether it stays until something else is said, or `hide` is called.
        """
        self._whole = text
        self._act = act
        self.action.setText(action)
        self.action.setAccessibleName(action)
        self.action.setToolTip(keys)
        self.setToolTip(tip(text))
        self._place()
        self.show()
        self.raise_()
        self._fading.stop()
        if not stays:
            self._fading.start()

    def _do(self) -> None:
        self._act()

    @property
    def text(self) -> str:
        """Return what is said."""
        return self._whole

    def _place(self) -> None:
        """Be in the middle, above the status line, as wide as the text needs."""
        most = min(_MOST_PX, self._over.width() - 2 * _SIDE_PX)
        self._text.setFont(font())
        measures = self._text.fontMetrics()
        room = most - self.action.sizeHint().width() - 32
        cut = Qt.TextElideMode.ElideMiddle
        self._text.setText(measures.elidedText(plain(self._whole), cut, room))
        self.resize(min(most, self.sizeHint().width()), _HEIGHT_PX)
        top = self._over.height() - _ABOVE_PX - _HEIGHT_PX
        self.move((self._over.width() - self.width()) // 2, max(0, top))

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        """Stay while somebody points at it."""
        self._was_fading = self._fading.isActive()
        self._fading.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Be gone a while after."""
        if self._was_fading:
            self._fading.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Keep its place while the window changes its size."""
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

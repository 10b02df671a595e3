"""Fields for numbers as people type them: a click chooses all, and Enter goes on."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class _Emptied:
    """Where nothing is written, a field of either kind holds the smallest, if that has a name."""

    def valueFromText(self, text: str) -> Any:  # noqa: N802
        """Return the number that is written."""
        return self.minimum() if _is_empty(self, text) else super().valueFromText(text)  # type: ignore[attr-defined, misc, arg-type]

    def validate(self, text: str, at: int) -> Any:
        """Let the field be emptied where that means something."""
        if _is_empty(self, text):  # type: ignore[arg-type]
            return QValidator.State.Acceptable, text, at
        return super().validate(text, at)  # type: ignore[misc]


class WholeNumber(_Emptied, QSpinBox):
    """A field for a whole number.

    Signals
    -------
    left
        The user has typed what he wanted.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        _Typing(self)


class Number(_Emptied, QDoubleSpinBox):
    """A field for a number with decimals.

    Signals
    -------
    left
        The user has typed what he wanted.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        _Typing(self)


class _Typing(QObject):
    """Chooses the whole number where the field is entered, and takes Enter as the end of typing."""

    def __init__(self, field: WholeNumber | Number) -> None:
        super().__init__(field)
        self._field = field
        field.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Look at what comes to the field before the field does."""
        if event.type() == QEvent.Type.FocusIn:
            # The click that has brought the focus would take the choice off again.
            QTimer.singleShot(0, self, self._field.selectAll)
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in _ENTER
        ):
            self._field.interpretText()
            self._field.selectAll()
            self._field.left.emit()
            return True  # it is no key for what is chosen elsewhere
        return super().eventFilter(watched, event)


def _is_empty(field: QSpinBox | QDoubleSpinBox, text: str) -> bool:
    return not text.removesuffix(field.suffix()).strip() and bool(field.specialValueText())

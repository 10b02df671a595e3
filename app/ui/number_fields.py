"""Fields for numbers as people type them: a click chooses all, and Enter goes on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QValidator
from PySide6.QtWidgets import QDoubleSpinBox, QSpinBox

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class WholeNumber(QSpinBox):
    """A field for a whole number; emptied it holds the smallest, where that has a name.

    Signals
    -------
    left
        The user has typed what he wanted.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        _Typing(self)

    def valueFromText(self, text: str) -> int:  # noqa: N802
        """Return the number that is written."""
        return self.minimum() if _is_empty(self, text) else super().valueFromText(text)

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Let the field be emptied where that means something."""
        accepted = QValidator.State.Acceptable, text, at
        return accepted if _is_empty(self, text) else super().validate(text, at)


class Number(QDoubleSpinBox):
    """A field for a number with decimals; emptied it holds the smallest, where that has a name.

    Signals
    -------
    left
        The user has typed what he wanted.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        _Typing(self)

    def valueFromText(self, text: str) -> float:  # noqa: N802
        """Return the number that is written."""
        return self.minimum() if _is_empty(self, text) else super().valueFromText(text)

    def validate(self, text: str, at: int) -> tuple[QValidator.State, str, int]:
        """Let the field be emptied where that means something."""
        accepted = QValidator.State.Acceptable, text, at
        return accepted if _is_empty(self, text) else super().validate(text, at)


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

"""Which instruments, how sure, how long: narrows what the table shows."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from app.core.browsing.filters import Span
from app.ui.icons import icon
from app.ui.number_fields import Number, WholeNumber
from app.ui.panels import button
from app.ui.theme import SMALL_PX, Colours, font
from classifier import LABELS

_HEIGHT_PX: Final = 44
_LONGEST_S: Final = 600.0


class FilterBar(QFrame):
    """Chips and ranges.

    Signals
    -------
    changed
        The user has chosen otherwise.
    left
        He wants to be in the table.
    closed
        He is done with it.
    """

    changed = Signal()
    left = Signal()
    closed = Signal()

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.setObjectName("filters")
        self.setFixedHeight(_HEIGHT_PX)
        self._chips = {label: self._chip(label) for label in LABELS}
        self._confidence = (self._percent("from, percent", 0), self._percent("to, percent", 100))
        self._length = (self._seconds("from"), self._seconds("to"))
        self._clear = button("", "Take these filters off (Ctrl+L)", "flat", says="Clear filters")
        self._clear.clicked.connect(self.closed)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(5)
        for chip in self._chips.values():
            row.addWidget(chip)
        for title, (least, most) in (("Sure", self._confidence), ("Long", self._length)):
            row.addSpacing(10)
            for part in (self._word(title), least, self._word("\N{EN DASH}"), most):
                row.addWidget(part)
        row.addStretch()
        row.addWidget(self._clear)
        self.dress(colours)

    def _chip(self, label: str) -> QPushButton:
        chip = button(label, f"Show {label}; several are added up", "toggle")
        chip.setCheckable(True)
        chip.setFont(font(SMALL_PX))
        chip.setMinimumWidth(chip.fontMetrics().horizontalAdvance(label) + 22)
        chip.toggled.connect(self.changed)
        return chip

    @staticmethod
    def _word(text: str) -> QLabel:
        word = QLabel(text)
        word.setObjectName("second")
        word.setFont(font(SMALL_PX))
        return word

    def _percent(self, name: str, value: int) -> WholeNumber:
        box = WholeNumber()
        box.setRange(0, 100)
        box.setValue(value)
        box.setSuffix(" %")
        _fit(box, 58)
        box.setAccessibleName(f"Confidence {name}")
        box.valueChanged.connect(self.changed)
        box.left.connect(self.left)
        return box

    def _seconds(self, name: str) -> Number:
        box = Number()
        box.setRange(0.0, _LONGEST_S)
        box.setDecimals(2)
        box.setSingleStep(0.1)
        box.setSpecialValueText("any")
        box.setSuffix(" s")
        _fit(box, 62)
        box.setAccessibleName(f"Length {name}, seconds; 0 for any")
        box.valueChanged.connect(self.changed)
        box.left.connect(self.left)
        return box

    @property
    def instruments(self) -> frozenset[str]:
        """Return what the chips let through; empty for everything."""
        return frozenset(label for label, chip in self._chips.items() if chip.isChecked())

    @property
    def confidence(self) -> Span:
        """Return from how sure to how sure, 0 to 1."""
        least, most = (box.value() for box in self._confidence)
        return Span(least / 100 if least > 0 else None, most / 100 if most < 100 else None)

    @property
    def length_s(self) -> Span:
        """Return from how long to how long, in seconds."""
        least, most = (box.value() or None for box in self._length)
        return Span(least, most)

    def clear(self) -> None:
        """Let everything through."""
        self.blockSignals(True)
        for chip in self._chips.values():
            chip.setChecked(False)
        self._confidence[0].setValue(0)
        self._confidence[1].setValue(100)
        for box in self._length:
            box.setValue(0.0)
        self.blockSignals(False)
        self.changed.emit()

    def dress(self, colours: Colours) -> None:
        """Paint the chips in the colours of the instruments."""
        self._clear.setIcon(icon("cross", colours.second))
        for label, chip in self._chips.items():
            colour = colours.of(label).name()
            chip.setStyleSheet(
                f"QPushButton:checked {{ border-color: {colour}; color: {colours.text}; "
                f"background: {colours.raised}; }}"
                f"QPushButton {{ color: {colour}; }}"
            )


def _fit(box: WholeNumber | Number, width_px: int) -> None:
    box.setFixedSize(width_px, 28)
    box.lineEdit().setTextMargins(5, 0, 0, 0)  # which a style sheet does not reach

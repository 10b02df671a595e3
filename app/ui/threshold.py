"""The slider that says what it does to this library: how much is sorted, and how right that is."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QWidget

from app.core.browsing.estimate import Estimate, wilson
from app.core.catalog.checks import Check
from app.ui.theme import SMALL_PX, font

_LEAST, _MOST = 50, 99
_SLIDER_PX: Final = 86
# Below so many nothing can be said of an instrument.
ENOUGH: Final = 5


class _Slider(QSlider):
    """A slider that tells of a double click, and does not go where it was.

    Signals
    -------
    double_clicked
    """

    double_clicked = Signal()

    def mouseDoubleClickEvent(self, _: QMouseEvent) -> None:  # noqa: N802
        """Tell of it."""
        self.double_clicked.emit()


class ThresholdSlider(QWidget):
    """Chooses the confidence below which a sample is Unsure; a double click takes the model's own.

    Signals
    -------
    chosen(object)
        0 to 1, or None for the model's own.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._word = QLabel("Sort above")
        self._word.setObjectName("second")
        self._slider = _Slider(Qt.Orientation.Horizontal)
        self._slider.setRange(_LEAST, _MOST)
        self._slider.setFixedWidth(_SLIDER_PX)
        self._slider.setAccessibleName("Sort above, percent of confidence")
        self._figures = QLabel()
        self._figures.setFont(font(SMALL_PX + 1, figures=True))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self._word, self._slider, self._figures):
            row.addWidget(part)
        self._slider.valueChanged.connect(self._on_moved)
        self._slider.sliderReleased.connect(self._say)
        self._slider.double_clicked.connect(lambda: self.chosen.emit(None))
        self._is_narrow = False
        self._estimate: Estimate | None = None

    def show_threshold(self, threshold: float) -> None:
        """Stand where the threshold is, without saying so."""
        self._slider.blockSignals(True)
        self._slider.setValue(round(threshold * 100))
        self._slider.blockSignals(False)

    def show_estimate(self, found: Estimate, check: Check | None) -> None:
        """Say what the threshold does."""
        self._estimate = found
        self._say()
        self.setToolTip(f"<qt>{'<br>'.join(estimate_lines(found, check))}</qt>")

    def set_narrow(self, is_narrow: bool) -> None:
        """Say it in fewer words."""
        self._is_narrow = is_narrow
        self._word.setVisible(not is_narrow)
        self._say()

    def _say(self) -> None:
        percent = f" {self._slider.value()} %" if self._slider.isSliderDown() else ""
        self._word.setText(f"Sort above{percent}")
        found = self._estimate
        if found is None or not found.samples:
            self._figures.clear()
            return
        share, right = _percent(found.share), _percent(found.right)
        text = f"<b>{share}</b> sorted, <b>{right}</b> right"
        self._figures.setText(f"<b>{share}</b>, <b>{right}</b>" if self._is_narrow else text)

    def _on_moved(self, value: int) -> None:
        self.chosen.emit(value / 100)


def estimate_lines(found: Estimate, check: Check | None) -> list[str]:
    """Return what is known of how right sorting is, sentence by sentence."""
    lines = [
        f"{found.decided:,} of {found.samples:,} samples that are online have a decision, Other "
        "included: they are sorted out, wherever their files lie.",
        f"Of those about {_percent(found.right)} are right ({_percent(found.low)} to "
        f"{_percent(found.high)}): an estimate, from how sure the model is and how often you "
        f"agreed with it ({found.agreed:,} of {found.said:,}).",
        "Ctrl+Shift+R checks it on 40 sounds drawn at random.",
    ]
    if check:
        lines.append(check_line(check))
    return [*lines, "Double-click for the model's own threshold."]


def check_line(check: Check) -> str:
    """Return what came of a check."""
    low, high = wilson(check.right, check.asked)
    day = time.strftime("%Y-%m-%d", time.localtime(check.made_at))
    return (
        f"Checked on {day}: {check.right} of {check.asked} drawn at random were right; "
        f"of the whole library most likely {_percent(low)} to {_percent(high)} are."
    )


def _percent(share: float) -> str:
    return f"{share * 100:.0f} %"

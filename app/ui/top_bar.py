"""What is above the table: find, threshold, what is to be done next."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.core.wording import counted
from app.ui.icons import Brand, icon
from app.ui.panels import SIDEBAR_PX, TOP_PX, button
from app.ui.search_field import SearchField
from app.ui.theme import Colours
from app.ui.threshold import ThresholdSlider

# Narrower, and some buttons show a picture alone; narrower still, less is said in words.
_WIDE_PX: Final = 1400
_MIDDLE_PX: Final = 1200


class TopBar(QFrame):
    """Find, filter, threshold, add, review, sort, menu.

    Attributes
    ----------
    search : SearchField
    threshold : ThresholdSlider
    filters, add, review, sort, menu : QPushButton
    """

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.setObjectName("top")
        self.setFixedHeight(TOP_PX)
        self._is_empty = self._is_compact = self._is_narrow = False
        self._brand = Brand(colours)
        self._name = QLabel("Kitsort")
        self._name.setObjectName("brand")
        self.search = SearchField()
        self.search.setMinimumWidth(180)
        self.search.setMaximumWidth(420)
        self.filters = button("Filter", "Instruments, confidence, length (Ctrl+L)", "toggle")
        self.filters.setCheckable(True)
        self.threshold = ThresholdSlider()
        self.review = button("Review", "Unsure, or other than its name says (Ctrl+R)")
        self.sort = button(
            "Sort…", "Into instrument folders, after a preview (Ctrl+Return)", "main"
        )
        self.add = button("Add folder", "Scan a folder into the library (Ctrl+O)")
        self.menu = button("", "Everything else (F10)", "flat", says="Menu")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 12, 0)
        row.setSpacing(10)
        brand = self._brand_box = QWidget()
        brand.setFixedWidth(SIDEBAR_PX - 24)
        inner = QHBoxLayout(brand)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self._brand)
        inner.addWidget(self._name)
        inner.addStretch()
        row.addWidget(brand)
        row.addWidget(self.search, 4)
        row.addWidget(self.filters)
        row.addWidget(self.threshold)
        row.addStretch(1)
        for part in (self.add, self.review, self.sort, self.menu):
            row.addWidget(part)
        fixed = QSizePolicy.Policy.Fixed
        for part in (self.filters, self.add, self.review, self.sort):
            part.setSizePolicy(fixed, fixed)  # never narrower than what they say
        self.threshold.setSizePolicy(fixed, fixed)
        self.dress(colours)

    def set_empty(self, is_empty: bool) -> None:
        """Leave out what is of no use where there is nothing."""
        self._is_empty = is_empty
        self._show_parts()

    def set_compact(self, is_compact: bool) -> None:
        """Leave out what takes room."""
        self._is_compact = is_compact
        self._show_parts()

    def _show_parts(self) -> None:
        for part in (self.search, self.filters):
            part.setVisible(not self._is_empty)
        for work in (self.threshold, self.review, self.sort):
            work.setVisible(not (self._is_empty or self._is_compact))
        self._brand_box.setVisible(not self._is_compact)
        self.add.setVisible(not (self._is_empty or self._is_compact))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Say less where there is little room."""
        super().resizeEvent(event)
        width = event.size().width()
        is_narrow = width < _WIDE_PX
        self.threshold.set_narrow(width < _MIDDLE_PX)
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self.add.setText("" if is_narrow else "Add folder")
            self.filters.setText("" if is_narrow else "Filter")
            self._show_parts()

    def show_work(self, waiting: int, sortable: int, verb: str) -> None:
        """Say how much there is to review, and what the main button does."""
        self.review.setText(f"Review {waiting:,}" if waiting else "Review")
        self.review.setEnabled(waiting > 0)
        self.sort.setText(f"{verb} {counted(sortable)}…" if sortable else "Sort…")

    def show_count(self, shown: int, of: int, chosen: int) -> None:
        """Say how many samples are shown, and chosen."""
        text = f"{shown:,} of {of:,}" if shown != of else "Ctrl F"
        self.search.hint(f"{chosen:,} chosen" if chosen > 1 else text)

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._brand.dress(colours)
        self.search.dress(colours)
        self.filters.setIcon(icon("filter", colours.second))
        self.add.setIcon(icon("plus", colours.text))
        self.menu.setIcon(icon("menu", colours.text))

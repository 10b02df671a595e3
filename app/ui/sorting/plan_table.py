"""The table of a plan: looked through, chosen, left out by a click or by Space."""

from __future__ import annotations

from typing import Final

import numpy as np
from PySide6.QtCore import QItemSelectionModel, QPointF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from app.ui.chosen_lines import chosen_lines
from app.ui.sorting.plan_model import ACTION, CHECK, FROM, NAME, REASON, TARGET, PlanModel
from app.ui.sorting.plan_painter import PlanPainter, paint_box
from app.ui.theme import ROW_PX, Colours, font

_HEADER_PX: Final = 31
_FIXED: Final = {CHECK: 34, REASON: 138, ACTION: 70}
# What takes the room that is left: its share, and what it needs.
_ELASTIC: Final = ((NAME, 0.34, 120), (FROM, 0.26, 80), (TARGET, 0.40, 140))
_MARK_PX: Final = 3


class PlanTable(QTableView):
    """A table over a `PlanModel`."""

    def __init__(self, model: PlanModel, colours: Colours) -> None:
        super().__init__()
        self._plan = model
        self._painter = PlanPainter(model, colours, self)
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Steps of the plan")
        self.setHorizontalHeader(_Header(self))
        # Of the table's own selection it would ask, for each picture, all of 100,000 lines.
        header = self.horizontalHeader()
        header.setSelectionModel(QItemSelectionModel(model, header))
        self._prepare()

    def _prepare(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PX)
        self.horizontalHeader().sectionClicked.connect(self._on_header)

    @property
    def plan(self) -> PlanModel:
        """Return what is shown."""
        return self._plan

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._painter.colours = colours
        self.viewport().update()

    @property
    def colours(self) -> Colours:
        """Return what is painted in."""
        return self._painter.colours

    def _on_header(self, section: int) -> None:
        if section == CHECK:
            self._plan.turn_shown()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Leave out what is chosen, with Space; letters look for nothing."""
        if event.key() == Qt.Key.Key_Space:
            self._plan.turn(chosen_lines(self))
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape} or (
            event.text().isprintable() and event.text() and not event.modifiers()
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Leave a step out where its box is, all that is chosen if it is one of these."""
        index = self.indexAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        if not (is_left and index.isValid() and index.column() == CHECK and not event.modifiers()):
            super().mousePressEvent(event)
            return
        lines = chosen_lines(self)
        is_chosen = bool((lines == index.row()).any())
        self._plan.turn(lines if is_chosen else np.array([index.row()], np.int64))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Take the second of two quick clicks for one like the first."""
        self.mousePressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the table as wide as there is room."""
        super().resizeEvent(event)
        for column, width in _FIXED.items():
            self.setColumnWidth(column, width)
        room = self.viewport().width() - sum(_FIXED.values())
        for column, share, least in _ELASTIC:
            self.setColumnWidth(column, max(least, int(room * share)))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Mark the line that the user is at."""
        super().paintEvent(event)
        line = self.currentIndex().row()
        if line >= 0 and self.hasFocus():
            painter = QPainter(self.viewport())
            top = self.rowViewportPosition(line)
            painter.fillRect(0, top, _MARK_PX, ROW_PX - 1, QColor(self.colours.accent))


class _Header(QHeaderView):
    """Titles, and over the boxes one for all that is shown."""

    def __init__(self, table: PlanTable) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._table = table
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(24)
        self.setFixedHeight(_HEADER_PX)
        self.setFont(font(12, bold=True))
        self.setAccessibleName("Columns")
        table.plan.kept_changed.connect(self.viewport().update)
        table.plan.modelReset.connect(self.viewport().update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint the box over the titles."""
        super().paintEvent(event)
        plan = self._table.plan
        rows = plan.order[plan.order < len(plan.preview.kept)]
        if len(rows):
            painter = QPainter(self.viewport())
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            kept = plan.preview.kept[rows]
            is_on, is_all = bool(kept.any()), bool(kept.all())
            middle = QPointF(16, self.height() / 2 - 0.5)
            paint_box(painter, middle, is_on, self._table.colours, is_partly=is_on and not is_all)

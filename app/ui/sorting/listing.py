"""A table of texts that can be searched: what failed, what was sorted, and when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from PySide6.QtCore import (
    QItemSelectionModel,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.core.sorting.preview import searchable
from app.ui.lines_model import Index, LinesModel
from app.ui.sample_painter import plain, tip
from app.ui.theme import COMPACT_ROW_PX, Colours, font

_PAD: Final = 8
_LEAST_PX: Final = 60
_HEADER_PX: Final = 28
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Lines:
    """Rows of texts, and how they are found; made in a thread where there are many."""

    def __init__(self, rows: Sequence[tuple[str, ...]] = ()) -> None:
        self.rows = rows
        self._search = searchable(["\n".join(row) for row in rows])

    def __len__(self) -> int:
        return len(self.rows)

    def matching(self, text: str) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the rows in which each word of a text is found."""
        if not text.strip():
            return np.arange(len(self.rows), dtype=np.int64)
        return np.flatnonzero(self._search.find(text, len(self.rows)))


class ListingModel(LinesModel):
    """Shows lines under titles.

    Attributes
    ----------
    lines : Lines
    figures : set of int
        The columns that hold figures: they are set at the right.
    """

    def __init__(self, titles: Sequence[str]) -> None:
        super().__init__(len(titles))
        self.lines = Lines()
        self.figures: frozenset[int] = frozenset()
        self._titles = titles
        self._text = ""
        self.order = self.lines.matching("")

    def take(self, lines: Lines) -> None:
        """Show other lines."""
        self.beginResetModel()
        self.lines = lines
        self.order = lines.matching(self._text)
        self.endResetModel()

    def find(self, text: str) -> None:
        """Show only those that hold each word of a text."""
        order = self.lines.matching(text)
        self.beginResetModel()
        self._text, self.order = text, order
        self.endResetModel()

    def row_at(self, line: int) -> tuple[str, ...]:
        """Return the texts of a line."""
        return self.lines.rows[int(self.order[line])]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says."""
        if not index.isValid() or index.row() >= len(self.order):
            return None
        row = self.row_at(index.row())
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return row[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip("\n".join(filter(None, row)))
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._titles):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return self.side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def side(self, column: int) -> Qt.AlignmentFlag:
        """Return at which side of its cell a column is set."""
        return _RIGHT if column in self.figures else _LEFT


class _LinePainter(QStyledItemDelegate):
    """Paints a cell as plain text; the first column quietly."""

    def __init__(self, model: ListingModel, colours: Colours, strong: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.colours = colours
        self._strong = strong
        self._font = font(figures=True)

    def sizeHint(self, _: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """Return how high a line is."""
        return QSize(10, COMPACT_ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell."""
        area: QRect = option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(self.colours.selected))
        line = QRect(area.left(), area.bottom(), area.width(), 1)
        painter.fillRect(line, QColor(self.colours.hairline))
        is_strong = index.column() == self._strong
        painter.setFont(self._font)
        painter.setPen(QColor(self.colours.text if is_strong else self.colours.second))
        inner = area.adjusted(_PAD, 0, -_PAD, -1)
        cut = Qt.TextElideMode.ElideMiddle
        shown = QFontMetrics(self._font).elidedText(
            plain(str(index.data() or "")), cut, inner.width()
        )
        side = self._model.side(index.column())
        painter.drawText(inner, int(side | Qt.TextFlag.TextSingleLine), shown)
        painter.restore()


class ListingTable(QTableView):
    """A table over a `ListingModel`; its columns share the room that there is."""

    def __init__(
        self, model: ListingModel, colours: Colours, widths: Sequence[float], *, strong: int
    ) -> None:
        super().__init__()
        self._widths = widths
        self._painter = _LinePainter(model, colours, strong, self)
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        rows, header = self.verticalHeader(), self.horizontalHeader()
        # Of the table's own selection it would ask, for each picture, every line.
        header.setSelectionModel(QItemSelectionModel(model, header))
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(COMPACT_ROW_PX)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(24)
        header.setFixedHeight(_HEADER_PX)
        header.setFont(font(12, bold=True))

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._painter.colours = colours
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Divide the room: widths above 1 are pixels, those below are shares of the rest."""
        super().resizeEvent(event)
        fixed = sum(width for width in self._widths if width > 1)
        room = self.viewport().width() - fixed
        for column, width in enumerate(self._widths):
            pixels = width if width > 1 else max(_LEAST_PX, room * width)
            self.setColumnWidth(column, int(pixels))

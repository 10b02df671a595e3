"""The table's model: which rows are shown, in which order. It computes nothing while painting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from PySide6.QtCore import (
    QMimeData,
    QModelIndex,
    Qt,
    QUrl,
)

from app.core.browsing.arrays import Ids, Positions
from app.core.browsing.ordering import SortBy
from app.core.browsing.rows import Rows
from app.ui.columns import COLUMNS, KEYS
from app.ui.lines_model import NOWHERE, Index, LinesModel

SAMPLES_MIME: Final = "application/x-kitsort-samples"
# Asked for each cell of each row that is chosen: not put together anew each time.
_FLAGS: Final = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemNeverHasChildren
)
_SHORT: Final = {"confidence": "Sure"}
_ARROWS: Final = {
    False: "\N{BLACK UP-POINTING SMALL TRIANGLE}",
    True: "\N{BLACK DOWN-POINTING SMALL TRIANGLE}",
}


class SampleModel(LinesModel):
    """Rows of the library, some of them, in some order.

    Attributes
    ----------
    rows : Rows
    ids : array, shape (rowCount,)
        The number of the sample in each line; it stays true while the rows change.
    """

    def __init__(self, rows: Rows) -> None:
        super().__init__(len(COLUMNS))
        self.rows = rows
        self.ids: Ids = np.empty(0, np.int64)
        self._sorted_by: tuple[SortBy, ...] = ()
        self._is_compact = False

    def show_rows(self, order: Positions) -> bool:
        """Show other rows; tell whether all lines that were there have kept their place."""
        before, ids = len(self.ids), self.rows.ids[order]
        stays = before <= len(ids) and np.array_equal(self.ids, ids[:before])
        if not stays:
            self.beginResetModel()
            self.order, self.ids = order, ids
            self.endResetModel()
        elif len(ids) > before:
            self.beginInsertRows(NOWHERE, before, len(ids) - 1)
            self.order, self.ids = order, ids
            self.endInsertRows()
        else:
            self.order = order
        if stays:
            self.repaint_lines()
        return bool(stays)

    def show_sort(self, by: Sequence[SortBy]) -> None:
        """Mark the columns that the rows are sorted by."""
        self._sorted_by = tuple(by)
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def use_short_titles(self, is_short: bool) -> None:
        """Call columns by shorter names where they are narrow."""
        self._is_compact = is_short
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(COLUMNS) - 1)

    def row_at(self, line: int) -> int:
        """Return the row that a line shows."""
        return int(self.order[line])

    def line_of(self, row: int) -> int | None:
        """Return the line that shows a row, or None."""
        lines = np.flatnonzero(self.order == row)
        return int(lines[0]) if len(lines) else None

    # What follows is Qt's.

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says."""
        if not index.isValid() or index.row() >= len(self.order):
            return None
        column = COLUMNS[index.column()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return column.text(self.rows, self.row_at(index.row()))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title, with an arrow where it is sorted by."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            title = _SHORT.get(column.key, column.title) if self._is_compact else column.title
            return title + self._mark(column.key)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{column.tip}\nClick to sort, with Shift as a second key"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return column.title or "Favourite"
        return None

    def _mark(self, key: str) -> str:
        for place, by in enumerate(self._sorted_by):
            if by.column == key:
                return f" {_ARROWS[by.descending]}" + (str(place + 1) if place else "")
        return ""

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that a cell can be chosen and dragged, and never edited in place."""
        return _FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def mimeTypes(self) -> list[str]:  # noqa: N802
        """Return what is dragged: files."""
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        """Return the files of the dragged lines, each once, in the order of the table."""
        return self.files([self.row_at(line) for line in sorted({at.row() for at in indexes})])

    def files(self, rows: Sequence[int]) -> QMimeData:
        """Return the files of rows as what other programs take."""
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self.rows.path(row)) for row in rows])
        # For our own buckets and folders; other programs take the files.
        numbers = self.rows.ids[list(rows)].tolist()
        data.setData(SAMPLES_MIME, json.dumps(numbers).encode())
        return data

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802
        """Return that files are copied wherever they are dropped, never moved."""
        return Qt.DropAction.CopyAction

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802
        """Return that nothing is dropped into the table itself."""
        return Qt.DropAction.IgnoreAction


def column_of(key: str) -> int:
    """Return the place of a column."""
    return KEYS.index(key)

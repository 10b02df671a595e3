"""What the models of tables have in common: lines that show rows, in some order."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex

from app.core.browsing.arrays import Positions

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class LinesModel(QAbstractTableModel):
    """Lines, each of which shows a row of what is behind it.

    Attributes
    ----------
    order : array, shape (rowCount,)
        The row that each line shows.
    """

    def __init__(self, columns: int) -> None:
        super().__init__()
        self.order: Positions = np.empty(0, np.int64)
        self._columns = columns

    def repaint_lines(self) -> None:
        """Say that all lines may say something else; those in sight are painted."""
        if len(self.order):
            last = self.index(len(self.order) - 1, self._columns - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return how many columns there are."""
        return 0 if parent.isValid() else self._columns

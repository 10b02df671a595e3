"""The lines of a table that are chosen, as arrays: Qt's own lists of indexes take too long."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QItemSelection
from PySide6.QtWidgets import QAbstractItemView

from app.core.browsing.arrays import Positions


def chosen_lines(view: QAbstractItemView) -> Positions:
    """Return the lines that are chosen, in order."""
    parts = view.selectionModel().selection().toList()
    lines = [np.arange(part.top(), part.bottom() + 1) for part in parts]
    return np.unique(np.concatenate(lines)) if lines else np.empty(0, np.int64)


def selection_of(model: QAbstractItemModel, lines: Positions) -> QItemSelection:
    """Return lines, in order, as the ranges that they make up, each over all columns."""
    selection = QItemSelection()
    if len(lines):
        breaks = np.flatnonzero(np.diff(lines) > 1)
        firsts = lines[np.concatenate([[0], breaks + 1])]
        lasts = lines[np.concatenate([breaks, [len(lines) - 1]])]
        right = model.columnCount() - 1
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True):
            selection.select(model.index(first, 0), model.index(last, right))
    return selection

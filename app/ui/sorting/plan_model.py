"""The table's model over a plan: which rows are shown, and which of them are left out."""

from __future__ import annotations

import os
from typing import Any, Final

import numpy as np
from PySide6.QtCore import (
    Qt,
    Signal,
)

from app.core.sorting.preview import Part, Positions, Preview
from app.core.sorting.steps import Act, Plan, Rules, Step
from app.core.sorting.wording import ACTIONS
from app.ui.lines_model import Index, LinesModel
from app.ui.sample_painter import tip

COLUMNS: Final = ("", "Instrument", "Name", "From", "How", "Goes to")
CHECK, REASON, NAME, FROM, ACTION, TARGET = range(len(COLUMNS))
_FLAGS: Final = (
    Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
)
_BOX_FLAGS: Final = _FLAGS | Qt.ItemFlag.ItemIsUserCheckable
STAYS: Final = "stays"


class PlanModel(LinesModel):
    """Rows of a preview, some of them.

    Attributes
    ----------
    preview : Preview

    Signals
    -------
    kept_changed
        Steps were left out, or taken in again.
    """

    kept_changed = Signal()

    def __init__(self) -> None:
        super().__init__(len(COLUMNS))
        self.preview = Preview(Plan(Rules("")))
        self._part, self._text = Part(), ""

    def take(self, preview: Preview) -> None:
        """Show another plan."""
        self.beginResetModel()
        self.preview = preview
        self.order = preview.matching(self._part, self._text)
        self.endResetModel()

    def show(self, part: Part, text: str) -> None:
        """Show only some of the rows."""
        if (part, text) != (self._part, self._text):
            order = self.preview.matching(part, text)
            self.beginResetModel()
            self._part, self._text, self.order = part, text, order
            self.endResetModel()

    @property
    def part(self) -> Part:
        """Return what is shown."""
        return self._part

    def step_at(self, line: int) -> Step | None:
        """Return the step of a line, or None for a file that stays."""
        return self.preview.step(int(self.order[line]))

    def is_kept(self, line: int) -> bool:
        """Tell whether the step of a line will be done."""
        row = int(self.order[line])
        return row < len(self.preview.kept) and bool(self.preview.kept[row])

    def turn(self, lines: Positions) -> None:
        """Leave the steps of lines out; if they all are, take them in again."""
        rows = self.order[lines]
        rows = rows[rows < len(self.preview.kept)]
        if len(rows):
            self.preview.keep(rows, is_kept=not self.preview.kept[rows].any())
            self.repaint_lines()
            self.kept_changed.emit()

    def turn_shown(self) -> None:
        """Leave out all that is shown, or take it in again."""
        self.turn(np.arange(len(self.order)))

    # What follows is Qt's.

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell says."""
        if not index.isValid() or index.row() >= len(self.order):
            return None
        line, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._texts(line)[column]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(line, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(self._explained(line))
        is_box = role == Qt.ItemDataRole.CheckStateRole and column == CHECK
        return self._tick(line) if is_box else None

    def _tick(self, line: int) -> Qt.CheckState | None:
        if self.step_at(line) is None:
            return None
        return Qt.CheckState.Checked if self.is_kept(line) else Qt.CheckState.Unchecked

    def _texts(self, line: int) -> tuple[str, ...]:
        """Return what a line says, by column."""
        step = self.step_at(line)
        if step is None:
            left = self.preview.left(int(self.order[line]))
            folder, name = os.path.split(left.path)
            return "", left.reason, name, folder, STAYS, ""
        folder, name = os.path.split(step.target if step.act is Act.REMOVE else step.source)
        return "", step.reason, name, folder, ACTIONS[step.act], self._target(line, step)

    def _target(self, line: int, step: Step) -> str:
        """Return folder and name of where a step leads to."""
        if step.act is Act.REMOVE:
            return f"it is also at {step.source}"
        folder = self.preview.folder(int(self.order[line]))
        return folder if step.act is Act.TAG else f"{folder}/{os.path.basename(step.target)}"

    def _spoken(self, line: int, column: int) -> str:
        if column != CHECK:
            return self._texts(line)[column]
        if self.step_at(line) is None:
            return STAYS
        return "will be done" if self.is_kept(line) else "left out"

    def _explained(self, line: int) -> str:
        step = self.step_at(line)
        if step is None:
            left = self.preview.left(int(self.order[line]))
            return f"{left.path}\nStays: {left.reason}"
        out = "" if self.is_kept(line) else "\nLeft out"
        return f"{step.source}\n{ACTIONS[step.act]}: {step.target}\n{step.reason}{out}"

    def setData(  # noqa: N802
        self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Leave a step out, or take it in again."""
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != CHECK:
            return False
        if self.is_kept(index.row()) != (Qt.CheckState(value) == Qt.CheckState.Checked):
            self.turn(np.array([index.row()], np.int64))
        return True

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return {CHECK: "Will be done", ACTION: "Action"}.get(section, COLUMNS[section])
        if role == Qt.ItemDataRole.ToolTipRole and section == CHECK:
            return "Leave out all that is shown, or take it in again"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that a line can be chosen, and a step left out."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        is_box = index.column() == CHECK and self.step_at(index.row()) is not None
        return _BOX_FLAGS if is_box else _FLAGS

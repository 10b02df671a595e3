"""What a plan comes to: how many go to each folder, and how many stay and why."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.core.sorting.preview import Group, Part, decision_of
from app.ui.lines_model import NOWHERE, Index
from app.ui.sample_painter import plain, tip
from app.ui.theme import SMALL_PX, Colours, font

_LINE_PX: Final = 27
_WIDTH_PX: Final = 206

# A part and its number of files; a heading has none.
Line = tuple[Part, int | None]


class PartsModel(QAbstractListModel):
    """The lines."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []

    def take(self, totals: dict[Part, int]) -> bool:
        """Show other totals; tell whether the lines are the same, but for their counts."""
        lines: list[Line] = []
        group = Group.ALL
        for part, count in totals.items():
            if part.group is not group:
                group = part.group
                lines.append((Part(group), None))
            lines.append((part, count))
        is_same = [part for part, _ in lines] == [part for part, _ in self.lines]
        if is_same:
            self.lines = lines
            self.dataChanged.emit(self.index(0), self.index(len(lines) - 1))
        else:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()
        return is_same

    def line_of(self, part: Part) -> int:
        """Return the line of a part; of one that is not there, the first."""
        found = (line for line, (one, _) in enumerate(self.lines) if one == part)
        return next(found, 0)

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a line says."""
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        part, count = self.lines[index.row()]
        name = part.name or part.group.value
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return name if count is None else f"{name}, {count:,} files"
        if role == Qt.ItemDataRole.ToolTipRole:
            return tip(name)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that headings cannot be chosen."""
        if not index.isValid() or self.lines[index.row()][1] is None:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _PartPainter(QStyledItemDelegate):
    """Paints a line: a dot for an instrument, its name, its count."""

    def __init__(self, model: PartsModel, colours: Colours, parent: QListView) -> None:
        super().__init__(parent)
        self.colours = colours
        self._model = model
        self._view = parent

    def sizeHint(self, _: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """Return how high a line is; all are alike, for there may be thousands."""
        return QSize(10, _LINE_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        part, count = self._model.lines[index.row()]
        area: QRect = option.rect.adjusted(8, 0, -8, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if count is None:
            painter.setFont(font(SMALL_PX - 1, bold=True))
            painter.setPen(QColor(self.colours.third))
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(area.adjusted(8, 0, 0, -5), int(side), part.group.value)
        else:
            self._paint_ground(painter, area, option.state)
            self._paint_part(painter, area, part, count)
        painter.restore()

    def _paint_ground(self, painter: QPainter, area: QRect, state: QStyle.StateFlag) -> None:
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        if is_chosen or state & QStyle.StateFlag.State_MouseOver:
            has_focus = is_chosen and state & QStyle.StateFlag.State_HasFocus
            frame = QPen(QColor(self.colours.accent), 1) if has_focus else Qt.PenStyle.NoPen
            painter.setPen(frame)
            painter.setBrush(QColor(self.colours.raised if is_chosen else self.colours.window))
            painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), 8, 8)

    def _paint_part(self, painter: QPainter, area: QRect, part: Part, count: int) -> None:
        left = self._paint_dot(painter, area, part)
        middle = Qt.AlignmentFlag.AlignVCenter
        inner = area.adjusted(left, 0, -8, 0)
        painter.setFont(font(figures=True))
        painter.setPen(QColor(self.colours.second))
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | middle), f"{count:,}")
        room = inner.width() - painter.fontMetrics().horizontalAdvance(f"{count:,}") - 8
        painter.setFont(font())
        is_quiet = part.group is Group.STAYS or not count
        painter.setPen(QColor(self.colours.second if is_quiet else self.colours.text))
        cut = Qt.TextElideMode.ElideMiddle
        name = painter.fontMetrics().elidedText(plain(part.name or part.group.value), cut, room)
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignLeft | middle), name)

    def _paint_dot(self, painter: QPainter, area: QRect, part: Part) -> int:
        """Paint an instrument's colour; return where the text begins."""
        decision = decision_of(part.name.partition("/")[0])
        if part.group is Group.STAYS or (decision is None and part.group is not Group.ALL):
            return 8
        is_all = part.group is Group.ALL
        colour = QColor(self.colours.text) if is_all else self.colours.of(decision)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(area.left() + 13, area.center().y() + 0.5), 4.5, 4.5)
        return 26


class PartsList(QListView):
    """Chooses what is shown of a plan.

    Signals
    -------
    chosen(object)
        A `Part`.
    """

    chosen = Signal(object)

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._parts = PartsModel()
        self._painter = _PartPainter(self._parts, colours, self)
        self._chosen = Part()
        self.setObjectName("sidebar")
        self.setAccessibleName("Folders, and what stays")
        self.setModel(self._parts)
        self.setItemDelegate(self._painter)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setFixedWidth(_WIDTH_PX)
        self.setViewportMargins(0, 8, 0, 8)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    def take(self, totals: dict[Part, int]) -> None:
        """Show other totals; what was chosen stays so where it is still there."""
        if not self._parts.take(totals):
            self.choose(self._chosen)

    @property
    def lines(self) -> list[Line]:
        """Return what is shown."""
        return self._parts.lines

    def choose(self, part: Part) -> None:
        """Choose a part."""
        self.setCurrentIndex(self._parts.index(self._parts.line_of(part)))

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._painter.colours = colours
        self.viewport().update()

    def _on_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._chosen = self._parts.lines[current.row()][0]
            self.chosen.emit(self._chosen)

"""How a step of a plan is painted: a tick, a chip, where from and where to."""

from __future__ import annotations

import os
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.core.sorting.preview import decision_of
from app.ui.lines_model import Index
from app.ui.sample_painter import Face, paint_chip, plain
from app.ui.sorting.plan_model import ACTION, CHECK, FROM, NAME, REASON, TARGET, PlanModel
from app.ui.theme import ROW_PX, SMALL_PX, Colours, font
from classifier import UNSURE

_PAD: Final = 8
_BOX_PX: Final = 16
_FADED: Final = 0.45
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class PlanPainter(QStyledItemDelegate):
    """Paints the cells of a plan.

    Attributes
    ----------
    colours : Colours
    """

    def __init__(self, model: PlanModel, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.colours = colours
        self._model = model
        self._font, self._small = font(), font(SMALL_PX)
        self._chips = Face(self._small)

    def sizeHint(self, _: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        """Return how high a line is."""
        return QSize(10, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a cell; what is left out is faint."""
        area: QRect = option.rect
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(self.colours.selected))
        line = QRect(area.left(), area.bottom(), area.width(), 1)
        painter.fillRect(line, QColor(self.colours.hairline))
        inner = area.adjusted(_PAD, 0, -_PAD, -1)
        self._paint_cell(painter, inner, index)
        painter.restore()

    def _paint_cell(self, painter: QPainter, area: QRect, index: Index) -> None:
        line, column = index.row(), index.column()
        step, is_kept = self._model.step_at(line), self._model.is_kept(line)
        text = str(self._model.data(index))
        if column == CHECK:
            if step is not None:
                self._paint_box(painter, area, is_on=is_kept)
            return
        if not is_kept and step is not None:
            painter.setOpacity(_FADED)
        if column == REASON:
            self._paint_reason(painter, area, text)
        else:
            first = column in {NAME, TARGET} and step is not None
            colour = self.colours.text if first else self.colours.second
            cut = Qt.TextElideMode.ElideMiddle
            painter.setFont(self._small if column == ACTION else self._font)
            if column == FROM:
                text = _tail(plain(text), QFontMetrics(painter.font()), area.width())
            if column == TARGET and self._model.preview.plan.undoes is not None:
                cut = Qt.TextElideMode.ElideLeft  # where it goes back to: the end says most
            self._text(painter, area, text, QColor(colour), cut)

    def _paint_reason(self, painter: QPainter, area: QRect, text: str) -> None:
        decision = decision_of(text)
        if decision is None:
            painter.setFont(self._small)
            cut = Qt.TextElideMode.ElideMiddle
            self._text(painter, area, text, QColor(self.colours.third), cut)
            return
        paint_chip(
            painter,
            area,
            text,
            self.colours.of(decision),
            ground=self.colours,
            face=self._chips,
            is_dashed=decision == UNSURE,
        )

    def _paint_box(self, painter: QPainter, area: QRect, *, is_on: bool) -> None:
        paint_box(
            painter, QPointF(area.left() + _BOX_PX / 2, area.center().y()), is_on, self.colours
        )

    @staticmethod
    def _text(
        painter: QPainter, area: QRect, text: str, colour: QColor, cut: Qt.TextElideMode
    ) -> None:
        painter.setPen(colour)
        shown = QFontMetrics(painter.font()).elidedText(plain(text), cut, area.width())
        painter.drawText(area, int(_LEFT | Qt.TextFlag.TextSingleLine), shown)


def _tail(folder: str, measures: QFontMetrics, width: int) -> str:
    """Return as many of the last folders as there is room for: the end says most."""
    parts = folder.replace(os.sep, "/").split("/")
    for first in range(len(parts)):
        text = "/".join(["…", *parts[first:]] if first else parts)
        if measures.horizontalAdvance(text) <= width:
            return text
    return parts[-1]


def paint_box(
    painter: QPainter,
    middle: QPointF,
    is_on: bool,
    colours: Colours,
    *,
    is_partly: bool = False,
) -> None:
    """Paint a box to be ticked; with a line in it, where some of what it is for is."""
    half = _BOX_PX / 2
    frame = QRectF(middle.x() - half + 0.5, middle.y() - half + 0.5, _BOX_PX - 1, _BOX_PX - 1)
    painter.setPen(QPen(QColor(colours.accent if is_on else colours.third), 1))
    painter.setBrush(QColor(colours.accent if is_on else colours.window))
    painter.drawRoundedRect(frame, 4, 4)
    if is_on:
        painter.setPen(QPen(QColor(colours.on_accent), 1.8, c=Qt.PenCapStyle.RoundCap))
        x, y = middle.x(), middle.y()
        if is_partly:
            painter.drawLine(QPointF(x - 3.5, y), QPointF(x + 3.5, y))
            return
        painter.drawPolyline([QPointF(x - 3.5, y), QPointF(x - 1, y + 3), QPointF(x + 4, y - 3)])

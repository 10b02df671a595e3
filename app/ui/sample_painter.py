"""How a line of the table is painted: chips, bars, names as the plain text that they are."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from math import cos, pi, sin
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.core.browsing.rows import UNSURE_CODE
from app.core.catalog.states import State
from app.ui.columns import COLUMNS, chip_text, confidence_text, instrument_text
from app.ui.sample_model import SampleModel
from app.ui.theme import COMPACT_ROW_PX, ROW_PX, SMALL_PX, Colours, font, mixed
from classifier import LABELS

_PAD: Final = 8
_CHIP_PX: Final = 22
_DOT_PX: Final = 7
_GAP: Final = 8
_LEAST_NAME_PX: Final = 110
_BAR_WIDTH, _BAR_HEIGHT = 60, 5
_LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SamplePainter(QStyledItemDelegate):
    """Paints the cells of the sample table.

    Attributes
    ----------
    colours : Colours
    is_compact : bool
        Whether rows are low.
    """

    def __init__(self, model: SampleModel, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.colours = colours
        self.is_compact = False
        self._model = model
        self._font, self._small = font(), font(SMALL_PX)
        self._figures = font(figures=True)
        self._ways: dict[str, Callable[[QPainter, QRect, int], None]] = {
            "favourite": self._paint_star,
            "instrument": self._paint_instrument,
            "confidence": self._paint_confidence,
            "name": self._paint_name,
        }

    @property
    def row_px(self) -> int:
        """How high a line is."""
        return COMPACT_ROW_PX if self.is_compact else ROW_PX

    def sizeHint(  # noqa: N802
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """Return the size of a cell."""
        return QSize(COLUMNS[index.column()].width, self.row_px)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a cell."""
        column = COLUMNS[index.column()]
        row = self._model.row_at(index.row())
        area: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setClipRect(area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(self.colours.selected))
        painter.fillRect(
            QRect(area.left(), area.bottom(), area.width(), 1), QColor(self.colours.hairline)
        )
        inner = area.adjusted(_PAD, 0, -_PAD, -1)
        way = self._ways.get(column.key)
        if way:
            way(painter, inner, row)
        else:
            text = column.text(self._model.rows, row)
            side = _RIGHT if column.is_number else _LEFT
            cut = Qt.TextElideMode.ElideRight
            if column.key == "folder":
                text = _tail(plain(text), QFontMetrics(self._figures), inner.width())
            is_first = column.key in {"length", "root"}
            colour = self.colours.text if is_first else self.colours.second
            self._text(painter, inner, text, QColor(colour), side=side, face=self._figures, cut=cut)
        painter.restore()

    def _text(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        colour: QColor,
        *,
        side: Qt.AlignmentFlag = _LEFT,
        face: QFont | None = None,
        cut: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle,
    ) -> int:
        """Paint text, cut with dots where it does not fit; return how wide it is."""
        painter.setFont(face or self._font)
        painter.setPen(colour)
        measures = QFontMetrics(painter.font())
        # A line break in a name would push the rest of it out of its line.
        shown = measures.elidedText(plain(text), cut, area.width())
        painter.drawText(area, int(side | Qt.TextFlag.TextSingleLine), shown)
        return measures.horizontalAdvance(shown)

    def _paint_star(self, painter: QPainter, area: QRect, row: int) -> None:
        is_favourite = bool(self._model.rows.is_favourite[row])
        colour = QColor(self.colours.text if is_favourite else self.colours.third)
        star = _star(QPointF(QRectF(area).center()), 6.0)
        painter.setPen(QPen(colour, 1.1))
        painter.setBrush(colour if is_favourite else Qt.BrushStyle.NoBrush)
        painter.drawPath(star)

    def _paint_instrument(self, painter: QPainter, area: QRect, row: int) -> None:
        rows = self._model.rows
        word = chip_text(rows, row)
        if word is None:
            is_bad = rows["state"][row] == State.PROBLEM
            colour = QColor(self.colours.warning if is_bad else self.colours.third)
            self._text(painter, area, instrument_text(rows, row), colour)
            return
        is_said = int(rows.correction[row]) >= 0
        code = int(rows.correction[row]) if is_said else int(rows["label"][row])
        is_unsure = not is_said and rows.decision_of(row) == UNSURE_CODE
        colour = self.colours.of(LABELS[code])
        width = paint_chip(
            painter, area, word, colour, ground=self.colours, is_dashed=is_unsure, face=self._small
        )
        if is_said:
            self._paint_tick(painter, area.adjusted(width + 7, 0, 0, 0))

    def _paint_tick(self, painter: QPainter, area: QRect) -> None:
        """Paint that the user has said it."""
        colour = QColor(self.colours.accent_text)
        middle = area.center().y() + 1
        painter.setPen(QPen(colour, 1.4))
        left = area.left()
        painter.drawPolyline(
            [QPointF(left, middle), QPointF(left + 3, middle + 3), QPointF(left + 8, middle - 4)]
        )
        self._text(painter, area.adjusted(12, 0, 0, 0), "you", colour, face=self._small)

    def _paint_confidence(self, painter: QPainter, area: QRect, row: int) -> None:
        rows = self._model.rows
        text = confidence_text(rows, row)
        if not text:
            return
        is_unsure = rows.decision_of(row) == UNSURE_CODE
        label = LABELS[int(rows["label"][row])]
        colour = QColor(self.colours.third) if is_unsure else self.colours.of(label)
        bar = QRectF(area.left(), area.center().y() - _BAR_HEIGHT / 2 + 1, _BAR_WIDTH, _BAR_HEIGHT)
        paint_bar(painter, bar, float(rows["confidence"][row]), colour, self.colours)
        place = area.adjusted(_BAR_WIDTH + _GAP, 0, 0, 0)
        self._text(painter, place, text, QColor(self.colours.second), face=self._figures)

    def _paint_name(self, painter: QPainter, area: QRect, row: int) -> None:
        rows = self._model.rows
        says = rows.name_says(row) if rows.disagrees_at(row) else None
        word = f"name says {says.kind or says.label}" if says else ""
        problem = rows.problems.get(row)
        chip = chip_width(word, self._small) if word else 0
        if area.width() - chip < _LEAST_NAME_PX:  # the name comes first
            chip = 0
        room = area.adjusted(0, 0, -(chip + _GAP) if chip else 0, 0)
        colour = QColor(self.colours.text)
        used = self._text(painter, room, rows.names[row], colour)
        if problem:
            rest = area.adjusted(used + _GAP, 0, 0, 0)
            self._text(
                painter,
                rest,
                problem,
                QColor(self.colours.third),
                cut=Qt.TextElideMode.ElideRight,
            )
        if chip:
            at = area.adjusted(used + _GAP, 0, 0, 0)
            warning = QColor(self.colours.warning)
            paint_chip(
                painter, at, word, warning, ground=self.colours, face=self._small, is_plain=True
            )


def _tail(folder: str, measures: QFontMetrics, width: int) -> str:
    """Return as many of the last folders as there is room for: the end says most."""
    parts = folder.split("/")
    for first in range(len(parts)):
        text = "/".join(["…", *parts[first:]] if first else parts)
        if measures.horizontalAdvance(text) <= width:
            return text
    return parts[-1]


def plain(text: str) -> str:
    """Return text in one line, with what cannot be shown as a replacement sign."""
    shown = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown
    )


def tip(text: str) -> str:
    """Return text for a tooltip, where Qt would else take a name for markup."""
    lines = "<br>".join(escape(plain(line)) for line in text.split("\n"))
    return f"<qt>{lines}</qt>" if text else ""


def chip_width(word: str, face: QFont, *, is_plain: bool = True) -> int:
    """Return how wide a chip is."""
    dot = 0 if is_plain else _DOT_PX + 6
    return QFontMetrics(face).horizontalAdvance(word) + dot + 20


def paint_chip(
    painter: QPainter,
    area: QRect,
    word: str,
    colour: QColor,
    *,
    ground: Colours,
    face: QFont,
    is_dashed: bool = False,
    is_plain: bool = False,
) -> int:
    """Paint a word in a rounded frame, a dot of its colour before it; return how wide it is."""
    width = min(chip_width(word, face, is_plain=is_plain), area.width())
    frame = QRectF(area.left(), area.center().y() - _CHIP_PX / 2 + 1, width, _CHIP_PX)
    frame.adjust(0.5, 0.5, -0.5, -0.5)
    pen = QPen(mixed(colour, ground.window, 0.75 if ground.is_dark else 0.6), 1)
    if is_dashed:
        pen.setDashPattern([3, 2.5])
    painter.setPen(pen)
    is_filled = not is_dashed and not is_plain
    fill = mixed(colour, ground.window, 0.16 if ground.is_dark else 0.08)
    painter.setBrush(fill if is_filled else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(frame, _CHIP_PX / 2, _CHIP_PX / 2)
    left = frame.left() + 10
    if not is_plain:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(left + _DOT_PX / 2, frame.center().y()), 3.5, 3.5)
        left += _DOT_PX + 6
    painter.setFont(face)
    painter.setPen(colour if is_plain else QColor(ground.text))
    room = QRectF(left, frame.top(), frame.right() - left - 8, frame.height())
    shown = QFontMetrics(face).elidedText(
        word, Qt.TextElideMode.ElideRight, round(room.width()) + 1
    )
    painter.drawText(room, int(_LEFT), shown)
    return width


def paint_bar(
    painter: QPainter, area: QRectF, share: float, colour: QColor, ground: Colours
) -> None:
    """Paint a share of 0 to 1 as a bar on a track."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(ground.hairline))
    radius = area.height() / 2
    painter.drawRoundedRect(area, radius, radius)
    if share > 0:
        painter.setBrush(colour)
        width = max(area.height(), area.width() * share)
        painter.drawRoundedRect(
            QRectF(area.topLeft(), area.bottomRight()).adjusted(0, 0, width - area.width(), 0),
            radius,
            radius,
        )


def _star(centre: QPointF, radius: float) -> QPainterPath:
    path = QPainterPath()
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.45
        angle = corner * pi / 5 - pi / 2
        point = QPointF(centre.x() + reach * cos(angle), centre.y() + reach * sin(angle))
        (path.lineTo if corner else path.moveTo)(point)
    path.closeSubpath()
    return path

"""How a line of the table is painted: chips, bars, names as the plain text that they are."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache, partial
from html import escape
from math import cos, pi, sin
from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from app.core.browsing.rows import UNSURE_CODE
from app.core.catalog.states import State
from app.core.names import speaker_of
from app.ui.columns import COLUMNS, chip_text, confidence_text, instrument_text
from app.ui.icons import draw
from app.ui.sample_model import SampleModel
from app.ui.theme import COMPACT_ROW_PX, ROW_PX, SMALL_PX, Colours, font, mixed
from classifier import LABELS

_PAD: Final = 8
_CHIP_PX: Final = 22
_BUTTON_PX: Final = 30
_DOT_PX: Final = 7
_GAP: Final = 8
_ANY_WIDTH: Final = 1 << 20
_LEAST_NAME_PX: Final = 110
_BAR_WIDTH, _BAR_HEIGHT = 60, 5
# As whole numbers: to put flags together costs more than to paint.
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_LEFT: Final = int(Qt.AlignmentFlag.AlignLeft | _MIDDLE)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignRight | _MIDDLE)
_SELECTED: Final = QStyle.StateFlag.State_Selected
_MIDDLE_CUT, _RIGHT_CUT = Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideRight


class Face:
    """Type in a size, and how wide words are in it; each is measured once.

    Attributes
    ----------
    font : QFont
    measures : QFontMetrics
    """

    def __init__(self, face: QFont) -> None:
        self.font, self.measures = face, QFontMetrics(face)
        self.fitted = lru_cache(8192)(self._fitted)

    def _fitted(self, text: str, cut: Qt.TextElideMode, width: int) -> tuple[str, int]:
        """Return as much of a text as fits into a width, and how wide that is."""
        shown = self.measures.elidedText(plain(text), cut, width)
        return shown, self.measures.horizontalAdvance(shown)


@cache
def _colour(name: str) -> QColor:
    return QColor(name)


class SamplePainter(QStyledItemDelegate):
    """Paints the cells of the sample table.

    Attributes
    ----------
    colours : Colours
    is_compact : bool
        Whether rows are low.
    pointed : set of int
        The lines that show their button: where the pointer is, and where the user is.
    button_tip : callable
        Returns what such a button does.
    """

    def __init__(self, model: SampleModel, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.colours = colours
        self.is_compact = False
        self.pointed: set[int] = set()
        self.button_tip: Callable[[], str] = str
        self._model = model
        self._body, self._small = Face(font()), Face(font(SMALL_PX))
        self._figures = Face(font(figures=True))
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
        if state & _SELECTED:
            painter.fillRect(area, _colour(self.colours.selected))
        painter.fillRect(
            area.left(), area.bottom(), area.width(), 1, _colour(self.colours.hairline)
        )
        inner = area.adjusted(_PAD, 0, -_PAD, -1)
        way = self._ways.get(column.key)
        if column.key == "name" and index.row() in self.pointed and self.can_sort(row):
            self._paint_button(painter, button_area(area))
            inner.setRight(button_area(area).left() - _GAP)
            way = partial(self._paint_name, is_pointed=True)
        if way:
            way(painter, inner, row)
        else:
            text = column.text(self._model.rows, row)
            side = _RIGHT if column.is_number else _LEFT
            if column.key == "folder":
                text = _tail(text, self._figures, inner.width())
            is_first = column.key in {"length", "root"}
            colour = _colour(self.colours.text if is_first else self.colours.second)
            self._text(painter, inner, text, colour, side=side, face=self._figures, cut=_RIGHT_CUT)
        painter.restore()

    def _text(
        self,
        painter: QPainter,
        area: QRect,
        text: str,
        colour: QColor,
        *,
        side: int = _LEFT,
        face: Face | None = None,
        cut: Qt.TextElideMode = _MIDDLE_CUT,
    ) -> int:
        """Paint text, cut with dots where it does not fit; return how wide it is."""
        face = face or self._body
        shown, width = face.fitted(text, cut, area.width())
        painter.setFont(face.font)
        painter.setPen(colour)
        painter.drawText(area, side, shown)
        return width

    def helpEvent(  # noqa: N802
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Say what the button does where it is, and else what the cell says."""
        is_name = index.isValid() and COLUMNS[index.column()].key == "name"
        if is_name and button_area(option.rect).contains(event.pos()):
            QToolTip.showText(event.globalPos(), tip(self.button_tip()), view.viewport())
            return True
        return super().helpEvent(event, view, option, index)

    def can_sort(self, row: int) -> bool:
        """Tell whether a sample is one that can be sorted: it was heard, or named by the user."""
        return chip_text(self._model.rows, row) is not None

    def _paint_button(self, painter: QPainter, area: QRect) -> None:
        frame = QRectF(area).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(_colour(self.colours.third), 1))
        painter.setBrush(_colour(self.colours.raised))
        painter.drawRoundedRect(frame, 6, 6)
        picture = frame.adjusted(6, 2.5, -6, -2.5)
        draw(painter, "sort", picture, _colour(self.colours.text))

    def _paint_star(self, painter: QPainter, area: QRect, row: int) -> None:
        is_favourite = bool(self._model.rows.is_favourite[row])
        colour = _colour(self.colours.text if is_favourite else self.colours.third)
        star = _star(QPointF(QRectF(area).center()), 6.0)
        painter.setPen(QPen(colour, 1.1))
        painter.setBrush(colour if is_favourite else Qt.BrushStyle.NoBrush)
        painter.drawPath(star)

    def _paint_instrument(self, painter: QPainter, area: QRect, row: int) -> None:
        rows = self._model.rows
        word = chip_text(rows, row)
        if word is None:
            is_bad = rows["state"][row] == State.PROBLEM
            colour = _colour(self.colours.warning if is_bad else self.colours.third)
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
        colour = _colour(self.colours.accent_text)
        middle = area.center().y() + 1
        painter.setPen(QPen(colour, 1.4))
        left = area.left()
        painter.drawPolyline(
            [QPointF(left, middle), QPointF(left + 3, middle + 3), QPointF(left + 8, middle - 4)]
        )
        place = area.adjusted(12, 0, 0, 0)
        if self._small.fitted("you", _RIGHT_CUT, _ANY_WIDTH)[1] <= place.width():
            self._text(painter, place, "you", colour, face=self._small)

    def _paint_confidence(self, painter: QPainter, area: QRect, row: int) -> None:
        rows = self._model.rows
        text = confidence_text(rows, row)
        if not text:
            return
        is_unsure = rows.decision_of(row) == UNSURE_CODE
        label = LABELS[int(rows["label"][row])]
        colour = _colour(self.colours.third) if is_unsure else self.colours.of(label)
        place = QRect(area)
        if area.width() > _BAR_WIDTH + _GAP:  # else there is room for the figure alone
            top = area.center().y() - _BAR_HEIGHT / 2 + 1
            bar = QRectF(area.left(), top, _BAR_WIDTH, _BAR_HEIGHT)
            paint_bar(painter, bar, float(rows["confidence"][row]), colour, self.colours)
            place.setLeft(area.left() + _BAR_WIDTH + _GAP)
        self._text(painter, place, text, _colour(self.colours.second), face=self._figures)

    def _paint_name(
        self, painter: QPainter, area: QRect, row: int, *, is_pointed: bool = False
    ) -> None:
        rows = self._model.rows
        says = rows.name_says(row) if rows.disagrees_at(row) else None
        who = speaker_of(rows.names[row], says) if says else ""
        word = f"{who} says {says.kind or says.label}" if says else ""
        problem = rows.problems.get(row)
        chip = chip_width(word, self._small) if word else 0
        whole = self._body.fitted(rows.names[row], _MIDDLE_CUT, _ANY_WIDTH)[1]
        # The name comes first; a button takes room as well, and is there for a moment only.
        if area.width() - chip < (whole if is_pointed else _LEAST_NAME_PX):
            chip = 0
        room = area.adjusted(0, 0, -(chip + _GAP) if chip else 0, 0)
        colour = _colour(self.colours.text)
        used = self._text(painter, room, rows.names[row], colour)
        if problem:
            rest = area.adjusted(used + _GAP, 0, 0, 0)
            self._text(
                painter,
                rest,
                problem,
                _colour(self.colours.third),
                cut=_RIGHT_CUT,
            )
        if chip:
            at = area.adjusted(used + _GAP, 0, 0, 0)
            warning = _colour(self.colours.warning)
            paint_chip(
                painter, at, word, warning, ground=self.colours, face=self._small, is_plain=True
            )


@lru_cache(4096)
def _tail(folder: str, face: Face, width: int) -> str:
    """Return as many of the last folders as there is room for: the end says most."""
    parts = folder.split("/")
    for first in range(len(parts)):
        text = "/".join(["…", *parts[first:]] if first else parts)
        if face.measures.horizontalAdvance(plain(text)) <= width:
            return text
    return parts[-1]


def plain(text: str) -> str:
    """Return text in one line, with what cannot be shown as a replacement sign."""
    if text.isprintable():  # as nearly all are
        return text
    shown = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in shown
    )


def tip(text: str) -> str:
    """Return text for a tooltip, where Qt would else take a name for markup."""
    lines = "<br>".join(escape(plain(line)) for line in text.split("\n"))
    return f"<qt>{lines}</qt>" if text else ""


def button_area(cell: QRect) -> QRect:
    """Return where the button of a line is, in the cell of its name."""
    top = cell.center().y() - _CHIP_PX // 2 + 1
    return QRect(cell.right() - _PAD - _BUTTON_PX, top, _BUTTON_PX, _CHIP_PX)


def chip_width(word: str, face: Face, *, is_plain: bool = True) -> int:
    """Return how wide a chip is."""
    dot = 0 if is_plain else _DOT_PX + 6
    return face.fitted(word, _RIGHT_CUT, _ANY_WIDTH)[1] + dot + 20


def paint_chip(
    painter: QPainter,
    area: QRect,
    word: str,
    colour: QColor,
    *,
    ground: Colours,
    face: Face,
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
    painter.setFont(face.font)
    painter.setPen(colour if is_plain else _colour(ground.text))
    room = QRectF(left, frame.top(), frame.right() - left - 8, frame.height())
    shown, _ = face.fitted(word, _RIGHT_CUT, round(room.width()) + 1)
    painter.drawText(room, _LEFT, shown)
    return width


def paint_bar(
    painter: QPainter, area: QRectF, share: float, colour: QColor, ground: Colours
) -> None:
    """Paint a share of 0 to 1 as a bar on a track."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_colour(ground.hairline))
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
    return _star_at_origin(radius).translated(centre)


@cache
def _star_at_origin(radius: float) -> QPainterPath:
    path = QPainterPath()
    for corner in range(10):
        reach = radius if corner % 2 == 0 else radius * 0.45
        angle = corner * pi / 5 - pi / 2
        point = QPointF(reach * cos(angle), reach * sin(angle))
        (path.lineTo if corner else path.moveTo)(point)
    path.closeSubpath()
    return path

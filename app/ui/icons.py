"""Small pictures, drawn when they are asked for: crisp at every scale, in every colour."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from app.ui.theme import Colours
from classifier import INSTRUMENTS

_GRID: Final = 20.0


def _triangle(left: float) -> QPainterPath:
    path = QPainterPath(QPointF(left, 4))
    path.lineTo(left + 11, 10)
    path.lineTo(left, 16)
    path.closeSubpath()
    return path


def _play(painter: QPainter, colour: QColor) -> None:
    painter.fillPath(_triangle(6), colour)


def _pause(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(QRectF(5, 4, 3.6, 12), 1, 1)
    painter.drawRoundedRect(QRectF(11.4, 4, 3.6, 12), 1, 1)


def _stop(painter: QPainter, colour: QColor) -> None:
    painter.setBrush(colour)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.drawRoundedRect(QRectF(5, 5, 10, 10), 1.5, 1.5)


def _replay(painter: QPainter, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.6, c=Qt.PenCapStyle.RoundCap))
    painter.drawArc(QRectF(4.5, 4.5, 11, 11), 120 * 16, 300 * 16)
    path = QPainterPath(QPointF(4.2, 3.2))
    path.lineTo(8.8, 5.2)
    path.lineTo(5.0, 8.4)
    path.closeSubpath()
    painter.fillPath(path, colour)


def _search(painter: QPainter, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.5, c=Qt.PenCapStyle.RoundCap))
    painter.drawEllipse(QRectF(4, 4, 9, 9))
    painter.drawLine(QPointF(11.8, 11.8), QPointF(16, 16))


def _menu(painter: QPainter, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.5, c=Qt.PenCapStyle.RoundCap))
    for height in (5.5, 10.0, 14.5):
        painter.drawLine(QPointF(4, height), QPointF(16, height))


def _filter(painter: QPainter, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.5, c=Qt.PenCapStyle.RoundCap))
    for height, inset in ((5.5, 3.0), (10.0, 5.5), (14.5, 8.0)):
        painter.drawLine(QPointF(inset, height), QPointF(20 - inset, height))


def _plus(painter: QPainter, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.6, c=Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(10, 5), QPointF(10, 15))
    painter.drawLine(QPointF(5, 10), QPointF(15, 10))


def _cross(painter: QPainter, colour: QColor) -> None:
    painter.setPen(QPen(colour, 1.5, c=Qt.PenCapStyle.RoundCap))
    painter.drawLine(QPointF(6, 6), QPointF(14, 14))
    painter.drawLine(QPointF(14, 6), QPointF(6, 14))


def _sort(painter: QPainter, colour: QColor) -> None:
    """Draw an arrow that goes into a folder."""
    painter.setPen(QPen(colour, 1.5, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
    painter.drawLine(QPointF(3, 10), QPointF(12, 10))
    painter.drawPolyline([QPointF(8.5, 6.5), QPointF(12, 10), QPointF(8.5, 13.5)])
    corners = (10.5, 4), (17, 4), (17, 16), (10.5, 16)
    painter.drawPolyline([QPointF(*corner) for corner in corners])


_PICTURES: Final[dict[str, Callable[[QPainter, QColor], None]]] = {
    "play": _play,
    "pause": _pause,
    "stop": _stop,
    "replay": _replay,
    "search": _search,
    "menu": _menu,
    "filter": _filter,
    "plus": _plus,
    "cross": _cross,
    "sort": _sort,
}


class _Engine(QIconEngine):
    """Draws a picture at whatever size it is wanted."""

    def __init__(self, name: str, colour: str) -> None:
        super().__init__()
        self._name, self._colour = name, colour

    def paint(self, painter: QPainter, rect: object, _mode: object, _state: object) -> None:
        area = QRectF(rect)  # type: ignore[call-overload]
        draw(painter, self._name, area, QColor(self._colour))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, picture.rect(), mode, state)
        painter.end()
        return picture

    def clone(self) -> QIconEngine:
        return _Engine(self._name, self._colour)


def draw(painter: QPainter, name: str, area: QRectF, colour: QColor) -> None:
    """Draw a picture into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.topLeft())
    painter.scale(area.width() / _GRID, area.height() / _GRID)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _PICTURES[name](painter, colour)
    painter.restore()


def icon(name: str, colour: str) -> QIcon:
    """Return a picture in a colour."""
    return QIcon(_Engine(name, colour))


class Brand(QWidget):
    """Four bars in the colours of the instruments."""

    def __init__(self, colours: Colours, size_px: int = 24) -> None:
        super().__init__()
        self._colours = colours
        self.setFixedSize(size_px, size_px)

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._colours = colours
        self.update()

    def paintEvent(self, _: object) -> None:  # noqa: N802
        """Paint the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.scale(self.width() / 24, self.height() / 24)
        for place, (name, height) in enumerate(zip(INSTRUMENTS[:4], (8, 13, 19, 11), strict=True)):
            painter.setBrush(self._colours.of(name))
            painter.drawRoundedRect(QRectF(1 + place * 6, 22 - height, 4, height), 1.5, 1.5)

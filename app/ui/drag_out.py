"""Dragging samples out of the window: to a DAW, to a file manager, always as a copy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QDrag, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from app.core.wording import counted
from app.ui.sample_model import SampleModel
from app.ui.theme import Colours, font

_WIDEST_PX: Final = 280
_HIGH_PX: Final = 26
_PAD_PX: Final = 12


def drag_out(source: QWidget, model: SampleModel, rows: Sequence[int], colours: Colours) -> None:
    """Drag rows of the library, to be copied and nothing else, until they are dropped."""
    text = model.rows.names[rows[0]] if len(rows) == 1 else counted(len(rows))
    drag = QDrag(source)
    drag.setMimeData(model.files(rows))
    drag.setPixmap(_label(text, colours, source.devicePixelRatioF()))
    drag.setHotSpot(QPoint(-12, -8))
    drag.exec(Qt.DropAction.CopyAction, Qt.DropAction.CopyAction)


def _label(text: str, colours: Colours, ratio: float) -> QPixmap:
    face = font()
    measures = QFontMetrics(face)
    width = min(_WIDEST_PX, measures.horizontalAdvance(text) + 2 * _PAD_PX)
    picture = QPixmap(round(width * ratio), round(_HIGH_PX * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colours.accent))
    painter.drawRoundedRect(QRectF(0, 0, width, _HIGH_PX), 8, 8)
    painter.setFont(face)
    painter.setPen(QColor(colours.on_accent))
    shown = measures.elidedText(text, Qt.TextElideMode.ElideMiddle, width - 2 * _PAD_PX)
    painter.drawText(QPointF(_PAD_PX, 18), shown)
    painter.end()
    return picture

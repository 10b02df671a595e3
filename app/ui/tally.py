"""Names, bars and figures: what a sort or a check has come to, instrument by instrument."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from app.core.sorting.preview import decision_of
from app.ui.sample_painter import paint_bar, plain
from app.ui.theme import Colours, font

_LINE_PX: Final = 28
_WIDTH_PX: Final = 460
_NAME_PX: Final = 150
_FIGURE_PX: Final = 150
_BAR_HEIGHT: Final = 6
# More are added up in the last line.
_MOST: Final = 10
_MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
_LEFT, _RIGHT = (
    int(side | _MIDDLE) for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight)
)


@dataclass(frozen=True, slots=True)
class TallyLine:
    """A line: a name, in the colour of the instrument that it begins with; a share, 0 to 1."""

    name: str
    share: float
    figure: str


def lines_of_counts(counts: Sequence[tuple[str, int]]) -> list[TallyLine]:
    """Return counts as lines, the largest as the whole bar; many are added up in the last."""
    if len(counts) > _MOST:
        counts = sorted(counts, key=lambda one: -one[1])
    shown, rest = list(counts[:_MOST]), counts[_MOST:]
    if rest:
        shown.append((f"{len(rest):,} more", sum(count for _, count in rest)))
    most = max((count for _, count in shown), default=1)
    return [TallyLine(name, count / max(1, most), f"{count:,}") for name, count in shown]


class Tally(QWidget):
    """Shows lines; their texts can be read by a screen reader as well."""

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._colours = colours
        self._lines: list[TallyLine] = []

    def take(self, lines: list[TallyLine]) -> None:
        """Show other lines."""
        self._lines = lines
        self.setVisible(bool(lines))
        self.setAccessibleName(", ".join(f"{line.name}: {line.figure}" for line in lines))
        self.setFixedSize(self.sizeHint())
        self.update()

    @property
    def lines(self) -> list[TallyLine]:
        """Return what is shown."""
        return self._lines

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the size that all lines take."""
        return QSize(_WIDTH_PX, _LINE_PX * len(self._lines))

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._colours = colours
        self.update()

    def paintEvent(self, _: object) -> None:  # noqa: N802
        """Paint the lines."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, line in enumerate(self._lines):
            self._paint(painter, QRect(0, place * _LINE_PX, self.width(), _LINE_PX), line)
        painter.end()

    def _paint(self, painter: QPainter, area: QRect, line: TallyLine) -> None:
        colour = self._colours.of(decision_of(line.name.partition("/")[0]))
        middle = area.center().y() + 0.5
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(area.left() + 5, middle), 4.5, 4.5)
        bar = QRectF(
            area.left() + _NAME_PX,
            middle - _BAR_HEIGHT / 2,
            area.width() - _NAME_PX - _FIGURE_PX,
            _BAR_HEIGHT,
        )
        paint_bar(painter, bar, line.share, colour, self._colours)
        painter.setFont(font())
        painter.setPen(QColor(self._colours.text))
        room = area.adjusted(18, 0, _NAME_PX - 8 - area.width(), 0)
        cut = Qt.TextElideMode.ElideMiddle
        name = painter.fontMetrics().elidedText(plain(line.name), cut, room.width())
        painter.drawText(room, _LEFT, name)
        painter.setFont(font(figures=True))
        painter.setPen(QColor(self._colours.second))
        painter.drawText(area, _RIGHT, line.figure)

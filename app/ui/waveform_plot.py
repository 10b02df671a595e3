"""The waveform: bars in the colour of the instrument, a playhead, zoom. Loaded after the start."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyqtgraph
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.core.waveform import Bars, Waveform
from app.ui.theme import Colours, font, mixed

_BAR_PX: Final = 3
_SHADES: Final = 12
# A bar of silence is still seen.
_LEAST: Final = 0.008
_CLOSEST_S: Final = 0.005
_HEADROOM: Final = 1.04
_QUIETEST: Final = 1e-4


class _BarsItem(pyqtgraph.GraphicsObject):  # type: ignore[misc]
    """The bars of the stretch that is seen."""

    def __init__(self) -> None:
        super().__init__()
        self._bars: Bars | None = None
        self._start_s = self._bar_s = 0.0
        self._shades: list[QColor] = []

    def show_bars(self, bars: Bars | None, start_s: float, bar_s: float) -> None:
        self.prepareGeometryChange()
        self._bars, self._start_s, self._bar_s = bars, start_s, bar_s
        self.update()

    def dress(self, dull: QColor, bright: QColor) -> None:
        self._shades = [mixed(bright, dull.name(), step / (_SHADES - 1)) for step in range(_SHADES)]
        self.update()

    def boundingRect(self) -> QRectF:  # noqa: N802
        count = len(self._bars.low) if self._bars else 0
        return QRectF(self._start_s, -_HEADROOM, max(count * self._bar_s, 1e-9), 2 * _HEADROOM)

    def paint(self, painter: QPainter, *_: Any) -> None:
        if self._bars is None or not self._shades:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        shades = np.clip(self._bars.brightness * _SHADES, 0, _SHADES - 1).astype(int)
        least = _LEAST * max(abs(float(self._bars.low.min())), float(self._bars.high.max()), 1e-4)
        low = np.minimum(self._bars.low, -least)
        high = np.maximum(self._bars.high, least)
        width = self._bar_s * 2 / _BAR_PX
        left = self._start_s
        for at, shade in enumerate(shades.tolist()):
            area = QRectF(left + at * self._bar_s, low[at], width, high[at] - low[at])
            painter.fillRect(area, self._shades[shade])


class WaveformPlot(pyqtgraph.PlotWidget):  # type: ignore[misc]
    """A waveform over its time in seconds.

    Attributes
    ----------
    waveform : Waveform or None

    Signals
    -------
    seek_asked(float)
        To hear it from there, in seconds.
    """

    seek_asked = Signal(float)

    def __init__(self, colours: Colours, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self.waveform: Waveform | None = None
        self._bars = _BarsItem()
        self._head = pyqtgraph.InfiniteLine(0.0, movable=False)
        self._middle = pyqtgraph.InfiniteLine(0.0, angle=0, movable=False)
        self._pressed_at: QPointF | None = None
        self.setAccessibleName("Waveform")
        self.setFrameShape(self.Shape.NoFrame)
        self.setStyleSheet("background: transparent")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._prepare()
        for item in (self._middle, self._bars, self._head):
            self.addItem(item, ignoreBounds=True)
        self.dress(colours)
        self.show_waveform(None)

    def _prepare(self) -> None:
        plot = self.getPlotItem()
        plot.hideAxis("left")
        plot.hideButtons()
        plot.setMenuEnabled(False)
        plot.setContentsMargins(5, 0, 12, 0)  # half a figure of the axis at either end
        axis = plot.getAxis("bottom")
        axis.setStyle(
            tickLength=0,
            tickFont=font(11, figures=True),
            tickTextOffset=4,
            maxTickLevel=0,
            hideOverlappingLabels=False,
            tickAlpha=0,
        )
        axis.enableAutoSIPrefix(False)
        axis.setHeight(22)
        view = plot.getViewBox()
        view.setMouseEnabled(x=False, y=False)
        view.setDefaultPadding(0.0)
        view.setYRange(-_HEADROOM, _HEADROOM, padding=0)
        view.sigXRangeChanged.connect(self._draw)
        view.sigResized.connect(self._draw)

    def dress(self, colours: Colours, label: str | None = None) -> None:
        """Paint in the colour of an instrument."""
        colour = colours.of(label)
        light = QColor("#ffffff")
        bright = mixed(light, colour.name(), 0.4 if colours.is_dark else 0.3)
        self._bars.dress(mixed(colour, colours.panel, 0.86), bright)
        axis = self.getPlotItem().getAxis("bottom")
        axis.setPen(pyqtgraph.mkPen(None))
        axis.setTextPen(pyqtgraph.mkPen(colours.third))
        # Pens of pyqtgraph are as wide as pixels of the screen.
        self._head.setPen(pyqtgraph.mkPen(colours.text, width=1.5 * self.devicePixelRatioF()))
        self._middle.setPen(pyqtgraph.mkPen(colours.hairline))

    def show_waveform(self, waveform: Waveform | None) -> None:
        """Show a sound from its beginning to its end."""
        self.waveform = waveform
        self._head.hide()
        self.getPlotItem().getAxis("bottom").setVisible(waveform is not None)
        end = max(waveform.duration_s, _CLOSEST_S) if waveform else 1.0
        view = self.getPlotItem().getViewBox()
        view.setLimits(xMin=0, xMax=end, minXRange=_CLOSEST_S, maxXRange=end)
        view.setXRange(0, end, padding=0)
        # As large as it goes: how loud it is stands beside it.
        top = max(waveform.peak if waveform else 1.0, _QUIETEST) * _HEADROOM
        view.setYRange(-top, top, padding=0)
        self._draw()

    def show_position(self, seconds: float | None) -> None:
        """Move the playhead; None hides it."""
        self._head.setVisible(seconds is not None)
        if seconds is not None:
            self._head.setPos(seconds)

    @property
    def seen_s(self) -> tuple[float, float]:
        """From when to when is seen."""
        start, end = self.getPlotItem().getViewBox().viewRange()[0]
        return float(start), float(end)

    def zoom(self, factor: float, at_s: float | None = None) -> None:
        """Show a stretch `factor` times as long, around a moment."""
        start, end = self.seen_s
        centre = (start + end) / 2 if at_s is None else at_s
        view = self.getPlotItem().getViewBox()
        view.setXRange(
            centre - (centre - start) * factor, centre + (end - centre) * factor, padding=0
        )

    def _draw(self) -> None:
        if self.waveform is None:
            self._bars.show_bars(None, 0.0, 0.0)
            return
        start, end = self.seen_s
        count = max(1, int(self.getPlotItem().getViewBox().width() / _BAR_PX))
        bars = self.waveform.bars(start, end, count)
        self._bars.show_bars(bars, start, (end - start) / count)

    def _seconds_at(self, place: QPointF) -> float:
        scene = self.mapToScene(place.toPoint())
        return float(self.getPlotItem().getViewBox().mapSceneToView(scene).x())

    # --- Qt's: a click is heard from there, a drag moves what is seen ---------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Remember where a click or drag began."""
        self._pressed_at = event.position()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Move what is seen along."""
        if self._pressed_at is None or not event.buttons():
            return
        moved = event.position().x() - self._pressed_at.x()
        start, end = self.seen_s
        view = self.getPlotItem().getViewBox()
        is_zoomed = self.waveform is not None and end - start < self.waveform.duration_s * 0.999
        if is_zoomed and abs(moved) > _BAR_PX:
            seconds = self._seconds_at(self._pressed_at) - self._seconds_at(event.position())
            view.translateBy(x=seconds)
            self._pressed_at = event.position()
            self._has_moved = True
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Hear it from where it was clicked."""
        pressed, self._pressed_at = self._pressed_at, None
        has_moved, self._has_moved = self._has_moved, False
        if pressed is not None and not has_moved and self.waveform is not None:
            seconds = self._seconds_at(event.position())
            self.seek_asked.emit(min(max(0.0, seconds), self.waveform.duration_s))
        event.accept()

    _has_moved = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show the whole sound again."""
        if self.waveform is not None:
            self.getPlotItem().getViewBox().setXRange(0, self.waveform.duration_s, padding=0)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Zoom around the pointer."""
        if self.waveform is not None:
            steps = event.angleDelta().y() / 120
            self.zoom(0.8**steps, self._seconds_at(event.position()))
        event.accept()

"""Buttons and labels, the transport, and what is shown where there is no table."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.core.settings import LOUDEST_DB, QUIETEST_DB
from app.ui.icons import Brand, icon
from app.ui.theme import SMALL_PX, Colours, font

TOP_PX: Final = 48
SIDEBAR_PX: Final = 212
BOTTOM_PX: Final = 196
COMPACT_BOTTOM_PX: Final = 148
_COMPACT_PX: Final = 166


def button(text: str, tip: str, name: str = "", *, says: str = "") -> QPushButton:
    """Return a button; `name` is its look in window.qss, `says` what a screen reader reads."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setToolTip(tip)
    made.setAccessibleName(says or text)
    return made


def key(text: str) -> QLabel:
    """Return a key as it is drawn."""
    made = QLabel(text)
    made.setObjectName("key")
    made.setFixedHeight(18)
    return made


class ElidedLabel(QLabel):
    """A line of text that ends in dots where it does not fit."""

    def paintEvent(self, _: object) -> None:  # noqa: N802
        """Paint as much as there is room for."""
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(self.palette().windowText().color())
        cut = Qt.TextElideMode.ElideRight
        shown = self.fontMetrics().elidedText(self.text(), cut, self.width())
        painter.drawText(self.rect(), int(self.alignment()), shown)


class Transport(QFrame):
    """What plays: buttons, switches, volume.

    Attributes
    ----------
    replay, play, stop : QPushButton
    autoplay, loop, level : QPushButton
        Switches.
    volume : QSlider
        In tenths of a dB.
    """

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.setObjectName("transport")
        self.replay = button("", "Play from the start (Right)", "round", says="Replay")
        self.play = button("", "Play or pause (Space)", "play", says="Play or pause")
        self.stop = button("", "Stop (Left)", "round", says="Stop")
        self.autoplay = self._switch("Autoplay", "Play what is chosen (A)")
        self.loop = self._switch("Loop", "Again and again (L)")
        self.level = self._switch("Level", "Play all about equally loud (V)")
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(round(QUIETEST_DB * 10), round(LOUDEST_DB * 10))
        self.volume.setSingleStep(10)
        self.volume.setPageStep(30)
        self.volume.setAccessibleName("Volume in dB")
        self.volume.setToolTip("Volume (- and +)")
        self._figure = QLabel()
        self._figure.setObjectName("second")
        self._figure.setFont(font(SMALL_PX, figures=True))
        self._figure.setFixedWidth(44)
        self.volume.valueChanged.connect(self._on_volume)
        self._colours = colours
        self._is_playing = False
        self._arrange()
        self.dress(colours)

    @staticmethod
    def _switch(text: str, tip: str) -> QPushButton:
        made = button(text, tip, "toggle")
        made.setCheckable(True)
        made.setFont(font(SMALL_PX))
        return made

    def _arrange(self) -> None:
        for one, size in ((self.replay, 34), (self.play, 42), (self.stop, 34)):
            one.setFixedSize(size, size)
            one.setIconSize(QSize(18, 18))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 12, 12)
        column.setSpacing(12)
        for parts, gap in (
            ((self.replay, self.play, self.stop), 8),
            ((self.autoplay, self.loop, self.level), 6),
            ((self._figure, self.volume), 4),
        ):
            row = QHBoxLayout()
            row.setSpacing(gap)
            for part in parts:
                row.addWidget(part)
            if self.volume not in parts:
                row.addStretch()
            column.addLayout(row)
        column.addStretch()

    def set_compact(self, is_compact: bool) -> None:
        """Leave the switches, which have keys, out."""
        for part in (self.autoplay, self.loop, self.level, self._figure):
            part.setVisible(not is_compact)
        self.setFixedWidth(_COMPACT_PX if is_compact else SIDEBAR_PX)

    def _on_volume(self, tenths: int) -> None:
        self._figure.setText(f"{tenths / 10:.0f} dB".replace("-", "\N{MINUS SIGN}"))

    def show_playing(self, is_playing: bool) -> None:
        """Show whether something is heard."""
        if is_playing != self._is_playing:
            self._is_playing = is_playing
            self.dress(self._colours)

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._colours = colours
        self.replay.setIcon(icon("replay", colours.text))
        self.stop.setIcon(icon("stop", colours.text))
        self.play.setIcon(icon("pause" if self._is_playing else "play", colours.on_accent))


class EmptyPage(QWidget):
    """What is shown where there is nothing: what to do next.

    Attributes
    ----------
    choose, demo : QPushButton
    """

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.choose = button("Choose a folder…", "Scan a folder into the library (Ctrl+O)", "main")
        self.demo = button(
            "Try the demo library",
            "61 sounds in a new folder among your music",
        )
        self._brand = Brand(colours, 56)
        title = QLabel("Drop a folder of samples here")
        title.setFont(font(22, bold=True))
        lines = QLabel(
            "Every sound in it is listened to and named: Kick, Snare, 808, Open hat, Closed hat,\n"
            "or honestly Other. Your files stay where they are, and nothing leaves this machine."
        )
        lines.setObjectName("second")
        lines.setAlignment(Qt.AlignmentFlag.AlignCenter)
        zone = QFrame()
        zone.setObjectName("zone")
        inside = QVBoxLayout(zone)
        inside.setContentsMargins(64, 44, 64, 44)
        middle = Qt.AlignmentFlag.AlignCenter
        for part, gap in ((self._brand, 18), (title, 8), (lines, 24)):
            inside.addWidget(part, 0, middle)
            inside.addSpacing(gap)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addStretch()
        for one in (self.choose, self.demo):
            one.setMinimumHeight(36)
            row.addWidget(one)
        row.addStretch()
        inside.addLayout(row)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(zone, 0, middle)
        column.addStretch(1)

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._brand.dress(colours)


class NothingFound(QWidget):
    """What is shown where a filter lets nothing through.

    Attributes
    ----------
    clear : QPushButton
    """

    def __init__(self) -> None:
        super().__init__()
        self.clear = button("Show all", "Take search and filters off (Escape)")
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setObjectName("second")
        self._text.setFont(font(15))
        column = QVBoxLayout(self)
        column.addStretch(2)
        column.addWidget(self._text, 0, Qt.AlignmentFlag.AlignCenter)
        column.addSpacing(12)
        column.addWidget(self.clear, 0, Qt.AlignmentFlag.AlignCenter)
        column.addStretch(3)

    def say(self, text: str, *, can_clear: bool) -> None:
        """Say why nothing is shown."""
        self._text.setText(text)
        self.clear.setVisible(can_clear)

"""What is known of one sample: what the sound says, the name, and the user."""

from __future__ import annotations

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.names import speaker_of
from app.core.sample import Sample
from app.core.wording import percent
from app.ui.columns import length_text, level_text, note_text
from app.ui.sample_painter import paint_bar, plain
from app.ui.theme import SMALL_PX, Colours, font
from classifier import LABELS

_LINE_PX = 19
_WORD_PX = 82
_FIGURE_PX = 30
_LEAST_SHARE = 0.01


class SoundSays(QWidget):
    """The six probabilities as bars, the largest first."""

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self._colours = colours
        self._shares: list[tuple[str, float]] = [(label, 0.0) for label in LABELS]
        self._is_known = False
        self.setFixedHeight(_LINE_PX * len(LABELS))
        self.setAccessibleName("Sound says")

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._colours = colours
        self.update()

    def show_shares(self, shares: tuple[float, ...] | None) -> None:
        """Show probabilities in the order of ``LABELS``; None for a sound that nobody heard."""
        self._is_known = shares is not None
        found = list(zip(LABELS, shares or (0.0,) * len(LABELS), strict=True))
        self._shares = sorted(found, key=lambda one: -one[1])
        text = ", ".join(f"{label} {share * 100:.0f} percent" for label, share in self._shares)
        self.setAccessibleDescription(text if shares else "")
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802
        """Paint the bars."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(SMALL_PX, figures=True))
        middle = Qt.AlignmentFlag.AlignVCenter
        for line, (label, share) in enumerate(self._shares):
            area = QRectF(0, line * _LINE_PX, self.width(), _LINE_PX)
            painter.setPen(QColor(self._colours.second))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignLeft | middle), label)
            figure = percent(share) if self._is_known else ""
            painter.drawText(area, int(Qt.AlignmentFlag.AlignRight | middle), figure)
            bar = QRectF(_WORD_PX, area.center().y() - 2.5, self.width() - _WORD_PX - _FIGURE_PX, 5)
            seen = share if share >= _LEAST_SHARE else 0.0
            paint_bar(painter, bar, seen, self._colours.of(label), self._colours)


class Details(QFrame):
    """The panel at the right of the waveform.

    Attributes
    ----------
    middle_c : int
        In which octave middle C is.
    """

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.setObjectName("details")
        self._title, self._note = QLabel("Sound says"), QLabel()
        self._title.setObjectName("heading")
        self._bars = SoundSays(colours)
        self._said, self._numbers = QLabel(), QLabel()
        self.middle_c = 4
        self._colours = colours
        self._sample: Sample | None = None
        for label in (self._note, self._said, self._numbers):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(font(SMALL_PX, figures=True))
        for label in (self._said, self._numbers):
            label.setObjectName("second")
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addStretch()
        top.addWidget(self._note)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(self._bars)
        column.addWidget(self._said)
        column.addWidget(self._numbers)
        column.addStretch()
        self.show_sample(None)

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._colours = colours
        self._bars.dress(colours)
        self.show_sample(self._sample)

    def show_sample(self, sample: Sample | None) -> None:
        """Show a sample; None for none."""
        self._sample = sample
        self._bars.show_shares(sample.probabilities if sample else None)
        self._note.setText(_note(sample, self.middle_c) if sample else "")
        colour = self._colours.of((sample.correction or sample.label) if sample else None)
        self._note.setStyleSheet(f"color: {colour.name()};")
        self._said.setText(_said(sample) if sample else "")
        self._numbers.setText(_numbers(sample) if sample else "")
        self._numbers.setToolTip(_more(sample) if sample else "")


def _note(sample: Sample, middle_c: int) -> str:
    root = sample.root_note
    if root is None:
        return ""
    name, _, cents = note_text(root.hz, middle_c).partition(" ")
    return " · ".join(filter(None, (name, f"{root.hz:.1f} Hz", cents)))


def _said(sample: Sample) -> str:
    name = sample.name_says
    says = "name says nothing"
    if name:
        who = speaker_of(sample.path.replace("\\", "/").rpartition("/")[2], name)
        says = f"{who} says {name.kind or name.label}"
    parts = [f"You said {sample.correction}"] if sample.correction else []
    return " · ".join([*parts, says if parts else f"{says[0].upper()}{says[1:]}"])


def _numbers(sample: Sample) -> str:
    if sample.descriptors is None:
        return ""
    if sample.peak_dbfs is None:
        return "Silent"
    parts = [f"peak {_level(sample.peak_dbfs)}", f"loudness {_level(sample.rms_dbfs)} dB"]
    return " · ".join(parts)


def _level(level: float | None) -> str:
    return "none" if level is None else level_text(level)


def _more(sample: Sample) -> str:
    """Return all numbers, for a tooltip."""
    found = sample.descriptors
    if found is None:
        return ""
    names = [name for name in type(found).__slots__ if math.isfinite(getattr(found, name))]
    lines = [f"{_title(name)}: {getattr(found, name):,.4g}" for name in names]
    return "\n".join(lines)


def _title(name: str) -> str:
    for ending, unit in (("_hz", " (Hz)"), ("_db", " (dB)"), ("_s", " (s)"), ("_dbfs", " (dB)")):
        if name.endswith(ending):
            name = name.removesuffix(ending) + unit
            break
    return name.replace("_", " ").capitalize()


def format_line(sample: Sample) -> str:
    """Return what kind of file a sample is, in one line."""
    if sample.encoding is None:
        return plain(sample.problem or "")
    container, _, coding = sample.encoding.partition(" ")
    lossy = "" if container == "MP3" else coding.lower().replace("_", " ")
    depth = f"{sample.bit_depth} bit" if sample.bit_depth else lossy
    channels = {1: "mono", 2: "stereo"}.get(sample.channels or 0, f"{sample.channels} channels")
    if sample.channels == 2 and not sample.is_stereo:
        channels = "mono on two channels"
    rate = f"{(sample.sample_rate or 0) / 1000:g} kHz"
    length = length_text(sample.duration_s if sample.duration_s is not None else math.nan)
    parts = (container.lower(), depth, rate, channels)
    return " · ".join([" ".join(filter(None, parts)), length])

"""The bottom of the window: what is chosen is heard, drawn, and told about."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.core.catalog.states import State
from app.core.player.events import PlayerState
from app.core.sample import Sample
from app.core.settings import Settings
from app.core.waveform import Waveform, read_waveform
from app.ui.audition import Audition
from app.ui.details import Details, format_line
from app.ui.library import Library
from app.ui.panels import BOTTOM_PX, COMPACT_BOTTOM_PX, SIDEBAR_PX, ElidedLabel, Transport
from app.ui.sample_painter import plain, tip
from app.ui.sample_table import SampleTable
from app.ui.tasks import Worker
from app.ui.theme import Colours
from classifier import LABELS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from app.ui.waveform_plot import WaveformPlot

_DETAILS_PX: Final = 262
_KEPT: Final = 32
_STEP_DB: Final = 1.0
# A row that is only passed over is not drawn.
_REST_MS: Final = 30


class Listening(QFrame):
    """Transport, waveform and details.

    Attributes
    ----------
    transport : Transport
    plot : WaveformPlot or None
        None until pyqtgraph is loaded, which takes longer than the rest of the start.

    Signals
    -------
    said(str, bool)
        One sentence; whether it is a warning.
    """

    said = Signal(str, bool)

    def __init__(
        self, library: Library, table: SampleTable, audition: Audition, colours: Colours
    ) -> None:
        super().__init__()
        self.setObjectName("bottom")
        self.setFixedHeight(BOTTOM_PX)
        self.transport = Transport(colours)
        self.plot: WaveformPlot | None = None
        self._library, self._table, self._audition = library, table, audition
        self._colours = colours
        self._details = Details(colours)
        self._name, self._about = QLabel(), ElidedLabel()
        self._drawer = Worker("waveforms", self)
        self._shapes: OrderedDict[str, Waveform] = OrderedDict()
        self._path: str | None = None
        self._number: int | None = None
        self._silence = ""  # why nothing is heard, as it was said last
        self._sample: Sample | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._tell)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self._name.setObjectName("title")
        self._about.setObjectName("second")
        for label in (self._name, self._about):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self._about.setMinimumWidth(40)
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self._name)
        line.addWidget(self._about, 1)
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        self._middle.setContentsMargins(16, 12, 16, 6)
        self._middle.setSpacing(4)
        self._middle.addLayout(line)
        self._middle.addStretch(1)
        self.transport.setFixedWidth(SIDEBAR_PX)
        self._details.setFixedWidth(_DETAILS_PX)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.transport)
        row.addWidget(middle, 1)
        row.addWidget(self._details)

    def _connect(self) -> None:
        transport, audition = self.transport, self._audition
        transport.play.clicked.connect(audition.toggle)
        transport.replay.clicked.connect(partial(audition.replay, 0.0))
        transport.stop.clicked.connect(audition.stop)
        transport.autoplay.toggled.connect(partial(setattr, audition, "is_automatic"))
        transport.level.toggled.connect(partial(setattr, audition, "matches_level"))
        transport.loop.toggled.connect(partial(setattr, audition.player, "is_looping"))
        transport.volume.valueChanged.connect(self._on_volume)
        audition.moved.connect(self._on_moved)
        audition.device_lost.connect(self._on_device_lost)
        self._library.loaded.connect(self._look_again)
        self._library.said_changed.connect(self._tell)
        self._library.grown.connect(self._tell)

    def restore(self, kept: Settings) -> None:
        """Play as it was when the window was left."""
        transport = self.transport
        transport.volume.setValue(round(kept.volume_db * 10))
        transport.autoplay.setChecked(kept.autoplay)
        self._audition.is_automatic = kept.autoplay
        transport.loop.setChecked(kept.looping)
        transport.level.setChecked(kept.level_match)
        if kept.device:
            self._audition.choose_device(kept.device)

    def kept(self, settings: Settings) -> Settings:
        """Return settings with how it is now."""
        return replace(
            settings,
            volume_db=self.transport.volume.value() / 10,
            autoplay=self.transport.autoplay.isChecked(),
            looping=self.transport.loop.isChecked(),
            level_match=self.transport.level.isChecked(),
        )

    def add_plot(self, plot: WaveformPlot) -> None:
        """Take up the waveform, once pyqtgraph is there."""
        self.plot = plot
        stretch = self._middle.takeAt(1)
        del stretch
        self._middle.addWidget(plot, 1)
        plot.seek_asked.connect(self._audition.seek)
        self._draw()

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._colours = colours
        self.transport.dress(colours)
        self._details.dress(colours)
        self._colour_plot()

    def set_compact(self, is_compact: bool) -> None:
        """Leave the details out, or show them."""
        self._details.setVisible(not is_compact)
        self.transport.set_compact(is_compact)
        self.setFixedHeight(COMPACT_BOTTOM_PX if is_compact else BOTTOM_PX)

    @property
    def is_idle(self) -> bool:
        """Whether what is chosen is drawn."""
        return self.plot is not None and not self._drawer.is_busy and not self._rest.isActive()

    def go_to(self, row: int, *, is_held: bool, is_silent: bool = False) -> None:
        """Hear and see a row of the library; -1 for none."""
        rows = self._library.rows
        if row < 0:
            self._leave()
            return
        self._number = int(rows.ids[row])
        self._path = rows.path(row)
        cannot = rows["state"][row] in {State.PROBLEM, State.ONLINE_ONLY}
        levels = (_level(rows["rms_dbfs"][row]), _level(rows["peak_dbfs"][row]))
        self._audition.choose(
            self._path, levels=levels, is_held=is_held, is_silent=is_silent or bool(cannot)
        )
        self._audition.prefetch([rows.path(near) for near in self._table.neighbours()])
        self._name.setText(plain(rows.names[row]))
        self._about.setText(plain(rows.folder(row)))
        self._rest.start()

    def _leave(self) -> None:
        self._number = self._path = self._sample = None
        self._rest.stop()
        self._audition.choose(None)
        self._name.clear()
        self._about.clear()
        self._details.show_sample(None)
        if self.plot:
            self.plot.show_waveform(None)

    def _tell(self) -> None:
        """Read all that is known of the sample, and draw it."""
        if self._number is not None:
            self._library.fetch(self._number, self._show)
            self._draw()

    def _look_again(self) -> None:
        """Take up where the sample lies now: it may have been moved."""
        row = self._library.rows.row_of(self._number) if self._number is not None else None
        if row is not None:
            self._path = self._library.rows.path(row)
            self._name.setText(plain(self._library.rows.names[row]))
            self._tell()

    def _show(self, sample: Sample | None) -> None:
        if sample is None or sample.id != self._number:
            return
        self._sample = sample
        self._details.middle_c = self._library.rows.middle_c
        self._details.show_sample(sample)
        row = self._library.rows.row_of(sample.id)
        folder = self._library.rows.folder(row) if row is not None else ""
        self._about.setText(plain(" · ".join(filter(None, (folder, format_line(sample))))))
        self._about.setToolTip(tip("\n".join(filter(None, (sample.path, sample.comment)))))
        if sample.problem:
            self.said.emit(f"{self._name.text()}: {sample.problem}", True)

    def say_again(self) -> None:
        """Show what the user has just said of the sample; it may not be written down yet."""
        self._colour_plot()
        row = self._library.rows.row_of(self._number) if self._number is not None else None
        if self._sample is not None and row is not None and self._sample.id == self._number:
            code = int(self._library.rows.correction[row])
            said = LABELS[code] if code >= 0 else None
            self._details.show_sample(replace(self._sample, correction=said))

    def _draw(self) -> None:
        if self.plot is None or self._path is None:
            return
        known = self._shapes.get(self._path)
        if known is not None:
            self._show_shape(self._path, known)
        elif not self._is_silent():
            path = self._path
            self._drawer.do(
                partial(read_waveform, path), partial(self._take_shape, path), self._no_shape
            )
        else:
            self._no_shape(None)

    def _is_silent(self) -> bool:
        row = self._library.rows.row_of(self._number) if self._number is not None else None
        return row is None or self._library.rows["state"][row] == State.ONLINE_ONLY

    def _take_shape(self, path: str, shape: Waveform) -> None:
        self._shapes[path] = shape
        while len(self._shapes) > _KEPT:
            self._shapes.popitem(last=False)
        self._show_shape(path, shape)

    def _show_shape(self, path: str, shape: Waveform) -> None:
        if path == self._path and self.plot is not None:
            self._colour_plot()
            if self.plot.waveform is not shape:
                self.plot.show_waveform(shape)

    def _no_shape(self, _: Exception | None) -> None:
        if self.plot is not None:
            self.plot.show_waveform(None)

    def _colour_plot(self) -> None:
        if self.plot is None:
            return
        rows = self._library.rows
        row = rows.row_of(self._number) if self._number is not None else None
        code = -1
        if row is not None:
            said = int(rows.correction[row])
            code = said if said >= 0 else int(rows["label"][row])
        self.plot.dress(self._colours, LABELS[code] if code >= 0 else None)

    def _on_moved(self, state: PlayerState) -> None:
        if state.is_playing:
            self._silence = ""
        is_this = state.path is not None and state.path == self._path
        self.transport.show_playing(state.is_playing)
        if self.plot is not None:
            is_seen = is_this and (state.is_playing or state.position_s > 0)
            self.plot.show_position(state.position_s if is_seen else None)

    def _on_device_lost(self, sentence: str) -> None:
        """Say it once, until something is heard again: other things are to be read as well."""
        if sentence != self._silence:
            self._silence = sentence
            self.said.emit(sentence, True)

    def _on_volume(self, tenths: int) -> None:
        self._audition.player.volume_db = tenths / 10

    def change_volume(self, steps: int) -> None:
        """Make it louder or quieter, by 1 dB a step."""
        volume = self.transport.volume
        volume.setValue(volume.value() + round(steps * _STEP_DB * 10))

    def close_threads(self) -> None:
        """End all work."""
        self._rest.stop()
        self._drawer.close()


def _level(value: float) -> float | None:
    return float(value) if value == value else None  # noqa: PLR0124 - NaN is not itself

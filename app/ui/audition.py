"""Hearing what is chosen: the player, as the window's events see it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.core.player.events import DeviceLost, Ended, Event, Failed, PlayerState, Started
from app.core.player.output import Device
from app.core.player.player import Player
from app.ui.tasks import Worker, ignore

# After a key that is held down has moved on for so long, nothing more comes: then it is heard.
_SETTLE_MS: Final = 140
_FRAME_MS: Final = 16
# Where level match brings the loudness, and what it leaves under full scale.
_TARGET_DBFS: Final = -18.0
_HEADROOM_DBFS: Final = -1.0
_MOST_DB: Final = 24.0


def matched_gain_db(rms_dbfs: float | None, peak_dbfs: float | None) -> float:
    """Return by how much a sound is to be raised so that all are about equally loud.

    To -18 dB of loudness, never so far that it would be cut off, by 24 dB at most.
    """
    if rms_dbfs is None or peak_dbfs is None:
        return 0.0
    wanted = min(_TARGET_DBFS - rms_dbfs, _HEADROOM_DBFS - peak_dbfs)
    return max(-_MOST_DB, min(_MOST_DB, wanted))


class Audition(QObject):
    """Plays what the user goes to.

    Attributes
    ----------
    player : Player
    is_automatic, matches_level : bool
        Autoplay; level match.
    is_asked_for : bool
        Each sample is to be judged, and so to be heard, whether or not autoplay is on.

    Signals
    -------
    moved(object)
        A `PlayerState`, some sixty times a second while something is heard.
    failed(str), device_lost(str)
        One sentence.
    """

    moved = Signal(object)
    failed = Signal(str)
    device_lost = Signal(str)
    _told = Signal(object)

    def __init__(self, make_player: Callable[[Callable[[Event], None]], Player]) -> None:
        super().__init__()
        self._told.connect(self._on_told, Qt.ConnectionType.QueuedConnection)
        self.player = make_player(self._told.emit)
        self.is_automatic = True
        self.matches_level = False
        self.is_asked_for = False
        self._devices = Worker("devices", self)
        self._path: str | None = None
        self._gain_db = 0.0
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self.replay)
        self._frames = QTimer(self, interval=_FRAME_MS)
        self._frames.timeout.connect(self._on_frame)

    @property
    def state(self) -> PlayerState:
        """Return what is heard now."""
        return self.player.state

    def choose(
        self,
        path: str | None,
        *,
        levels: tuple[float | None, float | None] = (None, None),
        is_held: bool = False,
        is_silent: bool = False,
    ) -> None:
        """Go to another sample.

        Parameters
        ----------
        path : str or None
        levels : tuple
            Its loudness and peak, in dB of full scale.
        is_held : bool
            By a key that is held down: it is heard where the key is let go.
        is_silent : bool
            It is not to be heard by itself.
        """
        if path != self._path:
            self.player.stop()
        self._path = path
        self._gain_db = matched_gain_db(*levels)
        self._settle.stop()
        if path is None or is_silent or not (self.is_automatic or self.is_asked_for):
            return
        if is_held:
            self._settle.start()
        else:
            self.replay()

    def prefetch(self, paths: Sequence[str]) -> None:
        """Have neighbours ready."""
        self.player.prefetch(paths)

    def replay(self, start_s: float = 0.0) -> None:
        """Play what is chosen from its beginning, or from a moment."""
        if self._path is not None:
            gain_db = self._gain_db if self.matches_level else 0.0
            self.player.play(self._path, start_s=start_s, gain_db=gain_db)
            self._frames.start()

    def stop(self) -> None:
        """Be silent."""
        self._settle.stop()
        self.player.stop()

    def toggle(self) -> None:
        """Pause, go on, or begin."""
        state = self.player.state
        if state.path is None or state.path != self._path:
            self.replay()
        else:
            self.player.toggle()
            self._frames.start()

    def seek(self, at_s: float) -> None:
        """Hear it from a moment on."""
        state = self.player.state
        if state.path is not None and state.path == self._path:
            self.player.seek(at_s)
            self._frames.start()
        else:
            self.replay(at_s)

    def list_devices(self, show: Callable[[list[Device]], None]) -> None:
        """Look for outputs, those connected lately included; it takes a moment, and `show` it."""
        self._devices.do(partial(self.player.devices, refresh=True), show, self._no_device)

    def choose_device(self, name: str | None) -> None:
        """Play on an output, or on that of the system."""
        self._devices.do(partial(self.player.choose, name), ignore, self._no_device)

    def _no_device(self, error: Exception) -> None:
        self.device_lost.emit(str(error))

    def close(self) -> None:
        """Let go of the device."""
        self._devices.close()
        self._settle.stop()
        self._frames.stop()
        self.player.close()

    def _on_frame(self) -> None:
        state = self.player.state
        if not (state.is_playing or state.is_loading):
            self._frames.stop()
        self.moved.emit(state)

    def _on_told(self, event: Event) -> None:
        if isinstance(event, Failed):
            self.failed.emit(f"{event.path}: {event.sentence}")
        elif isinstance(event, DeviceLost):
            self.device_lost.emit(event.sentence)
        elif isinstance(event, Started):
            self._frames.start()
        elif isinstance(event, Ended):
            self.moved.emit(self.player.state)

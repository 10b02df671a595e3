"""A player before an output that a test drives, and what it told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from app.core.player import clips
from app.core.player.decoder import Decoder
from app.core.player.events import Event, Started
from app.core.player.player import Player
from tests.helpers.outputs import Frames, ManualOutput
from tests.helpers.sounds import write_wav

RATE_HZ = 48_000
PATIENCE_S = 10.0


class Stage:
    def __init__(self, folder: Path, output: ManualOutput | None = None) -> None:
        self.folder = folder
        self.output = output or ManualOutput(RATE_HZ)
        self.told: list[Event] = []
        self._changed = threading.Condition()
        self.player = Player(self.output, self._tell)

    def _tell(self, event: Event) -> None:
        with self._changed:
            self.told.append(event)
            self._changed.notify_all()

    def wait_for(self, event: type[Event], path: str | None = None) -> Event:
        """Return the first event of a kind, and about a file, that was not waited for before."""

        def found() -> Event | None:
            fitting = (one for one in self.told if isinstance(one, event))
            return next(
                (one for one in fitting if path in (None, getattr(one, "path", None))), None
            )

        with self._changed:
            assert self._changed.wait_for(found, PATIENCE_S), f"no {event.__name__}: {self.told}"
            first = found()
            assert first
            self.told.remove(first)
            return first

    def sound(self, samples: ArrayLike, name: str = "a.wav", rate: int = RATE_HZ) -> str:
        """Write a file, and return its path."""
        return str(write_wav(self.folder / name, samples, rate))

    def play(self, path: str, *, start_s: float = 0.0, gain_db: float = 0.0) -> None:
        """Play, and wait until it sounds."""
        self.player.play(path, start_s=start_s, gain_db=gain_db)
        self.wait_for(Started, path)

    def pull(self, frames: int, block: int = 480) -> Frames:
        return self.output.pull(frames, block)


def let_wait(monkeypatch: pytest.MonkeyPatch, name: str) -> threading.Event:
    """Let the decoder of a file wait for an event."""
    go = threading.Event()

    class Slow(Decoder):
        def __init__(self, path: str, rate_hz: int) -> None:
            assert Path(path).name != name or go.wait(10)
            super().__init__(path, rate_hz)

    monkeypatch.setattr(clips, "Decoder", Slow)
    return go


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; for what nobody tells."""
    beat = threading.Event()
    for _ in range(round(PATIENCE_S / 0.001)):
        if holds():
            return
        beat.wait(0.001)
    raise AssertionError("it never came to hold")


def running(name: str) -> int:
    """Return how many threads of a kind there are."""
    return sum(thread.name == f"kitsort-{name}" for thread in threading.enumerate())


def both(mono: ArrayLike) -> NDArray[np.float32]:
    """Return one channel as two."""
    return np.repeat(np.asarray(mono, np.float32)[:, np.newaxis], 2, axis=1)


def tone(hz: float, seconds: float, rate: int = RATE_HZ, peak: float = 0.5) -> NDArray[np.float32]:
    """Return a sine that begins and (for whole periods) ends at zero."""
    time_s = np.arange(round(seconds * rate)) / rate
    return (peak * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)


def swell(hz: float, seconds: float, rate: int = RATE_HZ) -> NDArray[np.float32]:
    """Return a tone that begins without any kink, at its lowest point, which is zero."""
    time_s = np.arange(round(seconds * rate)) / rate
    return (0.25 - 0.25 * np.cos(2 * np.pi * hz * time_s)).astype(np.float32)


def roughness(sound: NDArray[np.float32]) -> float:
    """Return the largest second difference: what a click has and a low tone has not."""
    return float(np.abs(np.diff(sound, 2, axis=0)).max())

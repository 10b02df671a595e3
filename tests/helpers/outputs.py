"""Sound outputs without a sound card: one that a test drives, one that keeps real time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from app.core.player.output import LATENCY_S, Device, OutputError, Render

Frames = NDArray[np.float32]
_MOST_CLOSING_BLOCKS = 100


class ManualStream:
    """Asks for sound when a test does."""

    def __init__(self, rate_hz: int, latency_s: float) -> None:
        self.rate_hz = rate_hz
        self.latency_s = latency_s
        self.is_open = True
        self.closing: list[Frames] = []
        self._render: Render | None = None
        self._on_lost: Callable[[], None] | None = None

    def start(self, render: Render, on_lost: Callable[[], None]) -> None:
        self._render, self._on_lost = render, on_lost

    def pull(self, frames: int, block: int) -> Frames:
        """Return the next frames, asked for in blocks."""
        assert self._render
        assert self.is_open
        heard = np.full((frames, 2), np.nan, np.float32)
        for at in range(0, frames, block):
            self._render(heard[at : at + block])
        return heard

    def die(self) -> None:
        """Be unplugged."""
        assert self._on_lost
        self._render = None
        self._on_lost()

    def close(self) -> None:
        assert self.is_open
        for _ in range(_MOST_CLOSING_BLOCKS if self._render else 0):
            assert self._render
            self.closing.append(np.empty((480, 2), np.float32))
            if self._render(self.closing[-1]):
                break
        self.is_open = False


class ManualOutput:
    """An output whose streams a test drives.

    Attributes
    ----------
    rate_hz, latency_s
        Of the next stream.
    failure : str or None
        The sentence with which the next `open` fails.
    opened : list
        The device that each stream was asked for.
    stream : ManualStream
        The last one.
    refreshed : int
        How often the devices were read anew.
    """

    def __init__(self, rate_hz: int = 48_000, latency_s: float = 0.0) -> None:
        self.rate_hz = rate_hz
        self.latency_s = latency_s
        self.failure: str | None = None
        self.names = ["Speakers", "Phones"]
        self.opened: list[str | None] = []
        self.stream = ManualStream(rate_hz, latency_s)
        self.refreshed = 0
        self.is_closed = False

    def open(self, device: str | None) -> ManualStream:
        if self.failure:
            raise OutputError(self.failure)
        assert not self.opened or not self.stream.is_open, "two streams at a time"
        self.opened.append(device)
        self.stream = ManualStream(self.rate_hz, self.latency_s)
        return self.stream

    def devices(self, *, refresh: bool) -> list[Device]:
        assert not refresh or not self.opened or not self.stream.is_open, "a stream is open"
        self.refreshed += refresh
        return [Device(number, name, number == 0) for number, name in enumerate(self.names)]

    def close(self) -> None:
        self.is_closed = True

    def pull(self, frames: int, block: int = 480) -> Frames:
        """Return the next frames of the last stream."""
        return self.stream.pull(frames, block)


class PacedStream:
    """Asks for a block whenever one has been heard, as a sound card does.

    Attributes
    ----------
    blocks : int
        Filled so far.
    underflows : int
        Blocks whose callback ended after the moment at which they should have been heard.
    """

    def __init__(self, rate_hz: int, latency_s: float, block: int) -> None:
        self.rate_hz = rate_hz
        self.latency_s = latency_s
        self.blocks = 0
        self.underflows = 0
        self._block = np.empty((block, 2), np.float32)
        self._block_s = block / rate_hz
        self._shall_end = threading.Event()
        self._has_ended = threading.Event()
        self._has_ended.set()

    def start(self, render: Render, on_lost: Callable[[], None]) -> None:
        self._has_ended.clear()
        threading.Thread(target=self._work, args=(render,), name="paced", daemon=True).start()

    def close(self) -> None:
        """Give the last blocks a moment, then end."""
        self._has_ended.wait(0.5)
        self._shall_end.set()
        self._has_ended.wait(5)

    def _work(self, render: Render) -> None:
        # The first block is heard when the buffer has been filled.
        heard_at = time.perf_counter() + self.latency_s
        while not self._shall_end.is_set():
            is_last = render(self._block)
            self.blocks += 1
            late_s = time.perf_counter() - heard_at
            if late_s > 0:
                self.underflows += 1
                heard_at += late_s  # the card goes on from here
            if is_last:
                break
            heard_at += self._block_s
            self._shall_end.wait(max(0.0, heard_at - self.latency_s - time.perf_counter()))
        self._has_ended.set()


class PacedOutput(ManualOutput):
    """An output that keeps real time, with the buffers that PortAudio makes of our latency.

    Attributes
    ----------
    streams : list of PacedStream
        All that were opened.
    """

    def __init__(
        self, rate_hz: int = 48_000, latency_s: float = LATENCY_S, block: int = 720
    ) -> None:
        super().__init__(rate_hz, latency_s)
        self.block = block
        self.streams: list[PacedStream] = []

    def open(self, device: str | None) -> PacedStream:  # type: ignore[override]
        self.opened.append(device)
        self.streams.append(PacedStream(self.rate_hz, self.latency_s, self.block))
        return self.streams[-1]

    @property
    def underflows(self) -> int:
        """Of all streams together."""
        return sum(stream.underflows for stream in self.streams)

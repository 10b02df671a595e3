"""A process that plays through PortAudio, as a plan says; run by `test_real_sound`.

The sound goes to a file, as fast as the computer can: what happens when is counted in frames.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable
from typing import Any

from app.core.player.events import Ended, Event
from app.core.player.output import Render, SoundDeviceOutput, Stream
from app.core.player.player import Player
from tests.helpers.outputs import Frames

_PATIENCE_S = 20.0


class CountingOutput(SoundDeviceOutput):
    """Calls `before_block` with the frames that were asked for so far."""

    def __init__(self) -> None:
        super().__init__()
        self.before_block: Callable[[int], None] = lambda frames: None
        self.rate_hz = 0

    def open(self, device: str | None) -> Stream:
        stream: Any = super().open(device)
        self.rate_hz, start = stream.rate_hz, stream.start
        stream.start = lambda render, on_lost: start(self._counting(render), on_lost)
        return stream

    def _counting(self, render: Render) -> Render:
        frames = 0

        def fill(block: Frames) -> bool:
            nonlocal frames
            self.before_block(frames)
            frames += len(block)
            return render(block)

        return fill


class Show:
    """Plays the first path, and does the steps, each when so many frames have sounded."""

    def __init__(self, paths: list[str], steps: list[list[Any]], is_looping: bool) -> None:
        self._paths = paths
        self._steps = steps
        self._began_at: int | None = None
        self._is_over = threading.Event()
        self._output = CountingOutput()
        self._output.before_block = self._before_block
        self._told: list[str] = []
        self.player = Player(self._output, self._tell)
        self.player.is_looping = is_looping

    def run(self) -> dict[str, Any]:
        """Return what was told, and the rate."""
        self.player.play(self._paths[0])
        was_over = self._is_over.wait(_PATIENCE_S)
        devices = [device.name for device in self.player.devices()]
        self.player.close()
        told, rate_hz = self._told, self._output.rate_hz
        return {"was_over": was_over, "told": told, "rate_hz": rate_hz, "devices": devices}

    def _tell(self, event: Event) -> None:
        self._told.append(type(event).__name__)
        if isinstance(event, Ended):
            self._is_over.set()

    def _before_block(self, frames: int) -> None:
        if self._began_at is None and self.player.state.is_playing:
            self._began_at = frames
        while self._began_at is not None and self._steps:
            at, what, *more = self._steps[0]
            if frames - self._began_at < at:
                return
            del self._steps[0]
            self._step(what, *more)

    def _step(self, what: str, *more: Any) -> None:
        if what == "end":
            self._is_over.set()
        elif what == "play":  # and let it load, while the sound card waits
            self.player.play(self._paths[more[0]])
            while self.player.state.is_loading:
                threading.Event().wait(0.001)
        else:
            getattr(self.player, what)(*more)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(Show(**json.loads(sys.argv[1])).run()))

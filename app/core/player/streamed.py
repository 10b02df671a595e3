"""A long sample: read by a thread of its own, a few seconds ahead of what is heard."""

from __future__ import annotations

import itertools
import queue
from collections import deque
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from typing import Final

import numpy as np

from app.core.player.crew import Crew
from app.core.player.decoder import Decoder, Frames
from classifier import AudioError

# Blocks read ahead, each a third of a second: what a drive may take to wake up, and 2 MB.
AHEAD: Final = 12
_NOTHING: Final[Frames] = np.empty((0, 2), np.float32)


class Streamed:
    """A sample that is heard in order from `start` on, over and over.

    What comes after the end is read in any case, so that a loop has no gap. `take` waits for
    nothing: the callback of a sound card may call it.

    Parameters
    ----------
    decoder : Decoder
        It is closed when this is.
    start : int
        First frame.
    crew : Crew
        Has the thread.

    Attributes
    ----------
    frames : int
        Length; as the header tells it, until the end was read.
    error : AudioError or None
        Why the sample ends before its end.

    Raises
    ------
    AudioError
        If not even the first block can be read.
    """

    def __init__(self, decoder: Decoder, start: int, crew: Crew) -> None:
        self._decoder = decoder
        self.frames = decoder.frames
        self.error: AudioError | None = None
        self._is_closed = False
        self._blocks: deque[Frames] = deque()
        self._left = _NOTHING
        # One token for each block that may be read: both sides count without a lock.
        self._room: queue.SimpleQueue[None] = queue.SimpleQueue()
        for _ in range(AHEAD - 1):
            self._room.put(None)
        laps = self._laps(min(start, self.frames))
        self._blocks.extend(itertools.islice(laps, 1))
        if not self._blocks:
            decoder.close()
            raise self.error or AudioError("It holds no sound.")
        crew.start("stream", partial(self._work, laps))

    def take(self, at: int, most: int) -> Frames:  # noqa: ARG002 - it is always what comes next
        """Return up to `most` of the next frames; none where the thread has fallen behind."""
        if not len(self._left):
            if not self._blocks:
                return _NOTHING
            self._left = self._blocks.popleft()
            self._room.put(None)
        taken, self._left = self._left[:most], self._left[most:]
        return taken

    def close(self) -> None:
        """End the thread; what it has read can still be taken."""
        self._is_closed = True
        self._room.put(None)

    def _work(self, laps: Iterator[Frames]) -> None:
        with closing(self._decoder):
            while not self._room.get() and not self._is_closed:
                block = next(laps, None)
                if block is None:
                    return
                self._blocks.append(block)

    def _laps(self, at: int) -> Iterator[Frames]:
        """Yield the blocks from a frame on, again and again, until one cannot be read."""
        while not self.error:
            try:
                for block in self._decoder.blocks(at):
                    at += len(block)
                    yield block
                if not at:
                    self.error = AudioError("It has a header but no sound in it.")
            except AudioError as error:
                self.error = error
            # Before the first block of the next lap can be taken, and after the error is known.
            self.frames, at = at, 0

"""Samples in memory: short ones whole, the last ones heard kept, the next ones ahead of time."""

from __future__ import annotations

import os
import queue
import stat
import threading
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Final, NamedTuple

import numpy as np

from app.core.jobs import CancelledError, Job
from app.core.placeholders import is_online_only
from app.core.player.crew import Crew
from app.core.player.decoder import Decoder, Frames, reason
from app.core.player.streamed import Streamed
from classifier import AudioError

# A longer sample is streamed: this much in stereo at 48 kHz takes 12 MB.
LONGEST_HELD_S: Final = 30.0
_CACHE_BYTES: Final = 64_000_000


class Clip:
    """A sample that is held whole.

    Attributes
    ----------
    samples : array, shape (n, 2), float32
    frames : int
    error : None
        There is nothing that could still go wrong.
    """

    error: AudioError | None = None

    def __init__(self, samples: Frames) -> None:
        self.samples = samples
        self.frames = len(samples)

    def take(self, at: int, most: int) -> Frames:
        """Return up to `most` frames from a position."""
        return self.samples[at : at + most]

    def close(self) -> None:
        """Nothing is open."""


class Key(NamedTuple):
    """A file as it was at a time, at the rate of an output: another one is read again."""

    path: str
    size: int
    mtime_ns: int
    rate_hz: int


class Clips:
    """Reads samples, and keeps those heard last.

    Parameters
    ----------
    crew : Crew
        Has the threads that read long samples.
    most_bytes : int
        What the kept ones may take together.
    """

    def __init__(self, crew: Crew, most_bytes: int = _CACHE_BYTES) -> None:
        self._crew = crew
        self._most_bytes = most_bytes
        self._kept: OrderedDict[Key, Clip] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def load(self, path: str, rate_hz: int, job: Job, start_s: float = 0.0) -> Clip | Streamed:
        """Return a sample; a long one is read from `start_s` on, by a thread of its own.

        Raises
        ------
        AudioError
        CancelledError
        """
        key = _key(path, rate_hz)
        if kept := self._find(key):
            return kept
        decoder = Decoder(path, rate_hz)
        if decoder.duration_s > LONGEST_HELD_S:
            return Streamed(decoder, round(start_s * rate_hz), self._crew)
        with closing(decoder):
            clip = _read(decoder, job)
        self._keep(key, clip)
        return clip

    def load_ahead(self, path: str, rate_hz: int, job: Job) -> None:
        """Read a sample that may be wanted next; one that is not there or too long is left.

        Raises
        ------
        CancelledError
        """
        job.check()
        with suppress(AudioError, OSError, ValueError):
            # Nobody asked for it to be downloaded.
            if not is_online_only(os.stat(path)) and not self._find(_key(path, rate_hz)):
                self._read_ahead(path, rate_hz, job)

    def _read_ahead(self, path: str, rate_hz: int, job: Job) -> None:
        key = _key(path, rate_hz)
        with closing(Decoder(path, rate_hz)) as decoder:
            if decoder.duration_s <= LONGEST_HELD_S:
                self._keep(key, _read(decoder, job))

    def _find(self, key: Key) -> Clip | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def _keep(self, key: Key, clip: Clip) -> None:
        with self._lock:
            if key in self._kept:
                self._bytes -= self._kept.pop(key).samples.nbytes
            self._kept[key] = clip
            self._bytes += clip.samples.nbytes
            while self._bytes > self._most_bytes:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= oldest.samples.nbytes


def _key(path: str, rate_hz: int) -> Key:
    try:
        status = os.stat(path)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the name
        raise reason(path) from error
    if not stat.S_ISREG(status.st_mode):  # a named pipe would block for ever
        raise reason(path)
    return Key(path, status.st_size, status.st_mtime_ns, rate_hz)


def _read(decoder: Decoder, job: Job) -> Clip:
    blocks = []
    for block in decoder.blocks():
        job.check()
        blocks.append(block)
    if not blocks:
        raise AudioError("It has a header but no sound in it.")
    return Clip(np.concatenate(blocks))


class Prefetcher:
    """Reads what may be wanted next, on a thread of its own that makes way for a play."""

    def __init__(self, clips: Clips, crew: Crew) -> None:
        self._clips = clips
        self._job = Job()
        self._asked: queue.SimpleQueue[tuple[Sequence[str], int, Job] | None] = queue.SimpleQueue()
        crew.start("prefetch", self._work)

    def ask(self, paths: Sequence[str], rate_hz: int) -> None:
        """Read these, in their order, and no longer what was asked for before."""
        is_paused = self._job.is_paused
        self._job.cancel()
        self._job = Job()
        if is_paused:
            self._job.pause()
        self._asked.put((paths, rate_hz, self._job))

    def pause(self) -> None:
        """Make way."""
        self._job.pause()

    def resume(self) -> None:
        """Go on."""
        self._job.resume()

    def close(self) -> None:
        """End the thread."""
        self._job.cancel()
        self._asked.put(None)

    def _work(self) -> None:
        while asked := self._asked.get():
            paths, rate_hz, job = asked
            with suppress(CancelledError):
                for path in paths:
                    self._clips.load_ahead(path, rate_hz, job)

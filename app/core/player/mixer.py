"""What the sound card calls: one sample, the last ones fading out, and a level.

Nothing in here waits or reads: what it needs lies in memory, and orders come through a deque,
whose two ends need no lock.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from app.core.player.decoder import Frames
from classifier import AudioError

# Short enough to feel immediate, long enough that a bass note does not click.
_FADE_OUT_S: Final = 0.005
# Only where a sound is entered in its middle: the attack of a drum is never touched.
_FADE_IN_S: Final = 0.002
# From the last value of a file that was cut in the middle of a wave down to silence.
_TAIL_S: Final = 0.001
# The level takes this long from silence to full scale.
_SLEW_S: Final = 0.05
# Frames at a time: numpy lets other threads in while it works on more than 500 values, and after
# each such operation the callback would stand in line for the GIL again.
_AT_ONCE: Final = 240
_NOTHING: Final[Frames] = np.empty((0, 2), np.float32)


@dataclass(slots=True)
class Controls:
    """What can be changed while it sounds; `volume` is a factor."""

    volume: float = 1.0
    is_looping: bool = False


class Source(Protocol):
    """Where a voice takes its frames from; `Clip` and `Streamed`."""

    frames: int
    error: AudioError | None

    def take(self, at: int, most: int) -> Frames:
        """Return up to `most` frames from a position, shape (n, 2); none while none are there."""

    def close(self) -> None:
        """Read no more; what has been read can still be taken."""


def _falling(rate_hz: int, seconds: float) -> Frames:
    """Return half a cosine from just below 1 down to 0, shape (n, 1)."""
    frames = max(1, round(seconds * rate_hz))
    phase = np.arange(1, frames + 1) * (math.pi / frames)
    curve: Frames = (0.5 + 0.5 * np.cos(phase)).astype(np.float32)
    return curve[:, np.newaxis]


class Ramp:
    """A curve that a sound is multiplied by, once; its last value stays."""

    def __init__(self, curve: Frames) -> None:
        self._left = curve
        self._last = curve[-1]

    @property
    def is_done(self) -> bool:
        """Whether only the last value is left."""
        return not len(self._left)

    def shape(self, block: Frames) -> None:
        """Multiply the next frames."""
        part, self._left = self._left[: len(block)], self._left[len(block) :]
        block[: len(part)] *= part
        block[len(part) :] *= self._last


class Voice:
    """A sample that sounds.

    Parameters
    ----------
    source : Source
    start : int
        First frame.
    gain : float
        A factor.
    rate_hz : int
    latency : int
        Frames between what is handed over and what is heard.

    Attributes
    ----------
    at : int
        The frame that is handed over next.
    heard : int
        The frame that is heard now.
    has_sounded : bool
    """

    def __init__(self, source: Source, start: int, gain: float, rate_hz: int, latency: int) -> None:
        self.source = source
        self.at = self.heard = min(start, source.frames)
        self.has_sounded = False
        self._gain = np.float32(gain)
        self._latency = latency
        self._handed = self._silent = 0
        self._curve = _falling(rate_hz, _FADE_OUT_S)
        self._rise = 1 - _falling(rate_hz, _FADE_IN_S)
        self._end = _falling(rate_hz, _TAIL_S)
        self._ramps = [Ramp(self._rise)] if self.at else []
        self._fade: Ramp | None = None
        self._last = np.zeros((1, 2), np.float32)
        self._tail = _NOTHING
        self._has_ended = self._has_starved = False

    @property
    def is_leaving(self) -> bool:
        """Whether it fades out."""
        return self._fade is not None

    @property
    def is_over(self) -> bool:
        """Whether it has faded out, or was heard to its end."""
        if self._fade:
            return self._fade.is_done
        return self._has_ended and not len(self._tail) and self._silent >= self._latency

    def leave(self) -> None:
        """Fade out."""
        if not self._fade:
            self._fade = Ramp(self._curve)
            self._ramps.append(self._fade)

    def render(self, block: Frames, is_looping: bool) -> None:
        """Fill a block with what comes next."""
        self._recover()
        given = self._give(block, is_looping)
        block *= self._gain
        for ramp in self._ramps:
            ramp.shape(block)
        self._count(len(block), given)

    def _recover(self) -> None:
        """Come back softly after the source had nothing."""
        if self._has_starved and not len(self._tail):
            self._has_starved = False
            self._handed = self._silent = 0
            if not self._fade:
                self._ramps = [Ramp(self._rise)]

    def _give(self, block: Frames, is_looping: bool) -> int:
        """Fill a block, and return how many frames of it are of the sample."""
        done = 0
        while done < len(block) and len(piece := self._next(len(block) - done, is_looping)):
            block[done : done + len(piece)] = piece
            done += len(piece)
        given = done
        tail, self._tail = self._tail[: len(block) - done], self._tail[len(block) - done :]
        block[done : done + len(tail)] = tail
        block[done + len(tail) :] = 0
        return given

    def _next(self, most: int, is_looping: bool) -> Frames:
        if self._has_ended or self._has_starved:
            return _NOTHING
        if self.at >= self.source.frames:
            if self.source.error or not is_looping:
                self._has_ended = True
                return self._break_off()
            self.at = 0
        piece = self.source.take(self.at, min(most, self.source.frames - self.at))
        if not len(piece):
            self._has_starved = True
            return self._break_off()
        self.at += len(piece)
        self._last = piece[-1:]
        return piece

    def _break_off(self) -> Frames:
        """Go from the last value to silence, for it may be far from it."""
        self._tail = self._last * self._end
        self._last = np.zeros_like(self._last)
        return _NOTHING

    def _count(self, frames: int, given: int) -> None:
        self.has_sounded = True
        self._handed += frames
        self._silent += frames - given
        behind = max(0, min(self._latency, self._handed) - self._silent)
        heard = self.at - behind
        self.heard = max(0, heard if heard >= 0 else heard + self.source.frames)


class Mixer:
    """Fills the blocks of an output.

    Parameters
    ----------
    rate_hz : int
    latency_s : float
        Between what is handed over and what is heard.
    controls : Controls
        They may be changed at any time.
    on_over : callable
        Called by the callback with a voice that was heard to its end; it must not wait.

    Attributes
    ----------
    blocks : int
        How many were filled: who watches sees whether the output is alive.
    """

    def __init__(
        self,
        rate_hz: int,
        latency_s: float,
        controls: Controls,
        on_over: Callable[[Voice], None],
    ) -> None:
        self.rate_hz = rate_hz
        self.blocks = 0
        self._latency = round(latency_s * rate_hz)
        self._controls = controls
        self._on_over = on_over
        self._orders: deque[Voice | None] = deque()
        self._voices: list[Voice] = []
        self._is_finishing = False
        self._volume = controls.volume
        self._scratch = np.empty((_AT_ONCE, 2), np.float32)
        self._steps = np.arange(1, _AT_ONCE + 1, dtype=np.float32)[:, np.newaxis]

    def voice(self, source: Source, start_s: float, gain_db: float) -> Voice:
        """Return a sample that can be started."""
        gain = 10 ** (gain_db / 20)
        return Voice(source, round(start_s * self.rate_hz), gain, self.rate_hz, self._latency)

    def start(self, voice: Voice) -> None:
        """Let a voice sound from the next block on, and what sounds now fade out."""
        self._orders.append(voice)

    def stop(self) -> None:
        """Let what sounds fade out."""
        self._orders.append(None)

    def finish(self) -> None:
        """Fade out, and say that this was all."""
        self.stop()
        self._is_finishing = True

    def render(self, block: Frames) -> bool:
        """Fill the next block, shape (n, 2), and tell whether it was the last."""
        if not self._voices:  # nobody hears the volume jump
            self._volume = self._controls.volume
        self._obey()
        for at in range(0, len(block), _AT_ONCE):
            self._mix(block[at : at + _AT_ONCE])
        self.blocks += 1
        return self._is_finishing and not self._voices and not self._orders

    def _obey(self) -> None:
        while self._orders:
            voice = self._orders.popleft()
            for other in self._voices:
                other.leave()
            # One that was replaced before anybody heard it need not fade.
            self._voices = [other for other in self._voices if other.has_sounded]
            if voice:
                self._voices.append(voice)

    def _mix(self, block: Frames) -> None:
        block[:] = 0
        part = self._scratch[: len(block)]
        for voice in self._voices:
            voice.render(part, self._controls.is_looping)
            block += part
            if voice.is_over and not voice.is_leaving:
                self._on_over(voice)
        if self._voices:
            self._level(block)
            np.clip(block, -1, 1, out=block)
        self._voices = [voice for voice in self._voices if not voice.is_over]

    def _level(self, block: Frames) -> None:
        """Multiply by the volume, which glides where it was changed."""
        wanted, before = self._controls.volume, self._volume
        if wanted == before:
            if wanted != 1:
                block *= np.float32(wanted)
            return
        step = math.copysign(1 / (_SLEW_S * self.rate_hz), wanted - before)
        low, high = sorted((wanted, before))
        glide = np.clip(before + step * self._steps[: len(block)], low, high)
        block *= glide
        has_arrived = abs(wanted - before) <= abs(step) * len(block)
        self._volume = wanted if has_arrived else float(glide[-1, 0])

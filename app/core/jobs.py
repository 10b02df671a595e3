"""Long work: how far it is, and how it is paused and stopped."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

# What a rate is taken over: long enough to be calm, short enough to notice a slow folder.
_WINDOW_S: Final = 10.0
_BEAT_S: Final = 0.1


class CancelledError(Exception):
    """The user stopped the work; what was finished stays finished."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far work is.

    Attributes
    ----------
    doing : str
        In words: "Analysing".
    done, total : int
        Files; a total of 0 is not known yet.
    per_second : float
        Files a second over the last seconds, pauses not counted; 0 before the first.
    at : str
        The file at work, as its path.
    """

    doing: str
    done: int
    total: int
    per_second: float
    at: str

    @property
    def left_s(self) -> float | None:
        """Seconds until it is done, if it goes on like this; None while nobody can tell."""
        if not self.per_second or not self.total:
            return None
        return (self.total - self.done) / self.per_second


class Job:
    """A piece of long work, as seen by who asked for it; a plain one reports to nobody.

    Who works calls `step` and `check`; who watches calls `pause`, `resume` and `cancel`, from
    any thread.
    """

    def __init__(self, report: Callable[[Progress], None] | None = None) -> None:
        self._report = report
        self._may_go_on = threading.Event()
        self._may_go_on.set()
        self._is_cancelled = False
        self._doing = ""
        self._steps: deque[tuple[float, int]] = deque()

    def cancel(self) -> None:
        """Stop at the next check, a pause included."""
        self._is_cancelled = True
        self._may_go_on.set()

    def pause(self) -> None:
        """Stop at the next check, until `resume`."""
        if not self._is_cancelled:
            self._may_go_on.clear()

    def resume(self) -> None:
        """Go on after a pause."""
        self._may_go_on.set()

    @property
    def is_paused(self) -> bool:
        """Whether it waits for `resume`."""
        return not self._may_go_on.is_set()

    def check(self) -> None:
        """Wait while paused.

        Raises
        ------
        CancelledError
            If the work shall stop.
        """
        if self.is_paused:
            # In beats, for a pause may come right after a cancel.
            while not self._is_cancelled and not self._may_go_on.wait(_BEAT_S):
                pass
            self._steps.clear()
        if self._is_cancelled:
            raise CancelledError

    def step(self, doing: str, done: int, total: int = 0, at: str = "") -> None:
        """Say how far it is, then as `check`."""
        self.check()
        if self._report:
            self._report(Progress(doing, done, total, self._rate(doing, done), at))

    def _rate(self, doing: str, done: int) -> float:
        if doing != self._doing:
            self._doing = doing
            self._steps.clear()
        now = time.monotonic()
        self._steps.append((now, done))
        while now - self._steps[0][0] > _WINDOW_S and len(self._steps) > 2:
            self._steps.popleft()
        since, before = self._steps[0]
        return (done - before) / (now - since) if now > since else 0.0

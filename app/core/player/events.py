"""What a player tells, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Started:
    """What `play` was asked for has begun to sound."""

    path: str


@dataclass(frozen=True, slots=True)
class Ended:
    """A sample was heard to its end, and nobody stopped it."""

    path: str


@dataclass(frozen=True, slots=True)
class Failed:
    """A sample cannot be played; the sentence says why."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """There is no output, or no longer; the next play tries again."""

    sentence: str


Event: TypeAlias = Started | Ended | Failed | DeviceLost


@dataclass(frozen=True, slots=True)
class PlayerState:
    """How a player stands.

    Attributes
    ----------
    path : str or None
        The sample that was asked for last; it stays when the sound has ended.
    position_s : float
        What is heard now, in seconds from the beginning of the file; where it would go on
        while paused, and 0 after the end.
    duration_s : float
        0 until it has been loaded.
    is_playing : bool
        Whether it sounds.
    is_loading : bool
        Whether it was asked for and does not sound yet.
    """

    path: str | None = None
    position_s: float = 0.0
    duration_s: float = 0.0
    is_playing: bool = False
    is_loading: bool = False

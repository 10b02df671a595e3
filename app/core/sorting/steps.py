"""The words of sorting: what is wanted, what would be done, what stays where it is and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from app.core.sorting.template import DEFAULT, Template


class Mode(StrEnum):
    """How samples get into their instrument's folder."""

    COPY = "copy"
    MOVE = "move"
    HARDLINK = "hardlink"
    SYMLINK = "symlink"
    TAG = "tag"


class Collision(StrEnum):
    """What happens where a name is taken: never is anything overwritten.

    KEEP_BOTH gives the newcomer a number, SKIP leaves it where it is, SKIP_SAME leaves it only if
    the sound that is there is the same, and numbers it otherwise.
    """

    KEEP_BOTH = "keep-both"
    SKIP = "skip"
    SKIP_SAME = "skip-same"


class Act(IntEnum):
    """What is done with one file; the numbers are kept in journals.

    REMOVE takes away a copy or link of `source` at `target`; it is how COPY, HARDLINK and SYMLINK
    are undone. TAG gives a sample the tag `target`, and leaves files alone.
    """

    MOVE = 0
    COPY = 1
    HARDLINK = 2
    SYMLINK = 3
    REMOVE = 4
    TAG = 5


ACTS: Final = {
    Mode.COPY: Act.COPY,
    Mode.MOVE: Act.MOVE,
    Mode.HARDLINK: Act.HARDLINK,
    Mode.SYMLINK: Act.SYMLINK,
    Mode.TAG: Act.TAG,
}


class Step(NamedTuple):
    """What would be done with one file; a tuple of str, for there may be 100,000.

    Attributes
    ----------
    act : Act
    source, target : str
        Paths; of TAG the target is the tag, and '' takes all instrument tags off.
    size, mtime_ns : int
        Of the file that the step is for: of another one nothing is done.
    reason : str
        Why, in a few words: "Kick", "goes along with kick.wav".
    sample : int or None
        Its number in the catalog.
    leader : int or None
        Position of the step that this one goes along with.
    """

    act: Act
    source: str
    target: str
    size: int
    mtime_ns: int
    reason: str
    sample: int | None = None
    leader: int | None = None


class Left(NamedTuple):
    """A file that stays where it is, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """What the user wants.

    Attributes
    ----------
    destination : str
        Absolute path of the folder that the instrument folders are in; '' with TAG.
    mode : Mode
    template : Template
    least_confidence : float or None
        Below it a sample is Unsure; None is the model's own threshold.
    with_unsure, with_other : bool
        Whether they go to folders as well.
    on_collision : Collision
    removes_emptied : bool
        Whether folders that moves have emptied are removed.
    """

    destination: str
    mode: Mode = Mode.COPY
    template: Template = DEFAULT
    least_confidence: float | None = None
    with_unsure: bool = False
    with_other: bool = False
    on_collision: Collision = Collision.KEEP_BOTH
    removes_emptied: bool = False


@dataclass(slots=True)
class Plan:
    """What sorting, or undoing, would do; nothing of it is done yet.

    Attributes
    ----------
    rules : Rules
    steps : list of Step
    left : list of Left
        What stays, with the reason; what is in place already is only counted.
    in_place : int
    obstacles, warnings : list of str
        One sentence each: why it could not be applied to its end, and what to know before.
    undoes : int or None
        The batch that this plan takes back.
    left_out : list of Step
        What the user wants not to be done. Of an undo the journal keeps it: it can follow later.
    """

    rules: Rules
    steps: list[Step] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    in_place: int = 0
    obstacles: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    undoes: int | None = None
    left_out: list[Step] = field(default_factory=list)

    @property
    def reasons(self) -> Counter[str]:
        """How many files stay, for each reason."""
        return Counter(left.reason for left in self.left)

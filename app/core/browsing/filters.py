"""Which rows are shown: what was chosen at the left, the chips, the ranges, the words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from app.core.browsing.arrays import Mask
from app.core.browsing.rows import OTHER_CODE, UNSURE_CODE, Rows
from classifier import INSTRUMENTS, KINDS, LABELS, OTHER


class Bucket(StrEnum):
    """What is offered at the left; the values are what it is called."""

    ALL = "All"
    KICK = "Kick"
    SNARE = "Snare"
    SUB_808 = "808"
    OPEN_HAT = "Open hat"
    CLOSED_HAT = "Closed hat"
    OTHER = "Other"
    WAITING = "Waiting"
    UNSURE = "Unsure"
    DISAGREES = "Name disagrees"
    CORRECTED = "Corrected"
    FAVOURITES = "Favourites"
    DUPLICATES = "Duplicates"
    PROBLEMS = "Problems"


_DECIDED: Final = {Bucket(label): code for code, label in enumerate(LABELS)}
_MASKS: Final[dict[Bucket, Callable[[Rows], Mask]]] = {
    Bucket.WAITING: Rows.waits,
    Bucket.UNSURE: lambda rows: rows.decisions() == UNSURE_CODE,
    Bucket.DISAGREES: Rows.disagrees,
    Bucket.CORRECTED: lambda rows: rows.correction >= 0,
    Bucket.FAVOURITES: lambda rows: rows.is_favourite,
    Bucket.DUPLICATES: lambda rows: rows.is_duplicate,
    Bucket.PROBLEMS: Rows.has_problem,
}


@dataclass(frozen=True, slots=True)
class Span:
    """From a least to a most, both included; a sample without a value lies in an open one only.

    Attributes
    ----------
    least, most : float or None
        Where None, it is open.
    """

    least: float | None = None
    most: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether everything lies in it."""
        return self.least is None and self.most is None

    def holds(self, values: np.ndarray) -> Mask:
        """Return which values lie in it."""
        found: Mask = np.ones(len(values), np.bool_)
        if self.least is not None:
            found &= values >= self.least
        if self.most is not None:
            found &= values <= self.most
        return found


@dataclass(frozen=True, slots=True)
class Filter:
    """What is shown; all of it must hold.

    Attributes
    ----------
    bucket : Bucket
    kind : str or None
        Of Other, only this kind.
    root : int or None
        Only in this folder of the library.
    text : str
        Words, each somewhere in folder, name, tags or comment.
    instruments : frozenset of str
        Decided to be one of these, Other included; where empty, anything.
    confidence : Span
        0 to 1.
    length_s : Span
        In seconds.
    """

    bucket: Bucket = Bucket.ALL
    kind: str | None = None
    root: int | None = None
    text: str = ""
    instruments: frozenset[str] = frozenset()
    confidence: Span = Span()
    length_s: Span = Span()

    @property
    def narrows(self) -> bool:
        """Whether anything but bucket and folder leaves samples out."""
        return bool(
            self.text.strip()
            or self.instruments
            or not self.confidence.is_open
            or not self.length_s.is_open
        )


def matching_rows(rows: Rows, wanted: Filter) -> Mask:
    """Return which rows a filter lets through."""
    mask = _in_bucket(rows, wanted)
    if wanted.root is not None:
        mask = mask & rows.in_roots([wanted.root])
    if wanted.instruments:
        codes = [LABELS.index(name) for name in wanted.instruments]
        mask = mask & np.isin(rows.decisions(), codes)
    for span, column in ((wanted.confidence, "confidence"), (wanted.length_s, "duration_s")):
        if not span.is_open:
            mask = mask & span.holds(rows[column])
    if wanted.text.strip():
        mask = mask & rows.search.find(wanted.text, len(rows))
    return mask


def _in_bucket(rows: Rows, wanted: Filter) -> Mask:
    if wanted.bucket is Bucket.ALL:
        return np.ones(len(rows), np.bool_)
    if wanted.bucket not in _DECIDED:
        return _MASKS[wanted.bucket](rows)
    mask: Mask = rows.decisions() == _DECIDED[wanted.bucket]
    if wanted.kind is not None:
        mask = mask & (rows["kind"] == KINDS.index(wanted.kind))
    return mask


def count_buckets(rows: Rows) -> dict[Bucket, int]:
    """Return how many samples each bucket holds."""
    counts = {Bucket.ALL: len(rows)}
    decided = np.bincount(rows.decisions() + 1, minlength=UNSURE_CODE + 2)[1:]
    for label in (*INSTRUMENTS, OTHER):
        counts[Bucket(label)] = int(decided[LABELS.index(label)])
    for bucket, mask in _MASKS.items():
        counts[bucket] = int(np.count_nonzero(mask(rows)))
    return counts


def count_kinds(rows: Rows) -> dict[str, int]:
    """Return how many samples each kind of Other has, the most first."""
    others = rows["kind"][rows.decisions() == OTHER_CODE]
    counts = np.bincount(others[others >= 0], minlength=len(KINDS))
    return {KINDS[at]: int(counts[at]) for at in np.argsort(-counts) if counts[at]}

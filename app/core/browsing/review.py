"""What is to be looked at by the user, the most useful first; and how long that takes."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from statistics import median
from typing import Final

import numpy as np

from app.core.browsing.arrays import Ids, Mask, Positions
from app.core.browsing.rows import UNSURE_CODE, Rows
from app.core.catalog.states import State

# Before anybody has been seen at it.
_USUAL_S: Final = 4.0
# A longer pause is no work.
_PAUSE_S: Final = 60.0
_LAST: Final = 30


def review_queue(rows: Rows, online: Mask, skipped: Collection[int] = ()) -> Ids:
    """Return the samples that are unsure, or disagree with their name, the most useful first.

    What decides most with one key comes first: what has copies, then what is least sure. Of
    several that hold the same, one is asked for; what was skipped comes last.

    Parameters
    ----------
    rows : Rows
    online : array, bool
        Samples whose folders are there: others cannot be heard.
    skipped : collection of int
    """
    found, copies = _asked_for(rows, online)
    use = copies * (1.0 - rows["confidence"][found] + 0.25 * rows.disagrees()[found])
    was_skipped = np.isin(rows.ids[found], np.fromiter(skipped, np.int64))
    ids: Ids = rows.ids[found[np.lexsort((-use, was_skipped))]]
    return ids


def count_review(rows: Rows, online: Mask) -> int:
    """Return how many samples a review asks for."""
    return len(_asked_for(rows, online)[0])


def _asked_for(rows: Rows, online: Mask) -> tuple[Positions, Positions]:
    """Return the rows that a review asks for, and how many samples each decides."""
    unsure = rows.decisions() == UNSURE_CODE
    is_asked = (unsure | rows.disagrees()) & online & (rows["state"] == State.DONE)
    found = np.flatnonzero(is_asked)
    copies, is_first = rows.copies_of(found)
    return found[is_first], copies[is_first]


def random_samples(rows: Rows, online: Mask, count: int, rng: np.random.Generator) -> Ids:
    """Return so many samples, each as likely as any other; fewer if there are not as many."""
    there = np.flatnonzero(online & (rows["state"] == State.DONE))
    ids: Ids = rows.ids[rng.permutation(there)[:count]]
    return ids


class Pace:
    """How quickly the user decides."""

    def __init__(self) -> None:
        self._took_s: deque[float] = deque(maxlen=_LAST)
        self._last: float | None = None

    def begin(self, now_s: float) -> None:
        """Note that somebody begins, or begins again."""
        self._last = now_s

    def step(self, now_s: float) -> None:
        """Note that one was decided."""
        if self._last is not None and now_s - self._last < _PAUSE_S:
            self._took_s.append(now_s - self._last)
        self._last = now_s

    def left_s(self, count: int) -> float:
        """Return how long so many more will take."""
        return count * (median(self._took_s) if self._took_s else _USUAL_S)

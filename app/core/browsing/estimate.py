"""How much of a library would be sorted, and how much of that is right."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np

from app.core.browsing.arrays import Mask
from app.core.browsing.rows import UNSURE_CODE, Rows
from app.core.catalog.states import State

# What the calibration of the model weighs against what the user has said, in samples.
_PRIOR: Final = 30.0
_Z: Final = 1.96


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a threshold does to a library.

    Attributes
    ----------
    samples, decided : int
        Online ones that were heard; those whose decision is not Unsure, Other included.
    right : float
        Share of the decided that is most likely right, 0 to 1.
    low, high : float
        Its interval of 95 %.
    said, agreed : int
        Samples that the user has said something of and the model is sure of; where both agree.
    """

    samples: int
    decided: int
    right: float
    low: float
    high: float
    said: int
    agreed: int

    @property
    def share(self) -> float:
        """Share of the library that is decided, 0 to 1."""
        return self.decided / self.samples if self.samples else 0.0


def estimate(rows: Rows, online: Mask) -> Estimate:
    """Return what the threshold of the rows does.

    A correction is right. Of the rest, the mean calibrated confidence is what is expected; it
    weighs as much as 30 samples, and moves towards how often the user has agreed so far. Who
    corrects only what is wrong makes it too low: `checks` ask for samples drawn at random.

    Parameters
    ----------
    rows : Rows
    online : array, bool
        Samples whose folders are there.
    """
    heard = online & (rows["state"] == State.DONE)
    is_decided = heard & (rows.decisions() != UNSURE_CODE)
    said = rows.correction >= 0
    is_sure = heard & (rows["confidence"] >= rows.thresholds())
    agreed = int(np.count_nonzero(said & is_sure & (rows.correction == rows["label"])))
    asked = int(np.count_nonzero(said & is_sure))
    unsaid = is_decided & ~said
    by_itself, margin = _updated(_mean(rows["confidence"][unsaid]), agreed, asked)
    decided = int(np.count_nonzero(is_decided))
    share = np.count_nonzero(unsaid) / decided if decided else 0.0
    parts = (by_itself, by_itself - margin, by_itself + margin)
    right, low, high = (1 - share + share * min(1.0, max(0.0, part)) for part in parts)
    return Estimate(int(np.count_nonzero(heard)), decided, right, low, high, asked, agreed)


def _updated(expected: float, agreed: int, asked: int) -> tuple[float, float]:
    """Return mean and half an interval of a share: of a beta distribution, as if it were normal."""
    weight = _PRIOR + asked
    mean = (expected * _PRIOR + agreed) / weight
    return mean, _Z * sqrt(mean * (1 - mean) / (weight + 1))


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else 1.0


def wilson(right: int, asked: int) -> tuple[float, float]:
    """Return the interval of 95 % of a share, by Wilson (1927); of nothing asked, 0 to 1."""
    if not asked:
        return 0.0, 1.0
    share, z2 = right / asked, _Z * _Z
    middle = (share + z2 / (2 * asked)) / (1 + z2 / asked)
    half = _Z / (1 + z2 / asked) * sqrt(share * (1 - share) / asked + z2 / (4 * asked * asked))
    return max(0.0, middle - half), min(1.0, middle + half)

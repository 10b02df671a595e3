"""Sounds that we make ourselves, to train beside real ones: of every output that we can make."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from classifier.synth import MAKERS
from classifier.training.corpus import Pair

_RATES: Final = (44_100, 44_100, 48_000, 22_050)


@dataclass(frozen=True, slots=True)
class Made:
    """One synthesised sound.

    Attributes
    ----------
    name : str
        Of ``OUTPUTS``.
    number : int
        Which of that name; with the seed it decides everything.
    """

    name: str
    number: int
    seed: int

    def pair(self, seconds: float) -> Pair:
        """Make it, and return its first seconds at a peak of 1."""
        rng = np.random.default_rng([self.seed, zlib.crc32(self.name.encode()), self.number])
        rate = int(rng.choice(_RATES))
        samples = MAKERS[self.name](rng, rate)
        return (samples / np.abs(samples).max())[: int(seconds * rate)], rate


def synthetic_sounds(names: Sequence[str], each: int, *, seed: int) -> list[Made]:
    """Return `each` sounds of every name that there is a maker for."""
    return [Made(name, number, seed) for name in names if name in MAKERS for number in range(each)]

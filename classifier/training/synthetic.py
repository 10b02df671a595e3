"""Synthesised examples for training; they never score."""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.labels import OUTPUTS
from classifier.synth import MAKERS
from classifier.training.corpus import Pair

EACH: Final = 40
_RATES: Final = (44_100, 44_100, 48_000, 22_050)


def synthetic_pairs(seed: int, each: int = EACH) -> tuple[list[Pair], NDArray[np.int64]]:
    """Return `each` sounds of every kind that we can make, and their outputs.

    Returns
    -------
    pairs : list of (samples, sample_rate)
    outputs : array, shape (len(pairs),)
        Positions in ``OUTPUTS``.
    """
    pairs: list[Pair] = []
    outputs: list[int] = []
    for name, maker in MAKERS.items():
        rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
        for _ in range(each):
            rate = int(rng.choice(_RATES))
            samples = maker(rng, rate)
            pairs.append((samples / np.abs(samples).max(), rate))
            outputs.append(OUTPUTS.index(name))
    return pairs, np.array(outputs)

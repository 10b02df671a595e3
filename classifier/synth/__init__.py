"""A small synthesiser of one-shots: drums, 808s at exact notes, and what is none of them.

Each maker is a pure function of a random generator and a sample rate: the same state gives the
same sound at every rate, another state another plausible variant. The sounds serve as examples, in
tests, and as training data beside real ones.

>>> import numpy as np
>>> sound = MAKERS["Snare"](np.random.default_rng(7), 48_000)
>>> sound.dtype, sound.ndim
(dtype('float32'), 1)
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol

import numpy as np

from classifier.synth.drums import clap, kick, perc, rim, snap, snare, tom
from classifier.synth.metals import (
    closed_hat,
    cowbell,
    crash,
    cymbal,
    open_hat,
    ride,
    shaker,
    tambourine,
)
from classifier.synth.pitched import bass, melodic, sub_808, vocal
from classifier.synth.rendering import HIGHEST_RATE_HZ, LOWEST_RATE_HZ, Waveform
from classifier.synth.scenes import fx, loop, silence


class Maker(Protocol):
    """What makes one sound."""

    def __call__(self, rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
        """Return a sound; `rng` decides the variant, `sample_rate` (Hz) only the rate."""


MAKERS: Final[Mapping[str, Maker]] = MappingProxyType(
    {
        "Kick": kick,
        "Snare": snare,
        "808": sub_808,
        "Open hat": open_hat,
        "Closed hat": closed_hat,
        "bass": bass,
        "clap": clap,
        "cowbell": cowbell,
        "crash": crash,
        "cymbal": cymbal,
        "fx": fx,
        "loop": loop,
        "melodic": melodic,
        "perc": perc,
        "ride": ride,
        "rim": rim,
        "shaker": shaker,
        "snap": snap,
        "tambourine": tambourine,
        "tom": tom,
        "vocal": vocal,
    }
)
"""A maker for each of ``classifier.labels.OUTPUTS``, by that name."""

__all__ = [
    "HIGHEST_RATE_HZ",
    "LOWEST_RATE_HZ",
    "MAKERS",
    "Maker",
    "Waveform",
    "bass",
    "clap",
    "closed_hat",
    "cowbell",
    "crash",
    "cymbal",
    "fx",
    "kick",
    "loop",
    "melodic",
    "open_hat",
    "perc",
    "ride",
    "rim",
    "shaker",
    "silence",
    "snap",
    "snare",
    "sub_808",
    "tambourine",
    "tom",
    "vocal",
]

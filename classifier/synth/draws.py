"""Random draws in the words the makers think in."""

from __future__ import annotations

import numpy as np

_SIGMAS_TO_95_PERCENT = 1.645
_FARTHEST = 1.4


def around(rng: np.random.Generator, middle: float, spread: float) -> float:
    """Return a value about `middle`, as often a ratio above as the same ratio below it.

    Parameters
    ----------
    rng : numpy.random.Generator
        Advanced by one draw.
    middle : float
        The median, above 0, in any unit.
    spread : float
        At least 1: nine draws of ten lie between ``middle / spread`` and ``middle * spread``,
        and none beyond ``spread ** 1.4``.

    Returns
    -------
    float
        A log-normal value with its far tails cut, in the unit of `middle`.
    """
    deviation = float(rng.standard_normal()) / _SIGMAS_TO_95_PERCENT
    return float(middle * spread ** min(max(deviation, -_FARTHEST), _FARTHEST))


def is_drawn(rng: np.random.Generator, probability: float) -> bool:
    """Return True with this probability, 0 to 1."""
    return bool(rng.random() < probability)


def gain_between(rng: np.random.Generator, low_db: float, high_db: float) -> float:
    """Return a linear amplitude factor, even in decibels between two bounds."""
    return amplitude_of(float(rng.uniform(low_db, high_db)))


def amplitude_of(level_db: float) -> float:
    """Return the linear amplitude factor of a level in decibels."""
    return float(10.0 ** (level_db / 20.0))

"""The label set, once: five instruments, Other, and the kinds of sound behind Other.

A model has one output for each name in ``OUTPUTS``: the five instruments, then the sixteen
kinds. The probability of Other is the sum over its kinds. Codes are positions in ``LABELS``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

INSTRUMENTS: Final = ("Kick", "Snare", "808", "Open hat", "Closed hat")
OTHER: Final = "Other"
UNSURE: Final = "Unsure"
LABELS: Final = (*INSTRUMENTS, OTHER)
KINDS: Final = (
    "bass",
    "clap",
    "cowbell",
    "crash",
    "cymbal",
    "fx",
    "loop",
    "melodic",
    "perc",
    "ride",
    "rim",
    "shaker",
    "snap",
    "tambourine",
    "tom",
    "vocal",
)
OUTPUTS: Final = (*INSTRUMENTS, *KINDS)


def output_of(label: str, kind: str | None) -> int:
    """Return the position in ``OUTPUTS`` of an instrument, or of the kind behind an Other.

    Raises
    ------
    ValueError
        If `label` is no label, or it is Other and `kind` is none of ``KINDS``.
    """
    name = kind if label == OTHER else label
    if name not in (KINDS if label == OTHER else INSTRUMENTS):
        raise ValueError(f"no such label: {label!r} with kind {kind!r}")
    return OUTPUTS.index(name)


def sum_kinds(outputs: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the probabilities of ``LABELS`` from those of ``OUTPUTS``.

    Parameters
    ----------
    outputs : array, shape (..., 21)
        Probabilities of ``OUTPUTS``, each row summing to 1.

    Returns
    -------
    array, shape (..., 6)
        The five instruments as they are, then the sum over the kinds.
    """
    instruments = outputs[..., : len(INSTRUMENTS)]
    other = outputs[..., len(INSTRUMENTS) :].sum(axis=-1, keepdims=True)
    return np.concatenate([instruments, other], axis=-1)

"""Splits by pack, and weights by pack: packs, not files, are what a model must get right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from classifier.labels import INSTRUMENTS, LABELS
from classifier.training.corpus import Example

_RAREST = INSTRUMENTS.index("808")
# How many sounds of a fold an 808 stands for when folds are evened out: with 23 packs of them
# the rarest class needs spreading most.
_RARE_WEIGHT = 20


def assign_folds(examples: Sequence[Example], folds: int = 5) -> NDArray[np.int64]:
    """Return the fold of each example, whole packs together, sounds and 808s spread evenly.

    Each pack, largest first, goes to the fold that holds least so far.
    """
    burden: Counter[str] = Counter()
    for example in examples:
        burden[example.pack] += _RARE_WEIGHT if example.output == _RAREST else 1
    load = [0] * folds
    fold_of: dict[str, int] = {}
    for pack, weight in sorted(burden.items(), key=lambda item: (-item[1], item[0])):
        fold_of[pack] = load.index(min(load))
        load[fold_of[pack]] += weight
    return np.array([fold_of[example.pack] for example in examples])


def each_fold(folds: NDArray[np.int64]) -> Iterator[tuple[NDArray[np.bool_], NDArray[np.bool_]]]:
    """Yield for each fold which examples train and which are held out."""
    for fold in range(int(folds.max()) + 1):
        yield folds != fold, folds == fold


def pack_weights(examples: Sequence[Example]) -> NDArray[np.float64]:
    """Return a weight for each example: a pack weighs as the square root of its size.

    Halfway between counting sounds, where the big packs decide, and counting packs, where a
    single stray does.
    """
    sizes = Counter(example.pack for example in examples)
    return np.array([sizes[example.pack] ** -0.5 for example in examples])


def example_weights(
    examples: Sequence[Example], *, without: Container[tuple[str, str]] = ()
) -> NDArray[np.float64]:
    """Return a weight for each example, with mean 1: by pack, and a label as the root of its own.

    By label and not by output: were each of the sixteen kinds of Other lifted like that, Other
    as a whole would drown the rest.

    Parameters
    ----------
    examples : sequence of Example
    without : container of (str, str)
        Pack and file name of those that weigh nothing.
    """
    labels = np.minimum([example.output for example in examples], len(LABELS) - 1)
    weights = pack_weights(examples)
    weights[[(one.pack, one.path.name) in without for one in examples]] = 0
    totals = np.bincount(labels, weights, minlength=len(LABELS))
    weights /= np.sqrt(np.maximum(totals[labels], 1e-9))
    return np.asarray(weights / weights.mean(), dtype=np.float64)

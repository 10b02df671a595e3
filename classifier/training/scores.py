"""How right probabilities are, with intervals bootstrapped over packs.

Conventions: `truth` holds codes 0 to 5 in the order of ``LABELS``, shape (n,); `probabilities`
has shape (n, 6), rows summing to 1; the *instruments* are codes 0 to 4. "Five only" takes the
sounds of the instruments and the largest of their five probabilities.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.labels import INSTRUMENTS, LABELS, OTHER

Truth = NDArray[np.int64]
Probabilities = NDArray[np.floating]

_FIVE: Final = len(INSTRUMENTS)
_CODE_808: Final = INSTRUMENTS.index("808")
_CODE_OTHER: Final = LABELS.index(OTHER)
_BINS: Final = 15
_WANTED_PRECISION: Final = 0.95
_RESAMPLES: Final = 1000
_LEAST: Final = 1e-12
_INTERVAL: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval."""

    value: float
    low: float
    high: float


def macro_f1(truth: Truth, predicted: Truth, classes: int) -> float:
    """Return the mean over the classes of 2 TP / (2 TP + FP + FN); an absent class counts 0."""
    hits = np.bincount(truth[truth == predicted], minlength=classes)
    both = np.bincount(truth, minlength=classes) + np.bincount(predicted, minlength=classes)
    return float(np.mean(2 * hits / np.maximum(both, 1)))


def macro_f1_six(truth: Truth, probabilities: Probabilities) -> float:
    """Return the macro-F1 of the six labels."""
    return macro_f1(truth, probabilities.argmax(axis=1), len(LABELS))


def macro_f1_five(truth: Truth, probabilities: Probabilities) -> float:
    """Return the macro-F1 of the five instruments among themselves."""
    five = truth < _FIVE
    return macro_f1(truth[five], probabilities[five, :_FIVE].argmax(axis=1), _FIVE)


def accuracy(truth: Truth, probabilities: Probabilities) -> float:
    """Return the share of sounds whose likeliest label is right."""
    return float(np.mean(probabilities.argmax(axis=1) == truth))


def log_loss(truth: Truth, probabilities: Probabilities) -> float:
    """Return the mean of -log of the true label's probability, in nats."""
    own = probabilities[np.arange(len(truth)), truth]
    return float(-np.log(np.maximum(own, _LEAST)).mean())


def recall_of(code: int, truth: Truth, probabilities: Probabilities) -> float:
    """Return the share of a label's sounds that get it; 0 where there are none."""
    hits = (truth == code) & (probabilities.argmax(axis=1) == code)
    return float(hits.sum() / max(1, (truth == code).sum()))


def precision_of(code: int, truth: Truth, probabilities: Probabilities) -> float:
    """Return the share of sounds that get a label and have it; 0 where none gets it."""
    predicted = probabilities.argmax(axis=1) == code
    return float((predicted & (truth == code)).sum() / max(1, predicted.sum()))


def auroc_of_other(truth: Truth, probabilities: Probabilities) -> float:
    """Return how often an Other has a higher probability of Other than an instrument has.

    The area under the ROC curve, from the rank sum of Mann and Whitney (1947), ties by half.
    """
    _, inverse, counts = np.unique(
        probabilities[:, _CODE_OTHER], return_inverse=True, return_counts=True
    )
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
    is_other = truth == _CODE_OTHER
    others, rest = int(is_other.sum()), int((~is_other).sum())
    if not others or not rest:
        return float("nan")
    return float((ranks[is_other].sum() - others * (others + 1) / 2) / (others * rest))


def calibration_error(truth: Truth, probabilities: Probabilities) -> float:
    """Return the expected calibration error of the top label, over 15 bins of equal mass.

    M. P. Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning", 2015.
    """
    confidence = probabilities.max(axis=1)
    order = np.argsort(confidence, kind="stable")
    right = (probabilities.argmax(axis=1) == truth)[order]
    gaps = [
        len(part) * abs(right[part].mean() - confidence[order][part].mean())
        for part in np.array_split(np.arange(len(truth)), _BINS)
        if len(part)
    ]
    return float(np.sum(gaps) / len(truth))


def sorted_at_95(truth: Truth, probabilities: Probabilities) -> tuple[float, float]:
    """Return what share of the instruments can be sorted with 95 % right, and from where on.

    At the one threshold of confidence where, of all sounds put into the five folders, 95 %
    belong there (an Other in a folder is wrong), and most instruments are sorted rightly.

    Returns
    -------
    share : float
        Rightly sorted instruments / all instruments.
    threshold : float
        1 where no threshold reaches 95 %.
    """
    predicted = probabilities.argmax(axis=1)
    put = predicted < _FIVE
    confidence = probabilities.max(axis=1)[put]
    order = np.argsort(-confidence, kind="stable")
    right = np.cumsum((predicted == truth)[put][order])
    count = np.arange(1, len(order) + 1)
    # Sounds of equal confidence are sorted together or not at all.
    last_of_equals = np.append(np.diff(confidence[order]) != 0, True)[: len(order)]
    good = np.flatnonzero((right >= _WANTED_PRECISION * count) & last_of_equals)
    if not len(good):
        return 0.0, 1.0
    return (
        float(right[good[-1]] / max(1, (truth < _FIVE).sum())),
        float(confidence[order][good[-1]]),
    )


FIGURES: Final[dict[str, Callable[[Truth, Probabilities], float]]] = {
    "accuracy": accuracy,
    "log_loss": log_loss,
    "macro_f1_six": macro_f1_six,
    "macro_f1_five": macro_f1_five,
    "recall_808": lambda truth, p: recall_of(_CODE_808, truth, p),
    "precision_808": lambda truth, p: precision_of(_CODE_808, truth, p),
    "auroc_other": auroc_of_other,
    "calibration_error": calibration_error,
    "sorted_at_95": lambda truth, p: sorted_at_95(truth, p)[0],
}


def score(
    truth: Truth, probabilities: Probabilities, packs: Sequence[str], *, seed: int = 0
) -> dict[str, Any]:
    """Return every figure with its interval, counts, and each label's precision and recall.

    A figure that the sounds have no answer to, as without any Other, is left out.

    The intervals are percentiles over 1,000 draws of as many packs, with replacement: sounds
    of one pack stand and fall together.
    """
    _, pack_of = np.unique(np.asarray(packs), return_inverse=True)
    members = [np.flatnonzero(pack_of == pack) for pack in range(int(pack_of.max()) + 1)]
    rng = np.random.default_rng(seed)
    draws = [
        np.concatenate([members[pack] for pack in rng.integers(len(members), size=len(members))])
        for _ in range(_RESAMPLES)
    ]
    figures = {
        name: asdict(_with_interval(figure, truth, probabilities, draws))
        for name, figure in FIGURES.items()
        if not np.isnan(figure(truth, probabilities))
    }
    return {
        "sounds": len(truth),
        "packs": len(members),
        "figures": figures,
        "labels": {
            label: {
                "sounds": int((truth == code).sum()),
                "precision": precision_of(code, truth, probabilities),
                "recall": recall_of(code, truth, probabilities),
            }
            for code, label in enumerate(LABELS)
        },
    }


def _with_interval(
    figure: Callable[[Truth, Probabilities], float],
    truth: Truth,
    probabilities: Probabilities,
    draws: Sequence[NDArray[np.int64]],
) -> Figure:
    drawn = [figure(truth[draw], probabilities[draw]) for draw in draws]
    low, high = np.nanpercentile(drawn, _INTERVAL)
    return Figure(figure(truth, probabilities), float(low), float(high))

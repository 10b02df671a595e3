"""Cross-validation by pack, and the card that comes of it: the same for every model."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier._version import __version__
from classifier.card import Card, fingerprint
from classifier.labels import KINDS, LABELS, OUTPUTS, sum_kinds
from classifier.settings import FeatureSettings
from classifier.training.calibration import cross_calibrated, fit_temperature
from classifier.training.corpus import Example, Progress, sources_of
from classifier.training.folds import assign_folds, each_fold
from classifier.training.scores import score, sorted_at_95

FOLDS: Final = 5
_PROTOCOL: Final = f"{FOLDS}-fold cross-validation, whole packs held out"

# From masks of what trains and what is held out to outputs (held out, 21).
FitAndPredict = Callable[[NDArray[np.bool_], NDArray[np.bool_]], NDArray[np.float32]]


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What models said of sounds from packs that they were not trained on.

    Attributes
    ----------
    temperature : float
        Fitted on all of them: what a model trained on everything is calibrated with.
    threshold : float
        Confidence from which on 95 % of what is sorted is right.
    scores : dict
        Of the examples that score, each calibrated without its own fold.
    """

    temperature: float
    threshold: float
    scores: dict[str, Any]


def cross_validate(
    examples: Sequence[Example], fit_and_predict: FitAndPredict, progress: Progress
) -> HeldOut:
    """Train once without each fold of packs, and score what was held out."""
    folds = assign_folds(examples, FOLDS)
    outputs = np.empty((len(examples), len(OUTPUTS)), dtype=np.float32)
    for done, (trained, held_out) in enumerate(each_fold(folds)):
        progress("Training", done, FOLDS + 1)
        outputs[held_out] = fit_and_predict(trained, held_out)
    truth = np.minimum([example.output for example in examples], len(LABELS) - 1)
    probabilities = sum_kinds(cross_calibrated(outputs, truth, folds))
    counts = np.array([example.scores for example in examples])
    packs = [example.pack for example in examples if example.scores]
    return HeldOut(
        temperature=fit_temperature(outputs, truth),
        threshold=sorted_at_95(truth[counts], probabilities[counts])[1],
        scores={"protocol": _PROTOCOL, **score(truth[counts], probabilities[counts], packs)},
    )


def write_card(
    name: str,
    title: str,
    weights: Path,
    *,
    examples: Sequence[Example],
    features: FeatureSettings,
    held_out: HeldOut,
    libraries: Sequence[str],
) -> Card:
    """Write the card of freshly saved weights beside them, and return it."""
    versions = {library: importlib.metadata.version(library) for library in libraries}
    identity = fingerprint(weights, features)
    card = Card(
        name=name,
        title=title,
        version=f"{__version__}-{identity[:8]}",
        weights=weights.name,
        fingerprint=identity,
        labels=LABELS,
        kinds=KINDS,
        features=features,
        temperature=held_out.temperature,
        threshold=held_out.threshold,
        versions={"kitsort": __version__, "python": platform.python_version(), **versions},
        scores=held_out.scores,
        sources=sources_of(examples),
    )
    card.save(weights.with_name(f"{name}.json"))
    return card

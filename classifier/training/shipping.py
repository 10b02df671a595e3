"""From a corpus to a model that can ship: fitted on all of it, calibrated on what it never saw."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from classifier._version import __version__
from classifier.card import Card, fingerprint
from classifier.training.corpus import Progress, sources_of
from classifier.training.examined import Examined
from classifier.training.learners import Ensemble, Learner
from classifier.training.material import Material
from classifier.training.protocol import (
    Protocol,
    examine,
    examine_one_fold,
    examined_before,
    fits_folder,
)


def train(
    material: Material, learner: Learner | Ensemble, out: Path, *, work: Path, progress: Progress
) -> Card:
    """Train on everything, write weights and card into `out`, return the card.

    Calibration, threshold and scores come from packs that were held out: from the
    cross-validation, where `examine` has gone through it in `work`; else from one more fit
    without a fifth of the packs. The members of an ensemble are trained as models of their own.
    """
    if examined_before(material, learner, work):
        examined = examine(material, learner, Protocol.PACKS, work=work, progress=progress)
    else:
        examined = examine_one_fold(material, learner, work=work, progress=progress)
    if isinstance(learner, Ensemble):
        cards = [train(material, one, out, work=work, progress=progress) for one in learner.members]
        weights = [out / name for card in cards for name in card.weights]
    else:
        weights = [_fitted(material, learner, out, work=work, progress=progress)]
    card = _card(material, learner, weights, examined)
    card.save(out / f"{learner.name}.json")
    return card


def _fitted(
    material: Material, learner: Learner, out: Path, *, work: Path, progress: Progress
) -> Path:
    """Fit on everything, and return where the weights are."""
    everything = np.ones(len(material.outputs), dtype=bool)
    checkpoint = fits_folder("everything", material, learner, work)
    fitted = learner.fit(material, everything, checkpoint=checkpoint, progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{learner.name}{fitted.suffix}"
    fitted.save(path)
    return path


def _card(
    material: Material, learner: Learner | Ensemble, weights: Sequence[Path], examined: Examined
) -> Card:
    corpus, settings = material.corpus, material.settings
    identity = fingerprint(*weights, features=settings, labels=corpus.labels, kinds=corpus.kinds)
    versions = {library: importlib.metadata.version(library) for library in learner.libraries}
    return Card(
        name=learner.name,
        title=learner.title,
        version=f"{__version__}-{identity[:8]}",
        weights=tuple(path.name for path in weights),
        votes=learner.votes if isinstance(learner, Ensemble) else (1,),
        fingerprint=identity,
        labels=corpus.labels,
        kinds=corpus.kinds,
        features=settings,
        calibration=examined.calibration,
        threshold=examined.threshold,
        versions={"kitsort": __version__, "python": platform.python_version(), **versions},
        scores=examined.scores(),
        sources=sources_of(corpus.examples),
    )

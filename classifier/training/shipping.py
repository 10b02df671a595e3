"""From a corpus to a model that can ship: fitted on all of it, calibrated on what it never saw."""

from __future__ import annotations

import importlib.metadata
import platform
from pathlib import Path

import numpy as np

from classifier._version import __version__
from classifier.card import Card, fingerprint
from classifier.training.corpus import Progress, sources_of
from classifier.training.examined import Examined
from classifier.training.learners import Learner
from classifier.training.material import Material
from classifier.training.protocol import (
    Protocol,
    examine,
    examine_one_fold,
    examined_before,
    fits_folder,
)


def train(
    material: Material, learner: Learner, out: Path, *, work: Path, progress: Progress
) -> Card:
    """Train on everything, write weights and card into `out`, return the card.

    Calibration, threshold and scores come from packs that were held out: from the
    cross-validation, where `examine` has gone through it in `work`; else from one more fit
    without a fifth of the packs.
    """
    if examined_before(material, learner, work):
        examined = examine(material, learner, Protocol.PACKS, work=work, progress=progress)
    else:
        examined = examine_one_fold(material, learner, work=work, progress=progress)
    everything = np.ones(len(material.outputs), dtype=bool)
    checkpoint = fits_folder("everything", material, learner, work)
    fitted = learner.fit(material, everything, checkpoint=checkpoint, progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    weights = out / f"{learner.name}{fitted.suffix}"
    fitted.save(weights)
    card = _card(material, learner, weights, examined)
    card.save(out / f"{learner.name}.json")
    return card


def _card(material: Material, learner: Learner, weights: Path, examined: Examined) -> Card:
    corpus, settings = material.corpus, material.settings
    identity = fingerprint(weights, settings, labels=corpus.labels, kinds=corpus.kinds)
    versions = {library: importlib.metadata.version(library) for library in learner.libraries}
    return Card(
        name=learner.name,
        title=learner.title,
        version=f"{__version__}-{identity[:8]}",
        weights=weights.name,
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

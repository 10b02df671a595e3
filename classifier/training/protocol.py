"""How models are examined: on packs that they did not see; and, to show the gap, the seed's way."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import mean_of
from classifier.features import look_at
from classifier.labels import sum_kinds
from classifier.model import Model
from classifier.training.calibration import cross_calibrated, fit_calibration
from classifier.training.corpus import Corpus, CorpusError, Progress
from classifier.training.examined import Examined
from classifier.training.folds import assign_folds, pack_weights
from classifier.training.learners import Ensemble, Epoch, Learner
from classifier.training.material import Material

FOLDS: Final = 5
# As the seed project: a fifth of the files, whatever packs they come from.
_RANDOM_SHARE: Final = 0.2
_CHUNK: Final = 16


class Protocol(StrEnum):
    """What a model is examined on."""

    PACKS = "packs"
    RANDOM = "random"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """Who is asked about what.

    Attributes
    ----------
    protocol : str
        In words.
    name : str
        Of the folder that finished fits are kept in.
    held_out : list of array of int
        For each fit, what it is not trained on, and asked about.
    groups : array of int
        For each sound that is asked about, in the order of `held_out`, which calibrate
        together; each is calibrated on the other groups.
    """

    protocol: str
    name: str
    held_out: list[NDArray[np.int64]]
    groups: NDArray[np.int64]


def examine(
    material: Material,
    learner: Learner | Ensemble,
    protocol: Protocol,
    *,
    work: Path,
    progress: Progress,
) -> Examined:
    """Train without some of the sounds, and ask about those; by packs, five times.

    Finished fits are kept in `work`, so that an interrupted run goes on where it was.

    Raises
    ------
    CorpusError
        If all sounds are of one pack, and packs are to be held out.
    """
    plan = _by_packs(material) if protocol is Protocol.PACKS else _at_random(material)
    return _carried_out(plan, material, learner, work, progress)


def examine_one_fold(
    material: Material, learner: Learner | Ensemble, *, work: Path, progress: Progress
) -> Examined:
    """Train once without a fifth of the packs, and ask about those."""
    plan = _by_packs(material)
    first = plan.held_out[0]
    # Halves of packs calibrate each other; of a single pack, every other sound.
    groups = assign_folds(material.corpus.taken(first).examples, 2)
    if not groups.any():
        groups = np.arange(len(first)) % 2
    one = _Plan(
        f"one of {len(plan.held_out)} parts of the packs held out", plan.name, [first], groups
    )
    return _carried_out(one, material, learner, work, progress)


def examined_before(material: Material, learner: Learner | Ensemble, work: Path) -> bool:
    """Tell whether `examine` has gone through all packs of this material."""
    if isinstance(learner, Ensemble):
        return all(examined_before(material, member, work) for member in learner.members)
    plan = _by_packs(material)
    folder = fits_folder(plan.name, material, learner, work)
    return all(_Fold(folder, number).path.is_file() for number in range(len(plan.held_out)))


def ask_shipped(model: Model, corpus: Corpus, progress: Progress) -> Examined:
    """Ask a finished model about every sound of a corpus; nothing is trained.

    Raises
    ------
    CorpusError
        If a sound cannot be read.
    """
    examples, settings = corpus.examples, model.card.features
    outputs = []
    for start in range(0, len(examples), _CHUNK):
        pairs = [one.pair(settings.model_s) for one in examples[start : start + _CHUNK]]
        outputs.append(model.predict(look_at(pairs, settings)).probabilities)
        progress("Asking the model", min(start + _CHUNK, len(examples)), len(examples))
    return Examined(
        protocol="the finished weights as they are; nothing was trained",
        corpus=corpus,
        probabilities=sum_kinds(np.concatenate(outputs)),
        calibration=model.card.calibration,
    )


def _by_packs(material: Material) -> _Plan:
    examples = material.corpus.examples
    folds = assign_folds(examples, min(FOLDS, len({example.pack for example in examples})))
    if not folds.any():
        raise CorpusError("All sounds are of one pack: there is none to hold out.")
    held_out = [np.flatnonzero(folds == fold) for fold in range(folds.max() + 1)]
    return _Plan(
        protocol=f"{len(held_out)}-fold cross-validation, whole packs held out",
        name=Protocol.PACKS,
        held_out=held_out,
        groups=np.sort(folds),
    )


def _at_random(material: Material) -> _Plan:
    rng = np.random.default_rng(material.seed)
    count = len(material.outputs)
    held_out = np.sort(rng.permutation(count)[: max(2, round(count * _RANDOM_SHARE))])
    return _Plan(
        protocol=f"random split by file, {_RANDOM_SHARE:.0%} held out: flattered, because packs "
        "lie on both sides",
        name=Protocol.RANDOM,
        held_out=[held_out],
        groups=np.arange(len(held_out)) % 2,
    )


def _carried_out(
    plan: _Plan, material: Material, learner: Learner | Ensemble, work: Path, progress: Progress
) -> Examined:
    outputs, histories = _asked(plan, material, learner, work, progress)
    corpus = material.corpus.taken(np.concatenate(plan.held_out))
    truth, weights = corpus.truth, pack_weights(corpus.examples)
    return Examined(
        protocol=plan.protocol,
        corpus=corpus,
        probabilities=sum_kinds(cross_calibrated(outputs, truth, weights, plan.groups)),
        calibration=fit_calibration(outputs, truth, weights),
        histories=histories,
    )


def _asked(
    plan: _Plan, material: Material, learner: Learner | Ensemble, work: Path, progress: Progress
) -> tuple[NDArray[np.float32], tuple[tuple[Epoch, ...], ...]]:
    """Return the outputs for all that is held out, and the histories of the fits."""
    if isinstance(learner, Ensemble):
        members = [_asked(plan, material, one, work, progress) for one in learner.members]
        outputs, histories = zip(*members, strict=True)
        return mean_of(outputs, learner.votes), next(filter(None, histories), ())
    folder = fits_folder(plan.name, material, learner, work)
    folds = [
        _Fold(folder, number).ask(material, learner, held_out, progress)
        for number, held_out in enumerate(plan.held_out)
    ]
    return (
        np.concatenate([outputs for outputs, _ in folds]),
        tuple(history for _, history in folds if history),
    )


def fits_folder(name: str, material: Material, learner: Learner, work: Path) -> Path:
    """Return the folder in `work` for fits of one learner on one material, for one purpose."""
    said = (material.key + learner.recipe).encode() + material.weights.tobytes()
    key = hashlib.sha256(said).hexdigest()[:12]
    return work / f"{learner.name}-{name}-{key}"


@dataclass(frozen=True, slots=True)
class _Fold:
    """One fit of several, and the file that keeps its answers once it is done."""

    folder: Path
    number: int

    @property
    def path(self) -> Path:
        """What is there is whole."""
        return self.folder / f"fold {self.number}.npz"

    def ask(
        self,
        material: Material,
        learner: Learner,
        held_out: NDArray[np.int64],
        progress: Progress,
    ) -> tuple[NDArray[np.float32], tuple[Epoch, ...]]:
        """Return the outputs for what is held out, and the history of the fit."""
        if not self.path.is_file():
            self._fit(material, learner, held_out, progress)
        with np.load(self.path, allow_pickle=False) as kept:
            history = tuple(Epoch(**values) for values in json.loads(str(kept["history"])))
            return kept["outputs"], history

    def _fit(
        self,
        material: Material,
        learner: Learner,
        held_out: NDArray[np.int64],
        progress: Progress,
    ) -> None:
        chosen = np.ones(len(material.outputs), dtype=bool)
        chosen[held_out] = False
        checkpoint = self.folder / f"fold {self.number}"
        fitted = learner.fit(material, chosen, checkpoint=checkpoint, progress=progress)
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(
                file,
                allow_pickle=False,
                outputs=fitted.predict(material.real.taken(held_out)),
                history=json.dumps([asdict(epoch) for epoch in fitted.history]),
            )
        part.replace(self.path)

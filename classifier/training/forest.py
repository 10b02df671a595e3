"""Training the Random Forest and storing it as plain arrays."""

from __future__ import annotations

import os
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from classifier.card import Card
from classifier.features import forest_inputs, look_at
from classifier.forest import Forest
from classifier.labels import OUTPUTS
from classifier.settings import FeatureSettings
from classifier.training.augment import varied
from classifier.training.corpus import Example, Pair, Progress, read_examples
from classifier.training.folds import example_weights
from classifier.training.protocol import FOLDS, cross_validate, write_card
from classifier.training.synthetic import synthetic_pairs

TREES: Final = 120
# With its variants a sound comes three times; four to a leaf keep the weights under 5 MB.
_LEAST_IN_LEAF: Final = 4
# Altered copies of each sound that train beside it; they share its weight.
_VARIANTS: Final = 2
# What all synthesised sounds of an output weigh together, in real sounds.
_SYNTHETIC_WEIGHT: Final = 10.0


def train_forest(
    examples: Sequence[Example], out: Path, *, progress: Progress, seed: int = 0, trees: int = TREES
) -> Card:
    """Train on all examples, write ``rf.npz`` and ``rf.json`` into `out`, return the card.

    Five more forests, each trained without the packs of one fold, give the scores, the
    temperature and the threshold on the card.
    """
    settings = FeatureSettings()
    rows = _read_rows(examples, settings, seed, progress)
    table = _Table(examples, rows, settings, seed, trees)
    held_out = cross_validate(
        examples, lambda trained, rest: table.fit(trained).predict(table.rows[rest]), progress
    )
    forest = table.fit(np.ones(len(examples), dtype=bool))
    progress("Training", FOLDS + 1, FOLDS + 1)
    out.mkdir(parents=True, exist_ok=True)
    weights = out / "rf.npz"
    forest.save(weights)
    return write_card(
        "rf",
        "Random Forest",
        weights,
        examples=examples,
        features=settings,
        held_out=held_out,
        libraries=("numpy", "scikit-learn"),
    )


def _read_rows(
    examples: Sequence[Example], settings: FeatureSettings, seed: int, progress: Progress
) -> NDArray[np.float32]:
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        chunks = read_examples(
            examples,
            lambda pairs: _rows_and_variants(pairs, settings, seed),
            seconds=settings.model_s,
            executor=executor,
            progress=progress,
        )
    return np.concatenate(chunks)


def _rows_and_variants(
    pairs: Sequence[Pair], settings: FeatureSettings, seed: int
) -> NDArray[np.float32]:
    """Return rows of each sound and of its variants, shape (n, 1 + variants, inputs)."""
    versions = [list(pairs)]
    for number in range(_VARIANTS):
        # By what the sound is, so that the order of threads changes nothing.
        seeds = [[seed, number, zlib.crc32(samples.tobytes())] for samples, _ in pairs]
        versions.append(
            [varied(pair, np.random.default_rng(s)) for pair, s in zip(pairs, seeds, strict=True)]
        )
    return np.stack([_rows_of(version, settings) for version in versions], axis=1)


def _rows_of(pairs: Sequence[Pair], settings: FeatureSettings) -> NDArray[np.float32]:
    return forest_inputs(look_at(pairs, settings))


class _Table:
    """Rows, outputs and weights, real and synthesised, of which forests learn parts.

    `rows` has shape (n, versions, inputs), the sounds as they are first.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        rows: NDArray[np.float32],
        settings: FeatureSettings,
        seed: int,
        trees: int,
    ) -> None:
        self.rows = rows[:, 0]
        self._versions = rows
        self._outputs = np.array([example.output for example in examples])
        self._weights = example_weights(examples)
        pairs, self._extra_outputs = synthetic_pairs(seed)
        self._extra_rows = _rows_of(pairs, settings)
        made = np.bincount(self._extra_outputs, minlength=len(OUTPUTS))
        self._extra_weights = _SYNTHETIC_WEIGHT / made[self._extra_outputs]
        self._seed = seed
        self._trees = trees

    def fit(self, chosen: NDArray[np.bool_]) -> Forest:
        """Return a forest trained on the chosen examples and all synthesised ones."""
        learner = RandomForestClassifier(
            n_estimators=self._trees,
            min_samples_leaf=_LEAST_IN_LEAF,
            n_jobs=-1,
            random_state=self._seed,
        )
        each = self._versions.shape[1]
        learner.fit(
            np.concatenate([*np.moveaxis(self._versions[chosen], 1, 0), self._extra_rows]),
            np.concatenate([np.tile(self._outputs[chosen], each), self._extra_outputs]),
            sample_weight=np.concatenate(
                [np.tile(self._weights[chosen] / each, each), self._extra_weights]
            ),
        )
        return to_arrays(learner)


def to_arrays(learner: RandomForestClassifier) -> Forest:
    """Return a fitted scikit-learn forest as arrays that predict the same within 1/255."""
    trees = [estimator.tree_ for estimator in learner.estimators_]
    starts = np.cumsum([0, *(tree.node_count for tree in trees)])
    is_leaf = np.concatenate([tree.children_left < 0 for tree in trees])
    target = np.concatenate(
        [tree.children_right + start for tree, start in zip(trees, starts, strict=False)]
    )
    shares, target[is_leaf] = _shares(learner, trees, is_leaf)
    feature = np.concatenate([tree.feature for tree in trees])
    return Forest(
        roots=starts[:-1].astype(np.int32),
        feature=np.where(is_leaf, -1, feature).astype(np.int16),
        threshold=_rounded_down(np.concatenate([tree.threshold for tree in trees])),
        target=target.astype(np.int32),
        shares=shares,
        inputs=learner.n_features_in_,
    )


def _shares(
    learner: RandomForestClassifier, trees: Sequence[Any], is_leaf: NDArray[np.bool_]
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the different leaves there are, and which of them each leaf is."""
    values = np.concatenate([tree.value[:, 0, :] for tree in trees])[is_leaf]
    values /= values.sum(axis=1, keepdims=True)
    full = np.zeros((len(values), len(OUTPUTS)), dtype=np.uint8)
    full[:, learner.classes_] = np.round(values * 255)
    shares, which = np.unique(full, axis=0, return_inverse=True)
    return shares, which


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return float32 thresholds that part all float32 inputs as the given ones do."""
    rounded = thresholds.astype(np.float32)
    too_high = rounded.astype(np.float64) > thresholds
    rounded[too_high] = np.nextafter(rounded[too_high], np.float32(-np.inf))
    return rounded

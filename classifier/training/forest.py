"""Training the Random Forest and storing it as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier

from classifier.forest import Forest
from classifier.training.corpus import Progress
from classifier.training.learners import Fitted
from classifier.training.material import Material

# What all synthesised sounds of an output weigh together, in real sounds.
_SYNTHETIC_WEIGHT: Final = 10.0


@dataclass(frozen=True, slots=True)
class ForestLearner:
    """Makes a Random Forest.

    Attributes
    ----------
    trees : int
    least_in_leaf : int
        Of sounds and their variants: keeps the weights under 5 MB.
    variants : int
        Altered copies of each sound that train beside it; they share its weight.
    """

    trees: int = 120
    least_in_leaf: int = 4
    variants: int = 2
    name: str = "rf"
    title: str = "Random Forest"
    libraries: tuple[str, ...] = ("numpy", "scikit-learn")

    @property
    def recipe(self) -> str:
        """All settings."""
        return repr(self)

    def fit(
        self,
        material: Material,
        chosen: NDArray[np.bool_],
        *,
        checkpoint: Path,  # noqa: ARG002 - half a minute's work needs none
        progress: Progress,
    ) -> Fitted:
        """Grow all trees at once."""
        progress(self.title, 0, 1)
        learner = RandomForestClassifier(
            n_estimators=self.trees,
            min_samples_leaf=self.least_in_leaf,
            n_jobs=-1,
            random_state=material.seed,
        )
        rows, outputs, weights = self._table(material, np.flatnonzero(chosen))
        learner.fit(rows, outputs, sample_weight=weights)
        forest = to_arrays(learner, len(material.corpus.outputs))
        progress(self.title, 1, 1)
        return Fitted(
            predict=lambda seen: forest.predict(seen.rows[:, 0]), suffix=".npz", save=forest.save
        )

    def _table(
        self, material: Material, chosen: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.float64]]:
        """Return rows, outputs and weights: each version of the chosen, then what we made."""
        versions = material.real.rows[chosen, : 1 + self.variants]
        each = versions.shape[1]
        made = np.bincount(material.made_outputs, minlength=len(material.corpus.outputs))
        return (
            np.concatenate([*np.moveaxis(versions, 1, 0), material.made.rows[:, 0]]),
            np.concatenate([np.tile(material.outputs[chosen], each), material.made_outputs]),
            np.concatenate(
                [
                    np.tile(material.weights[chosen] / each, each),
                    _SYNTHETIC_WEIGHT / made[material.made_outputs],
                ]
            ),
        )


def to_arrays(learner: RandomForestClassifier, outputs: int) -> Forest:
    """Return a fitted scikit-learn forest as arrays that predict the same within 1/255.

    Parameters
    ----------
    learner : RandomForestClassifier
        Its classes are positions among the outputs.
    outputs : int
        How many there are; the learner may not have met all.
    """
    trees = [estimator.tree_ for estimator in learner.estimators_]
    starts = np.cumsum([0, *(tree.node_count for tree in trees)])
    is_leaf = np.concatenate([tree.children_left < 0 for tree in trees])
    target = np.concatenate(
        [tree.children_right + start for tree, start in zip(trees, starts, strict=False)]
    )
    shares, target[is_leaf] = _shares(learner, outputs, trees, is_leaf)
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
    learner: RandomForestClassifier,
    outputs: int,
    trees: Sequence[Any],
    is_leaf: NDArray[np.bool_],
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Return the different leaves there are, and which of them each leaf is."""
    values = np.concatenate([tree.value[:, 0, :] for tree in trees])[is_leaf]
    values /= values.sum(axis=1, keepdims=True)
    full = np.zeros((len(values), outputs), dtype=np.uint8)
    full[:, learner.classes_] = np.round(values * 255)
    shares, which = np.unique(full, axis=0, return_inverse=True)
    return shares, which


def _rounded_down(thresholds: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return float32 thresholds that part all float32 inputs as the given ones do."""
    rounded = thresholds.astype(np.float32)
    too_high = rounded.astype(np.float64) > thresholds
    rounded[too_high] = np.nextafter(rounded[too_high], np.float32(-np.inf))
    return rounded

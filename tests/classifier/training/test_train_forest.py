from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from classifier.labels import OUTPUTS
from classifier.training.forest import ForestLearner, to_arrays
from classifier.training.material import Material


def test_a_forest_learns_from_what_is_chosen_and_from_nothing_else(
    material: Material, tmp_path: Path
) -> None:
    chosen = np.zeros(len(material.outputs), dtype=bool)
    chosen[: len(chosen) // 2] = True
    learner = ForestLearner(trees=10)
    fitted = learner.fit(material, chosen, checkpoint=tmp_path, progress=lambda *_: None)
    named = fitted.predict(material.real).argmax(axis=1) == material.outputs
    assert named[chosen].mean() > named[~chosen].mean()
    assert named[~chosen].mean() > 0.4
    assert not fitted.history


def grown(seed: int, **options: Any) -> tuple[RandomForestClassifier, Any]:
    """Return a forest grown on whole numbers, so that thresholds are met exactly."""
    rng = np.random.default_rng(seed)
    rows = rng.integers(-4, 5, (300, 6)).astype(np.float32)
    classes = rng.choice([0, 2, 5, 20], 300)
    learner = RandomForestClassifier(n_estimators=12, random_state=seed, n_jobs=1, **options)
    return learner.fit(rows, classes), rows


def on_thresholds(learner: RandomForestClassifier, rows: Any) -> Any:
    """Return rows made of nothing but thresholds, and of their neighbours."""
    rng = np.random.default_rng(0)
    exact = np.concatenate([one.tree_.threshold for one in learner.estimators_])
    chosen = rng.choice(exact, (400, rows.shape[1])).astype(np.float32)
    return np.concatenate(
        [chosen, np.nextafter(chosen, np.float32(9)), np.nextafter(chosen, np.float32(-9))]
    )


@pytest.mark.parametrize("options", [{}, {"min_samples_leaf": 2}, {"max_depth": 3}], ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_the_arrays_predict_what_scikit_learn_predicts(seed: int, options: dict[str, Any]) -> None:
    learner, rows = grown(seed, **options)
    forest = to_arrays(learner, len(OUTPUTS))
    noise = np.random.default_rng(1).normal(size=(500, 6)).astype(np.float32)
    for asked in (rows, on_thresholds(learner, rows), noise):
        expected = np.zeros((len(asked), len(OUTPUTS)))
        expected[:, learner.classes_] = learner.predict_proba(asked)
        np.testing.assert_allclose(forest.predict(asked), expected, atol=1 / 255)


def test_thresholds_that_float32_cannot_hold_part_the_same() -> None:
    low = np.float32(3.3)
    rows = np.array([[low], [np.nextafter(low, np.float32(4))]] * 20, np.float32)
    learner = RandomForestClassifier(n_estimators=5, random_state=0, n_jobs=1)
    learner.fit(rows, [0, 1] * 20)
    expected = learner.predict_proba(rows)
    np.testing.assert_allclose(
        to_arrays(learner, len(OUTPUTS)).predict(rows)[:, :2], expected, atol=1 / 255
    )
    assert (expected.argmax(axis=1) == [0, 1] * 20).all()

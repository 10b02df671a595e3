from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from classifier import Analysis, classify, load_model
from classifier.card import Card
from classifier.labels import OUTPUTS
from classifier.training import forest as training
from classifier.training.corpus import read_manifest
from classifier.training.forest import to_arrays, train_forest
from classifier.training.synthetic import synthetic_pairs
from tests.helpers.corpora import write_corpus

Trained = tuple[Path, Card, list[tuple[str, int, int]], Path]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Train a few trees on a few sounds, once."""
    corpus = tmp_path_factory.mktemp("corpus")
    out = tmp_path_factory.mktemp("models") / "new"
    write_corpus(corpus)
    told: list[tuple[str, int, int]] = []
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(training, "synthetic_pairs", lambda seed: synthetic_pairs(seed, each=2))
        card = train_forest(
            read_manifest(corpus), out, progress=lambda *step: told.append(step), trees=10
        )
    return out, card, told, corpus


def test_training_writes_a_model_that_loads(trained: Trained) -> None:
    out, card, *_ = trained
    assert sorted(path.name for path in out.iterdir()) == ["rf.json", "rf.npz"]
    assert load_model("rf", out).card == card
    assert load_model(str(out / "rf.json")).card == card


def test_what_it_was_trained_on_it_names(trained: Trained) -> None:
    out, _, _, corpus = trained
    model = load_model("rf", out)
    examples = read_manifest(corpus)
    results = classify([one.path for one in examples], model)
    right = [
        isinstance(result, Analysis)
        and result.prediction.probabilities.index(result.prediction.confidence)
        == min(one.output, 5)
        for one, result in zip(examples, results, strict=True)
    ]
    assert np.mean(right) > 0.9


def test_the_card_says_how_right_it_is_and_what_it_comes_from(trained: Trained) -> None:
    _, card, *_ = trained
    assert card.scores["sounds"] == 84
    assert card.scores["packs"] == 6
    assert "packs held out" in card.scores["protocol"]
    # Seven kinds of sound: guessing would be right one time in six.
    assert card.scores["figures"]["accuracy"]["value"] > 0.5
    assert card.sources == [{"source": "someone/somewhere", "license": "MIT", "sounds": 84}]
    assert {"kitsort", "python", "numpy", "scikit-learn"} <= set(card.versions)
    assert card.version.endswith(card.fingerprint[:8])
    assert 0.2 <= card.temperature <= 5
    assert 0 < card.threshold <= 1
    json.dumps(card.scores, allow_nan=False)


def test_progress_is_told_to_the_end(trained: Trained) -> None:
    told = trained[2]
    assert told[-1][1] == told[-1][2]
    assert {task for task, *_ in told} == {"Reading", "Training"}
    assert all(0 <= done <= total for _, done, total in told)


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
    forest = to_arrays(learner)
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
    np.testing.assert_allclose(to_arrays(learner).predict(rows)[:, :2], expected, atol=1 / 255)
    assert (expected.argmax(axis=1) == [0, 1] * 20).all()


def test_synthetic_sounds_are_of_every_output_and_the_same_each_time() -> None:
    pairs, outputs = synthetic_pairs(0, each=2)
    np.testing.assert_array_equal(np.bincount(outputs, minlength=len(OUTPUTS)), 2)
    again, _ = synthetic_pairs(0, each=2)
    other, _ = synthetic_pairs(1, each=2)
    for (samples, rate), (same, same_rate), (different, _) in zip(pairs, again, other, strict=True):
        assert rate == same_rate
        np.testing.assert_array_equal(samples, same)
        assert np.abs(samples).max() == pytest.approx(1)
        assert not np.array_equal(samples, different)

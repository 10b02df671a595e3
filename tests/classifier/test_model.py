from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier import LABELS, Analysis, Model, ModelError, classify
from classifier.calibration import Calibration, mean_of
from classifier.card import fingerprint
from classifier.default import DEFAULT_MODEL
from classifier.features import look_at
from classifier.labels import OUTPUTS, sum_kinds
from classifier.model import load_model, model_names, models_folder
from classifier.settings import FeatureSettings
from classifier.synth import MAKERS
from tests.helpers.models import SETTINGS, change_card, inputs_of_a_sound, stump, write_model
from tests.helpers.sounds import click, noise, silence, sine, write_wav

ROOT = Path(__file__).resolve().parents[2]
FRESH_SEEDS = range(1_000, 1_020)
# Share of fresh sounds of our own that the shipped model must name.
NAMED = {"Kick": 0.7, "Snare": 0.7, "808": 0.5, "Open hat": 0.5, "Closed hat": 0.7}


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_model(tmp_path)


def refused(name: str, folder: Path | None = None) -> str:
    with pytest.raises(ModelError) as caught:
        load_model(name, folder)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_the_models_of_a_checkout_lie_beside_the_package() -> None:
    assert models_folder() == ROOT / "models"
    assert DEFAULT_MODEL in model_names()


def test_models_inside_the_package_come_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "classifier" / "models").mkdir(parents=True)
    monkeypatch.setattr("classifier.model.__file__", str(tmp_path / "classifier" / "model.py"))
    assert models_folder() == tmp_path / "classifier" / "models"
    assert model_names() == []


@pytest.mark.parametrize("name", model_names())
def test_every_shipped_model_loads_and_fits_its_card(name: str) -> None:
    model = load_model(name)
    assert model.card.name == name
    assert model.card.features == FeatureSettings()
    weights = [models_folder() / file for file in model.card.weights]
    assert fingerprint(*weights, features=model.card.features) == model.card.fingerprint
    assert model.card.sources
    assert model.card.scores["figures"]["macro_f1_five"]["value"] > 0.8


def test_what_ships_is_small_and_holds_only_cards_and_weights() -> None:
    files = [path for path in models_folder().iterdir() if path.suffix != ".py"]
    assert all(path.stat().st_size < 5_000_000 for path in files)
    assert {path.suffix for path in files} <= {".json", ".npz", ".tflite", ".md"}


def test_shipped_weights_hold_no_pickle() -> None:
    for path in models_folder().glob("*.npz"):
        with path.open("rb") as file, np.load(file, allow_pickle=False) as weights:
            assert all(weights[name].dtype.kind in "iuf" for name in weights.files)


def test_a_model_is_found_by_name_and_by_the_path_of_its_card(tiny: Path) -> None:
    assert load_model("tiny", tiny.parent).card.title == "Tiny"
    assert load_model(str(tiny)).card.title == "Tiny"


def test_an_unknown_name_is_answered_with_those_there_are(tiny: Path) -> None:
    text = refused("cnn9", tiny.parent)
    assert text == "There is no model 'cnn9'; there is: tiny."
    assert refused("tiny", tiny.parent / "nowhere").endswith("there is: none.")


def test_a_card_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "no model" in refused(str(tmp_path / "gone.json"))


def test_weights_of_an_unknown_kind_are_refused(tiny: Path) -> None:
    pickle = tiny.with_name("tiny.pickle")
    pickle.write_bytes(b"x")
    change_card(tiny, weights=[pickle.name], fingerprint=fingerprint(pickle, features=SETTINGS))
    assert "unknown kind" in refused(str(tiny))


@pytest.mark.parametrize(("inputs", "outputs"), [(-1, 0), (1, 0), (0, 1), (0, -1)], ids=str)
def test_weights_of_another_shape_are_refused(tmp_path: Path, inputs: int, outputs: int) -> None:
    forest = stump(inputs=inputs_of_a_sound() + inputs, outputs=len(OUTPUTS) + outputs)
    assert "its card promises" in refused(str(write_model(tmp_path, forest=forest)))


def with_fine(**changes: Any) -> dict[str, Any]:
    values = SETTINGS.as_json()
    values["fine"].update(changes)
    return values


def test_a_card_with_more_bands_than_its_weights_know_is_refused(tiny: Path) -> None:
    change_card(tiny, features=with_fine(bands=128))
    assert "does not fit its weights" in refused(str(tiny))


@pytest.mark.parametrize(
    "changes",
    [{"hop_s": 0.006}, {"high_hz": 9_000.0}, {"bands": 65}, {"frames": 60}, {"window_s": "long"}],
    ids=str,
)
def test_a_card_with_other_features_is_refused(tiny: Path, changes: dict[str, Any]) -> None:
    change_card(tiny, features=with_fine(**changes))
    refused(str(tiny))


def sounds() -> list[tuple[NDArray[np.float32], int]]:
    return [(silence(0), 44_100), (click(), 44_100), (noise(3.0), 44_100), (sine(50.0), 44_100)]


@pytest.mark.parametrize("name", model_names())
def test_probabilities_are_probabilities(name: str) -> None:
    outputs = load_model(name).predict(look_at(sounds(), SETTINGS)).probabilities
    assert outputs.shape == (len(sounds()), len(OUTPUTS))
    assert ((outputs > 0) & (outputs < 1)).all()
    np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(sum_kinds(outputs).sum(axis=1), 1, rtol=1e-5)


def test_the_calibration_of_the_card_is_used(tiny: Path) -> None:
    features = look_at(sounds(), SETTINGS)
    change_card(tiny, calibration={"temperature": 3.0, "offsets": [0, 1, 0, 0, 0]})
    model = load_model(str(tiny))
    raw, answer = model.raw(features), model.predict(features)
    expected = Calibration(3.0, (0, 1, 0, 0, 0))(raw.probabilities)
    np.testing.assert_array_equal(answer.probabilities, expected)
    assert not np.allclose(answer.probabilities, raw.probabilities)
    assert answer.embeddings is None


@pytest.mark.parametrize(("name", "share"), NAMED.items())
def test_most_fresh_synthetic_sounds_are_named_rightly(
    tmp_path: Path, model: Model, name: str, share: float
) -> None:
    paths = [
        write_wav(tmp_path / f"{seed}.wav", MAKERS[name](np.random.default_rng(seed)))
        for seed in FRESH_SEEDS
    ]
    named = Counter(
        result.prediction.label if isinstance(result, Analysis) else "unread"
        for result in classify(paths, model)
    )
    assert named[name] >= share * len(paths), named


@pytest.mark.corpus
@pytest.mark.parametrize("label", ["Kick", "Snare", "Closed hat", "Other"])
def test_real_sounds_are_named_rightly(corpus: Path, model: Model, label: str) -> None:
    paths = sorted((corpus / label.lower().replace(" ", "_")).rglob("*.flac"))
    chosen = np.random.default_rng(0).choice(len(paths), 25, replace=False)
    results = classify([paths[index] for index in chosen], model)
    right = [isinstance(one, Analysis) and one.prediction.label == label for one in results]
    assert np.mean(right) >= 0.7


def test_the_card_of_the_default_model_is_the_program_s(model: Model) -> None:
    card = json.loads((models_folder() / f"{DEFAULT_MODEL}.json").read_text(encoding="utf-8"))
    assert card["labels"] == list(LABELS)
    assert {"kitsort", "python", "numpy"} <= set(card["versions"])
    assert all({"source", "license", "sounds"} <= set(source) for source in card["sources"])
    assert 0 < model.card.threshold < 1


def test_several_weights_answer_with_their_mean(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_model(tmp_path, name, stump(inputs=inputs_of_a_sound(), outputs=len(OUTPUTS)))
    card = tmp_path / "a.json"
    files = ["a.npz", "b.npz"]
    identity = fingerprint(*(tmp_path / file for file in files), features=SETTINGS)
    change_card(card, weights=files, votes=[1, 3], fingerprint=identity)
    features = look_at(sounds(), SETTINGS)
    both, one = load_model(str(card)), load_model("b", tmp_path)
    np.testing.assert_allclose(
        both.raw(features).probabilities.argmax(axis=1), one.raw(features).probabilities.argmax(1)
    )
    (tmp_path / "b.npz").unlink()
    assert refused(str(card)) == "The model's weights are missing: b.npz."


def test_the_ensemble_lies_between_its_members() -> None:
    features = look_at(sounds(), SETTINGS)
    members = [load_model(name).raw(features).probabilities for name in ("cnn", "rf")]
    ensemble = load_model("ensemble")
    answers = ensemble.raw(features)
    np.testing.assert_allclose(answers.probabilities, mean_of(members, (2, 1)), rtol=1e-5)
    assert answers.embeddings is not None
    assert ensemble.card.weights == ("cnn.tflite", "rf.npz")

"""Networks that ship: any number of sounds, any thread, any process, and nothing damaged."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier import ModelError, load_model
from classifier.card import fingerprint
from classifier.features import look_at
from classifier.model import models_folder
from classifier.network import Network
from classifier.settings import FeatureSettings
from tests.helpers.models import SETTINGS, change_card, write_model
from tests.helpers.sounds import noise, sine

ROOT = Path(__file__).resolve().parents[2]
NETWORKS = sorted(path.stem for path in models_folder().glob("*.tflite"))


@pytest.fixture(scope="module", params=NETWORKS)
def network(request: pytest.FixtureRequest) -> Network:
    return Network.load(models_folder() / f"{request.param}.tflite")


def inputs_of(network: Network, count: int) -> dict[str, NDArray[np.float32]]:
    rng = np.random.default_rng(0)
    return {
        name: rng.uniform(-80, 0, (count, *shape)).astype(np.float32)
        for name, shape in network.input_shapes.items()
    }


def test_both_ship() -> None:
    assert NETWORKS == ["cnn", "mlp"]
    for name in NETWORKS:
        assert (models_folder() / f"{name}.tflite").stat().st_size < 2_000_000


@pytest.mark.parametrize("count", [0, 1, 15, 16, 17, 40])
def test_a_sound_is_called_the_same_in_any_company(network: Network, count: int) -> None:
    inputs = inputs_of(network, 40)
    together, embeddings = network.predict(inputs)
    some, some_embeddings = network.predict({name: v[:count] for name, v in inputs.items()})
    assert some.shape == (count, 21)
    np.testing.assert_allclose(some, together[:count], atol=1e-5)
    assert embeddings is not None
    assert some_embeddings is not None
    assert 64 <= embeddings.shape[1] <= 128
    np.testing.assert_allclose(some_embeddings, embeddings[:count], rtol=1e-3, atol=1e-3)


def test_rows_are_probabilities(network: Network) -> None:
    outputs, _ = network.predict(inputs_of(network, 20))
    assert ((outputs >= 0) & (outputs <= 1)).all()
    np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-4)


def test_many_threads_at_once_say_what_one_says(network: Network) -> None:
    inputs = inputs_of(network, 64)
    expected = network.predict(inputs)[0]
    parts = [
        {name: v[start : start + 8] for name, v in inputs.items()} for start in range(0, 64, 8)
    ]
    with ThreadPoolExecutor(8) as executor:
        answers = list(executor.map(lambda part: network.predict(part)[0], parts * 4))
    for number, answer in enumerate(answers):
        start = number % 8 * 8
        np.testing.assert_allclose(answer, expected[start : start + 8], atol=1e-5)


def test_answers_stay_as_they_were_given(network: Network) -> None:
    inputs = inputs_of(network, 32)
    first, _ = network.predict({name: v[:16] for name, v in inputs.items()})
    kept = first.copy()
    network.predict({name: v[16:] for name, v in inputs.items()})
    np.testing.assert_array_equal(first, kept)


def test_it_can_be_sent_to_another_process(network: Network) -> None:
    inputs = inputs_of(network, 3)
    sent = pickle.loads(pickle.dumps(network))
    np.testing.assert_array_equal(sent.predict(inputs)[0], network.predict(inputs)[0])


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"TFL3" * 40])
def test_what_is_no_network_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.tflite"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"^The model's weights cannot be read: bad\.tflite\.$"):
        Network.load(path)


def test_missing_weights_are_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^The model's weights are missing: no\.tflite\.$"):
        Network.load(tmp_path / "no.tflite")


@pytest.mark.parametrize("change", [{"bands": 32}, {"frames": 60}], ids=str)
def test_a_network_for_other_pictures_is_refused(tmp_path: Path, change: dict[str, int]) -> None:
    card = write_model(tmp_path)
    weights = tmp_path / "tiny.tflite"
    weights.write_bytes((models_folder() / "cnn.tflite").read_bytes())
    values = SETTINGS.as_json()
    values["fine"].update(change)
    identity = fingerprint(weights, features=FeatureSettings.from_json(values))
    change_card(card, weights=[weights.name], features=values, fingerprint=identity)
    with pytest.raises(ModelError, match="do not fit the features and the 21 names"):
        load_model(str(card))


def test_without_litert_there_is_a_sentence_and_the_forest() -> None:
    code = (
        "import sys; sys.modules['ai_edge_litert'] = None;"
        "from classifier import load_model, ModelError;"
        "print(load_model().card.name)\n"
        "try: load_model('cnn')\n"
        "except ModelError as error: print(error)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert run.stdout.startswith("rf\n")
    assert "needs ai-edge-litert" in run.stdout
    assert "'rf' does without" in run.stdout


@pytest.mark.parametrize("name", NETWORKS)
def test_sounds_that_are_alike_lie_close_together(name: str) -> None:
    model = load_model(name)
    sounds = [noise(0.2, seed=1), noise(0.2, seed=2), sine(50.0, 1.0), sine(52.0, 1.0)]
    _, embeddings = model.predict(look_at([(one, 44_100) for one in sounds], SETTINGS))
    assert embeddings is not None
    units = embeddings / np.linalg.norm(embeddings, axis=1, keepdims=True)
    alike = units @ units.T
    assert min(alike[0, 1], alike[2, 3]) > alike[:2, 2:].max()

"""Networks: they learn, go on where they were, and LiteRT says what Keras says."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier.network import EMBEDDING, Network
from classifier.training.batches import BATCH, Batches, Pool, blend, recoloured, shift_and_mask
from classifier.training.learners import Fitted
from classifier.training.material import Material
from classifier.training.networks import EMBEDDED, LOGITS, cnn, mlp
from classifier.training.neural import CNN, MLP, NeuralLearner, converted


class StoppedError(Exception):
    """Stands for a kill."""


def with_parts(learner: NeuralLearner, **changes: Any) -> NeuralLearner:
    """Return a learner with each of its parts changed."""
    return replace(learner, parts=tuple(replace(part, **changes) for part in learner.parts))


def half_of(material: Material) -> Any:
    chosen = np.zeros(len(material.outputs), dtype=bool)
    chosen[::2] = True
    return chosen


def fitted(
    learner: NeuralLearner,
    material: Material,
    checkpoint: Path,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> Fitted:
    return learner.fit(material, half_of(material), checkpoint=checkpoint, progress=progress)


def test_the_mlp_learns(material: Material, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    learner = with_parts(MLP, epochs=25, rate=1e-2)
    fit = fitted(learner, material, tmp_path / "fit", lambda *step: told.append(step))
    named = fit.predict(material.real).argmax(axis=1) == material.outputs
    assert named.mean() > 0.5
    assert [one.loss for one in fit.history][-1] < fit.history[0].loss - 0.5
    assert fit.history[-1].held_out_accuracy == pytest.approx(
        named[~half_of(material)].mean(), abs=0.08
    )
    assert told[-1][1] == told[-1][2]
    assert "loss" in told[-1][0]
    assert "accuracy" in told[-1][0]
    assert not (tmp_path / "fit").exists()


def test_an_interrupted_fit_goes_on_where_it_was(material: Material, tmp_path: Path) -> None:
    learner = with_parts(MLP, epochs=3)

    def stop(_text: str, done: int, _total: int) -> None:
        if done == 3:
            raise StoppedError

    with pytest.raises(StoppedError):
        fitted(learner, material, tmp_path / "fit", stop)
    kept = json.loads((tmp_path / "fit" / "0" / "history.json").read_text(encoding="utf-8"))
    assert len(kept) == 2
    steps: list[int] = []
    again = fitted(learner, material, tmp_path / "fit", lambda _, done, __: steps.append(done))
    assert steps == [3]
    straight = fitted(learner, material, tmp_path / "straight")
    assert [one.loss for one in again.history] == pytest.approx(
        [one.loss for one in straight.history], rel=0.2
    )


def test_a_cnn_is_fitted_and_gives_an_embedding(material: Material, tmp_path: Path) -> None:
    learner = with_parts(CNN, epochs=1)
    fit = fitted(learner, material, tmp_path / "fit")
    outputs = fit.predict(material.real)
    assert outputs.shape == (84, 21)
    np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-4)
    assert len(fit.history) == 1
    fit.save(tmp_path / "cnn.tflite")
    assert (tmp_path / "cnn.tflite").stat().st_size < 2_000_000
    network = Network.load(tmp_path / "cnn.tflite")
    probabilities, embeddings = network.predict(learner.read(material.real, material))
    np.testing.assert_array_equal(probabilities, outputs)
    assert embeddings is not None
    assert embeddings.shape == (84, EMBEDDED)
    assert (embeddings.std(axis=0) > 0).mean() > 0.3


@pytest.mark.parametrize("name", ["cnn", "mlp"])
def test_litert_says_what_keras_says(material: Material, name: str) -> None:
    learner = {"cnn": CNN, "mlp": MLP}[name]
    everything = np.arange(len(material.outputs))
    trained = [part.built(material, everything) for part in learner.parts]
    shipped = [part.built(material, everything, 16) for part in learner.parts]
    network = Network(converted(trained, shipped), "x")
    inputs = learner.read(material.real, material)
    logits = np.mean(
        [
            model.predict(part.read(material.real, material), verbose=0)
            for model, part in zip(trained, learner.parts, strict=True)
        ],
        axis=0,
    )
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(network.predict(inputs)[0], shares, atol=0.03)


def test_layers_are_called_what_the_program_calls_them(material: Material) -> None:
    rows = material.real.rows[:, 0]
    for model in (cnn(material.settings, 21), mlp(rows, 21)):
        assert model.get_layer(EMBEDDING).output.shape == (None, EMBEDDED)
        assert model.get_layer(LOGITS).output.shape == (None, 21)


def batches_of(material: Material, inputs: tuple[str, ...], epoch: int = 0) -> Batches:
    return Pool(material, np.flatnonzero(half_of(material)), inputs).batches(epoch)


@pytest.mark.parametrize("inputs", [("fine", "low"), ("rows",)])
def test_batches_are_of_the_right_shape_and_range(
    material: Material, inputs: tuple[str, ...]
) -> None:
    batches = batches_of(material, inputs)
    values, targets = batches[0]
    assert set(values) == set(inputs)
    assert len(targets) <= BATCH
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-5)
    assert (targets > 0).all()
    for name in inputs:
        assert values[name].shape == (len(targets), *getattr(material.real, name).shape[2:])
        assert values[name].dtype == np.float32
        assert np.isfinite(values[name]).all()
        if name != "rows":
            assert values[name].min() >= -80
            assert values[name].max() <= 1e-4


def test_an_epoch_is_the_same_each_time_and_unlike_the_next(material: Material) -> None:
    first, again, other = (batches_of(material, ("rows",), epoch)[0] for epoch in (0, 0, 1))
    np.testing.assert_array_equal(first[0]["rows"], again[0]["rows"])
    assert not np.array_equal(first[0]["rows"], other[0]["rows"])


def test_what_is_held_out_is_never_drawn(material: Material) -> None:
    marked = replace(material, real=replace(material.real, rows=material.real.rows.copy()))
    marked.real.rows[~half_of(material)] = np.nan
    for epoch in range(20):
        assert np.isfinite(batches_of(marked, ("rows",), epoch)[0][0]["rows"]).all()


def pictures(count: int = 200) -> Any:
    rng = np.random.default_rng(5)
    drawn = rng.uniform(-80, 0, (count, 40, 64)).astype(np.float32)
    drawn[:, 0, 0] = 0
    return drawn


def test_what_lies_under_a_sound_only_adds_to_it(material: Material) -> None:
    fine, low = pictures(), pictures()[:, :20, :32].copy()
    before = fine.copy(), low.copy()
    blend(fine, low, np.random.default_rng(0))
    for after, was in zip((fine, low), before, strict=True):
        assert (after >= was - 1e-3).all()
        assert after.max() <= 0
        changed = (after != was).any(axis=(1, 2)).mean()
        assert 0.05 < changed < 0.3


def test_a_recoloured_picture_keeps_its_range_and_its_shape_in_time(material: Material) -> None:
    before = pictures()
    after = recoloured(before.copy(), material.settings.fine, np.random.default_rng(0))
    assert after.min() >= -80
    assert after.max() == 0
    assert not np.allclose(after, before, atol=1)


def test_a_shift_moves_and_a_mask_hides(material: Material) -> None:
    settings = replace(material.settings.fine, frames=40, bands=64)
    before = pictures()
    after = before.copy()
    shift_and_mask(after, settings, np.random.default_rng(0))
    kept = [
        any(np.mean(np.roll(was, shift, axis=0)[3:-3] == now[3:-3]) > 0.4 for shift in range(-2, 3))
        for was, now in zip(before, after, strict=True)
    ]
    assert all(kept)
    assert 0.3 < (after == -80).any(axis=(1, 2)).mean() < 0.95

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from classifier import UNSURE, Analysis, AudioError, Model, Prediction, classify, load_model
from classifier.synth import MAKERS
from tests.helpers.sounds import click, noise, silence, sine, write_wav


def analysed(paths: list[Path], model: Model) -> list[Analysis]:
    results = classify(paths, model)
    assert all(isinstance(result, Analysis) for result in results)
    return [result for result in results if isinstance(result, Analysis)]


def sounds_in(folder: Path) -> list[Path]:
    names = ("Kick", "Snare", "808", "Closed hat", "melodic")
    return [
        write_wav(folder / f"{name}.wav", MAKERS[name](np.random.default_rng(seed)))
        for seed, name in enumerate(names)
    ]


def test_nothing_gives_nothing(model: Model) -> None:
    assert classify([], model) == []


def test_results_stand_in_the_order_of_the_paths(tmp_path: Path, model: Model) -> None:
    paths = sounds_in(tmp_path)
    there = analysed(paths, model)
    back = analysed(paths[::-1], model)[::-1]
    for ours, theirs in zip(there, back, strict=True):
        assert ours.descriptors == theirs.descriptors
        assert ours.prediction.probabilities == pytest.approx(theirs.prediction.probabilities)


def test_an_error_stands_in_the_place_of_its_file(tmp_path: Path, model: Model) -> None:
    gone, good = tmp_path / "gone.wav", write_wav(tmp_path / "good.wav", noise(0.1))
    results = classify([gone, good, gone], model)
    assert [type(result) for result in results] == [AudioError, Analysis, AudioError]
    assert [type(result) for result in classify([gone], model)] == [AudioError]


def test_paths_may_be_words(tmp_path: Path, model: Model) -> None:
    path = write_wav(tmp_path / "x.wav", noise(0.1))
    assert isinstance(classify([str(path)], model)[0], Analysis)


def test_silence_is_other_for_certain_and_no_kind_of_it(tmp_path: Path, model: Model) -> None:
    [result] = analysed([write_wav(tmp_path / "x.wav", silence())], model)
    assert result.prediction.label == "Other"
    assert result.prediction.confidence == 1.0
    assert result.prediction.kind is None
    assert result.root_note is None
    assert result.descriptors.rms == 0


def test_a_kind_is_named_only_for_an_other(tmp_path: Path, model: Model) -> None:
    for result in analysed(sounds_in(tmp_path), model):
        assert (result.prediction.kind is not None) is (result.prediction.label == "Other")
        assert sum(result.prediction.probabilities) == pytest.approx(1, abs=1e-5)


def test_samples_are_not_kept(tmp_path: Path, model: Model) -> None:
    [result] = analysed([write_wav(tmp_path / "x.wav", noise(2.0))], model)
    assert len(result.sound.samples) == 0
    assert result.sound.duration_s == 2.0


def test_levels_are_those_of_ten_seconds_and_labels_those_of_two(
    tmp_path: Path, model: Model
) -> None:
    start = noise(2.0, peak=1.0)
    long = np.concatenate([start, noise(10.0, peak=0.5)])
    short_path = write_wav(tmp_path / "short.wav", start)
    [short, full] = analysed([short_path, write_wav(tmp_path / "long.wav", long)], model)
    assert full.prediction.probabilities == pytest.approx(short.prediction.probabilities, abs=1e-5)
    assert short.descriptors.active_s == pytest.approx(2.0, abs=0.01)
    assert full.descriptors.active_s == pytest.approx(10.0, abs=0.01)
    assert (short.sound.is_cut, full.sound.is_cut) == (False, True)


def test_a_louder_sound_after_two_seconds_changes_no_label(tmp_path: Path, model: Model) -> None:
    start = np.zeros(int(2.5 * 44_100), np.float32)
    snare = MAKERS["Snare"](np.random.default_rng(77))[: len(start)]
    start[: len(snare)] = snare
    long = np.concatenate([start / 30, noise(1.0, peak=1.0)])
    [short, full] = analysed(
        [write_wav(tmp_path / "s.wav", long[: len(start)]), write_wav(tmp_path / "l.wav", long)],
        model,
    )
    assert full.prediction.probabilities == pytest.approx(short.prediction.probabilities, abs=1e-5)


def test_an_808_has_a_root_note_and_a_hat_has_none(tmp_path: Path, model: Model) -> None:
    results = analysed(sounds_in(tmp_path), model)
    assert results[2].root_note is not None
    assert results[3].root_note is None


def test_a_decision_below_the_threshold_is_unsure() -> None:
    prediction = Prediction((0.1, 0.6, 0.1, 0.1, 0.05, 0.05), None)
    assert (prediction.label, prediction.confidence) == ("Snare", 0.6)
    assert prediction.decision(0.6) == "Snare"
    assert prediction.decision(0.61) == UNSURE
    assert prediction.decision(0.0) == "Snare"


def test_threads_share_one_model(tmp_path: Path, model: Model) -> None:
    paths = [*sounds_in(tmp_path), write_wav(tmp_path / "click.wav", click())]
    alone = [result.prediction.probabilities for result in analysed(paths, model)]
    with ThreadPoolExecutor(4) as executor:
        for results in executor.map(lambda _: analysed(paths, model), range(12)):
            assert [result.prediction.probabilities for result in results] == alone


@pytest.mark.parametrize("peak", [1.0, 0.5, 0.01])
def test_peak_and_rms_are_in_decibels_under_full_scale(
    tmp_path: Path, model: Model, peak: float
) -> None:
    path = write_wav(tmp_path / "sine.wav", sine(100.0, 3.0, peak=peak))
    [found] = analysed([path], model)
    assert found.peak_dbfs == pytest.approx(20 * np.log10(peak), abs=0.01)
    assert found.rms_dbfs == pytest.approx(20 * np.log10(peak / np.sqrt(2)), abs=0.02)


def test_silence_has_no_level(tmp_path: Path, model: Model) -> None:
    [found] = analysed([write_wav(tmp_path / "x.wav", silence())], model)
    assert (found.peak_dbfs, found.rms_dbfs) == (-np.inf, -np.inf)


def test_an_embedding_comes_with_each_prediction_but_that_of_silence(tmp_path: Path) -> None:
    paths = [*sounds_in(tmp_path), write_wav(tmp_path / "silence.wav", silence())]
    *heard, silent = (one.prediction for one in analysed(paths, load_model("cnn")))
    for prediction in heard:
        assert prediction.embedding is not None
        assert prediction.embedding.shape == (128,)
        assert prediction.embedding.base is None  # its own memory, not a chunk's
    assert silent.embedding is None
    assert analysed(paths, load_model("rf"))[0].prediction.embedding is None

"""What models learn from: kept as it is done, the same each time, real and made apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier.audio import read_sound
from classifier.features import forest_inputs, look_at
from classifier.labels import OUTPUTS
from classifier.settings import FeatureSettings
from classifier.training.corpus import Corpus, CorpusError, read_manifest
from classifier.training.material import Material, decibels, prepare
from classifier.training.synthetic import synthetic_sounds
from tests.helpers.corpora import write_corpus
from tests.helpers.trees import read_tree

SETTINGS = FeatureSettings()
Told = list[tuple[str, int, int]]


def looked(folder: Path, work: Path, told: Told | None = None, **options: int) -> Material:
    corpus = Corpus(tuple(read_manifest(folder)))
    notes: Told = [] if told is None else told
    return prepare(corpus, work, progress=lambda *step: notes.append(step), **options)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    write_corpus(folder, packs=2, each=3)
    return folder


def test_version_0_is_the_sound_as_it_is(material: Material) -> None:
    for index in (0, 40, 83):
        sound = read_sound(material.corpus.examples[index].path, seconds=2.0)
        features = look_at([(sound.samples, sound.sample_rate)], SETTINGS)
        for name, floor in (("fine", SETTINGS.fine.floor_db), ("low", SETTINGS.low.floor_db)):
            seen = decibels(getattr(material.real, name)[index, 0], floor)
            np.testing.assert_allclose(seen, getattr(features, name)[0], atol=0.17)
        rows = forest_inputs(features)[0]
        np.testing.assert_allclose(material.real.rows[index, 0], rows, rtol=1e-3, atol=1e-2)


def test_variants_are_other_sounds(material: Material) -> None:
    fine = material.real.fine.astype(int)
    assert fine.shape[1] == 3
    differences = np.abs(fine[:, 1:] - fine[:, :1]).mean(axis=(2, 3))
    assert (differences > 0).mean() > 0.95
    assert not np.array_equal(fine[:, 1], fine[:, 2])


def test_what_we_make_is_of_every_output_and_apart(material: Material) -> None:
    made = np.bincount(material.made_outputs, minlength=len(OUTPUTS))
    np.testing.assert_array_equal(made, 2)
    assert len(material.made) == made.sum()
    assert len(material.real) == len(material.outputs) == len(material.weights) == 84


def test_what_was_looked_at_is_not_looked_at_again(tiny: Path, tmp_path: Path) -> None:
    first = looked(tiny, tmp_path / "work", variants=1)
    chunks = sorted((tmp_path / "work").rglob("*.npz"))
    assert len(chunks) > 1
    chunks[0].unlink()
    before = {path: path.stat().st_mtime_ns for path in chunks[1:]}
    told: Told = []
    again = looked(tiny, tmp_path / "work", told, variants=1)
    assert {path: path.stat().st_mtime_ns for path in chunks[1:]} == before
    assert len(told) == 1
    assert told[0][1] == told[0][2]
    for name in ("fine", "low", "rows"):
        np.testing.assert_array_equal(getattr(first.real, name), getattr(again.real, name))
        np.testing.assert_array_equal(getattr(first.made, name), getattr(again.made, name))
    assert not [path for path in read_tree(tmp_path / "work") if path.endswith(".part")]


def test_another_label_seed_or_sound_has_another_key(tiny: Path, tmp_path: Path) -> None:
    keys = [looked(tiny, tmp_path / "work", variants=0, seed=seed).key for seed in (0, 0, 1)]
    assert keys[0] == keys[1] != keys[2]
    corpus = Corpus(tuple(read_manifest(tiny)))
    changed = replace(corpus.examples[0], output=3)
    other = Corpus((changed, *corpus.examples[1:]))
    work = tmp_path / "work"
    assert prepare(other, work, progress=lambda *_: None, variants=0).key != keys[0]


def test_a_broken_sound_stops_it_with_its_name(tiny: Path, tmp_path: Path) -> None:
    (tiny / "0-Kick-0.flac").write_bytes(b"text")
    with pytest.raises(CorpusError, match=r"0-Kick-0\.flac: It cannot be read as sound"):
        looked(tiny, tmp_path / "work", variants=0)


def test_synthetic_sounds_are_the_same_each_time() -> None:
    sounds = synthetic_sounds(OUTPUTS, 1, seed=0)
    assert [sound.name for sound in sounds] == list(OUTPUTS)
    for sound, other in zip(sounds, synthetic_sounds(OUTPUTS, 1, seed=1), strict=True):
        samples, rate = sound.pair(2.0)
        again, same_rate = sound.pair(2.0)
        assert rate == same_rate
        np.testing.assert_array_equal(samples, again)
        assert 0.5 < np.abs(samples).max() <= 1
        assert len(samples) <= 2 * rate
        assert not np.array_equal(samples, other.pair(2.0)[0])

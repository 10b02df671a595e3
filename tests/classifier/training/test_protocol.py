"""Examinations: nothing asked about was learnt from; what is finished stays finished."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classifier import load_model
from classifier.training.corpus import Corpus, CorpusError, read_manifest
from classifier.training.folds import example_weights
from classifier.training.learners import Ensemble, Epoch, Fitted
from classifier.training.material import Material, Seen
from classifier.training.protocol import (
    FOLDS,
    Protocol,
    ask_shipped,
    examine,
    examine_one_fold,
    examined_before,
)
from classifier.training.shipping import train


@dataclass
class Parrot:
    """A learner that knows by heart what it was shown, and says Kick of all else."""

    fits: list[Any] = field(default_factory=list)
    name: str = "parrot"
    title: str = "Parrot"
    libraries: tuple[str, ...] = ("numpy",)
    recipe: str = "by heart"
    stops_at: int | None = None

    def fit(self, material: Material, chosen: Any, *, checkpoint: Path, progress: Any) -> Fitted:
        if len(self.fits) == self.stops_at:
            raise KeyboardInterrupt
        self.fits.append(chosen)
        known = {
            row.tobytes(): output
            for row, output in zip(
                material.real.rows[chosen, 0], material.outputs[chosen], strict=True
            )
        }
        outputs = np.eye(len(material.corpus.outputs), dtype=np.float32)

        def predict(seen: Seen) -> Any:
            return np.stack([outputs[known.get(row.tobytes(), 0)] for row in seen.rows[:, 0]])

        def save(path: Path) -> None:
            path.write_bytes(b"weights")

        return Fitted(predict, ".npz", save, (Epoch(1.0, 0.5),))


def silent(*_: object) -> None:
    """Progress to nobody."""


def test_by_packs_a_model_is_asked_about_what_it_never_saw(
    material: Material, tmp_path: Path
) -> None:
    parrot = Parrot()
    examined = examine(material, parrot, Protocol.PACKS, work=tmp_path, progress=silent)
    packs = np.array([one.pack for one in material.corpus.examples])
    for chosen in parrot.fits:
        assert not set(packs[chosen]) & set(packs[~chosen])
    np.testing.assert_array_equal(np.sum([~chosen for chosen in parrot.fits], axis=0), 1)
    # All it can say of packs that it never saw is the same for all.
    assert examined.probabilities.std(axis=0).max() < 0.1
    assert len(examined.histories) == len(parrot.fits) == FOLDS
    assert len(examined.corpus.examples) == len(examined.probabilities) == 84
    assert "packs held out" in examined.protocol


def test_a_random_split_has_packs_on_both_sides(material: Material, tmp_path: Path) -> None:
    parrot = Parrot()
    examined = examine(material, parrot, Protocol.RANDOM, work=tmp_path, progress=silent)
    [chosen] = parrot.fits
    packs = np.array([one.pack for one in material.corpus.examples])
    assert set(packs[chosen]) & set(packs[~chosen])
    assert (~chosen).sum() == len(examined.probabilities) == 17
    assert "flattered" in examined.protocol


def test_finished_folds_are_not_trained_again(material: Material, tmp_path: Path) -> None:
    stopped = Parrot(stops_at=3)
    with pytest.raises(KeyboardInterrupt):
        examine(material, stopped, Protocol.PACKS, work=tmp_path, progress=silent)
    assert not examined_before(material, stopped, tmp_path)
    again = Parrot()
    resumed = examine(material, again, Protocol.PACKS, work=tmp_path, progress=silent)
    assert len(again.fits) == FOLDS - 3
    assert examined_before(material, again, tmp_path)
    straight = examine(material, Parrot(), Protocol.PACKS, work=tmp_path / "b", progress=silent)
    np.testing.assert_array_equal(resumed.probabilities, straight.probabilities)
    assert not examined_before(material, Parrot(recipe="another"), tmp_path)
    assert not examined_before(replace(material, key="x"), Parrot(), tmp_path)


def test_without_an_examination_one_fold_is_held_out(material: Material, tmp_path: Path) -> None:
    parrot = Parrot()
    examined = examine_one_fold(material, parrot, work=tmp_path, progress=silent)
    [chosen] = parrot.fits
    assert len(examined.probabilities) == (~chosen).sum() < 84 / 2
    assert "one of 5 parts of the packs held out" in examined.protocol


def test_a_single_pack_cannot_be_held_out(material: Material, tmp_path: Path) -> None:
    one = tuple(replace(example, pack="A") for example in material.corpus.examples)
    alone = replace(material, corpus=Corpus(one))
    with pytest.raises(CorpusError, match="All sounds are of one pack"):
        examine(alone, Parrot(), Protocol.PACKS, work=tmp_path, progress=silent)


@pytest.mark.parametrize("before", [True, False])
def test_what_ships_has_learnt_everything_and_is_scored_on_what_it_had_not(
    material: Material, tmp_path: Path, before: bool
) -> None:
    if before:
        examine(material, Parrot(), Protocol.PACKS, work=tmp_path, progress=silent)
    parrot = Parrot()
    card = train(material, parrot, tmp_path / "out", work=tmp_path, progress=silent)
    assert [chosen.all() for chosen in parrot.fits] == ([True] if before else [False, True])
    assert card.scores["sounds"] == 84 if before else card.scores["sounds"] < 42
    assert card.scores["figures"]["accuracy"]["value"] < 0.9
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "parrot.json",
        "parrot.npz",
    ]
    assert card.version.endswith(card.fingerprint[:8])
    assert {"kitsort", "python", "numpy"} == set(card.versions)
    assert card.sources == [{"source": "someone/somewhere", "license": "MIT", "sounds": 84}]
    assert 0 < card.threshold <= 1


def test_an_ensemble_is_its_members_trained_and_asked_together(
    material: Material, tmp_path: Path
) -> None:
    members = Parrot(name="one", recipe="one"), Parrot(name="other", recipe="other")
    pair = Ensemble("pair", "Pair", members, (2, 1))
    assert not examined_before(material, pair, tmp_path)
    together = examine(material, pair, Protocol.PACKS, work=tmp_path, progress=silent)
    assert examined_before(material, pair, tmp_path)
    alone = examine(material, members[0], Protocol.PACKS, work=tmp_path, progress=silent)
    assert [len(one.fits) for one in members] == [FOLDS, FOLDS]
    # Two that say the same say the same together.
    np.testing.assert_allclose(together.probabilities, alone.probabilities, atol=1e-3)
    assert together.histories == alone.histories
    card = train(material, pair, tmp_path / "out", work=tmp_path, progress=silent)
    assert card.weights == ("one.npz", "other.npz")
    assert sorted(path.name for path in (tmp_path / "out").glob("*.json")) == [
        "one.json",
        "other.json",
        "pair.json",
    ]


def test_a_doubtful_label_weighs_nothing(material: Material) -> None:
    examples = material.corpus.examples
    doubtful = {(examples[3].pack, examples[3].path.name)}
    weights = example_weights(examples, without=doubtful)
    np.testing.assert_array_equal(np.flatnonzero(weights == 0), [3])
    assert weights.mean() == pytest.approx(1)


def test_the_shipped_weights_are_asked_as_they_are(small_corpus: Path) -> None:
    model = load_model("rf")
    corpus = Corpus(tuple(read_manifest(small_corpus)))
    told: list[tuple[str, int, int]] = []
    examined = ask_shipped(model, corpus, lambda *step: told.append(step))
    assert examined.probabilities.shape == (84, 6)
    assert (examined.probabilities.argmax(axis=1) == corpus.truth).mean() > 0.7
    assert "nothing was trained" in examined.protocol
    assert told[-1] == ("Asking the model", 84, 84)

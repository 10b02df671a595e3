"""Reports: what they say adds up, and is the same in words and in numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from classifier.calibration import Calibration
from classifier.labels import INSTRUMENTS, LABELS
from classifier.training.corpus import Corpus, Example
from classifier.training.examined import Examined
from classifier.training.learners import Epoch
from classifier.training.report import Report, at_threshold

COUNT = 120


def examined(*, right: float = 0.8, epochs: int = 0) -> Examined:
    """Return an examination in which a share of the answers is right, some packs synthetic."""
    rng = np.random.default_rng(3)
    outputs = rng.integers(0, 8, COUNT)
    examples = tuple(
        Example(
            Path(f"{index}.wav"),
            int(output),
            f"pack {index % 7}" + ("-synth" if index % 7 == 0 else ""),
            "s",
            "MIT",
        )
        for index, output in enumerate(outputs)
    )
    corpus = Corpus(examples)
    said = np.where(rng.random(COUNT) < right, corpus.truth, rng.integers(0, 6, COUNT))
    probabilities = np.full((COUNT, 6), 0.03)
    probabilities[np.arange(COUNT), said] = rng.uniform(0.4, 0.85, COUNT)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    history = tuple(Epoch(1.0 / (n + 1), 0.5, 1.2 / (n + 1), 0.4) for n in range(epochs))
    return Examined(
        "some protocol", corpus, probabilities, Calibration(), (history,) * bool(epochs)
    )


@pytest.mark.parametrize("epochs", [0, 5])
def test_a_report_is_words_numbers_and_a_picture(tmp_path: Path, epochs: int) -> None:
    report = Report("CNN", examined(epochs=epochs), 0.6)
    paths = report.write(tmp_path / "new", "cnn-packs")
    assert [path.name for path in paths] == ["cnn-packs.md", "cnn-packs.json", "cnn-packs.png"]
    text = paths[0].read_text(encoding="utf-8")
    values = json.loads(paths[1].read_text(encoding="utf-8"))
    assert values == json.loads(json.dumps(report.values()))
    for part in (values, values["cleaned"]):
        assert f"{part['figures']['macro_f1_six']['value']:.3f}" in text
    for label in LABELS:
        assert f"| {label} |" in text
    assert "![" in text
    assert "(cnn-packs.png)" in text
    assert paths[2].read_bytes().startswith(b"\x89PNG")
    assert len(values["epochs"]) == bool(epochs)


def test_packs_made_by_programs_do_not_score() -> None:
    values = Report("CNN", examined(), 0.5).values()
    synthetic = sum(index % 7 == 0 for index in range(COUNT))
    assert values["sounds"] == COUNT - synthetic
    assert np.sum(values["confusion"]) == values["sounds"]
    assert values["packs"] == 6


def test_cleaned_leaves_the_doubtful_out(monkeypatch: pytest.MonkeyPatch) -> None:
    doubts = frozenset((f"pack {index % 7}", f"{index}.wav") for index in range(0, COUNT, 10))
    monkeypatch.setattr("classifier.training.report.shipped_doubts", lambda: doubts)
    values = Report("CNN", examined(), 0.5).values()
    assert values["cleaned"]["sounds"] == values["sounds"] - values["doubtful"]
    assert values["doubtful"] > 0


def test_the_confusion_has_what_it_is_in_rows() -> None:
    one = examined(right=1.0)
    assert (one.confusion() == np.diag(np.bincount(one.corpus.truth))).all()
    wrong = replace(one, probabilities=np.roll(one.probabilities, 1, axis=1))
    counts = wrong.confusion()
    assert counts[0, 1] == (one.corpus.truth == 0).sum()
    assert counts[0, 0] == 0


def test_at_a_threshold_of_nothing_all_is_sorted_and_of_one_nothing() -> None:
    one = examined(right=1.0)
    assert at_threshold(one, 0.0) == {"threshold": 0.0, "sorted": 1.0, "right": 1.0}
    assert at_threshold(one, 1.0) == {"threshold": 1.0, "sorted": 0.0, "right": 0.0}


def test_an_other_in_a_folder_is_wrong() -> None:
    one = examined(right=1.0)
    probabilities = one.probabilities.copy()
    is_other = one.corpus.truth == len(INSTRUMENTS)
    probabilities[is_other] = np.eye(6)[0]
    found = at_threshold(replace(one, probabilities=probabilities), 0.0)
    assert found["sorted"] == 1.0
    assert found["right"] == pytest.approx((~is_other).mean())

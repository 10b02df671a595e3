from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classifier.calibration import Calibration
from classifier.training import doubts
from classifier.training.corpus import Corpus, Example
from classifier.training.doubts import doubts_of, shipped_doubts, write_doubts
from classifier.training.examined import Examined


def test_only_what_is_all_but_ruled_out_is_doubted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = tuple(Example(Path(f"{n}.wav"), 1, "A, B", "s", "MIT") for n in range(4))
    probabilities = np.full((4, 6), 0.01)
    probabilities[0, 1] = 0.95  # right
    probabilities[1, 0] = 0.95  # sure of another
    probabilities[2, 0], probabilities[2, 1] = 0.91, 0.05  # sure, but not ruled out
    probabilities[3, 0], probabilities[3, 2] = 0.5, 0.46  # ruled out, but not sure
    found = doubts_of(Examined("p", Corpus(examples), probabilities, Calibration()))
    assert [(one.file, one.label, one.says) for one in found] == [("1.wav", "Snare", "Kick")]
    path = tmp_path / "doubts.csv"
    write_doubts(found, path)
    assert path.read_text(encoding="utf-8").splitlines()[1] == '"A, B",1.wav,Snare,Kick,0.95'
    monkeypatch.setattr(doubts, "SHIPPED", path)
    shipped_doubts.cache_clear()
    assert shipped_doubts() == {("A, B", "1.wav")}
    shipped_doubts.cache_clear()


def test_the_list_that_ships_is_short_and_of_known_labels() -> None:
    shipped_doubts.cache_clear()
    assert 20 < len(shipped_doubts()) < 400

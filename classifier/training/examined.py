"""What a model said of sounds that it was not trained on, and how right that was."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import Calibration
from classifier.labels import LABELS
from classifier.training.corpus import Corpus
from classifier.training.learners import Epoch
from classifier.training.scores import score, sorted_at_95


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What models said of sounds that they were not trained on.

    Attributes
    ----------
    protocol : str
        How, in words.
    corpus : Corpus
        Of the sounds that were asked about, and no others.
    probabilities : array, shape (n, 6)
        Calibrated, each without the sounds of its own fold.
    calibration : Calibration
        Of a model trained on everything: fitted on all of these.
    histories : tuple of tuple of Epoch
        One for each fit.
    """

    protocol: str
    corpus: Corpus
    probabilities: NDArray[np.floating]
    calibration: Calibration
    histories: tuple[tuple[Epoch, ...], ...] = ()

    def that_score(self) -> Examined:
        """Return it without the packs that only train."""
        return self._of([example.scores for example in self.corpus.examples])

    def without(self, unwanted: Container[tuple[str, str]]) -> Examined:
        """Return it without some sounds, each named by its pack and the name of its file."""
        examples = self.corpus.examples
        return self._of([(one.pack, one.path.name) not in unwanted for one in examples])

    def _of(self, wanted: list[bool]) -> Examined:
        chosen = np.flatnonzero(wanted)
        return replace(
            self, corpus=self.corpus.taken(chosen), probabilities=self.probabilities[chosen]
        )

    @property
    def threshold(self) -> float:
        """Confidence from which on 95 % of what is sorted is right."""
        scored = self.that_score()
        return sorted_at_95(scored.corpus.truth, scored.probabilities)[1]

    def confusion(self) -> NDArray[np.int64]:
        """Return how many sounds of each label (rows) were given each label (columns)."""
        counts = np.zeros((len(LABELS), len(LABELS)), dtype=np.int64)
        np.add.at(counts, (self.corpus.truth, self.probabilities.argmax(axis=1)), 1)
        return counts

    def scores(self) -> dict[str, Any]:
        """Return how, and every figure with its interval."""
        scored = self.that_score()
        packs = [example.pack for example in scored.corpus.examples]
        return {
            "protocol": self.protocol,
            **score(scored.corpus.truth, scored.probabilities, packs),
        }

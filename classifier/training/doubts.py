"""Labels that are most likely wrong: what a cross-validation disagrees with, and is sure.

C. Northcutt, L. Jiang and I. Chuang, "Confident Learning: Estimating Uncertainty in Dataset
Labels", 2021. The list that ships was made by ``kitsort evaluate --doubts``; nobody has listened
to the sounds on it. Models do not learn from them, and a second column of the reports leaves them
out; the first column, by which models are chosen, counts them as they are labelled.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from classifier.labels import LABELS

if TYPE_CHECKING:
    from classifier.training.examined import Examined

SHIPPED: Final = Path(__file__).with_name("doubtful.csv")
_SURE_OF_ANOTHER: Final = 0.9
_SURE_OF_NOT: Final = 0.03


@dataclass(frozen=True, slots=True)
class Doubt:
    """One label that is most likely wrong.

    Attributes
    ----------
    pack, file : str
        Which sound: its pack, and the name of its file.
    label, says : str
        What it is called, and what models that never saw its pack call it.
    confidence : float
        Of what they say, 0 to 1.
    """

    pack: str
    file: str
    label: str
    says: str
    confidence: float


def doubts_of(examined: Examined) -> list[Doubt]:
    """Return the sounds whose label models that never saw their packs all but rule out."""
    truth, probabilities = examined.corpus.truth, examined.probabilities
    own = probabilities[np.arange(len(truth)), truth]
    says = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1)
    chosen = np.flatnonzero((own <= _SURE_OF_NOT) & (sure >= _SURE_OF_ANOTHER))
    examples = examined.corpus.examples
    return [
        Doubt(
            pack=examples[index].pack,
            file=examples[index].path.name,
            label=LABELS[truth[index]],
            says=LABELS[says[index]],
            confidence=round(float(sure[index]), 3),
        )
        for index in chosen
    ]


def write_doubts(doubts: Sequence[Doubt], path: Path) -> None:
    """Write a list as CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in fields(Doubt)])
        writer.writerows(astuple(doubt) for doubt in doubts)


@cache
def shipped_doubts() -> frozenset[tuple[str, str]]:
    """Return pack and file name of each sound on the list that ships."""
    if not SHIPPED.is_file():
        return frozenset()
    with SHIPPED.open(encoding="utf-8", newline="") as file:
        return frozenset((row["pack"], row["file"]) for row in csv.DictReader(file))

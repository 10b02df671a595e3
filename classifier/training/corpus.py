"""Labelled sounds: what a corpus folder with a manifest holds, and what we synthesise."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from classifier.audio import read_sound
from classifier.errors import AudioError, ClassifierError
from classifier.labels import INSTRUMENTS, KINDS, LABELS, output_of

# What is being done, how much of it is done, how much there is.
Progress = Callable[[str, int, int], None]
# Samples and their rate in Hz.
Pair = tuple[NDArray[np.float32], int]

# As the manifest spells ``LABELS``.
_MANIFEST_LABELS: Final = dict(
    zip(("kick", "snare", "808", "open_hat", "closed_hat", "other"), LABELS, strict=True)
)
# Packs made by programs train but don't score: being right about them proves nothing.
_SYNTHETIC: Final = "-synth"


class CorpusError(ClassifierError):
    """A corpus that cannot be used; its text is one sentence."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled sound.

    Attributes
    ----------
    path : Path
    output : int
        Position in the outputs of its corpus.
    pack : str
        The independent source; splits never part it.
    source, license : str
        Where it comes from and what is said of its use.
    """

    path: Path
    output: int
    pack: str
    source: str
    license: str

    @property
    def scores(self) -> bool:
        """Whether being right about it counts."""
        return not self.pack.endswith(_SYNTHETIC)

    def pair(self, seconds: float) -> Pair:
        """Read the first seconds of it.

        Raises
        ------
        CorpusError
            If it cannot be read: a corpus has no business with broken files.
        """
        try:
            sound = read_sound(self.path, seconds=seconds)
        except AudioError as error:
            raise CorpusError(f"{self.path}: {error}") from error
        return sound.samples, sound.sample_rate


@dataclass(frozen=True, slots=True)
class Corpus:
    """Labelled sounds, and what their labels can tell apart.

    Attributes
    ----------
    examples : tuple of Example
    labels, kinds : tuple of str
        As on a model's card: what a model learns here can say.
    """

    examples: tuple[Example, ...]
    labels: tuple[str, ...] = LABELS
    kinds: tuple[str, ...] = KINDS

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names that the examples' outputs are positions in."""
        return (*INSTRUMENTS, *(self.kinds or self.labels[len(INSTRUMENTS) :]))

    @property
    def truth(self) -> NDArray[np.int64]:
        """Codes of ``LABELS``, 0 to 5, shape (n,)."""
        return np.minimum([one.output for one in self.examples], len(LABELS) - 1)

    def taken(self, chosen: Iterable[int]) -> Corpus:
        """Return a corpus of some of the examples."""
        return replace(self, examples=tuple(self.examples[index] for index in chosen))


def read_manifest(folder: Path) -> list[Example]:
    """Return the examples of a corpus folder.

    Raises
    ------
    CorpusError
        If there is no ``manifest.csv``, it is empty, or a row of it cannot be understood.
    """
    path = folder / "manifest.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            examples = [_example(folder, row) for row in rows]
    except OSError as error:
        raise CorpusError(f"There is no readable manifest.csv in {folder}.") from error
    except (KeyError, TypeError, ValueError, csv.Error) as error:
        raise CorpusError(
            f"{path} has a row that cannot be understood (line {rows.line_num}): {error}."
        ) from error
    if not examples:
        raise CorpusError(f"{path} lists no sounds.")
    return examples


def _example(folder: Path, row: dict[str, str]) -> Example:
    if None in row.values():
        raise ValueError(f"{row['file']} is cut short")
    label = _MANIFEST_LABELS[row["label"]]
    return Example(
        path=folder / row["file"],
        output=output_of(label, row["detail"] or None),
        pack=row["pack"],
        source=row.get("source") or row["pack"],
        license=row.get("license") or "not stated",
    )


def sources_of(examples: Sequence[Example]) -> list[dict[str, Any]]:
    """Return each source with its licence as stated and how many sounds came from it."""
    counts = Counter((example.source, example.license) for example in examples)
    return [
        {"source": source, "license": license_, "sounds": count}
        for (source, license_), count in sorted(counts.items())
    ]

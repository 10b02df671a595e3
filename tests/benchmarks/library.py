"""The benchmark library: a thousand wav files as a producer's folder holds them.

    python tests/benchmarks/library.py [--folder DIR] [--files 1000]

A seeded choice from the corpus, each sound brought back to the length, channels and bit depth that
the manifest states for its original: what was cut at 2.0 s is looped, the second channel differs
slightly from the first, lossy files become 16-bit ones. The corpus is in the folder that the
environment variable KITSORT_CORPUS names, or in ``../shared/corpus``. Without it, sounds of our
own synthesiser with about the same lengths and formats take its place.

It is made once: the folder's name holds a hash of all that it depends on.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import random
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import environment
import numpy as np
import soundfile
from numpy.typing import NDArray

from classifier.synth import MAKERS

FILES: Final = 1000

_T = TypeVar("_T")
_SEED: Final = 20
_FILES_PER_FOLDER: Final = 100
_ENCODINGS: Final = frozenset({"PCM_U8", "PCM_16", "PCM_24", "FLOAT"})

# What the corpus is like, for where it is not there: lengths in seconds at percentiles, and how
# often a rate, a channel count and an encoding occur.
_PERCENTILES: Final = (0, 10, 25, 50, 75, 90, 95, 99, 100)
_LENGTHS_S: Final = (0.006, 0.125, 0.22, 0.43, 0.98, 2.24, 4.27, 8.29, 20.0)
_RATES: Final = {44_100: 91, 48_000: 6, 22_050: 3}
_CHANNELS: Final = {2: 67, 1: 33}
_DEPTHS: Final = {"PCM_16": 77, "PCM_24": 17, "FLOAT": 6}


@dataclass(frozen=True, slots=True)
class Library:
    """The benchmark library on disk.

    Attributes
    ----------
    folder : Path
    paths : tuple of Path
        Its files, in the order of their names.
    source : str
        What its sounds are, in words.
    """

    folder: Path
    paths: tuple[Path, ...]
    source: str


@dataclass(frozen=True, slots=True, eq=False)
class _Original:
    """A file to write: samples of shape (n,) that fill `frames` frames."""

    samples: NDArray[np.float32]
    sample_rate: int
    frames: int
    channels: int
    encoding: str


def corpus_folder() -> Path | None:
    """Return where the corpus lies, or None where there is none."""
    default = environment.REPOSITORY.parent / "shared" / "corpus"
    folder = Path(os.environ.get("KITSORT_CORPUS") or default)
    return folder if (folder / "manifest.csv").is_file() else None


def benchmark_library(
    parent: Path | None = None, *, files: int = FILES, corpus: Path | None = None
) -> Library:
    """Return the library below `parent`, which is made if it is not there.

    Parameters
    ----------
    parent : Path, optional
        By default the system's folder for temporary files.
    files : int
    corpus : Path, optional
        A folder with ``manifest.csv``; without it the sounds are synthesised.
    """
    key = _key(files, corpus)
    folder = (parent or Path(tempfile.gettempdir())) / f"kitsort-benchmark-{key}"
    if not folder.is_dir():
        _make(folder, _from_corpus(corpus, files) if corpus else _synthesised(files))
    source = "rebuilt from the corpus" if corpus else "synthesised, as the corpus is not there"
    return Library(folder, tuple(sorted(folder.rglob("*.wav"))), source)


def stratified(paths: Sequence[Path], count: int) -> list[Path]:
    """Return `count` of the files whose lengths are spread as those of all are."""
    by_length = sorted(paths, key=lambda path: (soundfile.info(path).duration, path))
    at = (np.arange(count) + 0.5) * len(by_length) / count
    return [by_length[int(index)] for index in at]


def _key(files: int, corpus: Path | None) -> str:
    """Return a hash of all that the library depends on."""
    recipe = [Path(__file__)]
    synth = environment.REPOSITORY / "classifier" / "synth"
    recipe += [corpus / "manifest.csv"] if corpus else sorted(synth.glob("*.py"))
    digest = hashlib.sha256(str(files).encode())
    for path in recipe:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _make(folder: Path, originals: Iterator[_Original]) -> None:
    """Write all files, into a folder that bears the name only once it is complete."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.name}-", dir=folder.parent) as partial:
        complete = Path(partial, "complete")
        for index, original in enumerate(originals):
            path = complete / f"{index // _FILES_PER_FOLDER:02}" / f"{index:04}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            _write(path, original)
        complete.rename(folder)


def _write(path: Path, original: _Original) -> None:
    left = np.resize(original.samples, original.frames)
    right = 0.9 * left + 0.1 * np.roll(left, 8)
    values = np.stack([left, right][: original.channels], axis=1)
    soundfile.write(path, values, original.sample_rate, subtype=original.encoding)


def _from_corpus(corpus: Path, files: int) -> Iterator[_Original]:
    with (corpus / "manifest.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in random.Random(_SEED).sample(rows, min(files, len(rows))):
        samples, sample_rate = soundfile.read(corpus / row["file"], dtype="float32")
        encoding = row["original_encoding"]
        yield _Original(
            samples=samples,
            sample_rate=sample_rate,
            frames=max(1, round(float(row["duration_s"]) * sample_rate)),
            channels=min(2, int(row["original_channels"])),
            encoding=encoding if encoding in _ENCODINGS else "PCM_16",
        )


def _synthesised(files: int) -> Iterator[_Original]:
    rng = np.random.default_rng(_SEED)
    makers = list(MAKERS.values())
    for _ in range(files):
        sample_rate = _draw(_RATES, rng)
        samples = makers[rng.integers(len(makers))](rng, sample_rate)
        seconds = np.interp(100 * rng.random(), _PERCENTILES, _LENGTHS_S)
        yield _Original(
            samples=samples,
            sample_rate=sample_rate,
            frames=max(1, round(seconds * sample_rate)),
            channels=_draw(_CHANNELS, rng),
            encoding=_draw(_DEPTHS, rng),
        )


def _draw(weights: Mapping[_T, int], rng: np.random.Generator) -> _T:
    shares = np.array(list(weights.values())) / sum(weights.values())
    return list(weights)[rng.choice(len(weights), p=shares)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, help="where to make it")
    parser.add_argument("--files", type=int, default=FILES)
    arguments = parser.parse_args()
    library = benchmark_library(arguments.folder, files=arguments.files, corpus=corpus_folder())
    print(f"{len(library.paths):,} files, {library.source}: {library.folder}")


if __name__ == "__main__":
    main()

"""What models learn from: each sound as the models see it, as it is and in variants."""

from __future__ import annotations

import hashlib
import inspect
import json
import multiprocessing
import os
import zlib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from classifier.features import forest_inputs, look_at
from classifier.settings import FeatureSettings
from classifier.training import augment
from classifier.training.augment import varied
from classifier.training.corpus import Corpus, Pair, Progress
from classifier.training.doubts import shipped_doubts
from classifier.training.folds import example_weights
from classifier.training.synthetic import synthetic_sounds

# Altered copies of each sound: what other packs do to theirs, so that a model learns more than
# the packs at hand.
VARIANTS: Final = 8
# Synthesised sounds of each output for so many real ones, up to a bound.
_REAL_FOR_ONE_MADE: Final = 80
_MOST_MADE: Final = 100
_CHUNK: Final = 32
# Pictures are stored in steps of a third of a decibel: a quarter of the memory.
_STEPS: Final = 255


class Source(Protocol):
    """Where a sound comes from: a file, or a maker."""

    def pair(self, seconds: float) -> Pair:
        """Return the first seconds of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Sounds as models see them; version 0 is the sound as it is.

    Attributes
    ----------
    fine : array, shape (n, versions, fine.frames, fine.bands), uint8
        The picture of the whole spectrum; `decibels` brings it back.
    low : array, shape (n, versions, low.frames, low.bands), uint8
        That of the lowest octaves.
    rows : array, shape (n, versions, inputs), float32
        The numbers that the forest and the MLP read.
    """

    fine: NDArray[np.uint8]
    low: NDArray[np.uint8]
    rows: NDArray[np.float32]

    def __len__(self) -> int:
        """Return the number of sounds."""
        return len(self.rows)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return parts laid behind one another."""
        return cls(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)))

    def taken(self, chosen: NDArray[np.generic] | slice) -> Seen:
        """Return some of the sounds."""
        return Seen(self.fine[chosen], self.low[chosen], self.rows[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """All there is to learn from and to be examined on.

    Attributes
    ----------
    corpus : Corpus
    settings : FeatureSettings
    real, made : Seen
        Of the corpus, and of what we synthesise.
    outputs, made_outputs : array, shape (n,)
        Positions in the corpus' outputs.
    weights : array, shape (n,)
        Of the corpus' sounds: packs count, not files, and doubtful labels not at all.
    seed : int
        Of everything random.
    key : str
        The same for the same sounds, labels and settings.
    """

    corpus: Corpus
    settings: FeatureSettings
    real: Seen
    made: Seen
    outputs: NDArray[np.int64]
    made_outputs: NDArray[np.int64]
    weights: NDArray[np.float64]
    seed: int
    key: str


def decibels(picture: NDArray[np.uint8], floor_db: float) -> NDArray[np.float32]:
    """Return a stored picture in dB, from the floor to 0."""
    return picture * np.float32(-floor_db / _STEPS) + np.float32(floor_db)


def prepare(
    corpus: Corpus,
    work: Path,
    *,
    progress: Progress,
    seed: int = 0,
    variants: int = VARIANTS,
) -> Material:
    """Read a corpus, and synthesise beside it; what was seen before is taken from `work`.

    Runs on all cores, in processes. Each chunk is kept as it is done, so that an interrupted
    run goes on where it was.

    Raises
    ------
    CorpusError
        If a sound cannot be read: a corpus has no business with broken files.
    """
    settings = FeatureSettings()
    examples = corpus.examples
    each = int(np.clip(len(examples) // _REAL_FOR_ONE_MADE, 2, _MOST_MADE))
    made = synthetic_sounds(corpus.outputs, each, seed=seed)
    key = _key_of(corpus, settings, seed, variants)
    look = _Look(settings, seed, variants)
    seen = _seen(look, [*examples, *made], work / f"seen-{key}", progress)
    return Material(
        corpus=corpus,
        settings=settings,
        real=seen.taken(slice(len(examples))),
        made=seen.taken(slice(len(examples), None)),
        outputs=np.array([example.output for example in examples]),
        made_outputs=np.array([corpus.outputs.index(item.name) for item in made]),
        weights=example_weights(examples, without=shipped_doubts()),
        seed=seed,
        key=key,
    )


def _key_of(corpus: Corpus, settings: FeatureSettings, seed: int, variants: int) -> str:
    """Return the same text for the same files, labels, settings and way of varying them."""
    # Below what all have in common: the corpus may lie elsewhere the next time.
    above = os.path.commonpath([one.path.absolute().parent for one in corpus.examples])
    files = [
        (os.path.relpath(one.path, above), _size_of(one.path), one.output, one.pack)
        for one in corpus.examples
    ]
    said = json.dumps([files, corpus.outputs, settings.as_json(), seed, variants])
    return hashlib.sha256((said + inspect.getsource(augment)).encode()).hexdigest()[:12]


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


@dataclass(frozen=True, slots=True)
class _Look:
    """Looks at a chunk of sounds and at variants of each."""

    settings: FeatureSettings
    seed: int
    variants: int

    def __call__(self, sources: Sequence[Source]) -> Seen:
        pairs = [source.pair(self.settings.model_s) for source in sources]
        versions = [self._look(pairs)]
        for number in range(self.variants):
            # By what the sound is, so that the order of the work changes nothing.
            seeds = [[self.seed, number, zlib.crc32(samples.tobytes())] for samples, _ in pairs]
            varied_pairs = [
                varied(pair, np.random.default_rng(one))
                for pair, one in zip(pairs, seeds, strict=True)
            ]
            versions.append(self._look(varied_pairs))
        return Seen(
            *(np.stack([getattr(seen, f.name) for seen in versions], axis=1) for f in fields(Seen))
        )

    def _look(self, pairs: Sequence[Pair]) -> Seen:
        features = look_at(pairs, self.settings)
        return Seen(
            _quantised(features.fine, self.settings.fine.floor_db),
            _quantised(features.low, self.settings.low.floor_db),
            forest_inputs(features),
        )


def _quantised(picture: NDArray[np.float32], floor_db: float) -> NDArray[np.uint8]:
    return np.round((picture - floor_db) * (_STEPS / -floor_db)).astype(np.uint8)


def _seen(look: _Look, sources: Sequence[Source], folder: Path, progress: Progress) -> Seen:
    """Return what `look` makes of all sources, a file in `folder` for each chunk."""
    folder.mkdir(parents=True, exist_ok=True)
    starts = range(0, len(sources), _CHUNK)
    paths = [folder / f"{start:06}.npz" for start in starts]
    missing = {
        path: sources[start : start + _CHUNK]
        for start, path in zip(starts, paths, strict=True)
        if not path.is_file()
    }
    done = len(paths) - len(missing)
    for result, path in _in_processes(look, missing):
        _keep(result, path)
        done += 1
        progress("Looking at sounds", min(done * _CHUNK, len(sources)), len(sources))
    return Seen.joined([_kept(path) for path in paths])


def _in_processes(
    look: Callable[[Sequence[Source]], Seen], chunks: dict[Path, Sequence[Source]]
) -> Iterable[tuple[Seen, Path]]:
    """Yield each chunk's result as it is done.

    Processes and not threads: making variants is a thousand small numpy calls, which hold the
    interpreter's lock. Spawned ones, because a fork of a program with threads can hang.
    """
    if not chunks:
        return
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(min(os.cpu_count() or 1, len(chunks)), mp_context=context)
    try:
        futures = {executor.submit(look, chunk): path for path, chunk in chunks.items()}
        for future in as_completed(futures):
            yield future.result(), futures.pop(future)
    finally:
        executor.shutdown(cancel_futures=True)


def _keep(seen: Seen, path: Path) -> None:
    """Write under another name first: what has the right name is whole."""
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, allow_pickle=False, **{f.name: getattr(seen, f.name) for f in fields(Seen)})
    part.replace(path)


def _kept(path: Path) -> Seen:
    with np.load(path, allow_pickle=False) as arrays:
        return Seen(*(arrays[f.name] for f in fields(Seen)))

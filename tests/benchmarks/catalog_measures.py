"""What ``speed.py`` measures of the library: scans, searches, memory, the catalog's size."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import environment  # noqa: F401 - before numpy
import numpy as np
import soundfile
from library import Library, stratified
from measures import (
    Measured,
    chunks_of,
    decode,
    last_line,
    run_chunks,
    run_command,
    seconds_of,
    seed_rounds,
)

from app.core.catalog.blobs import packed, packed_embedding
from app.core.catalog.database import Database
from app.core.catalog.roots import add_root, roots
from app.core.catalog.samples import model_number
from app.core.catalog.search import matching
from app.core.catalog.states import State
from app.core.jobs import Job
from app.core.library import scan
from app.core.pool import WorkerPool
from app.core.scan import look
from classifier import load_model

MANY: Final = 100_000
_FILES_PER_FOLDER: Final = 100
_FEW_SHORT, _MANY_SHORT = 2_000, 50_000
_HERE: Final = Path(__file__).resolve().parent
_WORDS: Final = (
    *("kick", "snare", "hat", "clap", "perc", "tom", "crash", "ride", "vinyl", "dusty", "tape"),
    *("room", "dry", "wet", "punch", "knock", "airy", "crisp", "loose", "tight"),
    *("metro", "trap", "house", "techno", "lofi", "old", "new", "best", "final", "free", "vol"),
)
_RARE: Final = "handmade"
_RARELY: Final = 0.01
# One, two and eight letters, as somebody types them.
_SEARCHES: Final = ("k", "ti", _RARE)


def measure_scan(library: Library, *, turns: int = 5) -> Measured:
    """Return a first scan, everything written, against decoding the same seconds."""
    settings = load_model().card.features
    ours, theirs = [], []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        _first_scan(library)
        for _ in range(turns):
            theirs.append(
                len(library.paths)
                / seconds_of(lambda: run_chunks(pool, decode, chunks_of(library), settings))
            )
            ours.append(len(library.paths) / _first_scan(library))
    return Measured.rates(ours, theirs)


def measure_scan_against_seed(
    library: Library, *, turns: int = 3, seed_files: int = 60
) -> Measured:
    """Return a first scan against the seed's way with some of the files."""
    some = stratified(library.paths, seed_files)
    ours, theirs = [], []
    with seed_rounds(some, turns) as rounds:
        for seconds in rounds:
            theirs.append(len(some) / seconds)
            ours.append(len(library.paths) / _first_scan(library))
    return Measured.rates(ours, theirs)


def _first_scan(library: Library) -> float:
    """Return the seconds of a scan into an empty catalog."""
    model = load_model()
    with TemporaryDirectory() as folder, Database.open(Path(folder, "c.sqlite")) as database:
        root = add_root(database, str(library.folder))
        with WorkerPool() as pool:
            return seconds_of(lambda: scan(database, [root], model, pool, Job()))


@dataclass(frozen=True, slots=True)
class FullCatalog:
    """A catalog of very many files that are there, and empty."""

    database: Database
    folder: Path


@contextmanager
def full_catalog() -> Iterator[FullCatalog]:
    """Give a catalog of very many files, none of which was read."""
    with TemporaryDirectory(prefix="kitsort-many-") as temporary:
        folder = Path(temporary, "library")
        _make_many(folder)
        with Database.open(Path(temporary, "c.sqlite")) as database:
            look(database, add_root(database, str(folder)), Job())
            _name_all(database)
            yield FullCatalog(database, folder)


def _make_many(folder: Path) -> None:
    rng = random.Random(7)
    for number in range(MANY):
        if number % _FILES_PER_FOLDER == 0:
            pack = f"pack {number // _FILES_PER_FOLDER:04} {rng.choice(_WORDS)}"
            inside = folder / pack
            inside.mkdir(parents=True)
        name = " ".join(rng.sample(_WORDS, 2))
        if rng.random() < _RARELY:
            name += f" {_RARE}"
        (inside / f"{name} {number % _FILES_PER_FOLDER:02}.wav").touch()


def _name_all(database: Database) -> None:
    """Let all samples be done, as if a model had named them."""
    number = model_number(database, load_model().card)
    shares, embedding = packed([1, 0, 0, 0, 0, 0]), packed_embedding(np.ones(128, np.float32))
    with database.transaction() as connection:
        connection.execute("UPDATE samples SET state = ?", (State.DONE,))
        connection.execute(
            "INSERT INTO predictions SELECT id, ?, 0, 1.0, NULL, ?, ? FROM samples",
            (number, shares, embedding),
        )


def measure_rescan(_library: Library, *, turns: int = 7) -> Measured:
    """Return the seconds of a second scan against those of a bare walk that asks for each size."""
    model = load_model()
    with full_catalog() as full, WorkerPool() as pool:
        again: Callable[[], object] = lambda: scan(  # noqa: E731
            full.database, roots(full.database), model, pool, Job()
        )
        ours, theirs = _seconds_in_turns(again, lambda: _bare_walk(str(full.folder)), turns)
    return Measured(_median_ratio(ours, theirs), ours, theirs, "s")


def _bare_walk(folder: str) -> int:
    total = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                total += _bare_walk(entry.path)
            else:
                total += entry.stat().st_size
    return total


def measure_search(_library: Library, *, turns: int = 9) -> Measured:
    """Return the worst of three searches against LIKE on one column with the same text."""
    with full_catalog() as full:
        _add_plain_column(full.database)
        found = {text: _search_in_turns(full.database, text, turns) for text in _SEARCHES}
    for text, (ours, theirs) in found.items():
        sys.stderr.write(f"  {text!r}: {_median_ratio(ours, theirs):.2f}x\n")
    ours, theirs = max(found.values(), key=lambda both: _median_ratio(*both))
    return Measured(_median_ratio(ours, theirs), ours, theirs, "s")


def _add_plain_column(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute("CREATE TABLE plain (id INTEGER PRIMARY KEY, path TEXT NOT NULL)")
        connection.execute("INSERT INTO plain SELECT sample, text FROM texts")


def _search_in_turns(
    database: Database, text: str, turns: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    like = "SELECT id FROM plain WHERE path LIKE ?"
    return _seconds_in_turns(
        lambda: matching(database, text),
        lambda: database.rows(like, (f"%{text}%",)),
        turns,
    )


def _seconds_in_turns(
    ours: Callable[[], object], theirs: Callable[[], object], turns: int
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    pairs = [(seconds_of(ours), seconds_of(theirs)) for _ in range(turns + 1)][1:]
    mine, other = zip(*pairs, strict=True)
    return mine, other


def _median_ratio(ours: tuple[float, ...], theirs: tuple[float, ...]) -> float:
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))


@cache
def _short_scans() -> tuple[float, float, float]:
    """Return the peaks of memory of a scan of few and of many files, and bytes for each sample."""
    with TemporaryDirectory(prefix="kitsort-short-") as temporary:
        few, many = Path(temporary, "few"), Path(temporary, "many")
        _make_short(few, _FEW_SHORT)
        _make_short(many, _MANY_SHORT)
        catalog = Path(temporary, "many.sqlite")
        peaks = [
            _peak_of_scan(few, Path(temporary, "few.sqlite")),
            _peak_of_scan(many, catalog),
        ]
        return peaks[0], peaks[1], catalog.stat().st_size / _MANY_SHORT


def _make_short(folder: Path, count: int) -> None:
    rng = np.random.default_rng(3)
    for number in range(count):
        path = folder / f"{number // 500:03}" / f"short {number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, rng.uniform(-0.5, 0.5, 220).astype(np.float32), 22_050)


def _peak_of_scan(folder: Path, catalog: Path) -> float:
    command = [sys.executable, _HERE / "peak_memory.py", "scan", folder, "--catalog", catalog]
    return float(last_line(run_command([*command, "--quiet"])))


def measure_scan_memory(_library: Library) -> Measured:
    """Return how much more a scan of very many short files holds than one of few."""
    few, many, _ = _short_scans()
    return Measured(many - few, (many,), (few,), "MB")


def measure_size(_library: Library) -> Measured:
    """Return the size of the catalog for each sample, embedding included, in kB."""
    size = _short_scans()[2] / 1000
    return Measured(size, (size,), (size,), "kB")

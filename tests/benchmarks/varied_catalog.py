"""A catalog of very many samples in which no two are alike: what the window is measured with."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import catalog_measures
import environment  # noqa: F401 - before numpy
import numpy as np
from catalog_measures import full_catalog
from numpy.typing import NDArray

from app.core.catalog.blobs import packed
from classifier import KINDS, LABELS, OTHER

_SEED: Final = 11
_ADDED_S: Final = 1.7e9
_YEARS_S: Final = 1e8
# Of all samples: what lies there twice, and of what something was said.
_COPIED, _SAID, _TAGGED, _FAVOURITE = 0.05, 0.03, 0.01, 0.01
_TAGS: Final = ("best", "dusty", "for the intro", "loud", "warm")


@contextmanager
def varied_catalog() -> Iterator[Path]:
    """Give a catalog of its own: ``MANY`` samples, done, of all lengths, labels and levels."""
    with TemporaryDirectory(prefix="kitsort-varied-") as folder:
        catalog = Path(folder, "c.sqlite")
        shutil.copyfile(_made(catalog_measures.MANY), catalog)
        yield catalog


@cache
def _made(_: int) -> Path:
    """Return a catalog that is made once, and stays until the end of the program."""
    folder = TemporaryDirectory(prefix="kitsort-varied-")
    atexit.register(folder.cleanup)
    catalog = Path(folder.name, "c.sqlite")
    with full_catalog() as full:
        with full.database.transaction() as connection:
            _vary(connection)
            _say(connection)
        with (
            closing(sqlite3.connect(full.database.path)) as source,
            closing(sqlite3.connect(catalog)) as target,
        ):
            source.backup(target)
    return catalog


def _vary(connection: sqlite3.Connection) -> None:
    ids = [number for (number,) in connection.execute("SELECT id FROM samples ORDER BY id")]
    rng = np.random.default_rng(_SEED)
    values = _values(rng, len(ids))
    connection.executemany(
        "UPDATE samples SET size = CAST(44 + ?2 * 88200 AS INTEGER), encoding = 'PCM_16', "
        "sample_rate = 44100, bit_depth = 16, channels = 1 + ?3, is_stereo = ?3, "
        "duration_s = ?2, start_s = 0.0, "
        "peak_dbfs = ?4, rms_dbfs = ?5, centroid_hz = ?6, root_hz = ?7, added_at = ?8, "
        "content = ?9 WHERE id = ?1",
        zip(ids, *values, strict=True),
    )
    labels = rng.integers(0, len(LABELS), len(ids))
    kinds = [
        int(kind) if LABELS[label] == OTHER else None
        for label, kind in zip(labels, rng.integers(0, len(KINDS), len(ids)), strict=True)
    ]
    sure = rng.beta(5, 1, len(ids))
    shares = [packed(row) for row in rng.dirichlet(np.ones(len(LABELS)), len(ids))]
    connection.executemany(
        "UPDATE predictions SET label = ?, kind = ?, confidence = ?, probabilities = ? "
        "WHERE sample = ?",
        zip(labels.tolist(), kinds, sure.tolist(), shares, ids, strict=True),
    )


def _values(rng: np.random.Generator, count: int) -> list[list[Any]]:
    """Return what differs from sample to sample, in the order in which it is written."""
    length = rng.lognormal(-0.8, 1.0, count)
    peak = -rng.exponential(3.0, count)
    # Every third has no note that it rests on.
    roots = np.where(rng.random(count) < 1 / 3, np.nan, rng.uniform(30, 400, count))
    contents = _contents(rng, count)
    columns: list[NDArray[Any]] = [
        *(length, rng.integers(0, 2, count), peak, peak - rng.uniform(3, 20, count)),
        *(rng.uniform(60, 12_000, count), roots, _ADDED_S + rng.uniform(0, _YEARS_S, count)),
    ]
    found = [column.tolist() for column in columns]
    found[5] = [None if isnan(root) else root for root in found[5]]
    return [*found, contents]


def _contents(rng: np.random.Generator, count: int) -> list[bytes]:
    contents = [rng.bytes(16) for _ in range(count)]
    for at in np.flatnonzero(rng.random(count) < _COPIED).tolist():
        contents[at] = contents[at // 2]
    return contents


def _say(connection: sqlite3.Connection) -> None:
    """Let the user have said something of some samples."""
    rng = np.random.default_rng(_SEED + 1)
    contents = [one for (one,) in connection.execute("SELECT DISTINCT content FROM samples")]
    said = [one for one in contents if rng.random() < _SAID]
    tagged = [one for one in contents if rng.random() < _TAGGED]
    connection.executemany(
        "INSERT INTO corrections VALUES (?, ?, ?)",
        [(one, int(rng.integers(0, len(LABELS))), _ADDED_S) for one in said],
    )
    connection.executemany(
        "INSERT INTO tags VALUES (?, ?)",
        [(one, _TAGS[int(rng.integers(0, len(_TAGS)))]) for one in tagged],
    )
    connection.execute(
        "INSERT INTO favourites SELECT CAST(roots.path || '/' || folders.path || '/' || name "
        "AS BLOB) FROM samples JOIN folders ON folders.id = folder JOIN roots ON roots.id = root "
        "WHERE samples.id % ? = 0",
        (round(1 / _FAVOURITE),),
    )

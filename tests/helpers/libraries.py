"""Small libraries: folders of sounds, a catalog of them, and what it says afterwards."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from app.core.catalog.database import Database
from app.core.catalog.roots import add_root, roots
from app.core.catalog.search import Query, find
from app.core.jobs import Job
from app.core.library import Scanned, scan
from app.core.pool import WorkerPool
from app.core.sample import Sample
from classifier import Model, load_model
from tests.helpers.models import write_model
from tests.helpers.sounds import encode, sine

RATE_HZ = 8_000


def sound(number: int, seconds: float = 0.05) -> bytes:
    """Return a short wav file, another one for each number."""
    return encode(sine(100.0 + number, seconds, RATE_HZ), RATE_HZ, subtype="PCM_16")


def tiny_model(folder: Path) -> Model:
    """Return a model that says Kick or Snare at once."""
    folder.mkdir(parents=True, exist_ok=True)
    return load_model(str(write_model(folder)))


def scanned(
    database: Database,
    model: Model,
    *folders: Path,
    job: Job | None = None,
    excludes: Sequence[str] = (),
    **options: Any,
) -> Scanned:
    """Scan folders on two threads; without any, all roots again."""
    chosen = [add_root(database, str(folder), excludes) for folder in folders] or roots(database)
    with WorkerPool(2) as executor:
        return scan(database, chosen, model, executor, job or Job(), **options)


def samples(database: Database, **wanted: Any) -> list[Sample]:
    """Return the samples that a query finds."""
    return list(find(database, Query(**wanted)))


def listed(database: Database, folder: Path, **wanted: Any) -> list[str]:
    """Return their paths below a folder, with "/" between folders."""
    found = [Path(sample.path) for sample in samples(database, **wanted)]
    return [path.relative_to(folder).as_posix() for path in found]


def sample_at(database: Database, path: Path) -> Sample:
    """Return the sample of a file."""
    [sample] = samples(database, inside=str(path))
    return sample


def contents(database: Database) -> list[Mapping[str, Any]]:
    """Return all that a catalog holds of samples, without what depends on when and in which order.

    Of two scans of the same files it is the same.
    """
    left_out = {"id", "added_at", "mtime_s"}
    rows = [
        {name: getattr(one, name) for name in Sample.__slots__ if name not in left_out}
        for one in samples(database)
    ]
    return sorted(rows, key=lambda row: os.fsencode(row["path"]))

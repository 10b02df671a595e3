"""What could not be read."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from app.core.catalog.database import Database
from app.core.catalog.samples import joined


def count_problems(database: Database, roots: Sequence[int]) -> int:
    """Return how many files and folders of some roots cannot be read."""
    inside = "root IN (SELECT value FROM json_each(:roots))"
    [[count]] = database.rows(
        "SELECT (SELECT count(*) FROM problems JOIN samples ON samples.id = sample JOIN folders "
        f"ON folders.id = folder WHERE {inside}) + (SELECT count(*) FROM obstacles WHERE {inside})",
        {"roots": json.dumps(list(roots))},
    )
    return int(count)


def obstacles(database: Database) -> list[tuple[str, str]]:
    """Return path and sentence of folders and links that could not be looked into, by path."""
    found = database.rows("SELECT path, sentence FROM obstacles ORDER BY path")
    return [(os.fsdecode(path), sentence) for path, sentence in found]


def sentences(database: Database) -> list[tuple[int, str]]:
    """Return why samples cannot be read, by their numbers."""
    return database.rows("SELECT sample, sentence FROM problems ORDER BY sample")


def problems(database: Database) -> list[tuple[str, str]]:
    """Return path and sentence of all that cannot be read, files and folders, by path."""
    files = database.rows(
        "SELECT roots.path, folders.path, name, sentence FROM problems "
        "JOIN samples ON samples.id = sample JOIN folders ON folders.id = folder "
        "JOIN roots ON roots.id = root"
    )
    return sorted([(joined(*parts), sentence) for *parts, sentence in files] + obstacles(database))

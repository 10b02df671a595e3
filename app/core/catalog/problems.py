"""What could not be read."""

from __future__ import annotations

import os

from app.core.catalog.database import Database
from app.core.catalog.samples import joined


def problems(database: Database) -> list[tuple[str, str]]:
    """Return path and sentence of all that cannot be read, files and folders, by path."""
    files = database.rows(
        "SELECT roots.path, folders.path, name, sentence FROM problems "
        "JOIN samples ON samples.id = sample JOIN folders ON folders.id = folder "
        "JOIN roots ON roots.id = root"
    )
    others = database.rows("SELECT path, sentence FROM obstacles")
    return sorted(
        [(joined(*parts), sentence) for *parts, sentence in files]
        + [(os.fsdecode(path), sentence) for path, sentence in others]
    )

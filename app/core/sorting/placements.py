"""What earlier batches have put below a destination, and what is still there."""

from __future__ import annotations

import os

from app.core.catalog.database import Database
from app.core.sorting.journal import Stage
from app.core.sorting.planner import Placed
from app.core.sorting.steps import Act

_COPIES = frozenset({Act.COPY, Act.HARDLINK, Act.SYMLINK})


def placements(database: Database, destination: str) -> dict[str, Placed]:
    """Return, by the path of the original, the copy or link of it that is below a destination.

    The journal is read from its beginning: a copy may have been moved, or taken back, since.
    """
    head = os.path.join(destination, "")
    originals: dict[str, str] = {}
    for act, source, target in database.rows(
        "SELECT act, source, target FROM steps WHERE state = ? ORDER BY id", (Stage.DONE,)
    ):
        origin, place = os.fsdecode(source), os.fsdecode(target)
        if act in _COPIES:
            originals[place] = origin
        elif act == Act.REMOVE:
            originals.pop(place, None)
        elif act == Act.MOVE and origin in originals:
            originals[place] = originals.pop(origin)
    found: dict[str, Placed] = {}
    for place, origin in originals.items():
        if place.startswith(head):
            try:
                status = os.lstat(place)
            except OSError:  # the user has taken it away
                continue
            found[origin] = Placed(place, status.st_size, status.st_mtime_ns)
    return found


def placed_samples(database: Database, destination: str) -> list[int]:
    """Return the samples of which a copy or link is below a destination, by their numbers."""
    found = placements(database, destination)
    if not found:
        return []
    rows = database.rows(
        "SELECT source, sample FROM steps WHERE state = ? AND sample IS NOT NULL", (Stage.DONE,)
    )
    return [sample for source, sample in rows if os.fsdecode(source) in found]

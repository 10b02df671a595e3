"""Files that were renamed or moved by other programs: they keep what is known of them."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence

from app.core.catalog.database import Database
from app.core.catalog.samples import Waiting, joined
from app.core.catalog.states import State
from app.core.catalog.texts import refresh_texts

_PATHS = (
    "SELECT samples.id, roots.path, folders.path, name FROM samples "
    "JOIN folders ON folders.id = folder JOIN roots ON roots.id = root "
)


def move_candidates(database: Database) -> list[Waiting]:
    """Return new files that are as long as one that has vanished."""
    found = database.rows(
        "SELECT samples.id, roots.path, folders.path, name, root FROM samples "
        "JOIN folders ON folders.id = folder JOIN roots ON roots.id = root "
        "WHERE state = ? AND content IS NULL AND size IN "
        "(SELECT size FROM samples WHERE state = ? AND content IS NOT NULL)",
        (State.WAITING, State.VANISHED),
    )
    return [Waiting(number, joined(*parts), root) for number, *parts, root in found]


def take_moves(database: Database, found: Sequence[tuple[Waiting, bytes]]) -> int:
    """Put vanished samples where their content was found; return how many."""
    moved = 0
    with database.transaction() as connection:
        for sample, content in found:
            vanished = connection.execute(
                f"{_PATHS} WHERE state = ? AND content = ? ORDER BY samples.id LIMIT 1",
                (State.VANISHED, content),
            ).fetchone()
            if vanished:
                number, *parts = vanished
                _take_move(connection, sample, number, os.fsencode(joined(*parts)))
                moved += 1
    return moved


def forget_vanished(database: Database) -> None:
    """Drop samples that are nowhere; what the user said of them stays, with their content."""
    with database.transaction() as connection:
        connection.execute("DELETE FROM samples WHERE state = ?", (State.VANISHED,))
        connection.execute(
            "DELETE FROM folders WHERE NOT EXISTS (SELECT 1 FROM samples WHERE folder = folders.id)"
        )


def _take_move(connection: sqlite3.Connection, to: Waiting, moved: int, was: bytes) -> None:
    """Give the row of a vanished sample the place of a new one."""
    place = connection.execute(
        "DELETE FROM samples WHERE id = ? "
        "RETURNING folder, name, size, mtime_ns, is_link, name_says",
        (to.id,),
    ).fetchone()
    connection.execute(
        "UPDATE samples SET folder = ?, name = ?, size = ?, mtime_ns = ?, is_link = ?, "
        "name_says = ?, state = "
        "iif(EXISTS (SELECT 1 FROM predictions WHERE sample = samples.id), ?, ?) WHERE id = ?",
        (*place, State.DONE, State.WAITING, moved),
    )
    connection.execute(
        "UPDATE OR REPLACE favourites SET path = ? WHERE path = ?", (os.fsencode(to.path), was)
    )
    refresh_texts(connection, [moved])

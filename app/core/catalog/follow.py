"""The catalog follows files that we move ourselves: no scan is needed to know where they are."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from app.core.catalog.roots import Root
from app.core.catalog.texts import folded, refresh_texts, text_of


class Moved(NamedTuple):
    """A sample that was moved.

    Attributes
    ----------
    source, target : str
        Where it was, and where it is.
    mtime_ns : int
        As it is there.
    """

    source: str
    target: str
    mtime_ns: int


class _Place(NamedTuple):
    """A folder in the catalog.

    Attributes
    ----------
    number : int
    text : str
        What its samples are found by, but for their names.
    """

    number: int
    text: str


class Follower:
    """Moves and drops the rows of samples, within the transactions of others."""

    def __init__(self, roots: Sequence[Root]) -> None:
        # The innermost first, though roots do not hold one another.
        self._roots = sorted(roots, key=lambda root: -len(root.path))
        self._folders: dict[str, _Place | None] = {}

    def move(self, connection: sqlite3.Connection, moved: Sequence[Moved]) -> None:
        """Let samples be where they have been moved; one that has left the library is dropped.

        What their names say stays as it was: the folder that they are in by now says nothing but
        what was decided.
        """
        texts = []
        for one in moved:
            sample = self.sample_at(connection, one.source)
            folder, _, name = one.target.rpartition(os.sep)
            place = self._place(connection, folder)
            if sample is None:
                continue
            if place is None:
                connection.execute("DELETE FROM samples WHERE id = ?", (sample,))
                continue
            self._put(connection, sample, one.mtime_ns, place, os.fsencode(name))
            texts.append((place.text + folded(name), sample))
        self._find_by(connection, texts)
        [has_favourites] = connection.execute("SELECT EXISTS (SELECT 1 FROM favourites)").fetchone()
        if has_favourites:
            connection.executemany(
                "UPDATE OR REPLACE favourites SET path = ? WHERE path = ?",
                [(os.fsencode(one.target), os.fsencode(one.source)) for one in moved],
            )

    def _find_by(self, connection: sqlite3.Connection, texts: Sequence[tuple[str, int]]) -> None:
        """Let samples be found by where they are, and those of which something was said by that."""
        connection.executemany("UPDATE texts SET text = ? WHERE sample = ?", texts)
        said = connection.execute(
            "SELECT id FROM samples WHERE id IN (SELECT value FROM json_each(?)) AND content IN "
            "(SELECT content FROM tags UNION SELECT content FROM comments)",
            (json.dumps([sample for _, sample in texts]),),
        ).fetchall()
        refresh_texts(connection, [sample for (sample,) in said])

    def drop(self, connection: sqlite3.Connection, path: str) -> None:
        """Forget a file that was removed."""
        sample = self.sample_at(connection, path)
        connection.execute("DELETE FROM samples WHERE id = ?", (sample,))

    def sample_at(self, connection: sqlite3.Connection, path: str) -> int | None:
        """Return the number of the sample that a file is, if it is one."""
        folder, _, name = path.rpartition(os.sep)
        place = self._place(connection, folder)
        if place is None:
            return None
        found = connection.execute(
            "SELECT id FROM samples WHERE folder = ? AND name = ?",
            (place.number, os.fsencode(name)),
        ).fetchone()
        return int(found[0]) if found else None

    def _put(
        self,
        connection: sqlite3.Connection,
        sample: int,
        mtime_ns: int,
        place: _Place,
        name: bytes,
    ) -> None:
        move = "UPDATE samples SET folder = ?, name = ?, mtime_ns = ? WHERE id = ?"
        values = (place.number, name, mtime_ns, sample)
        try:
            connection.execute(move, values)
        except sqlite3.IntegrityError:  # known is a file that has gone from there meanwhile
            connection.execute(
                "DELETE FROM samples WHERE folder = ? AND name = ?", (place.number, name)
            )
            connection.execute(move, values)

    def _place(self, connection: sqlite3.Connection, folder: str) -> _Place | None:
        if folder not in self._folders:
            self._folders[folder] = self._entered(connection, folder)
        return self._folders[folder]

    def _entered(self, connection: sqlite3.Connection, folder: str) -> _Place | None:
        for root in self._roots:
            if folder == root.path or folder.startswith(os.path.join(root.path, "")):
                below = os.fsencode(folder[len(root.path) :].strip(os.sep))
                [number] = connection.execute(
                    "INSERT INTO folders (root, path) VALUES (?, ?) "
                    "ON CONFLICT (root, path) DO UPDATE SET path = path RETURNING id",
                    (root.id, below),
                ).fetchone()
                return _Place(number, text_of(root.path, below, b""))
        return None

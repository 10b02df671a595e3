"""The catalog follows files that we move ourselves: no scan is needed to know where they are."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from app.core.catalog.roots import Root
from app.core.catalog.samples import code_of, folders_of
from app.core.catalog.texts import refresh_texts
from app.core.names import evidence_of


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


class Follower:
    """Moves and drops the rows of samples, within the transactions of others."""

    def __init__(self, roots: Sequence[Root]) -> None:
        # The innermost first, though roots do not hold one another.
        self._roots = sorted(roots, key=lambda root: -len(root.path))
        self._folders: dict[str, tuple[Root, int, bytes] | None] = {}

    def move(self, connection: sqlite3.Connection, moved: Sequence[Moved]) -> None:
        """Let samples be where they have been moved; one that has left the library is dropped."""
        [has_favourites] = connection.execute("SELECT EXISTS (SELECT 1 FROM favourites)").fetchone()
        for one in moved:
            folder, name = os.path.split(one.target)
            sample = self.sample_at(connection, one.source)
            place = self._place(connection, folder)
            if place is None:
                connection.execute("DELETE FROM samples WHERE id = ?", (sample,))
            elif sample is not None:
                self._put(connection, sample, one.mtime_ns, place, name)
            if has_favourites:
                connection.execute(
                    "UPDATE OR REPLACE favourites SET path = ? WHERE path = ?",
                    (os.fsencode(one.target), os.fsencode(one.source)),
                )

    def drop(self, connection: sqlite3.Connection, path: str) -> None:
        """Forget a file that was removed."""
        folder, name = os.path.split(path)
        place = self._place(connection, folder)
        if place is not None:
            connection.execute(
                "DELETE FROM samples WHERE folder = ? AND name = ?", (place[1], os.fsencode(name))
            )

    def sample_at(self, connection: sqlite3.Connection, path: str) -> int | None:
        """Return the number of the sample that a file is, if it is one."""
        folder, name = os.path.split(path)
        place = self._place(connection, folder)
        found = (
            place
            and connection.execute(
                "SELECT id FROM samples WHERE folder = ? AND name = ?",
                (place[1], os.fsencode(name)),
            ).fetchone()
        )
        return int(found[0]) if found else None

    def _put(
        self,
        connection: sqlite3.Connection,
        sample: int,
        mtime_ns: int,
        place: tuple[Root, int, bytes],
        name: str,
    ) -> None:
        root, folder, below = place
        encoded = os.fsencode(name)
        connection.execute(  # what was known of a file that has gone from there meanwhile
            "DELETE FROM samples WHERE folder = ? AND name = ? AND id <> ?",
            (folder, encoded, sample),
        )
        says = code_of(evidence_of(name, folders_of(root, below)))
        connection.execute(
            "UPDATE samples SET folder = ?, name = ?, mtime_ns = ?, name_says = ? WHERE id = ?",
            (folder, encoded, mtime_ns, says, sample),
        )
        refresh_texts(connection, [sample])

    def _place(self, connection: sqlite3.Connection, folder: str) -> tuple[Root, int, bytes] | None:
        """Return the root of a folder, its number in the catalog, and its path below the root."""
        if folder not in self._folders:
            self._folders[folder] = self._entered(connection, folder)
        return self._folders[folder]

    def _entered(
        self, connection: sqlite3.Connection, folder: str
    ) -> tuple[Root, int, bytes] | None:
        for root in self._roots:
            if folder == root.path or folder.startswith(os.path.join(root.path, "")):
                below = os.fsencode(folder[len(root.path) :].strip(os.sep))
                [number] = connection.execute(
                    "INSERT INTO folders (root, path) VALUES (?, ?) "
                    "ON CONFLICT (root, path) DO UPDATE SET path = path RETURNING id",
                    (root.id, below),
                ).fetchone()
                return root, number, below
        return None

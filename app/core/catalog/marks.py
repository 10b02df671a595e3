"""What the user says of samples: corrections, tags, comments, favourites.

All but favourites belong to the content: to each copy, and to the file wherever it moves.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence

from app.core.catalog.database import Database
from app.core.catalog.states import State
from app.core.catalog.texts import refresh_texts
from app.core.errors import AppError
from app.core.sample import Sample
from classifier import LABELS


def correct(database: Database, samples: Sequence[Sample], label: str | None) -> None:
    """Say what samples are, an instrument or Other; None takes back what was said.

    Raises
    ------
    AppError
        If one of them cannot be read, or was not looked into yet, so that its content is not
        known.
    """
    contents = _contents(samples)
    with database.transaction("correcting") as connection:
        if label is None:
            connection.executemany(
                "DELETE FROM corrections WHERE content = ?", [(content,) for content in contents]
            )
            return
        code, now = LABELS.index(label), time.time()
        connection.executemany(
            "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?)",
            [(content, code, now) for content in contents],
        )


def tag(
    database: Database,
    samples: Sequence[Sample],
    *,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> int:
    """Put tags on samples and take others off; return how many contents that has changed.

    Raises
    ------
    AppError
        As for `correct`; or a tag is empty or holds a semicolon.
    """
    added, removed = (list(map(tidied, tags)) for tags in (add, remove))

    def write(connection: sqlite3.Connection, content: bytes) -> None:
        for name in removed:
            connection.execute("DELETE FROM tags WHERE content = ? AND tag = ?", (content, name))
        for name in added:
            connection.execute("INSERT OR IGNORE INTO tags VALUES (?, ?)", (content, name))

    return _say(database, samples, "tagging", write)


def replace_tags(
    connection: sqlite3.Connection, sample: int | None, among: frozenset[str], wanted: str
) -> str | None:
    """Let a sample have, of some tags, only those that are wanted.

    Parameters
    ----------
    connection : sqlite3.Connection
        Within a transaction.
    sample : int
    among, wanted : frozenset of str, str
        The tags that are meant; those that are wanted, with semicolons between them.

    Returns
    -------
    str or None
        Those that it had, with semicolons; None if there is no such sample.
    """
    row = connection.execute("SELECT content FROM samples WHERE id = ?", (sample,)).fetchone()
    if row is None or row[0] is None:
        return None
    [content] = row
    tags = connection.execute("SELECT tag FROM tags WHERE content = ?", (content,)).fetchall()
    had = sorted(tag for (tag,) in tags if tag in among)
    for tag in had:
        connection.execute("DELETE FROM tags WHERE content = ? AND tag = ?", (content, tag))
    for tag in filter(None, wanted.split(";")):
        connection.execute("INSERT OR IGNORE INTO tags VALUES (?, ?)", (content, tag))
    copies = connection.execute("SELECT id FROM samples WHERE content = ?", (content,)).fetchall()
    refresh_texts(connection, [number for (number,) in copies])
    return ";".join(had)


def comment(database: Database, samples: Sequence[Sample], text: str) -> None:
    """Write a comment on samples; an empty one takes it off."""

    def write(connection: sqlite3.Connection, content: bytes) -> None:
        if text.strip():
            connection.execute("INSERT OR REPLACE INTO comments VALUES (?, ?)", (content, text))
        else:
            connection.execute("DELETE FROM comments WHERE content = ?", (content,))

    _say(database, samples, "commenting", write)


def count_copies(database: Database, samples: Sequence[Sample]) -> int:
    """Return of how many other samples the same holds, because they have the same content."""
    sql = "SELECT id FROM samples WHERE content = ? AND state = ?"
    alike: set[int] = set()
    for content in _contents(samples):
        alike.update(database.column(sql, (content, State.DONE)))
    return len(alike - {sample.id for sample in samples})


def favour(database: Database, samples: Sequence[Sample], *, is_favourite: bool) -> None:
    """Make files favourites, or none; their copies are not touched."""
    sql = (
        "INSERT OR IGNORE INTO favourites VALUES (?)"
        if is_favourite
        else "DELETE FROM favourites WHERE path = ?"
    )
    with database.transaction("marking favourites") as connection:
        connection.executemany(sql, [(os.fsencode(sample.path),) for sample in samples])


def _say(
    database: Database,
    samples: Sequence[Sample],
    doing: str,
    write: Callable[[sqlite3.Connection, bytes], None],
) -> int:
    """Write of each content, and let all its samples be found by it; return how many changed."""
    contents = _contents(samples)
    changed = 0
    with database.transaction(doing) as connection:
        for content in contents:
            before = connection.total_changes
            write(connection, content)
            changed += connection.total_changes > before
            copies = connection.execute("SELECT id FROM samples WHERE content = ?", (content,))
            refresh_texts(connection, [number for (number,) in copies.fetchall()])
    return changed


def _contents(samples: Sequence[Sample]) -> list[bytes]:
    for sample in samples:
        if sample.content is None:
            why = sample.problem or "It has not been looked into yet; kitsort scan first."
            raise AppError(f"{sample.path}: {why}")
    return list(dict.fromkeys(sample.content for sample in samples if sample.content))


def tidied(name: str) -> str:
    """Return a tag as it is kept.

    Raises
    ------
    AppError
        If it is empty or holds a semicolon.
    """
    found = " ".join(name.split())
    if not found or ";" in found:
        raise AppError("A tag is a name, without a semicolon.")
    return found

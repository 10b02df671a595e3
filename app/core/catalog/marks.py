"""What the user says of samples: corrections, tags, comments, favourites.

All but favourites belong to the content: to each copy, and to the file wherever it moves.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

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
    set_corrections(database, dict.fromkeys(_contents(samples), label))


def set_corrections(database: Database, wanted: Mapping[bytes, str | None]) -> None:
    """Say what contents are, each an instrument or Other; None takes back what was said."""
    now = time.time()
    said = [
        (content, LABELS.index(label), now)
        for content, label in wanted.items()
        if label is not None
    ]
    taken_back = [(content,) for content, label in wanted.items() if label is None]
    with database.transaction("correcting") as connection:
        connection.executemany("DELETE FROM corrections WHERE content = ?", taken_back)
        connection.executemany("INSERT OR REPLACE INTO corrections VALUES (?, ?, ?)", said)


def tags_among(database: Database, contents: Iterable[bytes]) -> dict[bytes, frozenset[str]]:
    """Return the tags of each content."""
    sql = "SELECT tag FROM tags WHERE content = ?"
    return {content: frozenset(database.column(sql, (content,))) for content in contents}


def comments_among(database: Database, contents: Iterable[bytes]) -> dict[bytes, str]:
    """Return the comment on each content, an empty one where there is none."""
    sql = "SELECT comment FROM comments WHERE content = ?"
    found = {content: database.column(sql, (content,)) for content in contents}
    return {content: comments[0] if comments else "" for content, comments in found.items()}


def set_tags(database: Database, wanted: Mapping[bytes, Iterable[str]]) -> None:
    """Let contents have these tags and no others.

    Raises
    ------
    AppError
        If a tag is empty or holds a semicolon.
    """
    tidy = {content: list(map(tidied, tags)) for content, tags in wanted.items()}

    def write(connection: sqlite3.Connection, content: bytes) -> None:
        connection.execute("DELETE FROM tags WHERE content = ?", (content,))
        pairs = [(content, tag) for tag in tidy[content]]
        connection.executemany("INSERT OR IGNORE INTO tags VALUES (?, ?)", pairs)

    _say_of(database, list(wanted), "tagging", write)


def set_comments(database: Database, wanted: Mapping[bytes, str]) -> None:
    """Write a comment on each content; an empty one takes it off."""

    def write(connection: sqlite3.Connection, content: bytes) -> None:
        _write_comment(connection, content, wanted[content])

    _say_of(database, list(wanted), "commenting", write)


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
    set_comments(database, dict.fromkeys(_contents(samples), text))


def _write_comment(connection: sqlite3.Connection, content: bytes, text: str) -> None:
    if text.strip():
        connection.execute("INSERT OR REPLACE INTO comments VALUES (?, ?)", (content, text))
    else:
        connection.execute("DELETE FROM comments WHERE content = ?", (content,))


def count_copies(database: Database, samples: Sequence[Sample]) -> int:
    """Return of how many other samples the same holds, because they have the same content."""
    sql = "SELECT id FROM samples WHERE content = ? AND state = ?"
    alike: set[int] = set()
    for content in _contents(samples):
        alike.update(database.column(sql, (content, State.DONE)))
    return len(alike - {sample.id for sample in samples})


def favour(database: Database, samples: Sequence[Sample], *, is_favourite: bool) -> None:
    """Make files favourites, or none; their copies are not touched."""
    favour_paths(database, [sample.path for sample in samples], is_favourite=is_favourite)


def favour_paths(database: Database, paths: Iterable[str], *, is_favourite: bool) -> None:
    """Make files favourites, or none."""
    sql = (
        "INSERT OR IGNORE INTO favourites VALUES (?)"
        if is_favourite
        else "DELETE FROM favourites WHERE path = ?"
    )
    with database.transaction("marking favourites") as connection:
        connection.executemany(sql, [(os.fsencode(path),) for path in paths])


def _say(
    database: Database,
    samples: Sequence[Sample],
    doing: str,
    write: Callable[[sqlite3.Connection, bytes], None],
) -> int:
    """Write of each sample's content; return how many contents that has changed."""
    return _say_of(database, _contents(samples), doing, write)


def _say_of(
    database: Database,
    contents: Sequence[bytes],
    doing: str,
    write: Callable[[sqlite3.Connection, bytes], None],
) -> int:
    """Write of each content, and let all its samples be found by it; return how many changed."""
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

"""What the user said, on its way to another machine and back: found again by content."""

from __future__ import annotations

import codecs
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.core.catalog.database import Database
from app.core.catalog.marks import tidied
from app.core.catalog.states import State
from app.core.catalog.texts import refresh_texts
from app.core.errors import AppError
from app.core.sample import Sample
from classifier import LABELS

_BETWEEN_TAGS: Final = "; "
_LONGEST_CELL: Final = 1 << 24
_CONTENT_BYTES: Final = frozenset({16, 17})
_COLUMNS: Final = ("content", "correction", "tags", "comment")


@dataclass(frozen=True, slots=True)
class Said:
    """What the user said of one content.

    Attributes
    ----------
    content : bytes
    correction : str or None
    tags : tuple of str
    comment : str
    """

    content: bytes
    correction: str | None
    tags: tuple[str, ...]
    comment: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What an import has changed.

    Attributes
    ----------
    corrections, tags, comments : int
        That are new here.
    kept : int
        Corrections and comments that differ from those here, which stay.
    unknown : int
        Contents of which there is no sample here yet; they are kept until there is.
    """

    corrections: int
    tags: int
    comments: int
    kept: int
    unknown: int


def without_samples(database: Database) -> Iterator[Said]:
    """Yield what was said of sounds of which there is no sample at the moment."""
    for row in database.each(
        "SELECT content, (SELECT label FROM corrections WHERE corrections.content = c.content) "
        "AS label, (SELECT json_group_array(tag) FROM tags WHERE tags.content = c.content) AS "
        "tags, (SELECT comment FROM comments WHERE comments.content = c.content) AS comment FROM "
        "(SELECT content FROM corrections UNION SELECT content FROM tags UNION "
        "SELECT content FROM comments) AS c WHERE content NOT IN "
        "(SELECT content FROM samples WHERE content IS NOT NULL AND state <> ?)",
        (State.VANISHED,),
    ):
        label = None if row["label"] is None else LABELS[row["label"]]
        tags = tuple(json.loads(row["tags"]))
        yield Said(row["content"], label, tags, row["comment"] or "")


def values_of(said: Said | Sample) -> dict[str, Any]:
    """Return what an import reads again."""
    return {
        "content": said.content.hex() if said.content else None,
        "correction": said.correction,
        "tags": list(said.tags),
        "comment": said.comment,
    }


def in_a_cell(tags: Iterable[str]) -> str:
    """Return tags as a cell of a spreadsheet."""
    return _BETWEEN_TAGS.join(tags)


def read_said(path: Path) -> list[Said]:
    """Return what an exported file holds: CSV, JSON or JSON lines, by its extension.

    Raises
    ------
    AppError
        One sentence: no such file, or it holds something else.
    """
    readers = {".csv": _csv_rows, ".json": _json_rows, ".jsonl": _jsonl_rows}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise AppError(f"{path}: Its name should end in .csv, .json or .jsonl, as exported.")
    try:
        rows = reader(_decoded(path.read_bytes()))
    except OSError as error:
        raise AppError(f"{path}: It cannot be read ({error.strerror or error}).") from error
    except (ValueError, csv.Error) as error:
        raise AppError(f"{path}: This is no export of Kitsort ({error}).") from error
    said = []
    for number, row in enumerate(rows, start=1):
        try:
            said.append(_said_of(row))
        except (ValueError, AppError) as error:
            raise AppError(f"{path}, sample {number}: {error}") from error
    return [one for one in said if one]


def take(database: Database, said: Iterable[Said]) -> Taken:
    """Add what was said elsewhere; what was said here stays where they differ."""
    corrections = tags = comments = kept = 0
    unknown: set[bytes] = set()
    with database.transaction("importing") as connection:
        for one in said:
            if one.correction:
                new, differs = _put(
                    connection, "corrections", "label", one, LABELS.index(one.correction)
                )
                corrections, kept = corrections + new, kept + differs
            if one.comment:
                new, differs = _put(connection, "comments", "comment", one, one.comment)
                comments, kept = comments + new, kept + differs
            for tag in one.tags:
                tags += connection.execute(
                    "INSERT OR IGNORE INTO tags VALUES (?, ?)", (one.content, tag)
                ).rowcount
            samples = connection.execute(
                "SELECT id FROM samples WHERE content = ?", (one.content,)
            ).fetchall()
            if not samples:
                unknown.add(one.content)
            refresh_texts(connection, [number for (number,) in samples])
    return Taken(corrections, tags, comments, kept, len(unknown))


def _put(connection: Any, table: str, column: str, one: Said, value: Any) -> tuple[int, int]:
    """Enter a value; return whether it is new, and whether another one is there."""
    before = connection.execute(
        f"SELECT {column} FROM {table} WHERE content = ?", (one.content,)
    ).fetchone()
    if before:
        return 0, int(before[0] != value)
    more = ", unixepoch()" if table == "corrections" else ""
    connection.execute(f"INSERT INTO {table} VALUES (?, ?{more})", (one.content, value))
    return 1, 0


def _decoded(content: bytes) -> str:
    """Return text as we wrote it, names that are none included; or as PowerShell rewrote it."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "surrogatepass")
    errors = "surrogatepass" if sys.platform == "win32" else "surrogateescape"
    return content.decode("utf-8-sig", errors)


def _csv_rows(text: str) -> list[dict[str, Any]]:
    csv.field_size_limit(_LONGEST_CELL)
    first = text.partition("\n")[0]
    # Spreadsheets write semicolons where the comma is for decimals.
    between = ";" if first.count(";") > first.count(",") else ","
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=between)
    for column in _COLUMNS:
        if column not in (reader.fieldnames or ()):
            raise ValueError(f"there is no column {column}")
    rows: list[dict[str, Any]] = list(reader)
    for row in rows:
        tags = (row["tags"] or "").split(_BETWEEN_TAGS.strip())
        row["tags"] = [tag for tag in tags if tag.strip()]
    return rows


def _json_rows(text: str) -> list[dict[str, Any]]:
    rows = json.loads(text)
    if not isinstance(rows, list):
        raise ValueError("it is no list of samples")  # noqa: TRY004
    return rows


def _jsonl_rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _said_of(row: Mapping[str, Any]) -> Said | None:
    """Return what a row says; None where it says nothing of a content.

    Raises
    ------
    ValueError, AppError
        One sentence.
    """
    if not isinstance(row, dict) or not all(column in row for column in _COLUMNS):
        raise ValueError(f"It lacks one of {', '.join(_COLUMNS)}.")
    correction, tags, comment = row["correction"] or None, row["tags"], row["comment"] or ""
    if not row["content"] or not (correction or tags or comment):
        return None
    if not isinstance(comment, str) or not isinstance(tags, list):
        raise ValueError("Tags are a list, and a comment is a text.")  # noqa: TRY004
    said = tuple(tidied(str(tag)) for tag in tags)
    return Said(_content_of(row["content"]), _label_of(correction), said, comment)


def _content_of(written: object) -> bytes:
    try:
        content = bytes.fromhex(str(written))
    except ValueError:
        content = b""
    if len(content) not in _CONTENT_BYTES:
        raise ValueError(f"{written!r} is no content, as Kitsort exports it.")
    return content


def _label_of(correction: object) -> str | None:
    if correction is None:
        return None
    labels = {label.casefold(): label for label in LABELS}
    label = labels.get(str(correction).strip().casefold())
    if label is None:
        raise ValueError(f"{correction!r} is none of {', '.join(LABELS)}.")
    return label

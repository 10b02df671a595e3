"""Finding samples: by what was decided, what was said, what they are called."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.core.catalog.blobs import unpacked, unpacked_descriptors
from app.core.catalog.database import Database
from app.core.catalog.samples import joined
from app.core.catalog.states import State
from app.core.catalog.texts import folded
from app.core.names import Evidence
from app.core.sample import Sample
from classifier import INSTRUMENTS, KINDS, LABELS, OTHER, OUTPUTS, UNSURE, RootNote, note_of_hz

_OTHER: Final = LABELS.index(OTHER)
_TRIGRAM: Final = 3

# A sample with all that belongs to it. :threshold, where given, stands for that of its model.
_FROM: Final = (
    "FROM samples JOIN folders ON folders.id = samples.folder JOIN roots ON roots.id = root "
    "LEFT JOIN predictions ON predictions.sample = samples.id "
    "LEFT JOIN models ON models.id = predictions.model "
    "LEFT JOIN corrections ON corrections.content = samples.content "
    "LEFT JOIN problems ON problems.sample = samples.id "
)
_PATH: Final = (
    f"CAST(rtrim(roots.path, '{os.sep}') || '{os.sep}' || "
    f"iif(length(folders.path), folders.path || '{os.sep}', '') || samples.name AS BLOB)"
)
_LEAST: Final = "coalesce(:threshold, models.threshold)"
# The decision as a number: a label, or -1 for Unsure; NULL before anybody has looked.
_DECISION: Final = (
    "coalesce(corrections.label, "
    f"CASE WHEN confidence >= {_LEAST} THEN predictions.label WHEN confidence >= 0 THEN -1 END)"
)
_UNSURE: Final = -1
# What a name says as one of the six labels.
_NAME_LABEL: Final = f"min(name_says, {_OTHER})"

_COLUMNS: Final = (
    "samples.*, roots.path AS root_path, folders.path AS folder_path, problems.sentence, "
    f"predictions.label, confidence, kind, probabilities, {_LEAST} AS threshold, "
    "corrections.label AS correction, "
    "(SELECT json_group_array(tag) FROM tags WHERE tags.content = samples.content) AS tags, "
    "(SELECT comment FROM comments WHERE comments.content = samples.content) AS comment, "
    f"EXISTS (SELECT 1 FROM favourites WHERE path = {_PATH}) AS is_favourite"
)
# A link is its file. Large files are the same only where they were read to their end.
_IS_DUPLICATE: Final = (
    "samples.content IN (SELECT content FROM samples WHERE content IS NOT NULL "
    "GROUP BY content HAVING count(*) > 1) AND "
    f"samples.state = {State.DONE:d} AND NOT samples.is_link AND "
    "EXISTS (SELECT 1 FROM samples AS other WHERE other.content = samples.content "
    "AND other.id <> samples.id AND other.state = samples.state AND NOT other.is_link AND "
    "(length(samples.content) = 16 OR other.whole = samples.whole))"
)

# Columns to sort by, with what they sort by; a minus is the other way round.
SORTS: Final = {
    "name": ("natural_key(samples.name)",),
    "path": ("natural_key(roots.path)", "natural_key(folders.path)", "natural_key(samples.name)"),
    "instrument": (f"{_DECISION} = {_UNSURE}", _DECISION, "-confidence"),
    "confidence": ("confidence",),
    "length": ("duration_s",),
    "note": ("root_hz",),
    "peak": ("peak_dbfs",),
    "loudness": ("rms_dbfs",),
    "brightness": ("centroid_hz",),
    "size": ("size",),
    "added": ("added_at",),
    "modified": ("mtime_ns",),
}


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for; all of it must hold.

    Attributes
    ----------
    instruments : tuple of str
        Decided to be one of these: instruments, Other, Unsure; where empty, anything.
    kind : str or None
        What an Other is.
    disagrees, has_problem, is_duplicate, is_corrected, is_favourite : bool
        Only those whose name says otherwise than their sound, where the user has not decided;
        that cannot be read; of which there are several; that are corrected; favourites.
    tags : tuple of str
        All of them.
    text : str
        Words, each somewhere in folder, name, tags or comment.
    inside : str or None
        A folder, or a file.
    threshold : float or None
        Confidence below which a sample is Unsure; by default its model's own.
    sort : str
        One of ``SORTS``.
    descending : bool
    """

    instruments: tuple[str, ...] = ()
    kind: str | None = None
    disagrees: bool = False
    has_problem: bool = False
    is_duplicate: bool = False
    is_corrected: bool = False
    is_favourite: bool = False
    tags: tuple[str, ...] = ()
    text: str = ""
    inside: str | None = None
    threshold: float | None = None
    sort: str = "path"
    descending: bool = False


def find_ids(database: Database, query: Query) -> list[int]:
    """Return the numbers of the samples that a query finds, in its order."""
    where, values = _where(query)
    order = _order(query)
    return database.column(f"SELECT samples.id {_FROM} WHERE {where} ORDER BY {order}", values)


def find(database: Database, query: Query) -> Iterator[Sample]:
    """Yield the samples that a query finds, in its order."""
    where, values = _where(query)
    for row in database.each(
        f"SELECT {_COLUMNS} {_FROM} WHERE {where} ORDER BY {_order(query)}",
        values,
    ):
        yield _sample(row)


def find_file(database: Database, root: int, folder: bytes, name: bytes) -> Sample | None:
    """Return the sample that a file is, by its root, the folder below it, and its name."""
    where = "root = :root AND folders.path = :folder AND samples.name = :name"
    values = {"root": root, "folder": folder, "name": name, "threshold": None}
    for row in database.each(f"SELECT {_COLUMNS} {_FROM} WHERE {where}", values):
        return _sample(row)
    return None


def favourite_ids(database: Database) -> list[int]:
    """Return the numbers of the samples that are favourites."""
    if not database.rows("SELECT 1 FROM favourites LIMIT 1"):  # as most often
        return []
    return database.column(
        "SELECT samples.id FROM samples JOIN folders ON folders.id = samples.folder "
        f"JOIN roots ON roots.id = root WHERE {_PATH} IN (SELECT path FROM favourites)"
    )


def find_numbered(database: Database, number: int) -> Sample | None:
    """Return a sample by its number, if it is still there."""
    where = "samples.id = :number AND state <> :vanished"
    values = {"number": number, "vanished": State.VANISHED, "threshold": None}
    for row in database.each(f"SELECT {_COLUMNS} {_FROM} WHERE {where}", values):
        return _sample(row)
    return None


def matching(database: Database, text: str) -> list[int]:
    """Return the numbers of the samples that a text is found in, unordered."""
    question, values = _text_question(text)
    # In one row: fetching 100,000 takes longer than finding them.
    [[found]] = database.rows(f"SELECT json_group_array(number) FROM ({question})", values)
    numbers: list[int] = json.loads(found)
    return numbers


def counts(
    database: Database, threshold: float | None = None, roots: Sequence[int] | None = None
) -> dict[str, int]:
    """Return how many samples each decision has, everywhere or in some roots."""
    inside = "" if roots is None else "AND +root IN (SELECT value FROM json_each(:roots))"
    found = database.rows(
        f"SELECT {_DECISION} AS decision, count(*) {_FROM} WHERE state = :done {inside} "
        "GROUP BY decision",
        {"threshold": threshold, "done": State.DONE, "roots": json.dumps(roots)},
    )
    return {_decision_name(decision): count for decision, count in found}


def _decision_name(code: int) -> str:
    return UNSURE if code == _UNSURE else LABELS[code]


def _decision_code(name: str) -> int:
    return _UNSURE if name == UNSURE else LABELS.index(name)


def _order(query: Query) -> str:
    direction = "DESC" if query.descending else "ASC"
    # What has no value comes last either way.
    terms = [f"{term} {direction} NULLS LAST" for term in SORTS[query.sort]]
    return ", ".join([*terms, "samples.id"])


def _where(query: Query) -> tuple[str, dict[str, Any]]:
    conditions = ["state <> :vanished"]
    values: dict[str, Any] = {"threshold": query.threshold, "vanished": State.VANISHED}
    if query.instruments:
        conditions.append(f"{_DECISION} IN (SELECT value FROM json_each(:decisions))")
        values["decisions"] = json.dumps([_decision_code(name) for name in query.instruments])
    if query.kind:
        conditions.append(f"{_DECISION} = {_OTHER} AND kind = :kind")
        values["kind"] = KINDS.index(query.kind)
    flags = {
        f"corrections.label IS NULL AND {_NAME_LABEL} <> predictions.label": query.disagrees,
        "problems.sentence IS NOT NULL": query.has_problem,
        "corrections.label IS NOT NULL": query.is_corrected,
        f"EXISTS (SELECT 1 FROM favourites WHERE path = {_PATH})": query.is_favourite,
        _IS_DUPLICATE: query.is_duplicate,
    }
    conditions += [condition for condition, is_asked in flags.items() if is_asked]
    for number, tag in enumerate(query.tags):
        conditions.append(
            "EXISTS (SELECT 1 FROM tags WHERE tags.content = samples.content "
            f"AND tag = :tag{number} COLLATE NOCASE)"
        )
        values[f"tag{number}"] = tag
    if query.text.strip():
        question, found = _text_question(query.text)
        conditions.append(f"samples.id IN ({question})")
        values |= found
    if query.inside:
        conditions.append(f"({_PATH} = :inside OR substr({_PATH}, 1, length(:above)) = :above)")
        values["inside"] = os.fsencode(os.path.abspath(query.inside))
        values["above"] = os.path.join(values["inside"], b"")
    return " AND ".join(conditions), values


def _text_question(text: str) -> tuple[str, dict[str, Any]]:
    """Return a question for the samples in whose text each word is somewhere.

    Three letters and more are looked up in an index; one or two are compared, text by text.
    """
    words = [word.lstrip("#") or word for word in folded(text).split()]  # as tags are shown
    long = [word for word in words if len(word) >= _TRIGRAM]
    short = [word for word in words if len(word) < _TRIGRAM]
    values: dict[str, Any] = {f"word{number}": f"*{_literal(w)}*" for number, w in enumerate(short)}
    conditions = [f"text GLOB :word{number}" for number in range(len(short))]
    if not long:
        return f"SELECT sample AS number FROM texts WHERE {' AND '.join(conditions) or '1'}", values
    values["long"] = " AND ".join('"' + word.replace('"', '""') + '"' for word in long)
    found = "SELECT rowid AS number FROM trigrams WHERE trigrams MATCH :long"
    if not short:
        return found, values
    conditions.append(f"sample IN ({found})")
    return f"SELECT sample AS number FROM texts WHERE {' AND '.join(conditions)}", values


def _literal(word: str) -> str:
    """Return a word that GLOB takes as it is."""
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in word)


def _sample(row: sqlite3.Row) -> Sample:
    return Sample(
        id=row["id"],
        path=joined(row["root_path"], row["folder_path"], row["name"]),
        problem=row["sentence"],
        state=State(row["state"]),
        name_says=_evidence(row["name_says"]),
        label=_at(LABELS, row["label"]),
        confidence=row["confidence"],
        kind=_at(KINDS, row["kind"]),
        probabilities=row["probabilities"] and unpacked(row["probabilities"]),
        threshold=row["threshold"],
        correction=_at(LABELS, row["correction"]),
        tags=tuple(json.loads(row["tags"])),
        comment=row["comment"] or "",
        is_favourite=bool(row["is_favourite"]),
        content=row["content"],
        size=row["size"],
        mtime_s=row["mtime_ns"] / 1e9,
        added_at=row["added_at"],
        encoding=row["encoding"],
        sample_rate=row["sample_rate"],
        channels=row["channels"],
        is_stereo=None if row["is_stereo"] is None else bool(row["is_stereo"]),
        bit_depth=row["bit_depth"],
        duration_s=row["duration_s"],
        peak_dbfs=row["peak_dbfs"],
        rms_dbfs=row["rms_dbfs"],
        descriptors=row["descriptors"] and unpacked_descriptors(row["descriptors"]),
        root_note=_root_note(row["root_hz"], row["root_confidence"]),
    )


def _at(names: Sequence[str], code: int | None) -> str | None:
    return None if code is None else names[code]


def _evidence(code: int | None) -> Evidence | None:
    if code is None:
        return None
    name = OUTPUTS[code]
    return Evidence(name) if name in INSTRUMENTS else Evidence(OTHER, name)


def _root_note(hz: float | None, confidence: float | None) -> RootNote | None:
    return None if hz is None or confidence is None else RootNote(hz, *note_of_hz(hz), confidence)

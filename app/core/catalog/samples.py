"""Samples on their way into the catalog: listed, looked into, moved, forgotten."""

from __future__ import annotations

import json
import math
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.core.catalog.blobs import packed, packed_descriptors, packed_embedding
from app.core.catalog.database import Database
from app.core.catalog.roots import Root
from app.core.catalog.states import State
from app.core.catalog.texts import refresh_texts, text_of
from app.core.names import Evidence, evidence_of
from classifier import KINDS, LABELS, OUTPUTS, AudioError

if TYPE_CHECKING:
    from classifier import Analysis, Card

_PAGE: Final = 1024


class Known(NamedTuple):
    """What the catalog knows of a file without opening it; a tuple, for there are 100,000."""

    id: int
    folder: int
    name: bytes
    size: int
    mtime_ns: int
    state: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as its folder lists it."""

    name: bytes
    size: int
    mtime_ns: int
    state: State
    is_link: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sample that is to be looked into."""

    id: int
    path: str
    root: int


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What was found in a file.

    Attributes
    ----------
    sample : Waiting
    content : bytes or None
        Identity of the stored audio; None where it could not be read.
    outcome : Analysis or AudioError or None
        None for a file that is online only by now.
    """

    sample: Waiting
    content: bytes | None
    outcome: Analysis | AudioError | None


def known_files(database: Database, root: Root) -> dict[bytes, dict[bytes, Known]]:
    """Return what is known of all files of a root, by the folder below it and by name."""
    folders: dict[bytes, dict[bytes, Known]] = {}
    by_id: dict[int, dict[bytes, Known]] = {}
    for number, path in database.rows("SELECT id, path FROM folders WHERE root = ?", (root.id,)):
        by_id[number] = folders[path] = {}
    for row in database.rows(
        "SELECT samples.id, folder, name, size, mtime_ns, state FROM samples "
        "JOIN folders ON folders.id = folder WHERE root = ?",
        (root.id,),
    ):
        known = Known._make(row)
        by_id[known.folder][known.name] = known
    return folders


def list_files(
    connection: sqlite3.Connection, root: Root, folder: bytes, files: Sequence[Listed]
) -> None:
    """Enter files that are new or changed, to be looked into."""
    [number] = connection.execute(
        "INSERT INTO folders (root, path) VALUES (?, ?) "
        "ON CONFLICT (root, path) DO UPDATE SET path = path RETURNING id",
        (root.id, folder),
    ).fetchone()
    now = time.time()
    parts = folders_of(root, folder)
    for file in files:
        name = os.fsdecode(file.name)
        says = code_of(evidence_of(name, parts))
        [sample] = connection.execute(
            "INSERT INTO samples (folder, name, size, mtime_ns, state, is_link, added_at, "
            "name_says) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (folder, name) DO UPDATE SET "
            "size = excluded.size, mtime_ns = excluded.mtime_ns, state = excluded.state, "
            "is_link = excluded.is_link, content = NULL, whole = NULL RETURNING id",
            (number, file.name, file.size, file.mtime_ns, file.state, file.is_link, now, says),
        ).fetchone()
        connection.execute(
            "INSERT INTO texts VALUES (?, ?) ON CONFLICT (sample) DO NOTHING",
            (sample, text_of(root.path, folder, file.name)),
        )


def set_state(connection: sqlite3.Connection, samples: Iterable[int], state: State) -> None:
    """Note where samples stand."""
    connection.executemany(
        "UPDATE samples SET state = ? WHERE id = ?", [(state, sample) for sample in samples]
    )


def restore(connection: sqlite3.Connection, samples: Iterable[int]) -> None:
    """Take back samples that seemed to have vanished."""
    connection.executemany(
        "UPDATE samples SET state = iif(EXISTS (SELECT 1 FROM predictions WHERE sample = "
        "samples.id), ?, ?) WHERE id = ?",
        [(State.DONE, State.WAITING, sample) for sample in samples],
    )


def note_obstacles(
    connection: sqlite3.Connection, root: Root, obstacles: Sequence[tuple[str, str]]
) -> None:
    """Enter what stood in the way of a look through a root: path and sentence."""
    connection.execute("DELETE FROM obstacles WHERE root = ?", (root.id,))
    connection.executemany(
        "INSERT OR REPLACE INTO obstacles VALUES (?, ?, ?)",
        [(os.fsencode(path), root.id, sentence) for path, sentence in obstacles],
    )


def waiting(database: Database, model: int, roots: Sequence[int]) -> Iterator[Waiting]:
    """Yield the samples of some roots that are to be looked into.

    Those that nobody has looked into, and those that another model has named.
    """
    last = 0
    while page := database.rows(
        "SELECT samples.id, roots.id, roots.path, folders.path, name "
        f"{_TO_DO} AND samples.id > ? ORDER BY samples.id LIMIT ?",
        (*_to_do(model, roots), last, _PAGE),
    ):
        for number, root, *parts in page:
            yield Waiting(number, joined(*parts), root)
        last = page[-1][0]


def count_waiting(database: Database, model: int, roots: Sequence[int]) -> int:
    """Return how many samples `waiting` yields."""
    [[count]] = database.rows(f"SELECT count(*) {_TO_DO}", _to_do(model, roots))
    return int(count)


_TO_DO: Final = (
    # CROSS JOIN and +root: in the order of the samples, page by page, and not sorted anew for each.
    "FROM samples CROSS JOIN folders ON folders.id = folder CROSS JOIN roots ON roots.id = root "
    "LEFT JOIN predictions ON sample = samples.id "
    "WHERE (state = ? OR (state = ? AND predictions.model IS NOT ?)) "
    "AND +root IN (SELECT value FROM json_each(?))"
)


def _to_do(model: int, roots: Sequence[int]) -> tuple[Any, ...]:
    return State.WAITING, State.DONE, model, json.dumps(list(roots))


def model_number(database: Database, card: Card) -> int:
    """Return the number of a model in the catalog, entered if it is new."""
    with database.transaction() as connection:
        [number] = connection.execute(
            "INSERT INTO models (name, version, threshold) VALUES (?, ?, ?) ON CONFLICT "
            "(name, version) DO UPDATE SET threshold = excluded.threshold RETURNING id",
            (card.name, card.version, card.threshold),
        ).fetchone()
    return int(number)


def store(database: Database, results: Sequence[Examined], model: int) -> None:
    """Write what was found, all of it or, on an error, nothing."""
    with database.transaction() as connection:
        for result in results:
            if result.outcome is None:
                connection.execute(
                    "UPDATE samples SET state = ? WHERE id = ? AND state = ?",
                    (State.ONLINE_ONLY, result.sample.id, State.WAITING),
                )
            elif isinstance(result.outcome, AudioError):
                _store_problem(connection, result, str(result.outcome))
            else:
                _store_analysis(connection, result, result.outcome, model)


def _store_analysis(
    connection: sqlite3.Connection, result: Examined, found: Analysis, model: int
) -> None:
    sound, root = found.sound, found.root_note
    sample = result.sample.id
    connection.execute(
        "UPDATE samples SET state = ?, content = ?, whole = NULL, "
        "encoding = ?, sample_rate = ?, channels = ?, is_stereo = ?, bit_depth = ?, "
        "duration_s = ?, start_s = ?, peak_dbfs = ?, rms_dbfs = ?, descriptors = ?, "
        "centroid_hz = ?, root_hz = ?, root_confidence = ? WHERE id = ?",
        (
            *(State.DONE, result.content),
            *(sound.encoding, sound.sample_rate, sound.channels, sound.is_stereo),
            *(sound.bit_depth, sound.duration_s, sound.start_s),
            *(_finite(found.peak_dbfs), _finite(found.rms_dbfs)),
            packed_descriptors(found.descriptors),
            found.descriptors.centroid_hz,
            root and root.hz,
            root and root.confidence,
            sample,
        ),
    )
    prediction = found.prediction
    embedding = prediction.embedding
    connection.execute(
        "INSERT OR REPLACE INTO predictions VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            *(sample, model, LABELS.index(prediction.label), prediction.confidence),
            None if prediction.kind is None else KINDS.index(prediction.kind),
            packed(prediction.probabilities),
            None if embedding is None else packed_embedding(embedding),
        ),
    )
    connection.execute("DELETE FROM problems WHERE sample = ?", (sample,))
    refresh_texts(connection, [sample])


def _store_problem(connection: sqlite3.Connection, result: Examined, sentence: str) -> None:
    sample = result.sample
    connection.execute(
        # Without content: all empty files are alike, and what is said of one is not of the others.
        "UPDATE samples SET state = ?, content = NULL, whole = NULL WHERE id = ?",
        (State.PROBLEM, sample.id),
    )
    connection.execute("DELETE FROM predictions WHERE sample = ?", (sample.id,))
    connection.execute("INSERT OR REPLACE INTO problems VALUES (?, ?)", (sample.id, sentence))


def _finite(level_db: float) -> float | None:
    """Return a level; of silence, which has none, None."""
    return level_db if math.isfinite(level_db) else None


def folders_of(root: Root, folder: bytes) -> list[str]:
    """Return the names of the folders that a file lies in, that of the root first."""
    inside = [part for part in os.fsdecode(folder).split(os.sep) if part]
    return [os.path.basename(root.path), *inside]


def code_of(evidence: Evidence | None) -> int | None:
    """Return what a name says as the catalog keeps it: a position in ``OUTPUTS``."""
    return None if evidence is None else OUTPUTS.index(evidence.kind or evidence.label)


def joined(root: bytes, folder: bytes, name: bytes) -> str:
    """Return the path of a sample."""
    return os.fsdecode(os.path.join(root, folder, name))

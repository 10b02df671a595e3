"""The catalog by columns, for tables of 100,000 rows.

Fetched row by row, that many take half a second of the interpreter. SQLite writes each row as
digits into one text instead, numpy reads that as it is, and other threads go on meanwhile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.core.catalog.database import Database
from app.core.catalog.states import State

Numbers = NDArray[Any]


class _Spec(NamedTuple):
    """A column: how it is asked for, and how it travels.

    `is_late` where the first picture of a table can do without it. As a whole number of `unit`,
    `bias` added so that none of it is negative, in so many bytes; where there is no value, as 0.
    """

    name: str
    expression: str
    kind: str
    width: int
    unit: float = 1
    bias: int = 1
    is_late: bool = False


# Levels lie above -1,000 dB of full scale.
_LEVEL_BIAS: Final = 1 << 20
_SPECS: Final = (
    _Spec("id", "samples.id", "i8", 4),
    _Spec("folder", "folder", "i4", 4),
    _Spec("added_s", "max(added_at, 0)", "i8", 4, is_late=True),
    # Finer than float32 is, so that what is just sure is just sure here as well.
    _Spec("confidence", "confidence", "f4", 4, 1e-9),
    _Spec("duration_s", "min(duration_s, 400000)", "f4", 4, 1e-4),
    _Spec("root_hz", "root_hz", "f4", 4, 1e-4),
    _Spec("peak_dbfs", "peak_dbfs", "f4", 4, 1e-3, _LEVEL_BIAS),
    _Spec("rms_dbfs", "rms_dbfs", "f4", 4, 1e-3, _LEVEL_BIAS, is_late=True),
    _Spec("centroid_hz", "centroid_hz", "f4", 4, 1e-2, is_late=True),
    _Spec("model", "model", "i2", 2),
    _Spec("state", "state", "i1", 1),
    _Spec("name_says", "name_says", "i1", 1),
    _Spec("label", "label", "i1", 1),
    _Spec("kind", "kind", "i1", 1),
    _Spec("is_stereo", "is_stereo", "i1", 1, is_late=True),
)
NUMBERS: Final = tuple(spec.name for spec in _SPECS)
# What a table can be painted without; `late_columns` reads the rest.
EARLY: Final = tuple(spec.name for spec in _SPECS if not spec.is_late)

_LISTED: Final = f"state <> {State.VANISHED:d}"
_FROM: Final = (
    f"FROM samples LEFT JOIN predictions ON predictions.sample = samples.id WHERE {_LISTED}"
)


@dataclass(slots=True)
class Columns:
    """Samples, by columns, in the order of their numbers where all were asked for.

    Attributes
    ----------
    numbers : dict
        An array for each of ``NUMBERS``, all of one length: whole numbers, where -1 is none, and
        float32 in the unit of the name, where NaN is none.
    names : list of str
        Of the files, as many.
    """

    numbers: dict[str, Numbers]
    names: list[str]


def load_columns(
    database: Database, ids: Sequence[int] | None = None, only: Sequence[str] = NUMBERS
) -> Columns:
    """Return some samples, or all of them; of numbers that are not asked for, that there is none.

    Parameters
    ----------
    database : Database
    ids : sequence of int, optional
    only : sequence of str
        Which numbers are read.
    """
    read = _read_numbers(database, ids, only)
    count = len(read["id"])
    numbers = {spec.name: read.get(spec.name, _nothing(spec, count)) for spec in _SPECS}
    among, values = _among("samples.id", ids)
    # A slash is the one letter that no name holds; as bytes, for a name need not be Unicode.
    [[names]] = database.rows(
        f"SELECT CAST(group_concat(name, '/') AS BLOB) FROM samples WHERE {_LISTED} {among}", values
    )
    return Columns(numbers, os.fsdecode(names).split("/") if names is not None else [])


def late_columns(database: Database) -> dict[str, Numbers]:
    """Return the numbers of all samples that `EARLY` leaves out, and their ids."""
    return _read_numbers(database, None, [name for name in NUMBERS if name not in EARLY])


def _read_numbers(
    database: Database, ids: Sequence[int] | None, only: Sequence[str]
) -> dict[str, Numbers]:
    specs = [spec for spec in _SPECS if spec.name in only or spec.name == "id"]
    among, values = _among("samples.id", ids)
    digits = "".join(f"%0{2 * spec.width}x" for spec in specs)
    [[rows]] = database.rows(
        f"SELECT group_concat(printf('{digits}', {', '.join(map(_whole, specs))}), '') "
        f"{_FROM} {among}",
        values,
    )
    # Big-endian, as digits are written.
    table = np.frombuffer(
        bytes.fromhex(rows or ""), np.dtype([(spec.name, f">u{spec.width}") for spec in specs])
    )
    return {spec.name: _column(table[spec.name], spec) for spec in specs}


def _nothing(spec: _Spec, count: int) -> Numbers:
    return np.full(count, -1 if spec.kind.startswith("i") else np.nan, spec.kind)


def ids_above(database: Database, number: int) -> list[int]:
    """Return the samples that were listed after another one."""
    return database.column("SELECT id FROM samples WHERE id > ? ORDER BY id", (number,))


def folder_names(database: Database) -> dict[int, tuple[int, str, str]]:
    """Return for each folder its root's number, the root's path, and its path below that."""
    return {
        number: (root, os.fsdecode(path), os.fsdecode(below))
        for number, root, path, below in database.rows(
            "SELECT folders.id, roots.id, roots.path, folders.path FROM folders "
            "JOIN roots ON roots.id = root"
        )
    }


def model_thresholds(database: Database) -> dict[int, float]:
    """Return for each model the confidence below which it is unsure."""
    return dict(database.rows("SELECT id, threshold FROM models"))


def contents_of(database: Database, ids: Sequence[int] | None = None) -> list[tuple[int, bytes]]:
    """Return the identity of what samples hold, where it is known."""
    among, values = _among("id", ids)
    return database.rows(
        f"SELECT id, content FROM samples WHERE content IS NOT NULL {among} ORDER BY id", values
    )


def corrections_of(database: Database) -> list[tuple[int, int]]:
    """Return what the user said of samples, as positions in ``LABELS``."""
    return database.rows(
        # CROSS JOIN: from the few that were corrected to their samples, and not the other way.
        "SELECT samples.id, corrections.label FROM corrections "
        "CROSS JOIN samples ON samples.content = corrections.content"
    )


def tags_of(database: Database) -> list[tuple[int, str]]:
    """Return the tags of samples, each with those that it has in a JSON list."""
    return database.rows(
        "SELECT samples.id, json_group_array(tag) FROM tags "
        "CROSS JOIN samples ON samples.content = tags.content GROUP BY samples.id"
    )


def texts_of(database: Database, ids: Sequence[int] | None = None) -> tuple[Numbers, bytes]:
    """Return numbers of samples and what each is found by, a byte 0 after each text."""
    among, values = _among("sample", ids)
    [[numbers, texts]] = database.rows(
        "SELECT group_concat(sample, ','), CAST(group_concat(text, x'00') || x'00' AS BLOB) "
        f"FROM (SELECT * FROM texts WHERE 1 {among} ORDER BY sample)",
        values,
    )
    found, texts = np.fromstring(numbers or "", np.int64, sep=","), texts or b""
    if texts.count(0) != len(found):  # a comment that came from elsewhere can hold such a byte
        pairs = database.rows(
            f"SELECT sample, text FROM texts WHERE 1 {among} ORDER BY sample", values
        )
        found = np.array([number for number, _ in pairs], np.int64)
        texts = b"".join(text.replace("\0", " ").encode() + b"\0" for _, text in pairs)
    return found, texts


def _whole(spec: _Spec) -> str:
    if spec.unit == 1:
        return f"coalesce({spec.expression} + {spec.bias}, 0)"
    # A printf of whole numbers cuts what stands behind the point by itself.
    return f"coalesce({spec.expression} * {1 / spec.unit:.0f} + {spec.bias}.5, 0)"


def _column(digits: Numbers, spec: _Spec) -> Numbers:
    whole = digits.astype(np.int64) - spec.bias
    if spec.kind.startswith("i"):
        return whole.astype(spec.kind)
    values = (whole * spec.unit).astype(spec.kind)
    values[digits == 0] = np.nan
    return values


def empty() -> dict[str, Numbers]:
    """Return columns without any sample."""
    return {spec.name: np.empty(0, spec.kind) for spec in _SPECS}


def _among(column: str, ids: Sequence[int] | None) -> tuple[str, tuple[str, ...]]:
    if ids is None:
        return "", ()
    return f"AND {column} IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)

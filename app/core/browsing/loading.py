"""What is read of the catalog for `Rows`, in a thread: first what is painted, then the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.core.browsing.text_search import Texts
from app.core.catalog import columns
from app.core.catalog.columns import Columns
from app.core.catalog.database import Database
from app.core.catalog.problems import sentences
from app.core.catalog.search import Query, favourite_ids, find_ids
from app.core.natural import natural_ranks


@dataclass(slots=True)
class Said:
    """What the user said of samples, by their numbers.

    Attributes
    ----------
    corrections : list of (int, int)
        With a position in ``LABELS``.
    tags : list of (int, str)
        With all of them as JSON.
    favourites : list of int
    """

    corrections: list[tuple[int, int]] = field(default_factory=list)
    tags: list[tuple[int, str]] = field(default_factory=list)
    favourites: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Loaded:
    """What is read at once; `Rows.take` shows it.

    Attributes
    ----------
    columns : Columns
    folders : dict
        By number: the root's number and path, and the path below that.
    thresholds : dict
        By the number of the model.
    problems : list of (int, str)
        Samples that cannot be read, and why.
    said : Said
    """

    columns: Columns
    folders: dict[int, tuple[int, str, str]]
    thresholds: dict[int, float]
    problems: list[tuple[int, str]]
    said: Said


@dataclass(slots=True)
class Deepened:
    """What takes longer to read and is needed for searching, correcting and sorting by name.

    Attributes
    ----------
    texts : Texts
    contents : dict
        Identity of what a sample holds, by its number.
    twins : array, shape (n, 2)
        Samples whose content several have, each with a number for that content.
    duplicates : list of int
    late : dict
        The columns that were not read at once, and ``"id"``.
    names : list of str
    name_ranks : array, shape (len(names),)
        The place of each name among all.
    """

    texts: Texts
    contents: dict[int, bytes]
    twins: NDArray[np.int64]
    duplicates: list[int]
    late: dict[str, NDArray[Any]]
    names: list[str]
    name_ranks: NDArray[np.int32]


def load(
    database: Database,
    ids: Sequence[int] | None = None,
    only: Sequence[str] = columns.NUMBERS,
) -> Loaded:
    """Read what a table shows of some samples, or of all; of their numbers only some."""
    with database.snapshot():
        return Loaded(
            columns.load_columns(database, ids, only),
            columns.folder_names(database),
            columns.model_thresholds(database),
            sentences(database),
            load_said(database),
        )


def load_said(database: Database) -> Said:
    """Read what the user said of all samples."""
    return Said(
        columns.corrections_of(database), columns.tags_of(database), favourite_ids(database)
    )


def deepen(database: Database, names: Sequence[str]) -> Deepened:
    """Read the rest, of all samples; `names` are those that are shown, in their order."""
    with database.snapshot():
        texts = Texts(*columns.texts_of(database))
        contents = columns.contents_of(database)
        duplicates = find_ids(database, Query(is_duplicate=True))
        late = columns.late_columns(database)
    kept = list(names)
    return Deepened(
        texts, dict(contents), _twins(contents), duplicates, late, kept, natural_ranks(kept)
    )


def _twins(contents: Sequence[tuple[int, bytes]]) -> NDArray[np.int64]:
    first: dict[bytes, int] = {}
    groups: dict[int, int] = {}
    pairs: list[tuple[int, int]] = []
    for number, content in contents:
        known = first.setdefault(content, number)
        if known != number:
            if known not in groups:
                groups[known] = len(groups)
                pairs.append((known, groups[known]))
            pairs.append((number, groups[known]))
    return np.array(pairs, np.int64).reshape(-1, 2)

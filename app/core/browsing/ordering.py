"""In which order rows are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.core.browsing.arrays import Mask, Positions
from app.core.browsing.rows import OTHER_CODE, UNSURE_CODE, Rows


@dataclass(frozen=True, slots=True)
class SortBy:
    """A column to sort by: one of ``SORT_KEYS``, and which way."""

    column: str
    descending: bool = False


def _instrument(rows: Rows) -> NDArray[Any]:
    """Each instrument by itself, the surest first; Other by its kinds; then what is Unsure."""
    decisions = rows.decisions().astype(np.float64)
    decisions[decisions < 0] = np.nan
    kinds = np.where(decisions == OTHER_CODE, rows["kind"] + 1, 0) / 32
    unsure = np.where(decisions == UNSURE_CODE, rows["label"] / 32, 0)
    keys: NDArray[Any] = decisions + kinds + unsure - np.nan_to_num(rows["confidence"]) / 64
    return keys


def _name_says(rows: Rows) -> NDArray[Any]:
    return _or_none(rows["name_says"])


def _tags(rows: Rows) -> NDArray[Any]:
    """By the first tag; what has none comes last."""
    keys = np.full(len(rows), np.nan)
    order = {tags: at for at, tags in enumerate(sorted(set(rows.tags.values())))}
    for row, tags in rows.tags.items():
        keys[row] = order[tags]
    return keys


def _or_none(codes: NDArray[Any]) -> NDArray[Any]:
    values = codes.astype(np.float32)
    values[codes < 0] = np.nan
    return values


SORT_KEYS: Final[dict[str, Callable[[Rows], NDArray[Any]]]] = {
    "favourite": lambda rows: ~rows.is_favourite,
    "instrument": _instrument,
    "confidence": lambda rows: rows["confidence"],
    "name": Rows.name_ranks,
    "folder": Rows.folder_ranks,
    "length": lambda rows: rows["duration_s"],
    "root": lambda rows: rows["root_hz"],
    "peak": lambda rows: rows["peak_dbfs"],
    "brightness": lambda rows: rows["centroid_hz"],
    "channels": lambda rows: _or_none(rows["is_stereo"]),
    "name_says": _name_says,
    "tags": _tags,
    "added": lambda rows: rows["added_s"],
}


def ordered(rows: Rows, mask: Mask, by: Sequence[SortBy]) -> Positions:
    """Return the rows of a mask, sorted by the first column, then by the second.

    What has no value comes last either way; what is equal stays in the order of its numbers.
    """
    chosen = np.flatnonzero(mask)
    for key in reversed(by):
        values = SORT_KEYS[key.column](rows)[chosen]
        # A minus turns the order round and leaves NaN, which is no value, last.
        chosen = chosen[np.argsort(_turned(values) if key.descending else values, kind="stable")]
    return chosen


def _turned(values: NDArray[Any]) -> NDArray[Any]:
    return ~values if values.dtype == np.bool_ else -values

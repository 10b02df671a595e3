"""The order of rows: by each column, either way, what has no value last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.core.browsing.loading import load
from app.core.browsing.ordering import SORT_KEYS, SortBy, ordered
from app.core.browsing.rows import Rows
from app.core.catalog.database import Database
from app.core.natural import natural
from app.core.sample import Sample
from classifier import KINDS, LABELS, OTHER, OUTPUTS, UNSURE, Model
from tests.helpers.libraries import samples, scanned, sound
from tests.helpers.trees import make_tree

Value = float | str | tuple[object, ...] | None


def everything(rows: Rows) -> np.ndarray:
    return np.ones(len(rows), np.bool_)


def _by_instrument(one: Sample) -> Value:
    """Instruments, Other by its kinds, Unsure by what is likeliest; the surest first."""
    if one.decision is None:
        return None
    place = [*LABELS, UNSURE].index(one.decision)
    kind = KINDS.index(one.kind) if one.decision == OTHER and one.kind else -1
    likeliest = LABELS.index(one.label) if one.decision == UNSURE and one.label else 0
    return place, kind, likeliest, -(one.confidence or 0.0)


VALUES: dict[str, Callable[[Sample], Value]] = {
    "favourite": lambda one: not one.is_favourite,
    "instrument": _by_instrument,
    "confidence": lambda one: one.confidence,
    "name": lambda one: natural(Path(one.path).name),
    "folder": lambda one: natural(str(Path(one.path).parent)),
    "length": lambda one: one.duration_s,
    "root": lambda one: one.root_note and one.root_note.hz,
    "peak": lambda one: one.peak_dbfs,
    "channels": lambda one: one.is_stereo,
    "name_says": lambda one: (
        one.name_says and float(OUTPUTS.index(one.name_says.kind or one.name_says.label))
    ),
    "tags": lambda one: one.tags or None,
    "added": lambda one: int(one.added_at),
}


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("column", SORT_KEYS)
def test_every_column_sorts_by_its_values_and_keeps_what_is_equal(
    library: Database, rows: Rows, column: str, *, descending: bool
) -> None:
    known = {one.id: one for one in samples(library)}
    order = [known[int(number)] for number in rows.ids[_ordered(rows, column, descending)]]
    if column == "brightness":  # descriptors keep what was heard; these were written in
        hz = dict(library.rows("SELECT id, centroid_hz FROM samples"))
        value: Callable[[Sample], Value] = lambda one: hz[one.id]  # noqa: E731
    else:
        value = VALUES[column]
    some = sorted((one for one in known.values() if value(one) is not None), key=lambda o: o.id)
    some.sort(key=value, reverse=descending)  # type: ignore[arg-type]
    none = sorted((one for one in known.values() if value(one) is None), key=lambda one: one.id)
    assert [one.id for one in order] == [one.id for one in some + none]


def _ordered(rows: Rows, column: str, descending: bool = False) -> np.ndarray:
    return ordered(rows, everything(rows), [SortBy(column, descending)])


def test_some_columns_have_samples_without_a_value(library: Database) -> None:
    for name in ("instrument", "confidence", "length", "root", "peak", "name_says", "tags"):
        assert any(VALUES[name](one) is None for one in samples(library)), name


@pytest.mark.parametrize("first", ["instrument", "channels", "folder", "favourite", "tags"])
@pytest.mark.parametrize("second", ["name", "confidence", "peak"])
def test_a_second_column_decides_what_the_first_leaves_open(
    library: Database, rows: Rows, first: str, second: str
) -> None:
    keys = [SORT_KEYS[name](rows).astype(np.float64) for name in (first, second)]
    both = ordered(rows, everything(rows), [SortBy(first), SortBy(second, descending=True)])
    # As tuples, with None last in each.
    wanted = sorted(
        range(len(rows)),
        key=lambda row: (
            np.isnan(keys[0][row]),
            np.nan_to_num(keys[0][row]),
            np.isnan(keys[1][row]),
            -np.nan_to_num(keys[1][row]),
            row,
        ),
    )
    assert both.tolist() == wanted
    assert both.tolist() != _ordered(rows, first).tolist() or first == "instrument"


def test_only_what_is_chosen_is_ordered(rows: Rows) -> None:
    mask = np.arange(len(rows)) % 3 == 0
    assert ordered(rows, mask, []).tolist() == np.flatnonzero(mask).tolist()
    some = ordered(rows, mask, [SortBy("name")])
    assert [row for row in _ordered(rows, "name") if mask[row]] == some.tolist()
    assert ordered(rows, mask & False, [SortBy("name")]).tolist() == []
    for column in SORT_KEYS:
        assert ordered(Rows(), np.zeros(0, np.bool_), [SortBy(column)]).tolist() == []


def test_names_are_counted_as_people_count(database: Database, tiny: Model, tmp_path: Path) -> None:
    names = ["kick 2.wav", "kick 10.wav", "Kick 3.wav", "Äb.wav", "a1.wav", "a01b.wav"]
    tree = {name: sound(n) for n, name in enumerate(names)}
    scanned(database, tiny, make_tree(tmp_path / "library", tree))
    rows = Rows()
    rows.take(load(database))
    order = [rows.names[row] for row in _ordered(rows, "name")]
    assert order == ["a1.wav", "a01b.wav", "kick 2.wav", "Kick 3.wav", "kick 10.wav", "Äb.wav"]
    back = [rows.names[row] for row in _ordered(rows, "name", descending=True)]
    assert back == order[::-1]

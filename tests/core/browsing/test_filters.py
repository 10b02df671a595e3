"""What is let through: the same that a query finds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.core.browsing.filters import (
    Bucket,
    Filter,
    Span,
    count_buckets,
    count_kinds,
    matching_rows,
)
from app.core.browsing.rows import Rows
from app.core.catalog.database import Database
from app.core.catalog.roots import roots
from app.core.catalog.states import State
from classifier import INSTRUMENTS, KINDS, LABELS, OTHER, UNSURE
from tests.helpers.libraries import samples

QUERIES: dict[Bucket, dict[str, Any]] = {
    Bucket.ALL: {},
    **{Bucket(label): {"instruments": (label,)} for label in (*LABELS, UNSURE)},
    Bucket.DISAGREES: {"disagrees": True},
    Bucket.CORRECTED: {"is_corrected": True},
    Bucket.FAVOURITES: {"is_favourite": True},
    Bucket.DUPLICATES: {"is_duplicate": True},
    Bucket.PROBLEMS: {"has_problem": True},
}


def found(rows: Rows, wanted: Filter) -> set[int]:
    mask = matching_rows(rows, wanted)
    assert mask.shape == (len(rows),)
    return set(rows.ids[mask].tolist())


def queried(database: Database, **wanted: Any) -> set[int]:
    return {one.id for one in samples(database, **wanted)}


@pytest.mark.parametrize("bucket", Bucket)
def test_a_bucket_holds_what_a_query_finds(library: Database, rows: Rows, bucket: Bucket) -> None:
    if bucket is Bucket.WAITING:  # which no query asks for
        wanted = {one.id for one in samples(library) if one.state is State.WAITING}
    else:
        wanted = queried(library, **QUERIES[bucket])
    assert wanted
    assert found(rows, Filter(bucket)) == wanted
    assert count_buckets(rows)[bucket] == len(wanted)


@pytest.mark.parametrize("threshold", [0.0, 0.8, 1.0])
def test_a_threshold_moves_samples_to_unsure(
    library: Database, rows: Rows, threshold: float
) -> None:
    rows.threshold = threshold
    for label in (*LABELS, UNSURE):
        wanted = queried(library, instruments=(label,), threshold=threshold)
        assert found(rows, Filter(Bucket(label))) == wanted


def test_every_bucket_is_counted(rows: Rows) -> None:
    counts = count_buckets(rows)
    assert set(counts) == set(Bucket)
    assert counts[Bucket.ALL] == len(rows)
    decided = sum(counts[Bucket(label)] for label in (*LABELS, UNSURE))
    assert decided == len(rows) - 3  # one is damaged, one waits, one is online only


def test_a_kind_is_of_what_is_other(library: Database, rows: Rows) -> None:
    counts = count_kinds(rows)
    for kind in KINDS:
        wanted = queried(library, kind=kind)
        assert found(rows, Filter(Bucket.OTHER, kind=kind)) == wanted
        assert counts.get(kind, 0) == len(wanted)
    assert counts
    assert list(counts.values()) == sorted(counts.values(), reverse=True)


def test_a_root_is_where_samples_lie(library: Database, rows: Rows) -> None:
    for root in roots(library):
        inside = queried(library, inside=root.path)
        assert 0 < len(inside) < len(rows)
        assert found(rows, Filter(root=root.id)) == inside
        kicks = queried(library, inside=root.path, instruments=("Kick",))
        assert found(rows, Filter(Bucket.KICK, root=root.id)) == kicks
    assert found(rows, Filter(root=99)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "kick",
        "KICK 1",
        "straße",
        "vol 9",
        "#punchy",
        "grandma's side",
        "ü",
        "100",
        "none",
        "\ufffd",
    ],
)
def test_words_find_what_a_query_finds(library: Database, rows: Rows, text: str) -> None:
    assert found(rows, Filter(text=text)) == queried(library, text=text)


def test_any_of_some_instruments(library: Database, rows: Rows) -> None:
    some = frozenset({"Kick", OTHER})
    wanted = queried(library, instruments=tuple(some))
    assert found(rows, Filter(instruments=some)) == wanted
    favourites = queried(library, is_favourite=True)
    assert found(rows, Filter(Bucket.FAVOURITES, instruments=some)) == wanted & favourites


@pytest.mark.parametrize(
    ("least", "most"), [(0.5, None), (None, 0.5), (0.8, 0.9), (0.8, 0.8), (0.9, 0.1)]
)
def test_a_range_includes_its_ends(
    library: Database, rows: Rows, least: float | None, most: float | None
) -> None:
    # Lengths here lie between 0 and 400 s.
    for factor, name in ((1, "confidence"), (400, "length_s")):
        low, high = (None if end is None else end * factor for end in (least, most))
        wanted = set()
        for one in samples(library):
            value = one.confidence if name == "confidence" else one.duration_s
            is_in = value is not None and (low is None or value >= low)
            if is_in and (high is None or value <= high):
                wanted.add(one.id)
        assert found(rows, Filter(**{name: Span(low, high)})) == wanted


def test_what_has_no_value_lies_in_an_open_range_only() -> None:
    values = np.array([0.29, np.nan, 2.0], np.float32)
    assert Span().is_open
    assert Span().holds(values).tolist() == [True, True, True]
    assert Span(0.0).holds(values).tolist() == [True, False, True]
    assert Span(None, 9.0).holds(values).tolist() == [True, False, True]
    assert Span(0.29, 0.29).holds(values).tolist() == [True, False, False]
    assert not Span(None, 0.0).is_open


def test_all_of_a_filter_must_hold(library: Database, rows: Rows) -> None:
    [first, _] = roots(library)
    whole = Filter(
        Bucket.CORRECTED,
        root=first.id,
        text="wav",
        instruments=frozenset((*INSTRUMENTS, OTHER)),
        confidence=Span(0.1),
        length_s=Span(None, 300.0),
    )
    wanted = {
        one.id
        for one in samples(library, is_corrected=True, inside=first.path, text="wav")
        if one.confidence and one.confidence >= 0.1 and one.duration_s and one.duration_s <= 300
    }
    assert wanted
    assert found(rows, whole) == wanted


@pytest.mark.parametrize(
    ("wanted", "narrows"),
    [
        (Filter(), False),
        (Filter(Bucket.KICK, kind="clap", root=1), False),
        (Filter(text="  "), False),
        (Filter(text="x"), True),
        (Filter(instruments=frozenset({"Kick"})), True),
        (Filter(confidence=Span(0.1)), True),
        (Filter(length_s=Span(None, 1.0)), True),
    ],
)
def test_a_filter_knows_whether_it_narrows(wanted: Filter, *, narrows: bool) -> None:
    assert wanted.narrows == narrows


def test_without_samples_all_counts_are_nought() -> None:
    assert count_buckets(Rows()) == dict.fromkeys(Bucket, 0)
    assert count_kinds(Rows()) == {}
    for bucket in Bucket:
        assert found(Rows(), Filter(bucket, text="x", confidence=Span(0.5))) == set()

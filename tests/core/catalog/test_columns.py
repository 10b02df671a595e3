"""The catalog by columns: the same that a query finds, one sample after the other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.catalog import columns
from app.core.catalog.columns import NUMBERS, Columns, load_columns
from app.core.catalog.database import Database
from app.core.catalog.marks import comment, correct, favour, tag
from app.core.catalog.problems import count_problems, obstacles, problems
from app.core.catalog.roots import forget_root, roots
from app.core.catalog.samples import code_of
from app.core.catalog.search import favourite_ids, find_numbered
from app.core.catalog.states import State
from app.core.sample import Sample
from classifier import KINDS, LABELS, Model
from tests.helpers.libraries import sample_at, samples, scanned, sound
from tests.helpers.trees import Link, make_tree

ODD = os.fsdecode(b"\xffno text.wav")
TREE = {
    "Kick 1.wav": sound(1),
    "deep/er/snare ä.wav": sound(2),
    f"deep/{ODD}": sound(3),
    "clap.wav": sound(4),
    "copy of clap.wav": sound(4),
    "a'b\"c\n.wav": sound(5),
    "empty.wav": b"",
}
# Half a step of what is kept of a value; and float32, which holds 7 digits.
STEPS = {
    "confidence": 1e-9,
    "duration_s": 1e-4,
    "root_hz": 1e-4,
    "peak_dbfs": 1e-3,
    "rms_dbfs": 1e-3,
    "centroid_hz": 1e-2,
}


@pytest.fixture(scope="module")
def library(
    tmp_path_factory: pytest.TempPathFactory, tiny: Model
) -> Iterator[tuple[Database, Path]]:
    """A catalog that the tests of this module only read."""
    folder = make_tree(tmp_path_factory.mktemp("columns") / "library", TREE)
    with Database.open(folder.parent / "catalog.sqlite") as database:
        scanned(database, tiny, folder)
        yield database, folder


@pytest.fixture
def folder(database: Database, tiny: Model, tmp_path: Path) -> Path:
    made = make_tree(tmp_path / "library", TREE)
    scanned(database, tiny, made)
    return made


def expected(database: Database, sample: Sample) -> dict[str, Any]:
    """Return what the columns should hold of a sample; -1 or NaN where there is nothing."""
    folders = columns.folder_names(database).items()
    [folder] = [at for at, (_, *parts) in folders if Path(*parts) == Path(sample.path).parent]
    [[model]] = database.rows(
        "SELECT (SELECT model FROM predictions WHERE sample = ?)", (sample.id,)
    )
    centroid = sample.descriptors and sample.descriptors.centroid_hz
    floats = {
        "confidence": sample.confidence,
        "duration_s": sample.duration_s,
        "root_hz": sample.root_note and sample.root_note.hz,
        "peak_dbfs": sample.peak_dbfs,
        "rms_dbfs": sample.rms_dbfs,
        "centroid_hz": centroid,
    }
    codes = {
        "model": model,
        "name_says": code_of(sample.name_says),
        "label": None if sample.label is None else LABELS.index(sample.label),
        "kind": None if sample.kind is None else KINDS.index(sample.kind),
        "is_stereo": sample.is_stereo,
    }
    return {
        "id": sample.id,
        "folder": folder,
        "added_s": int(sample.added_at),
        "state": sample.state,
        **{name: np.nan if value is None else value for name, value in floats.items()},
        **{name: -1 if code is None else code for name, code in codes.items()},
    }


def assert_holds(database: Database, loaded: Columns, wanted: list[Sample]) -> None:
    assert loaded.names == [Path(one.path).name for one in wanted]
    assert set(loaded.numbers) == set(NUMBERS)
    for at, sample in enumerate(wanted):
        for name, value in expected(database, sample).items():
            found = loaded.numbers[name][at]
            if name in STEPS:
                near = pytest.approx(value, rel=1e-7, abs=0.51 * STEPS[name], nan_ok=True)
                assert found == near, (name, sample)
            else:
                assert found == value, (name, sample)


@contextmanager
def for_a_moment(database: Database, sql: str, *values: object) -> Iterator[None]:
    """Change a catalog, and take it back."""

    with database.transaction() as connection:
        connection.execute("SAVEPOINT before")
        connection.execute(sql, values)
        try:
            yield
        finally:
            connection.execute("ROLLBACK TO before")


def by_number(database: Database) -> list[Sample]:
    return sorted(samples(database), key=lambda one: one.id)


def test_columns_hold_what_a_query_finds(library: tuple[Database, Path]) -> None:
    database, _ = library
    wanted = by_number(database)
    assert len(wanted) == len(TREE)
    assert ODD in [Path(one.path).name for one in wanted]
    assert {one.state for one in wanted} == {State.DONE, State.PROBLEM}
    assert_holds(database, load_columns(database), wanted)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("peak_dbfs", -6.0206),
        ("peak_dbfs", 0.0),
        ("peak_dbfs", 3.0102),
        ("peak_dbfs", -897.3),
        ("peak_dbfs", None),
        ("rms_dbfs", -0.0004),
        ("duration_s", 0.29),  # times 10,000 it is a little less than 2,900
        ("duration_s", 1e-5),
        ("duration_s", 36_000.123),
        ("duration_s", None),
        ("root_hz", 27.5),
        ("root_hz", None),
        ("centroid_hz", 20_000.0),
        ("centroid_hz", 0.0),
        ("centroid_hz", None),
        ("is_stereo", 1),
        ("is_stereo", 0),
        ("is_stereo", None),
        ("name_says", 20),
        ("name_says", 0),
        ("name_says", None),
        ("added_at", 0.99),
        ("added_at", 4e9),
        ("state", State.ONLINE_ONLY),
        ("state", State.WAITING),
    ],
)
def test_every_value_and_none_arrive(
    library: tuple[Database, Path], column: str, value: float | None
) -> None:
    database, _ = library
    name = {"added_at": "added_s"}.get(column, column)
    with for_a_moment(database, f"UPDATE samples SET {column} = ? WHERE id = 2", value):
        loaded = load_columns(database)
    assert loaded.numbers["id"].tolist() == [one.id for one in by_number(database)]
    found = loaded.numbers[name][1]
    if value is None:
        assert np.isnan(found) if name in STEPS else found == -1
    elif name in STEPS:
        # Rounded, not cut off.
        assert found == pytest.approx(value, rel=1e-7, abs=0.51 * STEPS[name])
    else:
        assert found == int(value)


def test_a_length_that_nobody_can_believe_is_only_long(library: tuple[Database, Path]) -> None:
    database, _ = library
    with for_a_moment(database, "UPDATE samples SET duration_s = 2e14"):
        assert (load_columns(database).numbers["duration_s"] == 400_000).all()


@pytest.mark.parametrize("confidence", [0.8, 0.8179370760917664, 0.5, 0.0, 1.0, 1 / 3])
def test_a_confidence_is_as_exact_as_float32(
    library: tuple[Database, Path], confidence: float
) -> None:
    database, _ = library
    with for_a_moment(database, "UPDATE predictions SET confidence = ?", confidence):
        found = load_columns(database).numbers["confidence"]
    heard = found[~np.isnan(found)]
    assert len(heard) == len(TREE) - 1
    assert (heard == np.float32(confidence)).all()


@pytest.mark.parametrize("wanted", [[], [1], [4, 2], [3, 3], [2, 99], [99]])
def test_some_samples_are_the_same_as_among_all(
    library: tuple[Database, Path], wanted: list[int]
) -> None:
    database, _ = library
    some = [one for one in by_number(database) if one.id in wanted]
    assert_holds(database, load_columns(database, wanted), some)


def test_an_empty_catalog_has_empty_columns(database: Database) -> None:
    loaded = load_columns(database)
    assert loaded.names == []
    assert {name: len(values) for name, values in loaded.numbers.items()} == dict.fromkeys(
        NUMBERS, 0
    )
    assert columns.ids_above(database, 0) == []
    assert columns.contents_of(database) == []
    numbers, texts = columns.texts_of(database)
    assert (len(numbers), texts) == (0, b"")
    empty = columns.empty()
    assert {name: (len(values), values.dtype) for name, values in empty.items()} == {
        name: (0, values.dtype) for name, values in loaded.numbers.items()
    }


def test_what_has_vanished_is_not_listed(library: tuple[Database, Path]) -> None:
    database, folder = library
    clap = sample_at(database, folder / "clap.wav")
    assert find_numbered(database, clap.id) == clap
    sql = f"UPDATE samples SET state = {State.VANISHED:d} WHERE id = ?"
    with for_a_moment(database, sql, clap.id):
        assert clap.id not in load_columns(database).numbers["id"]
        assert load_columns(database, [clap.id]).names == []
        assert find_numbered(database, clap.id) is None
        assert_holds(database, load_columns(database), by_number(database))


def test_a_sample_is_found_by_its_number(library: tuple[Database, Path]) -> None:
    database, _ = library
    for sample in samples(database):
        assert find_numbered(database, sample.id) == sample
    assert find_numbered(database, 10_000) is None


def test_what_came_after_another(library: tuple[Database, Path]) -> None:
    database, _ = library
    numbers = sorted(one.id for one in samples(database))
    assert columns.ids_above(database, 0) == numbers
    assert columns.ids_above(database, numbers[2]) == numbers[3:]
    assert columns.ids_above(database, numbers[-1]) == []


def test_folders_and_models_by_number(library: tuple[Database, Path], tiny: Model) -> None:
    database, folder = library
    [root] = roots(database)
    found = columns.folder_names(database).values()
    assert sorted(found) == [(root.id, str(folder), below) for below in ("", "deep", "deep/er")]
    assert list(columns.model_thresholds(database).values()) == [tiny.card.threshold]


def test_what_was_said_is_told_of_each_sample(database: Database, folder: Path) -> None:
    clap, kick = (sample_at(database, folder / name) for name in ("clap.wav", "Kick 1.wav"))
    correct(database, [clap], "Snare")
    tag(database, [clap], add=["b", "a"])
    tag(database, [kick], add=["c"])
    favour(database, [kick, sample_at(database, folder / f"deep/{ODD}")], is_favourite=True)
    everything = {one.id: one for one in samples(database)}
    corrections = {number: LABELS[label] for number, label in columns.corrections_of(database)}
    assert corrections == {one.id: "Snare" for one in everything.values() if one.correction}
    assert len(corrections) == 2
    tags = {number: tuple(json.loads(found)) for number, found in columns.tags_of(database)}
    assert tags == {one.id: one.tags for one in everything.values() if one.tags}
    favourites = {one.id for one in everything.values() if one.is_favourite}
    assert set(favourite_ids(database)) == favourites
    assert len(favourites) == 2
    known = {one.id: one.content for one in everything.values() if one.content}
    assert dict(columns.contents_of(database)) == known
    some = sorted(known)[1:3]
    assert columns.contents_of(database, some) == [(number, known[number]) for number in some]


def test_texts_come_in_the_order_of_their_numbers(library: tuple[Database, Path]) -> None:
    database, _ = library
    known = dict(database.rows("SELECT sample, text FROM texts"))
    for ids, wanted in ((None, sorted(known)), ([5, 2, 77], [2, 5])):
        numbers, texts = columns.texts_of(database, ids)
        assert numbers.tolist() == wanted
        assert texts.decode().split("\0") == [known[number] for number in wanted] + [""]


def test_a_byte_0_in_a_comment_does_not_shift_the_texts(database: Database, folder: Path) -> None:
    comment(database, [sample_at(database, folder / "Kick 1.wav")], "before\0after")
    numbers, texts = columns.texts_of(database)
    assert texts.count(0) == len(numbers) == len(TREE)
    number = sample_at(database, folder / "Kick 1.wav").id
    text = texts.split(b"\0")[numbers.tolist().index(number)]
    assert b"kick 1.wav" in text
    assert b"after" in text


def test_obstacles_are_folders_and_links_and_no_samples(
    database: Database, tiny: Model, tmp_path: Path
) -> None:
    tree = {
        "a.wav": sound(1),
        "empty.wav": b"",
        "sub/nowhere.wav": Link("not there.wav"),
        "leads nowhere.wav": Link("not there.wav"),
    }
    folder = make_tree(tmp_path / "library", tree)
    scanned(database, tiny, folder)
    found = obstacles(database)
    places = [str(folder / "leads nowhere.wav"), str(folder / "sub/nowhere.wav")]
    assert [path for path, _ in found] == places
    assert all(sentence.endswith(".") for _, sentence in found)
    assert set(problems(database)) - set(found) == {
        (one.path, one.problem) for one in samples(database, has_problem=True)
    }
    [root] = roots(database)
    assert count_problems(database, [root.id]) == 3
    forget_root(database, root)
    assert obstacles(database) == []

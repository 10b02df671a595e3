"""Rows in memory: they say what the catalog says, and grow as it grows."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from app.core.browsing.loading import Deepened, Loaded, Said, deepen, load, load_said
from app.core.browsing.rows import UNKNOWN_CODE, UNSURE_CODE, Rows
from app.core.browsing.text_search import Texts
from app.core.catalog.columns import Columns, empty, texts_of
from app.core.catalog.database import Database
from app.core.catalog.marks import correct, favour, favour_paths, set_corrections, tag
from app.core.catalog.roots import roots
from app.core.catalog.states import State
from app.core.natural import natural_ranks
from app.core.sample import Sample
from classifier import LABELS, UNSURE, Model
from tests.core.browsing.conftest import THRESHOLDS
from tests.helpers.decisions import decision_name
from tests.helpers.libraries import sample_at, samples, scanned, sound
from tests.helpers.trees import make_tree

Change = Callable[[Database, Path], None]


def by_number(database: Database, **wanted: float) -> list[Sample]:
    return sorted(samples(database, **wanted), key=lambda one: one.id)


def assert_alike(rows: Rows, other: Rows) -> None:
    """Fail unless both show the same."""
    assert rows.ids.tolist() == other.ids.tolist()
    assert rows.names == other.names
    for name in empty():
        assert np.array_equal(rows[name], other[name], equal_nan=name.endswith(("s", "z", "ce")))
    assert rows.correction.tolist() == other.correction.tolist()
    assert rows.is_favourite.tolist() == other.is_favourite.tolist()
    assert rows.tags == other.tags
    assert rows.problems == other.problems
    for row in range(len(rows)):
        assert rows.path(row) == other.path(row)
    assert rows.name_ranks().tolist() == other.name_ranks().tolist()


def taken(database: Database) -> Rows:
    rows = Rows()
    rows.take(load(database))
    rows.deepen(deepen(database, rows.names))
    return rows


def test_rows_say_what_a_query_finds(library: Database, rows: Rows) -> None:
    wanted = by_number(library)
    assert rows.ids.tolist() == [one.id for one in wanted]
    assert len(rows) == len(wanted)
    for row, sample in enumerate(wanted):
        assert rows.path(row) == sample.path
        assert rows.name_says(row) == sample.name_says
        assert rows.kind(row) == sample.kind
        assert bool(rows.is_favourite[row]) == sample.is_favourite
        assert rows.tags.get(row, ()) == sample.tags
        assert bool(rows.has_problem()[row]) == (sample.problem is not None)
        assert rows.problems.get(row) == sample.problem
        assert bool(rows.waits()[row]) == (sample.state is State.WAITING)
        assert rows.contents.get(sample.id) == sample.content
    assert rows.is_favourite.sum() == 4
    assert len(rows.tags) > 10
    duplicates = {one.id for one in samples(library, is_duplicate=True)}
    assert set(rows.ids[rows.is_duplicate].tolist()) == duplicates
    assert len(duplicates) == 4


@pytest.mark.parametrize("threshold", [None, 0.0, 0.35, 0.8, 1.0])
def test_decisions_are_those_of_the_samples(
    library: Database, rows: Rows, threshold: float | None
) -> None:
    rows.threshold = threshold
    wanted = by_number(library) if threshold is None else by_number(library, threshold=threshold)
    names = [decision_name(int(code)) for code in rows.decisions()]
    assert names == [one.decision for one in wanted]
    assert rows.decisions().tolist() == [rows.decision_of(row) for row in range(len(rows))]
    if threshold is None:
        assert set(names) == {*LABELS, UNSURE, None}
        least = {one.threshold for one in wanted} - {None}
        assert least == set(THRESHOLDS)  # some are exactly as sure as that


def test_what_disagrees_is_what_the_samples_say(library: Database, rows: Rows) -> None:
    wanted = [one.disagrees for one in by_number(library)]
    assert rows.disagrees().tolist() == wanted
    assert [rows.disagrees_at(row) for row in range(len(rows))] == wanted
    assert 0 < sum(wanted) < len(wanted)


def test_a_decision_has_a_name() -> None:
    assert [decision_name(code) for code in range(UNKNOWN_CODE, UNSURE_CODE + 1)] == [
        None,
        *LABELS,
        UNSURE,
    ]


def test_samples_that_are_not_there_have_no_row(rows: Rows) -> None:
    ids = rows.ids.tolist()
    gone = next(number for number in range(ids[0], ids[-1]) if number not in ids)
    asked = [ids[4], 0, ids[2], gone, ids[-1], ids[-1] + 1, ids[0]]
    assert rows.rows_of(asked).tolist() == [4, 2, len(ids) - 1, 0]
    assert rows.rows_of(np.array([], np.int64)).tolist() == []
    assert (rows.row_of(ids[3]), rows.row_of(gone), rows.row_of(-1)) == (3, None, None)


def test_without_samples_all_is_empty(database: Database) -> None:
    for rows in (Rows(), taken(database)):
        assert len(rows) == 0
        assert rows.rows_of([1, 2]).tolist() == []
        assert rows.row_of(1) is None
        for masks in (rows.decisions(), rows.disagrees(), rows.has_problem(), rows.name_ranks()):
            assert len(masks) == 0
        assert len(rows.folder_ranks()) == 0
        assert rows.count_roots() == {}
        assert rows.search.find("x", 0).tolist() == []


def test_folders_are_told_from_their_own_name_on(library: Database, rows: Rows) -> None:
    for row, sample in enumerate(by_number(library)):
        [root] = [one for one in roots(library) if sample.path.startswith(one.path)]
        above = Path(root.path).parent
        assert rows.folder(row) == Path(sample.path).parent.relative_to(above).as_posix()
        assert [bool(rows.in_roots([one.id])[row]) for one in roots(library)] == [
            one.id == root.id for one in roots(library)
        ]
    assert {rows.folder(row) for row in range(len(rows))} >= {"Loops", "Loops/Vol 9", "Packs/Vol 2"}
    listed = {root.id: int(rows.in_roots([root.id]).sum()) for root in roots(library)}
    assert rows.count_roots() == listed
    assert sum(listed.values()) == len(rows)


def test_ranks_are_the_places_among_all(rows: Rows) -> None:
    assert natural_ranks(["b", "a", "b", "c"]).tolist() == [1, 0, 1, 2]
    ranks = rows.folder_ranks()
    by_folder = {rows.folder(row): int(ranks[row]) for row in range(len(rows))}
    assert sorted(by_folder, key=lambda name: by_folder[name]) == [
        "Loops",
        "Loops/Vol 9",
        "Loops/Vol 10",
        "Packs",
        "Packs/Vol 2",
    ]


def test_what_is_said_is_shown_of_copies_as_well(library: Database, rows: Rows) -> None:
    by_name = {name: row for row, name in enumerate(rows.names)}
    one, copy = by_name["snare 1.wav"], by_name["Kick 1 again.wav"]
    alone = by_name["hat closed 11.wav"]
    before = rows.correction.copy()
    rows.correct(rows.ids[[alone, copy]], np.array([3, 4], np.int8))
    assert (rows.correction[alone], rows.correction[copy], rows.correction[one]) == (3, 4, 4)
    rows.correct([int(rows.ids[one])], np.array([-1], np.int8))
    changed = np.flatnonzero(rows.correction != before)
    assert set(changed.tolist()) <= {alone, one, copy}
    assert (rows.correction[one], rows.correction[copy]) == (-1, -1)


def test_what_was_shown_in_advance_is_what_the_catalog_says_then(
    database: Database, tiny: Model, tmp_path: Path
) -> None:
    tree = {f"{n}.wav": sound(n % 3) for n in range(7)} | {"bad.wav": b""}
    scanned(database, tiny, make_tree(tmp_path / "library", tree))
    rows = taken(database)
    rng = random.Random(3)
    heard = [row for row in range(len(rows)) if rows["label"][row] >= 0]
    for _ in range(12):
        chosen = rng.sample(heard, rng.randint(1, 4))
        ids, codes = rows.ids[chosen], [rng.randint(-1, 5) for _ in chosen]
        rows.correct(ids, np.array(codes, np.int8))
        wanted = {
            rows.contents[int(number)]: LABELS[code] if code >= 0 else None
            for number, code in zip(ids, codes, strict=True)
        }
        set_corrections(database, wanted)
        shown = rows.correction.tolist()
        rows.hear(load_said(database))
        assert rows.correction.tolist() == shown


def new_files(database: Database, folder: Path) -> None:
    make_tree(folder, {"aa.wav": sound(50), "new/kick 1.wav": sound(51), "empty.wav": b""})


def a_changed_file(database: Database, folder: Path) -> None:
    (folder / "b 10.wav").write_bytes(sound(60, seconds=0.2))


def a_moved_file(database: Database, folder: Path) -> None:
    (folder / "sub").mkdir()
    (folder / "b 10.wav").rename(folder / "sub/z 1.wav")


def something_said(database: Database, folder: Path) -> None:
    one = [sample_at(database, folder / "b 2.wav")]
    correct(database, one, "808")
    tag(database, one, add=["x"])
    favour(database, one, is_favourite=True)


@pytest.mark.parametrize(
    "change",
    [new_files, a_changed_file, a_moved_file, something_said],
    ids=lambda one: one.__name__,
)
def test_rows_that_have_grown_are_as_if_read_anew(
    database: Database, tiny: Model, tmp_path: Path, change: Change
) -> None:
    tree = {"a.wav": sound(1), "b 2.wav": sound(2), "b 10.wav": sound(3), "copy.wav": sound(1)}
    folder = make_tree(tmp_path / "library", tree)
    scanned(database, tiny, folder)
    rows = taken(database)
    rows.name_ranks()
    newest = int(rows.ids[-1])
    change(database, folder)
    scanned(database, tiny)
    everything = [one.id for one in samples(database)]
    random.Random(1).shuffle(everything)
    assert rows.merge(load(database, everything)) == (change is new_files)
    assert np.all(np.diff(rows.ids) > 0)
    assert int(rows.ids[-1]) >= newest
    assert len(rows.is_duplicate) == len(rows.decisions()) == len(rows)
    anew = taken(database)
    assert_alike(rows, anew)
    rows.find_in(Texts(*texts_of(database, everything)))
    for word in ("wav", "z 1", "new", "x", "10", "#x"):
        found = [each.search.find(word, len(each)).tolist() for each in (rows, anew)]
        assert found[0] == found[1], word


def test_rows_grow_from_nothing(database: Database, tiny: Model, tmp_path: Path) -> None:
    scanned(database, tiny, make_tree(tmp_path / "library", {"a.wav": sound(1)}))
    rows = Rows()
    assert rows.merge(load(database))
    assert not rows.merge(load(database))
    assert not rows.merge(load(database, []))
    assert_alike(rows, taken(database))


def test_a_scan_tells_what_is_in_the_catalog_by_now(
    database: Database, tiny: Model, tmp_path: Path
) -> None:
    tree = {f"{n}.wav": sound(n) for n in range(20)} | {"bad.wav": b"x"}
    folder = make_tree(tmp_path / "library", tree)
    told: list[int] = []
    rows = Rows()

    def stored(ids: list[int]) -> None:
        loaded = load(database, ids)
        assert set(loaded.columns.numbers["state"].tolist()) <= {State.DONE, State.PROBLEM}
        assert sorted(ids) == loaded.columns.numbers["id"].tolist()
        rows.merge(loaded)
        told.extend(ids)

    scanned(database, tiny, folder, stored=stored)
    assert sorted(told) == sorted(one.id for one in samples(database))
    assert_alike(rows, taken(database))
    told.clear()
    (folder / "bad.wav").unlink()  # else each scan looks whether it can be read by now
    scanned(database, tiny, stored=stored)
    assert told == []
    (folder / "3.wav").write_bytes(sound(99))
    scanned(database, tiny, stored=stored)
    assert told == [sample_at(database, folder / "3.wav").id]


def test_an_older_sample_that_has_come_back_does_not_upset_the_order(
    database: Database, tiny: Model, tmp_path: Path
) -> None:
    folder = make_tree(tmp_path / "library", {f"{n}.wav": sound(n) for n in range(5)})
    scanned(database, tiny, folder)
    ids = [one.id for one in by_number(database)]
    with database.transaction() as connection:
        connection.execute("UPDATE samples SET state = 4 WHERE id = ?", (ids[1],))
    rows = taken(database)
    with database.transaction() as connection:
        connection.execute("UPDATE samples SET state = 1 WHERE id = ?", (ids[1],))
    assert not rows.merge(load(database, ids))
    assert rows.ids.tolist() == [ids[0], *ids[2:]]
    rows.find_in(Texts(*texts_of(database, ids)))
    assert rows.search.find(".wav", 4).all()
    rows.take(load(database))
    assert rows.ids.tolist() == ids


def test_what_has_vanished_does_not_hide_the_others_from_the_search(
    database: Database, tiny: Model, tmp_path: Path
) -> None:
    folder = make_tree(tmp_path / "library", {f"{n}.wav": sound(n) for n in range(5)})
    scanned(database, tiny, folder)
    with database.transaction() as connection:
        connection.execute("UPDATE samples SET state = 4 WHERE name = CAST('1.wav' AS BLOB)")
    rows = taken(database)
    assert rows.names == ["0.wav", "2.wav", "3.wav", "4.wav"]
    for row, name in enumerate(rows.names):
        assert np.flatnonzero(rows.search.find(name, 4)).tolist() == [row]
    assert not rows.search.find("1.wav", 4).any()


def test_a_folder_that_is_gone_still_has_its_rows(
    database: Database, tiny: Model, tmp_path: Path
) -> None:
    folder = make_tree(tmp_path / "library", {"a/1.wav": sound(1), "b/2.wav": sound(2)})
    scanned(database, tiny, folder)
    rows = taken(database)
    shown = {rows.folder(row): row for row in range(2)}
    assert set(shown) == {"a", "b"}  # of one root there is no need to say which
    (folder / "a/1.wav").unlink()
    scanned(database, tiny)
    rows.merge(load(database, []))
    row = shown["a"]
    assert rows.path(row) == str(folder / "a/1.wav")
    assert rows.folder(row) == "a"
    assert len(rows.folder_ranks()) == 2
    assert sum(rows.count_roots().values()) == 2
    rows.take(load(database))
    assert [rows.folder(row) for row in range(len(rows))] == ["b"]


def test_favourites_are_paths_and_not_names(
    database: Database, tiny: Model, tmp_path: Path
) -> None:
    odd = os.fsdecode(b"\xff.wav")
    tree = {"a/1.wav": sound(1), "b/1.wav": sound(2), f"a/{odd}": sound(3), f"b/{odd}": sound(4)}
    folder = make_tree(tmp_path / "library", tree)
    scanned(database, tiny, folder)
    wanted = {str(folder / "b/1.wav"), str(folder / "a" / odd)}
    rows = taken(database)
    favour_paths(database, [*wanted, "/not/there.wav"], is_favourite=True)
    rows.hear(load_said(database))
    assert {rows.path(int(row)) for row in np.flatnonzero(rows.is_favourite)} == wanted
    rows.hear(Said())
    assert not rows.is_favourite.any()


def test_what_was_said_of_samples_that_are_not_there_is_passed_over(rows: Rows) -> None:
    last = int(rows.ids[-1])
    rows.hear(Said([(last + 1, 2), (last, 3), (0, 1)], [(last + 5, '["x"]'), (last, '["y"]')]))
    assert np.flatnonzero(rows.correction >= 0).tolist() == [len(rows) - 1]
    assert rows.tags == {len(rows) - 1: ("y",)}


def test_what_came_since_is_left_to_the_next_look() -> None:
    rows = Rows()
    rows.take(Loaded(Columns(empty(), []), {}, {}, [(3, "It is damaged.")], Said()))
    late = {name: np.array([3]) for name in ("id", "added_s")}
    twins = np.array([[3, 0]])
    texts = Texts(np.array([3]), b"text\0")
    rows.deepen(Deepened(texts, {3: b"c"}, twins, [3], late, ["x"], np.zeros(1, np.int32)))
    assert len(rows) == 0
    assert rows.is_duplicate.tolist() == []
    assert rows.problems == {}

"""Finding samples: each filter, each order, and words as anybody types them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.catalog.database import Database
from app.core.catalog.marks import comment, correct, favour, tag
from app.core.catalog.search import SORTS, Query, counts, find, find_ids, matching
from classifier import INSTRUMENTS, LABELS, OTHER, UNSURE, load_model
from tests.helpers.libraries import listed, sample_at, samples, scanned
from tests.helpers.sounds import encode, noise, silence, sine
from tests.helpers.trees import Link, make_tree

NAMES = [
    "Kicks/kick 2.wav",
    "Kicks/kick 10.wav",
    "Kicks/Snare in between.wav",
    "Vinyl Crates/Café clap.wav",
    "Vinyl Crates/STRASSE.wav",
    "Vinyl Crates/100%_real.wav",
    'Vinyl Crates/"quoted" name.wav',
    "日本/太鼓.wav",
    "x.wav",
    "silence.wav",
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Path]]:
    """A catalog of ten sounds, with what was said of some."""
    folder = tmp_path_factory.mktemp("library")
    tree = {
        name: encode(noise(0.02 * (n + 1), 8_000, seed=n), 8_000) for n, name in enumerate(NAMES)
    }
    tree["x.wav"] = encode(sine(60.0, 1.0, 8_000), 8_000)
    tree["silence.wav"] = encode(silence(0.01, 8_000), 8_000)
    make_tree(folder, {**tree, "copy of x.wav": tree["x.wav"], "bad.wav": b"?"})
    with Database.open(folder.parent / "search.sqlite") as database:
        scanned(database, load_model(), folder)
        correct(database, [sample_at(database, folder / "Kicks/kick 2.wav")], "808")
        tag(database, [sample_at(database, folder / "Kicks/kick 10.wav")], add=["Punchy", "todo"])
        tag(database, [sample_at(database, folder / "Vinyl Crates/STRASSE.wav")], add=["todo"])
        comment(database, [sample_at(database, folder / "x.wav")], "from Grandma's tape")
        favour(database, [sample_at(database, folder / "x.wav")], is_favourite=True)
        yield database, folder


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("kick", ["Kicks/kick 2.wav", "Kicks/kick 10.wav", "Kicks/Snare in between.wav"]),
        ("KICK 10", ["Kicks/kick 10.wav"]),
        ("10 kick", ["Kicks/kick 10.wav"]),
        ("snare kicks", ["Kicks/Snare in between.wav"]),
        ("ca", ["Vinyl Crates/Café clap.wav"]),
        ("cafe\u0301", ["Vinyl Crates/Café clap.wav"]),
        ("straße", ["Vinyl Crates/STRASSE.wav"]),
        ("100%_", ["Vinyl Crates/100%_real.wav"]),
        ('"quoted"', ['Vinyl Crates/"quoted" name.wav']),
        ('"', ['Vinyl Crates/"quoted" name.wav']),
        ("太", ["日本/太鼓.wav"]),
        ("日本", ["日本/太鼓.wav"]),
        ("grandma", ["copy of x.wav", "x.wav"]),
        ("punchy", ["Kicks/kick 10.wav"]),
        ("nothing like it", []),
        ("kick OR x", []),
        ("vinyl*", []),
    ],
)
def test_words_are_found_wherever_they_are(
    library: tuple[Database, Path], text: str, found: list[str]
) -> None:
    database, folder = library
    assert listed(database, folder, text=text) == found


@given(st.text(alphabet="kic wavKS 10/%_\"'x", max_size=9))
def test_every_word_is_somewhere_in_what_is_found(
    library: tuple[Database, Path], text: str
) -> None:
    database, _ = library
    texts = dict(database.rows("SELECT sample, text FROM texts"))
    words = text.casefold().split()
    expected = {number for number, said in texts.items() if all(word in said for word in words)}
    assert set(find_ids(database, Query(text=text))) == expected
    if words:
        assert set(matching(database, text)) == expected


def test_a_decision_is_the_correction_else_the_sound(library: tuple[Database, Path]) -> None:
    database, folder = library
    everything = samples(database)
    for label in (*LABELS, UNSURE):
        expected = {one.id for one in everything if one.decision == label}
        assert {one.id for one in samples(database, instruments=(label,))} == expected
    assert "Kicks/kick 2.wav" in listed(database, folder, instruments=("808",))
    assert listed(database, folder, is_corrected=True) == ["Kicks/kick 2.wav"]
    assert sum(counts(database).values()) == len(everything) - 1


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
def test_a_threshold_decides_what_is_unsure(
    library: tuple[Database, Path], threshold: float
) -> None:
    database, _ = library
    unsure = samples(database, instruments=(UNSURE,), threshold=threshold)
    assert len(unsure) == counts(database, threshold).get(UNSURE, 0)
    assert all(one.confidence is not None and one.confidence < threshold for one in unsure)
    assert {one.threshold for one in unsure} <= {threshold}


def test_kinds_problems_duplicates_tags_and_favourites(library: tuple[Database, Path]) -> None:
    database, folder = library
    assert listed(database, folder, has_problem=True) == ["bad.wav"]
    assert listed(database, folder, is_duplicate=True) == ["copy of x.wav", "x.wav"]
    assert listed(database, folder, is_favourite=True) == ["x.wav"]
    assert listed(database, folder, tags=("todo",)) == [
        "Kicks/kick 10.wav",
        "Vinyl Crates/STRASSE.wav",
    ]
    assert listed(database, folder, tags=("todo", "Punchy")) == ["Kicks/kick 10.wav"]
    for one in samples(database):
        if one.decision == OTHER and one.kind:
            assert one.id in {found.id for found in samples(database, kind=one.kind)}


def test_a_link_is_no_duplicate(tmp_path: Path) -> None:
    folder = make_tree(
        tmp_path / "library", {"a.wav": encode(sine(60.0, 0.1)), "b.wav": Link("a.wav")}
    )
    make_tree(folder, {"empty 1.wav": b"", "empty 2.wav": b""})
    with Database.open(tmp_path / "c.sqlite") as database:
        scanned(database, load_model(), folder)
        assert len(samples(database)) == 4
        assert samples(database, is_duplicate=True) == []


def test_a_disagreement_is_of_name_and_sound(library: tuple[Database, Path]) -> None:
    database, _ = library
    disagreeing = {one.id for one in samples(database, disagrees=True)}
    for one in samples(database):
        says = one.name_says
        differs = says is not None and one.label is not None and says.label != one.label
        differs = differs and one.correction is None
        assert (one.id in disagreeing) == differs == one.disagrees
    assert disagreeing


@pytest.mark.parametrize("inside", ["Kicks", "Kicks/", "Kicks/../Kicks", "Kick", "x.wav", ""])
def test_inside_is_a_folder_or_a_file(library: tuple[Database, Path], inside: str) -> None:
    database, folder = library
    found = listed(database, folder, inside=f"{folder}/{inside}")
    everything = listed(database, folder)
    wanted = inside.split("/", maxsplit=1)[0]
    assert found == [
        name for name in everything if not wanted or name == wanted or name.startswith(f"{wanted}/")
    ]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", SORTS)
def test_every_order_lists_all_and_can_be_turned_round(
    library: tuple[Database, Path], sort: str, descending: bool
) -> None:
    database, _ = library
    ordered = samples(database, sort=sort, descending=descending)
    assert len(ordered) == 12
    values = {
        "confidence": [one.confidence for one in ordered],
        "length": [one.duration_s for one in ordered],
        "peak": [one.peak_dbfs for one in ordered],
        "size": [one.size for one in ordered],
    }.get(sort, [])
    known = [value for value in values if value is not None]
    assert known == sorted(known, reverse=descending)
    assert values[: len(known)] == known  # what has no value comes last


def test_names_are_in_natural_order(library: tuple[Database, Path]) -> None:
    database, folder = library
    assert listed(database, folder, inside=str(folder / "Kicks"), sort="name") == [
        "Kicks/kick 2.wav",
        "Kicks/kick 10.wav",
        "Kicks/Snare in between.wav",
    ]


def test_the_sort_by_instrument_groups_and_ends_with_the_unsure(
    library: tuple[Database, Path],
) -> None:
    database, _ = library
    decisions = [one.decision for one in samples(database, sort="instrument") if one.decision]
    order = [*INSTRUMENTS, OTHER, UNSURE]
    assert [order.index(name) for name in decisions] == sorted(map(order.index, decisions))


def test_rows_come_one_by_one(library: tuple[Database, Path]) -> None:
    database, _ = library
    assert next(find(database, Query())).id

"""What the user says, and how it travels."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from app.cli.output import Format
from app.cli.samples import header, line
from app.core.catalog.database import Database
from app.core.catalog.marks import (
    comment,
    comments_among,
    correct,
    favour,
    favour_paths,
    set_comments,
    set_corrections,
    set_tags,
    tag,
    tags_among,
)
from app.core.catalog.portable import (
    Said,
    in_a_cell,
    read_said,
    take,
    values_of,
    without_samples,
)
from app.core.catalog.roots import forget_root, roots
from app.core.errors import AppError
from app.core.jobs import Job
from app.core.scan import look
from classifier import LABELS, Model
from tests.helpers.libraries import sample_at, samples, scanned, sound
from tests.helpers.trees import make_tree


@pytest.fixture
def folder(database: Database, tiny: Model, tmp_path: Path) -> Path:
    tree = {"a.wav": sound(1), "b.wav": sound(2), "copy of a.wav": sound(1), "bad.wav": b"x"}
    made = make_tree(tmp_path / "library", tree)
    scanned(database, tiny, made)
    return made


def test_a_correction_wins_and_can_be_taken_back(database: Database, folder: Path) -> None:
    a = sample_at(database, folder / "a.wav")
    correct(database, [a], "Open hat")
    for name in ("a.wav", "copy of a.wav"):
        assert sample_at(database, folder / name).decision == "Open hat"
    correct(database, [a], "Other")
    assert sample_at(database, folder / "a.wav").decision == "Other"
    correct(database, [a], None)
    assert sample_at(database, folder / "a.wav") == a


def test_tags_come_and_go_and_are_searched(database: Database, folder: Path) -> None:
    both = [sample_at(database, folder / name) for name in ("a.wav", "b.wav")]
    tag(database, both, add=["  very   punchy ", "todo"])
    assert sample_at(database, folder / "b.wav").tags == ("todo", "very punchy")
    assert len(samples(database, text="punchy")) == 3
    tag(database, both, add=["todo"], remove=["very punchy", "never there"])
    assert sample_at(database, folder / "a.wav").tags == ("todo",)
    assert samples(database, text="punchy") == []


@pytest.mark.parametrize("name", ["", "  ", "a; b"])
def test_a_tag_that_is_no_name_is_refused(database: Database, folder: Path, name: str) -> None:
    with pytest.raises(AppError, match="A tag is a name"):
        tag(database, samples(database, text="b.wav"), add=[name])


def test_a_comment_is_replaced_and_taken_off(database: Database, folder: Path) -> None:
    b = [sample_at(database, folder / "b.wav")]
    comment(database, b, "Erste Zeile\nzweite")
    assert samples(database, text="zweite")
    comment(database, b, "  ")
    assert sample_at(database, folder / "b.wav").comment == ""
    assert samples(database, text="zweite") == []


def test_a_favourite_is_a_file_and_not_its_copies(database: Database, folder: Path) -> None:
    favour(database, [sample_at(database, folder / "a.wav")], is_favourite=True)
    assert sample_at(database, folder / "a.wav").is_favourite
    assert not sample_at(database, folder / "copy of a.wav").is_favourite
    favour(database, [sample_at(database, folder / "a.wav")], is_favourite=False)
    assert samples(database, is_favourite=True) == []


def test_nothing_can_be_said_of_what_nobody_could_read(database: Database, folder: Path) -> None:
    bad = sample_at(database, folder / "bad.wav")
    assert bad.content is None
    with pytest.raises(AppError, match="cannot be read as sound"):
        correct(database, [bad], "Kick")


def contents_at(database: Database, folder: Path) -> tuple[bytes, bytes]:
    """Return the contents of two of the files, of which the first has a copy."""
    found = [sample_at(database, folder / name).content for name in ("a.wav", "b.wav")]
    assert found[0]
    assert found[1]
    return found[0], found[1]


def corrections_among(database: Database, contents: Iterable[bytes]) -> dict[bytes, str | None]:
    """Return what was said of each content; None where nothing."""
    known = dict(database.rows("SELECT content, label FROM corrections"))
    return {one: LABELS[known[one]] if one in known else None for one in contents}


def test_contents_are_each_corrected_to_something_else(database: Database, folder: Path) -> None:
    a, b = contents_at(database, folder)
    assert corrections_among(database, [a, b]) == {a: None, b: None}
    set_corrections(database, {a: "Kick", b: "Other", b"of no file": "808"})
    wanted = {b: "Other", b"of no file": "808", b"never heard of": None, a: "Kick"}
    assert corrections_among(database, wanted) == wanted
    for name in ("a.wav", "copy of a.wav"):
        assert sample_at(database, folder / name).correction == "Kick"
    set_corrections(database, {a: "Snare", b: None})
    assert corrections_among(database, [a, b]) == {a: "Snare", b: None}
    assert sample_at(database, folder / "b.wav").correction is None
    set_corrections(database, {})
    assert corrections_among(database, []) == {}


def test_a_label_that_is_none_corrects_nothing(database: Database, folder: Path) -> None:
    a, b = contents_at(database, folder)
    with pytest.raises(ValueError, match="not in tuple"):
        set_corrections(database, {a: "Kick", b: "Kazoo"})
    assert corrections_among(database, [a, b]) == {a: None, b: None}


def test_contents_have_these_tags_and_no_others(database: Database, folder: Path) -> None:
    a, b = contents_at(database, folder)
    assert tags_among(database, [a, b]) == {a: frozenset(), b: frozenset()}
    set_tags(database, {a: ["  very   punchy ", "todo", "todo"], b: ["x, y"]})
    assert tags_among(database, [b, a]) == {a: {"very punchy", "todo"}, b: {"x, y"}}
    assert sample_at(database, folder / "copy of a.wav").tags == ("todo", "very punchy")
    assert len(samples(database, text="punchy")) == 2
    set_tags(database, {a: ["ü"]})
    assert tags_among(database, [a, b]) == {a: {"ü"}, b: {"x, y"}}
    assert samples(database, text="punchy") == []
    assert len(samples(database, text="Ü")) == 2
    set_tags(database, {a: [], b: []})
    assert samples(database, text="ü") == samples(database, text="x,") == []


@pytest.mark.parametrize("name", ["", "  ", "a; b"])
def test_of_tags_that_are_no_names_none_is_written(
    database: Database, folder: Path, name: str
) -> None:
    a, b = contents_at(database, folder)
    set_tags(database, {a: ["as it was"]})
    with pytest.raises(AppError, match="A tag is a name"):
        set_tags(database, {a: ["fine"], b: ["fine", name]})
    assert tags_among(database, [a, b]) == {a: {"as it was"}, b: set()}


def test_contents_have_each_its_own_comment(database: Database, folder: Path) -> None:
    a, b = contents_at(database, folder)
    assert comments_among(database, [a, b]) == {a: "", b: ""}
    set_comments(database, {a: " Erste Zeile\n", b: "zweite"})
    assert comments_among(database, [a, b]) == {a: " Erste Zeile\n", b: "zweite"}
    assert len(samples(database, text="erste")) == 2
    set_comments(database, {a: " \n", b: "dritte"})
    assert comments_among(database, [a, b, b"unknown"]) == {a: "", b: "dritte", b"unknown": ""}
    assert samples(database, text="erste") == samples(database, text="zweite") == []
    assert [one.comment for one in samples(database, text="dritte")] == ["dritte"]


def test_favourites_are_paths_of_any_kind(database: Database, tiny: Model, tmp_path: Path) -> None:
    odd = os.fsdecode(b"\xff.wav")
    folder = make_tree(tmp_path / "odd", {odd: sound(1), "sub/ä.wav": sound(1), "c.wav": sound(2)})
    scanned(database, tiny, folder)
    some = [str(folder / odd), str(folder / "sub/ä.wav")]
    for _ in range(2):  # once more changes nothing
        favour_paths(database, [*some, "/not/there.wav"], is_favourite=True)
        assert sorted(one.path for one in samples(database, is_favourite=True)) == sorted(some)
    favour_paths(database, [some[0], str(folder / "c.wav")], is_favourite=False)
    assert [one.path for one in samples(database, is_favourite=True)] == [some[1]]
    favour_paths(database, [], is_favourite=False)
    assert len(samples(database, is_favourite=True)) == 1


def say(database: Database, folder: Path) -> None:
    a, b = (sample_at(database, folder / name) for name in ("a.wav", "b.wav"))
    correct(database, [a], "808")
    tag(database, [a, b], add=["x, y", "ü"])
    comment(database, [b], 'He said "no",\nthen left')


@pytest.mark.parametrize("kind", [".csv", ".json", ".jsonl"])
def test_what_was_said_comes_back_by_content(
    database: Database, folder: Path, tmp_path: Path, kind: str, tiny: Model
) -> None:
    say(database, folder)
    rows = [values_of(one) for one in samples(database)]
    file = tmp_path / f"export{kind}"
    if kind == ".csv":
        lines = [header(Format.CSV), *(line(one, Format.CSV) for one in samples(database))]
        file.write_text("\n".join(map(str, lines)), encoding="utf-8")
    elif kind == ".json":
        file.write_text(json.dumps(rows), encoding="utf-8")
    else:
        file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    with Database.open(tmp_path / "elsewhere.sqlite") as other:
        taken = take(other, read_said(file))
        assert (taken.corrections, taken.tags, taken.comments) == (1, 4, 1)
        assert taken.kept == 0
        renamed = make_tree(tmp_path / "there", {"renamed.wav": sound(1), "b.wav": sound(2)})
        scanned(other, tiny, renamed)
        first = sample_at(other, renamed / "renamed.wav")
        assert (first.correction, first.tags) == ("808", ("x, y", "ü"))
        assert sample_at(other, renamed / "b.wav").comment == 'He said "no",\nthen left'
        assert samples(other, text="ü")
        again = take(other, read_said(file))
        assert (again.corrections, again.tags, again.comments, again.unknown) == (0, 0, 0, 0)


def test_names_of_any_kind_travel(database: Database, tiny: Model, tmp_path: Path) -> None:
    names = [os.fsdecode(b"\xff.wav"), "a\x85b\u2028c.wav", "d\ne\x0b.wav", '"quoted", name.wav']
    folder = make_tree(tmp_path / "odd", {name: sound(n) for n, name in enumerate(names)})
    scanned(database, tiny, folder)
    correct(database, samples(database), "Snare")
    lines = [header(Format.CSV), *(line(one, Format.CSV) for one in samples(database))]
    file = tmp_path / "x.csv"
    file.write_bytes(os.fsencode("\n".join(map(str, lines))))
    with Database.open(tmp_path / "elsewhere.sqlite") as other:
        assert take(other, read_said(file)).corrections == 4
    file.write_bytes("\n".join(map(str, lines)).encode("utf-16", "surrogatepass"))
    assert len(read_said(file)) == 4


def test_what_was_said_of_files_that_are_missing_is_exported(
    database: Database, folder: Path, tiny: Model
) -> None:
    correct(database, [sample_at(database, folder / "b.wav")], "Kick")
    (folder / "b.wav").unlink()
    look(database, roots(database)[0], Job())  # and the scan is interrupted here
    assert [one.correction for one in without_samples(database)] == ["Kick"]


def test_what_was_said_here_stays(database: Database, folder: Path) -> None:
    say(database, folder)
    content = sample_at(database, folder / "a.wav").content
    assert content is not None
    taken = take(database, [Said(content, "Kick", ("new",), "and a word")])
    assert (taken.corrections, taken.kept, taken.tags, taken.comments) == (0, 1, 1, 1)
    a = sample_at(database, folder / "a.wav")
    assert (a.correction, a.comment) == ("808", "and a word")
    assert "new" in a.tags
    assert samples(database, text="word")


def test_what_was_said_of_sounds_now_gone_is_not_forgotten(
    database: Database, folder: Path
) -> None:
    say(database, folder)
    assert list(without_samples(database)) == []
    forget_root(database, roots(database)[0])
    said = {one.correction: one for one in without_samples(database)}
    assert said["808"].tags == ("x, y", "ü")
    assert in_a_cell(said["808"].tags) == "x, y; ü"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.txt", b""),
        ("x.json", b"{"),
        ("x.json", b"5"),
        ("x.json", b"[5]"),
        ("x.json", b'[{"content": "zz", "correction": "Kick", "tags": [], "comment": ""}]'),
        ("x.json", b'[{"content": "00", "correction": "Kick", "tags": [], "comment": ""}]'),
        (
            "x.json",
            b'[{"content": "' + b"00" * 16 + b'", "correction": "Kazoo", "tags": [], '
            b'"comment": ""}]',
        ),
        ("x.csv", b"a,b\n1,2\n"),
        ("x.csv", b"\xff\xfe\x00"),
        ("x.csv", b"\x81\x82"),
        ("x.jsonl", b"not json"),
        ("none.json", None),
    ],
)
def test_what_is_no_export_is_refused_in_a_sentence(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(AppError) as caught:
        read_said(tmp_path / name)
    assert "\n" not in str(caught.value)
    assert "Traceback" not in str(caught.value)

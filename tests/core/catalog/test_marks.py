"""What the user says, and how it travels."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from app.cli.output import Format
from app.cli.samples import header, line
from app.core.catalog.database import Database
from app.core.catalog.marks import comment, correct, favour, tag
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
from classifier import Model
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

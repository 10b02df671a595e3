"""Steps of the user: taken, taken back, and taken again; the catalog is as it was each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.core.catalog.database import Database
from app.core.catalog.marks import comment, correct, favour, tag
from app.core.catalog.roots import add_root, include_again, roots
from app.core.catalog.states import State
from app.core.edits import (
    Change,
    Edit,
    Edits,
    commenting,
    correcting,
    counted,
    excluding,
    favouring,
    forgetting,
    including,
    tagging,
    trashing,
)
from app.core.errors import AppError
from app.core.sorting.transfer import Disk
from classifier import LABELS, Model
from tests.helpers.libraries import sample_at, samples, scanned, sound
from tests.helpers.trees import make_tree, read_tree

TREE = {"a.wav": sound(1), "b.wav": sound(2), "copy of a.wav": sound(1), "sub/bad.wav": b"x"}
# What depends on when something was written, and not on what.
_WHEN = {"corrections": "content, label", "roots": "id, path, device, is_online"}

Make = Callable[[Database, Path], Edit]


@pytest.fixture
def folder(database: Database, tiny: Model, tmp_path: Path) -> Path:
    """Return a folder that was scanned, with something said of some samples."""
    folder = make_tree(tmp_path / "library", TREE)
    scanned(database, tiny, folder, excludes=["loops", "old"])
    a, b = (sample_at(database, folder / name) for name in ("a.wav", "b.wav"))
    correct(database, [a], "808")
    tag(database, [a], add=["todo", "x y"])
    comment(database, [b], "  as it was\n")
    favour(database, [a], is_favourite=True)
    return folder


def content(database: Database, folder: Path, name: str) -> bytes:
    found = sample_at(database, folder / name).content
    assert found
    return found


def said_of(database: Database, *contents: bytes) -> dict[bytes, str | None]:
    """Return what was said of each content; None where nothing."""
    known = dict(database.rows("SELECT content, label FROM corrections"))
    return {one: LABELS[known[one]] if one in known else None for one in contents}


def everything(database: Database) -> Mapping[str, Any]:
    """Return all that a catalog holds; of patterns that are excluded, the order means nothing."""
    tables = database.column(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'trigrams%' "
        "AND name NOT LIKE 'sqlite%'"
    )
    assert {"samples", "corrections", "tags", "comments", "favourites", "texts"} <= set(tables)
    found: dict[str, Any] = {
        table: sorted(database.rows(f"SELECT {_WHEN.get(table, '*')} FROM {table}"), key=repr)
        for table in tables
    }
    found["excludes"] = [(root.path, sorted(root.excludes)) for root in roots(database)]
    found["words"] = {
        word: [one.id for one in samples(database, text=word)]
        for word in ("todo", "new", "was", "words")
    }
    return found


def correct_both(database: Database, folder: Path) -> Edit:
    a, b = (content(database, folder, name) for name in ("a.wav", "b.wav"))
    return correcting({a: "Kick", b: "Open hat"}, said_of(database, a, b), 3)


def take_back(database: Database, folder: Path) -> Edit:
    a = content(database, folder, "a.wav")
    return correcting({a: None}, said_of(database, a), 1)


def mark(database: Database, folder: Path) -> Edit:
    return favouring([str(folder / name) for name in ("b.wav", "sub/bad.wav")], is_favourite=True)


def unmark(database: Database, folder: Path) -> Edit:
    return favouring([str(folder / "a.wav")], is_favourite=False)


def put_tags(database: Database, folder: Path) -> Edit:
    contents = [content(database, folder, name) for name in ("a.wav", "b.wav")]
    return tagging(database, contents, add=["new", "x y"], remove=["todo", "never there"])


def write_comments(database: Database, folder: Path) -> Edit:
    contents = [content(database, folder, name) for name in ("a.wav", "b.wav")]
    return commenting(database, contents, "new words")


def wipe_comment(database: Database, folder: Path) -> Edit:
    return commenting(database, [content(database, folder, "b.wav")], "")


def exclude(database: Database, folder: Path) -> Edit:
    return excluding(roots(database)[0], ["old", "*.tmp", "sub"])


def include(database: Database, folder: Path) -> Edit:
    return including(roots(database)[0], ["loops"])


EDITS: list[tuple[Make, str, Change]] = [
    (correct_both, "correcting 3 samples", Change.SAID),
    (take_back, "correcting 1 sample", Change.SAID),
    (mark, "marking 2 favourites", Change.SAID),
    (unmark, "unmarking 1 favourite", Change.SAID),
    (put_tags, "tagging 2 samples", Change.SAID | Change.TEXTS),
    (write_comments, "commenting on 2 samples", Change.TEXTS),
    (wipe_comment, "commenting on 1 sample", Change.TEXTS),
    (exclude, "excluding *.tmp, sub", Change.ROOTS),
    (include, "including loops again", Change.ROOTS),
]


@pytest.mark.parametrize(
    ("make", "title", "change"), EDITS, ids=lambda one: getattr(one, "__name__", "")
)
def test_a_step_is_taken_back_to_what_was_and_taken_again(
    database: Database, folder: Path, make: Make, title: str, change: Change
) -> None:
    before = everything(database)
    edits = Edits()
    edit = edits.do(database, make(database, folder))
    assert (edit.title, edit.change, edit.failed) == (title, change, [])
    after = everything(database)
    assert after != before
    for _ in range(2):
        assert (edits.next_undo, edits.next_redo) == (title, None)
        assert edits.undo(database) is edit
        assert everything(database) == before
        assert (edits.next_undo, edits.next_redo) == (None, title)
        assert edits.redo(database) is edit
        assert everything(database) == after


def test_steps_do_what_they_are_called(database: Database, folder: Path) -> None:
    for make, *_ in EDITS:
        Edits().do(database, make(database, folder))
    a, b = (sample_at(database, folder / name) for name in ("a.wav", "b.wav"))
    copy = sample_at(database, folder / "copy of a.wav")
    assert (a.correction, copy.correction, b.correction) == (None, None, "Open hat")
    assert (a.tags, copy.tags, b.tags) == (("new", "x y"),) * 3
    assert (a.comment, copy.comment, b.comment) == ("new words", "new words", "")
    favourites = {Path(one.path).name for one in samples(database, is_favourite=True)}
    assert favourites == {"b.wav", "bad.wav"}
    assert set(roots(database)[0].excludes) == {"old", "*.tmp", "sub"}


def test_many_steps_are_taken_back_one_after_the_other(database: Database, folder: Path) -> None:
    edits = Edits()
    seen = []
    for make, *_ in EDITS:
        seen.append(everything(database))
        edits.do(database, make(database, folder))
    last = everything(database)
    for before in reversed(seen):
        assert edits.undo(database)
        assert everything(database) == before
    assert edits.undo(database) is None
    while edits.redo(database):
        pass
    assert everything(database) == last
    assert edits.next_redo is None


def test_a_new_step_ends_what_could_be_done_again(database: Database, folder: Path) -> None:
    edits = Edits()
    assert (edits.next_undo, edits.next_redo) == (None, None)
    assert edits.undo(database) is edits.redo(database) is None
    edits.do(database, mark(database, folder))
    edits.undo(database)
    edits.do(database, unmark(database, folder))
    assert (edits.next_undo, edits.next_redo) == ("unmarking 1 favourite", None)
    assert edits.redo(database) is None


def test_a_step_that_fails_is_none(database: Database, folder: Path) -> None:
    edits = Edits()
    edits.do(database, mark(database, folder))
    before = everything(database)
    with pytest.raises(AppError, match="A tag is a name"):
        edits.do(database, tagging(database, [content(database, folder, "a.wav")], add=["a;b"]))
    assert everything(database) == before
    assert edits.next_undo == "marking 2 favourites"


def test_what_cannot_be_taken_back_does_not_stand_in_the_way(
    database: Database, folder: Path
) -> None:
    edits = Edits()
    before = everything(database)
    edits.do(database, mark(database, folder))
    edits.do(database, exclude(database, folder))
    include_again(database, roots(database)[0], ["*.tmp", "sub"])  # in the terminal
    with pytest.raises(AppError, match="not excluded"):
        edits.undo(database)
    assert (edits.next_undo, edits.next_redo) == ("marking 2 favourites", None)
    edits.undo(database)
    assert everything(database) == before


@pytest.mark.parametrize(
    ("count", "thing", "text"),
    [(0, "sample", "0 samples"), (1, "file", "1 file"), (2, "file", "2 files")],
)
def test_what_is_counted_agrees_with_its_number(count: int, thing: str, text: str) -> None:
    assert counted(count, thing) == text


def test_large_numbers_can_be_read() -> None:
    assert counted(12_345) == "12,345 samples"


def test_a_folder_that_was_forgotten_comes_back_with_all_that_was_said(
    database: Database, tiny: Model, folder: Path
) -> None:
    def said() -> list[Any]:
        # Numbers and dates are new: it was listed anew.
        found = [replace(one, id=0, added_at=0.0) for one in samples(database)]
        return sorted(found, key=lambda one: one.path)

    before, excludes = said(), roots(database)[0].excludes
    edits = Edits()
    edit = edits.do(database, forgetting(roots(database)[0]))
    assert edit.title == "forgetting library"
    assert edit.change == Change.ROOTS | Change.SAMPLES
    assert (roots(database), samples(database)) == ([], [])
    assert read_tree(folder) == TREE
    edits.undo(database)
    assert [root.path for root in roots(database)] == [str(folder)]
    assert roots(database)[0].excludes == excludes
    scanned(database, tiny)
    assert said() == before
    edits.redo(database)
    assert roots(database) == []


def test_a_folder_whose_drive_is_missing_can_be_forgotten_and_come_back(
    database: Database, tmp_path: Path
) -> None:
    folder = make_tree(tmp_path / "drive", {})
    root = add_root(database, str(folder), ["x"])
    folder.rmdir()
    edits = Edits()
    edits.do(database, forgetting(root))
    edits.undo(database)
    edits.do(database, excluding(roots(database)[0], ["y"]))
    edits.do(database, including(roots(database)[0], ["x"]))
    assert roots(database)[0].excludes == ("y",)


class PaperBin(Disk):
    """A trash as a dict."""

    def __init__(self, *broken: Path) -> None:
        super().__init__()
        self.kept: dict[str, bytes] = {}
        self.broken = set(map(str, broken))

    def trash(self, path: str) -> None:
        if path in self.broken or not Path(path).exists():
            raise AppError(f"{path}: It stays.")
        self.kept[path] = Path(path).read_bytes()
        Path(path).unlink()

    def take_from_trash(self, path: str) -> None:
        if path not in self.kept:
            raise AppError(f"{path}: It is not in the trash any more.")
        Path(path).write_bytes(self.kept.pop(path))


def numbered(database: Database, folder: Path, *names: str) -> dict[int, str]:
    found = [sample_at(database, folder / name) for name in names]
    return {one.id: one.path for one in found}


def test_files_in_the_trash_come_back_as_what_they_were(database: Database, folder: Path) -> None:
    with database.transaction() as connection:  # another was not looked into yet
        connection.execute("UPDATE samples SET state = 0 WHERE name = CAST('b.wav' AS BLOB)")
    before = everything(database)
    names = ("a.wav", "b.wav", "sub/bad.wav")
    edits = Edits()
    edit = edits.do(database, trashing(numbered(database, folder, *names), PaperBin()))
    assert (edit.title, edit.change) == ("moving 3 files to the trash", Change.SAMPLES)
    for _ in range(2):
        assert [Path(one.path).name for one in samples(database)] == ["copy of a.wav"]
        assert set(read_tree(folder)) == {"copy of a.wav", "sub"}
        edits.undo(database)
        assert edit.failed == []
        assert everything(database) == before
        assert read_tree(folder) == TREE
        edits.redo(database)
        assert edit.failed == []


def test_a_file_that_no_trash_takes_stays_and_is_told(database: Database, folder: Path) -> None:
    before = everything(database)
    chosen = numbered(database, folder, "a.wav", "b.wav")
    edits = Edits()
    edit = edits.do(database, trashing(chosen, PaperBin(folder / "a.wav")))
    assert edit.failed == [f"{folder / 'a.wav'}: It stays."]
    left = {Path(one.path).name for one in samples(database)}
    assert left == {"a.wav", "copy of a.wav", "bad.wav"}
    edits.undo(database)
    assert edit.failed == []
    assert everything(database) == before


def test_what_is_gone_from_the_trash_is_told_and_the_others_come_back(
    database: Database, tiny: Model, folder: Path
) -> None:
    chosen = numbered(database, folder, "a.wav", "b.wav")
    paper, edits = PaperBin(), Edits()
    edit = edits.do(database, trashing(chosen, paper))
    del paper.kept[str(folder / "a.wav")]
    edits.undo(database)
    [sentence] = edit.failed
    assert sentence.startswith(str(folder / "a.wav"))
    assert sample_at(database, folder / "b.wav").state == State.DONE
    assert samples(database, inside=str(folder / "a.wav")) == []
    assert edits.next_undo is None
    scanned(database, tiny)
    assert len(samples(database)) == 3


def test_a_file_that_comes_back_after_a_scan_is_found_by_the_next(
    database: Database, tiny: Model, folder: Path
) -> None:
    edits = Edits()
    edits.do(database, trashing(numbered(database, folder, "a.wav"), PaperBin()))
    scanned(database, tiny)
    edits.undo(database)
    assert read_tree(folder) == TREE
    scanned(database, tiny)
    back = sample_at(database, folder / "a.wav")
    assert (back.correction, back.tags, back.is_favourite) == ("808", ("todo", "x y"), True)

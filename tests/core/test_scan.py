"""A look through folders: new, changed, gone; nothing opened, nothing forgotten too soon."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.core import scan as module
from app.core.catalog.database import Database
from app.core.catalog.problems import problems
from app.core.catalog.roots import Root, add_root, is_there, place_of, roots
from app.core.catalog.states import State
from app.core.jobs import Job
from app.core.scan import Looked, excluder, look
from app.core.walk import Found
from tests.helpers.libraries import listed, samples
from tests.helpers.trees import Link, make_tree

TREE = {"a.wav": b"1", "sub/b.wav": b"22", "sub/deep/c.flac": b"333", "note.txt": b"no"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_tree(tmp_path / "library", TREE)


@pytest.fixture(autouse=True)
def _nothing_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look goes by what folders list."""
    import builtins  # noqa: PLC0415

    real = builtins.open

    def guarded(file: Any, *args: Any, **kwargs: Any) -> Any:
        name = os.fsdecode(file) if isinstance(file, str | bytes | os.PathLike) else ""
        assert not name.endswith((".wav", ".flac")), f"opened: {name}"
        return real(file, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", guarded)


def look_at(database: Database, folder: Path, **options: Any) -> Looked:
    return look(database, add_root(database, str(folder), **options), Job())


def root_in(database: Database) -> Root:
    [root] = roots(database)
    return root


def vanished(database: Database) -> int:
    return len(database.rows("SELECT 1 FROM samples WHERE state = ?", (State.VANISHED,)))


def changes(looked: Looked) -> tuple[int, int, int, int]:
    return looked.files, looked.new, looked.changed, looked.vanished


def test_all_files_are_new_the_first_time_and_none_the_second(
    database: Database, folder: Path
) -> None:
    assert changes(look_at(database, folder)) == (3, 3, 0, 0)
    assert listed(database, folder) == ["a.wav", "sub/b.wav", "sub/deep/c.flac"]
    assert {one.state for one in samples(database)} == {State.WAITING}
    assert changes(look_at(database, folder)) == (3, 0, 0, 0)
    assert root_in(database).scanned_at is not None


def test_what_has_another_size_or_time_has_changed(database: Database, folder: Path) -> None:
    look_at(database, folder)
    (folder / "a.wav").write_bytes(b"longer")
    os.utime(folder / "sub/b.wav", ns=(1, 1))
    assert changes(look_at(database, folder)) == (3, 0, 2, 0)


def test_what_is_gone_has_vanished_and_what_comes_back_is_back(
    database: Database, folder: Path
) -> None:
    look_at(database, folder)
    status = (folder / "a.wav").stat()
    (folder / "a.wav").unlink()
    shutil.rmtree(folder / "sub")
    assert changes(look_at(database, folder)) == (0, 0, 0, 3)
    assert listed(database, folder) == []
    make_tree(folder, {"a.wav": b"1"})
    os.utime(folder / "a.wav", ns=(status.st_mtime_ns, status.st_mtime_ns))
    assert look_at(database, folder).new == 0
    assert listed(database, folder) == ["a.wav"]


def test_a_root_that_is_not_there_is_offline_and_loses_nothing(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    look_at(database, folder)
    folder.rename(tmp_path / "elsewhere")
    assert look(database, root_in(database), Job()).is_offline
    assert not root_in(database).is_online
    assert len(listed(database, folder)) == 3
    (tmp_path / "elsewhere").rename(folder)
    assert changes(look(database, root_in(database), Job())) == (3, 0, 0, 0)
    assert root_in(database).is_online


def test_an_empty_mount_point_is_not_an_empty_drive(database: Database, folder: Path) -> None:
    look_at(database, folder)
    shutil.rmtree(folder)
    folder.mkdir()
    # As it was on another device, the drive is gone; on the same one, the files are.
    with database.transaction() as connection:
        connection.execute("UPDATE roots SET device = device + 1")
    assert not is_there(root_in(database))
    assert look(database, root_in(database), Job()).is_offline
    with database.transaction() as connection:
        connection.execute("UPDATE roots SET device = device - 1")
    assert look(database, root_in(database), Job()).vanished == 3


def test_a_drive_that_goes_while_it_is_looked_at_loses_nothing(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at(database, folder)
    walk = module.walk_folders

    def pulled(path: str, **options: Any) -> Iterator[Any]:
        folders = walk(path, **options)
        yield next(folders)
        shutil.rmtree(folder)
        yield from folders

    monkeypatch.setattr(module, "walk_folders", pulled)
    assert look(database, root_in(database), Job()).is_offline
    assert vanished(database) == 0


def test_a_folder_that_cannot_be_listed_keeps_its_samples(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at(database, folder)
    scandir = os.scandir

    def denied(path: Any) -> Any:
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", denied)
    assert look_at(database, folder).vanished == 0
    assert len(listed(database, folder)) == 3
    assert problems(database) == [(str(folder / "sub"), "No permission to open the folder.")]
    monkeypatch.undo()
    look_at(database, folder)
    assert problems(database) == []


def test_a_file_that_cannot_be_looked_at_is_still_there(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look_at(database, folder)
    monkeypatch.setattr(module, "walk_folders", _with_broken_status(module.walk_folders))
    assert look_at(database, folder).vanished == 0
    assert {text for _, text in problems(database)} == {
        "It could not be looked at: Input/output error."
    }
    assert len(listed(database, folder)) == 3


class _Broken:
    """An entry of a folder whose drive has a bad block."""

    def __init__(self, entry: os.DirEntry[str]) -> None:
        self.name, self.path = entry.name, entry.path

    def stat(self) -> os.stat_result:
        raise OSError(5, "Input/output error")


def _with_broken_status(walk: Any) -> Any:
    def walked(*args: Any, **options: Any) -> Iterator[Any]:
        for met in walk(*args, **options):
            found = [Found(one.path, None, _Broken(one.entry)) for one in met.found]  # type: ignore[arg-type]
            yield replace(met, found=found)

    return walked


def test_a_link_that_leads_nowhere_is_a_problem(database: Database, folder: Path) -> None:
    make_tree(folder, {"gone.wav": Link("nowhere.wav"), "loop": Link(".")})
    assert look_at(database, folder).files == 3
    assert [sentence for _, sentence in problems(database)] == [
        "This link leads nowhere.",
        "This link leads back to a folder that it lies in.",
    ]


def test_formats_that_nobody_reads_are_counted(database: Database, folder: Path) -> None:
    make_tree(folder, {"x.m4a": b"", "sub/y.M4A": b"", "z.wma": b""})
    assert look_at(database, folder).unsupported == {".m4a": 2, ".wma": 1}
    assert root_in(database).unsupported == {".m4a": 2, ".wma": 1}


def test_hidden_files_and_what_was_thrown_away_are_passed_over(
    database: Database, folder: Path
) -> None:
    hidden = (".x.wav", "._a.wav", ".Trash/x.wav", "__MACOSX/x.wav", "$RECYCLE.BIN/x.wav")
    make_tree(folder, dict.fromkeys((*hidden, ".DS_Store", "@eaDir/x.wav"), b"x"))
    assert look_at(database, folder).files == 3


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("*.flac", ["a.wav", "sub/b.wav"]),
        ("sub", ["a.wav"]),
        ("SUB", ["a.wav"]),
        ("sub/deep", ["a.wav", "sub/b.wav"]),
        ("deep", ["a.wav", "sub/b.wav"]),
        ("[ab].wav", ["sub/deep/c.flac"]),
        ("b", ["a.wav", "sub/b.wav", "sub/deep/c.flac"]),
        ("sub/*", ["a.wav"]),
        ("deep/*", ["a.wav", "sub/b.wav", "sub/deep/c.flac"]),
    ],
)
def test_patterns_are_passed_over(
    database: Database, folder: Path, pattern: str, left: list[str]
) -> None:
    look_at(database, folder)
    look_at(database, folder, excludes=[pattern])
    assert listed(database, folder) == left
    assert root_in(database).excludes == (pattern,)


def test_without_patterns_nothing_is_asked() -> None:
    assert excluder("/x", []) is None


def test_files_that_are_online_only_are_listed_and_wait_for_nothing(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "is_online_only", lambda status: status.st_size == 1)
    look_at(database, folder)
    states = {Path(one.path).name: one.state for one in samples(database)}
    assert states.pop("a.wav") is State.ONLINE_ONLY
    assert set(states.values()) == {State.WAITING}
    assert look_at(database, folder).changed == 0
    monkeypatch.setattr(module, "is_online_only", lambda status: False)
    look_at(database, folder)
    assert {one.state for one in samples(database)} == {State.WAITING}


def test_names_that_are_no_text_are_kept_as_they_are(database: Database, tmp_path: Path) -> None:
    names = [os.fsdecode(b"\xff\xfe.wav"), "a\nb.wav", "日本.wav", "e\u0301.wav", " .wav"]
    folder = make_tree(tmp_path / os.fsdecode(b"f\xff"), dict.fromkeys(names, b"x"))
    look_at(database, folder)
    assert sorted(Path(one.path).name for one in samples(database)) == sorted(names)
    assert changes(look_at(database, folder)) == (5, 0, 0, 0)


def test_deep_and_long_paths_are_listed(database: Database, tmp_path: Path) -> None:
    deep = "/".join(["deeper down"] * 40) + "/x.wav"
    folder = make_tree(tmp_path / "library", {deep: b"x"})
    look_at(database, folder)
    assert listed(database, folder) == [deep]


@pytest.mark.slow
def test_very_many_files_in_one_folder_are_listed(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "library"
    folder.mkdir()
    for number in range(100_000):
        (folder / f"kick {number}.wav").touch()
    assert look_at(database, folder).new == 100_000
    assert changes(look_at(database, folder)) == (100_000, 0, 0, 0)


def test_a_cancelled_look_forgets_nothing(database: Database, folder: Path) -> None:
    from app.core.jobs import CancelledError  # noqa: PLC0415

    look_at(database, folder)
    shutil.rmtree(folder / "sub")
    job = Job()
    job.cancel()
    with pytest.raises(CancelledError):
        look(database, root_in(database), job)
    assert vanished(database) == 0


def test_a_look_through_one_large_folder_can_be_stopped(database: Database, tmp_path: Path) -> None:
    folder = make_tree(tmp_path / "large", {f"{n}.wav": b"x" for n in range(1200)})
    looked: list[int] = []
    job = Job()
    monkeypatch = pytest.MonkeyPatch()
    monkeypatch.setattr(job, "check", lambda: looked.append(1))
    look(database, add_root(database, str(folder)), job)
    assert len(looked) >= 3


def test_an_empty_mount_point_is_known_at_the_first_look(
    database: Database, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = add_root(database, str(folder))
    shutil.rmtree(folder)
    folder.mkdir()
    monkeypatch.setattr("app.core.catalog.roots.device_of", lambda _: -1)
    assert not is_there(root)


def test_a_root_is_itself_by_whatever_way_it_is_reached(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    root = add_root(database, str(folder))
    link = tmp_path / "link"
    link.symlink_to(folder)
    assert add_root(database, str(link)) == root
    assert add_root(database, str(link / "sub")) == root
    assert place_of([root], str(link / "sub" / "b.wav")) == (root, str(Path("sub/b.wav")))
    assert place_of([root], str(tmp_path / "other")) is None


def test_what_a_root_takes_in_keeps_its_patterns_and_is_found_by_its_name(
    database: Database, folder: Path
) -> None:
    look_at(database, folder / "sub", excludes=["deep", "b*"])
    assert listed(database, folder) == []
    look_at(database, folder)
    assert listed(database, folder) == ["a.wav"]
    assert root_in(database).excludes == ("sub/deep", "sub/*/deep", "sub/b*", "sub/*/b*")


def test_samples_are_found_by_the_name_of_their_root(database: Database, folder: Path) -> None:
    look_at(database, folder / "sub")
    assert len(samples(database, text="sub")) == 2
    add_root(database, str(folder))
    assert len(samples(database, text="library sub")) == 2


def test_a_folder_inside_a_root_is_that_root(database: Database, folder: Path) -> None:
    whole = add_root(database, str(folder))
    assert add_root(database, str(folder / "sub")) == whole
    assert add_root(database, f"{folder}/sub/..") == whole


def test_a_root_inside_a_new_one_becomes_part_of_it(database: Database, folder: Path) -> None:
    look_at(database, folder / "sub")
    before = {one.path: one.id for one in samples(database)}
    add_root(database, str(folder))
    assert {one.path: one.id for one in samples(database)} == before
    assert changes(look_at(database, folder)) == (3, 1, 0, 0)
    assert root_in(database).path == str(folder)

"""The system's trash on Linux: files go there, and come back onto no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from send2trash import send2trash

from app.core.catalog.database import Database
from app.core.catalog.marks import favour
from app.core.edits import Edits, trashing
from app.core.errors import AppError
from app.core.sorting import transfer, trash
from app.core.sorting.transfer import Disk
from app.core.sorting.trash import find_in_trash
from classifier import Model
from tests.helpers.libraries import sample_at, samples, scanned, sound
from tests.helpers.sorting import seen
from tests.helpers.trees import make_tree, read_tree

ROOT = Path(__file__).resolve().parents[3]

pytestmark = pytest.mark.skipif(
    send2trash.__module__ != "send2trash.plat_other", reason="the trash of a Linux desktop"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let the trash be in a folder of its own, and return what is in it then."""
    data = tmp_path / "data"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    # send2trash looks once, when it is imported.
    other: Any = sys.modules[send2trash.__module__]
    monkeypatch.setattr(other, "XDG_DATA_HOME", os.fsencode(data))
    monkeypatch.setattr(other, "HOMETRASH_B", os.fsencode(data / "Trash"))
    return data / "Trash"


@pytest.fixture
def disk() -> Disk:
    return Disk()


NAMES = ["a.wav", "50% & ä b\n.wav", "\udcff.wav", " ;=[].wav ", "sub/ä/a.wav"]


@pytest.mark.parametrize("name", NAMES)
def test_a_file_comes_back_as_it_was(home: Path, disk: Disk, tmp_path: Path, name: str) -> None:
    folder = make_tree(tmp_path / "library", {name: b"sound", "other.wav": b"2"})
    (folder / name).chmod(0o640)
    before = seen(folder)
    disk.trash(str(folder / name))
    assert not (folder / name).exists()
    assert [path.read_bytes() for path in (home / "files").iterdir()] == [b"sound"]
    assert find_in_trash(str(folder / name)).file == str(next((home / "files").iterdir()))
    disk.take_from_trash(str(folder / name))
    assert seen(folder) == before
    assert read_tree(home) == {"files": None, "info": None}


def test_the_sample_goes_with_its_file_and_comes_back_with_it(
    home: Path, database: Database, tiny: Model, tmp_path: Path
) -> None:
    folder = make_tree(tmp_path / "library", {"a.wav": sound(1), "b.wav": sound(2)})
    scanned(database, tiny, folder)
    favour(database, [sample_at(database, folder / "a.wav")], is_favourite=True)
    before, tree = samples(database), seen(folder)
    a = sample_at(database, folder / "a.wav")
    edits = Edits()
    edit = edits.do(database, trashing({a.id: a.path}, Disk()))
    assert [one.path for one in samples(database)] == [str(folder / "b.wav")]
    assert set(read_tree(folder)) == {"b.wav"}
    assert read_tree(home)["files/a.wav"] == sound(1)
    edits.undo(database)
    assert edit.failed == []
    assert samples(database) == before
    assert seen(folder) == tree


def test_a_name_that_is_taken_by_now_is_never_overwritten(
    home: Path, disk: Disk, tmp_path: Path
) -> None:
    folder = make_tree(tmp_path / "library", {"a.wav": b"old"})
    disk.trash(str(folder / "a.wav"))
    make_tree(folder, {"a.wav": b"new"})
    kept = read_tree(home)
    with pytest.raises(AppError, match="taken by now; it stays in the trash"):
        disk.take_from_trash(str(folder / "a.wav"))
    assert read_tree(folder) == {"a.wav": b"new"}
    assert read_tree(home) == kept
    (folder / "a.wav").unlink()
    disk.take_from_trash(str(folder / "a.wav"))
    assert read_tree(folder) == {"a.wav": b"old"}


@pytest.mark.parametrize("left", ["nothing", "note", "file"])
def test_what_is_gone_from_the_trash_is_told(
    home: Path, disk: Disk, tmp_path: Path, left: str
) -> None:
    folder = make_tree(tmp_path / "library", {"a.wav": b"1", "b.wav": b"2"})
    disk.trash(str(folder / "a.wav"))
    if left != "file":
        (home / "files/a.wav").unlink()
    if left != "note":
        (home / "info/a.wav.trashinfo").unlink()
    with pytest.raises(AppError, match=r"a\.wav: It is not in the trash any more\.$"):
        disk.take_from_trash(str(folder / "a.wav"))
    assert read_tree(folder) == {"b.wav": b"2"}


def test_without_any_trash_it_is_told_as_well(home: Path, disk: Disk, tmp_path: Path) -> None:
    with pytest.raises(AppError, match="not in the trash any more"):
        disk.take_from_trash(str(tmp_path / "never.wav"))


def test_a_folder_that_is_gone_is_told(home: Path, disk: Disk, tmp_path: Path) -> None:
    folder = make_tree(tmp_path / "library", {"sub/a.wav": b"1"})
    disk.trash(str(folder / "sub/a.wav"))
    (folder / "sub").rmdir()
    with pytest.raises(AppError, match=r"could not be taken from the trash \(No such file"):
        disk.take_from_trash(str(folder / "sub/a.wav"))
    assert read_tree(home)["files/a.wav"] == b"1"


def test_of_several_of_one_name_each_comes_back_to_its_place(
    home: Path, disk: Disk, tmp_path: Path
) -> None:
    tree = {f"{n}/kick.wav": str(n).encode() for n in range(4)}
    folder = make_tree(tmp_path / "library", tree)
    for name in tree:
        disk.trash(str(folder / name))
    for name in reversed(tree):
        disk.take_from_trash(str(folder / name))
    assert read_tree(folder) == tree


def test_of_several_from_one_place_the_last_comes_back(
    home: Path, disk: Disk, tmp_path: Path
) -> None:
    folder = tmp_path / "library"
    for number in range(12):  # within a second, which is as exact as the dates are
        make_tree(folder, {"a.wav": str(number).encode()})
        disk.trash(str(folder / "a.wav"))
        [note] = [path for path in (home / "info").iterdir() if path.stat().st_mtime_ns > 1e18]
        os.utime(note, ns=(number, number))
    disk.take_from_trash(str(folder / "a.wav"))
    assert read_tree(folder) == {"a.wav": b"11"}


def test_the_date_of_a_note_counts_more_than_when_it_was_touched(
    home: Path, disk: Disk, tmp_path: Path
) -> None:
    place = tmp_path / "library/a.wav"
    make_tree(home, {"files/x": b"older", "files/y": b"newer"})
    for name, day in (("y", 2), ("x", 1)):
        note = f"[Trash Info]\nPath={place}\nDeletionDate=2026-01-0{day}T00:00:00\n"
        make_tree(home, {f"info/{name}.trashinfo": note.encode()})
    make_tree(place.parent, {})
    disk.take_from_trash(str(place))
    assert place.read_bytes() == b"newer"


@pytest.mark.parametrize("note", [b"", b"[Trash Info]\n", b"Path\n\xff\x00=", b"Path=%zz%"])
def test_notes_that_nobody_can_read_are_passed_over(
    home: Path, disk: Disk, tmp_path: Path, note: bytes
) -> None:
    folder = make_tree(tmp_path / "library", {"a.wav": b"1"})
    disk.trash(str(folder / "a.wav"))
    make_tree(home, {"info/a.trashinfo": note, "files/a": b"?", "info/b.trashinfo/c": b""})
    disk.take_from_trash(str(folder / "a.wav"))
    assert read_tree(folder) == {"a.wav": b"1"}


def test_a_file_beside_the_trash_comes_back(home: Path, disk: Disk) -> None:
    folder = make_tree(home.parent / "sounds", {"a.wav": b"1"})
    disk.trash(str(folder / "a.wav"))
    # As send2trash writes what lies in the folder of the trash.
    assert b"Path=sounds/a.wav\n" in (home / "info/a.wav.trashinfo").read_bytes()
    disk.take_from_trash(str(folder / "a.wav"))
    assert read_tree(folder) == {"a.wav": b"1"}


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("linked", [False, True])
def test_another_drive_has_its_own_trash(
    home: Path,
    disk: Disk,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    shared: bool,
    linked: bool,
) -> None:
    drive = make_tree(tmp_path / "drive", {"packs/a.wav": b"1"})
    if shared:  # as an administrator may have made it
        (drive / ".Trash").mkdir()
        (drive / ".Trash").chmod(0o1777)
    (tmp_path / "link").symlink_to(drive / "packs")
    real = os.path.ismount
    monkeypatch.setattr(
        os.path, "ismount", lambda path: os.fsdecode(path) == str(drive) or real(path)
    )
    other: Any = sys.modules[send2trash.__module__]
    monkeypatch.setattr(
        other, "get_dev", lambda path: b"/a.wav" in os.fsencode(path) or path == os.fsencode(drive)
    )
    path = tmp_path / "link/a.wav" if linked else drive / "packs/a.wav"
    disk.trash(str(path))
    own = f".Trash/{os.getuid()}" if shared else f".Trash-{os.getuid()}"
    assert read_tree(drive)[f"{own}/files/a.wav"] == b"1"
    disk.take_from_trash(str(path))
    assert (drive / "packs/a.wav").read_bytes() == b"1"
    assert not home.exists()


def test_a_link_goes_and_not_what_it_leads_to(home: Path, disk: Disk, tmp_path: Path) -> None:
    folder = make_tree(tmp_path / "library", {"a.wav": b"1"})
    (folder / "link.wav").symlink_to("a.wav")
    before = read_tree(folder)
    disk.trash(str(folder / "link.wav"))
    assert read_tree(folder) == {"a.wav": b"1"}
    disk.take_from_trash(str(folder / "link.wav"))
    assert read_tree(folder) == before


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_elsewhere_the_system_brings_it_back(
    monkeypatch: pytest.MonkeyPatch, disk: Disk, system: str
) -> None:
    monkeypatch.setattr(trash.sys, "platform", system)
    with pytest.raises(AppError, match="It is in the trash; bring it back from there"):
        disk.take_from_trash("/a.wav")


def test_each_operation_is_told(home: Path, tmp_path: Path) -> None:
    told: list[tuple[str, str, str]] = []
    disk = Disk(lambda *what: told.append(what))
    path = str(make_tree(tmp_path / "library", {"a.wav": b"1"}) / "a.wav")
    disk.trash(path)
    disk.take_from_trash(path)
    assert [(when, what) for when, what, _ in told] == [
        (when, what) for what in ("trash", "rename", "remove") for when in ("before", "after")
    ]
    assert [where for _, _, where in told][:4] == [path] * 4


def test_a_note_that_cannot_be_removed_does_no_harm(
    home: Path, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(make_tree(tmp_path / "library", {"a.wav": b"1"}) / "a.wav")
    disk.trash(path)

    def refuse(self: Disk, _: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(transfer.Disk, "remove", refuse)
    disk.take_from_trash(path)
    assert Path(path).read_bytes() == b"1"
    with pytest.raises(AppError, match="not in the trash any more"):
        disk.take_from_trash(path)


def test_both_find_the_same_trash_in_a_new_process(tmp_path: Path) -> None:
    folder = make_tree(tmp_path / "library", {"a.wav": b"1"})
    code = (
        "import os, sys; from app.core.sorting.transfer import Disk; path = sys.argv[1]; "
        "Disk().trash(path); assert not os.path.exists(path); "
        "assert os.listdir(os.path.expanduser('~/.local/share/Trash/files')) == ['a.wav']; "
        "Disk().take_from_trash(path)"
    )
    left_out = {"XDG_DATA_HOME"}
    subprocess.run(
        [sys.executable, "-c", code, str(folder / "a.wav")],
        check=True,
        cwd=ROOT,
        env={**{k: v for k, v in os.environ.items() if k not in left_out}, "HOME": str(tmp_path)},
        timeout=60,
    )
    assert read_tree(folder) == {"a.wav": b"1"}

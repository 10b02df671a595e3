"""The single operations on files: none overwrites, whatever the drive can and cannot do."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.core.errors import AppError
from app.core.sorting import transfer
from app.core.sorting.transfer import MARKER, Disk, is_marker
from tests.helpers.sorting import seen
from tests.helpers.trees import make_tree, read_tree

ROADS = ["system", "link", "marker"]


@pytest.fixture
def disk() -> Disk:
    return Disk()


@contextmanager
def road(name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take away what drives and systems may lack: the call, then hard links."""

    def lacking(*_: object, **__: object) -> None:
        raise OSError(errno.EINVAL, "not on this drive")

    with monkeypatch.context() as patched:
        if name != "system":
            patched.setattr(transfer, "_rename_exclusively", lacking)
        if name == "marker":
            patched.setattr("os.link", lacking)
        yield


@pytest.mark.parametrize("name", ROADS)
def test_a_file_gets_its_new_name_with_all_that_it_was(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    make_tree(tmp_path, {"a.wav": b"1", "to": None})
    (tmp_path / "a.wav").chmod(0o640)
    before = seen(tmp_path)
    with road(name, monkeypatch):
        disk.rename(str(tmp_path / "a.wav"), str(tmp_path / "to/b.wav"))
    assert seen(tmp_path) == {"to/b.wav": before["a.wav"]}


@pytest.mark.parametrize("name", ROADS)
@pytest.mark.parametrize("there", [b"other", b"", MARKER])
def test_a_name_that_is_taken_is_refused(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, there: bytes
) -> None:
    tree = {"a.wav": b"1", "b.wav": there}
    make_tree(tmp_path, tree)
    with road(name, monkeypatch), pytest.raises(FileExistsError):
        disk.rename(str(tmp_path / "a.wav"), str(tmp_path / "b.wav"))
    assert read_tree(tmp_path) == tree


@pytest.mark.parametrize("name", ROADS)
def test_of_many_threads_that_race_for_a_name_none_loses_a_file(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    count = 200
    make_tree(tmp_path, {f"{number}.wav": str(number).encode() for number in range(count)})
    start = threading.Barrier(count)
    refused: list[int] = []

    def race(number: int) -> None:
        start.wait()
        try:
            disk.rename(str(tmp_path / f"{number}.wav"), str(tmp_path / "kick.wav"))
        except OSError:
            refused.append(number)

    with road(name, monkeypatch):
        threads = [threading.Thread(target=race, args=(number,)) for number in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(refused) == count - 1
    found = [path.read_bytes() for path in tmp_path.iterdir()]
    assert sorted(found) == sorted(str(number).encode() for number in range(count))


def test_a_copy_keeps_times_permissions_and_attributes(disk: Disk, tmp_path: Path) -> None:
    original = tmp_path / "a.wav"
    original.write_bytes(b"sound" * 1000)
    original.chmod(0o640)
    os.utime(original, ns=(1_000_000_007, 2_000_000_009))
    try:
        os.setxattr(original, "user.rating", b"5")
    except (AttributeError, OSError):
        attributes: list[str] = []
    else:
        attributes = ["user.rating"]
    disk.copy(str(original), str(tmp_path / "b.wav"))
    disk.verify(str(tmp_path / "b.wav"), str(original))
    tree = seen(tmp_path)
    assert tree["b.wav"] == tree["a.wav"]
    if attributes:
        assert os.listxattr(tmp_path / "b.wav") == attributes


def test_a_copy_onto_a_name_that_is_taken_is_refused(disk: Disk, tmp_path: Path) -> None:
    tree = {"a.wav": b"1", "b.wav": b"2"}
    make_tree(tmp_path, tree)
    with pytest.raises(FileExistsError):
        disk.copy(str(tmp_path / "a.wav"), str(tmp_path / "b.wav"))
    assert read_tree(tmp_path) == tree


def test_a_copy_that_differs_is_found_out(disk: Disk, tmp_path: Path) -> None:
    make_tree(tmp_path, {"a.wav": b"12", "b.wav": b"13"})
    with pytest.raises(OSError, match="differs"):
        disk.verify(str(tmp_path / "b.wav"), str(tmp_path / "a.wav"))


def test_only_a_marker_is_a_marker(tmp_path: Path) -> None:
    make_tree(tmp_path, {"m": MARKER, "n": MARKER[:-1] + b"x", "o": b""})
    assert [is_marker(str(tmp_path / name)) for name in ("m", "n", "o", "none")] == [
        True,
        False,
        False,
        False,
    ]


def test_what_is_deleted_is_in_the_trash(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone: list[str] = []
    monkeypatch.setattr(transfer, "send2trash", gone.append)
    disk.trash(str(tmp_path / "a.wav"))
    assert gone == [str(tmp_path / "a.wav")]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (transfer.TrashPermissionError("a.wav"), "There is no trash on its drive; it stays."),
        (OSError(errno.EIO, "bad"), r"could not be put into the trash \(bad\)"),
    ],
)
def test_where_there_is_no_trash_nothing_is_deleted(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    def refuse(_path: str) -> None:
        raise error

    make_tree(tmp_path, {"a.wav": b"1"})
    monkeypatch.setattr(transfer, "send2trash", refuse)
    with pytest.raises(AppError, match=sentence):
        disk.trash(str(tmp_path / "a.wav"))
    assert read_tree(tmp_path) == {"a.wav": b"1"}

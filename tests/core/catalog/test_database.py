"""The catalog's file: opened, refused, brought up to date, written by one at a time."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from app.core.catalog.database import Database
from app.core.catalog.place import default_place, is_on_network
from app.core.catalog.schema import APPLICATION_ID, MIGRATIONS
from app.core.errors import BusyError, CatalogError
from tests.helpers.trees import read_tree

ROOT = Path(__file__).resolve().parents[3]


def refused(path: Path, **options: Any) -> str:
    """Return why a catalog is refused, having seen that it was left as it was."""
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(CatalogError) as caught:
        Database.open(path, **options)
    assert (path.read_bytes() if path.is_file() else None) == before
    text = str(caught.value)
    assert "\n" not in text
    assert "Traceback" not in text
    return text


def make(path: Path, *, version: int = 1, owner: int = APPLICATION_ID) -> Path:
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE things (name); INSERT INTO things VALUES ('precious');"
        f"PRAGMA application_id = {owner}; PRAGMA user_version = {version};"
    )
    connection.close()
    return path


def test_a_new_one_is_made_with_its_folder_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "catalog.sqlite"
    with Database.open(path) as first, first.transaction() as connection:
        connection.execute("INSERT INTO roots (path) VALUES (x'2f')")
    with Database.open(path) as again:
        assert again.rows("SELECT path FROM roots") == [(b"/",)]
        assert again.rows("PRAGMA journal_mode") == [("wal",)]
        assert again.rows("PRAGMA user_version") == [(len(MIGRATIONS),)]


@pytest.mark.parametrize(
    "content", [b"not a catalog at all", b"SQLite format 2\0", b"\0" * 5000], ids=len
)
def test_what_is_no_catalog_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.sqlite"
    path.write_bytes(content)
    assert "is no catalog of Kitsort" in refused(path)
    assert list(read_tree(tmp_path)) == ["x.sqlite"]


def test_a_damaged_catalog_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    Database.open(path).close()
    content = bytearray(path.read_bytes())
    content[100:4000] = b"\xff" * 3900
    path.write_bytes(content)
    text = refused(path)
    assert "damaged" in text
    assert "--catalog FILE" in text


def test_damage_that_shows_later_is_a_sentence_too(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with Database.open(path) as database, database.transaction() as connection:
        for number in range(2000):
            connection.execute(
                "INSERT INTO roots (path) VALUES (?)", (b"/%09d" % number + b"x" * 200,)
            )
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    with Database.open(path) as database, pytest.raises(CatalogError, match="damaged"):
        database.rows("SELECT path FROM roots ORDER BY id")


def test_a_newer_catalog_is_refused(tmp_path: Path) -> None:
    path = make(tmp_path / "x.sqlite", version=99)
    assert "newer Kitsort" in refused(path)


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    assert "another program" in refused(make(tmp_path / "x.sqlite", owner=0))


def test_a_copy_is_kept_before_a_migration(tmp_path: Path) -> None:
    path = make(tmp_path / "x.sqlite")
    (tmp_path / "x-v1.backup").write_bytes(b"somebody's")
    migrations = ["never run", "CREATE TABLE more (name);"]
    with Database.open(path, migrations=migrations) as database:
        assert database.rows("SELECT name FROM things") == [("precious",)]
        assert database.rows("SELECT * FROM more") == []
    assert (tmp_path / "x-v1.backup").read_bytes() == b"somebody's"
    with sqlite3.connect(tmp_path / "x-v1-1.backup") as copy:
        assert copy.execute("SELECT name FROM things").fetchall() == [("precious",)]
        assert copy.execute("PRAGMA user_version").fetchone() == (1,)
    copy.close()


def test_a_migration_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = make(tmp_path / "x.sqlite")
    with pytest.raises(CatalogError):
        Database.open(path, migrations=["", "CREATE TABLE more (name); CREATE NONSENSE;"])
    with sqlite3.connect(path) as left:
        assert left.execute("SELECT name FROM sqlite_schema").fetchall() == [("things",)]
        assert left.execute("PRAGMA user_version").fetchone() == (1,)
    left.close()


def test_a_place_without_permission_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", denied)
    assert "Permission denied" in refused(tmp_path / "closed" / "x.sqlite")


@pytest.mark.parametrize(
    "said", ["unable to open database file", "attempt to write a readonly database"]
)
def test_a_folder_that_nobody_may_write_to_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise sqlite3.OperationalError(said)

    monkeypatch.setattr(sqlite3, "connect", denied)
    text = refused(tmp_path / "x.sqlite")
    assert "cannot be opened or written" in text
    assert "--catalog FILE" in text


def test_a_lock_that_nobody_may_write_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", denied)
    with pytest.raises(CatalogError, match="cannot be written: Permission denied"):
        Database.open(tmp_path / "x.sqlite")


def test_a_folder_in_its_place_is_a_sentence(tmp_path: Path) -> None:
    assert "cannot be opened" in refused(tmp_path)


@pytest.mark.parametrize(
    ("mounts", "is_remote"),
    [
        ([("/", "ext4", "rw")], False),
        ([("/", "ext4", "rw"), ("/srv", "nfs4", "rw")], True),
        ([("/srv", "nfs4", "rw"), ("/srv/disk", "ext4", "rw")], False),
        ([("/srv", "ext4", "rw"), ("/srv/disk", "cifs", "rw")], True),
        ([("/srv/dis", "nfs", "rw"), ("/", "ext4", "rw")], False),
        ([("/srv", "NTFS", "rw,remote")], True),
        ([], False),
    ],
)
def test_a_network_share_is_known_by_its_file_system(
    monkeypatch: pytest.MonkeyPatch, mounts: list[tuple[str, str, str]], is_remote: bool
) -> None:
    drives = [
        SimpleNamespace(mountpoint=place, fstype=kind, opts=opts) for place, kind, opts in mounts
    ]
    monkeypatch.setattr("psutil.disk_partitions", lambda **_: drives)
    assert is_on_network(Path("/srv/disk/x.sqlite")) is is_remote


def test_a_catalog_on_a_network_share_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.core.catalog.place.is_on_network", lambda _: True)
    assert "network share" in refused(tmp_path / "x.sqlite")
    assert read_tree(tmp_path) == {}


def test_a_windows_share_is_known_by_its_name() -> None:
    assert is_on_network(Path(r"\\server\share\x.sqlite"))


def test_the_default_place_is_in_the_users_folder() -> None:
    assert default_place().name == "catalog.sqlite"
    assert "kitsort" in str(default_place().parent).lower()


def add_roots(database: Database, *paths: bytes, fail: bool = False) -> None:
    with database.transaction() as connection:
        connection.executemany("INSERT INTO roots (path) VALUES (?)", [(path,) for path in paths])
        if fail:
            raise ZeroDivisionError


def roots_in(database: Database) -> int:
    return len(database.rows("SELECT * FROM roots"))


def test_a_transaction_is_whole_or_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        add_roots(database, b"/a", b"/b", fail=True)
    assert roots_in(database) == 0
    with database.transaction() as outer:
        add_roots(database, b"/a")
        with database.transaction() as inner:
            assert inner is outer
    assert roots_in(database) == 1


def test_a_transaction_of_one_thread_is_not_that_of_another(database: Database) -> None:
    begun, answered = threading.Event(), threading.Event()

    def other() -> None:
        begun.wait(5)
        add_roots(database, b"/other")
        answered.set()

    def fail() -> None:
        with database.transaction():
            begun.set()
            assert not answered.wait(0.1)
            add_roots(database, b"/never", fail=True)

    thread = threading.Thread(target=other)
    thread.start()
    with pytest.raises(ZeroDivisionError):
        fail()
    thread.join(5)
    assert database.rows("SELECT path FROM roots") == [(b"/other",)]


def test_another_thread_writes_while_one_keeps_others_out(database: Database) -> None:
    with database.writing("scanning"):
        thread = threading.Thread(target=add_roots, args=(database, b"/other"))
        thread.start()
        thread.join(5)
        assert roots_in(database) == 1
        assert database.lock.holder() is not None


def test_a_full_disk_is_a_sentence_and_loses_nothing(database: Database) -> None:
    add_roots(database, b"/a")
    [[pages]] = database.rows("PRAGMA page_count")
    database.rows(f"PRAGMA max_page_count = {pages + 2}")
    many = [b"/%d" % number + b"x" * 99 for number in range(1000)]
    with pytest.raises(CatalogError, match="The disk is full"):
        add_roots(database, *many)
    assert roots_in(database) == 1
    database.rows("PRAGMA max_page_count = 100000")
    add_roots(database, *many)
    assert roots_in(database) == 1001


_HOLD = """
import sys, time
from pathlib import Path
from app.core.catalog.database import Database
with Database.open(Path(sys.argv[1])) as database, database.writing("scanning"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path) -> Any:
    """Another program that writes to the catalog until it is told to stop."""
    path = tmp_path / "catalog.sqlite"
    Database.open(path).close()
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_the_second_program_reads_and_is_told_who_writes(tmp_path: Path, holder: Any) -> None:
    with Database.open(tmp_path / "catalog.sqlite", patience_s=0.3) as second:
        assert second.rows("SELECT * FROM roots") == []
        began = time.monotonic()
        with pytest.raises(BusyError) as caught, second.transaction():
            raise AssertionError("never begun")
        assert time.monotonic() - began >= 0.3
    assert f"process {holder.pid}) is scanning just now" in str(caught.value)


def test_the_second_program_writes_when_the_first_is_done(tmp_path: Path, holder: Any) -> None:
    with Database.open(tmp_path / "catalog.sqlite", patience_s=20) as second:
        holder.stdin.close()
        with second.transaction() as connection:
            connection.execute("INSERT INTO roots (path) VALUES (x'2f')")


def test_who_comes_second_to_a_new_catalog_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It saw an empty file, and by the time it was its turn the other one was long scanning."""
    path = tmp_path / "catalog.sqlite"
    first = Database.open(path)

    def busy(*_: Any) -> Any:
        raise BusyError("Another Kitsort is scanning.")

    versions = iter([0, len(MIGRATIONS)])
    monkeypatch.setattr("app.core.catalog.database._version", lambda *_: next(versions))
    monkeypatch.setattr("app.core.catalog.lock.WriteLock.held", busy)
    with first, Database.open(path) as second:
        assert second.rows("SELECT * FROM roots") == []


def test_a_killed_program_holds_nothing(tmp_path: Path, holder: Any) -> None:
    holder.kill()
    holder.wait()
    with (
        Database.open(tmp_path / "catalog.sqlite", patience_s=5) as second,
        second.writing("scanning"),
    ):
        pass


def test_other_threads_write_while_one_wants_it_durable(database: Database) -> None:
    def write() -> None:
        with database.transaction() as connection:
            connection.execute("INSERT INTO favourites VALUES (x'61')")

    with database.durable():
        assert database.rows("PRAGMA synchronous") == [(2,)]
        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        thread.join(5)
        assert not thread.is_alive()
    assert database.rows("PRAGMA synchronous") == [(1,)]
    assert database.column("SELECT path FROM favourites") == [b"a"]

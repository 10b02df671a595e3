"""Opening the catalog: its file, its settings, its version, and one writer at a time."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import chain
from pathlib import Path
from typing import Any, Final, Self

from app.core.catalog.lock import PATIENCE_S, WriteLock
from app.core.catalog.place import require_local
from app.core.catalog.schema import APPLICATION_ID, MIGRATIONS
from app.core.errors import BusyError, CatalogError
from app.core.natural import natural

# How long SQLite itself waits; writers queue at our own lock before.
_BUSY_S: Final = 5.0


class Database:
    """An open catalog.

    Reading never waits. Who writes holds the catalog's lock; what is written in a transaction is
    there in whole or not at all.

    Attributes
    ----------
    path : Path
    lock : WriteLock
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: WriteLock) -> None:
        self.path = path
        self.lock = lock
        self._connection = connection
        # One thread writes at a time; its own nested transactions are one.
        self._writer = threading.RLock()
        self._is_writing = False

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        patience_s: float = PATIENCE_S,
        migrations: Sequence[str] = MIGRATIONS,
        checks_place: bool = True,
    ) -> Self:
        """Open a catalog, or make an empty one; bring an older one up to date.

        Parameters
        ----------
        path : Path
        patience_s : float
            How long is waited for another program that writes.
        migrations : sequence of str
        checks_place : bool
            Whether it is looked at first if another machine serves the folder; that takes as
            long as opening.

        Raises
        ------
        CatalogError
            One sentence: damaged, of a newer version, not ours, on a network share, no
            permission. Whatever is there stays as it is.
        """
        if checks_place:
            require_local(path)
        lock = WriteLock(path, patience_s=patience_s)
        with _sentences(path):
            _make_folder(path)
            connection = _connected(path)
            try:
                _brought_up(path, connection, lock, migrations)
            except BaseException:
                connection.close()
                raise
        return cls(path, connection, lock)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def rows(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        """Return what a question finds.

        Raises
        ------
        CatalogError
            If the file turns out to be damaged.
        """
        with _sentences(self.path):
            return self._connection.execute(sql, values).fetchall()

    def column(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[Any]:
        """Return the one value that a question finds in each row."""
        with _sentences(self.path):
            return list(chain.from_iterable(self._connection.execute(sql, values)))

    def each(self, sql: str, values: Sequence[Any] | dict[str, Any] = ()) -> Iterator[sqlite3.Row]:
        """Yield what a question finds, its columns by name, without holding it all."""
        with _sentences(self.path):
            cursor = self._connection.cursor()
            cursor.row_factory = sqlite3.Row
            yield from cursor.execute(sql, values)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let several questions see the same, whatever is written meanwhile."""
        with self._writer, _sentences(self.path):
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    @contextmanager
    def writing(self, doing: str) -> Iterator[None]:
        """Keep other programs from writing meanwhile.

        Raises
        ------
        BusyError
            If one of them is at it for longer than a few seconds.
        """
        with self.lock.held(doing):
            yield

    @contextmanager
    def transaction(self, doing: str = "writing") -> Iterator[sqlite3.Connection]:
        """Give a connection to write with; all of it is kept, or on an error nothing.

        Raises
        ------
        CatalogError
            The disk is full, the file damaged, no permission; BusyError as for `writing`.
        """
        with self._writer, self.writing(doing), _sentences(self.path):
            if self._is_writing:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            self._is_writing = True
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.OperationalError):  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise
            finally:
                self._is_writing = False

    @contextmanager
    def durable(self) -> Iterator[None]:
        """Let each transaction meanwhile wait until it is on the disk, whatever happens then.

        Other threads go on writing between them.
        """
        self._synchronise("FULL")
        try:
            yield
        finally:
            self._synchronise("NORMAL")

    def _synchronise(self, level: str) -> None:
        with self._writer, _sentences(self.path):
            self._connection.execute(f"PRAGMA synchronous = {level}")


_WAY_OUT: Final = "It was left as it is; name another with --catalog FILE."


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False
    )
    connection.create_function("natural_key", 1, natural, deterministic=True)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -16000")
    return connection


def _brought_up(
    path: Path, connection: sqlite3.Connection, lock: WriteLock, migrations: Sequence[str]
) -> None:
    if _version(path, connection, migrations) < len(migrations):
        try:
            with lock.held("preparing the catalog"):
                _migrate(path, connection, migrations)
        except BusyError:
            # Who was quicker has brought it up to date, and goes on writing.
            if _version(path, connection, migrations) < len(migrations):
                raise
    connection.execute("PRAGMA synchronous = NORMAL")


def _migrate(path: Path, connection: sqlite3.Connection, migrations: Sequence[str]) -> None:
    version = _version(path, connection, migrations)
    if 0 < version < len(migrations):
        _keep_copy(path, connection, version)
    connection.execute("PRAGMA journal_mode = WAL")
    for number in range(version, len(migrations)):
        connection.executescript(
            f"BEGIN IMMEDIATE; {migrations[number]}"
            f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number + 1};"
            "COMMIT;"
        )


def _version(path: Path, connection: sqlite3.Connection, migrations: Sequence[str]) -> int:
    """Return the version of a catalog, 0 for an empty file."""
    [version] = connection.execute("PRAGMA user_version").fetchone()
    [owner] = connection.execute("PRAGMA application_id").fetchone()
    [tables] = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not tables and not version:
        return 0
    if owner != APPLICATION_ID:
        raise CatalogError(f"{path} is the database of another program. {_WAY_OUT}")
    if version > len(migrations):
        raise CatalogError(
            f"The catalog {path} was written by a newer Kitsort (version {version} of the catalog, "
            f"this one knows {len(migrations)}). Update Kitsort, or name another with "
            "--catalog FILE."
        )
    return int(version)


def _keep_copy(path: Path, connection: sqlite3.Connection, version: int) -> None:
    """Keep the catalog as it was before a migration, under a name that is free."""
    number = 0
    while True:
        copy = path.with_name(f"{path.stem}-v{version}{f'-{number}' if number else ''}.backup")
        try:
            os.close(os.open(copy, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            number += 1
            continue
        with closing(sqlite3.connect(copy)) as target:
            connection.backup(target)
        return


@contextmanager
def _sentences(path: Path) -> Iterator[None]:
    """Turn what SQLite says into what a user understands."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise CatalogError(_sentence(path, str(error))) from error
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
            raise  # our fault
        if "not a database" in str(error):
            raise CatalogError(f"{path} is no catalog of Kitsort. {_WAY_OUT}") from error
        raise CatalogError(f"The catalog {path} is damaged ({error}). {_WAY_OUT}") from error


def _sentence(path: Path, said: str) -> str:
    if "full" in said:
        return f"The disk is full: the catalog {path} could not be written. Nothing was lost."
    if "readonly" in said or "unable to open" in said:
        return (
            f"The catalog {path} cannot be opened or written: a folder, or no permission there. "
            "Name another with --catalog FILE."
        )
    if "locked" in said:
        return f"Another program is using the catalog {path}; try again when it is done."
    return f"The catalog {path} cannot be used ({said})."


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CatalogError(
            f"The catalog {path} cannot be opened ({error.strerror or error}). Name another with "
            "--catalog FILE."
        ) from error

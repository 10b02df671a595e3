"""The folders that the user gave us."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.catalog.database import Database
from app.core.errors import AppError


@dataclass(frozen=True, slots=True)
class Root:
    """A folder that the user gave us.

    Attributes
    ----------
    id : int
    path : str
        Absolute.
    device : int or None
        Of the drive that it was last seen on.
    excludes : tuple of str
        Patterns of names that are passed over.
    unsupported : dict
        Files of formats that cannot be read, by extension.
    scanned_at : float or None
        When it was last gone through to its end, in seconds since 1970.
    is_online : bool
        Whether it was there the last time.
    samples : int
    """

    id: int
    path: str
    device: int | None
    excludes: tuple[str, ...]
    unsupported: dict[str, int]
    scanned_at: float | None
    is_online: bool
    samples: int


def roots(database: Database) -> list[Root]:
    """Return all roots, in the order in which they came."""
    found = database.rows(
        "SELECT id, path, device, excludes, unsupported, scanned_at, is_online, (SELECT count(*) "
        "FROM folders JOIN samples ON samples.folder = folders.id WHERE root = roots.id) "
        "FROM roots ORDER BY id"
    )
    return [
        Root(
            id=number,
            path=os.fsdecode(path),
            device=device,
            excludes=tuple(json.loads(excludes)),
            unsupported=json.loads(unsupported),
            scanned_at=scanned_at,
            is_online=bool(is_online),
            samples=samples,
        )
        for number, path, device, excludes, unsupported, scanned_at, is_online, samples in found
    ]


def root_of(known: Sequence[Root], path: str) -> Root | None:
    """Return the root that a file or folder is in, or is."""
    return next((root for root in known if _is_in(path, root.path)), None)


def root_at(database: Database, path: str) -> Root:
    """Return the root that a folder is.

    Raises
    ------
    AppError
        If it is none.
    """
    path = os.path.abspath(path)
    for root in roots(database):
        if root.path == path:
            return root
    raise AppError(f"{path}: This is no folder of the library.")


def add_root(database: Database, path: str, excludes: Sequence[str] = ()) -> Root:
    """Return the root of a folder, new or known; patterns are added to those it has.

    A root inside the new one becomes part of it, with all that is known of its samples. A folder
    inside a root is that root.

    Raises
    ------
    AppError
        If it is no folder.
    """
    path = os.path.abspath(path)
    if not os.path.isdir(path):
        raise AppError(f"There is no folder {path}.")
    with database.transaction("adding a folder") as connection:
        known = roots(database)
        around = root_of(known, path)
        if around is None:
            [number] = connection.execute(
                "INSERT INTO roots (path, device) VALUES (?, ?) RETURNING id",
                (os.fsencode(path), os.stat(path).st_dev),
            ).fetchone()
            for inner in known:
                if _is_in(inner.path, path):
                    _take_in(database, inner, number, os.path.relpath(inner.path, path))
        else:
            number = around.id
        if excludes:
            before = around.excludes if around else ()
            merged = json.dumps(list(dict.fromkeys([*before, *excludes])))
            connection.execute("UPDATE roots SET excludes = ? WHERE id = ?", (merged, number))
    return next(root for root in roots(database) if root.id == number)


def forget_root(database: Database, root: Root) -> None:
    """Drop a root and its samples; what the user said of them stays, with their content."""
    with database.transaction("forgetting a folder") as connection:
        connection.execute("DELETE FROM roots WHERE id = ?", (root.id,))


def mark_offline(database: Database, root: Root) -> None:
    """Note that a root was not there; its samples stay."""
    with database.transaction() as connection:
        connection.execute("UPDATE roots SET is_online = 0 WHERE id = ?", (root.id,))


def mark_scanned(
    database: Database, root: Root, unsupported: Mapping[str, int], *, at: float
) -> None:
    """Note that a root was gone through to its end."""
    with database.transaction() as connection:
        connection.execute(
            "UPDATE roots SET is_online = 1, device = ?, unsupported = ?, scanned_at = ? "
            "WHERE id = ?",
            (os.stat(root.path).st_dev, json.dumps(dict(unsupported)), at, root.id),
        )


def is_there(root: Root) -> bool:
    """Tell whether a root can be looked at now; an empty mount point is not its drive."""
    try:
        device = os.stat(root.path).st_dev
        with os.scandir(root.path) as entries:
            is_empty = next(entries, None) is None
    except OSError:
        return False
    return not (is_empty and root.samples and root.device is not None and device != root.device)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def _take_in(database: Database, inner: Root, number: int, below: str) -> None:
    """Make what was a root a part of another."""
    prefix = os.fsencode(below)
    with database.transaction() as connection:
        folders = connection.execute(
            "SELECT id, path FROM folders WHERE root = ?", (inner.id,)
        ).fetchall()
        connection.executemany(
            "UPDATE folders SET root = ?, path = ? WHERE id = ?",
            [
                (number, os.path.join(prefix, path).rstrip(b"/\\"), folder)
                for folder, path in folders
            ],
        )
        connection.execute("UPDATE obstacles SET root = ? WHERE root = ?", (number, inner.id))
        connection.execute("DELETE FROM roots WHERE id = ?", (inner.id,))

"""The folders that the user gave us."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.core.catalog.database import Database
from app.core.catalog.texts import refresh_texts
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


def place_of(known: Sequence[Root], path: str) -> tuple[Root, str] | None:
    """Return the root that a file or folder is in, and its path below that; '' is the root.

    Whatever way it is reached: by a link, by another spelling of its folders.
    """
    path = os.path.abspath(path)
    for root in known:
        if _is_in(path, root.path):
            return root, path[len(root.path) :].strip(os.sep)
    above, below = path, ""
    while above != os.path.dirname(above):
        for root in known:
            if _is_same(above, root.path):
                return root, below
        below = os.path.join(os.path.basename(above), below).rstrip(os.sep)
        above = os.path.dirname(above)
    return None


def root_at(database: Database, path: str) -> Root:
    """Return the root that a folder is.

    Raises
    ------
    AppError
        If it is none.
    """
    place = place_of(roots(database), path)
    if place is None or place[1]:
        raise AppError(f"{os.path.abspath(path)}: This is no folder of the library.")
    return place[0]


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
        place = place_of(known, path)
        around = place[0] if place else None
        before = list(around.excludes) if around else []
        if around is None:
            [number] = connection.execute(
                "INSERT INTO roots (path, device) VALUES (?, ?) RETURNING id",
                (os.fsencode(path), device_of(path)),
            ).fetchone()
            for inner in known:
                if _is_in(inner.path, path):
                    below = os.path.relpath(inner.path, path)
                    _take_in(connection, inner, number, below)
                    for pattern in inner.excludes:
                        before += _moved_below(pattern, below)
        else:
            number = around.id
        if excludes or before:
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
            (device_of(root.path), json.dumps(dict(unsupported)), at, root.id),
        )


def is_there(root: Root) -> bool:
    """Tell whether a root can be looked at now; an empty mount point is not its drive."""
    try:
        with os.scandir(root.path) as entries:
            is_empty = next(entries, None) is None
    except OSError:
        return False
    return not (is_empty and root.device not in {None, device_of(root.path)})


def device_of(path: str) -> int | None:
    """Return what tells a drive from another, as SQLite can keep it; None if it has gone."""
    try:
        device = os.stat(path).st_dev
    except OSError:
        return None
    return device - (1 << 64) if device >= 1 << 63 else device


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))


def _is_same(path: str, other: str) -> bool:
    try:
        return os.path.samefile(path, other)
    except OSError:
        return False


def _moved_below(pattern: str, folder: str) -> list[str]:
    """Return what a pattern of a root says from the root around it."""
    pattern = pattern.strip("/")
    deeper = [] if "/" in pattern else [f"{folder}/*/{pattern}"]
    return [f"{folder}/{pattern}", *deeper]


def _take_in(connection: sqlite3.Connection, inner: Root, number: int, below: str) -> None:
    """Make what was a root a part of another."""
    prefix = os.fsencode(below)
    folders = connection.execute(
        "SELECT id, path FROM folders WHERE root = ?", (inner.id,)
    ).fetchall()
    connection.executemany(
        "UPDATE folders SET root = ?, path = ? WHERE id = ?",
        [
            (number, os.path.join(prefix, path) if path else prefix, folder)
            for folder, path in folders
        ],
    )
    connection.execute("UPDATE obstacles SET root = ? WHERE root = ?", (number, inner.id))
    connection.execute("DELETE FROM roots WHERE id = ?", (inner.id,))
    moved = connection.execute(
        "SELECT samples.id FROM samples JOIN folders ON folders.id = folder WHERE root = ?",
        (number,),
    ).fetchall()
    refresh_texts(connection, [sample for (sample,) in moved])

"""The folders that the user gave us."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from app.core.catalog.database import Database
from app.core.catalog.states import State
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
    samples, waiting : int
        All of them; those that nobody has looked into.
    """

    id: int
    path: str
    device: int | None
    excludes: tuple[str, ...]
    unsupported: dict[str, int]
    scanned_at: float | None
    is_online: bool
    samples: int
    waiting: int


def roots(database: Database) -> list[Root]:
    """Return all roots, in the order in which they came."""
    found = database.rows(
        "SELECT roots.id, roots.path, device, excludes, unsupported, scanned_at, is_online, "
        "count(samples.id), count(iif(state = ?, 1, NULL)) FROM roots "
        "LEFT JOIN folders ON root = roots.id LEFT JOIN samples ON samples.folder = folders.id "
        "GROUP BY roots.id ORDER BY roots.id",
        (State.WAITING,),
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
            waiting=waiting,
        )
        for (number, path, device, excludes, unsupported, scanned_at, is_online), (
            samples,
            waiting,
        ) in ((row[:7], row[7:]) for row in found)
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
        raise AppError(_no_root(os.path.abspath(path), place))
    return place[0]


def _no_root(path: str, place: tuple[Root, str] | None) -> str:
    if place is None:
        return f"{path}: This is no folder of the library; kitsort roots lists those."
    around, below = place
    return (
        f"{path}: This is a part of {around.path}; kitsort scan {around.path} "
        f"--exclude '{below}' passes over it."
    )


def add_root(
    database: Database, path: str, excludes: Sequence[str] = (), *, must_exist: bool = True
) -> Root:
    """Return the root of a folder, new or known; patterns are added to those it has.

    A root inside the new one becomes part of it, with all that is known of its samples. A folder
    inside a root is that root, and patterns given for the folder hold only in it.

    Raises
    ------
    AppError
        If it is no folder, or a pattern is empty.
    """
    path = os.path.abspath(path)
    if must_exist and not os.path.isdir(path):
        is_file = os.path.exists(path)
        raise AppError(f"{path}: This is a file." if is_file else f"There is no folder {path}.")
    if not all(pattern.strip("/ ") for pattern in excludes):
        raise AppError("An empty pattern excludes nothing.")
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
            below = place[1].replace(os.sep, "/") if place else ""
            added = chain.from_iterable(_moved_below(pattern, below) for pattern in excludes)
            _set_excludes(connection, number, [*before, *added])
    return next(root for root in roots(database) if root.id == number)


def include_again(database: Database, root: Root, patterns: Sequence[str]) -> None:
    """Take patterns back that were excluded.

    Raises
    ------
    AppError
        If one of them is none of the root's; the sentence says which there are.
    """
    for pattern in patterns:
        if pattern not in root.excludes:
            known = ", ".join(map(repr, root.excludes)) or "nothing"
            raise AppError(f"{root.path}: {pattern!r} is not excluded here; {known} is.")
    with database.transaction("including again") as connection:
        left = [pattern for pattern in root.excludes if pattern not in patterns]
        _set_excludes(connection, root.id, left)


def _set_excludes(connection: sqlite3.Connection, root: int, patterns: Iterable[str]) -> None:
    merged = json.dumps(list(dict.fromkeys(patterns)))
    connection.execute("UPDATE roots SET excludes = ? WHERE id = ?", (merged, root))


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
    """Return what a pattern of a folder says from the root around it."""
    if not folder:
        return [pattern]
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

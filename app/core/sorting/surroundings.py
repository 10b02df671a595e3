"""What lies around the samples now: read, and never changed."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from app.core.content import are_alike, content_id, is_of_pieces
from app.core.sorting.safe_names import name_key

# What other programs keep beside a sample under its name: Ableton's and Reaper's analyses, notes.
SIDECARS: Final = (".asd", ".reapeaks", ".nfo")
_AS_WRITTEN: Final = (*SIDECARS, *map(str.upper, SIDECARS), *map(str.title, SIDECARS))


@dataclass(slots=True)
class Listing:
    """What a folder holds, and what the plan will put there.

    Attributes
    ----------
    path, head : str
        The second ready for a name.
    names : dict
        Names as they are on the disk, by what systems take for the same.
    folders : frozenset
        Keys of those that are folders.
    taken : dict
        By the same key, the position of the step that brings it; -1 for what is there already.
    """

    path: str
    head: str
    names: dict[str, str]
    folders: frozenset[str]
    taken: dict[str, int] = field(default_factory=dict)

    def is_own(self, key: str, path: str) -> bool:
        """Tell whether a name is taken by a file itself, perhaps in other letters."""
        return self.taken.get(key, 0) < 0 and self.head + self.names[key] == path


class Surroundings:
    """Folders as they are, each listed once."""

    def __init__(self) -> None:
        self._listings: dict[str, Listing] = {}
        self.content_of = cache(_content_of)

    def listing(self, path: str) -> Listing:
        """Return what a folder holds; one that is not there, or cannot be read, holds nothing."""
        found = self._listings.get(path)
        if found is None:
            found = self._listings[path] = _listed(path)
        return found

    def below(self, folder: str, names: Iterable[str]) -> Listing | None:
        """Return the folder that names lead to, under the names that are there already.

        None where a file is in the way.
        """
        here = self.listing(folder)
        for name in names:
            key = name_key(name)
            if key in here.names and key not in here.folders:
                return None
            here = self.listing(os.path.join(here.path, here.names.get(key, name)))
        return here

    def sidecars(self, folder: str) -> dict[str, str]:
        """Return what in a folder could belong to a sample, by key; in most there is nothing."""
        try:
            names = os.listdir(folder)
        except OSError:
            return {}
        return {name_key(name): name for name in names if name.endswith(_AS_WRITTEN)}

    def is_same_sound(self, path: str, other: str, size: int, content: bytes | None) -> bool:
        """Tell whether a file is as large as another, and sounds the same.

        Parameters
        ----------
        path : str
            What may be the same.
        other : str
            The sample's own path.
        size : int
        content : bytes or None
            Of the sample, where it is known.
        """
        try:
            if os.stat(path).st_size != size:
                return False
            if content is None or is_of_pieces(content):
                return are_alike(path, other)
        except OSError:
            return False
        return self.content_of(path) == content


def _content_of(path: str) -> bytes | None:
    try:
        return content_id(path)
    except OSError:
        return None


def _listed(path: str) -> Listing:
    names: dict[str, str] = {}
    folders = set()
    try:
        with os.scandir(path) as entries:
            for entry in entries:
                key = name_key(entry.name)
                names[key] = entry.name
                if entry.is_dir():
                    folders.add(key)
    except OSError:
        return Listing(path, os.path.join(path, ""), {}, frozenset())
    return Listing(
        path,
        os.path.join(path, ""),
        names,
        frozenset(folders),
        dict.fromkeys(names, -1),
    )

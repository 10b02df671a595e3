"""The folders that the rows lie in: each known by its number in the catalog."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.core.browsing.arrays import Mask
from app.core.natural import natural_ranks


class Place(NamedTuple):
    """Where a folder is: the number and the path of its root, and its path below that."""

    root: int
    above: str
    below: str

    @property
    def path(self) -> str:
        """The whole path."""
        return os.path.join(self.above, self.below)


class Folders:
    """Folders by their numbers; `of` is asked with an array that has one for each row."""

    def __init__(self, places: Mapping[int, tuple[int, str, str]]) -> None:
        self._places = {number: Place(*place) for number, place in places.items()}
        is_one = len({place.root for place in self._places.values()}) == 1
        self._texts = {
            number: _text_of(place, is_only_root=is_one) for number, place in self._places.items()
        }

    def with_others(self, places: Mapping[int, tuple[int, str, str]]) -> Folders:
        """Return these and others; of those with the same number, the others."""
        return Folders(self._places | dict(places))

    def path(self, number: int, name: str) -> str:
        """Return the path of a file in a folder."""
        return os.path.join(self._places[number].path, name)

    def text(self, number: int) -> str:
        """Return a folder below its root; where there are several roots, with its name."""
        return self._texts[number]

    def in_roots(self, roots: Iterable[int], of: NDArray[Any]) -> Mask:
        """Return which rows lie in some roots."""
        among = set(roots)
        return self._where(lambda place: place.root in among, of)

    def below(self, folder: str, of: NDArray[Any]) -> Mask:
        """Return which rows lie in a folder, or deeper."""
        head = os.path.join(folder, "")
        return self._where(lambda place: os.path.join(place.path, "").startswith(head), of)

    def _where(self, holds: Callable[[Place], bool], of: NDArray[Any]) -> Mask:
        return np.isin(of, [number for number, place in self._places.items() if holds(place)])

    def count_roots(self, of: NDArray[Any]) -> dict[int, int]:
        """Return how many rows lie in each root."""
        folders, counts = np.unique(of, return_counts=True)
        found: dict[int, int] = {}
        for folder, count in zip(folders.tolist(), counts.tolist(), strict=True):
            root = self._places[folder].root
            found[root] = found.get(root, 0) + count
        return found

    def ranks(self, of: NDArray[Any]) -> NDArray[np.int32]:
        """Return for each row the place of its folder among all, as people count."""
        folders, where = np.unique(of, return_inverse=True)
        ranks: NDArray[np.int32] = natural_ranks([self._texts[one] for one in folders.tolist()])
        return ranks[where]


def _text_of(place: Place, *, is_only_root: bool) -> str:
    name = os.path.basename(place.above) or place.above
    below = place.below.replace(os.sep, "/")
    if not below:
        return name
    return below if is_only_root else f"{name}/{below}"

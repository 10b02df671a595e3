"""Which folder and which name a sample gets: the template filled, made safe, and free."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from app.core.sorting.candidates import Candidate, folder_of
from app.core.sorting.safe_names import is_plain, name_key, safe_name
from app.core.sorting.steps import Collision, Rules
from app.core.sorting.surroundings import Listing, Surroundings
from classifier import OTHER

ALREADY_THERE: Final = "already there"
NAME_TAKEN: Final = "the name is taken"


class _Named(NamedTuple):
    """A sample on its way to a name."""

    candidate: Candidate
    decision: str
    stem: str


# What stands in a template.
_VALUES: Final[Mapping[str, Callable[[_Named], str]]] = {
    "instrument": lambda one: one.decision,
    "name": lambda one: one.stem,
    "kind": lambda one: one.candidate.kind_name if one.decision == OTHER else "",
    "root": lambda one: os.path.basename(one.candidate.root),
    "top": lambda one: _top(one.candidate),
    "folder": lambda one: os.path.basename(folder_of(one.candidate)),
    "note": lambda one: one.candidate.note,
    "length": lambda one: f"{one.candidate.duration_s or 0:.2f}s",
    "tag": lambda one: next(iter(one.candidate.tag_names), "").replace("/", "_"),
    "n": lambda one: "",  # noqa: ARG005 - known only once the folder is
}


def _top(candidate: Candidate) -> str:
    return candidate.below.partition(os.sep)[0] or os.path.basename(candidate.root)


class Targets:
    """Folders and names for samples, no name given twice."""

    def __init__(self, rules: Rules, surroundings: Surroundings) -> None:
        self._rules = rules
        self._disk = surroundings
        template = rules.template
        self._is_numbered = "n" in template.fields
        # The usual template: folders by instrument, names as they are.
        self._keeps_names = template.keeps_names
        self._one_is_enough = rules.on_collision is not Collision.KEEP_BOTH
        self._is_by_instrument = template.folder_fields <= {"instrument"}
        self._is_usual = self._keeps_names and self._is_by_instrument and not self._one_is_enough
        self._fields = tuple(template.fields | {"name"})
        self._by_instrument: dict[str, Listing | None] = {}
        self._by_folders: dict[tuple[str, ...], Listing | None] = {}
        self._counted: dict[str, int] = {}
        # By folder and name: what steps bring there, and the number for the next of them.
        self._brought: defaultdict[tuple[str, str], set[bytes | None]] = defaultdict(set)
        self._next_number: dict[tuple[str, str], int] = {}

    def at_once(self, candidate: Candidate, decision: str) -> tuple[Listing, str] | None:
        """Return folder and key of a name that stays as it is and is free; None: look closer.

        So it is for most samples, and there may be 100,000.
        """
        name = candidate.name
        listing = self._by_instrument.get(decision)
        if listing is None or not self._is_usual or not is_plain(name):
            return None
        key = name.lower()
        return None if key in listing.taken else (listing, key)

    def aim(self, candidate: Candidate, decision: str) -> tuple[Listing | None, str, str]:
        """Return the folder where a sample belongs, None if a file is in its way; stem, ending."""
        stem, dot, ending = candidate.name.rpartition(".")
        if not stem:
            stem, dot, ending = candidate.name, "", ""
        if self._keeps_names and decision in self._by_instrument:
            return self._by_instrument[decision], stem, dot + ending
        named = _Named(candidate, decision, stem)
        values = {field: _VALUES[field](named) for field in self._fields}
        *folders, name = self._rules.template.filled(values)
        listing = self._folder(tuple(folders))
        if self._is_by_instrument:
            self._by_instrument[decision] = listing
        if listing is not None and self._is_numbered:
            count = self._counted[listing.path] = self._counted.get(listing.path, 0) + 1
            name = self._rules.template.filled(values, count)[-1]
        return listing, name, dot + ending

    def _folder(self, names: tuple[str, ...]) -> Listing | None:
        if names not in self._by_folders:
            safe = [safe_name(name) for name in names]
            self._by_folders[names] = self._disk.below(self._rules.destination, safe)
        return self._by_folders[names]

    def free_name(
        self, listing: Listing, stem: str, ending: str, candidate: Candidate, path: str
    ) -> tuple[str, str] | str:
        """Return a name that nothing has, with its key; or why the sample stays."""
        wanted = stem + ending
        plain = is_plain(wanted)
        if not plain:
            wanted = safe_name(stem, ending)
        key = wanted.lower() if plain else name_key(wanted)
        if key not in listing.taken or listing.is_own(key, path):
            if self._one_is_enough:
                self._brought[listing.path, key].add(candidate.content)
            return wanted, key
        family = (listing.path, key)
        if listing.names and self._is_there(listing, stem, ending, candidate, path):
            return ALREADY_THERE
        if self._one_is_enough and self._is_coming(family, candidate):
            return ALREADY_THERE
        if self._rules.on_collision is Collision.SKIP:
            return NAME_TAKEN
        if self._one_is_enough:
            self._brought[family].add(candidate.content)
        return self._numbered(listing, family, stem, ending, as_it_is=plain is not None)

    def _numbered(
        self, listing: Listing, family: tuple[str, str], stem: str, ending: str, *, as_it_is: bool
    ) -> tuple[str, str]:
        """Return the name with the first number that is free."""
        number = self._next_number.get(family, 2)
        while True:
            suffix = f" ({number})"
            name = f"{stem}{suffix}{ending}" if as_it_is else safe_name(stem, ending, suffix)
            key = name.lower() if as_it_is else name_key(name)
            number += 1
            if key not in listing.taken:
                self._next_number[family] = number
                return name, key

    def _is_coming(self, family: tuple[str, str], candidate: Candidate) -> bool:
        """Tell whether an earlier step brings the same sound."""
        return candidate.content is not None and candidate.content in self._brought[family]

    def _is_there(
        self, listing: Listing, stem: str, ending: str, candidate: Candidate, path: str
    ) -> bool:
        """Tell whether the folder holds the same sound under the name, or a number of it."""
        number = 1
        while True:
            suffix = f" ({number})" if number > 1 else ""
            own = listing.names.get(name_key(safe_name(stem, ending, suffix)))
            if own is None and number > 1:
                return False
            if own is not None:
                there = listing.head + own
                if self._disk.is_same_sound(there, path, candidate.size, candidate.content):
                    return True
            number += 1

"""The samples of the library in memory, by columns, as a table shows them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.core.browsing.text_search import Texts, TextSearch
from app.core.catalog import columns
from app.core.catalog.columns import Columns
from app.core.catalog.database import Database
from app.core.catalog.problems import sentences
from app.core.catalog.search import Query, favourite_ids, find_ids
from app.core.catalog.states import State
from app.core.names import Evidence
from app.core.natural import natural
from classifier import INSTRUMENTS, KINDS, LABELS, OTHER, OUTPUTS, UNSURE

UNSURE_CODE: Final = len(LABELS)
UNKNOWN_CODE: Final = -1
OTHER_CODE: Final = LABELS.index(OTHER)
_UNSAID: Final = -2

Ids = NDArray[np.int64]
Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(slots=True)
class Said:
    """What the user said of samples, by their numbers."""

    corrections: list[tuple[int, int]] = field(default_factory=list)
    tags: list[tuple[int, str]] = field(default_factory=list)
    favourites: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Loaded:
    """What is read of the catalog at once, in a thread; `Rows.take` shows it."""

    columns: Columns
    folders: dict[int, tuple[int, str, str]]
    thresholds: dict[int, float]
    problems: list[tuple[int, str]]
    said: Said


@dataclass(slots=True)
class Deepened:
    """What takes longer to read and is needed for searching, correcting and sorting by name."""

    texts: Texts
    contents: dict[int, bytes]
    twins: NDArray[np.int64]
    duplicates: list[int]
    late: dict[str, NDArray[Any]]
    names: list[str]
    name_ranks: NDArray[np.int32]


def load(
    database: Database,
    ids: Sequence[int] | None = None,
    only: Sequence[str] = columns.NUMBERS,
) -> Loaded:
    """Read what a table shows of some samples, or of all; of their numbers only some."""
    with database.snapshot():
        return Loaded(
            columns.load_columns(database, ids, only),
            columns.folder_names(database),
            columns.model_thresholds(database),
            sentences(database),
            load_said(database),
        )


def load_said(database: Database) -> Said:
    """Read what the user said of all samples."""
    return Said(
        columns.corrections_of(database),
        columns.tags_of(database),
        favourite_ids(database),
    )


def deepen(database: Database, names: Sequence[str]) -> Deepened:
    """Read the rest, of all samples; `names` are those that are shown, in their order."""
    with database.snapshot():
        texts = Texts(*columns.texts_of(database))
        contents = columns.contents_of(database)
        duplicates = find_ids(database, Query(is_duplicate=True))
        late = columns.late_columns(database)
    kept = list(names)
    ranks = ranks_of(list(map(natural, kept)))
    return Deepened(texts, dict(contents), _twins(contents), duplicates, late, kept, ranks)


class Rows:
    """Samples by columns; a row is a position in all of them. For one thread.

    Attributes
    ----------
    ids : array, int64
        Numbers of the samples, ascending.
    names : list of str
    correction : array, int8
        What the user said, as a position in ``LABELS``; -1 where nothing.
    is_favourite, is_duplicate : array, bool
    tags : dict
        Of the rows that have some, a tuple of str.
    problems : dict
        Of the rows that cannot be read, why.
    contents : dict
        Of samples by number, the identity of what they hold, once that was read.
    threshold : float or None
        Confidence below which a sample is Unsure; None for that of the model that named it.
    middle_c : int
        In which octave middle C is, as the user counts.
    search : TextSearch
    """

    def __init__(self) -> None:
        self._numbers = columns.empty()
        self.names: list[str] = []
        self.correction = np.empty(0, np.int8)
        self.is_favourite = np.empty(0, np.bool_)
        self.is_duplicate = np.empty(0, np.bool_)
        self.tags: dict[int, tuple[str, ...]] = {}
        self.problems: dict[int, str] = {}
        self.contents: dict[int, bytes] = {}
        self.threshold: float | None = None
        self.middle_c = 4
        self._twins = np.empty(0, np.int32)
        self.search = TextSearch()
        self._folders: dict[int, tuple[int, str, str]] = {}
        self._folder_texts: dict[int, str] = {}
        self._thresholds: dict[int, float] = {}
        self._name_ranks: NDArray[np.int32] | None = None

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, column: str) -> NDArray[Any]:
        """Return one of ``columns.NUMBERS``."""
        return self._numbers[column]

    @property
    def ids(self) -> Ids:
        """Return the numbers of the samples, ascending."""
        return self._numbers["id"]

    def rows_of(self, ids: Sequence[int] | Ids) -> Positions:
        """Return the rows of samples; those that are not there are left out."""
        wanted = np.asarray(ids, np.int64)
        rows = np.searchsorted(self.ids, wanted)
        inside = rows < len(self)
        inside[inside] = self.ids[rows[inside]] == wanted[inside]
        return rows[inside]

    def row_of(self, number: int) -> int | None:
        """Return the row of a sample, or None if it is not there."""
        rows = self.rows_of([number])
        return int(rows[0]) if len(rows) else None

    def take(self, loaded: Loaded) -> None:
        """Show what was read of all samples in place of what is here."""
        self._numbers, self.names = loaded.columns.numbers, loaded.columns.names
        self._name_ranks, self._folders = None, {}
        self._take_surroundings(loaded)
        self.is_duplicate = np.zeros(len(self), np.bool_)
        self._twins = np.full(len(self), -1, np.int32)
        self.search = TextSearch()
        self._take_problems(loaded)
        self.hear(loaded.said)

    def merge(self, loaded: Loaded) -> bool:
        """Show what was read of some samples, new or changed; tell whether any was new.

        Of those that were not here, only the ones newer than all others are taken: an older one
        that has come back is there with the next `take`.
        """
        found = loaded.columns
        rows = np.searchsorted(self.ids, found.numbers["id"])
        known = rows < len(self)
        known[known] = self.ids[rows[known]] == found.numbers["id"][known]
        for name, values in self._numbers.items():
            values[rows[known]] = found.numbers[name][known]
        for row, at in zip(rows[known], np.flatnonzero(known), strict=True):
            if self.names[row] != found.names[at]:
                self.names[row] = found.names[at]
                self._name_ranks = None
        self._take_surroundings(loaded)
        new = ~known & (rows == len(self))
        self._append(found, new)
        self._take_problems(loaded)
        self.hear(loaded.said)
        return bool(new.any())

    def _take_surroundings(self, loaded: Loaded) -> None:
        # A folder that the catalog has dropped meanwhile still has its rows here.
        self._folders, self._thresholds = self._folders | loaded.folders, loaded.thresholds
        is_one = len({root for root, *_ in self._folders.values()}) == 1
        self._folder_texts = {
            number: _folder_text(path, below, is_one)
            for number, (_, path, below) in self._folders.items()
        }

    def _take_problems(self, loaded: Loaded) -> None:
        numbers = [number for number, _ in loaded.problems]
        said = dict(loaded.problems)
        self.problems = {
            int(row): said[int(self.ids[row])] for row in self.rows_of(numbers).tolist()
        }

    def _append(self, found: Columns, new: Mask) -> None:
        """Add samples, which are newer than all that are here."""
        if not new.any():
            return
        self._numbers = {
            name: np.concatenate([values, found.numbers[name][new]])
            for name, values in self._numbers.items()
        }
        self.names += [found.names[at] for at in np.flatnonzero(new)]
        self._name_ranks = None
        count = int(new.sum())
        self.is_duplicate = np.concatenate([self.is_duplicate, np.zeros(count, np.bool_)])
        self._twins = np.concatenate([self._twins, np.full(count, -1, np.int32)])

    def deepen(self, deepened: Deepened) -> None:
        """Take up what was read later."""
        self.contents = deepened.contents
        self._twins = self._groups_of(deepened.twins)
        self.is_duplicate = self._mask_of(deepened.duplicates)
        self._take_late(deepened.late)
        if deepened.names == self.names:
            self._name_ranks = deepened.name_ranks
        self.search = TextSearch()
        self.find_in(deepened.texts)

    def _take_late(self, late: dict[str, NDArray[Any]]) -> None:
        rows = np.searchsorted(self.ids, late["id"])
        known = rows < len(self)
        known[known] = self.ids[rows[known]] == late["id"][known]
        for name, values in late.items():
            self._numbers[name][rows[known]] = values[known]

    def _groups_of(self, twins: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return for each row a number that all that hold the same have; -1 for what is alone."""
        groups = np.full(len(self), -1, np.int32)
        rows = np.searchsorted(self.ids, twins[:, 0])
        known = rows < len(self)
        known[known] = self.ids[rows[known]] == twins[known, 0]
        groups[rows[known]] = twins[known, 1]
        return groups

    def find_in(self, texts: Texts) -> None:
        """Let some samples be found by what they are called and what was said of them.

        Those that are not there, because they have gone or are too new, are left out.
        """
        rows = np.searchsorted(self.ids, texts.ids)
        is_there = rows < len(self)
        is_there[is_there] = self.ids[rows[is_there]] == texts.ids[is_there]
        self.search.add(np.where(is_there, rows, -1), texts)

    def hear(self, said: Said) -> None:
        """Show what the user said, in place of what is shown of that."""
        self.correction = np.full(len(self), UNKNOWN_CODE, np.int8)
        if said.corrections:
            ids, labels = (np.array(part) for part in zip(*said.corrections, strict=True))
            rows = np.searchsorted(self.ids, ids)
            there = rows < len(self)
            there[there] = self.ids[rows[there]] == ids[there]
            self.correction[rows[there]] = labels[there]
        self.tags = {
            int(row): tuple(json.loads(tags))
            for number, tags in said.tags
            for row in self.rows_of([number])
        }
        self.is_favourite = self._mask_of(said.favourites)

    def correct(self, ids: Sequence[int] | Ids, codes: NDArray[np.int8]) -> None:
        """Show what the user has just said of samples, and so of those that hold the same.

        Parameters
        ----------
        ids : sequence of int
            Of samples that are there.
        codes : array, shape (len(ids),)
            Positions in ``LABELS``; -1 takes back what was said.
        """
        rows = self.rows_of(ids)
        self.correction[rows] = codes
        groups = self._twins[rows]
        if (groups >= 0).any():
            said = np.full(int(self._twins.max()) + 1, _UNSAID, np.int8)
            said[groups[groups >= 0]] = codes[groups >= 0]
            of_all = np.where(self._twins >= 0, said[self._twins], _UNSAID)
            self.correction = np.where(of_all == _UNSAID, self.correction, of_all)

    def copies_of(self, rows: Positions) -> tuple[NDArray[np.int64], Mask]:
        """Return how many samples hold what each of some rows does, and which is the first such."""
        groups = self._twins[rows]
        if not (groups >= 0).any():
            return np.ones(len(rows), np.int64), np.ones(len(rows), np.bool_)
        sizes = np.bincount(self._twins[self._twins >= 0], minlength=1)
        copies = np.where(groups >= 0, sizes[groups], 1)
        is_first = groups < 0
        _, firsts = np.unique(groups, return_index=True)
        is_first[firsts] = True
        return copies, is_first

    def _mask_of(self, ids: Sequence[int]) -> Mask:
        mask = np.zeros(len(self), np.bool_)
        mask[self.rows_of(ids)] = True
        return mask

    def path(self, row: int) -> str:
        """Return where a sample lies."""
        _, root, below = self._folders[int(self["folder"][row])]
        return os.path.join(root, below, self.names[row])

    def folder(self, row: int) -> str:
        """Return the folder that a sample lies in, below its root; of several, with its name."""
        return self._folder_texts[int(self["folder"][row])]

    def in_roots(self, roots: Iterable[int]) -> Mask:
        """Return which samples lie in some roots."""
        among = set(roots)
        folders = [number for number, (of, *_) in self._folders.items() if of in among]
        return np.isin(self["folder"], folders)

    def in_root(self, root: int) -> Mask:
        """Return which samples lie in a root."""
        return self.in_roots([root])

    def below(self, folder: str) -> Mask:
        """Return which samples lie in a folder, or deeper."""
        head = os.path.join(folder, "")
        inside = [
            number
            for number, (_, root, below) in self._folders.items()
            if os.path.join(root, below, "").startswith(head)
        ]
        return np.isin(self["folder"], inside)

    def count_roots(self, state: State | None = None) -> dict[int, int]:
        """Return how many samples lie in each root, or how many in some state."""
        among = self["folder"] if state is None else self["folder"][self["state"] == state]
        folders, counts = np.unique(among, return_counts=True)
        found: dict[int, int] = {}
        for folder, count in zip(folders.tolist(), counts.tolist(), strict=True):
            root = self._folders[folder][0]
            found[root] = found.get(root, 0) + count
        return found

    def name_says(self, row: int) -> Evidence | None:
        """Return what the name of a sample says."""
        code = int(self["name_says"][row])
        if code < 0:
            return None
        name = OUTPUTS[code]
        return Evidence(name) if name in INSTRUMENTS else Evidence(OTHER, name)

    def kind(self, row: int) -> str | None:
        """Return the kind that a sample of Other sounds like."""
        code = int(self["kind"][row])
        return KINDS[code] if code >= 0 else None

    def decisions(self) -> NDArray[np.int8]:
        """Return for each row a position in ``LABELS``, 6 for Unsure, -1 before it was heard."""
        label = self["label"]
        is_sure = self["confidence"] >= self.thresholds()
        heard = np.where(is_sure, label, UNSURE_CODE).astype(np.int8)
        heard[label < 0] = UNKNOWN_CODE
        return np.where(self.correction >= 0, self.correction, heard)

    def decision_of(self, row: int) -> int:
        """Return what `decisions` says of one row."""
        if self.correction[row] >= 0 or self["label"][row] < 0:
            return int(self.correction[row])
        least = self.threshold
        if least is None:
            least = self._thresholds.get(int(self["model"][row]), 1.0)
        return int(self["label"][row]) if self["confidence"][row] >= least else UNSURE_CODE

    def thresholds(self) -> NDArray[np.float32]:
        """Return for each row the confidence below which it is Unsure."""
        if self.threshold is not None:
            return np.full(len(self), self.threshold, np.float32)
        by_model = np.ones(max(self._thresholds, default=0) + 2, np.float32)
        for model, least in self._thresholds.items():
            by_model[model] = least
        least_sure: NDArray[np.float32] = by_model[self["model"]]
        return least_sure

    def disagrees(self) -> Mask:
        """Return which names say otherwise than their sound, where the user has not decided."""
        says = np.minimum(self["name_says"], OTHER_CODE)
        is_said = (says >= 0) & (self["label"] >= 0) & (self.correction < 0)
        mask: Mask = is_said & (says != self["label"])
        return mask

    def disagrees_at(self, row: int) -> bool:
        """Return what `disagrees` says of one row."""
        says, label = min(int(self["name_says"][row]), OTHER_CODE), int(self["label"][row])
        return says >= 0 and label >= 0 and says != label and bool(self.correction[row] < 0)

    def has_problem(self) -> Mask:
        """Return which samples cannot be read."""
        mask: Mask = self["state"] == State.PROBLEM
        return mask

    def waits(self) -> Mask:
        """Return which samples nobody has looked into."""
        mask: Mask = self["state"] == State.WAITING
        return mask

    def name_ranks(self) -> NDArray[np.int32]:
        """Return for each row the place of its name among all, as people count."""
        if self._name_ranks is None:
            self._name_ranks = ranks_of(list(map(natural, self.names)))
        return self._name_ranks

    def folder_ranks(self) -> NDArray[np.int32]:
        """Return for each row the place of its folder among all."""
        folders, where = np.unique(self["folder"], return_inverse=True)
        keys = [natural(self._folder_texts[int(folder)]) for folder in folders]
        return ranks_of(keys)[where]


def _folder_text(root: str, below: str, is_only_root: bool) -> str:
    name = os.path.basename(root) or root
    if not below:
        return name
    below = below.replace(os.sep, "/")
    return below if is_only_root else f"{name}/{below}"


def _twins(contents: Sequence[tuple[int, bytes]]) -> NDArray[np.int64]:
    """Return the samples whose content several have, each with a number for that content."""
    first: dict[bytes, int] = {}
    groups: dict[int, int] = {}
    pairs: list[tuple[int, int]] = []
    for number, content in contents:
        known = first.setdefault(content, number)
        if known != number:
            if known not in groups:
                groups[known] = len(groups)
                pairs.append((known, groups[known]))
            pairs.append((number, groups[known]))
    return np.array(pairs, np.int64).reshape(-1, 2)


def ranks_of(keys: list[str]) -> NDArray[np.int32]:
    """Return the place of each key among the others; equal ones share theirs."""
    places = {key: place for place, key in enumerate(sorted(set(keys)))}
    return np.array([places[key] for key in keys], np.int32)


def decision_name(code: int) -> str | None:
    """Return what a code of `Rows.decisions` is called."""
    if code < 0:
        return None
    return UNSURE if code == UNSURE_CODE else LABELS[code]

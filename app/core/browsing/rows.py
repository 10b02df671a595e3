"""The samples of the library in memory, by columns, as a table shows them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.core.browsing.arrays import Ids, Mask, Positions
from app.core.browsing.folders import Folders
from app.core.browsing.loading import Deepened, Loaded, Said
from app.core.browsing.text_search import Texts, TextSearch
from app.core.catalog import columns
from app.core.catalog.columns import Columns
from app.core.catalog.states import State
from app.core.names import Evidence
from app.core.natural import natural_ranks
from classifier import INSTRUMENTS, KINDS, LABELS, OTHER, OUTPUTS

UNSURE_CODE: Final = len(LABELS)
UNKNOWN_CODE: Final = -1
OTHER_CODE: Final = LABELS.index(OTHER)
_UNSAID: Final = -2


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
        self._folders = Folders({})
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
        rows, is_there = self._look_up(ids)
        return rows[is_there]

    def _look_up(self, ids: Sequence[int] | Ids) -> tuple[Positions, Mask]:
        """Return the row of each sample, or where it would come; and which are there."""
        wanted = np.asarray(ids, np.int64)
        rows = np.searchsorted(self.ids, wanted)
        is_there = rows < len(self)
        is_there[is_there] = self.ids[rows[is_there]] == wanted[is_there]
        return rows, is_there

    def row_of(self, number: int) -> int | None:
        """Return the row of a sample, or None if it is not there."""
        rows = self.rows_of([number])
        return int(rows[0]) if len(rows) else None

    def take(self, loaded: Loaded) -> None:
        """Show what was read of all samples in place of what is here."""
        self._numbers, self.names = loaded.columns.numbers, loaded.columns.names
        self._name_ranks, self._folders = None, Folders({})
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
        rows, known = self._look_up(found.numbers["id"])
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
        self._folders = self._folders.with_others(loaded.folders)
        self._thresholds = loaded.thresholds

    def _take_problems(self, loaded: Loaded) -> None:
        said = dict(loaded.problems)
        rows = self.rows_of(list(said)).tolist()
        self.problems = {row: said[int(self.ids[row])] for row in rows}

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
        rows, known = self._look_up(late["id"])
        for name, values in late.items():
            self._numbers[name][rows[known]] = values[known]

    def _groups_of(self, twins: NDArray[np.int64]) -> NDArray[np.int32]:
        """Return for each row a number that all that hold the same have; -1 for what is alone."""
        groups = np.full(len(self), -1, np.int32)
        rows, known = self._look_up(twins[:, 0])
        groups[rows[known]] = twins[known, 1]
        return groups

    def find_in(self, texts: Texts) -> None:
        """Let some samples be found by what they are called and what was said of them.

        Those that are not there, because they have gone or are too new, are left out.
        """
        rows, is_there = self._look_up(texts.ids)
        self.search.add(np.where(is_there, rows, -1), texts)

    def hear(self, said: Said) -> None:
        """Show what the user said, in place of what is shown of that."""
        self.correction = np.full(len(self), UNKNOWN_CODE, np.int8)
        if said.corrections:
            ids, labels = (np.array(part) for part in zip(*said.corrections, strict=True))
            rows, is_there = self._look_up(ids)
            self.correction[rows[is_there]] = labels[is_there]
        tags = dict(said.tags)
        rows = self.rows_of(list(tags)).tolist()
        self.tags = {row: tuple(json.loads(tags[int(self.ids[row])])) for row in rows}
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
        return self._folders.path(int(self["folder"][row]), self.names[row])

    def folder(self, row: int) -> str:
        """Return the folder that a sample lies in, below its root; of several, with its name."""
        return self._folders.text(int(self["folder"][row]))

    def in_roots(self, roots: Iterable[int]) -> Mask:
        """Return which samples lie in some roots."""
        return self._folders.in_roots(roots, self["folder"])

    def below(self, folder: str) -> Mask:
        """Return which samples lie in a folder, or deeper."""
        return self._folders.below(folder, self["folder"])

    def count_roots(self, state: State | None = None) -> dict[int, int]:
        """Return how many samples lie in each root, or how many in some state."""
        folders = self["folder"]
        return self._folders.count_roots(
            folders if state is None else folders[self["state"] == state]
        )

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
            self._name_ranks = natural_ranks(self.names)
        return self._name_ranks

    def folder_ranks(self) -> NDArray[np.int32]:
        """Return for each row the place of its folder among all."""
        return self._folders.ranks(self["folder"])

"""A plan to be looked through: filtered, searched, and single steps of it left out."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.core.browsing.text_search import Texts, TextSearch
from app.core.catalog.texts import folded
from app.core.collector import without_collector
from app.core.sample import DECISIONS
from app.core.sorting.steps import Act, Left, Plan, Step
from app.core.sorting.wording import folder_of_step, removes_copies

LEFT_OUT: Final = "left out by you"
_NONE: Final = -1
_DECISIONS: Final = frozenset(DECISIONS)

Mask = NDArray[np.bool_]
Positions = NDArray[np.int64]
Codes = NDArray[np.int32]


class Group(StrEnum):
    """By what rows can be chosen; the values are what it is called."""

    ALL = "All"
    FOLDER = "Goes to"
    REMOVED = "Removed from"
    INSTRUMENT = "Instrument"
    STAYS = "Stays"


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the rows.

    Attributes
    ----------
    group : Group
    name : str
        A folder, an instrument, a reason; '' for all of the group.
    """

    group: Group = Group.ALL
    name: str = ""


class _Coded:
    """Texts as numbers, counted from 0 as they come."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def of(self, text: str) -> int:
        return self.numbers.setdefault(text, len(self.numbers))


class Preview:
    """The steps of a plan, then what stays: a row is a position in both, one after the other.

    Attributes
    ----------
    plan : Plan
    kept : array of bool, shape (steps,)
        Which steps will be done; who goes along with a step that is left out stays as well.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        steps = plan.steps
        self._own = np.ones(len(steps), np.bool_)
        self._folders, self._decisions, self._reasons = _Coded(), _Coded(), _Coded()
        with without_collector():
            self._leaders = _leaders(steps)
            self._sizes = np.fromiter((step.size for step in steps), np.int64, len(steps))
            self._folder_codes = self._coded_folders()
            self._decision_codes = self._coded_decisions()
            self._reason_codes = np.fromiter(
                (self._reasons.of(left.reason) for left in plan.left), np.int32, len(plan.left)
            )
            self._search = searchable(self._texts())
        self.kept: Mask = self._own

    def __len__(self) -> int:
        return len(self.plan.steps) + len(self.plan.left)

    def step(self, row: int) -> Step | None:
        """Return the step of a row, or None for a file that stays."""
        return self.plan.steps[row] if row < len(self.plan.steps) else None

    def left(self, row: int) -> Left:
        """Return the file of a row that stays."""
        return self.plan.left[row - len(self.plan.steps)]

    def folder(self, row: int) -> str:
        """Return the folder that the step of a row leads to, as `folder_of_step`."""
        return folder_of_step(self.plan, self.plan.steps[row])

    # --- what is shown ------------------------------------------------------------------------

    def matching(self, part: Part, text: str) -> Positions:
        """Return the rows of a part in which each word of a text is found."""
        mask = self._mask(part)
        if text.strip():
            mask &= self._search.find(text, len(self))
        return np.flatnonzero(mask)

    def _mask(self, part: Part) -> Mask:
        mask = np.zeros(len(self), np.bool_)
        steps = len(self.plan.steps)
        if part.group is Group.ALL:
            mask[:] = True
        elif part.group in {Group.FOLDER, Group.REMOVED}:
            mask[:steps] = self._is(self._folder_codes, self._folders, part.name)
        elif part.group is Group.INSTRUMENT:
            mask[:steps] = self._is(self._decision_codes, self._decisions, part.name)
        else:
            mask[steps:] = self._is(self._reason_codes, self._reasons, part.name)
        return mask

    @staticmethod
    def _is(codes: Codes, coded: _Coded, name: str) -> Mask | bool:
        return codes == coded.numbers.get(name, _NONE - 1) if name else True

    def totals(self) -> dict[Part, int]:
        """Return how many files there are, go to each folder, and stay for each reason.

        For each instrument only where the folders say something else.
        """
        found: dict[Part, int] = {Part(): len(self)}
        group = Group.REMOVED if removes_copies(self.plan) else Group.FOLDER
        folders = _counted(self._folders, self._folder_codes[self.kept])
        decisions = _counted(self._decisions, self._decision_codes[self.kept])
        for name in sorted(folders, key=_place_of):
            found[Part(group, name)] = folders[name]
        if folders != decisions and len(decisions) > 1:
            for name in sorted(decisions, key=_place_of):
                found[Part(Group.INSTRUMENT, name)] = decisions[name]
        reasons = _counted(self._reasons, self._reason_codes)
        for name, count in sorted(reasons.items(), key=lambda one: -one[1]):
            found[Part(Group.STAYS, name)] = count
        return found

    # --- what is kept -------------------------------------------------------------------------

    def keep(self, rows: Positions | Sequence[int], *, is_kept: bool) -> None:
        """Leave steps out, or take them in again; rows that stay anyway are passed over."""
        chosen = np.asarray(rows, np.int64)
        own = self._own.copy()
        own[chosen[chosen < len(own)]] = is_kept
        self._take(own)

    def leave_out(self, sources: Collection[str]) -> None:
        """Leave out the steps of files, by their paths."""
        if sources:
            own = [step.source not in sources for step in self.plan.steps]
            self._take(np.array(own, np.bool_))

    def _take(self, own: Mask) -> None:
        self._own = self.kept = own
        followers = np.flatnonzero(self._leaders >= 0)
        if len(followers):
            self.kept = own.copy()
            self.kept[followers] &= own[self._leaders[followers]]

    def left_out(self) -> set[str]:
        """Return the paths of the files whose steps are left out."""
        return {step.source for step in compress(self.plan.steps, ~self._own)}

    @property
    def samples(self) -> int:
        """How many steps are kept that do not merely go along with another one."""
        return int(np.count_nonzero(self.kept & (self._leaders < 0)))

    @property
    def files(self) -> int:
        """How many steps are kept."""
        return int(np.count_nonzero(self.kept))

    @property
    def size(self) -> int:
        """Bytes of the files that are kept."""
        return int(self._sizes[self.kept].sum())

    def chosen(self) -> Plan:
        """Return the plan without the steps that are left out; they stay, by the user's wish."""
        if self.kept.all():
            return self.plan
        places = np.cumsum(self.kept) - 1
        steps = [
            step if step.leader is None else step._replace(leader=int(places[step.leader]))
            for step in compress(self.plan.steps, self.kept)
        ]
        out = list(compress(self.plan.steps, ~self.kept))
        left = [*self.plan.left, *(Left(step.source, LEFT_OUT) for step in out)]
        return replace(self.plan, steps=steps, left=left, left_out=out)

    # --- columns ------------------------------------------------------------------------------

    def _coded_folders(self) -> Codes:
        """Return a number for the folder of each step; each folder is worded once."""
        known: dict[str, int] = {}
        codes = np.empty(len(self.plan.steps), np.int32)
        for row, step in enumerate(self.plan.steps):
            key = step.target if step.act is Act.TAG else step.target.rpartition(os.sep)[0]
            if key not in known:
                known[key] = self._folders.of(folder_of_step(self.plan, step))
            codes[row] = known[key]
        return codes

    def _coded_decisions(self) -> Codes:
        codes = np.full(len(self.plan.steps), _NONE, np.int32)
        for row, step in enumerate(self.plan.steps):
            if step.leader is not None:
                codes[row] = codes[step.leader]
            else:
                name = decision_of(step.reason)
                codes[row] = self._decisions.of(name) if name else _NONE
        return codes

    def _texts(self) -> list[str]:
        names = list(self._folders.numbers)
        texts = [
            f"{step.source}\n{names[code]}/{os.path.basename(step.target)}\n{step.reason}"
            for step, code in zip(self.plan.steps, self._folder_codes.tolist(), strict=True)
        ]
        texts += [f"{left.path}\n{left.reason}" for left in self.plan.left]
        return texts


def searchable(texts: Sequence[str]) -> TextSearch:
    """Return texts so that they are found by words in them, by their places."""
    places = np.arange(len(texts), dtype=np.int64)
    joined = "".join(folded(text).replace("\0", " ") + "\0" for text in texts)
    found = TextSearch()
    found.add(places, Texts(places, joined.encode()))
    return found


def decision_of(reason: str) -> str | None:
    """Return the instrument, Other or Unsure that is the reason of a step, if it is one."""
    name = reason.partition(" · ")[0]
    return name if name in _DECISIONS else None


def _place_of(folder: str) -> tuple[int, str]:
    """Return what folders are ordered by: instruments as everywhere, then by name."""
    name = decision_of(folder.partition("/")[0])
    return (DECISIONS.index(name) if name else len(DECISIONS)), folder.lower()


def _leaders(steps: Iterable[Step]) -> Positions:
    return np.array([_NONE if one.leader is None else one.leader for one in steps], np.int64)


def _counted(coded: _Coded, codes: Codes) -> dict[str, int]:
    counts = np.bincount(codes[codes >= 0], minlength=len(coded.numbers)).tolist()
    return {name: counts[code] for name, code in coded.numbers.items()}

"""Making a plan: each sample, where it goes and why, or why it stays. Nothing is touched."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

from app.core.catalog.states import State
from app.core.collector import without_collector
from app.core.natural import natural
from app.core.sample import DECISIONS
from app.core.sorting.candidates import Candidate, folder_of
from app.core.sorting.safe_names import name_key, safe_name
from app.core.sorting.steps import ACTS, Act, Left, Mode, Plan, Rules, Step
from app.core.sorting.surroundings import SIDECARS, Listing, Surroundings
from app.core.sorting.targets import NAME_TAKEN, Targets
from classifier import OTHER, UNSURE

IN_THE_WAY: Final = "a file is in the way of its folder"
# Looking a member up takes longer than comparing two numbers.
_DONE: Final = int(State.DONE)
_REASONS: Final = {
    int(State.PROBLEM): "cannot be read",
    int(State.ONLINE_ONLY): "online only",
    int(State.WAITING): "not yet looked into",
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A file that an earlier batch put below the destination, and that is still there.

    Attributes
    ----------
    path : str
    size, mtime_ns : int
        As it is.
    """

    path: str
    size: int
    mtime_ns: int


def make_plan(
    candidates: Sequence[Candidate],
    rules: Rules,
    surroundings: Surroundings,
    placed: Mapping[str, Placed] | None = None,
) -> Plan:
    """Return what sorting would do with some samples.

    Checked against the disk and against itself, as every system compares names: two steps never
    lead to one name, and none to one that is taken.

    Parameters
    ----------
    candidates : sequence of Candidate
    rules : Rules
    surroundings : Surroundings
        The disk, as it is now.
    placed : mapping
        By the path of the original: copies and links of it that earlier batches have made.
    """
    planner = _Planner(rules, surroundings, placed or {})
    if "n" in rules.template.fields:  # counted as people count
        candidates = sorted(candidates, key=lambda one: natural(os.path.join(one.below, one.name)))
    with without_collector():
        for _, group in groupby(candidates, key=attrgetter("root", "below")):
            planner.consider_folder(list(group))
    return planner.plan


@dataclass(frozen=True, slots=True)
class _Source:
    """A folder that samples lie in.

    Attributes
    ----------
    path, head : str
        The second ready for a name.
    sidecars : dict
        What in it could belong to a sample, by key.
    sorted_as : str or None
        Key of the folder right below the destination that it is in, or is; of those of
        instruments it is asked.
    """

    path: str
    head: str
    sidecars: dict[str, str]
    sorted_as: str | None


class _Planner:
    """One plan in the making."""

    def __init__(
        self, rules: Rules, surroundings: Surroundings, placed: Mapping[str, Placed]
    ) -> None:
        self.plan = Plan(rules)
        self._rules = rules
        self._disk = surroundings
        self._targets = Targets(rules, surroundings)
        self._act = ACTS[rules.mode]
        # What was copied before, by its original; a move does not ask.
        self._placed = {} if rules.mode is Mode.MOVE else placed
        self._copies = {copy.path for copy in self._placed.values()}
        self._destination = os.path.join(rules.destination, "")
        self._left = {UNSURE: not rules.with_unsure, OTHER: not rules.with_other}
        self._keys = {name: name_key(name) for name in DECISIONS}
        self._going: set[str] = set()

    def consider_folder(self, candidates: Sequence[Candidate]) -> None:
        """Add a step for each sample of a folder, or the reason why there is none."""
        source = self._source(folder_of(candidates[0]))
        least = self._rules.least_confidence
        for candidate in candidates:
            path = source.head + candidate.name
            decision = candidate.decision(least)
            if candidate.state != _DONE or candidate.is_link or not candidate.is_online:
                why = self._why_not(candidate)
            else:
                why = None  # as nearly always
            if why is not None:
                self._leave(path, why)
            elif self._left.get(decision):
                self._leave(path, decision.lower())
            elif self._act is Act.TAG:
                self._tag(candidate, path, decision)
            elif source.sorted_as == self._keys[decision]:
                self.plan.in_place += 1
            elif self._placed:
                self._place_again(candidate, source, path, decision)
            else:
                self._place(candidate, source, path, decision, self._act)

    def _source(self, folder: str) -> _Source:
        head = os.path.join(folder, "")
        return _Source(folder, head, self._disk.sidecars(folder), self._sorted_as(head))

    def _sorted_as(self, path: str) -> str | None:
        """Return the key of the folder right below the destination that a path leads through."""
        if not self._rules.template.begins_with_instrument:
            return None
        if not path.startswith(self._destination):
            return None
        first, between, _ = path[len(self._destination) :].partition(os.sep)
        return name_key(first) if between else None

    def _why_not(self, candidate: Candidate) -> str | None:
        if candidate.state != _DONE:
            return _REASONS[candidate.state]
        if self._act is Act.TAG:
            return None
        if not candidate.is_online:
            return "its drive is not there"
        if candidate.is_link and self._act is not Act.COPY:
            return "a link; what it leads to is sorted where it lies"
        return None

    def _tag(self, candidate: Candidate, path: str, decision: str) -> None:
        own = [tag for tag in candidate.tag_names if tag in self._keys]
        if own == [decision]:
            self.plan.in_place += 1
        elif candidate.content is None:
            self._leave(path, "cannot be read")
        else:
            size, mtime_ns = candidate.size, candidate.mtime_ns
            step = Step(Act.TAG, path, decision, size, mtime_ns, decision, candidate.id)
            self.plan.steps.append(step)

    def _place_again(self, candidate: Candidate, source: _Source, path: str, decision: str) -> None:
        """Place a sample where earlier batches have placed copies of some."""
        copy = self._placed.get(path)
        if copy is None and path not in self._copies:
            self._place(candidate, source, path, decision, self._act)
        elif copy is None:
            # A copy in the library: it moves, unless its original has said so already.
            if path not in self._going:
                self._place(candidate, source, path, decision, Act.MOVE)
        elif self._sorted_as(copy.path) == self._keys[decision] or copy.path in self._going:
            self.plan.in_place += 1
        else:
            candidate = candidate._replace(size=copy.size, mtime_ns=copy.mtime_ns)
            folder = self._source(os.path.dirname(copy.path))
            self._place(candidate, folder, copy.path, decision, Act.MOVE)

    def _place(
        self, candidate: Candidate, source: _Source, path: str, decision: str, act: Act
    ) -> None:
        """Find a free name in the folder where a sample belongs, and add the step."""
        found = self._targets.at_once(candidate, decision)
        if found:
            listing, key = found
            name = candidate.name
        else:
            closer = self._looked_closer(candidate, source, path, decision, act)
            if closer is None:
                return
            listing, name, key = closer
        reason = decision
        if decision == OTHER and candidate.kind is not None:
            reason = f"{OTHER} · {candidate.kind_name}"
        steps = self.plan.steps
        number = listing.taken[key] = len(steps)
        size, mtime_ns = candidate.size, candidate.mtime_ns
        steps.append(Step(act, path, listing.head + name, size, mtime_ns, reason, candidate.id))
        if self._placed:
            self._going.add(path)
        if source.sidecars:
            self._take_along(source, candidate.name, listing, name, number)

    def _looked_closer(
        self, candidate: Candidate, source: _Source, path: str, decision: str, act: Act
    ) -> tuple[Listing, str, str] | None:
        """Return folder, name and key for a sample, or None and note why it stays."""
        listing, stem, ending = self._targets.aim(candidate, decision)
        if listing is None:
            self._leave(path, IN_THE_WAY)
            return None
        if source.path == listing.path and self._is_itself(listing, stem, ending, path, act):
            self.plan.in_place += 1
            return None
        free = self._targets.free_name(listing, stem, ending, candidate, path)
        if isinstance(free, str):
            self._leave(path, free)
            return None
        return listing, *free

    def _is_itself(self, listing: Listing, stem: str, ending: str, path: str, act: Act) -> bool:
        name = safe_name(stem, ending)
        is_own = act is not Act.MOVE and listing.is_own(name_key(name), path)
        return is_own or path == listing.head + name

    def _take_along(
        self, source: _Source, own: str, listing: Listing, name: str, leader: int
    ) -> None:
        """Add steps for what other programs keep beside a sample under its name."""
        stem = own.rpartition(".")[0] or own
        keys = (name_key(f"{base}{ending}") for base in (own, stem) for ending in SIDECARS)
        for sidecar in [source.sidecars[key] for key in keys if key in source.sidecars]:
            path = source.head + sidecar
            if path in self._going:
                continue
            # "kick.wav.asd" follows the whole name, "kick.nfo" the name without its ending.
            base = own if sidecar.lower().startswith(own.lower()) else own.rpartition(".")[0]
            head = name if base == own else name.rpartition(".")[0]
            target = head + sidecar[len(base) :]
            key = name_key(target)
            if key in listing.taken:
                self._leave(path, NAME_TAKEN)
                continue
            try:
                status = os.stat(path)
            except OSError:
                continue
            listing.taken[key] = len(self.plan.steps)
            self._going.add(path)
            step = self.plan.steps[leader]._replace(
                source=path,
                target=listing.head + target,
                size=status.st_size,
                mtime_ns=status.st_mtime_ns,
                reason=f"goes along with {own}",
                sample=None,
                leader=leader,
            )
            self.plan.steps.append(step)

    def _leave(self, path: str, reason: str) -> None:
        self.plan.left.append(Left(path, reason))

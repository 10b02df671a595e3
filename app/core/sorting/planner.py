"""Making a plan: each sample, where it goes and why, or why it stays. Nothing is touched."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from app.core.catalog.states import State
from app.core.natural import natural
from app.core.sorting.candidates import Candidate, folder_of
from app.core.sorting.safe_names import name_key, safe_name
from app.core.sorting.steps import ACTS, Act, Collision, Left, Plan, Rules, Step
from app.core.sorting.surroundings import Listing, Surroundings
from classifier import INSTRUMENTS, OTHER, UNSURE

ALREADY_THERE: Final = "already there"
IN_THE_WAY: Final = "a file is in the way of its folder"


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
    for candidate in candidates:
        planner.consider(candidate)
    return planner.plan


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
}


def _top(candidate: Candidate) -> str:
    return candidate.below.partition(os.sep)[0] or os.path.basename(candidate.root)


class _Planner:
    """One plan in the making."""

    def __init__(
        self, rules: Rules, surroundings: Surroundings, placed: Mapping[str, Placed]
    ) -> None:
        self.plan = Plan(rules)
        self._rules = rules
        self._disk = surroundings
        self._placed = placed
        self._copies = {copy.path for copy in placed.values()}
        self._act = ACTS[rules.mode]
        self._fields = sorted(rules.template.fields - {"n"} | {"name"})
        self._values = [_VALUES[field] for field in self._fields]
        self._counted: dict[str, int] = {}
        # By folder and name: what steps bring there, and the number for the next of them.
        self._brought: defaultdict[tuple[str, str], set[bytes | None]] = defaultdict(set)
        self._next_number: dict[tuple[str, str], int] = {}
        self._going: set[str] = set()
        self._folder = lru_cache(maxsize=None)(self._folder_of)

    def consider(self, candidate: Candidate) -> None:
        """Add a step for a sample, or the reason why there is none."""
        path = os.path.join(folder_of(candidate), candidate.name)
        why = self._why_not(candidate)
        if why:
            self._leave(path, why)
            return
        decision = candidate.decision(self._rules.least_confidence)
        if decision == UNSURE and not self._rules.with_unsure:
            self._leave(path, "unsure")
        elif decision == OTHER and not self._rules.with_other:
            self._leave(path, "other")
        elif self._act is Act.TAG:
            self._tag(candidate, path, decision)
        else:
            self._place(candidate, path, decision)

    def _why_not(self, candidate: Candidate) -> str | None:
        if self._act is not Act.TAG:
            if not candidate.is_online:
                return "its drive is not there"
            if candidate.is_link and self._act is not Act.COPY:
                return "a link; what it leads to is sorted where it lies"
        reasons = {
            State.PROBLEM: "cannot be read",
            State.ONLINE_ONLY: "online only",
            State.WAITING: "not yet looked into",
        }
        return reasons.get(State(candidate.state)) if candidate.state != State.DONE else None

    def _tag(self, candidate: Candidate, path: str, decision: str) -> None:
        own = [tag for tag in candidate.tag_names if tag in (*INSTRUMENTS, OTHER, UNSURE)]
        if own == [decision]:
            self.plan.in_place += 1
        elif candidate.content is None:
            self._leave(path, "cannot be read")
        else:
            self._step(candidate, path, decision, decision, act=Act.TAG)

    def _place(self, candidate: Candidate, path: str, decision: str) -> None:
        below = self._below_destination(path)
        if self._is_in_folder_of(below, decision):
            self.plan.in_place += 1
            return
        copy = self._placed.get(path)
        if path in self._copies and self._act is not Act.MOVE:
            # A copy that was sorted before: its original speaks for it, unless that is gone.
            self._relocate(candidate, path, path, decision)
        elif copy is not None and self._act is not Act.MOVE:
            if self._is_in_folder_of(self._below_destination(copy.path), decision):
                self.plan.in_place += 1
            else:
                self._relocate(candidate, copy.path, path, decision, copy)
        else:
            self._go(candidate, path, decision, self._act)

    def _relocate(
        self,
        candidate: Candidate,
        path: str,
        original: str,
        decision: str,
        copy: Placed | None = None,
    ) -> None:
        """Move what an earlier batch has made to where it belongs by now."""
        if path in self._going:
            self.plan.in_place += 1
            return
        if copy is not None:
            size, mtime_ns = copy.size, copy.mtime_ns
            candidate = candidate._replace(size=size, mtime_ns=mtime_ns)
        self._go(candidate, path, decision, Act.MOVE, original=original)

    def _go(
        self,
        candidate: Candidate,
        path: str,
        decision: str,
        act: Act,
        *,
        original: str | None = None,
    ) -> None:
        """Find a free name in the folder where a sample belongs, and add the step."""
        listing, stem, ending = self._aim(candidate, decision)
        if listing is None:
            self._leave(path, IN_THE_WAY)
            return
        name = safe_name(stem, ending)
        own = self._act is not Act.MOVE and self._is_own(listing, name_key(name), path)
        if own or path == os.path.join(listing.path, name):
            self.plan.in_place += 1
            return
        free = self._free_name(listing, stem, ending, candidate, path)
        if free is None:
            return
        target = os.path.join(listing.path, free)
        reason = decision if original is None or original == path else f"{decision}, sorted before"
        if decision == OTHER and candidate.kind_name:
            reason = f"{OTHER} · {candidate.kind_name}"
        number = self._step(candidate, path, target, reason, act=act)
        listing.taken[name_key(free)] = number
        self._brought[listing.path, name_key(name)].add(candidate.content)
        self._take_along(path, listing, free, number, act)

    def _aim(self, candidate: Candidate, decision: str) -> tuple[Listing | None, str, str]:
        stem, dot, ending = candidate.name.rpartition(".")
        if not stem:
            stem, dot, ending = candidate.name, "", ""
        named = _Named(candidate, decision, stem)
        found = [make(named) for make in self._values]
        values = dict(zip(self._fields, found, strict=True))
        *folders, name = self._rules.template.filled(values)
        listing = self._folder(tuple(folders))
        if listing is not None and "n" in self._rules.template.fields:
            count = self._counted[listing.path] = self._counted.get(listing.path, 0) + 1
            name = self._rules.template.filled(values, count)[-1]
        return listing, name, f"{dot}{ending}"

    def _folder_of(self, names: tuple[str, ...]) -> Listing | None:
        return self._disk.below(self._rules.destination, map(safe_name, names))

    def _free_name(
        self, listing: Listing, stem: str, ending: str, candidate: Candidate, path: str
    ) -> str | None:
        """Return a name that nothing has, or None and say why the sample stays."""
        wanted = safe_name(stem, ending)
        key = name_key(wanted)
        if key not in listing.taken or self._is_own(listing, key, path):
            return wanted
        family = (listing.path, key)
        if self._is_there(listing, stem, ending, candidate, path) or self._is_coming(
            family, candidate
        ):
            self._leave(path, ALREADY_THERE)
            return None
        if self._rules.on_collision is Collision.SKIP:
            self._leave(path, "the name is taken")
            return None
        number = self._next_number.get(family, 2)
        while name_key(name := safe_name(stem, ending, f" ({number})")) in listing.taken:
            number += 1
        self._next_number[family] = number + 1
        return name

    def _is_own(self, listing: Listing, key: str, path: str) -> bool:
        """Tell whether a name is the sample's own already, in other letters."""
        is_on_disk = listing.taken.get(key, 0) < 0
        return is_on_disk and os.path.join(listing.path, listing.names[key]) == path

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
                there = os.path.join(listing.path, own)
                if self._disk.is_same_sound(there, path, candidate.size, candidate.content):
                    return True
            number += 1

    def _is_coming(self, family: tuple[str, str], candidate: Candidate) -> bool:
        """Tell whether an earlier step brings the same sound, and one is enough."""
        if self._rules.on_collision is Collision.KEEP_BOTH or candidate.content is None:
            return False
        return candidate.content in self._brought[family]

    def _take_along(self, path: str, listing: Listing, name: str, leader: int, act: Act) -> None:
        """Add steps for what other programs keep beside a sample under its name."""
        folder, own = os.path.split(path)
        for sidecar in self._disk.sidecars(folder, own):
            source = os.path.join(folder, sidecar)
            if source in self._going:
                continue
            # "kick.wav.asd" follows the whole name, "kick.nfo" the name without its ending.
            base = own if sidecar.lower().startswith(own.lower()) else own.rpartition(".")[0]
            head = name if base == own else name.rpartition(".")[0]
            target = head + sidecar[len(base) :]
            key = name_key(target)
            if key in listing.taken:
                self._leave(source, "the name is taken")
                continue
            try:
                status = os.stat(source)
            except OSError:
                continue
            listing.taken[key] = len(self.plan.steps)
            self._going.add(source)
            self.plan.steps.append(
                Step(
                    act,
                    source,
                    os.path.join(listing.path, target),
                    status.st_size,
                    status.st_mtime_ns,
                    f"goes along with {own}",
                    None,
                    leader,
                )
            )

    def _step(self, candidate: Candidate, path: str, target: str, reason: str, *, act: Act) -> int:
        number = len(self.plan.steps)
        self._going.add(path)
        self.plan.steps.append(
            Step(act, path, target, candidate.size, candidate.mtime_ns, reason, candidate.id)
        )
        return number

    def _leave(self, path: str, reason: str) -> None:
        self.plan.left.append(Left(path, reason))

    def _below_destination(self, path: str) -> str | None:
        """Return a path below the destination; None for one that lies elsewhere."""
        head = os.path.join(self._rules.destination, "")
        return path[len(head) :] if path.startswith(head) else None

    def _is_in_folder_of(self, below: str | None, decision: str) -> bool:
        """Tell whether a file below the destination lies in its instrument's folder already."""
        if below is None or not self._rules.template.begins_with_instrument:
            return False
        first, between, _ = below.partition(os.sep)
        return bool(between) and name_key(first) == name_key(decision)

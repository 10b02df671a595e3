"""Sorting in small: candidates without a scan, plans, and what trees look like afterwards."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from app.core.catalog.database import Database
from app.core.catalog.states import State
from app.core.content import content_id
from app.core.jobs import Job
from app.core.sorting.batch import apply
from app.core.sorting.candidates import Candidate
from app.core.sorting.planner import Placed, make_plan
from app.core.sorting.runner import Outcome
from app.core.sorting.steps import Mode, Plan, Rules
from app.core.sorting.surroundings import Surroundings
from app.core.sorting.template import Template
from app.core.sorting.transfer import Disk
from app.core.sorting.undoing import make_undo
from classifier import KINDS, LABELS, UNSURE


class Seen(NamedTuple):
    """A file as it lies there: what undo has to restore."""

    content: bytes
    mode: int
    mtime_ns: int


def seen(folder: Path) -> dict[str, Seen | str | None]:
    """Return all files below a folder, links as where they lead to, and empty folders as None."""
    found: dict[str, Seen | str | None] = {}
    for here, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(here, name)
            key = path.relative_to(folder).as_posix()
            status = path.lstat()
            if path.is_symlink():
                found[key] = str(path.readlink())
            elif name in files:
                mode = stat.S_IMODE(status.st_mode)
                found[key] = Seen(path.read_bytes(), mode, status.st_mtime_ns)
            elif not any(path.iterdir()):
                found[key] = None
    return found


def files(folder: Path) -> dict[str, Seen | str]:
    """Return all files below a folder, as `seen`."""
    return {path: found for path, found in seen(folder).items() if found is not None}


def candidate(root: Path, path: str, decision: str, **more: Any) -> Candidate:
    """Return a file below a root as a sample that was decided to be something."""
    file = root / path
    status = file.stat()
    below, _, name = path.rpartition("/")
    is_unsure = decision == UNSURE
    found = Candidate(
        id=abs(hash(path)) % 10_000,
        root=str(root),
        below=below,
        name=name,
        size=status.st_size,
        mtime_ns=status.st_mtime_ns,
        state=State.DONE,
        is_link=file.is_symlink(),
        is_online=True,
        content=content_id(file),
        label=0 if is_unsure else LABELS.index(decision),
        correction=None,
        confidence=0.1 if is_unsure else 1.0,
        threshold=0.8,
        kind=KINDS.index("clap") if decision == "Other" else None,
        duration_s=0.5,
        root_hz=None,
        tags=None,
    )
    return found._replace(**more)


def candidates_of(root: Path, decisions: Mapping[str, str]) -> list[Candidate]:
    """Return files below a root as samples, by what was decided of each."""
    return [candidate(root, path, decision) for path, decision in sorted(decisions.items())]


def planned(
    root: Path,
    decisions: Mapping[str, str],
    into: Path,
    *,
    template: str = "{instrument}/{name}",
    placed: Mapping[str, Placed] | None = None,
    **rules: Any,
) -> Plan:
    """Return the plan that sorts some files of a root."""
    wanted = Rules(str(into), template=Template.parsed(template), **rules)
    return make_plan(candidates_of(root, decisions), wanted, Surroundings(), placed)


def targets(plan: Plan, into: Path) -> dict[str, str]:
    """Return where each file of a plan goes, both below a folder."""
    return {
        Path(step.source).name: Path(step.target).relative_to(into).as_posix()
        for step in plan.steps
    }


def applied(database: Database, plan: Plan, disk: Disk | None = None) -> Outcome:
    """Apply a plan, reporting to nobody."""
    return apply(database, plan, disk or Disk(), Job())


def undone(database: Database, batch: int | None = None) -> Plan:
    """Undo a batch; return the plan that did."""
    plan = make_undo(database, batch)
    if plan.steps:
        applied(database, plan)
    return plan


def what_should_be(plan: Plan, before: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """Return the tree that a plan leads to, from the tree before, both below `base`."""
    after = {key: value for key, value in before.items() if value is not None}
    moves = plan.rules.mode is Mode.MOVE
    for step in plan.steps:
        source = Path(step.source).relative_to(base).as_posix()
        target = Path(step.target).relative_to(base).as_posix()
        assert target not in after
        if plan.rules.mode is Mode.SYMLINK:
            after[target] = step.source
        else:
            after[target] = after.pop(source) if moves else after[source]
    return after

"""Undo: the inverse plan of a batch, on the same road as any other."""

from __future__ import annotations

import os
import stat

from app.core.catalog.database import Database
from app.core.catalog.roots import roots
from app.core.content import are_alike
from app.core.errors import AppError
from app.core.sorting.journal import Batch, Entry, Stage, batch_at, batches, entries
from app.core.sorting.runner import is_as_planned, is_case_only
from app.core.sorting.steps import Act, Left, Plan, Rules, Step
from app.core.sorting.template import Template

_TAKEN_AWAY = frozenset({Act.COPY, Act.HARDLINK, Act.SYMLINK})


def make_undo(database: Database, number: int | None = None) -> Plan:
    """Return the plan that takes a batch back, by default the newest.

    What has changed since is left, and listed with the reason.

    Raises
    ------
    AppError
        If there is no such batch, it is under way, or was taken back already.
    """
    batch = batch_at(database, number)
    if batch.is_open:
        raise AppError("This sort was interrupted: kitsort recover comes first.")
    if batch.is_undone:
        raise AppError(f"Batch {batch.id} was undone already.")
    return inverse_of(database, batch)


def inverse_of(database: Database, batch: Batch) -> Plan:
    """Return the plan that takes back what is done of a batch."""
    plan = Plan(
        Rules(batch.destination, batch.mode, Template.parsed(batch.template)), undoes=batch.id
    )
    taken_back = _taken_back(database, batch)
    away = _away(database) if batch.undoes is None else ()
    undone_act = batch_at(database, batch.undoes).act if batch.undoes else batch.act
    for entry in reversed(entries(database, batch.id)):
        if entry.stage is not Stage.DONE or entry.step[1:3] in taken_back:
            continue
        if entry.step.act is Act.MOVE and entry.step.source.startswith(away):
            plan.left.append(Left(entry.step.target, "the folder where it was is not there"))
            continue
        found = _inverse(entry, batch, undone_act)
        if isinstance(found, Step):
            plan.steps.append(found)
        else:
            plan.left.append(Left(entry.step.target, found))
    return plan


def _taken_back(database: Database, batch: Batch) -> set[tuple[str, str]]:
    """Return source and target of the steps that an undo which was stopped has taken back."""
    found = set()
    for one in batches(database):
        if one.undoes != batch.id or one.is_undone:
            continue
        for entry in entries(database, one.id):
            if entry.stage is Stage.DONE:
                source, target = entry.step.source, entry.step.target
                is_move = entry.step.act is Act.MOVE
                found.add((target, source) if is_move else (source, target))
    return found


def _away(database: Database) -> tuple[str, ...]:
    """Return the folders of the library that are not there: nothing is put in their place."""
    known = [root.path for root in roots(database)]
    return tuple(os.path.join(path, "") for path in known if not os.path.isdir(path))


def _inverse(entry: Entry, batch: Batch, undone_act: Act) -> Step | str:
    """Return the step that takes one back, or why there is none."""
    step = entry.step
    reason = f"as before batch {batch.id}"
    if step.act is Act.TAG:
        return step._replace(target=entry.before or "", reason=reason, leader=None)
    if step.act is Act.REMOVE:
        return _again(step, undone_act, reason)
    try:
        status = os.lstat(step.target)
    except OSError:
        return "it is not there any more"
    if step.act in _TAKEN_AWAY:
        return _why_it_stays(step, status) or step._replace(
            act=Act.REMOVE,
            size=status.st_size,
            mtime_ns=status.st_mtime_ns,
            reason=reason,
            leader=None,
        )
    return _back(step, status, reason)


def _back(step: Step, status: os.stat_result, reason: str) -> Step | str:
    """Return the step that moves a file back."""
    if not is_as_planned(step, status):
        return "it has changed since"
    if os.path.lexists(step.source) and not is_case_only(step):
        return "something has taken its old name"
    source, target = step.target, step.source
    return Step(Act.MOVE, source, target, status.st_size, status.st_mtime_ns, reason, step.sample)


def _again(step: Step, act: Act, reason: str) -> Step | str:
    """Return the step that makes a copy or link again."""
    try:
        status = os.stat(step.source) if act is Act.COPY else os.lstat(step.source)
    except OSError:
        return "the original is not there any more"
    if os.path.lexists(step.target):
        return "something has taken its old name"
    return Step(
        act, step.source, step.target, status.st_size, status.st_mtime_ns, reason, step.sample
    )


def _why_it_stays(step: Step, status: os.stat_result) -> str | None:
    """Return why a copy or link may not be removed."""
    try:
        if step.act is Act.SYMLINK:
            is_ours = stat.S_ISLNK(status.st_mode) and os.readlink(step.target) == step.source
            return None if is_ours else "it has changed since"
        if not os.path.exists(step.source):
            return "the original is gone: this may be the only one"
        if step.act is Act.HARDLINK:
            return None if os.path.samefile(step.source, step.target) else "it has changed since"
        if status.st_size != step.size or not are_alike(step.source, step.target):
            return "it or its original has changed since"
    except OSError:
        return "it cannot be read"
    return None

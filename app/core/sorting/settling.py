"""After a crash: what really became of the steps that the journal knows no end of."""

from __future__ import annotations

import os
from collections.abc import Sequence

from app.core.content import are_alike
from app.core.sorting.journal import Entry, Stage, made_of
from app.core.sorting.runner import (
    between_of,
    is_as_planned,
    is_case_only,
    part_of,
    sentence_of,
)
from app.core.sorting.steps import Act
from app.core.sorting.transfer import Disk, is_marker


def settled(
    entries: Sequence[Entry], batch: int, disk: Disk, *, forward: bool
) -> list[tuple[Entry, Stage, str | None]]:
    """Return what became of steps, after half of a step was finished or taken back.

    A step comes out DONE, PLANNED if nothing of it has happened, or FAILED with a sentence. Only
    what is surely ours is removed: temporary names, markers, copies that are the very file that
    we made.
    """
    results: list[tuple[Entry, Stage, str | None]] = []
    for entry in entries:
        if entry.stage not in {Stage.PLANNED, Stage.MADE}:
            continue
        try:
            stage = Stage.DONE if _is_done(entry, batch, disk, forward=forward) else Stage.PLANNED
            results.append((entry, stage, None))
        except OSError as error:
            results.append((entry, Stage.FAILED, sentence_of(error)))
    return results


def _is_done(entry: Entry, batch: int, disk: Disk, *, forward: bool) -> bool:
    step = entry.step
    if step.act is Act.TAG:  # written together with the journal, or not at all
        return False
    if os.path.lexists(part := part_of(entry, batch)):
        disk.remove(part)
    if step.act is Act.MOVE:
        return _is_moved(entry, batch, disk, forward=forward)
    if step.act is Act.COPY:
        return _is_our_copy(entry)
    if step.act is Act.HARDLINK:
        return _are_one_file(step.source, step.target)
    if step.act is Act.SYMLINK:
        return os.path.islink(step.target) and os.readlink(step.target) == step.source
    return not os.path.lexists(step.target)


def _is_moved(entry: Entry, batch: int, disk: Disk, *, forward: bool) -> bool:
    step = entry.step
    if is_case_only(step):
        return _is_rewritten(entry, between_of(entry, batch), disk, forward=forward)
    if not os.path.lexists(step.source):
        return os.path.lexists(step.target) and is_as_planned(step, os.lstat(step.target))
    if is_marker(step.target):
        disk.remove(step.target)
        return False
    if _are_one_file(step.source, step.target) or _is_our_copy(entry):
        disk.remove(step.source if forward else step.target)
        return forward
    return False


def _is_rewritten(entry: Entry, between: str, disk: Disk, *, forward: bool) -> bool:
    """Tell the same of a name that was to be written otherwise, by a name between."""
    step = entry.step
    for kept_free in (between, step.target):
        if is_marker(kept_free):
            disk.remove(kept_free)
    if os.path.lexists(between):
        if _are_one_file(between, step.source) or _are_one_file(between, step.target):
            disk.remove(between)
        elif forward:
            _put(disk, between, step.target, or_else=step.source)
        else:
            disk.rename(between, step.source)
    return os.path.basename(step.target) in os.listdir(os.path.dirname(step.target))


def _put(disk: Disk, path: str, name: str, *, or_else: str) -> None:
    try:
        disk.rename(path, name)
    except OSError:
        disk.rename(path, or_else)


def _are_one_file(path: str, other: str) -> bool:
    """Tell whether two names are those of one file, and both of them count."""
    if not (os.path.lexists(path) and os.path.lexists(other)):
        return False
    status = os.lstat(path)
    return status.st_nlink > 1 and os.path.samestat(status, os.lstat(other))


def _is_our_copy(entry: Entry) -> bool:
    """Tell whether the target is the very file that we had made, and is still the same sound."""
    if entry.stage is not Stage.MADE or not os.path.lexists(entry.step.target):
        return False
    status = os.lstat(entry.step.target)
    is_ours = entry.made == made_of(status)
    return is_ours and are_alike(entry.step.target, entry.step.source)

"""What plans and batches are called, the same on the command line and in the window."""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Final

from app.core.sorting.journal import Batch, Stage
from app.core.sorting.steps import Act, Mode, Plan, Step
from app.core.wording import counted

# What is done, and what was.
VERBS: Final = {
    Mode.COPY: ("Copy", "copied"),
    Mode.MOVE: ("Move", "moved"),
    Mode.HARDLINK: ("Hard-link", "linked"),
    Mode.SYMLINK: ("Link", "linked"),
    Mode.TAG: ("Tag", "tagged"),
}
DOING: Final = {
    Mode.COPY: "copying",
    Mode.MOVE: "moving",
    Mode.HARDLINK: "linking",
    Mode.SYMLINK: "linking",
    Mode.TAG: "tagging",
}
PUT_BACK: Final = ("Put back", "put back")
ACTIONS: Final = {
    Act.COPY: "copy",
    Act.MOVE: "move",
    Act.HARDLINK: "hard link",
    Act.SYMLINK: "link",
    Act.REMOVE: "remove",
    Act.TAG: "tag",
}


def verbs_of(plan: Plan) -> tuple[str, str]:
    """Return what a plan does, and what it will have done."""
    return VERBS[plan.rules.mode] if plan.undoes is None else PUT_BACK


def headline(plan: Plan) -> str:
    """Return a plan in one sentence."""
    files = counted(len(plan.steps), "file")
    if plan.undoes is not None:
        return f"Undo batch {plan.undoes}: {files}."
    where = "" if plan.rules.mode is Mode.TAG else f" into {plan.rules.destination}"
    return f"{VERBS[plan.rules.mode][0]} {files}{where}."


def folder_of_step(plan: Plan, step: Step) -> str:
    """Return the folder that a step puts a file into, below the destination where it lies there.

    Of TAG it is the tag, with "/" between folders on every system.
    """
    if step.act is Act.TAG:
        return step.target or "no instrument tag"
    folder = os.path.dirname(step.target)
    below = os.path.join(plan.rules.destination, "")
    if plan.rules.destination and os.path.join(folder, "").startswith(below):
        return folder[len(below) :].replace(os.sep, "/") or "."
    return folder


def folder_totals(plan: Plan) -> Counter[str]:
    """Return how many files come into each folder; of an undo nothing, for it makes none."""
    if plan.undoes is not None:
        return Counter()
    return Counter(folder_of_step(plan, step) for step in plan.steps)


def title_of(batch: Batch) -> str:
    """Return what a batch did, in a few words."""
    if batch.undoes is not None:
        return f"Undo of {batch.undoes}"
    where = "" if batch.mode is Mode.TAG else f" into {batch.destination}"
    return f"{VERBS[batch.mode][0]}{where}"


def when(batch: Batch) -> str:
    """Return when a batch was begun, to the minute."""
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(batch.made_at))


def not_known_to_be_done(batch: Batch) -> int:
    """Return how many steps of a batch that was interrupted the journal knows no end of."""
    return sum(batch.counts.get(stage, 0) for stage in (Stage.PLANNED, Stage.MADE))


def state_of(batch: Batch) -> str:
    """Return what has become of a batch since, or nothing where it is as it was done."""
    if batch.is_open:
        return "interrupted"
    if batch.is_undone:
        return "undone"
    return "partly undone" if batch.is_partly_undone else ""


def promise(plan: Plan, samples: int) -> str:
    """Return what a plan will do, as it stands on a button."""
    if not samples:
        return f"Nothing to {verbs_of(plan)[0].lower()}"
    if plan.undoes is not None:
        if removes_copies(plan):
            return f"Remove {_copies(samples)}"
        return f"{PUT_BACK[0]} {counted(samples, 'file')}"
    return f"{VERBS[plan.rules.mode][0]} {counted(samples)}"


def removes_copies(plan: Plan) -> bool:
    """Tell whether nothing is put back: copies go, and their originals have never moved."""
    is_undo = plan.undoes is not None and bool(plan.steps)
    return is_undo and all(step.act is Act.REMOVE for step in plan.steps)


def _copies(count: int) -> str:
    return "1 copy" if count == 1 else f"{count:,} copies"


def result(plan: Plan, done: int) -> str:
    """Return what a plan has done, in one sentence."""
    only_samples = plan.undoes is None and all(step.leader is None for step in plan.steps)
    files = counted(done, "sample" if only_samples else "file")
    verb = verbs_of(plan)[1]
    if plan.undoes is not None:
        if removes_copies(plan):
            return f"{_copies(done)} removed; the originals stay."
        return f"{files} {verb}."
    where = "" if plan.rules.mode is Mode.TAG else f" to {plan.rules.destination}"
    return f"{verb[0].upper()}{verb[1:]} {files}{where}"

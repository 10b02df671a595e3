"""What a plan is warned of before it is applied: space, permission, other programs' folders."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from app.core.sorting.steps import Act, Plan, Step

# Projects that refer to samples by where they lie: Live, FL Studio, Logic, Reaper, Cubase, Pro
# Tools, Studio One, Bitwig, Reason.
_SONGS: Final = frozenset(
    {".als", ".flp", ".logicx", ".rpp", ".cpr", ".ptx", ".song", ".bwproject", ".reason", ".rns"}
)
# Folders that another program keeps in order itself: by their name, and by what lies in them.
_MANAGED: Final = {
    "splice": "Splice",
    "user library": "Ableton Live",
    "native instruments": "Native Instruments",
}
_MARKED: Final = {"ableton folder info": "Ableton Live", "ableton project info": "Ableton Live"}
# Left free at the least, so that a full drive does not stop everything else.
_SPARE_BYTES: Final = 64 << 20


def obstacles(plan: Plan) -> list[str]:
    """Return one sentence for each reason why a plan could not be applied to its end."""
    return [*_of_space(plan), *_of_permission(plan)]


def cautions(plan: Plan) -> list[str]:
    """Return one sentence for each thing to know before a plan is applied."""
    return _of_other_programs(plan)


def bytes_needed(steps: Iterable[Step], destination: str) -> int:
    """Return how many bytes will be written: of copies, and of moves from other drives."""
    device = _device(_existing(destination))
    devices: dict[str, int | None] = {}
    needed = 0
    for step in steps:
        if step.act is Act.COPY:
            needed += step.size
        elif step.act is Act.MOVE:
            folder = os.path.dirname(step.source)
            if folder not in devices:
                devices[folder] = _device(folder)
            needed += step.size if devices[folder] != device else 0
    return needed


def _of_space(plan: Plan) -> list[str]:
    needed = bytes_needed(plan.steps, plan.rules.destination)
    if not needed:
        return []
    try:
        free = shutil.disk_usage(_existing(plan.rules.destination)).free
    except OSError:
        return []
    if needed + _SPARE_BYTES <= free:
        return []
    return [f"It takes {needed / 1e9:,.2f} GB, and the drive has {free / 1e9:,.2f} GB left."]


def _of_permission(plan: Plan) -> list[str]:
    if not any(step.act is not Act.TAG for step in plan.steps):
        return []
    found = []
    there = _existing(plan.rules.destination)
    if plan.undoes is None and not os.access(there, os.W_OK | os.X_OK):
        found.append(f"No permission to write in {there}.")
    sources = {os.path.dirname(step.source) for step in plan.steps if step.act is Act.MOVE}
    closed = sorted(folder for folder in sources if not os.access(folder, os.W_OK))
    if closed:
        more = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
        found.append(f"No permission to move files out of {closed[0]}{more}.")
    return found


def _of_other_programs(plan: Plan) -> list[str]:
    """Return warnings of moves that another program would not understand."""
    if plan.undoes is not None:
        return []
    folders = {os.path.dirname(step.source) for step in plan.steps if step.act is Act.MOVE}
    managers: dict[str, str] = {}
    songs: list[str] = []
    for folder in sorted(_with_those_above(folders)):
        names = _names(folder)
        manager = _MANAGED.get(os.path.basename(folder).lower()) or _marked(names)
        if manager:
            managers.setdefault(manager, folder)
        songs += [os.path.join(folder, name) for name in names if _is_song(name)]
    found = [
        f"{folder} is kept in order by {name}, which will miss what is moved out of it."
        for name, folder in managers.items()
    ]
    if songs:
        more = f" (and {len(songs) - 1} more)" if len(songs) > 1 else ""
        found.append(f"{songs[0]}{more} may use samples from where they lie now.")
    return found


def _marked(names: Sequence[str]) -> str | None:
    return next((_MARKED[name.lower()] for name in names if name.lower() in _MARKED), None)


def _is_song(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in _SONGS


def _with_those_above(folders: Iterable[str]) -> set[str]:
    """Return folders, and those above them up to the home folder or the drive."""
    home = str(Path.home())
    found: set[str] = set()
    for folder in folders:
        above = folder
        while above not in found and above not in {home, os.path.dirname(above)}:
            found.add(above)
            above = os.path.dirname(above)
    return found


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _existing(path: str) -> str:
    """Return a folder, or the nearest above it that is there."""
    while path and not os.path.isdir(path) and path != os.path.dirname(path):
        path = os.path.dirname(path)
    return path


def _device(path: str) -> int | None:
    try:
        return os.stat(path).st_dev
    except OSError:
        return None

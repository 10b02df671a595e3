"""What ``speed.py`` measures of sorting: moves, copies, plans."""

from __future__ import annotations

import os
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import environment  # noqa: F401 - before numpy
from catalog_measures import full_catalog
from library import Library
from measures import Measured, seconds_of

from app.core.catalog.database import Database
from app.core.catalog.roots import add_root, forget_root
from app.core.jobs import Job
from app.core.scan import look
from app.core.sorting.batch import apply
from app.core.sorting.candidates import Candidate, candidates
from app.core.sorting.planner import make_plan
from app.core.sorting.steps import Mode, Plan, Rules
from app.core.sorting.surroundings import Surroundings
from app.core.sorting.transfer import Disk
from classifier import INSTRUMENTS

_MOVED: Final = 5_000
_COPIED: Final = 1_000
_FILES_PER_FOLDER: Final = 50
_MOVED_BYTES: Final = 1_000
# As long as a one-shot is: a second of 16 bits, stereo.
_COPIED_BYTES: Final = 176_400


def measure_moves(_library: Library, *, turns: int = 5) -> Measured:
    """Return moves on one drive, the journal flushed, against a loop of renames."""
    return _transfers(Mode.MOVE, _MOVED, _MOVED_BYTES, os.rename, turns)


def measure_known_moves(_library: Library, *, turns: int = 5) -> Measured:
    """Return the same of samples that the catalog follows to where they can be found."""
    return _transfers(Mode.MOVE, _MOVED, _MOVED_BYTES, os.rename, turns, is_known=True)


def measure_copies(_library: Library, *, turns: int = 5) -> Measured:
    """Return copies, flushed and read back, against copying and reading back alone."""
    return _transfers(Mode.COPY, _COPIED, _COPIED_BYTES, _copied_and_read, turns)


def measure_plan(_library: Library, *, turns: int = 5) -> Measured:
    """Return the plan for 100,000 samples against one sort of their normalised names."""
    with full_catalog() as full:
        database, folder = full.database, full.folder
        rules = Rules(str(folder.parent / "sorted"), with_unsure=True, with_other=True)
        found = candidates(database, None)
        names = [one.name for one in found]
        ours, theirs = [], []
        for _ in range(turns):
            kept: list[Plan] = []  # what follows throws it away, and not the planning
            ours.append(seconds_of(partial(_plan_into, kept, found, rules)))
            theirs.append(seconds_of(lambda: sorted(map(_normalised, names))))
    ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
    return Measured(ratio, tuple(ours), tuple(theirs), "s")


def _plan_into(kept: list[Plan], found: Sequence[Candidate], rules: Rules) -> None:
    kept.append(make_plan(found, rules, Surroundings()))


def _normalised(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _copied_and_read(source: str, target: str) -> None:
    shutil.copy2(source, target)
    with open(target, "rb") as file:  # noqa: PTH123 - as quick as can be
        file.read()


def _transfers(
    mode: Mode,
    count: int,
    size: int,
    bare: Callable[[str, str], None],
    turns: int,
    *,
    is_known: bool = False,
) -> Measured:
    ours, theirs = [], []
    for _ in range(turns):
        with TemporaryDirectory(prefix="kitsort-sort-") as temporary:
            base = Path(temporary)
            first, second = (_made(base / name, count, size) for name in ("first", "second"))
            seconds, plan = _seconds_of_ours(base, first, mode, is_known=is_known)
            ours.append(count / seconds)
            pairs = [
                (
                    step.source.replace(str(first), str(second)),
                    step.target.replace(str(base / "ours"), str(base / "theirs")),
                )
                for step in plan.steps
            ]
            for label in INSTRUMENTS:
                (base / "theirs" / label).mkdir(parents=True)
            theirs.append(count / seconds_of(partial(_all, bare, pairs)))
    return Measured.rates(ours, theirs)


def _all(bare: Callable[[str, str], None], pairs: list[tuple[str, str]]) -> None:
    for source, target in pairs:
        bare(source, target)


def _seconds_of_ours(
    base: Path, library: Path, mode: Mode, *, is_known: bool
) -> tuple[float, Plan]:
    with Database.open(base / "catalog.sqlite") as database:
        root = add_root(database, str(library))
        look(database, root, Job())
        plan = _sorted_plan(database, base / "ours", mode)
        if not is_known:
            forget_root(database, root)
        return seconds_of(lambda: apply(database, plan, Disk(), Job())), plan


def _made(folder: Path, count: int, size: int) -> Path:
    content = os.urandom(size)
    for number in range(count):
        inside = folder / f"pack {number // _FILES_PER_FOLDER:03}"
        inside.mkdir(parents=True, exist_ok=True)
        (inside / f"sound {number}.wav").write_bytes(number.to_bytes(4, "big") + content)
    return folder


def _sorted_plan(database: Database, into: Path, mode: Mode) -> Plan:
    found = [_decided(one, position) for position, one in enumerate(candidates(database, None))]
    return make_plan(found, Rules(str(into), mode), Surroundings())


def _decided(candidate: Candidate, position: int) -> Candidate:
    label = position % len(INSTRUMENTS)
    return candidate._replace(state=1, label=label, confidence=1.0, threshold=0.8)

"""What the user does to the library, each step with how it is taken back."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from functools import partial
from typing import TYPE_CHECKING

from app.core.catalog.database import Database
from app.core.catalog.marks import (
    comments_among,
    favour_paths,
    set_comments,
    set_corrections,
    set_tags,
    tags_among,
)
from app.core.catalog.roots import Root, add_root, forget_root, include_again, root_at
from app.core.catalog.samples import set_state
from app.core.catalog.states import State
from app.core.errors import AppError
from app.core.wording import counted

if TYPE_CHECKING:
    from app.core.sorting.transfer import Disk


class Change(Flag):
    """What an edit has changed, so that who shows it looks again."""

    SAID = auto()  # corrections, favourites
    TEXTS = auto()  # tags, comments
    SAMPLES = auto()  # which there are
    ROOTS = auto()  # which folders, or what is excluded in them: they are to be scanned


@dataclass(slots=True)
class Edit:
    """A step that the user took.

    Attributes
    ----------
    title : str
        What was done, as it reads after "Undo": "correcting 3 samples".
    do, undo : callable
        On the catalog, in the thread that writes.
    change : Change
    failed : list of str
        A sentence for each file that it could not be done with.
    place : int or None
        The one sample that it was about, by its number.
    """

    title: str
    do: Callable[[Database], None]
    undo: Callable[[Database], None]
    change: Change
    failed: list[str] = field(default_factory=list)
    place: int | None = None


class Edits:
    """The steps that were taken, for undo and redo. For one thread."""

    def __init__(self) -> None:
        self._done: list[Edit] = []
        self._undone: list[Edit] = []

    @property
    def next_undo(self) -> str | None:
        """What undo would take back, or None."""
        return self._done[-1].title if self._done else None

    @property
    def next_redo(self) -> str | None:
        """What redo would do again, or None."""
        return self._undone[-1].title if self._undone else None

    def last(self, *, undone: bool) -> Edit | None:
        """Return the step that undo would take back, or redo do again."""
        steps = self._undone if undone else self._done
        return steps[-1] if steps else None

    def turn(self, is_it: Callable[[Edit], bool]) -> Edit | None:
        """Note that a step was taken back, or done again, by somebody else; return it if known."""
        for source, target in ((self._done, self._undone), (self._undone, self._done)):
            for known in source:
                if is_it(known):
                    source.remove(known)
                    target.append(known)
                    return known
        return None

    def do(self, database: Database, edit: Edit) -> Edit:
        """Take a step."""
        edit.do(database)
        self._done.append(edit)
        self._undone.clear()
        return edit

    def undo(self, database: Database) -> Edit | None:
        """Take the last step back, if there is one."""
        return self._turn(database, self._done, self._undone, back=True)

    def redo(self, database: Database) -> Edit | None:
        """Take a step again that was taken back."""
        return self._turn(database, self._undone, self._done, back=False)

    @staticmethod
    def _turn(
        database: Database, source: list[Edit], target: list[Edit], *, back: bool
    ) -> Edit | None:
        if not source:
            return None
        # It leaves its list first: what fails half-way shall not stand in the way for ever.
        edit = source.pop()
        edit.failed.clear()
        (edit.undo if back else edit.do)(database)
        target.append(edit)
        return edit


def correcting(
    wanted: Mapping[bytes, str | None], before: Mapping[bytes, str | None], samples: int
) -> Edit:
    """Say what contents are, or take back what was said; `before` is what was said of them."""
    return Edit(
        f"correcting {counted(samples)}",
        partial(set_corrections, wanted=wanted),
        partial(set_corrections, wanted=before),
        Change.SAID,
    )


def favouring(paths: Collection[str], *, is_favourite: bool) -> Edit:
    """Make files favourites, or none; all of them were the other before."""
    return Edit(
        f"{'marking' if is_favourite else 'unmarking'} {counted(len(paths), 'favourite')}",
        partial(favour_paths, paths=paths, is_favourite=is_favourite),
        partial(favour_paths, paths=paths, is_favourite=not is_favourite),
        Change.SAID,
    )


def tagging(
    database: Database,
    contents: Collection[bytes],
    *,
    add: Collection[str] = (),
    remove: Collection[str] = (),
) -> Edit:
    """Put tags on contents and take others off."""
    before = tags_among(database, contents)
    after = {content: (tags - set(remove)) | set(add) for content, tags in before.items()}
    return Edit(
        f"tagging {counted(len(contents))}",
        partial(set_tags, wanted=after),
        partial(set_tags, wanted=before),
        Change.SAID | Change.TEXTS,
    )


def commenting(database: Database, contents: Collection[bytes], text: str) -> Edit:
    """Write a comment on contents."""
    before = comments_among(database, contents)
    return Edit(
        f"commenting on {counted(len(contents))}",
        partial(set_comments, wanted=dict.fromkeys(contents, text)),
        partial(set_comments, wanted=before),
        Change.TEXTS,
    )


def trashing(samples: Mapping[int, str], disk: Disk) -> Edit:
    """Put files into the system's trash, samples by number; what cannot be is told and stays."""
    edit = Edit(f"moving {counted(len(samples), 'file')} to the trash", _no, _no, Change.SAMPLES)
    gone: dict[int, str] = {}
    before: dict[int, State] = {}

    def do(database: Database) -> None:
        for number, path in samples.items():
            try:
                disk.trash(path)
            except AppError as error:
                edit.failed.append(str(error))
            else:
                gone[number] = path
        with database.transaction("moving to the trash") as connection:
            before.update(_states(database, gone))
            set_state(connection, gone, State.VANISHED)

    def undo(database: Database) -> None:
        for number, path in list(gone.items()):
            try:
                disk.take_from_trash(path)
            except AppError as error:
                edit.failed.append(str(error))
                del gone[number]
        with database.transaction("taking from the trash") as connection:
            there = _states(database, gone)
            for number in there:
                set_state(connection, [number], before[number])
        # What a scan has dropped since is found by another one.
        edit.change = Change.SAMPLES if len(there) == len(gone) else Change.SAMPLES | Change.ROOTS
        gone.clear()

    edit.do, edit.undo = do, undo
    return edit


def _states(database: Database, samples: Iterable[int]) -> dict[int, State]:
    sql = "SELECT id, state FROM samples WHERE id = ?"
    return {number: State(state) for one in samples for number, state in database.rows(sql, (one,))}


def excluding(root: Root, patterns: Sequence[str]) -> Edit:
    """Pass over names in a folder of the library."""
    new = [pattern for pattern in patterns if pattern not in root.excludes]

    def undo(database: Database) -> None:
        include_again(database, root_at(database, root.path), new)

    return Edit(
        f"excluding {', '.join(new)}",
        lambda database: _none(add_root(database, root.path, new, must_exist=False)),
        undo,
        Change.ROOTS,
    )


def including(root: Root, patterns: Sequence[str]) -> Edit:
    """Take names back that were passed over."""
    other = excluding(root, ())
    return Edit(
        f"including {', '.join(patterns)} again",
        lambda database: include_again(database, root_at(database, root.path), patterns),
        lambda database: _none(add_root(database, root.path, patterns, must_exist=False)),
        other.change,
    )


def forgetting(root: Root) -> Edit:
    """Take a folder out of the library; its files stay, and what was said of them."""
    return Edit(
        f"forgetting {os.path.basename(root.path) or root.path}",
        lambda database: forget_root(database, root_at(database, root.path)),
        lambda database: _none(add_root(database, root.path, root.excludes, must_exist=False)),
        Change.ROOTS | Change.SAMPLES,
    )


def _no(_: Database) -> None:
    """Do nothing."""


def _none(_: object) -> None:
    """Return nothing of what was returned."""

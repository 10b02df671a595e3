"""Plans made and applied, in a thread of their own; one thing after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.core.catalog.database import Database
from app.core.jobs import Job, Progress
from app.core.sorting.batch import apply, recover
from app.core.sorting.cautions import obstacles
from app.core.sorting.journal import Batch
from app.core.sorting.preview import Preview
from app.core.sorting.runner import Outcome
from app.core.sorting.steps import Plan
from app.core.sorting.transfer import Disk
from app.ui.library import Library
from app.ui.tasks import Worker
from app.ui.watch import Watch

_PROGRESS_MS: Final = 100

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done.

    Attributes
    ----------
    plan : Plan or None
        None where an interrupted batch was brought to its end.
    outcome : Outcome
    destination : str
        '' with TAG.
    """

    plan: Plan | None
    outcome: Outcome
    destination: str


class Sorter(QObject):
    """Does what takes time, and tells how far it is.

    Results are shown to an owner, unless that is gone by then.

    Attributes
    ----------
    is_applying : bool
        Whether files are being touched.

    Signals
    -------
    progressed
    applied(object)
        An `Applied`; before it is shown to who asked.
    broke
        It could not go on, and what was done of it is on the disk.
    """

    progressed = Signal()
    applied = Signal(object)
    broke = Signal()

    def __init__(self, library: Library, disk: Disk, parent: QObject) -> None:
        super().__init__(parent)
        self.is_applying = False
        self._library, self._disk = library, disk
        self._worker = Worker("sorter", self)
        self._own: Database | None = None
        self._asked: dict[int, int] = {}
        self._watch = Watch(self)
        self._watch.moved.connect(self.progressed)

    @property
    def progress(self) -> Progress | None:
        """Return how far it is, as far as is known."""
        return self._watch.progress

    @property
    def is_busy(self) -> bool:
        """Whether something is under way."""
        return self._worker.is_busy

    def ask(
        self,
        owner: QObject,
        work: Callable[[Database], Found],
        show: Callable[[Found], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Read something of the catalog once all that the user said before is in it."""

        def begin() -> None:
            self._worker.do(lambda: work(self._reading()), _for(owner, show), _for(owner, failed))

        # What was said last may still be on its way into the catalog.
        self._library.after_edits(begin)

    def preview(
        self,
        owner: QObject,
        make: Callable[[Database], Plan],
        show: Callable[[Preview], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Make a plan and what is shown of it; of several that an owner asks for, the last."""
        asked, key = self._asked, id(owner)
        number = asked[key] = asked.get(key, 0) + 1

        def work(database: Database) -> Preview | None:
            return Preview(make(database)) if number == asked[key] else None

        def then(found: Preview | None) -> None:
            if found is not None and number == asked[key]:
                show(found)

        def fail(error: Exception) -> None:
            if number == asked[key]:
                failed(error)

        self.ask(owner, work, then, fail)

    def check(self, owner: QObject, preview: Preview, show: Callable[[list[str]], None]) -> None:
        """Look again what hinders a plan, some steps of which are left out by now."""
        chosen = preview.chosen()
        self._worker.do(lambda: obstacles(chosen), _for(owner, show), lambda _: None)

    def apply(
        self,
        owner: QObject,
        preview: Preview,
        show: Callable[[Applied], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Do what is kept of a plan."""

        def work(database: Database, job: Job) -> Applied:
            plan = preview.chosen()
            outcome = apply(database, plan, self._disk, job)
            return Applied(plan, outcome, plan.rules.destination)

        self._do(owner, work, show, failed)

    def recover(
        self,
        owner: QObject,
        show: Callable[[Applied], None],
        failed: Callable[[Exception], None],
        *,
        batch: Batch,
        forward: bool,
    ) -> None:
        """Bring a batch that was interrupted to its end, or take it back."""

        def work(database: Database, job: Job) -> Applied:
            outcome = recover(database, self._disk, job, forward=forward)
            return Applied(None, outcome, batch.destination)

        self._do(owner, work, show, failed)

    def _do(
        self,
        owner: QObject,
        work: Callable[[Database, Job], Applied],
        show: Callable[[Applied], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.is_applying = True
        self._library.hold()
        job = self._watch.begin()

        def then(applied: Applied) -> None:
            self._end()
            self.applied.emit(applied)
            _for(owner, show)(applied)

        def fail(error: Exception) -> None:
            self._end()
            self.broke.emit()
            _for(owner, failed)(error)

        # With the connection of all that write: they share one lock.
        self._worker.do(lambda: work(self._library.database, job), then, fail)

    def cancel(self) -> None:
        """Stop after the file that is at work."""
        self._watch.cancel()

    def close(self) -> bool:
        """Stop, and let what is under way end; tell whether it has in time."""
        self._watch.close()
        # What is copied already is brought to the disk and looked at once more.
        has_ended = self._worker.close(finishes=self.is_applying)
        if has_ended and self._own is not None:
            self._own.close()
        return has_ended

    def _reading(self) -> Database:
        """Return a connection of our own: a long look does not hold up the others."""
        if self._own is None:
            self._own = Database.open(self._library.database.path, checks_place=False)
        return self._own

    def _end(self) -> None:
        self.is_applying = False
        self._watch.end()
        self._library.release()


def _for(owner: QObject, show: Callable[[Found], None]) -> Callable[[Found], None]:
    """Return what shows something to an owner only while that is there."""

    def shown(found: Found) -> None:
        if isValid(owner):
            show(found)

    return shown

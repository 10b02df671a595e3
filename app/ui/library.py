"""The library as the window sees it: rows in memory, scans, edits; all work in threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from app.core.browsing.arrays import Mask
from app.core.browsing.loading import Deepened, Loaded, Said, deepen, load, load_said
from app.core.browsing.rows import Rows
from app.core.browsing.text_search import Texts
from app.core.catalog.columns import ids_above, texts_of
from app.core.catalog.database import Database
from app.core.catalog.place import require_local
from app.core.catalog.problems import obstacles
from app.core.catalog.roots import Root, add_root, place_of, roots
from app.core.catalog.search import find_numbered
from app.core.edits import Change, Edit, Edits
from app.core.jobs import CancelledError, Job, Progress
from app.core.sample import Sample
from app.ui.tasks import Worker, ignore
from app.ui.watch import Watch

if TYPE_CHECKING:
    from app.core.library import Scanned

# How often what a scan has found is shown. Each look costs the scan a little.
_LOOK_MS: Final = 500
# A look costs the window more, the more rows there are: with many it looks less often.
_MANY_ROWS, _RARE_LOOK_MS = 20_000, 1_000

Found = TypeVar("Found")


class Library(QObject):
    """Owns the catalog's connections, and the rows that are shown of it.

    Attributes
    ----------
    rows : Rows
        For the thread of the window.
    roots : list of Root
    obstacles : list of (str, str)
        Path and sentence of folders that could not be looked into.

    Signals
    -------
    loaded
        The rows are there, or others than before.
    grown
        Rows were added or changed; those that were there kept their places.
    said_changed
        Only what the user said has changed.
    roots_changed, progressed, edits_changed
    scan_ended(object)
        A `Scanned`; None where it was stopped.
    failed(str)
        One sentence.
    notified(str)
        What was done, for the status line.
    """

    loaded = Signal()
    grown = Signal()
    said_changed = Signal()
    roots_changed = Signal()
    progressed = Signal()
    scan_ended = Signal(object)
    edits_changed = Signal()
    failed = Signal(str)
    notified = Signal(str)
    turned = Signal(int)

    def __init__(
        self, path: Path, database: Database, *, model: str, threads: int | None = None
    ) -> None:
        super().__init__()
        self.rows = Rows()
        self.roots: list[Root] = []
        self.obstacles: list[tuple[str, str]] = []
        self.is_loaded = False
        self._database = database
        self._reading = Database.open(path, checks_place=False)
        self._model_name = model
        self._threads = threads or os.cpu_count() or 1
        self._writer = Worker("writer", self)
        self._reader = Worker("reader", self)
        self._scanner = Worker("scanner", self)
        self._edits = Edits()
        self._queued: list[str] = []
        self._is_held = self._stays_open = False
        self._stored: list[int] = []
        self._is_looking = False
        self._looks = QTimer(self, interval=_LOOK_MS)
        self._looks.timeout.connect(self._look)
        self._watch = Watch(self)
        self._watch.moved.connect(self.progressed)

    # --- reading ------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read everything anew."""
        self._read(lambda: _load_all(self._reading), self._take_all)

    def _take_all(self, found: tuple[Loaded, Deepened]) -> None:
        loaded, deepened = found
        self.rows.take(loaded)
        self.rows.deepen(deepened)
        self._read_roots()
        self.loaded.emit()

    def take(self, loaded: Loaded) -> None:
        """Show what was read at the start; what is not needed at once is read after it."""
        self.rows.take(loaded)
        self.is_loaded = True
        self._read_roots()
        self.loaded.emit()

    def read_on(self) -> None:
        """Read what the first picture could do without."""
        self._read(partial(require_local, self._database.path), ignore)
        self._read(partial(deepen, self._reading, self.rows.names), self._deepen)

    def _deepen(self, deepened: Deepened) -> None:
        self.rows.deepen(deepened)
        self.grown.emit()

    def _read_roots(self) -> None:
        self._read(lambda: (roots(self._reading), obstacles(self._reading)), self._take_roots)

    def go_on(self) -> None:
        """Look into what an earlier scan has left."""
        left = [root.path for root in self.roots if root.waiting and root.is_online]
        if left and not self.is_scanning:
            self.scan(left)

    def _take_roots(self, found: tuple[list[Root], list[tuple[str, str]]]) -> None:
        self.roots, self.obstacles = found
        self.roots_changed.emit()

    def _hear(self) -> None:
        self._read(lambda: load_said(self._reading), self._take_said)

    def _take_said(self, said: Said) -> None:
        self.rows.hear(said)
        self.said_changed.emit()

    def fetch(self, number: int, show: Callable[[Sample | None], None]) -> None:
        """Read all that is known of one sample."""
        self._read(lambda: find_numbered(self._reading, number), show)

    def online(self) -> Mask:
        """Return which samples lie in folders that are there."""
        return self.rows.in_roots(root.id for root in self.roots if root.is_online)

    def write_with(self, work: Callable[[Database], Found], show: Callable[[Found], None]) -> None:
        """Write something into the catalog that is not taken back, and show it."""
        self._writer.do(lambda: work(self._database), show, self._fail)

    def read_with(self, work: Callable[[Database], Found], show: Callable[[Found], None]) -> None:
        """Read something of the catalog, and show it."""
        self._read(lambda: work(self._reading), show)

    def _read(self, work: Callable[[], Found], show: Callable[[Found], None]) -> None:
        self._reader.do(work, show, self._fail)

    def _fail(self, error: Exception) -> None:
        self.failed.emit(str(error))

    # --- scanning -----------------------------------------------------------------------------

    @property
    def progress(self) -> Progress | None:
        """Return how far a scan is; None while there is none, or nobody knows."""
        return self._watch.progress

    @property
    def is_scanning(self) -> bool:
        """Whether folders are being looked through."""
        return self._watch.job is not None

    @property
    def is_idle(self) -> bool:
        """Whether all is shown that there is, and nothing is under way."""
        is_busy = self._reader.is_busy or self._writer.is_busy or self.is_scanning
        return self.is_loaded and not is_busy and not self._queued

    @property
    def is_paused(self) -> bool:
        """Whether a scan waits."""
        return self._watch.job is not None and self._watch.job.is_paused

    def add(self, folders: Sequence[str]) -> None:
        """Take folders into the library and look through them."""

        def work() -> list[str]:
            return [add_root(self._database, folder).path for folder in folders]

        def then(paths: list[str]) -> None:
            self._read_roots()
            self.scan(paths)

        self._writer.do(work, then, self._fail)

    def scan(self, paths: Sequence[str] = ()) -> None:
        """Look through folders of the library, or all; if a scan is under way, after it."""
        if self.is_scanning or self._is_held:
            self._queued += paths or [root.path for root in self.roots]
            return
        self._looks.start(_LOOK_MS if len(self.rows) < _MANY_ROWS else _RARE_LOOK_MS)
        work = partial(self._scan, self._watch.begin(), list(paths))
        self._scanner.do(work, self._end_scan, self._stopped)

    def _scan(self, job: Job, paths: list[str]) -> Scanned:
        from app.core.library import scan  # noqa: PLC0415 - not needed for the first picture
        from app.core.pool import WorkerPool  # noqa: PLC0415
        from classifier import load_model  # noqa: PLC0415

        job.step("Looking", 0)
        model = load_model(self._model_name)
        known = roots(self._database)
        places = [place_of(known, path) for path in paths]
        chosen = {place[0].id: place[0] for place in places if place} if paths else None
        some = known if chosen is None else list(chosen.values())
        with WorkerPool(self._threads, gives_way=True) as executor:
            return scan(self._database, some, model, executor, job, stored=self._stored.extend)

    def pause(self) -> None:
        """Let a scan wait, or go on."""
        job = self._watch.job
        if job is not None:
            (job.resume if job.is_paused else job.pause)()
            self.progressed.emit()

    def set_up(self, model: str, threads: int) -> None:
        """Let the next scan use another model, or so many threads; 0 for one for each core."""
        self._model_name, self._threads = model, threads or os.cpu_count() or 1

    def cancel(self) -> None:
        """Stop a scan; what it has found stays."""
        self._queued.clear()
        self._watch.cancel()

    def _stopped(self, error: Exception) -> None:
        if isinstance(error, CancelledError):
            self._end_scan(None)
            self.notified.emit("Stopped. What was found stays; the next scan goes on from there.")
        else:
            self._end_scan(None)
            self._fail(error)

    def _end_scan(self, scanned: Scanned | None) -> None:
        self._looks.stop()
        self._stored.clear()
        self._watch.end()
        self.scan_ended.emit(scanned)
        self.reload()
        self._scan_queued()

    def _scan_queued(self) -> None:
        if self._queued and not self._is_held:
            queued, self._queued = self._queued, []
            self.scan(queued)

    def _look(self) -> None:
        """Show what the scan has come to since the last look."""
        if self._is_looking or not self.is_loaded:
            return
        self._is_looking = True
        stored, self._stored[:] = list(self._stored), []
        newest = int(self.rows.ids[-1]) if len(self.rows) else 0

        def work() -> tuple[Loaded, Texts]:
            ids = [*stored, *ids_above(self._reading, newest)]
            return load(self._reading, ids), Texts(*texts_of(self._reading, ids))

        self._read(work, self._show_look)

    def _show_look(self, found: tuple[Loaded, Texts]) -> None:
        self._is_looking = False
        loaded, texts = found
        if loaded.columns.names:
            self.rows.merge(loaded)
            self.rows.find_in(texts)
            self.grown.emit()

    # --- edits --------------------------------------------------------------------------------

    @property
    def next_undo(self) -> str | None:
        """What undo would take back."""
        return self._edits.next_undo

    @property
    def next_redo(self) -> str | None:
        """What redo would do again."""
        return self._edits.next_redo

    def edit(
        self,
        make: Callable[[Database], Edit],
        *,
        is_shown: bool = False,
        done: str | None = None,
    ) -> None:
        """Do something that can be taken back.

        Parameters
        ----------
        make : callable
            Looks at the catalog, in the thread that writes.
        is_shown : bool
            The rows say so already.
        done : str, optional
            What is said once it is done.
        """

        def then(edit: Edit) -> None:
            if done and not edit.failed:
                self.notified.emit(done)
            (self._done if is_shown else self._edited)(edit)

        self._writer.do(
            lambda: self._edits.do(self._database, make(self._database)), then, self._edit_failed
        )

    def _edit_failed(self, error: Exception) -> None:
        self._fail(error)
        self._hear()  # what was shown in advance is not so

    def _done(self, _: Edit) -> None:
        self.edits_changed.emit()

    @property
    def is_writing(self) -> bool:
        """Whether an edit is under way."""
        return self._writer.is_busy

    def undo(self) -> None:
        """Take the last step back."""
        self._writer.do(
            lambda: self._edits.undo(self._database), partial(self._turned, "Undid"), self._fail
        )

    def redo(self) -> None:
        """Take a step again that was taken back."""
        self._writer.do(
            lambda: self._edits.redo(self._database),
            partial(self._turned, "Did again:"),
            self._fail,
        )

    def with_edits(
        self, work: Callable[[Edits, Database], Found], show: Callable[[Found], None]
    ) -> None:
        """Look among the steps that were taken, after all that is on its way."""

        def then(found: Found) -> None:
            self.edits_changed.emit()
            show(found)

        self._writer.do(lambda: work(self._edits, self._database), then, self._fail)

    def after_edits(self, then: Callable[[], None]) -> None:
        """Do something once all that the user said so far is in the catalog."""
        self._writer.do(lambda: None, lambda _: then(), self._fail)

    @property
    def database(self) -> Database:
        """Return the connection of all that write; they share its lock."""
        return self._database

    def keep_open(self) -> None:
        """Leave the connections to the end of the program: somebody still writes."""
        self._stays_open = True

    def hold(self) -> None:
        """Let scans wait: files are being moved."""
        self._is_held = True

    def release(self) -> None:
        """Let scans that were asked for meanwhile begin."""
        self._is_held = False
        self._scan_queued()

    def _turned(self, said: str, edit: Edit | None) -> None:
        if edit is None:
            self.notified.emit("There is nothing to take back.")
            return
        self.notified.emit(f"{said} {edit.title}.")
        self._edited(edit)
        if edit.place is not None:
            self.turned.emit(edit.place)

    def _edited(self, edit: Edit) -> None:
        self.edits_changed.emit()
        if edit.failed:
            more = f" And {len(edit.failed) - 1} more." if len(edit.failed) > 1 else ""
            self.failed.emit(edit.failed[0] + more)
        if edit.change & Change.SAMPLES:
            self.reload()
        elif edit.change & Change.TEXTS:
            self._hear()
            self._read(partial(deepen, self._reading, self.rows.names), self._deepen)
        elif edit.change & Change.SAID:
            self._hear()
        if edit.change & Change.ROOTS:
            self._read_roots()
            self.scan()

    def close(self) -> None:
        """End all work; what was finished stays finished."""
        self._queued.clear()
        self._looks.stop()
        self._watch.close()
        ended = [
            self._scanner.close(),
            self._writer.close(finishes=True),
            self._reader.close(),
        ]
        # A connection that a thread still uses is left to the end of the program.
        if all(ended) and not self._stays_open:
            self._database.close()
            self._reading.close()


def _load_all(database: Database) -> tuple[Loaded, Deepened]:
    loaded = load(database)
    return loaded, deepen(database, loaded.columns.names)

"""The start of the window: the catalog is read in a thread while Qt is loaded."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from app.core.browsing.loading import Loaded, load
from app.core.catalog.columns import EARLY
from app.core.catalog.database import Database
from app.core.errors import AppError
from app.core.reports import write_report
from app.core.settings import load_settings, save_settings
from classifier import DEFAULT_MODEL

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from app.core.settings import Settings
    from app.ui.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Places:
    """Which files the program keeps for itself."""

    catalog: Path
    settings: Path
    log: Path


class _Opening:
    """Opens and reads the catalog in a thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: Database | None = None
        self._loaded: Loaded | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._open, name="kitsort-opening", daemon=True)
        self._thread.start()

    def _open(self) -> None:
        try:
            # Where there is one, it was made in a place that was looked at; `Library.read_on`
            # looks again.
            is_new = not self._path.exists()
            self._database = Database.open(self._path, checks_place=is_new)
            self._loaded = load(self._database, only=EARLY)
        except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
            self._error = error

    def wait(self) -> tuple[Database, Loaded]:
        """Return the catalog, and what its table shows.

        Raises
        ------
        AppError
            If it cannot be opened or read.
        """
        self._thread.join()
        if self._error:
            raise self._error
        if self._database is None or self._loaded is None:
            raise RuntimeError("the catalog was neither opened nor refused")
        return self._database, self._loaded


def run(
    places: Places, model: str, paths: Sequence[str] = (), *, picture: Path | None = None
) -> int:
    """Show the window until it is closed; return the exit code.

    With `picture` it is shown nowhere, and closed when a picture of it was written there.

    Raises
    ------
    AppError
        If the catalog cannot be opened.
    """
    opening = _Opening(places.catalog)
    if picture is not None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QIcon  # noqa: PLC0415 - the catalog is read meanwhile
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415

    from app.ui.theme import chosen_colours, dress, load_fonts, resources_folder  # noqa: PLC0415

    settings = load_settings(places.settings)
    if settings.scale_percent != 100:
        os.environ.setdefault("QT_SCALE_FACTOR", f"{settings.scale_percent / 100:g}")
    application = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(application, QApplication):
        raise TypeError("there is an application without windows")
    application.setApplicationName("Kitsort")
    application.setDesktopFileName("kitsort")
    application.setWindowIcon(QIcon(str(resources_folder() / "icon.svg")))
    load_fonts(application)
    dress(application, chosen_colours(settings.theme))
    watch_for_bugs(places.log)
    try:
        window = make_window(opening, places, settings, model)
    except AppError as error:
        if picture is None and not (sys.stderr and sys.stderr.isatty()):
            tell_end(str(error))  # started by a click, where nobody reads what is written
        raise
    window.show()
    if paths:
        window.folders.take([str(Path(path).resolve()) for path in paths])
    if picture is None:
        window.closed.connect(lambda kept: _keep(places.settings, kept))
    else:
        return _photograph(application, window, picture)
    return application.exec()


def _photograph(application: QApplication, window: MainWindow, picture: Path) -> int:
    from app.ui.picture import Photographer  # noqa: PLC0415 - rarely needed

    failures: list[AppError] = []

    def done(error: AppError | None) -> None:
        if error is not None:
            failures.append(error)
        window.close()

    Photographer(window, picture, done)
    code = application.exec()
    if failures:
        raise failures[0]
    return code


def make_window(opening: _Opening, places: Places, settings: Settings, model: str) -> MainWindow:
    """Build the parts and hand them to each other."""
    from app.core.player.output import SoundDeviceOutput  # noqa: PLC0415
    from app.core.player.player import Player  # noqa: PLC0415
    from app.ui.audition import Audition  # noqa: PLC0415
    from app.ui.library import Library  # noqa: PLC0415
    from app.ui.main_window import MainWindow  # noqa: PLC0415

    # A thread that computes gives way after so long: with 5 ms, which is usual, sound would stop
    # now and then while four of them scan.
    sys.setswitchinterval(0.001)
    database, loaded = opening.wait()
    library = Library(
        places.catalog,
        database,
        model=settings.model if model == DEFAULT_MODEL and settings.model else model,
        threads=settings.threads or None,
    )
    audition = Audition(lambda tell: Player(SoundDeviceOutput(), tell))
    window = MainWindow(library, audition, settings)
    library.take(loaded)
    return window


def _keep(place: Path, settings: Settings) -> None:
    try:
        save_settings(place, settings)
    except OSError as error:  # the next start shows the window as it was before
        sys.stderr.write(f"{place}: Not kept ({error.strerror or error}).\n")


def tell_end(sentence: str) -> None:
    """Say why there will be no window, and wait until that is read."""
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415

    box = QMessageBox()
    box.setWindowTitle("Kitsort")
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("Kitsort cannot start.")
    box.setInformativeText(sentence)
    box.exec()


def watch_for_bugs(log: Path) -> None:
    """Write down what goes wrong that is our fault, and say where."""
    import faulthandler  # noqa: PLC0415

    if sys.stderr:
        faulthandler.enable()
    has_said = threading.Event()

    def note(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        text = write_report(log, kind, error, trace)
        if not has_said.is_set() and threading.current_thread() is threading.main_thread():
            has_said.set()
            _say_bug(log, text)

    sys.excepthook = note
    threading.excepthook = lambda args: (
        note(args.exc_type, args.exc_value, args.exc_traceback) if args.exc_value else None
    )


def _say_bug(log: Path, text: str) -> None:
    from PySide6.QtCore import Qt  # noqa: PLC0415
    from PySide6.QtWidgets import QMessageBox  # noqa: PLC0415

    box = QMessageBox()
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("Kitsort has made a mistake.")
    box.setInformativeText(f"Your files are safe. What happened is written down in\n{log}")
    box.setDetailedText(text)
    box.open()
    _boxes.append(box)


# A dialog that nobody holds is gone at once.
_boxes: list[object] = []

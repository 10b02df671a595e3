"""The window in the benchmark's own process, without a screen and without a sound card."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from unittest.mock import patch

import environment  # noqa: F401 - before numpy

# What is measured shall be the same with a screen and without one, and not flicker there.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from measures import NotMeasuredError
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from app.core.player import output as outputs
from app.core.settings import Settings
from app.ui.start import Places, _Opening, make_window
from app.ui.theme import load_fonts
from classifier import DEFAULT_MODEL
from tests.helpers.outputs import PacedOutput

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

_PATIENCE_S: Final = 120.0
# Less than anybody sees, and enough for other threads to get on.
_NAP_S: Final = 0.0005


class Paints(QObject):
    """Counts how often a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        self._widget = widget
        widget.installEventFilter(self)

    def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802
        self.count += event.type() == QEvent.Type.Paint
        return False

    def seconds_until(self, act: Callable[[], object]) -> float:
        """Return how long it takes to do something and to show it."""
        process_events()
        before = self.count
        started = time.perf_counter()
        act()
        wait_until(lambda: self.count > before)
        return time.perf_counter() - started

    def forget(self) -> None:
        """Count no longer."""
        self._widget.removeEventFilter(self)


def application() -> QApplication:
    """Return the application, made as the program makes it."""
    known = QApplication.instance()
    if isinstance(known, QApplication):
        return known
    made = QApplication(["kitsort"])
    made.setQuitOnLastWindowClosed(False)
    load_fonts(made)
    return made


def process_events() -> None:
    """Do all that is to be done now."""
    application().processEvents()


def wait_until(is_so: Callable[[], object], patience_s: float = _PATIENCE_S) -> None:
    """Process events until something is so.

    Raises
    ------
    NotMeasuredError
        If it does not come about.
    """
    latest = time.perf_counter() + patience_s
    while not is_so():
        process_events()
        if is_so():
            return
        if time.perf_counter() > latest:
            raise NotMeasuredError("the window does not do what is waited for")
        time.sleep(_NAP_S)


def wait(seconds: float) -> None:
    """Process events for a while."""
    until = time.perf_counter() + seconds
    wait_until(lambda: time.perf_counter() >= until)


def loop_until(
    is_so: Callable[[], object], patience_s: float = _PATIENCE_S, look_s: float = 0.05
) -> None:
    """Let Qt's own loop run until something is so; it is looked at seldom, and costs nothing.

    Raises
    ------
    NotMeasuredError
        If it does not come about.
    """
    latest = time.perf_counter() + patience_s
    loop = QEventLoop()
    timer = QTimer(interval=round(look_s * 1000))
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: loop.quit() if is_so() or time.perf_counter() > latest else None)
    timer.start()
    loop.exec()
    timer.stop()
    if not is_so():
        raise NotMeasuredError("the window does not do what is waited for")


@contextmanager
def opened_window(
    catalog: Path, *, settings: Settings | None = None, output: PacedOutput | None = None
) -> Iterator[MainWindow]:
    """Give the window over a catalog once all of it is read; what it plays goes to an output."""
    application()
    folder = catalog.parent
    places = Places(catalog, folder / "settings.json", folder / "kitsort.log")
    speakers = output or PacedOutput()
    with patch.object(outputs, "SoundDeviceOutput", lambda: speakers):
        window = make_window(
            _Opening(catalog), places, settings or Settings(autoplay=False), DEFAULT_MODEL
        )
    has_all: list[bool] = []
    window.library.grown.connect(lambda: has_all.append(True))
    with _no_mistakes(), _closed_at_the_end(window):
        window.show()
        wait_until(lambda: has_all and window.listening.plot is not None)
        wait(0.2)
        yield window


@contextmanager
def _closed_at_the_end(window: MainWindow) -> Iterator[None]:
    try:
        yield
    finally:
        window.close()
        window.deleteLater()
        application().sendPostedEvents(None, QEvent.Type.DeferredDelete)
        process_events()


@contextmanager
def _no_mistakes() -> Iterator[None]:
    """Measure nothing if something goes wrong where Qt has called: there it goes no further."""
    mistakes: list[BaseException] = []

    def note(_: object, error: BaseException, __: object) -> None:
        mistakes.append(error)

    with patch.object(sys, "excepthook", note):
        yield
    if mistakes:
        raise NotMeasuredError(f"the window has failed: {mistakes[0]!r}") from mistakes[0]

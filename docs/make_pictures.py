"""Draws the pictures of the window: ``python docs/make_pictures.py``, into ``docs/pictures``.

Of the real window with the demo library, in a folder that is gone afterwards, and whose name is
seen in some of them. Nothing is heard, and no screen is needed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

# Before Qt is loaded: without a screen, and in the type that comes with the program.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

from app.core.catalog.database import Database
from app.core.demo import demo_truth, make_demo_library
from app.core.player.output import Device, Render
from app.core.player.player import Player
from app.core.settings import Settings, Theme
from app.core.sorting.choice import SortChoice
from app.core.sorting.steps import Mode
from app.ui.audition import Audition
from app.ui.check_dialog import CheckDialog
from app.ui.library import Library
from app.ui.main_window import MainWindow
from app.ui.rounds import Round
from app.ui.settings_dialog import SettingsDialog
from app.ui.sorting.history_dialog import HistoryDialog
from app.ui.sorting.plan_dialog import PlanDialog
from app.ui.theme import DARK, load_fonts
from classifier import DEFAULT_MODEL, LABELS

PICTURES: Final = Path(__file__).parent / "pictures"
SIZE: Final = (1280, 800)
COMPACT_SIZE: Final = (460, 640)
LARGE_SIZE: Final = (1024, 640)
RATE_HZ: Final = 48_000
_PATIENCE_S: Final = 60.0
_FRAME_S: Final = 0.016
# For the picture of a scan: long enough for one to be seen at work, and how far it has come.
_PACKS: Final = ("Beat tape 2016", "Free packs", "From Mika", "Session bounces", "Splice", "Vinyl")
_SEEN: Final = 0.4
# What somebody has said of the demo library, and starred.
_SAID: Final = {"0009.wav": "Open hat", "BD 2.aif": "Kick", "OH 1.wav": "Open hat"}
_STARRED: Final = ("BD 1.aif", "late kick.wav", "untitled.wav")
# Of somebody whose library it could be.
_HOME: Final = "mika"
_SONG: Final = "Vinyl Crates Vol 2/Dusty beat.als"
_REVIEWED: Final = 3
# What lies behind a dialog is darker.
_SHADE: Final = QColor(0, 0, 0, 130)
# To Qt that is how fast a file shall be made: the slowest is the smallest.
_PNG_QUALITY: Final = 0

Dialog = TypeVar("Dialog", bound=QDialog)


class SilentStream:
    """A stream that goes on when it is told to, and only then."""

    rate_hz = RATE_HZ
    latency_s = 0.0

    def __init__(self) -> None:
        self.render: Render | None = None

    def start(self, render: Render, on_lost: Callable[[], None]) -> None:  # noqa: ARG002
        """Have something to ask for sound."""
        self.render = render

    def close(self) -> None:
        """Ask no more."""
        self.render = None


class SilentOutput:
    """A sound card that stands still, so that the playhead does."""

    def __init__(self) -> None:
        self._stream = SilentStream()

    def open(self, device: str | None) -> SilentStream:  # noqa: ARG002
        """Open the one stream."""
        self._stream = SilentStream()
        return self._stream

    def devices(self, *, refresh: bool) -> list[Device]:  # noqa: ARG002
        """Return the one device."""
        return [Device(0, "Speakers", is_default=True)]

    def close(self) -> None:
        """There is nothing to end."""

    def go_on(self, seconds: float) -> bool:
        """Play so much of what is played; tell whether anything was."""
        if self._stream.render is None:
            return False
        self._stream.render(np.empty((round(seconds * RATE_HZ), 2), np.float32))
        return True


def until(is_so: Callable[[], object]) -> None:
    """Let the window work until something is so."""
    end = time.monotonic() + _PATIENCE_S
    while not is_so():
        QApplication.processEvents()
        if time.monotonic() > end:
            raise TimeoutError("the window did not get there")
        time.sleep(_FRAME_S)


def settle(seconds: float = 0.3) -> None:
    """Let the window finish what it has begun."""
    end = time.monotonic() + seconds
    until(lambda: time.monotonic() > end)


class Stage:
    """A window to be drawn.

    Attributes
    ----------
    window : MainWindow
    """

    def __init__(self, catalog: Path, settings: Settings, size: tuple[int, int]) -> None:
        self._output = SilentOutput()
        library = Library(catalog, Database.open(catalog), model=DEFAULT_MODEL)
        audition = Audition(lambda tell: Player(self._output, tell))
        self.window = MainWindow(library, audition, settings)
        library.reload()
        library.is_loaded = True
        self.window.resize(*size)
        self.window.show()
        until(lambda: self.window.listening.plot is not None)
        settle()

    def scan(self, folder: Path) -> None:
        """Take a folder into the library."""
        ended: list[object] = []
        self.window.library.scan_ended.connect(ended.append)
        self.window.library.add([str(folder)])
        until(lambda: ended)
        settle()

    def choose(self, name: str) -> None:
        """Choose the first sample of a name."""
        model = self.window.model
        line = model.line_of(model.rows.names.index(name))
        if line is None:
            raise LookupError(name)
        self.window.table.choose_line(line)

    def correct(self, said: dict[str, str]) -> None:
        """Say what samples are."""
        self.window.commands.advances = False
        for name, label in said.items():
            self.choose(name)
            self.window.do(f"correct_{LABELS.index(label)}")
        until(lambda: not self.window.library.is_writing)

    def star(self, names: Sequence[str]) -> None:
        """Make favourites of samples."""
        for name in names:
            self.choose(name)
            self.window.do("favour")
        until(lambda: not self.window.library.is_writing)

    def play(self, name: str, seconds: float) -> None:
        """Show a sample being played, at a moment."""
        self.choose(name)
        self.window.table.setFocus()
        audition = self.window.audition
        until(lambda: audition.state.is_playing and self._output.go_on(seconds))
        until(self._is_drawn)
        settle()

    def _is_drawn(self) -> bool:
        """Tell whether the waveform is that of what is played."""
        plot, state = self.window.listening.plot, self.window.audition.state
        shown = plot.waveform if plot else None
        return shown is not None and abs(shown.duration_s - state.duration_s) < 1e-3

    def review(self, count: int) -> None:
        """Begin a review, and decide so many."""
        self.window.do("review")
        for _ in range(count):
            settle()
            self._say_truth()
        until(lambda: self._output.go_on(0.05))
        until(self._is_drawn)
        settle()

    def check(self) -> CheckDialog:
        """Go through a check, as somebody who knows; return what came of it."""
        window = self.window
        window.rounds._rng = np.random.default_rng(1)
        window.do("check")
        while window.rounds.kind is Round.CHECK and window.rounds.done < window.rounds.total:
            self._say_truth()
            settle(0.02)
        return self.dialog(CheckDialog)

    def _say_truth(self) -> None:
        """Say of the current sample what it was made as."""
        truth = {Path(path).name: label for path, label in demo_truth().items()}
        row = self.window.table.current_row()
        if row is not None:
            label = truth[self.window.model.rows.names[row]]
            self.window.do(f"correct_{LABELS.index(label)}")

    def plan(self, choice: SortChoice) -> PlanDialog:
        """Show what sorting everything would do."""
        self.window.sort.sorting.choice = choice
        self.window.do("sort")
        made = self.dialog(PlanDialog)
        until(lambda: made.may_go)
        settle()
        return made

    def sort(self, plan: PlanDialog) -> None:
        """Do it, and show what came of it."""
        plan.go()
        until(lambda: plan.pages.currentWidget() is plan.summary)
        settle()

    def undo(self) -> None:
        """Take the last sort back."""
        sorting = self.window.sort.sorting
        ended: list[object] = []
        sorting.sorter.applied.connect(ended.append)
        self.window.do("undo")
        until(lambda: ended)
        settle()

    def dialog(self, kind: type[Dialog]) -> Dialog:
        """Return the dialog that is open."""

        def found() -> list[Dialog]:
            return [one for one in self.window.findChildren(kind) if one.isVisible()]

        until(found)
        settle()
        return found()[-1]

    def draw(self, name: str, dialog: QDialog | None = None) -> None:
        """Keep a picture, of a dialog before the window if there is one."""
        PICTURES.mkdir(exist_ok=True)
        place = PICTURES / f"{name}.png"
        picture = self.window.grab()
        if dialog is not None:
            _lay_over(picture, dialog.grab())
        picture.save(str(place), "PNG", _PNG_QUALITY)
        sys.stdout.write(f"{place.name}: {place.stat().st_size / 1e3:.0f} kB\n")


def _lay_over(picture: QPixmap, dialog: QPixmap) -> None:
    """Paint a dialog in the middle of a window."""
    frame = QRect(dialog.rect())
    frame.moveCenter(picture.rect().center())
    painter = QPainter(picture)
    painter.fillRect(picture.rect(), _SHADE)
    painter.drawPixmap(frame.topLeft(), dialog)
    painter.setPen(QColor(DARK.hairline))
    painter.drawRect(frame.adjusted(-1, -1, 0, 0))
    painter.end()


@contextmanager
def stage(
    folder: Path, size: tuple[int, int] = SIZE, settings: Settings | None = None
) -> Iterator[Stage]:
    """Open a window over the catalog in a folder; close it in the end."""
    made = Stage(folder / "catalog.sqlite", settings or Settings(theme=Theme.DARK), size)
    try:
        yield made
    finally:
        made.window.close()


def draw_usual(folder: Path) -> None:
    """Draw the window as it is on most screens."""
    library = folder / "Kitsort demo library"
    make_demo_library(library)
    with stage(folder) as dark:
        dark.draw("empty")
        dark.scan(library)
        dark.correct(_SAID)
        dark.star(_STARRED)
        dark.play("untitled.wav", 0.52)
        dark.draw("library")
    with stage(folder, settings=Settings(theme=Theme.LIGHT)) as light:
        light.play("SD snappy.aif", 0.12)
        light.draw("light")
    with stage(folder, COMPACT_SIZE, Settings(theme=Theme.DARK, compact=True)) as compact:
        compact.play("BD 1.aif", 0.11)
        compact.draw("compact")
    draw_scan(folder)
    draw_dialogs(folder / "Music")


def draw_dialogs(folder: Path) -> None:
    """Draw what is asked and told on the way from a heap of sounds to folders."""
    library = folder / "Kitsort demo library"
    make_demo_library(library)
    (library / _SONG).touch()
    with stage(folder) as dark:
        dark.scan(library)
        dark.correct(_SAID)
        dark.star(_STARRED)
        dark.review(_REVIEWED)
        dark.draw("review")
        dark.window.do("show_all")
        told = dark.check()
        dark.draw("check", told)
        told.accept()
        _draw_sorting(dark, str(folder / "Sorted"))
        dark.window.do("set_up")
        asked = dark.dialog(SettingsDialog)
        dark.draw("settings", asked)
        asked.reject()


def _draw_sorting(dark: Stage, destination: str) -> None:
    """Copy, take that back, and move."""
    copying = dark.plan(SortChoice(destination=destination))
    dark.sort(copying)
    dark.draw("summary", copying)
    copying.accept()
    dark.undo()
    moving = dark.plan(SortChoice(mode=Mode.MOVE, destination=destination, with_unsure=True))
    dark.draw("sort", moving)
    dark.sort(moving)
    moving.accept()
    dark.window.do("show_history")
    history = dark.dialog(HistoryDialog)
    dark.draw("history", history)
    history.reject()


def draw_scan(folder: Path) -> None:
    """Draw the window while it looks through a disk."""
    disk = folder / "Old hard disk"
    for seed, pack in enumerate(_PACKS, start=1):
        make_demo_library(disk / pack, seed=seed)
    with stage(folder) as dark:
        dark.play("CH loose.wav", 0.06)
        library, before = dark.window.library, len(dark.window.library.rows)
        library.add([str(disk)])

        def is_well_on() -> bool:
            now = library.progress
            has_grown = len(library.rows) > before
            return bool(now and now.total and now.done > _SEEN * now.total and has_grown)

        until(is_well_on)
        dark.draw("scanning")


def draw_large(folder: Path) -> None:
    """Draw the window on a screen whose points are twice as fine."""
    library = folder / "Kitsort demo library"
    make_demo_library(library)
    with stage(folder, LARGE_SIZE) as dark:
        dark.scan(library)
        dark.play("break 90bpm.wav", 3.4)
        dark.draw("library-200")


def main() -> None:
    """Draw all of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--large", action="store_true", help="only what is drawn at 200 %%")
    is_large = parser.parse_args().large
    application = QApplication(sys.argv[:1])
    load_fonts(application)
    folder = Path(tempfile.gettempdir()) / _HOME
    folder.mkdir(mode=0o700)
    try:
        (draw_large if is_large else draw_usual)(folder)
    finally:
        shutil.rmtree(folder)
    if not is_large:
        subprocess.run(  # noqa: S603 - this file again
            [sys.executable, __file__, "--large"],
            env={**os.environ, "QT_SCALE_FACTOR": "2"},
            check=True,
        )


if __name__ == "__main__":
    main()

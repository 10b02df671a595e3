"""A screen that nobody sees, a sound card that nobody hears, and hands for the real program."""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from ctypes.util import find_library
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from app.core.catalog.states import State
from app.core.settings import Settings, save_settings
from classifier import LABELS

ROOT: Final = Path(__file__).resolve().parents[2]
SIZE: Final = (1280, 800)
TITLE: Final = "Kitsort"
PATIENCE_S: Final = 30.0
_LOOK_S: Final = 0.05
# How long a hand needs between a key and the next.
_KEY_MS: Final = 30

# Of the picture that Xvfb keeps in a file: its head, and the colours that follow it.
_HEAD: Final = struct.Struct(">25I")
_COLOUR_BYTES: Final = 12

# Written by the library that runs the model, once, from where nobody can keep it from doing so.
_OF_OTHERS: Final = frozenset({"INFO: Created TensorFlow Lite XNNPACK delegate for CPU."})

# What ALSA writes goes to a program that takes it no faster than a sound card would, and keeps it.
_CARD: Final = """
import sys, time
block = 44_100 * 2 * 4 // 100
with open(sys.argv[1], "ab", buffering=0) as heard:
    while data := sys.stdin.buffer.read(block):
        heard.write(data)
        time.sleep(0.01)
"""
_ALSA: Final = """
pcm.nothing {{ type null }}
pcm.!default {{ type file slave.pcm nothing format raw file "|{command}" }}
ctl.!default {{ type null }}
"""


def why_not() -> str | None:
    """Return why there can be no such screen here, or None."""
    if not sys.platform.startswith("linux"):
        return "Xvfb is for Linux"
    missing = [name for name in ("Xvfb", "xdotool") if not shutil.which(name)]
    return f"not installed: {', '.join(missing)}" if missing else None


def wait_until(what: str, is_so: Callable[[], object], patience_s: float = PATIENCE_S) -> None:
    """Look again and again until something is so; fail if it takes too long."""
    end = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > end:
            raise AssertionError(f"not within {patience_s:.0f} s: {what}")
        time.sleep(_LOOK_S)


class Desktop:
    """A screen without a window manager, for a ``with``: at its end the screen is gone.

    Where the ``with`` fails, a picture of the screen stays in the folder.

    Attributes
    ----------
    display : str
        Its name, for ``$DISPLAY``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.display = ""

    def __enter__(self) -> Self:
        # The server chooses a number that is free, and writes it down once it is ready.
        number_out, number_in = os.pipe()
        with os.fdopen(number_out) as number:
            try:
                self._server = self._start(number_in)
            finally:
                os.close(number_in)
            self.display = f":{number.readline().strip()}"
        assert self.display != ":", "Xvfb did not start"
        return self

    def _start(self, number_in: int) -> subprocess.Popen[bytes]:
        screen = f"{SIZE[0]}x{SIZE[1]}x24"
        command = ["Xvfb", "-displayfd", str(number_in), "-screen", "0", screen, "-noreset"]
        return subprocess.Popen(
            [*command, "-fbdir", str(self._folder), "-nolisten", "tcp"],
            pass_fds=[number_in],
            stderr=subprocess.DEVNULL,
        )

    def __exit__(
        self, kind: type[BaseException] | None, error: object, trace: TracebackType | None
    ) -> None:
        try:
            if kind:
                self._save(self._folder / "failed.png")
        finally:
            self._server.terminate()
            self._server.wait(PATIENCE_S)

    def press(self, *keys: str) -> None:
        """Press keys one after the other, each let go before the next."""
        self._do("key", "--delay", str(_KEY_MS), *keys)

    def click(self, x_px: int, y_px: int) -> None:
        """Click a point of the screen."""
        self._do("mousemove", "--sync", str(x_px), str(y_px), "click", "1")

    def has_window(self, title: str = TITLE) -> bool:
        """Tell whether a window of the program is on the screen."""
        return bool(self._windows(title))

    def enter_window(self, title: str = TITLE) -> None:
        """Give a window the keyboard once it has appeared, as a window manager does."""
        wait_until(f"the window {title!r}", lambda: self.has_window(title))
        self._do("windowfocus", "--sync", self._windows(title)[-1])

    def _windows(self, title: str) -> list[str]:
        return self._do("search", "--onlyvisible", "--name", f"^{title}$").split()

    def _do(self, *args: str) -> str:
        run = subprocess.run(
            ["xdotool", *args],
            env={**os.environ, "DISPLAY": self.display},
            capture_output=True,
            check=False,
            timeout=PATIENCE_S,
        )
        return run.stdout.decode()

    def pixels(self) -> NDArray[np.uint8]:
        """Return what is on the screen, shape (height, width, 3): red, green, blue."""
        data = (self._folder / "Xvfb_screen0").read_bytes()
        head = _HEAD.unpack_from(data)
        header_bytes, width_px, height_px, line_bytes, colours = (
            head[n] for n in (0, 4, 5, 12, 19)
        )
        start = header_bytes + colours * _COLOUR_BYTES
        lines = np.frombuffer(data, np.uint8, line_bytes * height_px, start)
        return lines.reshape(height_px, -1, 4)[:, :width_px, 2::-1]

    def box_of(self, colour: str, below_px: int = 0) -> tuple[int, int, int, int] | None:
        """Return left, top, right and bottom of what is painted in a colour; None if nothing is."""
        wanted = np.frombuffer(bytes.fromhex(colour.removeprefix("#")), np.uint8)
        down, across = np.nonzero((self.pixels()[below_px:] == wanted).all(axis=2))
        if not len(down):
            return None
        top, bottom = int(down.min()) + below_px, int(down.max()) + below_px
        return int(across.min()), top, int(across.max()), bottom

    def _save(self, place: Path) -> None:
        from PySide6.QtGui import QImage  # noqa: PLC0415 - only to look into a failure

        pixels = np.ascontiguousarray(self.pixels())
        height_px, width_px, _ = pixels.shape
        form = QImage.Format.Format_RGB888
        QImage(pixels.tobytes(), width_px, height_px, 3 * width_px, form).save(str(place))
        sys.stderr.write(f"The screen as it was: {place}\n")


class Program:
    """The program on such a screen, for a ``with``; all that it keeps lies in one folder.

    Parameters
    ----------
    desktop : Desktop
    folder : Path
    frozen : Path, optional
        The program as it is packed up, in place of that of this checkout; it finds nothing else.

    Attributes
    ----------
    home, catalog, log : Path
    """

    def __init__(self, desktop: Desktop, folder: Path, frozen: Path | None = None) -> None:
        self.desktop = desktop
        self._frozen = frozen
        self.home = folder / "home"
        self.catalog, self.log = folder / "catalog.sqlite", folder / "kitsort.log"
        self._settings = folder / "settings.json"
        self._said, self._heard = folder / "said.txt", folder / "heard.raw"
        self._alsa = folder / "asound.conf"
        self._process: subprocess.Popen[bytes] | None = None
        self.home.mkdir(mode=0o700)
        self._heard.touch()
        self._write_alsa(folder / "card.py")

    def _write_alsa(self, card: Path) -> None:
        card.write_text(_CARD)
        command = shlex.join([sys.executable, "-I", "-S", str(card), str(self._heard)])
        self._alsa.write_text(_ALSA.format(command=command))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def set_up(self, settings: Settings) -> None:
        """Let it find settings as if it had kept them itself; before it is started."""
        save_settings(self._settings, settings)

    def start(self, *folders: Path) -> None:
        """Start it, to scan folders if there are any, and wait until its window is there."""
        with self._said.open("ab") as said:
            self._process = process = subprocess.Popen(
                [*self._command(), "window", *folders],
                env=self._environment(),
                cwd=self.home if self._frozen else ROOT,
                stdout=said,
                stderr=said,
            )

        def is_there() -> bool:
            assert process.poll() is None, f"it has ended: {self.said()}"
            return self.desktop.has_window()

        wait_until("the window", is_there)
        self.desktop.enter_window()

    def _command(self) -> list[str]:
        if self._frozen:
            return [str(self._frozen)]
        return [sys.executable, "-W", "error", "-m", "app"]

    def _environment(self) -> dict[str, str]:
        """Return one in which nothing of who runs the tests can be seen, heard or changed."""
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("XDG_", "QT_"))
        }
        if self._frozen:
            own = {"PATH": "", "LC_ALL": "C.UTF-8"}
        return {
            **own,
            "DISPLAY": self.desktop.display,
            "QT_QPA_PLATFORM": "xcb",
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.home),
            "DBUS_SESSION_BUS_ADDRESS": "disabled:",
            "ALSA_CONFIG_PATH": str(self._alsa),
            "KITSORT_CATALOG": str(self.catalog),
            "KITSORT_SETTINGS": str(self._settings),
            "KITSORT_LOG": str(self.log),
        }

    def quit(self) -> int:
        """Leave it by its key; return its exit code."""
        self.desktop.press("ctrl+q")
        return self.ended()

    def ended(self) -> int:
        """Wait until it has ended; return its exit code."""
        assert self._process, "it was never started"
        return self._process.wait(PATIENCE_S)

    def said(self) -> list[str]:
        """Return the lines that it has written to stdout and stderr, but for those of others."""
        lines = self._said.read_text(encoding="utf-8").splitlines()
        return [line for line in lines if line and line not in _OF_OTHERS]

    def heard(self) -> NDArray[np.float32]:
        """Return what it has played so far."""
        data = self._heard.read_bytes()
        return np.frombuffer(data[: len(data) // 4 * 4], np.float32)

    def analysed(self) -> int:
        """Return how many samples have been looked into."""
        return sum(state == State.DONE for (state,) in self._ask("SELECT state FROM samples"))

    def corrections(self) -> dict[str, str]:
        """Return what the user said, by the names of the files."""
        rows = self._ask(
            "SELECT samples.name, corrections.label FROM corrections"
            " JOIN samples ON samples.content = corrections.content"
        )
        return {os.fsdecode(name): LABELS[label] for name, label in rows}

    def batches(self) -> list[str]:
        """Return what was done with files to its end: a mode each, or "undo"."""
        rows = self._ask("SELECT mode, undoes FROM batches WHERE state > 0 ORDER BY id")
        return [mode if undoes is None else "undo" for mode, undoes in rows]

    def names(self) -> list[str]:
        """Return the names of all samples, in the order in which they were found."""
        rows = self._ask("SELECT name FROM samples ORDER BY id")
        return [os.fsdecode(name) for (name,) in rows]

    def _ask(self, question: str) -> list[Any]:
        if not self.catalog.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{self.catalog}?mode=ro", uri=True)) as catalog:
                return catalog.execute(question).fetchall()
        except sqlite3.OperationalError:  # it is just being made
            return []


def has_portaudio() -> bool:
    """Tell whether the program can play at all here."""
    return find_library("portaudio") is not None

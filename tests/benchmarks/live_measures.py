"""What ``speed.py`` measures of the window as a process, and while a scan or sound goes on."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING, Final

import environment
import numpy as np
import soundfile
from library import Library, stratified
from measures import Measured, NotMeasuredError, compiled, last_line
from numpy.typing import NDArray
from open_window import loop_until, opened_window
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from varied_catalog import varied_catalog

from app.core.browsing.filters import Filter
from app.core.browsing.ordering import SortBy
from app.core.catalog.database import Database
from app.core.catalog.roots import add_root
from app.core.jobs import Job
from app.core.player.output import Render
from app.core.scan import look
from app.core.settings import Settings
from tests.helpers.outputs import PacedOutput, PacedStream

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

_HERE: Final = Path(__file__).resolve().parent
_BEAT_S: Final = 0.01
_LATE_S: Final = 0.05
_IDLE_S: Final = 5.0
_WARM_S: Final = 1.0
_PLAY_MS: Final = 400


# --- a process of its own ----------------------------------------------------------------------


def measure_window_start(_library: Library, *, turns: int = 11) -> Measured:
    """Return the seconds until the window shows rows against those of a bare window."""
    ours, theirs = [], []
    with varied_catalog() as catalog, compiled() as environ:
        for turn in range(-1, turns):  # the first one compiles and warms up
            one = _painted(["--bare"], environ, catalog.parent)[0]
            other = _painted(["--catalog", str(catalog)], environ, catalog.parent)[0]
            if turn >= 0:
                theirs.append(one)
                ours.append(other)
    return Measured(median(ours) / median(theirs), tuple(ours), tuple(theirs), "s")


def measure_window_memory(_library: Library, *, turns: int = 3) -> Measured:
    """Return how much more memory the window holds with everything in it than a bare one."""
    ours, theirs = [], []
    with varied_catalog() as catalog, compiled() as environ:
        for _ in range(turns):
            theirs.append(_painted(["--bare", "--memory"], environ, catalog.parent)[1])
            arguments = ["--catalog", str(catalog), "--memory"]
            ours.append(_painted(arguments, environ, catalog.parent)[1])
    return Measured(median(ours) - median(theirs), tuple(ours), tuple(theirs), "MB")


def _painted(
    arguments: Sequence[str], environ: dict[str, str], folder: Path
) -> tuple[float, float]:
    """Return the seconds until a window was painted, and its memory in MB where that is asked."""
    log = folder / "kitsort.log"
    its_own = {"QT_QPA_PLATFORM": "offscreen", "KITSORT_LOG": str(log)}
    its_own["KITSORT_SETTINGS"] = str(folder / "settings.json")
    started = time.perf_counter()
    with (
        TemporaryFile("w+") as errors,
        subprocess.Popen(
            [sys.executable, _HERE / "window_process.py", *arguments],
            cwd=environment.REPOSITORY,
            env={**environ, **its_own},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        seconds = time.perf_counter() - started
        rest = process.stdout.read().strip()
        if process.wait() or said != "painted":
            errors.seek(0)
            raise NotMeasuredError(f"the window was not shown: {last_line(errors.read())}")
    if log.exists():
        raise NotMeasuredError(f"the window has failed: {last_line(log.read_text('utf-8'))}")
    return seconds, float(rest or 0)


# --- while a scan goes on ----------------------------------------------------------------------


class _Beats(QObject):
    """A timer, and when it has come."""

    def __init__(self) -> None:
        super().__init__()
        self.times: list[float] = []
        self._timer = QTimer(self, interval=round(_BEAT_S * 1000))
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(lambda: self.times.append(time.perf_counter()))
        self._timer.start()

    def take(self) -> tuple[float, float]:
        """Return the late ones since last time in percent, and the longest wait in s; stop."""
        self._timer.stop()
        return late_share(np.diff(self.times)), float(max(np.diff(self.times)))


def late_share(gaps_s: NDArray[np.float64]) -> float:
    """Return how many percent of the beats that were due came too late.

    While nothing gets on, beats are due as well: each that falls into a gap counts, not only the
    one that ends it.
    """
    due = sum(max(1, round(gap / _BEAT_S)) for gap in gaps_s)
    late = sum(max(0, ceil((gap - _LATE_S) / _BEAT_S) - 1) for gap in gaps_s)
    return float(100 * late / due)


def measure_window_beats(library: Library) -> Measured:
    """Return how often the window's events wait while files are scanned, and while none are.

    Into an empty library, and into one of very many samples; the worse counts.
    """
    ours, theirs = [], []
    with TemporaryDirectory(prefix="kitsort-empty-") as folder, varied_catalog() as full:
        for catalog, name in ((Path(folder, "c.sqlite"), "empty"), (full, "full")):
            with opened_window(catalog) as window:
                idle = _Beats()
                loop_until(_over(_IDLE_S))
                theirs.append(idle.take()[0])
                beats = _Beats()
                scan_through(window, library)
                late, longest = beats.take()
                ours.append(late)
            sys.stderr.write(
                f"  {name} library: {late:.2f} % late, at most {longest * 1000:.0f} ms\n"
            )
    return Measured(max(ours), tuple(ours), tuple(theirs), "%")


def scan_through(window: MainWindow, library: Library) -> None:
    """Scan files into the window's library, and wait until it shows them."""
    ended: list[object] = []
    shown: list[bool] = []
    window.library.scan_ended.connect(ended.append)
    window.library.loaded.connect(lambda: shown.append(bool(ended)))
    before = len(window.library.rows)
    window.library.add([str(library.folder)])
    loop_until(lambda: ended and shown and shown[-1])
    loop_until(_over(0.5))
    if len(window.library.rows) != before + len(library.paths):
        raise NotMeasuredError("the scan has not found all files")


def _over(seconds: float) -> Callable[[], bool]:
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end


def measure_underflows(library: Library) -> Measured:
    """Return how often sound that plays all the time breaks off while files are scanned."""
    output = PacedOutput()
    with (
        TemporaryDirectory(prefix="kitsort-empty-") as folder,
        opened_window(Path(folder, "c.sqlite"), output=output) as window,
        _playing(window, library),
    ):
        loop_until(_over(_WARM_S))
        counts = [_counts(output)]
        loop_until(_over(_IDLE_S))
        counts.append(_counts(output))
        scan_through(window, library)
        counts.append(_counts(output))
    (idle, before), (scanning, during) = np.diff(counts, axis=0).tolist()
    sys.stderr.write(f"  {during:,} blocks while scanning, {before:,} before\n")
    if not before or not during:
        raise NotMeasuredError("nothing was played")
    return Measured(scanning, (scanning,), (idle,), "")


def _counts(output: PacedOutput) -> tuple[int, int]:
    """Return underflows and blocks so far."""
    return output.underflows, sum(stream.blocks for stream in output.streams)


@contextmanager
def _playing(window: MainWindow, library: Library) -> Iterator[None]:
    player, paths = window.audition.player, cycle(library.paths)
    player.is_looping = True
    timer = QTimer(interval=_PLAY_MS)
    timer.timeout.connect(lambda: player.play(str(next(paths))))
    timer.start()
    yield
    timer.stop()


# --- from a key to its sound -------------------------------------------------------------------

_PRESSES: Final = 150
_BETWEEN_S: Final = 0.3
_LOUD: Final = 0.05


class _SignedOutput(PacedOutput):
    """Notices when the first samples of a sign are handed over.

    Attributes
    ----------
    sign : int
        What is waited for; 0 for nothing.
    came_at : float
    """

    def __init__(self) -> None:
        super().__init__()
        self.sign = 0
        self.came_at = 0.0

    def open(self, device: str | None) -> PacedStream:  # type: ignore[override]
        stream = super().open(device)
        start = stream.start
        stream.start = lambda render, on_lost: start(  # type: ignore[method-assign]
            partial(self._render, render), on_lost
        )
        return stream

    def _render(self, render: Render, block: NDArray[np.float32]) -> bool:
        is_last = render(block)
        if self.sign and (self.sign * block).max() > _LOUD:
            self.came_at, self.sign = time.perf_counter(), 0
        return is_last


def measure_key_to_sound(library: Library, *, presses: int = _PRESSES) -> Measured:
    """Return from Down to the first samples of the next row, in ms, without the block itself."""
    output = _SignedOutput()
    rng = np.random.default_rng(5)
    settings = Settings(volume_db=0.0, autoplay=True)
    with TemporaryDirectory(prefix="kitsort-signed-") as temporary, varied_catalog() as catalog:
        folder = Path(temporary)
        _write_signed(stratified(library.paths, presses + 1), folder)
        with Database.open(catalog) as database:
            root = add_root(database, str(folder))
            look(database, root, Job())
        with opened_window(catalog, settings=settings, output=output) as window:
            window.browser.show(Filter(root=root.id))
            window.browser.sort_by([SortBy("name")])
            window.table.setFocus()
            window.table.choose_line(0)
            loop_until(_over(1.0))
            times = [_press(window, output, rng.uniform(0, 0.05)) for _ in range(presses)]
    block_ms = 1000 * output.block / output.rate_hz
    value = float(np.percentile(times, 95)) - block_ms
    return Measured(value, tuple(times), (block_ms,), "ms")


def _press(window: MainWindow, output: _SignedOutput, phase_s: float) -> float:
    """Press Down; return the ms until it is heard of."""
    loop_until(_over(_BETWEEN_S + phase_s))
    line = window.table.currentIndex().row() + 1
    output.sign = _sign(line)
    started = time.perf_counter()
    QTest.keyClick(window.table, Qt.Key.Key_Down)
    loop_until(lambda: not output.sign, 5.0, 0.002)
    return 1000 * (output.came_at - started)


def _sign(line: int) -> int:
    return 1 if line % 2 else -1


def _write_signed(paths: Sequence[Path], folder: Path) -> None:
    """Write sounds as long and as they are stored, but above zero or below it by turns.

    So what sounds tells which of two neighbours it is.
    """
    rng = np.random.default_rng(6)
    for line, path in enumerate(rng.permutation(np.array(paths, object)).tolist()):
        info = soundfile.info(path)
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
        signed = _sign(line) * (0.2 + 0.7 * np.abs(sound) / max(np.abs(sound).max(), 1e-9))
        soundfile.write(folder / f"{line:04}.wav", signed, rate, subtype=info.subtype)

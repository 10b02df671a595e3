"""What ``speed.py`` measures: our way and another, taking turns, each turn timed.

Import this before numpy: it sets the threads of the matrix library as ``app/__main__.py`` does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

# What runs in a process of its own begins with the user's environment, not with ours.
_ENVIRONMENT: Final = dict(os.environ)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
import soundfile  # noqa: E402
from library import REPOSITORY, Library, stratified  # noqa: E402

from app.core.analysis import CHUNK, analyse  # noqa: E402
from app.core.walk import walk  # noqa: E402
from classifier import AudioError, Model, Sound, load_model, read_sound  # noqa: E402
from classifier.decimate import decimate, factor_for  # noqa: E402
from classifier.log_mel import log_mel  # noqa: E402
from classifier.settings import FeatureSettings  # noqa: E402

SEED_FILES: Final = 60
TIMES_AS_MANY: Final = 10
_HERE: Final = Path(__file__).resolve().parent
_START_BASELINE: Final = "import numpy, soundfile, ai_edge_litert.interpreter"


class NotMeasuredError(Exception):
    """Something that a measurement needs is not installed, or did not work."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcome of one comparison.

    Attributes
    ----------
    value : float
        What the figure is about: a ratio, or MB.
    ours, theirs : tuple of float
        Of each turn.
    unit : str
        Of `ours` and `theirs`.
    """

    value: float
    ours: tuple[float, ...]
    theirs: tuple[float, ...]
    unit: str

    @classmethod
    def rates(cls, ours: Sequence[float], theirs: Sequence[float]) -> Measured:
        """Return files per second side by side, and the median of the turns' ratios."""
        ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
        return cls(median(ratios), tuple(ours), tuple(theirs), "files/s")


def warm_cache(library: Library) -> None:
    """Read every file once."""
    for path in library.paths:
        path.read_bytes()


def measure_analysis(library: Library, *, turns: int = 5, seed_files: int = SEED_FILES) -> Measured:
    """Return the whole analysis on a pool against the seed's way."""
    model = load_model()
    ours, theirs = [], []
    with (
        ThreadPoolExecutor(os.cpu_count()) as pool,
        _seed_rounds(stratified(library.paths, seed_files), turns) as rounds,
    ):
        _analyse_all(library, model, pool)
        for seconds in rounds:
            theirs.append(seed_files / seconds)
            ours.append(len(library.paths) / _seconds(lambda: _analyse_all(library, model, pool)))
    return Measured.rates(ours, theirs)


def _analyse_all(library: Library, model: Model, pool: ThreadPoolExecutor) -> None:
    for path, result in analyse(walk([library.folder]), model, pool):
        if isinstance(result, AudioError):
            raise NotMeasuredError(f"{path} could not be read: {result}")


@contextmanager
def _seed_rounds(paths: Sequence[Path], turns: int) -> Iterator[Iterator[float]]:
    """Give the seconds of each of the seed's rounds, which begins when it is asked for."""
    command = [sys.executable, _HERE / "seed_way.py", "--wait", f"--rounds={turns}", *paths]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, env=_ENVIRONMENT, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        if process.stdout.readline() != "ready\n":
            lines = process.stderr.read().strip().splitlines()
            raise NotMeasuredError(f"the seed's way does not run: {lines[-1] if lines else ''}")
        yield (_ask(process.stdin, process.stdout) for _ in range(turns))
        process.stdin.close()


def _ask(stdin: Any, stdout: Any) -> float:
    stdin.write("\n")
    stdin.flush()
    return float(stdout.readline())


def measure_log_mel(library: Library, *, turns: int = 11) -> Measured:
    """Return reading and both pictures against bare decoding, each on a pool in chunks."""
    settings = load_model().card.features
    chunks = [library.paths[at : at + CHUNK] for at in range(0, len(library.paths), CHUNK)]
    ours, theirs = [], []
    with ThreadPoolExecutor(os.cpu_count()) as pool:

        def rate(work: Callable[[Sequence[Path], FeatureSettings], object]) -> float:
            def run() -> None:
                for _ in pool.map(work, chunks, [settings] * len(chunks)):
                    pass

            return len(library.paths) / _seconds(run)

        for turn in range(-1, turns):  # the first one warms up
            ways = [(ours, read_pictures), (theirs, decode)]
            for rates, work in ways if turn % 2 else reversed(ways):
                rates.append(rate(work))
    return Measured.rates(ours[1:], theirs[1:])


def read_pictures(
    paths: Sequence[Path], settings: FeatureSettings
) -> tuple[np.ndarray, np.ndarray]:
    """Read a chunk and return both log-mel pictures of ``classifier.features.look_at``."""
    sounds = [read_sound(path, seconds=settings.levels_s) for path in paths]
    seen = [_seen(sound, settings) for sound in sounds]
    return log_mel(seen, settings.fine), log_mel(
        [_low(*one, settings) for one in seen], settings.low
    )


def _seen(sound: Sound, settings: FeatureSettings) -> tuple[np.ndarray, int]:
    return sound.samples[: int(settings.model_s * sound.sample_rate)], sound.sample_rate


def _low(
    samples: np.ndarray, sample_rate: int, settings: FeatureSettings
) -> tuple[np.ndarray, float]:
    factor = factor_for(sample_rate, settings.low.high_hz)
    return decimate(samples, factor), sample_rate / factor


def decode(paths: Sequence[Path], settings: FeatureSettings) -> None:
    """Read of each file as many seconds as the analysis looks at, and do nothing with them."""
    for path in paths:
        with soundfile.SoundFile(path) as file:
            file.read(int(settings.levels_s * file.samplerate), dtype="float32")


def measure_start(library: Library, *, turns: int = 21) -> Measured:
    """Return the seconds of the command on one file against those of the imports alone."""
    [path] = stratified(library.paths, 1)
    baseline = [sys.executable, "-c", _START_BASELINE]
    times: dict[tuple[str, ...], list[float]] = {
        tuple(command): [] for command in (baseline, *_commands(path))
    }
    for turn in range(-1, turns):  # the first one compiles and warms up
        for command, taken in times.items():
            seconds = _seconds(lambda command=command: _run(command))
            if turn >= 0:
                taken.append(seconds)
    theirs, *others = times.values()
    ours = max(others, key=median)
    return Measured(median(ours) / median(theirs), tuple(ours), tuple(theirs), "s")


def _commands(path: Path) -> list[list[str]]:
    """Return the ways to start the program that there are here."""
    arguments = ["classify", str(path), "--format", "jsonl"]
    installed = shutil.which("kitsort", path=str(Path(sys.executable).parent))
    starts = [[sys.executable, "-m", "app"], *([[installed]] if installed else [])]
    return [[*start, *arguments] for start in starts]


def measure_memory(library: Library, folder: Path, *, turns: int = 3) -> Measured:
    """Return how much more the command holds on ten times the library.

    Parameters
    ----------
    library : Library
    folder : Path
        Where the links are made; on the drive of the library, they cost nothing.
    turns : int
    """
    for copy in range(TIMES_AS_MANY):
        _link_all(library, folder / str(copy))
    ours, theirs = [], []
    for _ in range(turns):
        theirs.append(_peak_mb(library.folder))
        ours.append(_peak_mb(folder))
    return Measured(median(ours) - median(theirs), tuple(ours), tuple(theirs), "MB")


def _link_all(library: Library, folder: Path) -> None:
    for path in library.paths:
        link = folder / path.relative_to(library.folder)
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            link.hardlink_to(path)
        except OSError:  # on another drive
            link.symlink_to(path)


def _peak_mb(folder: Path) -> float:
    command = [sys.executable, _HERE / "peak_memory.py", "classify", folder, "--format", "jsonl"]
    return float(_run(command).splitlines()[-1])


def _seconds(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def _run(command: Sequence[str | Path]) -> str:
    """Run a command in the checkout, its output thrown away; return what it says as errors."""
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env=_ENVIRONMENT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise NotMeasuredError(f"{command[1]} failed: {lines[-1] if lines else ''}")
    return done.stderr

"""What ``speed.py`` measures: our way and another, taking turns, each turn timed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Final
from unittest.mock import patch

import environment  # before numpy
import soundfile
from library import Library, stratified

from app.core.analysis import analyse
from app.core.chunks import CHUNK
from app.core.walk import walk
from classifier import AudioError, Model, features, load_model, read_sound
from classifier.descriptors import SILENT
from classifier.features import Features
from classifier.settings import FeatureSettings

TIMES_AS_MANY: Final = 10
_HERE: Final = Path(__file__).resolve().parent
_NOTHING_COMPILED: Final = "PYTHONDONTWRITEBYTECODE"
_FIRST: Final = """
import sys, time
import numpy
from classifier import load_model
from classifier.features import look_at
started = time.perf_counter()
model = load_model()
model.predict(look_at([(numpy.ones(22_050, "f"), 44_100)], model.card.features))
print(time.perf_counter() - started, file=sys.stderr)
"""
_START_BASELINE: Final = "import numpy, soundfile, ai_edge_litert.interpreter"


class NotMeasuredError(Exception):
    """Something that a measurement needs is not installed, or did not work."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The outcome of one comparison.

    Attributes
    ----------
    value : float
        What the figure is about: a ratio, or in the figure's unit.
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


def measure_analysis(library: Library, *, turns: int = 5, seed_files: int = 60) -> Measured:
    """Return the whole analysis on a pool against the seed's way with some of the files."""
    model = load_model()
    some = stratified(library.paths, seed_files)
    ours, theirs = [], []
    with ThreadPoolExecutor(os.cpu_count()) as pool, seed_rounds(some, turns) as rounds:
        _analyse_all(library, model, pool)
        for seconds in rounds:
            theirs.append(len(some) / seconds)
            ours.append(len(library.paths) / seconds_of(lambda: _analyse_all(library, model, pool)))
    return Measured.rates(ours, theirs)


def measure_naming(library: Library, *, turns: int = 5, seed_files: int = 60) -> Measured:
    """Return reading, looking and predicting on a pool against the seed's way."""
    name = _naming(library)
    some = stratified(library.paths, seed_files)
    ours, theirs = [], []
    with ThreadPoolExecutor(os.cpu_count()) as pool, seed_rounds(some, turns) as rounds:
        name(pool)
        for seconds in rounds:
            theirs.append(len(some) / seconds)
            ours.append(len(library.paths) / seconds_of(lambda: name(pool)))
    return Measured.rates(ours, theirs)


def _naming(library: Library) -> Callable[[ThreadPoolExecutor], None]:
    """Return what reads, looks at and names every file, in the chunks of the analysis."""
    model = load_model()
    settings = replace(model.card.features, levels_s=model.card.features.model_s)

    def work(paths: Sequence[Path], settings: FeatureSettings) -> None:
        model.predict(read_pictures(paths, settings))

    return lambda pool: run_chunks(pool, work, chunks_of(library), settings)


def chunks_of(library: Library) -> list[Sequence[Path]]:
    """Return the files of a library, as many at a time as the analysis takes."""
    return [library.paths[at : at + CHUNK] for at in range(0, len(library.paths), CHUNK)]


def measure_naming_against_decoding(library: Library, *, turns: int = 11) -> Measured:
    """Return reading, looking and predicting against bare decoding of the same seconds."""
    name = _naming(library)
    settings = replace(load_model().card.features, levels_s=load_model().card.features.model_s)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return _in_turns(
            library,
            lambda: name(pool),
            lambda: run_chunks(pool, decode, chunks_of(library), settings),
            turns,
        )


def _in_turns(
    library: Library, ours: Callable[[], None], theirs: Callable[[], None], turns: int
) -> Measured:
    """Return the rates of two ways through the library that take turns to go first."""
    rates: tuple[list[float], list[float]] = [], []
    ways = list(zip(rates, (ours, theirs), strict=True))
    for turn in range(-1, turns):  # the first one warms up
        for kept, way in ways if turn % 2 else ways[::-1]:
            kept.append(len(library.paths) / seconds_of(way))
    return Measured.rates(rates[0][1:], rates[1][1:])


def measure_first(_library: Library, *, turns: int = 7) -> Measured:
    """Return the seconds from a loaded library to the first prediction, each in a new process."""
    seconds = tuple(
        float(last_line(run_command([sys.executable, "-c", _FIRST]))) for _ in range(turns)
    )
    return Measured(median(seconds), seconds, seconds, "s")


def _analyse_all(library: Library, model: Model, pool: ThreadPoolExecutor) -> None:
    for path, result in analyse(walk([library.folder]), model, pool):
        if isinstance(result, AudioError):
            raise NotMeasuredError(f"{path} could not be read: {result}")


@contextmanager
def seed_rounds(paths: Sequence[Path], turns: int) -> Iterator[Iterator[float]]:
    """Give the seconds of each of the seed's rounds; one begins when it is asked for."""
    command = [sys.executable, _HERE / "seed_way.py", "--wait", f"--rounds={turns}", *paths]
    pipe = subprocess.PIPE
    with (
        TemporaryFile("w+") as errors,
        subprocess.Popen(
            command, env=environment.USERS, stdin=pipe, stdout=pipe, stderr=errors, text=True
        ) as process,
    ):
        if _next_line(process.stdout) != "ready":
            errors.seek(0)
            raise NotMeasuredError(f"the seed's way does not run: {last_line(errors.read())}")
        yield (_ask(process) for _ in range(turns))


def _ask(process: subprocess.Popen[str]) -> float:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return float(_next_line(process.stdout))


def _next_line(lines: Any) -> str:
    return str(lines.readline()).strip()


def measure_log_mel(library: Library, *, turns: int = 11) -> Measured:
    """Return reading and both pictures against bare decoding, each on a pool in chunks."""
    settings, chunks = load_model().card.features, chunks_of(library)
    with pictures_only(), ThreadPoolExecutor(os.cpu_count()) as pool:
        return _in_turns(
            library,
            lambda: run_chunks(pool, read_pictures, chunks, settings),
            lambda: run_chunks(pool, decode, chunks, settings),
            turns,
        )


def run_chunks(
    pool: ThreadPoolExecutor,
    work: Callable[[Sequence[Path], FeatureSettings], object],
    chunks: Sequence[Sequence[Path]],
    settings: FeatureSettings,
) -> None:
    """Let a pool work on chunks of files, and wait for it."""
    for future in [pool.submit(work, chunk, settings) for chunk in chunks]:
        future.result()


def read_pictures(paths: Sequence[Path], settings: FeatureSettings) -> Features:
    """Read a chunk and look at it."""
    sounds = [read_sound(path, seconds=settings.levels_s) for path in paths]
    return features.look_at([(sound.samples, sound.sample_rate) for sound in sounds], settings)


@contextmanager
def pictures_only() -> Iterator[None]:
    """Leave out, while this lasts, all that a model looks at besides the log-mel pictures."""
    with patch.object(features, "describe", lambda *_: SILENT):
        yield


def decode(paths: Sequence[Path], settings: FeatureSettings) -> None:
    """Read of each file as many seconds as the analysis looks at, and do nothing with them."""
    for path in paths:
        with soundfile.SoundFile(path) as file:
            file.read(int(settings.levels_s * file.samplerate), dtype="float32")


def measure_start(library: Library, *, turns: int = 21) -> Measured:
    """Return the seconds of the command on one file against those of the imports alone."""
    [path] = stratified(library.paths, 1)
    commands = [[sys.executable, "-c", _START_BASELINE], *_commands(path)]
    times: list[list[float]] = []
    with compiled() as environ:
        for _ in range(turns + 1):
            times.append(
                [seconds_of(lambda one=one: run_command(one, environ)) for one in commands]
            )
    theirs, *ways = zip(*times[1:], strict=True)  # the first turn compiles and warms up
    ours = max(ways, key=median)
    return Measured(median(ours) / median(theirs), ours, theirs, "s")


@contextmanager
def compiled() -> Iterator[dict[str, str]]:
    """Give an environment that keeps compiled modules, as any installed program has them."""
    kept = {name: text for name, text in environment.USERS.items() if name != _NOTHING_COMPILED}
    with TemporaryDirectory() as folder:
        yield {**kept, "PYTHONPYCACHEPREFIX": folder}


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
    return float(last_line(run_command(command)))


def seconds_of(run: Callable[[], object]) -> float:
    """Return how long something takes."""
    started = time.perf_counter()
    run()
    return time.perf_counter() - started


def run_command(command: Sequence[str | Path], environ: dict[str, str] | None = None) -> str:
    """Run a command in the checkout, its output thrown away; return what it says as errors."""
    done = subprocess.run(
        command,
        cwd=environment.REPOSITORY,
        env=environ or environment.USERS,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotMeasuredError(f"{command[1]} failed: {last_line(done.stderr)}")
    return done.stderr


def last_line(text: str) -> str:
    """Return the last line that a command wrote."""
    return (text.strip().splitlines() or ["it says nothing"])[-1]

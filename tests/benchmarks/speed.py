"""How fast Kitsort is, held against other ways to do the same, side by side in one run.

    python tests/benchmarks/speed.py [--only FIGURE...] [--folder DIR] [--files N] [--json FILE]

Prints a Markdown table, and ends with exit code 1 if what is needed was missed or could not be
measured. Every file is read once before anything is timed, so the cache is warm. What is compared
takes turns, so that whatever else the machine does slows down both; a figure is the median of the
turns' ratios (for `start` and `memory`, the medians compared).

naming
    Files per second of reading what the model looks at (the first 2.0 s from the onset on, as
    one channel, checked), its features and its prediction, on a pool with a thread for each
    core, in the chunks of the analysis. Against the seed's way, as `analysis`.
naming-decoding
    The same against opening the same files with soundfile and reading as many seconds as float32,
    on as many threads, in the same chunks.
analysis
    Files per second of all that `kitsort classify` finds out, on such a pool: walk, read ten
    seconds, features, prediction, descriptors, root note. Against ``seed_way.py`` on 60 of the
    files, whose lengths are spread as those of all are.
log-mel
    Files per second of reading (at most the ten seconds that are looked at, from the onset on,
    as one channel, checked) and of both log-mel pictures, in the chunks of the analysis; without
    descriptors, prediction and root note. Against opening the same files with soundfile and reading
    as many seconds as float32, on as many threads, in the same chunks.
first
    Seconds from an imported library to its first prediction, in a new process: the card, the
    weights, LiteRT, one sound.
start
    Seconds of the whole process ``kitsort classify one.wav --format jsonl``, as ``python -m app``
    and, where it is installed, as the command: the slower counts. All modules are compiled, as
    an installer leaves them. Against a Python that imports numpy, soundfile and LiteRT and does
    nothing.
scan, scan-seed
    Files per second of a first scan of 2,000 files into an empty catalog, everything written.
    Against decoding the same seconds on as many threads, and against the seed's way.
rescan
    Seconds of a second scan of 100,000 files that have not changed. Against a bare walk with
    ``os.scandir`` that asks for the size of each.
search
    Seconds to find the samples among 100,000 whose path has one, two or eight letters in it; the
    worst of the three. Against SQLite's LIKE on a table with that path as its one column.
scan-memory
    How much more memory `kitsort scan` holds at its peak on 50,000 short files than on 2,000.
size
    Bytes of the catalog for each of these 50,000 samples, embedding included.
moves, known-moves, copies
    Files per second of 5,000 moves on one drive, the journal flushed; the same of samples that are
    found in the catalog where they are by then; and of 1,000 copies of a second of sound each.
    Against a loop of ``os.rename``, and of ``shutil.copy2`` and reading back.
plan
    Seconds to plan where 100,000 samples go that the catalog has told of. Against one sort of their
    normalised names.
memory
    How much more memory the command holds at its peak on ten times the library (hard links in
    other folders) than on the library itself.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final

from catalog_measures import (
    measure_rescan,
    measure_scan,
    measure_scan_against_seed,
    measure_scan_memory,
    measure_search,
    measure_size,
)
from library import FILES, Library, benchmark_library, corpus_folder
from measures import (
    Measured,
    NotMeasuredError,
    measure_analysis,
    measure_first,
    measure_log_mel,
    measure_memory,
    measure_naming,
    measure_naming_against_decoding,
    measure_start,
    warm_cache,
)
from sorting_measures import measure_copies, measure_known_moves, measure_moves, measure_plan


@dataclass(frozen=True, slots=True)
class Figure:
    """What is to be reached.

    Attributes
    ----------
    title, against : str
        What is compared.
    needed, aim : float
        In `unit`.
    unit : str
        "x" for a ratio, else "MB" or "s".
    is_rate : bool
        True where more is better.
    """

    title: str
    against: str
    needed: float
    aim: float
    unit: str
    is_rate: bool

    def passes(self, measured: Measured | None) -> bool:
        """Tell whether what is needed is there."""
        if measured is None:
            return False
        return self.is_better(measured.value, self.needed)

    def is_better(self, value: float, than: float) -> bool:
        """Tell whether a value is as good as another, or better."""
        return value >= than if self.is_rate else value <= than

    def text(self, value: float) -> str:
        """Return a value as people read it."""
        if self.unit == "x":
            return f"{value:.2f}x" if value < 10 else f"{value:.0f}x"
        return f"{value:.0f} MB" if self.unit == "MB" else f"{value:.2f} {self.unit}"


FIGURES: Final = {
    "naming": Figure(
        "decode + features + CNN, thread pool", "the seed's way", 100, 150, "x", is_rate=True
    ),
    "naming-decoding": Figure(
        "decode + features + CNN, thread pool",
        "decoding, as many threads",
        0.20,
        0.33,
        "x",
        is_rate=True,
    ),
    "analysis": Figure(
        "all that `classify` finds out, thread pool", "the seed's way", 40, 100, "x", is_rate=True
    ),
    "log-mel": Figure(
        "decode + log-mel, thread pool", "decoding, as many threads", 0.25, 0.4, "x", is_rate=True
    ),
    "first": Figure(
        "loading the model and the first prediction", "nothing", 0.2, 0.1, "s", is_rate=False
    ),
    "start": Figure(
        "`kitsort classify one.wav`, whole process", "the imports alone", 2, 1.3, "x", is_rate=False
    ),
    "scan": Figure(
        "first scan of 2,000 files, everything written",
        "decoding, as many threads",
        0.15,
        0.25,
        "x",
        is_rate=True,
    ),
    "scan-seed": Figure(
        "first scan of 2,000 files, everything written",
        "the seed's way",
        80,
        150,
        "x",
        is_rate=True,
    ),
    "rescan": Figure(
        "second scan of 100,000 unchanged files",
        "a bare walk that asks for sizes",
        4,
        2,
        "x",
        is_rate=False,
    ),
    "search": Figure(
        "search among 100,000, the worst of 1, 2 and 8 letters",
        "LIKE on one column",
        1,
        0.2,
        "x",
        is_rate=False,
    ),
    "scan-memory": Figure(
        "peak memory of a scan of 50,000 short files", "of 2,000", 60, 30, "MB", is_rate=False
    ),
    "size": Figure("catalog, for each sample", "nothing", 1.5, 0.8, "kB", is_rate=False),
    "moves": Figure(
        "5,000 moves on one drive, journal flushed", "`os.rename`", 0.2, 0.4, "x", is_rate=True
    ),
    "known-moves": Figure(
        "the same, and the catalog follows", "`os.rename`", 0.2, 0.4, "x", is_rate=True
    ),
    "copies": Figure(
        "1,000 copies, flushed and read back",
        "`shutil.copy2` and reading back",
        0.7,
        1.0,
        "x",
        is_rate=True,
    ),
    "plan": Figure(
        "planning 100,000 files", "a sort of their normalised names", 15, 8, "x", is_rate=False
    ),
    "memory": Figure(
        "peak memory, ten times as many files", "the library once", 60, 30, "MB", is_rate=False
    ),
}


def measure(name: str, library: Library) -> Measured | None:
    """Return a figure, or None (and why, on standard error) where it cannot be measured."""
    ways: dict[str, Callable[[Library], Measured]] = {
        "naming": measure_naming,
        "naming-decoding": measure_naming_against_decoding,
        "analysis": measure_analysis,
        "log-mel": measure_log_mel,
        "first": measure_first,
        "start": measure_start,
        "scan": _of_more_files(measure_scan),
        "scan-seed": _of_more_files(measure_scan_against_seed),
        "rescan": measure_rescan,
        "search": measure_search,
        "scan-memory": measure_scan_memory,
        "size": measure_size,
        "moves": measure_moves,
        "known-moves": measure_known_moves,
        "copies": measure_copies,
        "plan": measure_plan,
        "memory": _measure_memory,
    }
    print(f"measuring {name} ...", file=sys.stderr)
    try:
        return ways[name](library)
    except NotMeasuredError as error:
        print(f"{name}: not measured, {error}", file=sys.stderr)
        return None


def _of_more_files(measure: Callable[[Library], Measured]) -> Callable[[Library], Measured]:
    """Return a measurement of twice as many files as the others are of."""

    def measured(library: Library) -> Measured:
        count = 2 * len(library.paths)
        more = benchmark_library(library.folder.parent, files=count, corpus=corpus_folder())
        warm_cache(more)
        return measure(more)

    return measured


def _measure_memory(library: Library) -> Measured:
    with tempfile.TemporaryDirectory(dir=library.folder.parent, prefix="kitsort-links-") as folder:
        return measure_memory(library, Path(folder))


def table(results: dict[str, Measured | None]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| figure | against | needed | aim | measured | ours | theirs | |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [_row(FIGURES[name], measured) for name, measured in results.items()]
    return "\n".join(lines)


def _row(figure: Figure, measured: Measured | None) -> str:
    cells = [figure.title, figure.against, figure.text(figure.needed), figure.text(figure.aim)]
    if measured is None:
        cells += ["not measured", "", "", "missed"]
    else:
        both = [_amount(median(turns), measured.unit) for turns in (measured.ours, measured.theirs)]
        cells += [figure.text(measured.value), *both, _verdict(figure, measured)]
    return f"| {' | '.join(cells)} |"


def _verdict(figure: Figure, measured: Measured) -> str:
    if not figure.passes(measured):
        return "missed"
    return "aim reached" if figure.is_better(measured.value, figure.aim) else "enough"


def _amount(value: float, unit: str) -> str:
    return f"{value:.3f} {unit}" if unit == "s" else f"{value:,.{1 if value < 100 else 0}f} {unit}"


def report(results: dict[str, Measured | None], library: Library) -> dict[str, object]:
    """Return all that was measured, for ``--json``."""
    figures = {
        name: {
            **asdict(FIGURES[name]),
            **(asdict(measured) if measured else {"value": None}),
            "measured_in": measured.unit if measured else None,
            "unit": FIGURES[name].unit,
            "passes": FIGURES[name].passes(measured),
        }
        for name, measured in results.items()
    }
    return {"files": len(library.paths), "source": library.source, **_machine(), "figures": figures}


def _machine() -> dict[str, object]:
    return {
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return the exit code."""
    options = _options(arguments)
    library = benchmark_library(options.folder, files=options.files, corpus=corpus_folder())
    machine = ", ".join(f"{name} {value}" for name, value in _machine().items())
    print(f"{len(library.paths):,} wav files, {library.source}; {machine}\n")
    warm_cache(library)
    results = {name: measure(name, library) for name in FIGURES if name in options.only}
    print(table(results))
    if options.json:
        text = json.dumps(report(results, library), indent=1)
        options.json.write_text(f"{text}\n", encoding="utf-8")
    return int(not all(FIGURES[name].passes(measured) for name, measured in results.items()))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", nargs="+", choices=list(FIGURES), default=list(FIGURES))
    parser.add_argument("--folder", type=Path, help="where the library is kept")
    parser.add_argument("--files", type=int, default=FILES, help="in the library")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

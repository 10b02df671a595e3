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

The window is measured without a screen and without a sound card;
where nothing else is said, with 100,000 samples in it of which no two are alike.

window-start
    Seconds of the whole process from its start until the window is painted and shows rows. All
    modules are compiled. Against a process that imports PySide6 and pyqtgraph and paints a window
    with an empty table.
window-memory
    How much more memory it holds, once everything is loaded, than such a window.
window-sort
    Seconds from a click on a column to its picture, for the column that takes longest; the library
    has been read anew before, so nothing is kept from another sort. Against QSortFilterProxyModel
    over the same model, which sorts by plain values (it takes longer by what is shown).
window-search
    Seconds from a key to its picture, the mean over a word that is typed into the search. Against
    the same proxy that looks for it in the names alone.
window-correct
    Seconds from a key that corrects 10,000 chosen rows until it is shown and written. Against one
    executemany of the same rows into the same table.
window-beats
    Percent of the beats of a timer of 10 ms that come over 50 ms late while 2,000 files are
    scanned in the window: the more of an empty library and of a full one. Beats that are left out
    while nothing gets on count as well. As theirs, the same without a scan.
underflows
    Blocks that come too late at an output that keeps real time, while 2,000 files are scanned in
    the window and one sample after the other is played. As theirs, the same in the 5 s before.
key-to-sound
    Milliseconds from the key Down to the first samples of the next row in the callback of such an
    output, the 95th percentile of 150; less the one block that the callback may have to wait for.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Final

import psutil
from catalog_measures import (
    measure_rescan,
    measure_scan,
    measure_scan_against_seed,
    measure_scan_memory,
    measure_search,
    measure_size,
)
from figures import FIGURES, Figure
from library import FILES, Library, benchmark_library, corpus_folder
from live_measures import (
    measure_key_to_sound,
    measure_underflows,
    measure_window_beats,
    measure_window_memory,
    measure_window_start,
)
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
from window_measures import measure_window_correct, measure_window_search, measure_window_sort

# Beyond this share, what waits for a time slice is what is measured.
_MUCH_STOLEN: Final = 0.1


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
        "window-start": measure_window_start,
        "window-memory": measure_window_memory,
        "window-sort": measure_window_sort,
        "window-search": measure_window_search,
        "window-correct": measure_window_correct,
        "window-beats": _of_more_files(measure_window_beats),
        "underflows": _of_more_files(measure_underflows),
        "key-to-sound": measure_key_to_sound,
    }
    print(f"measuring {name} ...", file=sys.stderr)
    before = _stolen_s()
    started = time.perf_counter()
    try:
        return ways[name](library)
    except NotMeasuredError as error:
        print(f"{name}: not measured, {error}", file=sys.stderr)
        return None
    finally:
        seconds = (time.perf_counter() - started) * (os.cpu_count() or 1)
        stolen = (_stolen_s() - before) / max(seconds, 1e-9)
        if stolen > _MUCH_STOLEN:
            print(f"  {stolen:.0%} of the processor was others': do not trust it", file=sys.stderr)


def _stolen_s() -> float:
    """Return for how long other virtual machines have had our cores, where that is known."""
    return float(getattr(psutil.cpu_times(), "steal", 0.0))


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
    if unit == "s":
        return f"{value:.3f} s"
    return f"{value:,.{1 if value < 100 and unit else 0}f} {unit}".rstrip()


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

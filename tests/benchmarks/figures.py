"""What ``speed.py`` measures, and how good it has to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import environment  # noqa: F401 - before numpy
from measures import Measured


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
        "x" for a ratio, nothing for a count, else "MB", "kB", "s", "ms" or "%".
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
        places = {"MB": 0, "": 0, "ms": 1}.get(self.unit, 2)
        return f"{value:.{places}f} {self.unit}".rstrip()


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
    "window-start": Figure(
        "start to the first rows of 100,000", "a bare window", 1.6, 1.2, "x", is_rate=False
    ),
    "window-memory": Figure(
        "window of 100,000, everything loaded", "a bare window", 150, 80, "MB", is_rate=False
    ),
    "window-sort": Figure(
        "sorting 100,000 rows, the worst column", "a proxy model", 20, 100, "x", is_rate=True
    ),
    "window-search": Figure(
        "a keystroke of search in 100,000 rows", "a proxy model", 10, 50, "x", is_rate=True
    ),
    "window-correct": Figure(
        "correcting 10,000 rows, shown and written",
        "one `executemany`",
        3,
        1.5,
        "x",
        is_rate=False,
    ),
    "window-beats": Figure(
        "beats over 50 ms late, 2,000 files scanned", "idle", 1, 0.1, "%", is_rate=False
    ),
    "underflows": Figure("audio underflows, 2,000 files scanned", "idle", 0, 0, "", is_rate=False),
    "key-to-sound": Figure(
        "Down to the next sample, over a block", "one block", 20, 5, "ms", is_rate=False
    ),
}

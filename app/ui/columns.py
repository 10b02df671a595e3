"""The columns of the sample table: one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from app.core.browsing.rows import OTHER_CODE, UNSURE_CODE, Rows
from app.core.catalog.states import State
from app.core.wording import percent
from classifier import LABELS, note_of_hz

# Nobody hears less.
_IN_TUNE_CENTS: Final = 3
_SCIENTIFIC: Final = 4


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes
    ----------
    key : str
        One of ``SORT_KEYS``.
    title, tip : str
        Over the column; what it means, in a tooltip.
    text : callable
        What a row says in it.
    width : int
        In pixels, to begin with.
    is_number : bool
        Whether it is set at the right, in figures of equal width.
    is_shown : bool
        To begin with.
    """

    key: str
    title: str
    tip: str
    text: Callable[[Rows, int], str]
    width: int
    is_number: bool = False
    is_shown: bool = True


def instrument_text(rows: Rows, row: int) -> str:
    """Return what a sample is: as the user said, as it sounds, or why nobody knows."""
    state = int(rows["state"][row])
    said, label = int(rows.correction[row]), int(rows["label"][row])
    if said >= 0:
        return f"{_label_text(rows, row, said)}, as you said"
    if state == State.PROBLEM:
        return "Cannot be read"
    if state == State.ONLINE_ONLY:
        return "Online only"
    if label < 0:
        return "Waiting"
    text = _label_text(rows, row, label)
    return f"{text}, unsure" if rows.decision_of(row) == UNSURE_CODE else text


def chip_text(rows: Rows, row: int) -> str | None:
    """Return the word on a sample's chip, or None where nobody knows."""
    said, label = int(rows.correction[row]), int(rows["label"][row])
    code = said if said >= 0 else label
    return _label_text(rows, row, code) if code >= 0 else None


def _label_text(rows: Rows, row: int, code: int) -> str:
    # A kind is what the sound was heard as; it says nothing of what the user called Other.
    kind = rows.kind(row) if code == OTHER_CODE else None
    return f"{LABELS[code]} · {kind}" if kind else LABELS[code]


def confidence_text(rows: Rows, row: int) -> str:
    """Return a confidence in whole percent, never 100: nothing is that sure."""
    value = float(rows["confidence"][row])
    return "" if np.isnan(value) else percent(value)


def length_text(seconds: float) -> str:
    """Return a length as people read it."""
    if np.isnan(seconds):
        return ""
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
    )


def level_text(level_db: float) -> str:
    """Return a level with a real minus."""
    if np.isnan(level_db):
        return ""
    # Rounded before it is written: there is no minus nought.
    return f"{round(level_db, 1) + 0.0:.1f}".replace("-", "\N{MINUS SIGN}")


def note_text(hz: float, middle_c: int = _SCIENTIFIC) -> str:
    """Return a note and how far it is out of tune; `middle_c` is the octave of middle C."""
    if np.isnan(hz):
        return ""
    name, cents = note_of_hz(hz)
    letter = name.rstrip("-0123456789")
    octave = int(name.removeprefix(letter)) + middle_c - _SCIENTIFIC
    name = f"{letter}{octave}".replace("-", "\N{MINUS SIGN}")
    if abs(cents) < _IN_TUNE_CENTS:
        return name
    return f"{name} {cents:+.0f}¢".replace("-", "\N{MINUS SIGN}")


def _brightness(rows: Rows, row: int) -> str:
    hz = float(rows["centroid_hz"][row])
    if np.isnan(hz):
        return ""
    return f"{hz:.0f} Hz" if hz < 1000 else f"{hz / 1000:.1f} kHz"


def _channels(rows: Rows, row: int) -> str:
    return {0: "mono", 1: "stereo"}.get(int(rows["is_stereo"][row]), "")


def _name_says(rows: Rows, row: int) -> str:
    says = rows.name_says(row)
    return "" if says is None else (says.kind or says.label)


def _added(rows: Rows, row: int) -> str:
    return datetime.fromtimestamp(int(rows["added_s"][row])).strftime("%Y-%m-%d")


COLUMNS: Final = (
    Column(
        "favourite",
        "",
        "Favourite (F)",
        lambda rows, row: "Favourite" if rows.is_favourite[row] else "",
        38,
    ),
    Column("instrument", "Instrument", "What it is (1 to 5, 0 to correct)", instrument_text, 164),
    Column("confidence", "Confidence", "How sure the sound is", confidence_text, 122),
    Column("name", "Name", "The file", lambda rows, row: rows.names[row], 300),
    Column("folder", "Folder", "Where it lies", lambda rows, row: rows.folder(row), 160),
    Column(
        "length",
        "Length",
        "Of the whole file",
        lambda rows, row: length_text(float(rows["duration_s"][row])),
        76,
        is_number=True,
    ),
    Column(
        "root",
        "Root",
        "The note that it rests on",
        lambda rows, row: note_text(float(rows["root_hz"][row]), rows.middle_c),
        86,
        is_number=True,
    ),
    Column(
        "peak",
        "Peak dB",
        "Loudest sample, under full scale",
        lambda rows, row: level_text(float(rows["peak_dbfs"][row])),
        76,
        is_number=True,
    ),
    Column(
        "brightness",
        "Brightness",
        "Where the middle of its spectrum lies",
        _brightness,
        90,
        is_number=True,
        is_shown=False,
    ),
    Column("channels", "Channels", "Mono, or channels that differ", _channels, 84, is_shown=False),
    Column("name_says", "Name says", "What its name says", _name_says, 100, is_shown=False),
    Column(
        "tags",
        "Tags",
        "Yours (T)",
        lambda rows, row: ", ".join(rows.tags.get(row, ())),
        140,
        is_shown=False,
    ),
    Column("added", "Added", "When Kitsort first saw it", _added, 96, is_shown=False),
)
KEYS: Final = tuple(column.key for column in COLUMNS)

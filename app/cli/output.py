"""How results are printed: a table for people, JSON lines and CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import click

from app.core.analysis import Result
from app.core.wording import percent
from classifier import LABELS, OTHER, UNSURE, Analysis


class Format(StrEnum):
    """What ``--format`` takes."""

    TABLE = "table"
    JSONL = "jsonl"
    CSV = "csv"


format_option = click.option(
    "--format",
    "format_name",
    type=click.Choice([known.value for known in Format]),
    default=Format.TABLE.value,
    show_default=True,
    help="How results are printed.",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One file's result with the decision that a threshold makes of it."""

    path: str
    decision: str | None
    analysis: Analysis | None
    error: str | None

    def values(self) -> dict[str, Any]:
        """Return what JSON lines and CSV hold; None throughout where there is an error."""
        found = self.analysis
        prediction = found and found.prediction
        return {
            "path": self.path,
            "label": prediction and prediction.label,
            "decision": self.decision,
            "kind": prediction and prediction.kind,
            "confidence": prediction and round(prediction.confidence, 4),
            "probabilities": prediction
            and {
                label: round(value, 4)
                for label, value in zip(LABELS, prediction.probabilities, strict=True)
            },
            "duration_s": found and round(found.sound.duration_s, 6),
            "root_note": found and found.root_note and found.root_note.name,
            "error": self.error,
        }


def row_of(result: Result, threshold: float) -> Row:
    """Return the row of a result; its decision is Unsure below the threshold."""
    path, found = result
    if isinstance(found, Analysis):
        return Row(path, found.prediction.decision(threshold), found, None)
    return Row(path, None, None, str(found))


@contextmanager
def lines_out() -> Iterator[Callable[[str], None]]:
    """Give a function that prints a line to standard output.

    As UTF-8, and names that are no Unicode as the bytes they are. Where standard output is the
    terminal that shows the progress, the lines come when that is done.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):
        # Where names are bytes, surrogates stand for some of them; on Windows for themselves.
        errors = "surrogatepass" if sys.platform == "win32" else "surrogateescape"
        sys.stdout.reconfigure(encoding="utf-8", errors=errors)
    if not sys.stdout or not sys.stdout.isatty():
        # "color": or an escape sequence in a name would be cut out.
        yield partial(click.echo, color=True)
        return
    lines: list[str] = []
    try:
        yield lines.append
    finally:
        sys.stdout.writelines(f"{text}\n" for text in lines)


def header(output: Format) -> str | None:
    """Return the first line, or None where there is none."""
    if output is Format.TABLE:
        return f"{'Instrument':20} {'Sure':>5} {'Length':>9} {'Root':>4}  File"
    if output is Format.CSV:
        return csv_line(_flat(Row("", None, None, None)))
    return None


def line(row: Row, output: Format) -> str:
    """Return a row as one line (in CSV a name with a line break in it is quoted)."""
    if output is Format.TABLE:
        return _table_line(row)
    if output is Format.CSV:
        return csv_line(_flat(row).values())
    return json_line(row.values())


def _flat(row: Row) -> dict[str, Any]:
    values = row.values()
    probabilities = values.pop("probabilities") or dict.fromkeys(LABELS)
    error = {"error": values.pop("error")}
    return {**values, **probabilities, **error}


def csv_line(cells: Iterable[Any]) -> str:
    """Return cells as a line of CSV; one with a line break in it is quoted, None is empty."""
    buffer = io.StringIO()
    # Its own line ending makes it quote line breaks.
    csv.writer(buffer).writerow("" if cell is None else cell for cell in cells)
    return buffer.getvalue().removesuffix("\r\n")


def json_line(values: dict[str, Any]) -> str:
    """Return values as a line of JSON, readable wherever that is possible."""
    text = json.dumps(values, ensure_ascii=False)
    # A name that is no Unicode holds halves of surrogate pairs: escaped, they are valid JSON
    # and come back as the same bytes.
    return text if text.isprintable() else json.dumps(values)


def _table_line(row: Row) -> str:
    path = visible(row.path)
    if row.analysis is None:
        return f"{'Problem':20} {'':5} {'':9} {'':4}  {path}: {row.error}"
    found = row.analysis
    prediction = found.prediction
    name = prediction.label
    if name == OTHER and prediction.kind:
        name = f"{OTHER} · {prediction.kind}"
    if row.decision == UNSURE:
        name = f"{name}?"
    root = found.root_note.name if found.root_note else ""
    length = f"{found.sound.duration_s:.2f} s"
    return f"{name:20} {percent(prediction.confidence):>4}% {length:>9} {root:>4}  {path}"


def visible(text: str) -> str:
    """Return a name as one harmless line: nothing in it may steer the terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)

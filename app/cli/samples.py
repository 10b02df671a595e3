"""How samples of the library are printed: a table for people, JSON lines and CSV for programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from app.cli.output import Format, csv_line, json_line, visible
from app.core.catalog.portable import Said, in_a_cell, values_of
from app.core.catalog.states import State
from app.core.names import speaker_of
from app.core.sample import Sample
from app.core.wording import percent
from classifier import LABELS, OTHER, UNSURE

_STATES: Final = {
    State.WAITING: "Waiting",
    State.PROBLEM: "Problem",
    State.ONLINE_ONLY: "Online only",
}


def header(output: Format) -> str | None:
    """Return the first line, or None where there is none."""
    if output is Format.TABLE:
        return f"{'Instrument':20} {'Sure':>5} {'Length':>9} {'Root':>4}  File"
    return csv_line(_flat(dict.fromkeys(_ALL))) if output is Format.CSV else None


def line(sample: Sample, output: Format) -> str:
    """Return a sample as one line (in CSV a name with a line break in it is quoted)."""
    if output is Format.TABLE:
        return _table_line(sample)
    values = sample_values(sample)
    return csv_line(_flat(values).values()) if output is Format.CSV else json_line(values)


def orphan_line(said: Said, output: Format) -> str:
    """Return what was said of a sound of which there is no sample, in the same columns."""
    values = orphan_values(said)
    return csv_line(_flat(values).values()) if output is Format.CSV else json_line(values)


def orphan_values(said: Said) -> dict[str, Any]:
    """Return what was said of a sound of which there is no sample, as of one."""
    return {**dict.fromkeys(_ALL), **values_of(said)}


def sample_values(sample: Sample) -> dict[str, Any]:
    """Return what JSON lines and CSV hold; None where nothing is known."""
    known = sample.descriptors
    return {
        "path": sample.path,
        "decision": sample.decision,
        "label": sample.label,
        "kind": sample.kind,
        "confidence": _rounded(sample.confidence, 4),
        "probabilities": sample.probabilities
        and {
            label: round(share, 4)
            for label, share in zip(LABELS, sample.probabilities, strict=True)
        },
        "name_says": sample.name_says and (sample.name_says.kind or sample.name_says.label),
        "duration_s": _rounded(sample.duration_s, 6),
        "root_note": sample.root_note and sample.root_note.name,
        "peak_dbfs": _rounded(sample.peak_dbfs, 2),
        "rms_dbfs": _rounded(sample.rms_dbfs, 2),
        "brightness_hz": known and round(known.centroid_hz, 1),
        "sample_rate": sample.sample_rate,
        "channels": sample.channels,
        "encoding": sample.encoding,
        "favourite": sample.is_favourite,
        **values_of(sample),
        "error": sample.problem,
    }


_ALL: Final = (
    *("path", "decision", "label", "kind", "confidence", "probabilities", "name_says"),
    *("duration_s", "root_note", "peak_dbfs", "rms_dbfs", "brightness_hz", "sample_rate"),
    *("channels", "encoding", "favourite", "content", "correction", "tags", "comment", "error"),
)


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    """Return what CSV holds: each probability in a column of its own, tags in one."""
    flat = {**values, "tags": in_a_cell(values["tags"] or ())}
    probabilities = flat.pop("probabilities") or dict.fromkeys(LABELS)
    error = {"error": flat.pop("error")}
    return {**flat, **probabilities, **error}


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _table_line(sample: Sample) -> str:
    path = visible(sample.path)
    if sample.label is None or sample.confidence is None:
        problem = f": {sample.problem}" if sample.problem else ""
        return f"{_STATES.get(sample.state, ''):20} {'':5} {'':9} {'':4}  {path}{problem}"
    root = sample.root_note.name if sample.root_note else ""
    length = f"{sample.duration_s:.2f} s"
    # Of what the sound says, and so of nothing that the user said; never rounded up to sure.
    sure = "" if sample.correction else f"{percent(sample.confidence)}%"
    return f"{_named(sample):20} {sure:>5} {length:>9} {root:>4}  {path}{_notes(sample)}"


def _named(sample: Sample) -> str:
    """Return the decision: "Kick", "Other · clap", "Snare?"; "Kick !" is what the user said."""
    if sample.correction:
        return f"{sample.correction} !"
    name = f"{OTHER} · {sample.kind}" if sample.label == OTHER and sample.kind else sample.label
    return f"{name}?" if sample.decision == UNSURE else f"{name}"


def _notes(sample: Sample) -> str:
    notes = [f"#{tag}" for tag in sample.tags]
    if sample.disagrees and sample.name_says:
        who = speaker_of(Path(sample.path).name, sample.name_says)
        notes.append(f"(its {who} says {sample.name_says.kind or sample.name_says.label})")
    return "  " + " ".join(map(visible, notes)) if notes else ""

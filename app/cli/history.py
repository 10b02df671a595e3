"""``kitsort history``: what was sorted, when, and whether it was taken back."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from app.cli.library import catalog_options, opened
from app.cli.output import Format, csv_line, format_option, json_line, lines_out, visible
from app.core.sorting.journal import Batch, Entry, Stage, batch_at, batches, entries
from app.core.sorting.tables import ENTRY_COLUMNS, entry_row
from app.core.sorting.wording import title_of, when

_COLUMNS = ("batch", "date", "mode", "destination", "done", "failed", "undoes", "undone", "open")


@click.command(short_help="List what was sorted, and undone.")
@click.argument("batch", type=int, required=False, metavar="[BATCH]")
@format_option
@catalog_options
def history(*, batch: int | None, format_name: str, catalog: Path | None, quiet: bool) -> None:
    """List all batches, the newest first; with BATCH, every file of it.

    Example: kitsort history 3 --format csv > batch-3.csv
    """
    output = Format(format_name)
    with opened(catalog) as database, lines_out() as put:
        if batch is not None:
            number = batch_at(database, batch).id
            if output is Format.CSV:
                put(csv_line(ENTRY_COLUMNS))
            for entry in entries(database, number):
                put(_step_line(number, entry, output))
            return
        known = batches(database)
        if output is Format.CSV:
            put(csv_line(_COLUMNS))
        for one in known:
            put(_line(one, output))
    if not known and not quiet:
        click.echo("Nothing was sorted yet.", err=True)


def numbered(batch: Batch) -> str:
    """Return a batch in a few words, with its number and when it was."""
    return f"{batch.id}  {when(batch)}  {visible(title_of(batch))}"


def _line(batch: Batch, output: Format) -> str:
    if output is Format.TABLE:
        notes = [f"{batch.counts.get(Stage.DONE, 0):,} done"]
        failed = batch.counts.get(Stage.FAILED, 0)
        notes += [f"{failed:,} failed"] if failed else []
        notes += ["undone"] if batch.is_undone else []
        notes += ["partly undone: kitsort undo goes on"] if batch.is_partly_undone else []
        notes += ["interrupted: kitsort recover"] if batch.is_open else []
        return f"{numbered(batch)}  ({', '.join(notes)})"
    values = _values(batch)
    return csv_line(values.values()) if output is Format.CSV else json_line(values)


def _values(batch: Batch) -> dict[str, Any]:
    date = time.strftime("%Y-%m-%dT%H:%M:%S%z", time.localtime(batch.made_at))
    found = (
        *(batch.id, date, batch.mode.value, batch.destination),
        *(batch.counts.get(Stage.DONE, 0), batch.counts.get(Stage.FAILED, 0)),
        *(batch.undoes, batch.is_undone, batch.is_open),
    )
    return dict(zip(_COLUMNS, found, strict=True))


def _step_line(batch: int, entry: Entry, output: Format) -> str:
    if output is Format.TABLE:
        step, stage = entry.step, entry.stage.name.lower()
        why = f": {entry.sentence}" if entry.sentence else ""
        return f"{stage:8} {visible(step.source)} -> {visible(step.target)}  ({step.reason}{why})"
    values = dict(zip(ENTRY_COLUMNS, entry_row(batch, entry), strict=True))
    return csv_line(values.values()) if output is Format.CSV else json_line(values)

"""``kitsort export`` and ``kitsort import``: the library for other programs and machines."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.cli.library import catalog_options, opened
from app.cli.output import Format, lines_out
from app.cli.samples import header, line, orphan_line, orphan_values, sample_values
from app.core.catalog.portable import read_said, take, without_samples
from app.core.catalog.search import Query, find
from app.core.wording import counted


@click.command(name="export", short_help="Print the whole library, to keep or to take along.")
@click.option(
    "--format",
    "format_name",
    type=click.Choice(["csv", "json", "jsonl"]),
    default="csv",
    show_default=True,
    help="How it is written.",
)
@catalog_options
def export(*, format_name: str, catalog: Path | None, quiet: bool) -> None:  # noqa: ARG001
    """Print every sample with all that is known of it, and what you said of sounds now gone.

    Corrections, tags and comments come back with `kitsort import`, on any machine.

    Example: kitsort export --format jsonl > library.jsonl
    """
    with opened(catalog) as database, lines_out() as put:
        if format_name == "json":
            values = [*map(sample_values, find(database, Query()))]
            values += map(orphan_values, without_samples(database))
            put(json.dumps(values, indent=1))
            return
        output = Format(format_name)
        first = header(output)
        if first:
            put(first)
        for sample in find(database, Query()):
            put(line(sample, output))
        for said in without_samples(database):
            put(orphan_line(said, output))


@click.command(name="import", short_help="Take in corrections, tags and comments.")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@catalog_options
def import_(*, file: Path, catalog: Path | None, quiet: bool) -> None:
    """Take in the corrections, tags and comments of an exported FILE, by content.

    What you said here stays where the two differ. What belongs to sounds that are not here
    waits for them.

    Example: kitsort import library.csv
    """
    with opened(catalog, may_be_new=True) as database:
        taken = take(database, read_said(file))
    if not quiet:
        click.echo(
            f"New here: {counted(taken.corrections, 'correction')}, "
            f"{counted(taken.tags, 'tag')}, {counted(taken.comments, 'comment')}. "
            f"Said otherwise here, and kept so: {taken.kept:,}. Of sounds that are not here yet: "
            f"{taken.unknown:,}."
        )

"""``kitsort problems``: what could not be read, and why."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.library import catalog_options, opened
from app.cli.output import lines_out, visible
from app.core.catalog.problems import problems as all_problems
from app.core.catalog.roots import roots


@click.command(short_help="List what cannot be read, and why.")
@catalog_options
def problems(*, catalog: Path | None, quiet: bool) -> None:
    """List each file and folder that cannot be read, with the reason.

    Example: kitsort problems
    """
    with opened(catalog) as database, lines_out() as put:
        found = all_problems(database)
        for path, sentence in found:
            put(f"{visible(path)}: {sentence}")
        for root in roots(database):
            for extension, count in root.unsupported.items():
                files = "1 file" if count == 1 else f"{count:,} files"
                put(
                    f"{visible(root.path)}: {files} of a format that Kitsort does not read: "
                    f"{extension[1:]}"
                )
    if not found and not quiet:
        click.echo("All files can be read.", err=True)

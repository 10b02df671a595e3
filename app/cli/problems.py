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
        lines = [f"{visible(path)}: {sentence}" for path, sentence in all_problems(database)]
        for root in roots(database):
            for extension, count in root.unsupported.items():
                files = "1 file" if count == 1 else f"{count:,} files"
                lines.append(
                    f"{visible(root.path)}: {files} of a format that Kitsort does not read: "
                    f"{extension[1:]}"
                )
        for line in lines:
            put(line)
    if not lines and not quiet:
        click.echo("All files can be read.", err=True)

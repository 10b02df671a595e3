"""``kitsort demo``: a small library to try things on."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Make a small library to try things on.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def demo(folder: Path) -> None:
    """Make a demo library in FOLDER: some sixty synthesised sounds in a producer's usual mess.

    What is there already is not touched.

    Example: kitsort demo "demo library"
    """
    from app.core.demo import make_demo_library  # noqa: PLC0415

    try:
        paths = make_demo_library(folder)
    except OSError as error:
        raise click.ClickException(
            f"The demo library could not be made in {folder}: {error.strerror or error}."
        ) from error
    click.echo(f"{len(paths)} sounds in {folder}", err=True)

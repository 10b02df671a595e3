"""``kitsort demo``: a small library to try things on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.core.demo import make_demo_library


def demo_command(
    folder: Annotated[Path, typer.Argument(help="Where to make it; nothing there is touched.")],
) -> None:
    """Make a demo library: some sixty synthesised sounds in a producer's usual mess."""
    try:
        paths = make_demo_library(folder)
    except OSError as error:
        typer.echo(f"The demo library could not be made: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{len(paths)} sounds in {folder}", err=True)

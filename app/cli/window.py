"""``kitsort window``, and ``kitsort`` by itself: the window."""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path

import click

from app.cli.library import catalog_option
from app.cli.models import chosen_model, model_option
from app.cli.progress import libraries_hushed
from app.core.catalog.place import default_place
from app.core.errors import AppError
from app.core.reports import default_place as log_place
from app.core.settings import default_place as settings_place
from classifier import DEFAULT_MODEL

_COMMANDS = "All of it but hearing can be done by commands: kitsort --help lists them."


@click.command(short_help="Open the window.")
@click.argument("paths", nargs=-1, metavar="[FOLDER]...", type=click.Path(exists=True))
@model_option
@catalog_option
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Show nothing, write a picture of the window into a new PNG, and end.",
)
def window(
    *, paths: tuple[str, ...], model_name: str, catalog: Path | None, picture: Path | None
) -> None:
    """Open the window, and scan FOLDER... into the library.

    Example: kitsort window ~/Samples
    """
    open_window(catalog, model_name, paths, picture)


def open_window(
    catalog: Path | None,
    model_name: str,
    paths: tuple[str, ...] = (),
    picture: Path | None = None,
) -> None:
    """Show the window until it is closed, or take a picture of it.

    Raises
    ------
    click.ClickException
        If there is no display, or the catalog cannot be opened.
    """
    from app.ui.display import why_no_display  # noqa: PLC0415 - the commands need no window

    why_not = None if picture else why_no_display()
    if why_not:
        raise click.ClickException(f"{why_not} {_COMMANDS}")
    from app.ui.start import Places, run  # noqa: PLC0415 - the commands need no Qt

    if model_name != DEFAULT_MODEL:
        chosen_model(model_name)  # a slip is said here, and not after the scan has begun
    named = os.environ.get("KITSORT_CATALOG")
    place = catalog or (Path(named) if named else default_place())
    try:
        places = Places(place, settings_place(), log_place())
        with libraries_hushed() if picture else nullcontext():
            code = run(places, model_name, paths, picture=picture)
    except AppError as error:
        raise click.ClickException(str(error)) from error
    raise SystemExit(code)

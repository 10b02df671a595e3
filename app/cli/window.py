"""``kitsort window``, and ``kitsort`` by itself: the window."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.cli.models import model_option
from app.core.catalog.place import default_place
from app.core.errors import AppError
from app.core.reports import default_place as log_place
from app.core.settings import default_place as settings_place

_NO_DISPLAY = (
    "There is no display for a window. All of it but hearing can be done by commands: "
    "kitsort --help lists them."
)


@click.command(short_help="Open the window.")
@click.argument("paths", nargs=-1, metavar="[FOLDER]...", type=click.Path(exists=True))
@model_option
@click.option(
    "--catalog",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    envvar="KITSORT_CATALOG",
    help="Another catalog than your own; also as $KITSORT_CATALOG.",
)
def window(*, paths: tuple[str, ...], model_name: str, catalog: Path | None) -> None:
    """Open the window, and scan FOLDER... into the library.

    Example: kitsort window ~/Samples
    """
    open_window(catalog, model_name, paths)


def open_window(catalog: Path | None, model_name: str, paths: tuple[str, ...] = ()) -> None:
    """Show the window until it is closed.

    Raises
    ------
    click.ClickException
        If there is no display, or the catalog cannot be opened.
    """
    from app.ui.start import Places, has_display, run  # noqa: PLC0415 - the commands need no Qt

    if not has_display():
        raise click.ClickException(_NO_DISPLAY)
    named = os.environ.get("KITSORT_CATALOG")
    place = catalog or (Path(named) if named else default_place())
    try:
        code = run(Places(place, settings_place(), log_place()), model_name, paths)
    except AppError as error:
        raise click.ClickException(str(error)) from error
    raise SystemExit(code)

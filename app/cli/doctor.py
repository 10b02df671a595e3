"""``kitsort doctor``: what is there, what is missing, for who helps."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.library import catalog_option
from app.cli.progress import libraries_hushed


@click.command(short_help="Look whether everything is there that Kitsort needs.")
@catalog_option
def doctor(*, catalog: Path | None) -> None:
    """Look at versions, display, sound, catalog and models, and print a report.

    It names no path and nothing of your library but how much there is, so it can be shown to who
    helps. A line with ! says that something is to be done; then the exit code is 1.

    Example: kitsort doctor
    """
    from app.core.catalog.place import default_place  # noqa: PLC0415
    from app.core.doctor import examine, report  # noqa: PLC0415
    from app.core.player.output import SoundDeviceOutput  # noqa: PLC0415
    from app.ui.display import why_no_display  # noqa: PLC0415

    usual = default_place()
    with libraries_hushed():
        found = list(examine(catalog or usual, usual, SoundDeviceOutput(), why_no_display))
    click.echo(report(found))
    if any(one.is_bad for one in found):
        raise SystemExit(1)

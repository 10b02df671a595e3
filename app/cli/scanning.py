"""Bringing the library up to date before something is done with it, and showing how far that is."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path

import click

from app.cli.output import visible
from app.cli.progress import libraries_hushed, progress
from app.core.catalog.database import Database
from app.core.catalog.roots import Root
from app.core.jobs import Job, Progress
from app.core.library import Scanned, scan
from app.core.wording import span
from classifier import Model


def bring_up_to_date(
    database: Database, chosen: Sequence[Root], model: Model, executor: Executor, *, is_quiet: bool
) -> Scanned:
    """Scan some folders, and show how far it is.

    Raises
    ------
    click.ClickException
        If the user stops it.
    """
    with libraries_hushed(), progress(is_silent=is_quiet) as report:

        def tell(now: Progress) -> None:
            report(what_is_done(now), now.done, now.total)

        try:
            return scan(database, chosen, model, executor, Job(tell))
        except KeyboardInterrupt:
            executor.shutdown(cancel_futures=True)
            raise click.ClickException(
                "Stopped. What was done is kept; the next scan goes on from there."
            ) from None


def what_is_done(now: Progress) -> str:
    """Return what is being done, how fast, how long still, and where."""
    parts = [now.doing]
    if now.per_second:
        parts.append(f"{now.per_second:,.0f}/s")
    if now.left_s is not None:
        parts.append(f"{span(now.left_s)} left")
    if now.at:
        parts.append(visible(Path(now.at).name)[:40])
    return " · ".join(parts)

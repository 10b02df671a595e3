"""What the commands about the library have in common: their options, the catalog, sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from app.core.catalog.database import Database
from app.core.catalog.place import default_place
from app.core.catalog.search import Query, find
from app.core.errors import AppError
from app.core.sample import Sample

Command = TypeVar("Command", bound=Callable[..., Any])


def catalog_options(command: Command) -> Command:
    """Add ``--catalog`` and ``--quiet``."""
    command = click.option("--quiet", is_flag=True, help="Say nothing but what was asked for.")(
        command
    )
    return click.option(
        "--catalog",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        envvar="KITSORT_CATALOG",
        help="Another catalog than your own; also as $KITSORT_CATALOG.",
    )(command)


@contextmanager
def opened(catalog: Path | None) -> Iterator[Database]:
    """Open the catalog; what goes wrong meanwhile is one sentence for the user."""
    try:
        with Database.open(catalog or default_place()) as database:
            yield database
    except AppError as error:
        raise click.ClickException(str(error)) from error


def samples_at(database: Database, paths: Sequence[str]) -> list[Sample]:
    """Return the samples that files are.

    Raises
    ------
    AppError
        If one of them is a folder, or not in the catalog.
    """
    return [_sample_at(database, path) for path in paths]


def _sample_at(database: Database, path: str) -> Sample:
    if Path(path).is_dir():
        raise AppError(f"{path}: This is a folder; name the files in it.")
    sample = next(find(database, Query(inside=path)), None)
    if sample is None:
        raise AppError(f"{path}: It is not in the catalog; kitsort scan its folder first.")
    return sample

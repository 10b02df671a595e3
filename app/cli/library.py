"""What the commands about the library have in common: their options, the catalog, sentences."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from app.core.catalog.database import Database
from app.core.catalog.place import default_place
from app.core.catalog.roots import Root, place_of, roots
from app.core.catalog.search import find_file
from app.core.errors import AppError
from app.core.sample import Sample
from app.core.walk import UNSUPPORTED

# Seconds as a float are exact to less than this.
_SAME_TIME_S: Final = 1e-3

Command = TypeVar("Command", bound=Callable[..., Any])


def catalog_options(command: Command) -> Command:
    """Add ``--catalog`` and ``--quiet``."""
    quiet = click.option("--quiet", is_flag=True, help="Say nothing but what was asked for.")
    return catalog_option(quiet(command))


def catalog_option(command: Command) -> Command:
    """Add ``--catalog``."""
    return click.option(
        "--catalog",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        envvar="KITSORT_CATALOG",
        help="Another catalog than your own; also as $KITSORT_CATALOG.",
    )(command)


@contextmanager
def opened(catalog: Path | None, *, may_be_new: bool = False) -> Iterator[Database]:
    """Open the catalog; what goes wrong meanwhile is one sentence for the user.

    One that was named must be there, unless it `may_be_new`: a slip would make an empty one.
    """
    if catalog and catalog.is_dir():
        raise click.ClickException(f"{catalog}: This is a folder; a catalog is a file.")
    if catalog and not may_be_new and not catalog.exists():
        raise click.ClickException(
            f"There is no catalog {catalog}; kitsort scan FOLDER --catalog FILE makes one."
        )
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
        If one of them is a folder, not in the catalog, or another one than was scanned.
    """
    known = roots(database)
    return [_sample_at(database, known, path) for path in paths]


def _sample_at(database: Database, known: Sequence[Root], path: str) -> Sample:
    if Path(path).is_dir():
        raise AppError(f"{path}: This is a folder; name the files in it.")
    if Path(path).suffix.lower() in UNSUPPORTED:
        raise AppError(f"{path}: Kitsort does not read {Path(path).suffix} files.")
    place = place_of(known, path)
    sample = place and find_file(database, place[0].id, *map(os.fsencode, os.path.split(place[1])))
    if not sample and not os.path.lexists(path):
        raise AppError(f"{path}: There is no such file.")
    if not sample:
        raise AppError(f"{path}: It is not in the catalog; kitsort scan its folder first.")
    if _has_changed(sample, path):
        raise AppError(f"{path}: It has changed since it was scanned; kitsort scan first.")
    return sample


def _has_changed(sample: Sample, path: str) -> bool:
    """Tell whether a file is another one by now; one that is offline is not known to be."""
    try:
        status = Path(path).stat()
    except OSError:
        return False
    return sample.size != status.st_size or abs(sample.mtime_s - status.st_mtime) > _SAME_TIME_S

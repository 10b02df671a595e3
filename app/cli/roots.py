"""``kitsort roots`` and ``kitsort forget``: the folders of the library."""

from __future__ import annotations

import time
from pathlib import Path

import click

from app.cli.library import catalog_options, opened
from app.cli.output import lines_out, visible
from app.core.catalog.roots import Root, forget_root, is_there, root_at
from app.core.catalog.roots import roots as all_roots


@click.command(short_help="List the folders of the library.")
@catalog_options
def roots(*, catalog: Path | None, quiet: bool) -> None:
    """List the folders that were scanned, how many samples they hold, and when that was.

    Example: kitsort roots
    """
    with opened(catalog) as database, lines_out() as put:
        known = all_roots(database)
        for root in known:
            where = f"{visible(root.path)}{_notes(root)}"
            put(f"{root.samples:>9,} samples  {_when(root):16}  {where}")
    if not known and not quiet:
        click.echo("The library is empty: kitsort scan FOLDER begins it.", err=True)


@click.command(short_help="Drop a folder from the library.")
@click.argument("folder", metavar="FOLDER")
@catalog_options
def forget(*, folder: str, catalog: Path | None, quiet: bool) -> None:
    """Drop FOLDER from the library: no file is touched, and what you said of them is kept.

    Example: kitsort forget ~/old-samples
    """
    with opened(catalog) as database:
        root = root_at(database, folder)
        forget_root(database, root)
    if not quiet:
        click.echo(f"{root.samples:,} samples forgotten; corrections, tags and comments are kept.")


def _when(root: Root) -> str:
    if root.scanned_at is None:
        return "not yet scanned"
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(root.scanned_at))


def _notes(root: Root) -> str:
    notes = [] if is_there(root) else ["offline"]
    notes += [f"{root.waiting:,} not yet looked into"] if root.waiting else []
    notes += [f"without {pattern}" for pattern in root.excludes]
    return f"  ({', '.join(map(visible, notes))})" if notes else ""

"""``kitsort label`` and ``kitsort tag``: what the user says of samples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from app.cli.library import catalog_options, opened, samples_at
from app.core.catalog.marks import correct, count_copies
from app.core.catalog.marks import tag as put_tags
from app.core.sample import Sample
from classifier import LABELS


@click.command(short_help="Correct what samples are.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--as",
    "label_name",
    type=click.Choice(LABELS, case_sensitive=False),
    help="What they are.",
)
@click.option("--clear", is_flag=True, help="Take back what you said; the sound counts again.")
@catalog_options
def label(
    *,
    files: tuple[str, ...],
    label_name: str | None,
    clear: bool,
    catalog: Path | None,
    quiet: bool,
) -> None:
    """Say what FILE... are. It holds for every copy, and wherever they move.

    Example: kitsort label "misc/kick 7.wav" --as Snare
    """
    if clear == (label_name is not None):
        raise click.UsageError("Give either --as INSTRUMENT or --clear.")
    with opened(catalog) as database:
        samples = samples_at(database, files)
        correct(database, samples, label_name)
        copies = count_copies(database, samples)
    if not quiet:
        what = f"{label_name}, because you said so" if label_name else "what they sound like"
        click.echo(f"{_counted(samples, copies)}: {what}.")


@click.command(short_help="Put tags on samples, or take them off.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--add", multiple=True, metavar="TAG", help="Put it on; repeatable.")
@click.option("--remove", multiple=True, metavar="TAG", help="Take it off; repeatable.")
@catalog_options
def tag(
    *,
    files: tuple[str, ...],
    add: tuple[str, ...],
    remove: tuple[str, ...],
    catalog: Path | None,
    quiet: bool,
) -> None:
    """Put tags on FILE..., or take them off: in the catalog, no file is touched.

    Example: kitsort tag kick.wav --add punchy --remove todo
    """
    if not (add or remove):
        raise click.UsageError("Give --add TAG or --remove TAG.")
    with opened(catalog) as database:
        samples = samples_at(database, files)
        changed = put_tags(database, samples, add=add, remove=remove)
        copies = count_copies(database, samples)
    if not quiet:
        done = f"{_counted(samples, copies)} tagged" if changed else "It was so already"
        click.echo(f"{done}.")


def _counted(samples: Sequence[Sample], copies: int) -> str:
    count = len({sample.id for sample in samples})
    named = "1 sample" if count == 1 else f"{count:,} samples"
    more = {0: "", 1: " and 1 copy"}.get(copies, f" and {copies:,} copies")
    return named + more

"""``kitsort scan``: folders into the library, and the library up to date."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from app.cli.library import catalog_options, opened
from app.cli.models import chosen_model, model_option
from app.cli.output import lines_out, visible
from app.cli.scanning import bring_up_to_date
from app.core.catalog.database import Database
from app.core.catalog.problems import count_problems
from app.core.catalog.roots import Root, add_root, include_again, place_of, roots
from app.core.catalog.search import counts
from app.core.library import Scanned
from app.core.pool import WorkerPool
from app.core.sample import DECISIONS
from app.core.wording import counted
from classifier import UNSURE


@click.command(short_help="Add folders to the library, and bring it up to date.")
@click.argument("folders", nargs=-1, metavar="[FOLDER]...")
@click.option(
    "--exclude",
    "excludes",
    multiple=True,
    metavar="PATTERN",
    help="Pass over names like this, such as '*loop*' or 'Packs/old'; kept for later scans.",
)
@click.option(
    "--include",
    "includes",
    multiple=True,
    metavar="PATTERN",
    help="Take an --exclude back.",
)
@model_option
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=os.cpu_count(),
    metavar="N",
    help="Threads; by default one for each core.",
)
@catalog_options
def scan(
    *,
    folders: tuple[str, ...],
    excludes: tuple[str, ...],
    includes: tuple[str, ...],
    model_name: str,
    jobs: int,
    catalog: Path | None,
    quiet: bool,
) -> None:
    """Add FOLDER... to the library and look into what is new there; without one, everywhere.

    No file is changed. Interrupted, or killed, the next scan goes on where this one was.

    Example: kitsort scan ~/Samples --exclude '*loop*'
    """
    model = chosen_model(model_name)
    if (excludes or includes) and not folders:
        raise click.UsageError("--exclude and --include go with the FOLDER that they are for.")
    with opened(catalog, may_be_new=True) as database:
        for folder in folders:
            before = roots(database)
            root = add_root(database, folder, excludes)
            include_again(database, root, includes)
            if not quiet:
                for note in _adopted(before, root):
                    click.echo(note, err=True)
        named = [place_of(roots(database), folder) for folder in folders]
        chosen = list({place[0].id: place[0] for place in named if place}.values())
        chosen = chosen or roots(database)
        if not chosen:
            raise click.UsageError("The library is empty: name a folder to begin with.")
        with WorkerPool(jobs) as executor:
            scanned = bring_up_to_date(database, chosen, model, executor, is_quiet=quiet)
        if not quiet:
            with lines_out() as put:
                put(_summary(database, chosen, scanned, model.card.threshold))


def _adopted(before: Sequence[Root], root: Root) -> list[str]:
    """Return a sentence for each folder that was one of its own and is now a part."""
    if any(known.id == root.id for known in before):
        return []
    inner = [known.path for known in before if place_of([root], known.path)]
    return [f"{visible(path)} is now a part of {visible(root.path)}." for path in inner]


def _summary(database: Database, chosen: Sequence[Root], scanned: Scanned, threshold: float) -> str:
    looked = [one for one in scanned.looked.values() if not one.is_offline]
    files = sum(one.files for one in looked)
    changes = {
        "new": max(0, sum(one.new for one in looked) - scanned.moved),
        "changed": sum(one.changed for one in looked),
        "moved": scanned.moved,
        "gone": max(0, sum(one.vanished for one in looked) - scanned.moved),
    }
    said = ", ".join(f"{count:,} {name}" for name, count in changes.items() if count)
    numbers = [root.id for root in chosen]
    where = f"{counted(files, 'sample')} in {counted(len(looked), 'folder')}"
    # Of a scan that was interrupted, or named by another model.
    older = scanned.analysed - sum(one.new + one.changed + one.retried for one in looked)
    if older > 0:
        said = f"{said}, and {older:,} known ones looked into" if said else f"{older:,} looked into"
    lines = [f"{where}: {said or 'nothing new'}.", ""] if looked else []
    lines += _tally(Counter(counts(database, roots=numbers)), threshold)
    lines += _troubles(scanned, count_problems(database, numbers))
    return "\n".join(lines)


def _tally(found: Counter[str], threshold: float) -> list[str]:
    notes = {UNSURE: f"  (less than {threshold * 100:.3g}% sure)"}
    return [f"{found[name]:>9,} {name}{notes.get(name, '')}" for name in DECISIONS if found[name]]


def _troubles(scanned: Scanned, problems: int) -> list[str]:
    lines = []
    if problems:
        lines.append(f"{problems:>9,} cannot be read: kitsort problems")
    unsupported = scanned.unsupported
    if unsupported:
        names = ", ".join(f"{count:,} {name[1:]}" for name, count in unsupported.most_common())
        lines.append(f"{unsupported.total():>9,} in formats that Kitsort does not read: {names}")
    lines += [
        f"{visible(path)} is offline or does not answer; its samples stay as they were."
        for path in sorted(scanned.offline)
    ]
    return lines

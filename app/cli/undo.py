"""``kitsort undo`` and ``kitsort recover``: taking a sort back, and ending one that broke off."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.history import numbered
from app.cli.library import catalog_options, opened
from app.cli.plans import (
    carry_out,
    is_person_there,
    may_go_on,
    print_left,
    print_outcome,
    print_plan,
    watched,
)
from app.core.sorting.batch import recover as recover_batch
from app.core.sorting.journal import unfinished
from app.core.sorting.planning import plan_undo
from app.core.sorting.transfer import Disk
from app.core.sorting.wording import not_known_to_be_done, removes_copies
from app.core.wording import counted


@click.command(short_help="Take a sort back, by default the newest.")
@click.argument("batch", type=int, required=False, metavar="[BATCH]")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@catalog_options
def undo(*, batch: int | None, dry_run: bool, yes: bool, catalog: Path | None, quiet: bool) -> None:
    """Put everything back as it was before BATCH; `kitsort history` has the numbers.

    What has changed since stays as it is, and is listed. An undo can itself be undone.

    Example: kitsort undo --dry-run
    """
    if dry_run and yes:
        raise click.UsageError("Give either --dry-run or --yes.")
    with opened(catalog) as database:
        plan = plan_undo(database, batch)
        if not quiet or dry_run:
            print_plan(plan)
        print_left(plan)
        if dry_run or not plan.steps:
            return
        if may_go_on(plan, is_agreed=yes):
            outcome = carry_out(database, plan, is_quiet=quiet)
            verb = "removed; the originals stay" if removes_copies(plan) else "put back"
            print_outcome(outcome, verb, is_quiet=quiet)


@click.command(short_help="Finish a sort that was interrupted, or take it back.")
@click.option("--finish", "way", flag_value="finish", help="Do the rest of it.")
@click.option("--back", "way", flag_value="back", help="Put back what was done.")
@catalog_options
def recover(*, way: str | None, catalog: Path | None, quiet: bool) -> None:
    """Bring a sort to an end that was interrupted, by a crash or a drive that was pulled out.

    Each file is looked at where it is now. Nothing is lost either way.

    Example: kitsort recover --finish
    """
    with opened(catalog) as database:
        batch = unfinished(database)
        if batch is None:
            if not quiet:
                click.echo("No sort was interrupted: there is nothing to recover.")
            return
        if not quiet:
            left = counted(not_known_to_be_done(batch), "file")
            click.echo(f"{numbered(batch)}: {left} not known to be done.")
        way = way or _asked()
        with watched(is_quiet=quiet) as job:
            outcome = recover_batch(database, Disk(), job, forward=way == "finish")
        print_outcome(outcome, "done" if way == "finish" else "put back", is_quiet=quiet)


def _asked() -> str:
    """Ask which way; where nobody can be asked, refuse."""
    if not is_person_there():
        raise click.ClickException("Nothing was done: give --finish or --back.")
    return str(
        click.prompt(
            "Do the rest of it, or put back what was done?", type=click.Choice(["finish", "back"])
        )
    )

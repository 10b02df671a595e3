"""``kitsort sort``: samples into the folders of their instruments."""

from __future__ import annotations

import os
from pathlib import Path

import click

from app.cli.library import catalog_options, opened
from app.cli.models import chosen_model, model_option
from app.cli.plans import carry_out, may_go_on, print_outcome, print_plan, write_plan
from app.cli.scanning import bring_up_to_date
from app.core.catalog.database import Database
from app.core.catalog.roots import add_root, place_of, roots
from app.core.errors import AppError
from app.core.pool import WorkerPool
from app.core.sorting.planning import absolute, plan_sort, require_ready
from app.core.sorting.steps import Collision, Mode, Rules
from app.core.sorting.template import DEFAULT, FIELDS, Template
from app.core.sorting.wording import VERBS
from classifier import Model

_TEMPLATE_HELP = "Where each goes; with " + ", ".join(f"{{{name}}}" for name in FIELDS) + "."


@click.command(short_help="Sort samples into instrument folders; previewed, and undoable.")
@click.argument("folders", nargs=-1, metavar="[FOLDER]...")
@click.option("--all", "everything", is_flag=True, help="The whole library.")
@click.option("--into", metavar="DEST", help="The folder that gets the instrument folders.")
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default=Mode.COPY.value,
    show_default=True,
    help="How they get there; a tag touches no file.",
)
@click.option(
    "--template", default=DEFAULT.text, show_default=True, metavar="T", help=_TEMPLATE_HELP
)
@click.option(
    "--min-confidence",
    type=click.FloatRange(0.0, 1.0),
    metavar="P",
    help="Below it a sample is Unsure, and stays; by default the model's own.",
)
@click.option("--include-unsure", is_flag=True, help="Put these into a folder Unsure.")
@click.option("--include-other", is_flag=True, help="Put these into a folder Other.")
@click.option(
    "--on-collision",
    type=click.Choice([policy.value for policy in Collision]),
    default=Collision.KEEP_BOTH.value,
    show_default=True,
    help="Where a name is taken: number the newcomer, or leave it; nothing is overwritten.",
)
@click.option("--remove-emptied", is_flag=True, help="Remove folders that the move has emptied.")
@click.option("--dry-run", is_flag=True, help="Show the plan, and do nothing.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option(
    "--plan-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Write every step into a new file.",
)
@model_option
@catalog_options
def sort(
    *,
    folders: tuple[str, ...],
    everything: bool,
    into: str | None,
    mode: str,
    template: str,
    min_confidence: float | None,
    include_unsure: bool,
    include_other: bool,
    on_collision: str,
    remove_emptied: bool,
    dry_run: bool,
    yes: bool,
    plan_out: Path | None,
    model_name: str,
    catalog: Path | None,
    quiet: bool,
) -> None:
    """Sort the samples in FOLDER... into DEST/Kick, DEST/Snare and so on.

    What you corrected goes where you said. Unsure and Other stay where they are, unless asked.
    The plan is shown before anything is touched, and `kitsort undo` takes it back, days later.

    Example: kitsort sort ~/Downloads/pack --into ~/Samples --mode move --dry-run
    """
    if bool(folders) == everything:
        raise click.UsageError("Name a FOLDER, or give --all: one of them.")
    for folder in folders:
        if Path(folder).is_file():
            raise click.UsageError(f"{folder}: This is a file; name the folder that it is in.")
    if dry_run and yes:
        raise click.UsageError("Give either --dry-run or --yes.")
    if not into and Mode(mode) is not Mode.TAG:
        raise click.UsageError("Give --into DEST, the folder that gets the instrument folders.")
    with opened(catalog, may_be_new=True) as database:
        rules = Rules(
            destination=absolute(into) if into else "",
            mode=Mode(mode),
            template=Template.parsed(template),
            least_confidence=min_confidence,
            with_unsure=include_unsure,
            with_other=include_other,
            on_collision=Collision(on_collision),
            removes_emptied=remove_emptied,
        )
        require_ready(database, rules)
        chosen = [absolute(folder) for folder in folders] if folders else None
        _scan(database, chosen, chosen_model(model_name), is_quiet=quiet)
        plan = plan_sort(database, chosen, rules)
        if plan_out:
            write_plan(plan, plan_out)
        if not quiet or dry_run:
            print_plan(plan)
        if dry_run or not plan.steps:
            return
        if may_go_on(plan, is_agreed=yes):
            outcome = carry_out(database, plan, is_quiet=quiet)
            print_outcome(outcome, VERBS[rules.mode][1], is_quiet=quiet)


def _scan(database: Database, folders: list[str] | None, model: Model, *, is_quiet: bool) -> None:
    """Add folders that were never scanned, and look for what has changed in the others."""
    if folders is None:
        chosen = roots(database)
        if not chosen:
            raise AppError("The library is empty: name a folder to begin with.")
    else:
        for folder in folders:
            if not place_of(roots(database), folder):
                add_root(database, folder)
        found = [place_of(roots(database), folder) for folder in folders]
        chosen = list({place[0].id: place[0] for place in found if place}.values())
    with WorkerPool(os.cpu_count()) as executor:
        bring_up_to_date(database, chosen, model, executor, is_quiet=is_quiet)

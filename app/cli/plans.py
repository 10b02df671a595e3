"""How plans are shown, asked about and applied: what sorting and undoing have in common."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

import click

from app.cli.output import lines_out, visible
from app.cli.progress import progress
from app.cli.scanning import what_is_done
from app.core.catalog.database import Database
from app.core.jobs import Job, Progress
from app.core.sorting.batch import apply
from app.core.sorting.runner import Outcome
from app.core.sorting.steps import Act, Plan, Step
from app.core.sorting.tables import PLAN_COLUMNS, plan_rows, write_table
from app.core.sorting.transfer import Disk
from app.core.sorting.wording import folder_totals, headline
from app.core.wording import counted

# Steps that are shown; a file holds them all.
_SHOWN: Final = 20


def print_left(plan: Plan) -> None:
    """Print on standard error what an undo leaves as it is, and why."""
    for left in plan.left[:_SHOWN]:
        click.echo(f"{visible(left.path)}: It stays as it is: {left.reason}.", err=True)
    if len(plan.left) > _SHOWN:
        click.echo(f"... and {len(plan.left) - _SHOWN:,} more.", err=True)


def print_plan(plan: Plan) -> None:
    """Print what a plan would do: how many into which folder, what stays and why, warnings."""
    with lines_out() as put:
        put(visible(headline(plan)))
        for folder, count in sorted(folder_totals(plan).items()):
            put(f"{count:>9,} {visible(folder)}")
        for step in plan.steps[:_SHOWN]:
            put(f"  {_told(step)}")
        if len(plan.steps) > _SHOWN:
            where = "" if plan.undoes else "; --plan-out FILE.csv holds all"
            put(f"  ... and {len(plan.steps) - _SHOWN:,} more{where}.")
        if plan.in_place:
            put(f"{plan.in_place:>9,} in place already")
        for reason, count in plan.reasons.most_common():
            put(f"{count:>9,} stay: {reason}")
        for obstacle in plan.obstacles:
            put(f"Cannot be done: {visible(obstacle)}")
        for warning in plan.warnings:
            put(f"Warning: {visible(warning)}")
        if not plan.steps:
            put("Nothing to do.")


def _told(step: Step) -> str:
    source, target = visible(step.source), visible(step.target)
    if step.act is Act.TAG and not step.target:
        return f"{source}: no instrument tag  ({visible(step.reason)})"
    if step.act is Act.REMOVE:
        return f"remove {target}, which is also at {source}"
    return f"{source} -> {target}  ({visible(step.reason)})"


def write_plan(plan: Plan, file: Path) -> None:
    """Write all steps, and what stays, into a new CSV file.

    Raises
    ------
    AppError
        If it cannot be written, or is there already: nothing is overwritten.
    """
    write_table(file, PLAN_COLUMNS, plan_rows(plan))


def may_go_on(plan: Plan, *, is_agreed: bool) -> bool:
    """Ask, unless it was agreed to; where nobody can be asked, refuse.

    Raises
    ------
    click.ClickException
        If there is no terminal, or the plan cannot be applied to its end.
    """
    if plan.obstacles:
        raise click.ClickException(f"Nothing was done. {' '.join(plan.obstacles)}")
    if is_agreed:
        return True
    if not is_person_there():
        raise click.ClickException(
            "Nothing was done: there is no terminal to ask at. Look with --dry-run, do it with "
            "--yes."
        )
    return click.confirm("Do it?")


def is_person_there() -> bool:
    """Tell whether somebody can be asked."""
    return sys.stdin.isatty()


def carry_out(database: Database, plan: Plan, *, is_quiet: bool) -> Outcome:
    """Apply a plan, and show how far it is; Ctrl-C stops between two files."""
    with watched(is_quiet=is_quiet) as job:
        return apply(database, plan, Disk(), job)


@contextmanager
def watched(*, is_quiet: bool) -> Iterator[Job]:
    """Give a job whose progress is shown, and that Ctrl-C cancels between two files."""
    with progress(is_silent=is_quiet) as report:

        def tell(now: Progress) -> None:
            report(what_is_done(now), now.done, now.total)

        job = Job(tell)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            job.cancel()

        before = signal.signal(signal.SIGINT, stop)
        try:
            yield job
        finally:
            signal.signal(signal.SIGINT, before)


def print_outcome(outcome: Outcome, verb: str, *, is_quiet: bool) -> None:
    """Print what came of a batch; what failed goes to standard error.

    Raises
    ------
    click.exceptions.Exit
        With 1 if something failed or was cancelled.
    """
    for path, reason in outcome.failed:
        click.echo(f"{visible(path)}: It stays where it is: {reason}.", err=True)
    if not is_quiet:
        with lines_out() as put:
            way_back = f" kitsort undo {outcome.batch} takes it back." if outcome.done else ""
            put(f"{counted(outcome.done, 'file')} {verb}.{way_back}")
    if outcome.is_cancelled:
        click.echo("Stopped before the end; what was done is listed in kitsort history.", err=True)
    if outcome.failed or outcome.is_cancelled:
        raise click.exceptions.Exit(1)

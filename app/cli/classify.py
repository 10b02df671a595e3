"""``kitsort classify``: the instrument of each file, on standard output."""

from __future__ import annotations

import errno
import math
import os
from collections import Counter
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial

import click

from app.cli.explain import explain
from app.cli.models import chosen_model, model_option
from app.cli.output import Format, Row, header, line, lines_out, row_of
from app.cli.progress import libraries_hushed, progress
from app.core.analysis import Result, analyse
from app.core.walk import Found, walk
from classifier import LABELS, UNSURE, Model

_PROBLEM = "Problem"


@click.command(short_help="Name the instrument of sound files.")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--format",
    "format_name",
    default=Format.TABLE.value,
    show_default=True,
    type=click.Choice([known.value for known in Format]),
    help="How results are printed.",
)
@model_option
@click.option(
    "--threshold",
    metavar="T",
    type=click.FloatRange(0.0, 1.0),
    help="Confidence, 0 to 1, under which the decision is Unsure; by default the model's own,"
    " at which 95 % of what it sorts is right.",
)
@click.option(
    "--explain", "explained", is_flag=True, help="Print all that is known of each file instead."
)
def classify(
    paths: tuple[str, ...],
    format_name: str,
    model_name: str,
    threshold: float | None,
    *,
    explained: bool,
) -> None:
    """Name the instrument of the sound files PATH..., and of all in folders.

    The exit code is 0 if any file was read, 1 if none was, 2 for wrong usage.

    Example: kitsort classify ~/Samples --format csv > samples.csv
    """
    model = chosen_model(model_name)
    if threshold is None:
        threshold = model.card.threshold
    elif math.isnan(threshold):
        raise click.BadParameter("not a number.", param_hint="--threshold")
    output = Format(format_name)
    if explained and output is not Format.TABLE:
        raise click.UsageError("--explain is for people: it goes with no --format.")
    lines = (
        partial(explain, card=model.card, threshold=threshold)
        if explained
        else partial(line, output=output)
    )
    first = None if explained else header(output)
    try:
        counts = _print_all(paths, model, threshold, first=first, text_of=lines)
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read us has gone: no fault, and click is silent
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for what is still held back
        raise click.ClickException(
            f"The results could not be written: {error.strerror}."
        ) from error
    if output is Format.TABLE:
        click.echo(_summary(counts, threshold), err=True)
    if not counts.total() - counts[_PROBLEM]:
        raise SystemExit(1)


def _print_all(
    paths: Sequence[str],
    model: Model,
    threshold: float,
    *,
    first: str | None,
    text_of: Callable[[Row], str],
) -> Counter[str]:
    """Print what is said of each file as it is done, and count the decisions."""
    counts: Counter[str] = Counter()
    found = list(walk(paths))
    with (
        libraries_hushed(),
        lines_out() as put,
        progress() as report,
        closing(_results(found, model)) as results,
    ):
        for done, result in enumerate(results, 1):
            if done == 1 and first:
                put(first)
            row = row_of(result, threshold)
            counts[row.decision or _PROBLEM] += 1
            put(text_of(row))
            report("Classifying", done, len(found))
    return counts


def _results(found: list[Found], model: Model) -> Generator[Result]:
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        yield from analyse(found, model, executor)


def _summary(counts: Counter[str], threshold: float) -> str:
    order = [*LABELS, UNSURE, _PROBLEM]
    notes = {UNSURE: f" (marked ?: less than {threshold:.0%} sure)"}
    parts = [f"{counts[name]:,} {name}{notes.get(name, '')}" for name in order if counts[name]]
    files = "1 file" if counts.total() == 1 else f"{counts.total():,} files"
    return f"{files}: {', '.join(parts)}" if parts else "No sound files there."

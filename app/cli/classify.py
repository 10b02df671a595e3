"""``kitsort classify``: the instrument of each file, on standard output."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Annotated

import typer

from app.cli.output import Format, header, line, lines_out, row_of
from app.cli.progress import progress
from app.core.analysis import Result, analyse
from app.core.walk import Found, walk
from classifier import DEFAULT_MODEL, LABELS, UNSURE, Model, ModelError, load_model

_PROBLEM = "Problem"


def classify_command(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Sound files, and folders of them.")
    ],
    output: Annotated[
        Format, typer.Option("--format", help="How results are printed.")
    ] = Format.table,
    model_name: Annotated[
        str, typer.Option("--model", metavar="NAME", help="A model's name, or a card's path.")
    ] = DEFAULT_MODEL,
    threshold: Annotated[
        float | None,
        typer.Option(
            min=0.0,
            max=1.0,
            help="Below this confidence: Unsure. By default where 95 % of what is sorted is right.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Name the instrument of sound files, and of all in folders.

    Exit code 0 if any file was read, 1 if none was, 2 for wrong usage.

    Example: kitsort classify ~/Samples --format csv > samples.csv
    """
    try:
        model = load_model(model_name)
    except ModelError as error:
        raise typer.BadParameter(str(error), param_hint="--model") from error
    if threshold is None:
        threshold = model.card.threshold
    counts = _print_all(paths, model, threshold, output)
    if output is Format.table:
        typer.echo(_summary(counts), err=True)
    if not counts.total() - counts[_PROBLEM]:
        raise typer.Exit(1)


def _print_all(paths: list[str], model: Model, threshold: float, output: Format) -> Counter[str]:
    """Print a line for each file as it is done, and count the decisions."""
    counts: Counter[str] = Counter()
    found = list(walk(paths))
    with lines_out() as put, progress() as report, closing(_results(found, model)) as results:
        if first := header(output):
            put(first)
        for done, result in enumerate(results, 1):
            row = row_of(result, threshold)
            counts[row.decision or _PROBLEM] += 1
            put(line(row, output))
            report("Classifying", done, len(found))
    return counts


def _results(found: list[Found], model: Model) -> Generator[Result]:
    with ThreadPoolExecutor(os.cpu_count()) as executor:
        yield from analyse(found, model, executor)


def _summary(counts: Counter[str]) -> str:
    order = [*LABELS, UNSURE, _PROBLEM]
    parts = [f"{counts[name]:,} {name}" for name in order if counts[name]]
    return f"{counts.total():,} files: " + ", ".join(parts) if parts else "No sound files there."

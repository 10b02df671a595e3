"""``kitsort train``: a model from labelled sounds. Needs the extra ``train``."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.progress import progress
from classifier import ClassifierError


class Trainable(StrEnum):
    """The models that can be trained."""

    rf = "rf"


def train_command(
    corpus: Annotated[
        Path,
        typer.Option(help="Folder of labelled sounds with a manifest.csv.", show_default=False),
    ],
    model: Annotated[Trainable, typer.Option(help="Which model.")] = Trainable.rf,
    out: Annotated[Path, typer.Option(help="Where weights and card are written.")] = Path("models"),
    seed: Annotated[int, typer.Option(help="Of everything random.")] = 0,
) -> None:
    """Train a model, and score it on packs it did not see.

    Example: kitsort train --corpus ~/labelled --model rf --out my-models
    """
    try:
        from classifier.training.corpus import read_manifest  # noqa: PLC0415
        from classifier.training.forest import train_forest  # noqa: PLC0415
    except ModuleNotFoundError as error:
        typer.echo(
            f"Training needs {error.name}, which is not installed: pip install 'kitsort[train]'",
            err=True,
        )
        raise typer.Exit(1) from error
    try:
        with progress() as report:
            card = train_forest(read_manifest(corpus), out, progress=report, seed=seed)
    except (ClassifierError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    figures = card.scores["figures"]
    typer.echo(f"{card.title} {card.version} in {out} ({model.value})")
    for name, figure in figures.items():
        typer.echo(f"{name:18} {figure['value']:.3f}  [{figure['low']:.3f}, {figure['high']:.3f}]")

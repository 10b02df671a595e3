"""``kitsort train``: a model from labelled sounds. Needs the extra ``train``."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.progress import progress
from classifier import ClassifierError


@click.command(short_help="Train a model on labelled sounds.")
@click.option(
    "--corpus",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder of labelled sounds with a manifest.csv.",
)
@click.option(
    "--model", default="rf", show_default=True, type=click.Choice(["rf"]), help="Which one."
)
@click.option(
    "--out",
    default=Path("models"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Where weights and card are written.",
)
@click.option("--seed", default=0, show_default=True, help="Of everything random.")
def train(corpus: Path, model: str, out: Path, seed: int) -> None:
    """Train a model, and score it on packs that it did not see.

    Example: kitsort train --corpus ~/labelled --model rf --out my-models
    """
    try:
        from classifier.training.corpus import read_manifest  # noqa: PLC0415
        from classifier.training.forest import train_forest  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"Training needs {error.name}, which is not installed: pip install 'kitsort[train]'"
        ) from error
    try:
        with progress() as report:
            card = train_forest(read_manifest(corpus), out, progress=report, seed=seed)
    except (ClassifierError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{card.title} {card.version}: {out / model}.json")
    for name, figure in card.scores["figures"].items():
        click.echo(
            f"{name.replace('_', ' '):18} {figure['value']:.3f}"
            f"  [{figure['low']:.3f}, {figure['high']:.3f}]"
        )

"""``kitsort train``: a model from labelled sounds. Needs the extra ``train``."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.progress import progress
from app.cli.training import (
    MODELS,
    corpus_options,
    read_corpus,
    say_card,
    sentences,
    work_options,
)


@click.command(short_help="Train a model on labelled sounds.")
@corpus_options
@click.option(
    "--model", default="ensemble", show_default=True, type=click.Choice(MODELS), help="Which one."
)
@click.option(
    "--out",
    default=Path("models"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where weights and card are written.",
)
@work_options
def train(
    *, corpus: Path | None, dataset: Path | None, model: str, out: Path, work: Path, seed: int
) -> None:
    """Train a model on all sounds, and say how right it is on packs that it did not see.

    Its confidence is calibrated, and its scores taken, on held-out packs: on those of `kitsort
    evaluate` where that has run on the same sounds with the same --work, else on a fifth of
    the packs, in one more fit. Interrupted, it goes on where it was.

    Example: kitsort train --corpus ~/labelled --model cnn --out my-models
    """
    with sentences():
        from classifier.training.material import prepare  # noqa: PLC0415
        from classifier.training.recipes import learner_of  # noqa: PLC0415
        from classifier.training.shipping import train as fit  # noqa: PLC0415

        learner = learner_of(model)
        sounds = read_corpus(corpus, dataset)
        with progress(log=True) as report:
            material = prepare(sounds, work, seed=seed, progress=report)
            card = fit(material, learner, out, work=work, progress=report)
    say_card(card, out / f"{model}.json")

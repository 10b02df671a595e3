"""``kitsort evaluate``: how right a model is, with intervals. Needs the extra ``train``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.progress import Report as Told
from app.cli.progress import progress
from app.cli.training import (
    MODELS,
    corpus_options,
    read_corpus,
    say_scores,
    sentences,
    work_options,
)
from classifier import load_model

if TYPE_CHECKING:
    from classifier.training.corpus import Corpus
    from classifier.training.learners import Ensemble, Learner
    from classifier.training.report import Report


@click.command(short_help="Measure how right a model is.")
@corpus_options
@click.option(
    "--model",
    default="ensemble",
    show_default=True,
    metavar="NAME",
    help=f"One of {', '.join(MODELS)}; with --protocol shipped, any model or card.",
)
@click.option(
    "--protocol",
    default="packs",
    show_default=True,
    type=click.Choice(["packs", "random", "shipped"]),
    help="packs: five fits, each asked about packs that it did not see. random: one fit, asked"
    " about a random fifth of the files, as many do; flattered. shipped: the finished weights.",
)
@click.option(
    "--out",
    default=Path("evaluation"),
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the report is written, as Markdown, JSON and PNG.",
)
@click.option(
    "--doubts",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Also write a list of the labels that are most likely wrong.",
)
@work_options
def evaluate(
    *,
    corpus: Path | None,
    dataset: Path | None,
    model: str,
    protocol: str,
    out: Path,
    doubts: Path | None,
    work: Path,
    seed: int,
) -> None:
    """Measure a model on labelled sounds, and write a report.

    By packs it takes five fits; interrupted, it goes on where it was.

    Example: kitsort evaluate --corpus ~/labelled --model cnn --protocol packs
    """
    with sentences():
        # What is missing is said before minutes of work, not after them.
        from classifier.training.report import Report  # noqa: F401, PLC0415

        trains = protocol != "shipped"
        if trains and model not in MODELS:
            raise click.BadParameter(f"not one of {', '.join(MODELS)}.", param_hint="--model")
        learner = _learner_of(model) if trains else None
        sounds = read_corpus(corpus, dataset)
        with progress(log=True) as told:
            report = (
                _of_fits(learner, sounds, protocol, work=work, seed=seed, told=told)
                if learner
                else _of_shipped(model, sounds, told)
            )
            paths = report.write(out, f"{Path(model).stem}-{protocol}")
            if doubts:
                _write_doubts(report, doubts)
    say_scores(report.examined.scores())
    click.echo(f"The report: {', '.join(str(path) for path in paths)}")


def _write_doubts(report: Report, path: Path) -> None:
    from classifier.training.doubts import doubts_of, write_doubts  # noqa: PLC0415

    write_doubts(doubts_of(report.examined), path)


def _of_shipped(model: str, sounds: Corpus, told: Told) -> Report:
    from classifier.training.protocol import ask_shipped  # noqa: PLC0415
    from classifier.training.report import Report  # noqa: PLC0415

    loaded = load_model(model)
    examined = ask_shipped(loaded, sounds, told)
    return Report(loaded.card.title, examined, loaded.card.threshold)


def _learner_of(model: str) -> Learner | Ensemble:
    from classifier.training.recipes import learner_of  # noqa: PLC0415

    return learner_of(model)


def _of_fits(
    learner: Learner | Ensemble,
    sounds: Corpus,
    protocol: str,
    *,
    work: Path,
    seed: int,
    told: Told,
) -> Report:
    from classifier.training.material import prepare  # noqa: PLC0415
    from classifier.training.protocol import Protocol, examine  # noqa: PLC0415
    from classifier.training.report import Report  # noqa: PLC0415

    material = prepare(sounds, work, seed=seed, progress=told)
    examined = examine(material, learner, Protocol(protocol), work=work, progress=told)
    return Report(learner.title, examined, examined.threshold)

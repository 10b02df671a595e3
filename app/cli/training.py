"""What the commands that train have in common: their options, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from app.cli.progress import libraries_hushed
from classifier import Card, ClassifierError

if TYPE_CHECKING:
    from classifier.training.corpus import Corpus

Command = TypeVar("Command", bound=Callable[..., Any])

MODELS: Final = ("ensemble", "cnn", "mlp", "rf")
_FOLDER: Final = click.Path(path_type=Path, file_okay=False)


def corpus_options(command: Command) -> Command:
    """Add ``--corpus`` and ``--dataset``, of which one must be given."""
    command = click.option(
        "--dataset",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE.csv",
        help="Instead: a file that `kitsort dataset` made.",
    )(command)
    return click.option(
        "--corpus",
        type=_FOLDER,
        metavar="DIR",
        help="Folder of labelled sounds with a manifest.csv.",
    )(command)


def work_options(command: Command) -> Command:
    """Add ``--work`` and ``--seed``."""
    command = click.option("--seed", default=0, show_default=True, help="Of everything random.")(
        command
    )
    return click.option(
        "--work",
        default=Path("build/training"),
        show_default=True,
        type=_FOLDER,
        metavar="DIR",
        help="Where unfinished work is kept, to go on from; some GB.",
    )(command)


def read_corpus(corpus: Path | None, dataset: Path | None) -> Corpus:
    """Return the corpus that the options name."""
    from classifier.training.corpus import Corpus, read_manifest  # noqa: PLC0415
    from classifier.training.dataset import read_dataset  # noqa: PLC0415

    if corpus and not dataset:
        return Corpus(tuple(read_manifest(corpus)))
    if dataset and not corpus:
        return read_dataset(dataset)
    raise click.UsageError("Give either --corpus DIR or --dataset FILE.csv.")


@contextmanager
def sentences() -> Iterator[None]:
    """Turn what can go wrong into one sentence for the user, and hush what libraries remark."""
    try:
        with libraries_hushed():
            yield
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"Training needs {error.name}, which is not installed: pip install 'kitsort[train]'"
        ) from error
    except (ClassifierError, OSError) as error:
        raise click.ClickException(str(error)) from error


def say_scores(scores: dict[str, Any]) -> None:
    """Print each figure with its interval."""
    click.echo(f"{scores['protocol']}: {scores['sounds']:,} sounds of {scores['packs']} packs")
    for name, figure in scores["figures"].items():
        click.echo(
            f"{name.replace('_', ' '):18} {figure['value']:.3f}"
            f"  [{figure['low']:.3f}, {figure['high']:.3f}]"
        )


def say_card(card: Card, path: Path) -> None:
    """Print what was made, and how right it is."""
    click.echo(f"{card.title} {card.version}: {path}")
    if not card.rejects:
        click.echo("It was shown no other sounds than instruments: it cannot say Other.")
    say_scores(card.scores)

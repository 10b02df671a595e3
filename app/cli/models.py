"""``kitsort models``: which there are, and how right each is; and the option to choose one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from app.cli.progress import libraries_hushed
from app.cli.scores import score_line
from classifier import DEFAULT_MODEL, Card, Model, ModelError, load_model, model_names

Command = TypeVar("Command", bound=Callable[..., Any])

# Of the figures on a card, and how each is headed.
_COLUMNS: Final = {
    "accuracy": "Accuracy",
    "macro_f1_six": "F1, six",
    "macro_f1_five": "F1, five",
    "recall_808": "808 found",
    "precision_808": "808 right",
    "auroc_other": "Other",
    "calibration_error": "ECE",
    "sorted_at_95": "Sorted",
}


def model_option(command: Command) -> Command:
    """Add ``--model``, whose value `chosen_model` takes."""
    return click.option(
        "--model",
        "model_name",
        default=DEFAULT_MODEL,
        show_default=True,
        metavar="NAME",
        help="A model's name, or the path of its card.",
    )(command)


def chosen_model(name: str) -> Model:
    """Return the model that ``--model`` names."""
    try:
        with libraries_hushed():
            return load_model(name)
    except ModelError as error:
        said = f"{error} kitsort models lists those there are."
        raise click.BadParameter(said, param_hint="--model") from error


@click.command(short_help="List the models and how right they are.")
def models() -> None:
    """List the models, the default marked by *, with their scores on packs they never saw.

    F1 is the mean over the labels: of all six, and of the five instruments among themselves.
    Other is the AUROC of Other against the instruments; ECE the error of the confidence;
    Sorted how many instruments find their folder where 95 % of what is put there is right.

    Example: kitsort models
    """
    click.echo(f"  {'Model':8} {'':21} " + " ".join(f"{head:>9}" for head in _COLUMNS.values()))
    with libraries_hushed():
        footnotes = dict.fromkeys(_listed(name) for name in model_names())
    for footnote in filter(None, footnotes):
        click.echo(f"\n{footnote}.")


def _listed(name: str) -> str | None:
    """Print a model's line; return what its figures were measured on."""
    try:
        card = load_model(name).card
    except ModelError as error:
        click.echo(f"  {name:8} {error}")
        return None
    mark = "*" if name == DEFAULT_MODEL else " "
    cells = " ".join(f"{_cell(card, figure):>9}" for figure in _COLUMNS)
    click.echo(f"{mark} {name:8} {card.title:21} {cells}")
    return None if "figures" not in card.scores else score_line(card).partition(" of ")[2]


def _cell(card: Card, figure: str) -> str:
    known = card.scores.get("figures", {}).get(figure)
    return f"{known['value']:.3f}" if known else "-"

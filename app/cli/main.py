"""The commands of ``kitsort``.

Click, not Typer on top of it: that loads pydantic, and doubled the time to classify one file.
"""

from __future__ import annotations

import click

from app.cli.classify import classify
from app.cli.completion import completion
from app.cli.dataset import dataset
from app.cli.demo import demo
from app.cli.evaluate import evaluate
from app.cli.listing import listing, show
from app.cli.marks import label, tag
from app.cli.models import models
from app.cli.portable import export, import_
from app.cli.problems import problems
from app.cli.roots import forget, roots
from app.cli.scan import scan
from app.cli.train import train
from classifier import __version__


@click.group(
    name="kitsort",
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="kitsort %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Sort one-shot samples into Kick, Snare, 808, Open hat and Closed hat by their sound."""
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


for command in (
    *(scan, listing, show, label, tag, problems, roots, forget, export, import_),
    *(classify, demo, models, dataset, train, evaluate, completion),
):
    cli.add_command(command)

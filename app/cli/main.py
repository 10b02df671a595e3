"""The commands of ``kitsort``.

Click, not Typer on top of it: that loads pydantic, and doubled the time to classify one file.
"""

from __future__ import annotations

import click

from app.cli.classify import classify
from app.cli.dataset import dataset
from app.cli.demo import demo
from app.cli.evaluate import evaluate
from app.cli.models import models
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


for command in (classify, demo, models, dataset, train, evaluate):
    cli.add_command(command)

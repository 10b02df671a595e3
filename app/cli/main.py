"""The commands of ``kitsort``."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.classify import classify_command
from app.cli.demo import demo_command
from app.cli.train import train_command
from classifier import __version__

cli = typer.Typer(
    name="kitsort",
    help="Sorts one-shot samples into Kick, Snare, 808, Open hat and Closed hat by their sound.",
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
cli.command("classify")(classify_command)
cli.command("demo")(demo_command)
cli.command("train")(train_command)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kitsort {__version__}")
        raise typer.Exit


@cli.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())

"""``kitsort completion``: commands and options by the Tab key."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class


@click.command(short_help="Print what a shell needs to complete commands.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that lets SHELL complete kitsort's commands and options.

    Example: kitsort completion bash >> ~/.bashrc
    """
    from app.cli.main import cli  # noqa: PLC0415 - which holds this command

    if found := get_completion_class(shell):
        click.echo(found(cli, {}, "kitsort", "_KITSORT_COMPLETE").source())

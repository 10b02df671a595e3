"""The commands of ``kitsort``.

Click, not Typer on top of it: that loads pydantic, and doubled the time to classify one file.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from classifier import __version__

# By name, in the order of the help: where each is found. Only the one that is asked for is loaded.
_COMMANDS: Final = {
    "window": "app.cli.window:window",
    "scan": "app.cli.scan:scan",
    "list": "app.cli.listing:listing",
    "show": "app.cli.listing:show",
    "label": "app.cli.marks:label",
    "tag": "app.cli.marks:tag",
    "sort": "app.cli.sort:sort",
    "undo": "app.cli.undo:undo",
    "history": "app.cli.history:history",
    "recover": "app.cli.undo:recover",
    "problems": "app.cli.problems:problems",
    "roots": "app.cli.roots:roots",
    "forget": "app.cli.roots:forget",
    "export": "app.cli.portable:export",
    "import": "app.cli.portable:import_",
    "classify": "app.cli.classify:classify",
    "demo": "app.cli.demo:demo",
    "doctor": "app.cli.doctor:doctor",
    "models": "app.cli.models:models",
    "dataset": "app.cli.dataset:dataset",
    "train": "app.cli.train:train",
    "evaluate": "app.cli.evaluate:evaluate",
    "completion": "app.cli.completion:completion",
}


class _Commands(click.Group):
    """Loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return all names, in the order of the help."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Return a command, or None if there is none of the name."""
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(
    name="kitsort",
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, message="kitsort %(version)s")
@click.pass_context
def cli(context: click.Context) -> None:
    """Sort one-shot samples into Kick, Snare, 808, Open hat and Closed hat by their sound.

    Without a command, the window opens.
    """
    if context.invoked_subcommand is None:
        open_or_help(context)


def open_or_help(context: click.Context) -> None:
    """Open the window, or where there is no display, list the commands."""
    from app.ui.display import why_no_display  # noqa: PLC0415 - the commands need no window

    why_not = why_no_display()
    if why_not:
        click.echo(context.get_help())
        click.echo(f"\n{why_not} The commands above do all but hearing.", err=True)
        return
    command = cli.get_command(context, "window")
    if command is not None:
        command.main([], prog_name="kitsort window")

"""``kitsort dataset``: the data frame of labelled folders. Needs the extra ``train``."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.progress import progress
from app.cli.training import sentences


@click.command(short_help="Write a table of labelled sounds, to train from.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Where it is written; what is there is refused.",
)
def dataset(folder: Path, out: Path) -> None:
    """Write a row for each sound in DIR that lies in a folder called after its instrument.

    Such as DIR/My kit/Kick/01.wav, in folders called Kick, Snare, 808, Open hat, Closed hat or
    Other; or as DIR/manifest.csv says. The top folder is taken for the pack when a model is
    trained from it.

    Example: kitsort dataset ~/labelled --out sounds.csv
    """
    if out.exists():
        raise click.ClickException(f"{out} is there already; name another file.")
    with sentences():
        from classifier.training.dataset import (  # noqa: PLC0415
            labelled_files,
            rows_of,
            write_dataset,
        )

        files = labelled_files(folder.resolve())
        problems: list[str] = []
        with progress() as report:
            rows = rows_of(
                files, skip=lambda path, error: problems.append(f"{path}: {error}"), progress=report
            )
            count = write_dataset(rows, out)
    for problem in problems:
        click.echo(f"Left out: {problem}", err=True)
    click.echo(f"{count:,} sounds in {out}", err=True)
    if not count:
        raise SystemExit(1)

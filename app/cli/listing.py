"""``kitsort list`` and ``kitsort show``: what the library knows."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.explain import bars
from app.cli.library import catalog_options, opened, samples_at
from app.cli.output import Format, format_option, lines_out, visible
from app.cli.samples import header, line
from app.core.catalog.roots import place_of, roots
from app.core.catalog.search import SORTS, Query, find
from app.core.sample import DECISIONS, Sample
from classifier import KINDS, UNSURE


@click.command(name="list", short_help="List samples of the library.")
@click.option(
    "--instrument",
    "instruments",
    multiple=True,
    type=click.Choice(DECISIONS, case_sensitive=False),
    help="Decided to be this, or one of several; a correction counts.",
)
@click.option("--kind", type=click.Choice(KINDS, case_sensitive=False), help="An Other of a kind.")
@click.option("--unsure", is_flag=True, help="Those that are Unsure.")
@click.option(
    "--disagree", is_flag=True, help="Those whose name says otherwise than their sound, so far."
)
@click.option("--problem", is_flag=True, help="Those that cannot be read.")
@click.option("--duplicate", is_flag=True, help="Those of which there are several.")
@click.option("--corrected", is_flag=True, help="Those that you have corrected.")
@click.option("--tag", "tags", multiple=True, metavar="TAG", help="With this tag; repeatable.")
@click.option(
    "--search", "text", default="", metavar="TEXT", help="Words of folder, name, tags, comment."
)
@click.option("--inside", metavar="FOLDER", help="In this folder, or below.")
@click.option(
    "--threshold",
    type=click.FloatRange(0.0, 1.0),
    metavar="T",
    help="Confidence, 0 to 1, under which a sample is Unsure; by default the model's own.",
)
@click.option(
    "--sort", type=click.Choice(list(SORTS)), default="path", show_default=True, help="By what."
)
@click.option("--descending", is_flag=True, help="The other way round.")
@format_option
@catalog_options
def listing(
    *,
    instruments: tuple[str, ...],
    kind: str | None,
    unsure: bool,
    disagree: bool,
    problem: bool,
    duplicate: bool,
    corrected: bool,
    tags: tuple[str, ...],
    text: str,
    inside: str | None,
    threshold: float | None,
    sort: str,
    descending: bool,
    format_name: str,
    catalog: Path | None,
    quiet: bool,
) -> None:
    """List the samples for which all that is asked holds.

    In the table "Snare?" is Unsure, and "Kick !" what you said yourself.

    Example: kitsort list --instrument "Open hat" --search vinyl --sort length
    """
    query = Query(
        instruments=(*instruments, UNSURE) if unsure else instruments,
        kind=kind,
        disagrees=disagree,
        has_problem=problem,
        is_duplicate=duplicate,
        is_corrected=corrected,
        tags=tags,
        text=text,
        inside=inside,
        threshold=threshold,
        sort=sort,
        descending=descending,
    )
    output = Format(format_name)
    count = 0
    with opened(catalog) as database, lines_out() as put:
        if inside and not place_of(roots(database), inside):
            raise click.UsageError(f"--inside {inside}: This is in no folder of the library.")
        first = header(output)
        if first and output is Format.CSV:
            put(first)
        for sample in find(database, query):
            if first and output is Format.TABLE and not count:
                put(first)
            put(line(sample, output))
            count += 1
    if output is Format.TABLE and not quiet:
        click.echo("1 sample" if count == 1 else f"{count:,} samples", err=True)


@click.command(short_help="Print all that is known of a sample.")
@click.argument("file", metavar="FILE")
@catalog_options
def show(file: str, catalog: Path | None, *, quiet: bool) -> None:  # noqa: ARG001
    """Print what the library knows of FILE: the sound, the name, and what you said.

    Example: kitsort show ~/Samples/kick.wav
    """
    with opened(catalog) as database:
        [sample] = samples_at(database, [file])
    with lines_out() as put:
        put(visible(sample.path))
        for text in _lines(sample):
            put(f"  {text}".rstrip())


def _lines(sample: Sample) -> list[str]:
    facts = {
        "You said": sample.correction,
        "Sound says": _sound_says(sample),
        "Name says": sample.name_says and (sample.name_says.kind or sample.name_says.label),
        "Decision": sample.decision,
        "Tags": ", ".join(map(visible, sample.tags)),
        "Comment": visible(sample.comment),
        "Favourite": "yes" if sample.is_favourite else None,
        "Problem": sample.problem,
    }
    return [
        *(f"{name:16} {text}" for name, text in facts.items() if text),
        *([] if sample.probabilities is None else ["", *bars(sample.probabilities), ""]),
        *_numbers(sample),
    ]


def _sound_says(sample: Sample) -> str | None:
    if sample.label is None or sample.confidence is None:
        return None
    kind = f" ({sample.kind})" if sample.kind else ""
    return f"{sample.label}{kind}, {sample.confidence:.1%} sure"


def _numbers(sample: Sample) -> list[str]:
    known = sample.descriptors
    if known is None or sample.duration_s is None:
        return []
    stereo = "stereo" if sample.is_stereo else "mono"
    root = sample.root_note
    return [
        f"{'Length':16} {sample.duration_s:.3f} s",
        f"{'Format':16} {sample.encoding}, {sample.sample_rate:,} Hz, "
        f"channels: {sample.channels}, {stereo}",
        f"{'Root note':16} {f'{root.name} {root.cents:+.0f} cents' if root else 'none'}",
        f"{'Peak, loudness':16} {_level(sample.peak_dbfs)}, {_level(sample.rms_dbfs)} RMS",
        f"{'Attack, decay':16} {known.attack_s * 1000:.0f} ms, {known.decay_s * 1000:.0f} ms",
        f"{'Brightness':16} {known.centroid_hz:,.0f} Hz",
    ]


def _level(level_db: float | None) -> str:
    return "silence" if level_db is None else f"{level_db:.1f} dBFS"

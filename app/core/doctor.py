"""What a report for help says: versions, sound, catalog, models; and nothing private.

No path is told, no name of a file or folder, and nothing of what is in the library but how much.
"""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from app.core.catalog.place import is_on_network
from app.core.catalog.schema import APPLICATION_ID, MIGRATIONS
from app.core.errors import AppError
from app.core.player.output import Output, OutputError
from app.core.wording import counted
from classifier import ClassifierError, __version__, load_model, model_names

_PACKAGES: Final = (
    *("PySide6-Essentials", "pyqtgraph", "numpy", "soundfile", "soxr", "sounddevice"),
    *("ai-edge-litert", "send2trash", "click", "rich"),
)
_LITTLE_ROOM: Final = 500e6
_PATIENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report.

    Attributes
    ----------
    topic : str
        "Program", "Libraries", "Display", "Sound", "Catalog", "Models".
    text : str
        One sentence without a path.
    is_bad : bool
        Whether something is to be done about it.
    """

    topic: str
    text: str
    is_bad: bool = False


def examine(
    catalog: Path, usual: Path, output: Output, why_no_display: Callable[[], str | None]
) -> Iterator[Finding]:
    """Look at everything that Kitsort needs; nothing is made or changed by it.

    Parameters
    ----------
    catalog, usual : Path
        The catalog, and where it lies if nobody has named another.
    output : Output
    why_no_display : callable
        Returns one sentence, or None where a window can be shown.
    """
    yield from _program()
    why_not = why_no_display()
    hint = " The commands do all but hearing; kitsort window --picture FILE draws it."
    shown = f"{why_not}{hint}" if why_not else "A window can be shown."
    yield Finding("Display", shown, is_bad=why_not is not None)
    yield from _sound(output)
    yield from _catalog(catalog, usual)
    yield from _models()


def report(findings: list[Finding]) -> str:
    """Return findings as text, what is bad marked by "!"."""
    wide = max((len(one.topic) for one in findings), default=0)
    lines, topic = [], ""
    for one in findings:
        head = one.topic if one.topic != topic else ""
        topic = one.topic
        lines.append(f"{'!' if one.is_bad else ' '} {head:{wide}}  {one.text}")
    return "\n".join(lines)


def _program() -> Iterator[Finding]:
    how = "frozen" if getattr(sys, "frozen", False) else f"Python {platform.python_version()}"
    yield Finding("Program", f"Kitsort {__version__}, {how}")
    cores = counted(os.cpu_count() or 1, "core")
    system = f"{platform.system()} {platform.release()} {platform.machine()}"
    yield Finding("Program", f"{system}, {cores}")
    for name in _PACKAGES:
        try:
            yield Finding("Libraries", f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            # A frozen program holds no list of what is in it; elsewhere it is missing.
            if not getattr(sys, "frozen", False):
                yield Finding("Libraries", f"{name} is missing", is_bad=True)
    import soundfile  # noqa: PLC0415 - takes a moment

    yield Finding("Libraries", f"libsndfile {soundfile.__libsndfile_version__}")
    yield Finding("Libraries", f"SQLite {sqlite3.sqlite_version}")


def _sound(output: Output) -> Iterator[Finding]:
    try:
        devices = output.devices(refresh=False)
    except OutputError as error:
        yield Finding("Sound", str(error), is_bad=True)
        return
    finally:
        output.close()
    if not devices:
        said = "There is no sound output: connect a device. All but hearing works."
        yield Finding("Sound", said, is_bad=True)
    for device in devices:
        yield Finding("Sound", f"{device.name}{' (the usual one)' if device.is_default else ''}")


def _catalog(path: Path, usual: Path) -> Iterator[Finding]:
    where = "in the usual place" if path == usual else "in a place of your own"
    if not path.exists():
        yield Finding("Catalog", f"There is none yet ({where}).")
    else:
        size = path.stat().st_size
        yield Finding("Catalog", f"{size / 1e6:.1f} MB, {where}")
        try:
            yield from _content(path)
        except sqlite3.Error as error:
            yield Finding("Catalog", f"It cannot be read ({error}).", is_bad=True)
    if is_on_network(path.absolute()):
        yield Finding("Catalog", "It lies on a network share.", is_bad=True)
    with suppress(OSError):
        place = next(one for one in (path, *path.absolute().parents) if one.exists())
        folder = place if place.is_dir() else place.parent
        if not os.access(folder, os.W_OK):
            yield Finding("Catalog", "Its folder cannot be written to.", is_bad=True)
        free = shutil.disk_usage(folder).free
        room = f"{free / 1e9:,.1f} GB are free there."
        yield Finding("Catalog", room, is_bad=free < _LITTLE_ROOM)


def _content(path: Path) -> Iterator[Finding]:
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, timeout=_PATIENCE_S)) as connection:

        def value(question: str) -> int | str:
            found: int | str = connection.execute(question).fetchone()[0]
            return found

        if value("PRAGMA application_id") != APPLICATION_ID:
            yield Finding("Catalog", "It is the database of another program.", is_bad=True)
            return
        version = int(value("PRAGMA user_version"))
        is_newer = version > len(MIGRATIONS)
        newer = ", of a newer Kitsort: update this one" if is_newer else ""
        yield Finding("Catalog", f"Version {version} of {len(MIGRATIONS)}{newer}", is_bad=is_newer)
        health = str(value("PRAGMA quick_check(1)"))
        is_well = health == "ok"
        yield Finding("Catalog", "Undamaged" if is_well else "Damaged", is_bad=not is_well)
        if is_well and not is_newer:
            samples = counted(int(value("SELECT count(*) FROM samples")))
            folders = counted(int(value("SELECT count(*) FROM roots")), "folder")
            yield Finding("Catalog", f"{samples} in {folders}")


def _models() -> Iterator[Finding]:
    for name in model_names():
        try:
            card = load_model(name).card
        except (AppError, ClassifierError):
            yield Finding("Models", f"{name} cannot be used.", is_bad=True)
            continue
        figures = card.scores.get("figures", {})
        right = figures.get("macro_f1_five", {}).get("value")
        score = f", F1 score {right:.2f} on packs it never saw" if right is not None else ""
        yield Finding("Models", f"{name} {card.version}: {card.title}{score}")

"""Finding what lies in the trash of a Linux desktop.

As the trash specification of freedesktop.org 1.0 has it: ``files/NAME`` beside
``info/NAME.trashinfo``,
in the home folder or at the top of another drive.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from app.core.errors import AppError


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the trash, and the note that says where it was."""

    file: str
    note: str


def find_in_trash(path: str) -> Kept:
    """Return the last file that was put into the trash from a place.

    Raises
    ------
    AppError
        If there is none, or the system keeps its trash otherwise.
    """
    if sys.platform in {"win32", "darwin"}:
        raise AppError(f"{path}: It is in the trash; bring it back from there.")
    place = os.fsencode(os.path.abspath(path))
    found = [one for trash, top in _trashes(path) for one in _kept(trash, top, place)]
    if not found:
        raise AppError(f"{path}: It is not in the trash any more.")
    return max(found, key=lambda one: one[0])[1]


def _trashes(path: str) -> Iterator[tuple[str, str]]:
    """Yield where a file's trash can be, with what paths in it may be relative to."""
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    yield os.path.join(data, "Trash"), data
    # A link may lead to the drive that the file is on.
    top = os.path.realpath(os.path.dirname(os.path.abspath(path)))
    while not os.path.ismount(top):
        top = os.path.dirname(top)
    yield os.path.join(top, ".Trash", str(os.getuid())), top
    yield os.path.join(top, f".Trash-{os.getuid()}"), top


def _kept(trash: str, top: str, place: bytes) -> Iterator[tuple[tuple[bytes, int], Kept]]:
    """Yield what a trash holds from a place, however it is written, with when it was put there."""
    try:
        notes = os.listdir(os.path.join(trash, "info"))
    except OSError:
        return
    for name in notes:
        note = os.path.join(trash, "info", name)
        lines, written_ns = _read(note)
        was = os.path.join(os.fsencode(top), unquote_to_bytes(lines.get(b"Path", b"")))
        file = os.path.join(trash, "files", name.removesuffix(".trashinfo"))
        if os.path.normpath(was) == place and os.path.lexists(file):
            # Dates are in whole seconds.
            yield (lines.get(b"DeletionDate", b""), written_ns), Kept(file, note)


def _read(note: str) -> tuple[dict[bytes, bytes], int]:
    """Return the lines of a note, and when it was written."""
    try:
        with open(note, "rb") as file:
            pairs = [line.strip().partition(b"=") for line in file]
            return {key: value for key, _, value in pairs}, os.fstat(file.fileno()).st_mtime_ns
    except OSError:
        return {}, 0

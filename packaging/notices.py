"""Writes the licences of everything that a package holds into one text.

What the wheels say of themselves is taken as it is; what they bring along without saying so (Qt,
libsndfile, PortAudio, Python itself) is listed here.
"""

from __future__ import annotations

import re
import sys
import sysconfig
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parents[1]
LICENSES: Final = ROOT / "packaging" / "licenses"
_RULE: Final = "=" * 78
_IS_LICENSE: Final = re.compile(r"licen[cs]e|copying|notice|authors", re.IGNORECASE)

_HEAD: Final = """\
Kitsort is under the MIT licence: see LICENSE. It comes with the work of others, under the licences
below.

Qt, libsndfile and libsoxr are under the GNU Lesser General Public License: they lie in this folder
as libraries of their own, and you may put other versions in their place. Their source is at
https://download.qt.io, https://github.com/libsndfile/libsndfile and https://github.com/chirlu/soxr.
"""
# What lies inside wheels whose metadata speak only of the wheel.
_WITHIN: Final = {
    "pyside6-essentials": ("Qt and PySide6: LGPL-3.0-only", ("LGPL-3.0", "GPL-3.0")),
    "shiboken6": ("Shiboken: LGPL-3.0-only, as Qt above", ()),
    "soundfile": (
        "within it libsndfile: LGPL-2.1-or-later; with FLAC, Ogg, Vorbis and Opus (BSD-3-Clause), "
        "mpg123 (LGPL-2.1) and LAME (LGPL-2.0)",
        ("LGPL-2.1",),
    ),
    "sounddevice": ("within it PortAudio: MIT, Ross Bencina and Phil Burk", ()),
    "ai-edge-litert": ("LiteRT: Apache-2.0", ("Apache-2.0",)),
    "flatbuffers": ("FlatBuffers: Apache-2.0, as LiteRT above", ()),
}


def runtime() -> list[metadata.Distribution]:
    """Return what the running program needs, in the order of the alphabet."""
    found: dict[str, metadata.Distribution] = {}
    waiting = [Requirement(text) for text in metadata.requires("kitsort") or ()]
    while waiting:
        asked = waiting.pop()
        if asked.marker and not asked.marker.evaluate({"extra": ""}):
            continue
        try:
            one = metadata.distribution(asked.name)
        except metadata.PackageNotFoundError:
            continue
        name = one.metadata["Name"]
        if name not in found:
            found[name] = one
            waiting += [Requirement(text) for text in one.requires or ()]
    return [found[name] for name in sorted(found, key=str.lower)]


def _texts(one: metadata.Distribution) -> Iterator[str]:
    for file in one.files or ():
        if ".dist-info" in file.parts[0] and _IS_LICENSE.search(file.name):
            yield str(one.locate_file(file).read_text(encoding="utf-8", errors="replace")).strip()  # type: ignore[attr-defined]


def _section(one: metadata.Distribution) -> str:
    name = one.metadata["Name"]
    stated = one.metadata.get("License-Expression") or one.metadata.get("License") or ""
    within, texts = _WITHIN.get(canonicalize_name(name), ("", ()))
    lines = [_RULE, f"{name} {one.version}", stated.split("\n")[0], within]
    bodies = [*_texts(one), *((LICENSES / f"{text}.txt").read_text("utf-8") for text in texts)]
    return "\n".join([*filter(None, lines), *(f"\n{body}" for body in dict.fromkeys(bodies))])


def _python() -> str:
    version = ".".join(map(str, sys.version_info[:3]))
    head = f"{_RULE}\nPython {version}\nPSF-2.0"
    for folder in (Path(sysconfig.get_path("stdlib")), Path(sys.base_prefix)):
        for name in ("LICENSE.txt", "LICENSE"):
            if (folder / name).is_file():
                return f"{head}\n\n{(folder / name).read_text('utf-8').strip()}"
    return f"{head}\nIts text: https://docs.python.org/3/license.html"


def _fonts() -> str:
    text = (ROOT / "resources" / "fonts" / "Inter-LICENSE.txt").read_text("utf-8").strip()
    return f"{_RULE}\nInter, the typeface\nOFL-1.1\n\n{text}"


def notices() -> str:
    """Return the whole text."""
    return "\n\n".join([_HEAD, *map(_section, runtime()), _python(), _fonts()]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(notices())

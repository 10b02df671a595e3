"""Builds the package of this system: one folder that needs no Python, and an archive of it.

Usage: python packaging/build.py [FOLDER]; the folder is dist if none is named.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent
sys.path[:0] = [str(ROOT), str(HERE)]

from notices import notices  # noqa: E402

from classifier import __version__  # noqa: E402


def main() -> None:
    """Render the icon, freeze the program, lay beside it what belongs to it, and pack it up."""
    dist = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "dist").resolve()
    work = dist / "work"
    icons = work / "icons"
    subprocess.run([sys.executable, HERE / "render_icon.py", icons], check=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "PyInstaller", "-y", "--log-level", "ERROR"),
            *("--distpath", dist, "--workpath", work, HERE / "kitsort.spec"),
        ],
        check=True,
        env={**os.environ, "KITSORT_ICONS": str(icons), "KITSORT_VERSION": __version__},
    )
    built = _beside(dist, icons)
    system = {"Darwin": "macos", "Windows": "windows"}.get(platform.system(), "linux")
    name = f"kitsort-{__version__}-{system}-{platform.machine().lower()}"
    form = "zip" if system == "windows" else "gztar"
    archive = shutil.make_archive(str(dist / name), form, dist, built.name)
    sys.stdout.write(f"{built}\n{archive}\n")


def _beside(dist: Path, icons: Path) -> Path:
    """Lay the licences, and what a desktop needs to know, beside the program."""
    built = dist / "kitsort"
    if sys.platform == "darwin":
        built = dist / "Kitsort"
        shutil.rmtree(dist / "mac")
        shutil.rmtree(built, ignore_errors=True)
        built.mkdir()
        shutil.move(dist / "Kitsort.app", built)
    (built / "NOTICES.txt").write_text(notices(), encoding="utf-8")
    shutil.copy(ROOT / "LICENSE", built / "LICENSE.txt")
    if sys.platform == "linux":
        _strip(built / "_internal")
        for name in ("kitsort.desktop", "install.sh"):
            shutil.copy(HERE / "linux" / name, built)
        shutil.copy(icons / "kitsort-256.png", built / "kitsort.png")
        shutil.copy(ROOT / "resources" / "icon.svg", built / "kitsort.svg")
    return built


def _strip(internal: Path) -> None:
    """Take out what only a debugger wants of the one library that has much of it."""
    strip = shutil.which("strip")
    for library in internal.glob("libpython3*.so*") if strip else ():
        subprocess.run([strip, "--strip-unneeded", library], check=True)


if __name__ == "__main__":
    main()

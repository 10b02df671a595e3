"""The package runs where there is no Python: commands, window, sound, and what lies beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core.demo import DEMO_FILES, make_demo_library
from app.core.settings import Settings
from app.core.sorting.choice import SortChoice
from classifier import INSTRUMENTS
from tests.helpers.desktop import Desktop, Program, has_portaudio, wait_until, why_not
from tests.helpers.gestures import FIRST_LINE_PX, put_back, sort_all, try_demo
from tests.helpers.trees import read_tree

ROOT = Path(__file__).parents[1]
MOST_BYTES = 350e6
# Of the start from source.
SLOWEST = 1.5
STARTS = 5

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the folder that ``make package`` makes."""
    pytest.importorskip("PyInstaller")
    dist = tmp_path_factory.mktemp("dist")
    build = [sys.executable, str(ROOT / "packaging" / "build.py"), str(dist)]
    subprocess.run(build, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    yield dist / "kitsort"
    shutil.rmtree(dist)


def bare(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which there is nothing."""
    return {"PATH": "", "HOME": str(home), **more}


def run(program: Path, *args: str | Path, home: Path) -> bytes:
    """Return what a command prints where there is nothing but the program."""
    command = [program, *args]
    return subprocess.run(command, capture_output=True, check=True, cwd=home, env=bare(home)).stdout


def rows(program: Path, *args: str | Path, home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(program, *args, home=home).splitlines()]


def test_commands_run_in_an_empty_environment(package: Path, tmp_path: Path) -> None:
    library, program = tmp_path / "library", package / "kitsort"
    sounds = make_demo_library(library)
    named = rows(program, "classify", library, "--format", "jsonl", home=tmp_path)
    assert len(named) == len(sounds)
    assert all(row["error"] is None for row in named)
    assert run(program, "scan", library, "--quiet", home=tmp_path) == b""
    listed = rows(program, "list", "--format", "jsonl", home=tmp_path)
    assert {row["path"]: row["label"] for row in listed} == {
        row["path"]: row["label"] for row in named
    }


@pytest.mark.skipif(why_not() is not None, reason=str(why_not()))
def test_somebody_scans_hears_sorts_undoes_and_quits(package: Path, tmp_path: Path) -> None:
    into = tmp_path / "Sorted"
    with (
        Desktop(tmp_path) as desktop,
        Program(desktop, tmp_path, frozen=package / "kitsort") as program,
    ):
        program.set_up(Settings(sorting=SortChoice(destination=str(into)).as_texts()))
        program.start()
        try_demo(program)
        before = read_tree(program.home / "Music")
        desktop.click(*FIRST_LINE_PX)
        if has_portaudio():
            wait_until("its sound", lambda: np.abs(program.heard()).max(initial=0) > 0.1)
        sort_all(program)
        assert {Path(path).parent.as_posix() for path in read_tree(into)} <= set(INSTRUMENTS)
        put_back(program)
        assert not into.exists()
        assert read_tree(program.home / "Music") == before
        assert program.analysed() == len(DEMO_FILES)
        assert program.quit() == 0
        assert not program.said()
        assert not program.log.exists()


def test_it_starts_about_as_fast_as_from_source(package: Path, tmp_path: Path) -> None:
    """Both as a whole process that ends with a picture of the empty window, in turn."""
    frozen, source = [package / "kitsort"], [sys.executable, "-m", "app"]
    taken: dict[str, list[float]] = {"frozen": [], "source": []}
    for number in range(STARTS + 1):
        for name, command in (("frozen", frozen), ("source", source)):
            picture = tmp_path / f"{name}{number}.png"
            began = time.perf_counter()
            subprocess.run(
                [*command, "window", "--picture", picture],
                check=True,
                capture_output=True,
                cwd=ROOT,
                env={**os.environ, "KITSORT_CATALOG": str(tmp_path / f"{name}.sqlite")},
            )
            assert picture.exists()
            if number:  # the first of each reads the disk
                taken[name].append(time.perf_counter() - began)
    ratio = min(taken["frozen"]) / min(taken["source"])
    sys.stdout.write(f"frozen against source: {ratio:.2f}\n")
    assert ratio < SLOWEST


def test_it_is_small_and_says_whose_work_is_in_it(package: Path) -> None:
    files = [path for path in package.rglob("*") if path.is_file() and not path.is_symlink()]
    unpacked = sum(path.stat().st_size for path in files)
    sys.stdout.write(f"unpacked: {unpacked / 1e6:.0f} MB\n")
    assert unpacked < MOST_BYTES
    names = {path.name for path in files}
    assert not {name for name in names if "tensorflow" in name.lower() or "librosa" in name}
    notices = (package / "NOTICES.txt").read_text(encoding="utf-8")
    for needed in ("GNU LESSER GENERAL PUBLIC LICENSE", "Qt and PySide6", "libsndfile", "soxr"):
        assert needed in notices
    for name in ("numpy", "pyqtgraph", "sounddevice", "ai-edge-litert", "Python ", "Inter"):
        assert f"\n{name}" in notices
    assert {"LICENSE.txt", "NOTICES.txt"} <= names


@pytest.mark.skipif(sys.platform != "linux", reason="for desktops of Linux")
def test_it_puts_itself_into_the_menu_and_takes_itself_out(package: Path, tmp_path: Path) -> None:
    def install(*args: str) -> subprocess.CompletedProcess[bytes]:
        script = [package / "install.sh", *args]
        env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
        return subprocess.run(script, env=env, check=False, capture_output=True)

    assert install().returncode == 0
    entry = tmp_path / ".local/share/applications/kitsort.desktop"
    assert f'Exec="{package}/kitsort" window %F' in entry.read_text(encoding="utf-8").splitlines()
    version = [tmp_path / ".local/bin/kitsort", "--version"]
    assert subprocess.run(version, check=True, capture_output=True).stdout.startswith(b"kitsort ")
    assert install("--remove").returncode == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file() or path.is_symlink()] == []
    # What is there already, and of somebody else, stays.
    mine = tmp_path / ".local/bin/kitsort"
    mine.write_text("mine", encoding="utf-8")
    assert install().returncode == 1
    assert mine.read_text(encoding="utf-8") == "mine"
    assert not entry.exists()

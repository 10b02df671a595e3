"""The frozen program runs where there is no Python, and finds its models."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from app.core.demo import make_demo_library

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_frozen_program_classifies_in_an_empty_environment(tmp_path: Path) -> None:
    pytest.importorskip("PyInstaller")
    folders = ["--distpath", str(tmp_path / "dist"), "--workpath", str(tmp_path / "work")]
    freeze = [sys.executable, "-m", "PyInstaller", "-y", "--log-level", "ERROR", *folders]
    subprocess.run([*freeze, str(ROOT / "packaging" / "kitsort.spec")], check=True)
    library = tmp_path / "library"
    sounds = make_demo_library(library)
    program = tmp_path / "dist" / "kitsort" / "kitsort"

    def rows(*args: str | Path) -> list[dict[str, Any]]:
        """Return what the program prints where there is nothing but it."""
        run = subprocess.run(
            [program, *args],
            capture_output=True,
            check=True,
            cwd=tmp_path,
            env={"PATH": "", "HOME": str(tmp_path)},
        )
        return [json.loads(line) for line in run.stdout.splitlines()]

    named = rows("classify", library, "--format", "jsonl")
    assert len(named) == len(sounds)
    assert all(row["error"] is None for row in named)
    assert rows("scan", library, "--quiet") == []
    listed = rows("list", "--format", "jsonl")
    assert {row["path"]: row["label"] for row in listed} == {
        row["path"]: row["label"] for row in named
    }
    files = [path for path in program.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    unpacked = sum(path.stat().st_size for path in files)
    assert unpacked < 350e6

"""Running ``kitsort`` as its users do: as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60

# Refuses what is named on the command line, then runs the program on the rest of it.
_WITHOUT = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in refused:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

refused = set(sys.argv.pop(1).split(","))
sys.meta_path.insert(0, Refuse())
from app.__main__ import main
main()
"""


def kitsort(
    *args: str | os.PathLike[str],
    env: dict[str, str] | None = None,
    without: tuple[str, ...] = (),
    **options: Any,
) -> subprocess.CompletedProcess[bytes]:
    """Return how a run ended, and what it wrote; a warning of ours would show there.

    `without` names modules that cannot be imported in that process.
    """
    start = ["-c", _WITHOUT, ",".join(without)] if without else ["-m", "app"]
    return subprocess.run(
        [sys.executable, "-W", "error", *start, *args],
        env={**os.environ, **(env or {})},
        check=False,
        timeout=PATIENCE_S,
        **{"cwd": ROOT, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
    )


def rows_of(run: subprocess.CompletedProcess[bytes]) -> list[dict[str, Any]]:
    """Return the objects of JSON lines."""
    return [json.loads(line) for line in run.stdout.splitlines()]

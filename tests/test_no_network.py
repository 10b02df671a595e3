"""Nothing leaves the machine: no socket to another one is opened, whatever is done."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# Runs commands in one process, and says which sockets were asked for: Python tells its hooks of
# each; what C libraries open for themselves is among the open files at the end, and Qt would need
# its network library for it.
_WATCHED = """
import json, os, sys

asked = []

def note(event, args):
    if event.startswith("socket."):
        asked.append(f"{event} {args}")

sys.addaudithook(note)
from app.__main__ import main

commands = json.loads(sys.argv[1])
for command in commands:
    sys.argv = ["kitsort", *command]
    try:
        main()
    except SystemExit as end:
        assert end.code in (0, None), (command, end.code)

loaded = [name for name in sys.modules if name.startswith("PySide6.QtNetwork") or name == "ssl"]
mapped = []
if os.path.isdir("/proc/self"):
    with open("/proc/self/maps") as maps:
        mapped = [line for line in maps if "Network" in line]
    inodes = set()
    for kind in ("tcp", "tcp6", "udp", "udp6"):
        with open(f"/proc/self/net/{kind}") as table:
            inodes |= {line.split()[9] for line in list(table)[1:]}
    for name in os.listdir("/proc/self/fd"):
        try:
            target = os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue
        if target.startswith("socket:[") and target[8:-1] in inodes:
            asked.append(f"open: {target}")
print(json.dumps({"asked": asked, "loaded": loaded, "mapped": mapped}))
"""


def watched(commands: list[list[str]], folder: Path) -> dict[str, list[str]]:
    """Run commands, and return what they asked of the network."""
    run = subprocess.run(
        [sys.executable, "-c", _WATCHED, json.dumps(commands)],
        capture_output=True,
        cwd=ROOT,
        check=False,
        text=True,
        env={**_environment(folder)},
        timeout=240,
    )
    assert run.returncode == 0, run.stderr
    found: dict[str, list[str]] = json.loads(run.stdout.splitlines()[-1])
    return found


def _environment(folder: Path) -> dict[str, str]:
    import os  # noqa: PLC0415

    return {
        **os.environ,
        "HOME": str(folder),
        "KITSORT_CATALOG": str(folder / "catalog.sqlite"),
        "QT_QPA_PLATFORM": "offscreen",
    }


def test_from_the_demo_to_the_window_no_socket_is_opened(tmp_path: Path) -> None:
    demo, into = str(tmp_path / "demo"), str(tmp_path / "sorted")
    found = watched(
        [
            ["demo", demo],
            ["scan", demo, "--quiet"],
            ["classify", f"{demo}/misc", "--explain"],
            ["list"],
            ["sort", "--all", "--into", into, "--yes"],
            ["undo", "--yes"],
            ["export", "--format", "csv"],
            ["models"],
            ["window", "--picture", str(tmp_path / "window.png")],
        ],
        tmp_path,
    )
    assert found == {"asked": [], "loaded": [], "mapped": []}
    assert (tmp_path / "window.png").exists()


@pytest.mark.parametrize("code", ["socket.create_connection(('127.0.0.1', 9))", "socket.socket()"])
def test_one_that_is_opened_is_noticed(code: str, tmp_path: Path) -> None:
    """The hook sees what it is there for."""
    script = _WATCHED.replace(
        "from app.__main__ import main",
        f"import socket\ndef main():\n    try:\n        {code}\n    except OSError:\n        pass",
    )
    run = subprocess.run(
        [sys.executable, "-c", script, json.dumps([["x"]])],
        capture_output=True,
        check=True,
        text=True,
    )
    assert json.loads(run.stdout.splitlines()[-1])["asked"]

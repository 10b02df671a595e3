"""``kitsort`` itself: what it answers before any command."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from click.testing import CliRunner

from app.cli.main import cli
from classifier import __version__
from tests.cli.running import ROOT


def test_it_says_its_version() -> None:
    result = CliRunner().invoke(cli, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"kitsort {__version__}\n")


@pytest.mark.parametrize("args", [[], ["-h"], ["--help"]])
def test_it_lists_its_commands(args: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")  # no window opens
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 0
    # By itself it would have opened the window: it says why it did not.
    assert ("a window would not be seen" in result.stderr) is (args == [])
    assert all(f"  {command} " in result.stdout for command in ("classify", "demo", "train"))


def test_an_unknown_command_is_wrong_usage() -> None:
    result = CliRunner().invoke(cli, ["nope"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "nope" in result.stderr


def test_the_matrix_library_gets_one_thread_unless_the_user_says_otherwise() -> None:
    """The pool has a thread for each core; a second pool fights it."""
    program = (
        "import os, sys; sys.argv[1:] = ['--version']; from app.__main__ import main\n"
        "try: main()\n"
        "finally: print(os.environ['OPENBLAS_NUM_THREADS'], os.environ['OMP_NUM_THREADS'])"
    )
    environment = {name: value for name, value in os.environ.items() if "_THREADS" not in name}
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**environment, "OMP_NUM_THREADS": "3"},
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.splitlines()[-1] == "1 3"

"""Progress is for people: shown on a terminal, on standard error, and never in the results."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.progress import progress
from tests.cli.running import PATIENCE_S, ROOT, kitsort

TERMINAL = {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}


def on_a_terminal(run: Callable[[int], subprocess.CompletedProcess[bytes]]) -> tuple[bytes, bytes]:
    """Return what a run writes to a terminal, whose descriptor it is given, and to a pipe."""
    pty = pytest.importorskip("pty", reason="no pseudo-terminals here")
    keyboard, screen = pty.openpty()
    shown = bytearray()

    def look() -> None:
        try:
            while part := os.read(keyboard, 65_536):
                shown.extend(part)
        except OSError:  # the last one to write has gone
            pass

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        result = run(screen)
    finally:
        os.close(screen)
        watcher.join(PATIENCE_S)
        os.close(keyboard)
    assert result.returncode == 0
    return bytes(shown), result.stdout or b""


def test_progress_is_shown_on_a_terminal_and_kept_out_of_the_results(sounds: Path) -> None:
    shown, results = on_a_terminal(
        lambda screen: kitsort(
            *("classify", sounds, "--format", "jsonl"), env=TERMINAL, stderr=screen
        )
    )
    assert b"Classifying" in shown
    assert b"8/8" in shown
    assert results == kitsort("classify", sounds, "--format", "jsonl").stdout


def test_results_on_the_same_terminal_come_whole_when_progress_is_done(sounds: Path) -> None:
    shown, _ = on_a_terminal(
        lambda screen: kitsort("classify", sounds, env=TERMINAL, stdout=screen, stderr=screen)
    )
    plain = kitsort("classify", sounds)
    lines = shown.replace(b"\r\n", b"\n")
    assert plain.stdout in lines
    assert lines.index(plain.stdout) > lines.rindex(b"Classifying")
    assert lines.endswith(plain.stderr)


def test_nothing_is_shown_where_standard_error_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress() as report:
        report("Classifying", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_long_work_is_logged_where_standard_error_is_no_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress(log=True) as report:
        for done in range(1, 1001):
            report("CNN: loss 1.5", done, 1000)
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["CNN: loss 1.5 (1 of 1,000)", "CNN: loss 1.5 (1,000 of 1,000)"]


def test_what_draws_it_is_not_even_loaded_where_nobody_looks(sounds: Path) -> None:
    """It costs as much as a small job."""
    program = (
        "import sys; from app.cli.main import cli;"
        "cli(['classify', sys.argv[1]], standalone_mode=False);"
        "sys.exit(9 if 'rich' in sys.modules else 0)"
    )
    run = subprocess.run(
        [sys.executable, "-c", program, sounds / "Kick.wav"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        timeout=PATIENCE_S,
    )
    assert run.returncode == 0, run.stderr

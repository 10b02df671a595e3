"""Killed at any single operation, then recovered: each file is there once, and whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.core.sorting.kills import PHASES, SCENARIOS
from tests.helpers.effort import ALL

ROOT = Path(__file__).resolve().parents[3]
EVERY = 1 if ALL else 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
@pytest.mark.parametrize("scenario", SCENARIOS)
@pytest.mark.parametrize("phase", PHASES)
def test_a_kill_at_any_moment_loses_nothing(scenario: str, phase: str) -> None:
    every = 1 if scenario == "tag" else EVERY  # which has but a few
    command = [sys.executable, "-m", "tests.core.sorting.kills", scenario, phase, str(every)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[-2]) >= 1

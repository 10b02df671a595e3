"""Small sounds for the command line to name, and commands run on a catalog of their own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from classifier.synth import MAKERS
from tests.helpers.sounds import encode, silence

RATE_HZ = 22_050


@pytest.fixture(scope="session")
def kick() -> bytes:
    """Return a wav file, short and clear."""
    return encode(MAKERS["Kick"](np.random.default_rng(0), RATE_HZ), RATE_HZ)


@pytest.fixture(scope="session")
def sounds(tmp_path_factory: pytest.TempPathFactory, kick: bytes) -> Path:
    """Return a folder of eight sounds, one of them silent; not to be changed."""
    folder = tmp_path_factory.mktemp("sounds")
    for name in ("Snare", "808", "Open hat", "Closed hat", "clap", "tom"):
        samples = MAKERS[name](np.random.default_rng(0), RATE_HZ)
        (folder / f"{name}.wav").write_bytes(encode(samples, RATE_HZ))
    (folder / "Kick.wav").write_bytes(kick)
    (folder / "silence.wav").write_bytes(encode(silence(0.1, RATE_HZ), RATE_HZ))
    return folder


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a catalog of its own, and return what it printed."""
    monkeypatch.setenv("KITSORT_CATALOG", str(tmp_path / "own" / "catalog.sqlite"))

    def invoke(*args: str | Path, code: int = 0, say: str | None = None) -> Result:
        result = CliRunner().invoke(cli, list(map(str, args)), input=say)
        assert result.exit_code == code, (result.output, result.exception)
        return result

    return invoke

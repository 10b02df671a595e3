from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "tensorflow",
    "keras",
    "librosa",
    "numba",
    "sklearn",
    "scipy",
    "joblib",
    "matplotlib",
    "PySide6",
    "sounddevice",
    "rich",
    "classifier.training",
)


@pytest.mark.parametrize("module", ["classifier", "classifier.synth", "app.cli.main"])
def test_importing_it_brings_in_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    loaded = set(run.stdout.split())
    assert module in loaded
    assert not loaded.intersection(HEAVY)


def test_classifying_brings_in_nothing_heavy() -> None:
    code = (
        "import sys, numpy, classifier;"
        "from classifier.features import look_at;"
        "model = classifier.load_model();"
        "model.predict(look_at([(numpy.ones(99, 'f'), 44100)], model.card.features));"
        "print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert "ai_edge_litert.interpreter" in run.stdout.split()
    assert not set(run.stdout.split()).intersection(HEAVY)

"""``kitsort models`` and ``classify --explain``: what is known, for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.main import cli
from classifier import DEFAULT_MODEL, LABELS, load_model, model_names
from classifier.model import models_folder
from tests.cli.running import kitsort


def test_all_are_listed_with_their_scores() -> None:
    run = kitsort("models")
    assert (run.returncode, run.stderr) == (0, b"")
    lines = run.stdout.decode().splitlines()
    assert model_names() == ["cnn", "ensemble", "mlp", "rf"]
    by_name = {line[2:].split()[0]: line for line in lines[1:5]}
    assert set(by_name) == set(model_names())
    for name, line in by_name.items():
        card = json.loads((models_folder() / f"{name}.json").read_text(encoding="utf-8"))
        assert line.startswith("* ") == (name == DEFAULT_MODEL)
        assert card["title"] in line
        for figure in ("accuracy", "macro_f1_six", "sorted_at_95"):
            assert f"{card['scores']['figures'][figure]['value']:.3f}" in line
    assert "whole packs held out" in lines[-1]


def test_the_default_is_the_one_that_measures_best() -> None:
    scores = {
        name: load_model(name).card.scores["figures"]["macro_f1_six"]["value"]
        for name in model_names()
    }
    assert max(scores, key=scores.__getitem__) == DEFAULT_MODEL


def explained(*args: str | Path) -> str:
    result = CliRunner().invoke(cli, ["classify", "--explain", *map(str, args)])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_file_is_explained(sounds: Path) -> None:
    text = explained(sounds / "clap.wav")
    for label in LABELS:
        assert f"  {label} " in text
    for word in ("Root note", "Brightness", "Attack, decay", "decision", "How right"):
        assert word in text
    shares = [
        line.split()[-1 if "%" in line.split()[-1] else -2] for line in text.splitlines()[3:9]
    ]
    assert sum(float(share.rstrip("%")) for share in shares) == pytest.approx(100, abs=0.5)
    assert "Model" in text


def test_what_cannot_be_read_is_explained_in_a_sentence(tmp_path: Path, sounds: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"text")
    text = explained(bad, sounds / "silence.wav")
    assert "Problem: It cannot be read as sound" in text
    assert "100.0%" in text


def test_an_explanation_is_for_people(sounds: Path) -> None:
    args = ["classify", "--explain", "--format", "csv", str(sounds)]
    result = CliRunner().invoke(cli, args)
    assert result.exit_code == 2

"""From labelled folders to a data frame, to a model, to its figures: the whole way."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from classifier.synth import MAKERS
from tests.helpers.corpora import write_corpus
from tests.helpers.sounds import encode

RATE_HZ = 22_050


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(arg) for arg in args])


@pytest.fixture(scope="module")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return four packs of kicks, snares and closed hats, in folders called so."""
    folder = tmp_path_factory.mktemp("labelled")
    rng = np.random.default_rng(4)
    for pack in range(4):
        for name in ("Kick", "Snare", "Closed hat"):
            for take in range(3):
                path = folder / f"Pack {pack}" / f"{name}s" / f"{take}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(encode(MAKERS[name](rng, RATE_HZ), RATE_HZ))
    return folder


def test_from_folders_to_a_model_without_other(labelled: Path, tmp_path: Path) -> None:
    frame = tmp_path / "sounds.csv"
    result = run("dataset", labelled, "--out", frame)
    assert (result.exit_code, result.stdout) == (0, "")
    assert f"36 sounds in {frame}" in result.stderr
    with frame.open(encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 36

    out, work = tmp_path / "models", tmp_path / "work"
    result = run("train", "--dataset", frame, "--model", "rf", "--out", out, "--work", work)
    assert result.exit_code == 0, result.output
    assert "it cannot say Other" in result.stdout
    card = json.loads((out / "rf.json").read_text(encoding="utf-8"))
    assert card["labels"] == ["Kick", "Snare", "808", "Open hat", "Closed hat"]
    assert card["kinds"] == []
    assert {source["source"] for source in card["sources"]} == {f"Pack {n}" for n in range(4)}

    files = sorted(labelled.rglob("*.wav"))[:6]
    result = run("classify", *files, "--model", out / "rf.json", "--format", "jsonl")
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["label"] for row in rows] == ["Closed hat"] * 3 + ["Kick"] * 3
    assert all(row["probabilities"]["Other"] == 0 for row in rows)


def test_what_is_there_is_not_written_over(labelled: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine", encoding="utf-8")
    result = run("dataset", labelled, "--out", there)
    assert result.exit_code == 1
    assert "is there already" in result.stderr
    assert there.read_text(encoding="utf-8") == "mine"


def test_a_folder_without_labels_is_one_sentence(tmp_path: Path) -> None:
    result = run("dataset", tmp_path, "--out", tmp_path / "x.csv")
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_shipped_weights_are_measured_on_any_folder(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_corpus(corpus, packs=3)
    out = tmp_path / "reports"
    result = run(
        *("evaluate", "--corpus", corpus, "--model", "rf", "--protocol", "shipped"),
        *("--out", out),
    )
    assert result.exit_code == 0, result.output
    assert "42 sounds of 3 packs" in result.stdout
    assert sorted(path.name for path in out.iterdir()) == [
        "rf-shipped.json",
        "rf-shipped.md",
        "rf-shipped.png",
    ]


def test_a_forest_is_examined_by_packs(tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    write_corpus(corpus, packs=5)
    options = ("--model", "rf", "--out", tmp_path / "out", "--work", tmp_path / "work")
    result = run("evaluate", "--corpus", corpus, "--protocol", "packs", *options)
    assert result.exit_code == 0, result.output
    assert "5-fold cross-validation, whole packs held out" in result.stdout
    text = (tmp_path / "out" / "rf-packs.md").read_text(encoding="utf-8")
    assert "70 sounds from 5 packs" in text


@pytest.mark.parametrize(
    "args",
    [
        ("evaluate",),
        ("evaluate", "--corpus", "x", "--model", "kazoo"),
        ("evaluate", "--corpus", "x", "--protocol", "kazoo"),
        ("dataset", "x"),
    ],
    ids=str,
)
def test_wrong_usage_is_not_a_success(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code in {1, 2}

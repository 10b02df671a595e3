"""``kitsort train``: says what is missing, be it a library or a corpus."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from tests.cli.running import kitsort
from tests.helpers.trees import make_tree, read_tree

HEADING = b"file,label,detail,pack,source,license\n"


def train(corpus: Path, *options: str) -> Result:
    folders = ["--out", str(corpus.parent / "out"), "--work", str(corpus.parent / "work")]
    start = ["train", "--model", "rf", "--corpus", str(corpus)]
    return CliRunner().invoke(cli, [*start, *folders, *options])


@pytest.mark.parametrize(
    ("without", "named"),
    [(("sklearn", "tensorflow", "librosa"), b"sklearn"), (("joblib",), b"joblib")],
)
def test_without_the_extra_it_says_how_to_install_it(
    tmp_path: Path, without: tuple[str, ...], named: bytes
) -> None:
    options = ("--model", "rf", "--corpus", tmp_path, "--out", tmp_path, "--work", tmp_path)
    run = kitsort("train", *options, without=without)
    assert (run.returncode, run.stdout) == (1, b"")
    [sentence] = run.stderr.splitlines()
    assert b"Training needs " + named in sentence
    assert b"pip install 'kitsort[train]'" in sentence
    assert read_tree(tmp_path) == {}


@pytest.mark.parametrize("command", ["train", "evaluate", "dataset", "models", "classify", "demo"])
def test_help_needs_no_extra(command: str) -> None:
    run = kitsort(command, "--help", without=("sklearn", "tensorflow", "librosa"))
    assert (run.returncode, run.stderr) == (0, b"")
    assert b"Example: kitsort " + command.encode() in run.stdout


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({}, "There is no readable manifest.csv in "),
        ({"manifest.csv": b"label\nkick\n"}, "has a row that cannot be understood"),
        ({"manifest.csv": b"\xff\xfe\x00"}, "has a row that cannot be understood"),
        (
            {"manifest.csv": HEADING + b"x.wav,cowboy,,pack,source,CC0\n"},
            "has a row that cannot be understood (line 2): 'cowboy'",
        ),
        (
            {"manifest.csv": HEADING + b"x.wav,other,cowboy,pack,source,CC0\n"},
            "(line 2): no such label: 'Other' with kind 'cowboy'",
        ),
        (
            {"manifest.csv": HEADING + b"x.wav,kick,,pack,source,CC0\n"},
            "x.wav: The file is not there.",
        ),
        (
            {"manifest.csv": HEADING + b"x.wav,kick,,pack,source,CC0\n", "x.wav": b"text"},
            "x.wav: It cannot be read as sound",
        ),
        ({"manifest.csv": HEADING}, "no sounds"),
        (
            {"manifest.csv": b"label,file,detail,pack,source,license\nkick\n"},
            "has a row that cannot be understood",
        ),
    ],
)
def test_a_bad_corpus_is_one_sentence(
    tmp_path: Path, tree: dict[str, bytes], sentence: str
) -> None:
    corpus = make_tree(tmp_path / "corpus", tree)
    result = train(corpus)
    assert (result.exit_code, result.stdout) == (1, "")
    assert isinstance(result.exception, SystemExit)
    assert sentence in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_wrong_usage_is_exit_code_2(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["train"]).exit_code == 2
    assert train(tmp_path, "--dataset", "x.csv").exit_code == 2
    assert train(tmp_path, "--model", "nope").exit_code == 2
    assert train(tmp_path, "--seed", "x").exit_code == 2

"""What ``kitsort classify`` prints: each format says all, and reads back as it was meant."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.main import cli
from classifier import INSTRUMENTS, KINDS, LABELS
from tests.cli.running import kitsort, rows_of
from tests.helpers.trees import make_tree

KEYS = [
    "path",
    "label",
    "decision",
    "kind",
    "confidence",
    "probabilities",
    "duration_s",
    "root_note",
    "error",
]
COLUMNS = [*KEYS[:5], *KEYS[6:8], *LABELS, "error"]
ODD_NAMES = [
    "new\nline.wav",
    "car\rriage.wav",
    'quo"te, comma; semicolon.wav',
    "esc\x1b[31m red\x07.wav",
    "c1\x9b31m.wav",
    "キック 🔥.wav",
    "right\u202eto left.wav",
    "line\u2028separator.wav",
    os.fsdecode(b"caf\xe9 \xff.wav"),
    " =1+1.wav",
]

pytestmark = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="names that this system does not allow"
)


@pytest.fixture(scope="session")
def odd(tmp_path_factory: pytest.TempPathFactory, kick: bytes) -> Path:
    """Return a folder of kicks whose names nobody wants to see."""
    return make_tree(tmp_path_factory.mktemp("odd"), dict.fromkeys(ODD_NAMES, kick))


def paths_in(folder: Path) -> list[str]:
    return sorted(str(path) for path in folder.iterdir())


def test_json_lines_have_exactly_the_promised_keys_in_order(sounds: Path) -> None:
    run = kitsort("classify", sounds, sounds / "gone.wav", "--format", "jsonl")
    rows = rows_of(run)
    assert [row["path"] for row in rows] == [*paths_in(sounds), str(sounds / "gone.wav")]
    for row in rows:
        assert list(row) == KEYS
        assert (row["probabilities"] is None) == (row["error"] is not None)


def test_json_lines_hold_values_that_fit_each_other(sounds: Path) -> None:
    rows = rows_of(kitsort("classify", sounds, "--format", "jsonl", "--threshold", "0.9"))
    assert len(rows) == 8
    for row in rows:
        chances = row["probabilities"]
        assert list(chances) == list(LABELS)
        assert sum(chances.values()) == pytest.approx(1, abs=0.0005)
        assert row["confidence"] == max(chances.values()) == chances[row["label"]]
        assert row["decision"] == (row["label"] if row["confidence"] >= 0.9 else "Unsure")
        assert row["kind"] is None or (row["kind"] in KINDS and row["label"] == "Other")
        assert row["error"] is None
    by_name = {Path(row["path"]).stem: row for row in rows}
    assert [by_name[name]["label"] for name in ("Kick", "Closed hat")] == ["Kick", "Closed hat"]
    assert by_name["clap"]["kind"] == "clap"
    assert by_name["808"]["root_note"] is not None
    assert by_name["Closed hat"]["root_note"] is None
    silent = by_name["silence"]
    assert (silent["label"], silent["kind"], silent["duration_s"]) == ("Other", None, 0.1)


def test_an_error_row_holds_nothing_but_path_and_sentence(tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"")
    [row] = rows_of(kitsort("classify", bad, "--format", "jsonl"))
    assert row == {
        **dict.fromkeys(KEYS),
        "path": str(bad),
        "error": "The file is empty (zero bytes).",
    }


def test_json_lines_are_one_to_a_file_whatever_its_name(odd: Path) -> None:
    run = kitsort("classify", odd, "--format", "jsonl")
    assert run.stdout.count(b"\n") == len(ODD_NAMES)
    assert [row["path"] for row in rows_of(run)] == paths_in(odd)


def test_json_lines_are_valid_utf_8_and_give_names_back_as_bytes(odd: Path) -> None:
    run = kitsort("classify", odd, "--format", "jsonl")
    # By "\n" alone: str.splitlines() would part lines at U+2028 in a name too.
    lines = run.stdout.decode("utf-8").rstrip("\n").split("\n")
    names = {os.fsencode(json.loads(text)["path"]) for text in lines}
    assert names == {os.fsencode(path) for path in paths_in(odd)}
    assert "キック 🔥".encode() in run.stdout


def test_csv_comes_back_through_a_reader(sounds: Path, odd: Path) -> None:
    run = kitsort("classify", odd, sounds, sounds / "gone.wav", "--format", "csv")
    text = run.stdout.decode("utf-8", "surrogateescape")
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows = list(reader)
    assert reader.fieldnames == COLUMNS
    assert [row["path"] for row in rows] == [
        *paths_in(odd),
        *paths_in(sounds),
        str(sounds / "gone.wav"),
    ]
    for row in rows[:-1]:
        assert float(row["confidence"]) == max(float(row[label]) for label in LABELS)
        assert row["error"] == ""
    assert set(rows[-1].values()) == {
        "",
        str(sounds / "gone.wav"),
        "There is no such file or folder.",
    }


def test_csv_and_json_lines_say_the_same(sounds: Path) -> None:
    run = kitsort("classify", sounds, "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(run.stdout.decode())))
    for row, other in zip(
        rows, rows_of(kitsort("classify", sounds, "--format", "jsonl")), strict=True
    ):
        flat = {**other, **other.pop("probabilities")}
        del flat["probabilities"]
        assert row == {key: "" if value is None else str(value) for key, value in flat.items()}


def test_the_table_shows_each_file_on_one_line_with_a_heading(sounds: Path) -> None:
    run = kitsort("classify", sounds, sounds / "gone.wav")
    heading, *lines = run.stdout.decode().splitlines()
    assert heading.split() == ["Instrument", "Sure", "Length", "Root", "File"]
    assert [text.partition(str(sounds))[2] for text in lines] == [
        *(path.removeprefix(str(sounds)) for path in paths_in(sounds)),
        "/gone.wav: There is no such file or folder.",
    ]
    names = [text.split("  ")[0].rstrip("?").partition(" · ") for text in lines]
    assert {name for name, _, _ in names} <= {*INSTRUMENTS, "Other", "Problem"}
    assert ("Kick", "", "") in names
    assert ("Other", " · ", "clap") in names


def test_the_table_marks_what_is_unsure(sounds: Path) -> None:
    path = sounds / "Kick.wav"
    sure = kitsort("classify", path, "--threshold", "0").stdout.splitlines()[1]
    unsure = kitsort("classify", path, "--threshold", "1").stdout.splitlines()[1]
    assert sure.startswith(b"Kick ")
    assert unsure.startswith(b"Kick?")


def test_nothing_in_a_name_steers_the_terminal(odd: Path) -> None:
    run = kitsort("classify", odd, *(f"{odd}/gone {name}" for name in ODD_NAMES))
    lines = run.stdout.decode("utf-8").split("\n")
    assert len(lines) == 1 + 2 * len(ODD_NAMES) + 1
    assert all(text.isprintable() for text in lines)
    shown = run.stdout.decode()
    assert r"esc\x1b[31m red\x07.wav" in shown
    assert r"new\nline.wav" in shown
    assert "キック 🔥.wav" in shown


def test_the_same_lines_are_printed_in_one_process(sounds: Path) -> None:
    result = CliRunner().invoke(cli, ["classify", str(sounds), "--format", "jsonl"])
    assert result.exit_code == 0
    assert result.stdout_bytes == kitsort("classify", sounds, "--format", "jsonl").stdout

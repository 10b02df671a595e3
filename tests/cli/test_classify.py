"""``kitsort classify`` as a citizen of the shell: arguments, streams, exit codes, interruptions."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.main import cli
from tests.cli.running import PATIENCE_S, ROOT, kitsort, rows_of
from tests.helpers.sounds import encode, noise

# What the running program does without: training's libraries, the window's and the sound card's.
NOT_NEEDED = (
    *("tensorflow", "keras", "librosa", "sklearn", "scipy", "numba", "matplotlib"),
    *("PySide6", "pyqtgraph", "sounddevice"),
)
NO_UNICODE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": ""}

posix_only = pytest.mark.skipif(sys.platform == "win32", reason="a POSIX thing")


def exit_code(*args: str | Path) -> int:
    return CliRunner().invoke(cli, ["classify", *map(str, args)]).exit_code


def decisions(*args: str | Path) -> list[str]:
    result = CliRunner().invoke(cli, ["classify", *map(str, args), "--format", "jsonl"])
    return [json.loads(line)["decision"] for line in result.stdout.splitlines()]


@pytest.mark.parametrize("output", ["jsonl", "csv"])
def test_formats_for_programs_leave_standard_error_empty(sounds: Path, output: str) -> None:
    run = kitsort("classify", sounds, sounds / "gone.wav", "--format", output)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.count(b"\n") == 9 + (output == "csv")


def test_the_table_is_summed_up_in_one_line_on_standard_error(sounds: Path) -> None:
    run = kitsort("classify", sounds, sounds / "gone.wav", "--threshold", "0")
    assert run.stdout.count(b"\n") == 10
    [summary] = run.stderr.decode().splitlines()
    total, _, parts = summary.partition(" files: ")
    counts = {name: int(count) for count, _, name in (x.partition(" ") for x in parts.split(", "))}
    assert total == "9"
    assert sum(counts.values()) == 9
    assert counts["Problem"] == 1
    assert counts["Kick"] >= 1
    assert "Unsure" not in counts


def test_exit_code_0_if_any_file_was_read(sounds: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"text")
    assert exit_code(sounds) == 0
    assert exit_code(bad, tmp_path / "gone.wav", sounds / "Kick.wav", tmp_path) == 0


def test_exit_code_1_if_none_was(tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad" / "x.wav").write_bytes(b"text")
    assert exit_code(tmp_path / "bad") == 1
    assert exit_code(tmp_path / "gone.wav") == 1
    assert exit_code(tmp_path / "empty") == 1


@pytest.mark.parametrize(
    ("args", "named"),
    [
        ((), "PATH"),
        (("x.wav", "--format", "xml"), "xml"),
        (("x.wav", "--threshold", "1.5"), "1.5"),
        (("x.wav", "--threshold", "-0.1"), "-0.1"),
        (("x.wav", "--threshold", "much"), "much"),
        (("x.wav", "--model", "nope"), "There is no model 'nope'; there is: cnn, ensemble"),
        (("x.wav", "--model", "nope.json"), "There is no model card nope.json."),
        (("x.wav", "--nope"), "--nope"),
        (("x.wav", "--threshold", "nan"), "not a number"),
    ],
)
def test_exit_code_2_for_wrong_usage_with_what_is_wrong(args: tuple[str, ...], named: str) -> None:
    result = CliRunner().invoke(cli, ["classify", *args])
    assert (result.exit_code, result.stdout) == (2, "")
    assert named in result.stderr
    assert "Usage: " in result.stderr


def test_a_model_that_is_damaged_is_wrong_usage_with_its_sentence(tmp_path: Path) -> None:
    card = tmp_path / "mine.json"
    card.write_text("{}", encoding="utf-8")
    result = CliRunner().invoke(cli, ["classify", "x.wav", "--model", str(card)])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "mine.json is no model card of this version" in result.stderr


def test_a_model_is_taken_by_the_path_of_its_card(sounds: Path) -> None:
    card = ROOT / "models" / "rf.json"
    assert decisions(sounds, "--model", card) == decisions(sounds, "--model", "rf")


def test_threshold_0_leaves_none_unsure(sounds: Path) -> None:
    assert len(decisions(sounds, "--threshold", "0")) == 8
    assert "Unsure" not in decisions(sounds, "--threshold", "0")


def test_threshold_1_leaves_only_what_is_certain(sounds: Path) -> None:
    """Nobody can mistake silence for anything."""
    assert decisions(sounds / "silence.wav", "--threshold", "1") == ["Other"]
    assert decisions(sounds, "--threshold", "1").count("Unsure") >= 6


def test_names_with_a_leading_dash_come_after_two_dashes(tmp_path: Path, kick: bytes) -> None:
    (tmp_path / "-x.wav").write_bytes(kick)
    env = {"PYTHONPATH": str(ROOT)}
    run = kitsort("classify", "--format", "jsonl", "--", "-x.wav", cwd=tmp_path, env=env)
    assert [(row["path"], row["label"]) for row in rows_of(run)] == [("-x.wav", "Kick")]


def test_bad_files_are_rows_and_the_next_is_read(tmp_path: Path, kick: bytes) -> None:
    contents = {"1.wav": kick, "2.wav": b"", "3.wav": b"text", "4.wav": kick[:30], "5.wav": kick}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    run = kitsort("classify", tmp_path, tmp_path / "gone.wav", "--format", "jsonl")
    rows = rows_of(run)
    assert [row["label"] for row in rows] == ["Kick", None, None, None, "Kick", None]
    assert all(row["error"].endswith(".") for row in rows if row["label"] is None)
    assert run.returncode == 0


@posix_only
def test_a_named_pipe_and_a_folder_are_rows_and_block_nobody(tmp_path: Path, kick: bytes) -> None:
    os.mkfifo(tmp_path / "1.wav")
    (tmp_path / "2.wav").mkdir()
    (tmp_path / "3.wav").write_bytes(kick)
    rows = rows_of(kitsort("classify", tmp_path, "--format", "jsonl"))
    assert [row["error"] for row in rows] == [
        "This is not an ordinary file.",
        "This is a folder, though it is named like a sound file.",
        None,
    ]


def test_it_runs_without_what_only_training_sound_and_window_need(sounds: Path) -> None:
    run = kitsort("classify", sounds, "--format", "jsonl", without=NOT_NEEDED)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout == kitsort("classify", sounds, "--format", "jsonl").stdout


@posix_only
@pytest.mark.parametrize("output", ["table", "jsonl", "csv"])
def test_names_survive_where_the_language_of_the_system_has_no_such_letters(
    tmp_path: Path, kick: bytes, output: str
) -> None:
    name = "キック 太い 🔥.wav"
    met, named = tmp_path / "met" / name, tmp_path / "named" / name
    for path in (met, named):
        path.parent.mkdir()
        path.write_bytes(kick)
    run = kitsort("classify", met.parent, named, "--format", output, env=NO_UNICODE)
    assert run.returncode == 0
    assert b"Traceback" not in run.stderr
    if output == "csv":
        assert run.stdout.count(os.fsencode(name)) == 2
    elif output == "jsonl":
        paths = [os.fsencode(row["path"]) for row in rows_of(run)]
        assert paths == [os.fsencode(met), os.fsencode(named)]
    else:
        assert run.stdout.count(b"Kick") == 2


@posix_only
def test_a_pipe_that_closes_early_is_no_accident(sounds: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        run = kitsort("classify", sounds, "--format", "csv", stdout=write_end)
    finally:
        os.close(write_end)
    assert (run.returncode != 0, run.stderr) == (True, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full to write to")
def test_a_disk_that_takes_no_more_is_a_sentence(sounds: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        run = kitsort("classify", sounds, "--format", "csv", stdout=full)
    assert run.returncode == 1
    assert b"No space left on device" in run.stderr
    assert b"Traceback" not in run.stderr


@pytest.fixture
def interruptible(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give a run over four thousand files, for which Ctrl-C works even in a background job."""
    first = tmp_path / "0.wav"
    first.write_bytes(encode(noise(10.0, 48_000), 48_000))
    for number in range(1, 4_000):
        (tmp_path / f"{number}.wav").hardlink_to(first)
    start = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from app.__main__ import main; main()"
    )
    command = [sys.executable, "-c", start, "classify", str(tmp_path), "--format", "jsonl"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


@posix_only
def test_ctrl_c_ends_a_long_run_at_once(interruptible: subprocess.Popen[bytes]) -> None:
    assert interruptible.stdout is not None
    first = interruptible.stdout.readline()
    begun = time.monotonic()
    interruptible.send_signal(signal.SIGINT)
    rest, errors = interruptible.communicate(timeout=PATIENCE_S)
    took_s = time.monotonic() - begun
    assert first.startswith(b'{"path": ')
    assert rest.count(b"\n") < 2_000
    assert took_s < 10
    assert interruptible.returncode != 0
    assert b"Traceback" not in errors


def test_the_remarks_of_a_decoder_stay_off_the_terminal(tmp_path: Path) -> None:
    content = bytearray(encode(noise(2.0), 44_100, "MP3"))
    for at in range(2_000, len(content) - 500, 900):
        content[at : at + 40] = bytes(range(40))
    (tmp_path / "damaged.mp3").write_bytes(content)
    run = kitsort("classify", tmp_path, "--threshold", "0")
    [summary] = run.stderr.decode().splitlines()
    assert summary.startswith("1 file: 1 ")

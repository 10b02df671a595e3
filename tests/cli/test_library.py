"""The commands about the library: what they print, change, refuse."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.cli.scanning import what_is_done
from app.core.catalog.database import Database
from app.core.jobs import Progress
from tests.cli.running import ROOT, kitsort
from tests.helpers.libraries import sound
from tests.helpers.sounds import encode, noise
from tests.helpers.trees import make_tree, read_tree

COMMANDS = (
    *("scan", "list", "show", "label", "tag", "problems", "roots", "forget", "export", "import"),
    *("sort", "undo", "history", "recover", "completion"),
)


@pytest.fixture
def folder(tmp_path: Path, kick: bytes) -> Path:
    tree = {
        "Kicks/kick 2.wav": kick,
        "Kicks/kick 10.wav": kick,
        "hat.wav": encode(noise(0.05, 22_050), 22_050),
        "bad.wav": b"text",
        "x.m4a": b"",
    }
    return make_tree(tmp_path / "my samples", tree)


@pytest.fixture
def filled(run: Any, folder: Path) -> Any:
    """The same, with a library in it."""
    run("scan", folder)
    return run


def lines(result: Result) -> list[str]:
    return [line.rstrip() for line in result.stdout.splitlines()]


def names(result: Result) -> list[str]:
    """Return the names of the files in a listing of JSON lines."""
    return [Path(json.loads(line)["path"]).name for line in result.stdout.splitlines()]


def test_a_scan_sums_up_what_it_found(run: Any, folder: Path) -> None:
    before = read_tree(folder)
    text = run("scan", folder).stdout
    assert "4 samples in 1 folder: 4 new." in text
    assert "2 Kick" in text
    assert "1 cannot be read: kitsort problems" in text
    assert "1 in formats that Kitsort does not read: 1 m4a" in text
    assert "4 samples in 1 folder: nothing new." in run("scan").stdout
    (folder / "hat.wav").rename(folder / "renamed.wav")
    (folder / "Kicks/kick 2.wav").unlink()
    assert "3 samples in 1 folder: 1 moved, 1 gone." in run("scan").stdout
    assert run("scan", "--quiet").output == ""
    (folder / "renamed.wav").rename(folder / "hat.wav")
    before.pop("Kicks/kick 2.wav")
    assert read_tree(folder) == before


def test_a_scan_passes_over_what_it_shall(run: Any, folder: Path) -> None:
    assert "2 samples" in run("scan", folder, "--exclude", "Kicks").stdout
    assert "(without Kicks)" in run("roots").stdout


def test_what_is_excluded_of_a_folder_in_a_root_is_excluded_there(run: Any, folder: Path) -> None:
    make_tree(folder, {"Snares/kick 2.wav": sound(5)})
    run("scan", folder)
    run("scan", folder / "Kicks", "--exclude", "kick*")
    assert names(run("list", "--search", "kick", "--format", "jsonl")) == ["kick 2.wav"]
    run("scan", folder, "--include", "Kicks/kick*", "--include", "Kicks/*/kick*")
    assert len(names(run("list", "--search", "kick", "--format", "jsonl"))) == 3


def test_a_folder_around_others_says_that_it_takes_them_in(run: Any, folder: Path) -> None:
    run("scan", folder / "Kicks")
    assert f"{folder / 'Kicks'} is now a part of {folder}." in run("scan", folder).stderr
    assert "is now a part" not in run("scan", folder).stderr
    sentence = run("forget", folder / "Kicks", code=1).stderr
    assert f"This is a part of {folder}; kitsort scan {folder} --exclude 'Kicks'" in sentence


def test_what_an_interrupted_scan_has_left_is_said(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("app.core.library._Analyser.go", stopped)
        run("scan", folder, code=1)
    assert "4 not yet looked into" in run("roots").stdout
    assert "4 samples in 1 folder: 4 looked into." in run("scan").stdout
    assert "4 samples in 1 folder: nothing new." in run("scan").stdout


def test_an_offline_folder_is_said_to_be(filled: Any, folder: Path, tmp_path: Path) -> None:
    folder.rename(tmp_path / "gone")
    text = filled("scan").stdout
    assert "is offline or does not answer; its samples stay" in text
    assert "nothing new" not in text
    assert "(offline)" in filled("roots").stdout
    assert len(names(filled("list", "--format", "jsonl"))) == 4


def test_a_listing_is_in_natural_order(filled: Any) -> None:
    table = lines(filled("list"))
    assert table[0].split() == ["Instrument", "Sure", "Length", "Root", "File"]
    assert [line.rsplit("/")[-1] for line in table[1:] if "kick" in line] == [
        "kick 2.wav",
        "kick 10.wav",
    ]
    assert "4 samples" in filled("list").stderr
    assert filled("list", "--quiet").stderr == ""
    assert any("Problem" in line and "cannot be read" in line for line in table)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--instrument", "kick"], ["kick 2.wav", "kick 10.wav"]),
        (["--search", "10"], ["kick 10.wav"]),
        (["--problem"], ["bad.wav"]),
        (["--duplicate"], ["kick 2.wav", "kick 10.wav"]),
        (["--tag", "none"], []),
        (["--unsure", "--threshold", "0"], []),
        (["--corrected"], []),
        (["--sort", "name", "--descending", "--search", "kick"], ["kick 10.wav", "kick 2.wav"]),
    ],
    ids=str,
)
def test_a_listing_is_of_what_was_asked(filled: Any, options: list[str], found: list[str]) -> None:
    assert names(filled("list", "--format", "jsonl", *options)) == found


def test_a_listing_for_programs_has_the_same_in_each_format(filled: Any) -> None:
    rows = list(csv.DictReader(filled("list", "--format", "csv").stdout.splitlines()))
    objects = [json.loads(line) for line in lines(filled("list", "--format", "jsonl"))]
    for row, values in zip(rows, objects, strict=True):
        assert row["path"] == values["path"]
        assert row["decision"] == (values["decision"] or "")
        assert row["error"] == (values["error"] or "")
        if values["probabilities"]:
            assert float(row["Kick"]) == values["probabilities"]["Kick"]
            assert len(values["content"]) == 32


def test_a_correction_is_shown_and_taken_back(filled: Any, folder: Path) -> None:
    file = folder / "Kicks/kick 2.wav"
    assert "Open hat, because you said so" in filled("label", file, "--as", "open hat").stdout
    assert "Open hat !" in filled("list", "--search", "kick").stdout
    shown = filled("show", file).stdout
    assert "You said         Open hat" in shown
    assert "Decision         Open hat" in shown
    assert "Name says        Kick" in shown
    filled("scan")
    assert names(filled("list", "--corrected", "--format", "jsonl")) == [
        "kick 2.wav",
        "kick 10.wav",
    ]
    filled("label", file, "--clear")
    assert "You said" not in filled("show", file).stdout


def test_a_file_that_has_changed_is_not_labelled_as_what_it_was(filled: Any, folder: Path) -> None:
    file = folder / "hat.wav"
    file.write_bytes(sound(5))
    text = filled("label", file, "--as", "Snare", code=1).stderr
    assert "It has changed since it was scanned; kitsort scan first." in text
    filled("scan")
    filled("label", file, "--as", "Snare")


def test_folders_inside_one_another_are_scanned_as_one(run: Any, folder: Path) -> None:
    assert "4 samples in 1 folder" in run("scan", folder / "Kicks", folder).stdout
    assert len(lines(run("roots"))) == 1
    assert "2 samples" in run("list", "--inside", folder / "Kicks").stderr


def test_tags_are_shown_and_taken_off(filled: Any, folder: Path) -> None:
    file = folder / "hat.wav"
    filled("tag", file, "--add", "dusty", "--add", "best of")
    assert "#best of #dusty" in filled("list", "--tag", "dusty").stdout
    filled("tag", file, "--remove", "dusty", "--quiet")
    assert "Tags             best of" in filled("show", file).stdout


def test_problems_are_listed_with_their_reasons(filled: Any, folder: Path) -> None:
    label = ("label", folder / "bad.wav", "--as", "Kick")
    assert "It cannot be read as sound" in filled(*label, code=1).stderr
    found = lines(filled("problems"))
    assert found[0].startswith(f"{folder / 'bad.wav'}: It cannot be read as sound")
    assert found[1] == f"{folder}: 1 file of a format that Kitsort does not read: m4a"
    (folder / "bad.wav").unlink()
    (folder / "x.m4a").unlink()
    filled("scan")
    result = filled("problems")
    assert (result.stdout, result.stderr) == ("", "All files can be read.\n")


def test_a_forgotten_folder_comes_back_with_what_was_said(filled: Any, folder: Path) -> None:
    filled("label", folder / "hat.wav", "--as", "Snare")
    assert "4 samples forgotten" in filled("forget", folder).stdout
    assert filled("list", "--format", "jsonl").stdout == ""
    assert "The library is empty" in filled("roots").stderr
    assert "is no folder of the library" in filled("forget", folder, code=1).stderr
    filled("scan", folder)
    assert names(filled("list", "--corrected", "--format", "jsonl")) == ["hat.wav"]


def test_what_is_said_of_a_sound_is_said_of_its_copies(filled: Any, folder: Path) -> None:
    file = folder / "hat.wav"
    (folder / "copy.wav").write_bytes(file.read_bytes())
    filled("scan")
    assert "1 sample and 1 copy: Snare" in filled("label", file, file, "--as", "Snare").stdout
    assert "1 sample and 1 copy tagged" in filled("tag", file, "--add", "Dusty").stdout
    assert filled("tag", file, "--add", "Dusty").stdout == "It was so already.\n"
    for asked in (["--tag", "dusty"], ["--search", "#dusty"], ["--corrected"]):
        found = filled("list", *asked, "--format", "jsonl")
        assert sorted(names(found)) == ["copy.wav", "hat.wav"]
    assert "%" not in filled("list", "--corrected").stdout


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("x.csv", "a,b\n1,2\n", "This is no export of Kitsort (there is no column content)"),
        ("x.json", "{}", "This is no export of Kitsort (it is no list of samples)"),
        ("x.json", "[1]", "sample 1: It lacks one of content, correction, tags, comment"),
        ("x.csv", "content,correction,tags,comment\nab,Kick,,\n", "sample 1: 'ab' is no content"),
        (
            "x.csv",
            f"content,correction,tags,comment\n{'0' * 32},,,\n{'1' * 32},Kazoo,,\n",
            "sample 2: 'Kazoo' is none of Kick, Snare, 808, Open hat, Closed hat, Other.",
        ),
    ],
)
def test_an_import_says_where_it_stumbles(
    run: Any, tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    (tmp_path / name).write_text(text)
    assert sentence in run("import", tmp_path / name, code=1).stderr


def test_an_import_takes_what_a_spreadsheet_made_of_an_export(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    content = "0" * 32
    file.write_text(f'content;correction;tags;comment\n{content};open HAT;"a;b; c";hm\n')
    assert "1 correction, 3 tags, 1 comment" in run("import", file).stdout


@pytest.mark.parametrize("kind", ["csv", "json", "jsonl"])
def test_an_export_comes_back_elsewhere(
    filled: Any, folder: Path, tmp_path: Path, kind: str
) -> None:
    filled("label", folder / "hat.wav", "--as", "Snare")
    filled("tag", folder / "Kicks/kick 2.wav", "--add", "dusty")
    (folder / "hat.wav").unlink()
    filled("scan")
    file = tmp_path / f"export.{kind}"
    file.write_text(filled("export", "--format", kind).stdout, encoding="utf-8")
    other = ("--catalog", tmp_path / "other.sqlite")
    text = filled("import", file, *other).stdout
    assert "1 correction, 1 tag, 0 comments" in text
    make_tree(folder, {"hat again.wav": encode(noise(0.05, 22_050), 22_050)})
    filled("scan", folder, *other)
    assert names(filled("list", "--corrected", "--format", "jsonl", *other)) == ["hat again.wav"]
    assert len(names(filled("list", "--tag", "dusty", "--format", "jsonl", *other))) == 2


@pytest.mark.parametrize(
    ("args", "code", "sentence"),
    [
        (["scan", "--exclude", "x"], 2, "--exclude and --include go with the FOLDER"),
        (["scan", "nowhere"], 1, "There is no folder"),
        (["scan", ".", "--model", "nope"], 2, "There is no model 'nope'"),
        (["scan", ".", "--jobs", "0"], 2, "--jobs"),
        (["list", "--instrument", "kazoo"], 2, "--instrument"),
        (["list", "--inside", "nowhere"], 2, "This is in no folder of the library"),
        (["scan", ".", "--exclude", " "], 1, "An empty pattern excludes nothing"),
        (["scan", ".", "--include", "x"], 1, "'x' is not excluded here; nothing is"),
        (["roots", "--catalog", ""], 1, "This is a folder; a catalog is a file"),
        (["show", "x.wav"], 1, "x.wav: There is no such file."),
        (["show", "x.m4a"], 1, "Kitsort does not read .m4a files"),
        (["show", __file__], 1, "It is not in the catalog; kitsort scan its folder first."),
        (["show", "."], 1, "This is a folder; name the files in it."),
        (["label", "x.wav"], 2, "Give either --as INSTRUMENT or --clear"),
        (["label", "x.wav", "--as", "Kick", "--clear"], 2, "Give either"),
        (["label", "x.wav", "--as", "Kick"], 1, "There is no such file"),
        (["tag", "x.wav"], 2, "Give --add TAG or --remove TAG"),
        (["forget", "x"], 1, "is no folder of the library"),
        (["import", "x.csv"], 1, "It cannot be read"),
        (["import", "x.wav"], 1, "Its name should end in .csv, .json or .jsonl"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_one_sentence(
    filled: Any, args: list[str], code: int, sentence: str
) -> None:
    result = filled(*args, code=code)
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_catalog_there_is_one_sentence(run: Any, tmp_path: Path) -> None:
    assert "The library is empty: name a folder" in run("scan", code=2).stderr
    missing = tmp_path / "missing.sqlite"
    for args in (["list"], ["roots"], ["export"], ["show", "x"]):
        assert "There is no catalog" in run(*args, "--catalog", missing, code=1).stderr
    assert not missing.exists()


def test_a_catalog_that_is_none_is_one_sentence_for_every_command(run: Any, tmp_path: Path) -> None:
    bad = tmp_path / "bad.sqlite"
    bad.write_bytes(b"not a catalog")
    for args in (["list"], ["roots"], ["problems"], ["export"], ["scan", tmp_path], ["show", "x"]):
        result = run(*args, "--catalog", bad, code=1)
        assert "is no catalog of Kitsort" in result.stderr
        assert len(result.stderr.splitlines()) == 1
    assert bad.read_bytes() == b"not a catalog"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "--help"])
    assert result.exit_code == 0
    assert f"Example: kitsort {command}" in result.stdout
    if command != "completion":
        assert "--catalog FILE" in result.stdout
        assert "--quiet" in result.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_a_shell(shell: str) -> None:
    result = CliRunner().invoke(cli, ["completion", shell])
    assert "_KITSORT_COMPLETE" in result.stdout


def test_names_that_steer_a_terminal_do_not(run: Any, tmp_path: Path) -> None:
    folder = make_tree(
        tmp_path / "odd", {"a\x1b[31m\n.wav": sound(1), os.fsdecode(b"\xff.wav"): b""}
    )
    run("scan", folder)
    for command in (["list"], ["problems"]):
        assert "\x1b" not in run(*command).stdout
    assert len(run("list", "--format", "jsonl").stdout.splitlines()) == 2


def test_what_is_being_done_reads_well() -> None:
    now = Progress("Analysing", 10, 110, 20.0, "/x/kick\n.wav")
    assert what_is_done(now) == r"Analysing · 20/s · 5 s left · kick\n.wav"
    assert (
        what_is_done(Progress("Looking through folders", 5, 0, 0.0, ""))
        == "Looking through folders"
    )


def test_as_a_program_it_scans_and_lists(tmp_path: Path, folder: Path) -> None:
    env = {"KITSORT_CATALOG": str(tmp_path / "c.sqlite")}
    scan = kitsort("scan", folder, env=env)
    assert (scan.returncode, scan.stderr) == (0, b"")
    listed = kitsort("list", "--format", "jsonl", env=env, without=("sklearn", "tensorflow"))
    assert (listed.returncode, len(listed.stdout.splitlines())) == (0, 4)


# A shell that runs tests in the background lets its children ignore the signal. The drive is a
# slow one, so that there is time.
_LISTENING = """
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from app.core import library
library.content_id = lambda path: time.sleep(0.02) or path.encode()[-16:]
from app.__main__ import main
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_interrupted_it_says_that_nothing_is_lost(tmp_path: Path) -> None:
    tree = {f"{number:04}.wav": sound(number) for number in range(800)}
    folder = make_tree(tmp_path / "many", tree)
    catalog = tmp_path / "c.sqlite"
    with subprocess.Popen(
        [sys.executable, "-c", _LISTENING, "scan", str(folder), "--catalog", str(catalog)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        while not catalog.exists() or not _done(catalog):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 1
    assert errors.decode().splitlines()[-1].startswith("Error: Stopped. What was done is kept")
    assert 0 < _done(catalog) < 800


def _done(catalog: Path) -> int:
    with Database.open(catalog) as database:
        [[count]] = database.rows("SELECT count(*) FROM predictions")
    return int(count)

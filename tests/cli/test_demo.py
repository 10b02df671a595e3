"""``kitsort demo``: makes the library once, and says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli.main import cli
from app.core.demo import DEMO_FILES
from tests.cli.running import kitsort, rows_of
from tests.helpers.trees import make_tree, read_tree


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Make the library three short files long; return their relative paths."""
    files = [file for file in DEMO_FILES if file.kind == "Closed hat"][:3]
    monkeypatch.setattr("app.core.demo.DEMO_FILES", tuple(files))
    return {file.path for file in files}


def demo(folder: Path) -> Result:
    return CliRunner().invoke(cli, ["demo", str(folder)])


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_it_makes_a_library_that_can_be_classified(tmp_path: Path) -> None:
    made = kitsort("demo", tmp_path / "new" / "demo library")
    assert (made.returncode, made.stdout) == (0, b"")
    count = int(re.match(rb"(\d+) sounds in ", made.stderr)[1])
    rows = rows_of(kitsort("classify", tmp_path, "--format", "jsonl"))
    assert len(rows) == count == len(DEMO_FILES)
    assert [row["path"] for row in rows if row["error"]] == []


def test_the_second_time_changes_nothing(few: set[str], tmp_path: Path) -> None:
    first = demo(tmp_path)
    tree, then = read_tree(tmp_path), times(tmp_path)
    second = demo(tmp_path)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stderr == second.stderr == f"3 sounds in {tmp_path}\n"
    assert (set(tree), read_tree(tmp_path), times(tmp_path)) == (few, tree, then)


def test_what_was_there_stays(few: set[str], tmp_path: Path) -> None:
    mine = make_tree(tmp_path, {"notes.txt": b"mine", min(few): b"mine too"})
    assert demo(mine).exit_code == 0
    tree = read_tree(mine)
    assert (tree["notes.txt"], tree[min(few)]) == (b"mine", b"mine too")


@pytest.mark.usefixtures("few")
def test_a_place_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    result = demo(tmp_path / "file" / "library")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "The demo library could not be made in " in result.stderr
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.usefixtures("few")
def test_a_place_without_permission_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    result = demo(tmp_path / "library")
    assert (result.exit_code, len(result.stderr.splitlines())) == (1, 1)
    assert "Permission denied" in result.stderr


def test_without_a_folder_it_is_wrong_usage(tmp_path: Path) -> None:
    assert CliRunner().invoke(cli, ["demo"]).exit_code == 2

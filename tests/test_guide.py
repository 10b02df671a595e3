"""What the guide shows of the command line is what one gets."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOME = "/home/mika"
_BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
# How sure a model is may differ by a hair from one processor to the next.
_PERCENT = re.compile(r" *\b\d+%")


def examples(text: str) -> list[tuple[str, str]]:
    """Return commands with what they print."""
    found: list[tuple[str, str]] = []
    for block in _BLOCK.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def is_like(wanted: str, got: str) -> bool:
    """Compare as doctest does: "..." stands for anything, <BLANKLINE> for an empty line."""
    wanted, got = (_PERCENT.sub(" N%", text) for text in (wanted, got))
    return doctest.OutputChecker().check_output(wanted, got, doctest.ELLIPSIS)


@pytest.mark.skipif(not shutil.which("bash"), reason="the examples are for a shell")
@pytest.mark.timeout(240)
def test_the_examples_of_the_guide_work(tmp_path: Path) -> None:
    home = tmp_path / "mika"
    home.mkdir()
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "kitsort"
    start = f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m app "$@"\n'
    program.write_text(start, encoding="utf-8")
    program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KITSORT")}
    env = {
        **kept,
        "HOME": str(home),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "LC_ALL": "C.UTF-8",
    }
    shown = examples((ROOT / "docs" / "guide.md").read_text(encoding="utf-8"))
    assert len(shown) > 12
    for command, wanted in shown:
        run = subprocess.run(
            ["bash", "-c", command],
            cwd=home,
            env=env,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        got = run.stdout.decode().replace(str(home), HOME)
        assert run.returncode == 0, f"$ {command}\n{got}"
        assert is_like(wanted, got), f"$ {command}\n{got}\n--- the guide says\n{wanted}"


def test_an_example_that_is_wrong_is_noticed() -> None:
    assert is_like("Kick 98%\n...\n3 samples\n", "Kick  97%\nSnare\n3 samples\n")
    assert not is_like("Kick 98%\n3 samples\n", "Snare 98%\n3 samples\n")
    assert examples("```console\n$ a b\nc\n$ d\n```\n") == [("a b", "c\n"), ("d", "")]


def test_every_picture_and_page_that_the_documents_name_is_there() -> None:
    for page in [
        *sorted((ROOT / "docs").glob("*.md")),
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
    ]:
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
        headings = {_anchor(line) for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
        assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= headings, page.name


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")

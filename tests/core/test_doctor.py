"""The report for who helps: it finds what is wrong, changes nothing, and tells nothing private."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from app.core import doctor
from app.core.catalog.database import Database
from app.core.catalog.roots import add_root
from app.core.doctor import Finding, examine, report
from app.core.player.output import Device, Output, OutputError
from tests.helpers.outputs import ManualOutput


class Deaf(ManualOutput):
    """A machine without PortAudio."""

    def devices(self, *, refresh: bool) -> list[Device]:
        raise OutputError("Sound needs PortAudio, which is not installed.")


def look(catalog: Path, output: Output | None = None, why_not: str | None = None) -> list[Finding]:
    return list(examine(catalog, catalog, output or ManualOutput(), lambda: why_not))


def bad(findings: list[Finding]) -> list[str]:
    return [one.text for one in findings if one.is_bad]


def texts(findings: list[Finding], topic: str) -> list[str]:
    return [one.text for one in findings if one.topic == topic]


def test_where_all_is_well_nothing_is_marked(tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    (tmp_path / "secret project").mkdir()
    with Database.open(path) as database:
        add_root(database, str(tmp_path / "secret project"))
    before = {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    found = look(path)
    assert not bad(found)
    assert "0 samples in 1 folder" in texts(found, "Catalog")
    assert "Undamaged" in texts(found, "Catalog")
    assert any("F1 score 0." in text for text in texts(found, "Models"))
    after = {one.name: one.read_bytes() for one in tmp_path.iterdir() if one.is_file()}
    assert {name: after[name] for name in before} == before
    said = report(found)
    assert str(tmp_path) not in said
    assert "secret" not in said
    assert "catalog.sqlite" not in said


def test_without_a_catalog_none_is_made(tmp_path: Path) -> None:
    found = look(tmp_path / "deep" / "catalog.sqlite")
    assert "There is none yet (in the usual place)." in texts(found, "Catalog")
    assert not bad(found)
    assert list(tmp_path.iterdir()) == []


def test_what_is_missing_is_marked(tmp_path: Path) -> None:
    found = look(tmp_path / "c.sqlite", Deaf(), "There is no display for a window.")
    display, sound = bad(found)
    assert display.startswith("There is no display for a window. The commands do all but")
    assert sound == "Sound needs PortAudio, which is not installed."
    assert report(found).count("\n! ") == 2


def damaged(path: Path) -> None:
    with Database.open(path):
        pass
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 20_000)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name)")


def newer(path: Path) -> None:
    with Database.open(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def no_database(path: Path) -> None:
    path.write_bytes(b"a letter to my mother\n" * 1000)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (damaged, "Damaged"),
        (foreign, "another program"),
        (newer, "update this one"),
        (no_database, "cannot be read"),
    ],
)
def test_a_bad_catalog_is_marked_and_left(make: object, said: str, tmp_path: Path) -> None:
    path = tmp_path / "catalog.sqlite"
    make(path)  # type: ignore[operator]
    before = path.read_bytes()
    [problem] = [text for text in bad(look(path)) if said in text or "cannot be read" in text]
    assert problem
    assert str(path) not in problem
    assert path.read_bytes() == before


def test_little_room_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 9, 1))
    assert bad(look(tmp_path / "c.sqlite")) == ["0.0 GB are free there."]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may everything")
def test_a_folder_that_cannot_be_written_is_marked(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert "Its folder cannot be written to." in bad(look(tmp_path / "c.sqlite"))
    finally:
        tmp_path.chmod(0o700)


def test_a_model_that_cannot_be_used_is_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor, "model_names", lambda: [str(tmp_path / "mine.json")])
    (tmp_path / "mine.json").write_text("{}", encoding="utf-8")
    [problem] = bad(look(tmp_path / "c.sqlite"))
    assert problem.endswith("cannot be used.")

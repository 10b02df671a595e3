"""What can be wrong at a first start: one sentence each, that says what to do, and no traceback."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.core.catalog.database import Database
from tests.cli.running import ROOT, kitsort
from tests.helpers.libraries import sound

ON_LINUX = pytest.mark.skipif(sys.platform == "win32", reason="its limits are POSIX")


def sentence(run: subprocess.CompletedProcess[bytes]) -> str:
    """Return the one sentence that a run ended with."""
    assert run.returncode == 1, run.stderr.decode()
    said = [line for line in run.stderr.decode().splitlines() if line]
    assert len(said) == 1, said
    return said[0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "samples"
    made.mkdir()
    (made / "kick.wav").write_bytes(sound(1))
    return made


def test_an_old_python_is_told_which_one_is_needed() -> None:
    old = "import sys; sys.version_info = (3, 9, 1, 'final', 0)"
    code = f"{old}; from app.__main__ import main; main()"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=ROOT)
    assert sentence(run) == "Kitsort needs Python 3.11 to 3.13; this is 3.9."


@ON_LINUX
def test_make_says_which_python_is_needed(tmp_path: Path) -> None:
    if not (make := shutil.which("make")):
        pytest.skip("no make")
    old = tmp_path / "python3.8"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".make").mkdir()
    (tmp_path / ".make" / "system-run").touch()
    (tmp_path / "packaging").mkdir()
    (tmp_path / "packaging" / "system_libraries.sh").touch()
    (tmp_path / ".make" / "system-run").touch()
    run = subprocess.run(
        [make, "-o", ".make/system-run", f"PYTHON={old}", ".venv/python"],
        capture_output=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode != 0
    assert b"Kitsort needs Python 3.11, 3.12 or 3.13; name one: make PYTHON=" in run.stdout


def test_without_portaudio_all_but_hearing_works(tmp_path: Path, folder: Path) -> None:
    picture = tmp_path / "window.png"
    env = {"KITSORT_CATALOG": str(tmp_path / "c.sqlite")}
    run = kitsort("window", folder, "--picture", picture, env=env, without=("sounddevice",))
    assert (run.returncode, run.stderr) == (0, b"")
    assert picture.read_bytes().startswith(b"\x89PNG")
    doctor = kitsort("doctor", env=env, without=("sounddevice",))
    assert doctor.returncode == 1
    assert b"! Sound      Sound needs PortAudio, which is not installed" in doctor.stdout


@pytest.mark.parametrize("command", ["scan", "window"])
def test_a_home_that_cannot_be_written(command: str, tmp_path: Path, folder: Path) -> None:
    (tmp_path / "file").touch()
    home = str(tmp_path / "file" / "home")  # cannot be made, not even by root
    names = ("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA")
    env = dict.fromkeys(names, home) | {"KITSORT_CATALOG": str(Path(home) / "catalog.sqlite")}
    more = ["--picture", str(tmp_path / "w.png")] if command == "window" else []
    said = sentence(kitsort(command, folder, *more, env=env))
    assert said.endswith("Name another with --catalog FILE.")
    assert not (tmp_path / "w.png").exists()


@ON_LINUX
@pytest.mark.parametrize("command", ["demo", "scan", "window"])
def test_a_disk_without_room(command: str, tmp_path: Path, folder: Path) -> None:
    import resource  # noqa: PLC0415 - not on Windows

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))

    place = tmp_path / "new" if command == "demo" else folder
    more = ["--picture", str(tmp_path / "w.png")] if command == "window" else []
    env = {"KITSORT_CATALOG": str(tmp_path / "c.sqlite")}
    run = kitsort(command, place, *more, env=env, preexec_fn=limit)
    assert "demo library could not be made" in sentence(run) or "The catalog" in sentence(run)


def newer(path: Path) -> None:
    with Database.open(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (name)")


@pytest.mark.parametrize(
    ("make", "said"),
    [(newer, "Update Kitsort, or name another with"), (foreign, "of another program")],
)
@pytest.mark.parametrize("command", ["scan", "window"])
def test_a_catalog_that_is_none_of_this_version(
    command: str, make: Callable[[Path], None], said: str, tmp_path: Path, folder: Path
) -> None:
    catalog = tmp_path / "c.sqlite"
    make(catalog)
    before = catalog.read_bytes()
    more = ["--picture", str(tmp_path / "w.png")] if command == "window" else []
    run = kitsort(command, folder, *more, env={"KITSORT_CATALOG": str(catalog)})
    assert said in sentence(run)
    assert catalog.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "There is no model card mine.json."),
        ('{"a song": 1}', "mine.json is no model card of this version ("),
        ("no JSON", "mine.json is no model card of this version ("),
    ],
)
def test_a_model_that_is_missing_or_none(
    text: str | None, said: str, tmp_path: Path, folder: Path
) -> None:
    card = tmp_path / "mine.json"
    if text is not None:
        card.write_text(text, encoding="utf-8")
    run = kitsort("classify", folder, "--model", card)
    assert run.returncode == 2
    last = run.stderr.decode().splitlines()[-1]
    assert said in last
    assert last.endswith(" kitsort models lists those there are.")
    assert b"Traceback" not in run.stderr


def test_a_model_that_there_is_not_is_said_before_the_window_opens(
    tmp_path: Path, folder: Path
) -> None:
    env = {"KITSORT_CATALOG": str(tmp_path / "c.sqlite")}
    picture = tmp_path / "w.png"
    run = kitsort("window", folder, "--model", "nonsense", "--picture", picture, env=env)
    assert run.returncode == 2
    assert "There is no model" in run.stderr.decode().splitlines()[-1]
    assert not picture.exists()

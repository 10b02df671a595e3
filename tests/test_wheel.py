"""The wheel holds the whole program and nothing else, and runs far from the checkout."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from classifier import __version__
from classifier.synth import MAKERS
from tests.helpers.sounds import write_wav

ROOT = Path(__file__).resolve().parents[1]
RATE_HZ = 22_050
# Python would find the checkout by these, and pip the user's own settings.
LEAKS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PIP_CONFIG_FILE", "PIP_USER", "PIP_TARGET")


def run(*command: str | Path, cwd: Path) -> str:
    """Return what a command says; if it fails, fail with that."""
    environment = {name: value for name, value in os.environ.items() if name not in LEAKS}
    done = subprocess.run(
        command, cwd=cwd, env=environment, check=False, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sources() -> set[str]:
    """Return what a commit of the checkout as it is would hold."""
    listed = run("git", "ls-files", "-co", "--exclude-standard", "-z", cwd=ROOT)
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()}


def modules() -> set[str]:
    names = {name for name in sources() if name.startswith(("app/", "classifier/"))}
    return {name for name in names if name.endswith((".py", "py.typed"))}


@pytest.fixture(scope="module")
def clean_copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the checkout without anything that was ever built in it."""
    if not shutil.which("git") or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    copy = tmp_path_factory.mktemp("copy")
    for name in sources():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def wheel(clean_copy: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a freshly built wheel."""
    out = tmp_path_factory.mktemp("wheel")
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", str(out))
    run(sys.executable, *build, cwd=clean_copy)
    [path] = out.iterdir()
    return path


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return where the programs of a fresh environment lie, with the wheel installed in it."""
    home = tmp_path_factory.mktemp("environment") / "venv"
    venv.create(home, with_pip=False, symlinks=os.name != "nt")
    folder = home / ("Scripts" if os.name == "nt" else "bin")
    pip = ("-m", "pip", "--python", str(folder / "python"), "--disable-pip-version-check")
    install = ("install", "--quiet", "--no-deps", "--no-index", str(wheel))
    run(sys.executable, *pip, *install, cwd=home)
    # Its dependencies are borrowed from here, and only now, so that pip sees none of this.
    [packages] = home.glob("lib/python*/site-packages" if os.name != "nt" else "Lib/site-packages")
    borrowed = [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n", encoding="utf-8")
    return folder


def test_the_wheel_is_named_for_the_version_and_for_any_system(wheel: Path) -> None:
    assert wheel.name == f"kitsort-{__version__}-py3-none-any.whl"


def test_the_wheel_holds_every_module_and_every_model(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    assert modules() - held == set()
    models = {f"classifier/{name}" for name in sources() if name.startswith("models/")}
    assert {"classifier/models/rf.npz", "classifier/models/rf.json"} <= models
    assert models - held == set()
    assert any(name.startswith("app/resources/") for name in held)


def test_the_wheel_holds_nothing_else(wheel: Path) -> None:
    names = {PurePosixPath(name) for name in zipfile.ZipFile(wheel).namelist()}
    assert {name.parts[0] for name in names} == {
        "app",
        "classifier",
        f"kitsort-{__version__}.dist-info",
    }
    assert [name for name in names if {"tests", "__pycache__"} & set(name.parts)] == []
    assert {str(name) for name in names if name.suffix == ".py"} <= modules()


def test_the_wheel_asks_for_what_runs_and_keeps_the_rest_extra(wheel: Path) -> None:
    metadata = zipfile.ZipFile(wheel).read(f"kitsort-{__version__}.dist-info/METADATA").decode()
    needs = [line for line in metadata.splitlines() if line.startswith("Requires-Dist: ")]
    always = "\n".join(line for line in needs if "extra ==" not in line)
    assert "numpy" in always
    assert "soundfile" in always
    for heavy in ("tensorflow", "librosa", "scikit-learn", "pytest"):
        assert heavy not in always
        assert any(heavy in line for line in needs) or heavy == "pytest"
    assert "License-Expression: MIT" in metadata


def test_installed_elsewhere_it_names_a_sound(programs: Path, tmp_path: Path) -> None:
    write_wav(tmp_path / "x.wav", MAKERS["Kick"](np.random.default_rng(0), RATE_HZ), RATE_HZ)
    said = run(programs / "kitsort", "classify", "x.wav", "--format", "jsonl", cwd=tmp_path)
    row = json.loads(said)
    assert (row["path"], row["label"], row["error"]) == ("x.wav", "Kick", None)
    assert run(programs / "kitsort", "--version", cwd=tmp_path) == f"kitsort {__version__}\n"
    assert "classify" in run(programs / "python", "-m", "app", cwd=tmp_path)


def test_installed_elsewhere_it_makes_its_demo_library(programs: Path, tmp_path: Path) -> None:
    run(programs / "kitsort", "demo", "library", cwd=tmp_path)
    assert len(list((tmp_path / "library").rglob("*.wav"))) > 30


def test_installed_elsewhere_it_knows_nothing_of_the_checkout(
    programs: Path, tmp_path: Path
) -> None:
    program = (
        "import json, sys, app, classifier.model as model;"
        "print(json.dumps([[app.__file__, model.__file__, str(model.models_folder())], sys.path]))"
    )
    ours, path = json.loads(run(programs / "python", "-c", program, cwd=tmp_path))
    assert all(Path(name).is_relative_to(programs.parent) for name in ours)
    assert [name for name in path if (tmp_path / name / "pyproject.toml").exists()] == []
    assert str(ROOT) not in path


@pytest.mark.slow
def test_a_wheel_built_from_the_source_archive_is_the_same(
    clean_copy: Path, wheel: Path, tmp_path: Path
) -> None:
    build = ("-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path))
    run(sys.executable, *build, cwd=clean_copy)
    [archive] = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter="data")
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    build = ("-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path))
    run(sys.executable, *build, cwd=unpacked)
    [again] = tmp_path.glob("*.whl")
    assert set(zipfile.ZipFile(again).namelist()) == set(zipfile.ZipFile(wheel).namelist())

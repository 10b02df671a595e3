"""What the files around the source promise, they keep."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from classifier import __version__, load_model, model_names

ROOT = Path(__file__).resolve().parents[1]
MOST_BYTES = 5_000_000


def text_of(name: str) -> str:
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"no {name}")
    return path.read_text(encoding="utf-8")


def dependencies() -> dict[str, list[Requirement]]:
    """Return what pyproject.toml asks for, by extra; that of the program itself by ""."""
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    lists = {"": project["dependencies"], **project["optional-dependencies"]}
    return {extra: [Requirement(text) for text in asked] for extra, asked in lists.items()}


def pins() -> list[Requirement]:
    lines = [line.partition("#")[0].strip() for line in text_of("constraints.txt").splitlines()]
    return [Requirement(line) for line in lines if line]


def test_the_newest_version_in_the_changelog_is_this_one() -> None:
    headings = re.findall(r"^## (.*)$", text_of("CHANGELOG.md"), re.MULTILINE)
    versions = re.findall(r"\d+\.\d+\.\d+", " ".join(headings))
    assert versions[0] == __version__


def test_every_file_of_the_models_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "models").iterdir()}
    assert {f"{name}.json" for name in ("ensemble", "cnn", "mlp", "rf")} <= set(sizes)
    assert {name: size for name, size in sizes.items() if size >= MOST_BYTES} == {}


def test_every_constraint_is_one_exact_version_from_no_address() -> None:
    for pin in pins():
        [version] = pin.specifier
        assert (version.operator, "*" in version.version, pin.url) == ("==", False, None), pin
    assert "://" not in text_of("constraints.txt")
    assert not re.search(r"^\s*-", text_of("constraints.txt"), re.MULTILINE)


def assert_is_pinned(asked: Requirement) -> None:
    name = canonicalize_name(asked.name)
    versions = [next(iter(pin.specifier)) for pin in pins() if canonicalize_name(pin.name) == name]
    assert versions, f"constraints.txt lacks {name}"
    assert all(asked.specifier.contains(pinned.version) for pinned in versions), f"{asked}"


@pytest.mark.parametrize("extra", ["", "train", "dev"])
def test_every_dependency_is_constrained_to_a_version_that_it_allows(extra: str) -> None:
    for asked in dependencies()[extra]:
        assert_is_pinned(asked)


def test_what_builds_the_wheel_is_constrained_too() -> None:
    system = tomllib.loads(text_of("pyproject.toml"))["build-system"]
    for text in system["requires"]:
        assert_is_pinned(Requirement(text))


def test_what_trains_is_not_what_runs() -> None:
    names = {extra: {asked.name for asked in listed} for extra, listed in dependencies().items()}
    assert {"tensorflow", "librosa", "scikit-learn"} <= names["train"]
    assert names[""].isdisjoint(names["train"])


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_readme_names_the_commands_that_set_everything_up(command: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(rf"^{command}\b", readme, re.MULTILINE)
    assert re.search(rf"^{command.removeprefix('make ')}:", makefile, re.MULTILINE)


def test_files_that_the_readme_names_are_there() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:docs|tests|packaging)/[\w./-]+)`", readme))
    links = set(re.findall(r"\]\((?!https?:|#)([^)#]+)\)", readme))
    assert {name for name in named | links if not (ROOT / name).exists()} == set()


def test_the_documents_state_the_figures_on_the_cards() -> None:
    """A model trained anew is measured anew, and said so."""
    evaluation = text_of("docs/evaluation.md")
    for name in model_names():
        figures = load_model(name).card.scores["figures"]
        reported = json.loads(text_of(f"docs/evaluation/{name}-packs.json"))["figures"]
        for figure, known in figures.items():
            assert reported[figure] == known, (name, figure)
            assert f"| {known['value']:.3f} [{known['low']:.3f}, {known['high']:.3f}]" in evaluation
    readme, scores = text_of("README.md"), load_model().card.scores
    assert f"{scores['figures']['macro_f1_six']['value']:.3f}" in readme
    assert f"{scores['sounds']:,}" in readme
    assert f"{load_model().card.threshold:.0%}".replace("%", " %") in readme


def test_the_modules_that_the_documents_name_are_there() -> None:
    modules = {
        path.name
        for folder in ("app", "classifier", "packaging", "tests", "docs")
        for path in (ROOT / folder).rglob("*.py")
    }
    for page in ("docs/architecture.md", "docs/decisions.md", "CONTRIBUTING.md", "docs/guide.md"):
        named = re.findall(r"`(?:[\w.]+/)*(\w+\.py)`", text_of(page))
        assert set(named) <= modules, page
    paths = re.findall(
        r"`((?:app|classifier|packaging|tests|docs)/[\w./-]+)`", text_of("docs/architecture.md")
    )
    assert {path for path in paths if not (ROOT / path).exists()} == set()

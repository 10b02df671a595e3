"""Imports point one way, app.ui -> app.core -> classifier: reads them all and says which do not."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import pytest

import classifier
from tests.helpers.trees import make_tree

ROOT = Path(__file__).resolve().parents[1]

QT = ("PySide6", "shiboken6", "pyqtgraph")
# Heavy, and only for training; what runs has its own few lines of numpy for it.
TRAINING_ONLY = ("tensorflow", "keras", "librosa", "sklearn", "scipy", "matplotlib")
TRAINERS = ("app.cli.train", "app.cli.evaluate", "app.cli.dataset", "app.cli.training")
# What the demo library may use besides the names that the classifier offers.
OPEN_TO_DEMO = ("classifier.labels", "classifier.synth")


@dataclass(frozen=True)
class Import:
    """One name that a module imports: `of` is a module, `name` what is taken from it, or None.

    `in_function` also marks what is imported for a type checker only: neither costs a start.
    """

    by: str
    line: int
    of: str
    name: str | None
    in_function: bool

    def reaches(self, *packages: str) -> bool:
        """Tell whether it imports a package, or something that lies in it."""
        whole = f"{self.of}.{self.name}" if self.name else self.of
        return any(_lies_in(self.of, package) or _lies_in(whole, package) for package in packages)

    def comes_from(self, *packages: str) -> bool:
        """Tell whether the module that imports lies in one of these."""
        return any(_lies_in(self.by, package) for package in packages)


def _lies_in(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def imports_of(module: str, source: str, *, is_package: bool = False) -> Iterator[Import]:
    """Yield every import of a module, also those in functions and those by a name in a string."""
    tree = ast.parse(source)
    inside = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.FunctionDef | ast.AsyncFunctionDef) or _is_for_types_only(block)
        for statement in block.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        for of, name in _targets(node, module if is_package else module.rpartition(".")[0]):
            yield Import(module, node.lineno, of, name, id(node) in inside)


def _is_for_types_only(node: ast.AST) -> TypeGuard[ast.If]:
    """Tell whether it is what only a type checker runs."""
    return isinstance(node, ast.If) and getattr(node.test, "id", None) == "TYPE_CHECKING"


def _targets(node: ast.AST, package: str) -> list[tuple[str, str | None]]:
    if isinstance(node, ast.Import):
        return [(alias.name, None) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = package.rsplit(".", node.level - 1)[0] if node.level else ""
        of = ".".join(filter(None, (above, node.module)))
        return [(of, alias.name) for alias in node.names]
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = getattr(node.func, "attr", getattr(node.func, "id", None))
        if called in {"import_module", "__import__"}:
            return [(str(node.args[0].value), None)]
    return []


def _is_offered(item: Import) -> bool:
    if item.by == "app.core.demo" and item.reaches(*OPEN_TO_DEMO):
        return True
    return item.of == "classifier" and item.name in classifier.__all__


# What an import must not do, and how it is known.
RULES: dict[str, Callable[[Import], bool]] = {
    "Qt lives in app.ui only": lambda item: item.reaches(*QT) and not item.comes_from("app.ui"),
    "only classifier.training imports what training needs": lambda item: (
        item.reaches(*TRAINING_ONLY) and not item.comes_from("classifier.training")
    ),
    "the classifier does not know the app": lambda item: (
        item.reaches("app") and item.comes_from("classifier")
    ),
    "the core does not know who uses it": lambda item: (
        item.reaches("app.cli", "app.ui", "app.__main__") and item.comes_from("app.core")
    ),
    f"only {', '.join(TRAINERS)} import classifier.training": lambda item: (
        item.reaches("classifier.training")
        and not item.comes_from("classifier.training", *TRAINERS)
    ),
    "classifier.training is imported in function bodies only": lambda item: (
        item.reaches("classifier.training")
        and not item.comes_from("classifier.training")
        and not item.in_function
    ),
    "the core uses only the names that the classifier offers": lambda item: (
        item.reaches("classifier") and item.comes_from("app.core") and not _is_offered(item)
    ),
}


def all_imports(root: Path) -> Iterator[Import]:
    """Yield the imports of every module of the two packages."""
    for package in ("app", "classifier"):
        for path in sorted((root / package).rglob("*.py")):
            *parts, stem = path.relative_to(root).with_suffix("").parts
            is_package = stem == "__init__"
            module = ".".join(parts if is_package else [*parts, stem])
            source = path.read_text(encoding="utf-8")
            yield from imports_of(module, source, is_package=is_package)


def wrong_arrows(root: Path) -> list[str]:
    """Return one line for each rule that an import breaks."""
    return [
        f"{item.by}, line {item.line}, imports {item.of}: {rule}"
        for item in all_imports(root)
        for rule, is_broken in RULES.items()
        if is_broken(item)
    ]


def test_imports_point_one_way() -> None:
    assert wrong_arrows(ROOT) == []


def test_every_module_of_the_checkout_was_read() -> None:
    read = {item.by for item in all_imports(ROOT)}
    needed = {"app.__main__", "app.cli.main", "app.core.walk", "classifier", "classifier.synth"}
    assert needed | {"app.cli.train", "classifier.training.forest"} <= read
    seen = {item.of.partition(".")[0] for item in all_imports(ROOT)}
    assert {"numpy", "soundfile", "sklearn", "click", "classifier", "app"} <= seen


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        ("classifier/audio", "import app", "does not know the app"),
        ("classifier/audio", "from app.core import walk", "does not know the app"),
        ("classifier/audio", "def f():\n    import app.core.walk", "does not know the app"),
        ("classifier/training/x", "import app", "does not know the app"),
        ("classifier/audio", "from PySide6 import QtCore", "Qt lives in app.ui only"),
        ("classifier/audio", "import librosa", "what training needs"),
        ("classifier/audio", "def f():\n    from sklearn import svm", "what training needs"),
        ("classifier/synth/x", "from tensorflow.keras import layers", "what training needs"),
        ("classifier/audio", "from . import training", "only app.cli.train"),
        ("classifier/audio", "from classifier.training import folds", "only app.cli.train"),
        ("classifier/synth/x", "from ..training.folds import each_fold", "only app.cli.train"),
        ("classifier/audio", "import scipy.signal", "what training needs"),
        ("classifier/__init__", "from .training import folds", "only app.cli.train"),
        ("app/core/x", "import PySide6.QtCore", "Qt lives in app.ui only"),
        ("app/core/x", "import pyqtgraph as pg", "Qt lives in app.ui only"),
        ("app/core/x", "if True:\n    from PySide6 import QtGui", "Qt lives in app.ui only"),
        ("app/core/x", "class A:\n    import PySide6", "Qt lives in app.ui only"),
        ("app/core/x", "import importlib\nimportlib.import_module('PySide6')", "Qt lives"),
        ("app/core/x", "async def f():\n    __import__('PySide6.QtCore')", "Qt lives"),
        ("app/core/x", "from app.cli import output", "does not know who uses it"),
        ("app/core/x", "from app import ui", "does not know who uses it"),
        ("app/core/x", "from ..ui import tasks", "does not know who uses it"),
        ("app/core/x", "from classifier.audio import read_sound", "names that the classifier"),
        ("app/core/x", "from classifier import audio", "names that the classifier"),
        ("app/core/x", "from classifier import *", "names that the classifier"),
        ("app/core/x", "import classifier", "names that the classifier"),
        ("app/core/x", "from classifier.synth import MAKERS", "names that the classifier"),
        ("app/core/demo", "from classifier.audio import EXTENSIONS", "names that the classifier"),
        ("app/core/x", "def f():\n    import classifier.training", "only app.cli.train"),
        ("app/cli/main", "from PySide6 import QtWidgets", "Qt lives in app.ui only"),
        ("app/cli/main", "def f():\n    import classifier.training", "only app.cli.train"),
        ("app/cli/train", "import classifier.training.forest", "in function bodies only"),
        ("app/cli/evaluate", "from classifier import training", "in function bodies only"),
        ("app/cli/train", "def f():\n    import sklearn", "what training needs"),
        ("app/__main__", "import tensorflow", "what training needs"),
        ("app/ui/x", "import classifier.training", "only app.cli.train"),
    ],
)
def test_a_planted_wrong_arrow_is_found(
    tmp_path: Path, module: str, source: str, expected: str
) -> None:
    make_tree(tmp_path, {f"{module}.py": source.encode(), "app/fine.py": b"import os\n"})
    found = wrong_arrows(tmp_path)[0]
    assert expected in found
    assert found.startswith(module.removesuffix("/__init__").replace("/", "."))


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app/ui/x", "from PySide6 import QtCore\nimport pyqtgraph\nfrom app.core import walk"),
        ("app/ui/x", "from classifier.audio import read_sound"),
        ("app/core/x", "from classifier import Analysis, classify, load_model"),
        ("app/core/x", "from app.core.walk import walk\nfrom . import walk\nimport application"),
        ("app/core/demo", "from classifier.synth import MAKERS\nfrom classifier import labels"),
        ("app/cli/x", "from app.core.walk import walk\nfrom classifier import load_model"),
        ("app/cli/train", "def f():\n    from classifier.training.forest import train_forest"),
        ("app/__main__", "def f():\n    from app.ui import window"),
        ("classifier/training/x", "import librosa, sklearn\nfrom . import folds"),
        ("classifier/x", "from classifier.apparatus import x\nimport numpy as app"),
    ],
)
def test_a_right_arrow_is_left_alone(tmp_path: Path, module: str, source: str) -> None:
    make_tree(tmp_path, {f"{module}.py": source.encode(), "classifier/y.py": b""})
    assert wrong_arrows(tmp_path) == []

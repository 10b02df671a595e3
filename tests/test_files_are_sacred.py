"""Only one module changes the user's files: reads all others and says where one could."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.trees import make_tree

ROOT = Path(__file__).resolve().parents[1]
TRANSFER = "app/core/sorting/transfer.py"
# What writes files of our own: the catalog and its copies, the demo library, new files that were
# asked for by name, the settings, the log of our mistakes; the terminal; and what training writes
# into the folder that it is given.
OWN = (
    "app/core/catalog/",
    "app/core/demo.py",
    "app/core/new_file.py",
    "app/core/reports.py",
    "app/core/settings.py",
    "app/cli/progress.py",
    "app/cli/dataset.py",
    "app/cli/evaluate.py",
    "app/cli/train",
    "classifier/training/",
    "classifier/card.py",
)
CHANGING = frozenset(
    {"rename", "replace", "renames", "link", "symlink", "unlink", "remove", "removedirs", "rmdir"}
    | {"mkdir", "makedirs", "truncate", "utime", "chmod", "chown", "setxattr", "removexattr"}
    | {"copy", "copy2", "copyfile", "copytree", "copystat", "move", "rmtree", "send2trash"}
    | {"write_bytes", "write_text", "touch", "hardlink_to", "symlink_to"}
)
MODULES = frozenset({"os", "shutil", "send2trash"})
PATHLIKE = frozenset(
    {"write_bytes", "write_text", "touch", "hardlink_to", "symlink_to", "unlink", "rmdir", "mkdir"}
)


def changes(root: Path) -> list[str]:
    """Return each place outside the one module that could change a file of the user."""
    found = []
    for package in ("app", "classifier"):
        for path in sorted((root / package).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if name == TRANSFER or name.startswith(OWN):
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found += [f"{name}, line {line}: {what}" for line, what in _changes_in(tree)]
    return found


def _changes_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in MODULES:
            for alias in node.names:
                if alias.name in CHANGING:
                    yield node.lineno, f"from {node.module} import {alias.name}"
        if isinstance(node, ast.Attribute) and node.attr in CHANGING:
            module = ast.unparse(node.value)
            if module in MODULES:
                yield node.lineno, f"{module}.{node.attr}"
        if isinstance(node, ast.Call):
            yield from _writes(node)


def _writes(node: ast.Call) -> Iterator[tuple[int, str]]:
    """Yield calls of methods of paths, and of `open` for writing."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if name in PATHLIKE:
        yield node.lineno, name
    is_open = name == "open" or (isinstance(node.func, ast.Name) and node.func.id == "open")
    modes = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
    if is_open and any(len(mode) <= 3 and set(mode) & set("wxa+") for mode in modes):
        yield node.lineno, "open for writing"


def test_only_one_module_changes_files_of_the_user() -> None:
    assert changes(ROOT) == []


@pytest.mark.parametrize(
    "source",
    [
        "import os\nos.rename('a', 'b')",
        "import shutil\nshutil.move('a', 'b')",
        "from os import unlink",
        "from pathlib import Path\nPath('a').unlink()",
        "open('a', 'wb')",
        "import os\nact = os.remove",
    ],
)
def test_a_planted_change_is_found(tmp_path: Path, source: str) -> None:
    tree = {"app/core/x.py": source.encode(), TRANSFER: source.encode()}
    make_tree(tmp_path, tree)
    assert len(changes(tmp_path)) == 1

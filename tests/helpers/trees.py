"""Folders as dicts: a file test is the tree before and the tree after."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Link:
    """A symbolic link to `target`, which is relative to the link's own folder."""

    target: str


# By path, with "/" between folders: the bytes of a file, a link, or None for an empty folder.
Tree = Mapping[str, bytes | Link | None]


def make_tree(folder: Path, tree: Tree) -> Path:
    """Make `tree` in `folder`, and return `folder`.

    Names that are no Unicode are written as `os.fsdecode` gives them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in tree.items():
        path = folder / name
        if content is None:
            path.mkdir(parents=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Link):
            path.symlink_to(content.target)
        else:
            path.write_bytes(content)
    return folder


def read_tree(folder: Path) -> dict[str, bytes | Link | None]:
    """Return what is in `folder`, as `make_tree` takes it; links are not followed."""
    tree: dict[str, bytes | Link | None] = {}
    for here, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(here, name)
            key = path.relative_to(folder).as_posix()
            if path.is_symlink():
                tree[key] = Link(str(path.readlink()))
            elif name in files:
                tree[key] = path.read_bytes()
            elif not any(path.iterdir()):
                tree[key] = None
    return tree

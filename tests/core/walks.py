"""What a walk found, in the words of a test."""

from __future__ import annotations

from pathlib import Path

from app.core.walk import Found, walk

SOUND = b"a walk does not look into files"


def listed(folder: Path, *given: str) -> list[str]:
    """Return the names under `folder` that a walk lists, all of them without a problem."""
    found = list(walk([folder / name for name in given] or [folder]))
    assert [item for item in found if item.problem] == []
    return [relative(item, folder) for item in found]


def problems(folder: Path, *given: str) -> dict[str, str | None]:
    """Return what a walk lists under `folder`, in order and each once, with its problem."""
    found = list(walk([folder / name for name in given] or [folder]))
    assert len({item.path for item in found}) == len(found)
    return {relative(item, folder): item.problem for item in found}


def relative(found: Found, folder: Path) -> str:
    """Return the path of what was found within `folder`, with "/" between folders."""
    return Path(found.path).relative_to(folder).as_posix()

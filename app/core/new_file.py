"""Files that the user asked for by name: each is a new one, for nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from app.core.errors import AppError


@contextmanager
def new_text(file: Path) -> Iterator[IO[str]]:
    """Open a new file for text; names that are no Unicode are written as the bytes they are.

    Raises
    ------
    AppError
        If it cannot be written, or is there already.
    """
    with _new(file, "x", encoding="utf-8", errors="surrogateescape", newline="") as out:
        yield out


@contextmanager
def new_bytes(file: Path) -> Iterator[IO[bytes]]:
    """Open a new file for bytes.

    Raises
    ------
    AppError
        If it cannot be written, or is there already.
    """
    with _new(file, "xb") as out:
        yield out


@contextmanager
def _new(file: Path, mode: str, **how: Any) -> Iterator[IO[Any]]:
    try:
        with file.open(mode, **how) as out:
            yield out
    except FileExistsError as error:
        raise AppError(f"{file}: It is there already; nothing is overwritten.") from error
    except OSError as error:
        raise AppError(f"{file}: It cannot be written ({error.strerror or error}).") from error

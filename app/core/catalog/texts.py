"""What samples are found by: where they are, and what was said of them."""

from __future__ import annotations

import os
import sqlite3
import unicodedata
from collections.abc import Iterable


def refresh_texts(connection: sqlite3.Connection, samples: Iterable[int]) -> None:
    """Let samples be found by where they are, and by the tags and the comment of their content."""
    for sample in samples:
        for root, folder, name, content in connection.execute(
            "SELECT roots.path, folders.path, name, content FROM samples "
            "JOIN folders ON folders.id = folder JOIN roots ON roots.id = root "
            "WHERE samples.id = ?",
            (sample,),
        ).fetchall():
            said = connection.execute(
                "SELECT tag FROM tags WHERE content = ?1 "
                "UNION ALL SELECT comment FROM comments WHERE content = ?1",
                (content,),
            ).fetchall()
            text = text_of(os.fsdecode(root), folder, name, *(text for (text,) in said))
            connection.execute(
                "UPDATE texts SET text = ? WHERE sample = ? AND text <> ?", (text, sample, text)
            )


def text_of(root: str, folder: bytes, name: bytes, *said: str) -> str:
    """Return what a sample is found by: its path from the root's own name on, and what was said."""
    place = os.path.join(os.path.basename(root), os.fsdecode(folder), os.fsdecode(name))
    return "\n".join([folded(place), *map(folded, said)])


def folded(text: str) -> str:
    """Return text without case, composed as one system or another may have decomposed it."""
    if text.isascii():  # as most names are, and for 100,000 of them it counts
        return text.lower()
    storable = text.encode("utf-8", "replace").decode("utf-8")
    return unicodedata.normalize("NFKC", storable).casefold()

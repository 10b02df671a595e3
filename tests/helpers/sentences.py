"""What a sentence for the user must look like."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

# What only a programmer would understand.
_TALK: Final = re.compile(r"Traceback|Errno|Exception|Error\(|0x[0-9a-f]|object at|None|<class")


def assert_is_one_sentence(text: str, path: Path | None = None) -> None:
    """Fail unless `text` is one sentence for people, and does not repeat the file's path."""
    assert text[:1].isupper(), text
    assert text.endswith("."), text
    assert not re.search(r"[.!?] |\.\.|[\r\n]", text), text
    assert not _TALK.search(text), text
    if path is not None:
        assert str(path.parent) not in text, text
        assert path.name not in text, text

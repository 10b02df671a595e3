"""What is written down when Kitsort itself makes a mistake."""

from __future__ import annotations

import os
import platform
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Final

from classifier import __version__

# A log that has grown beyond this begins anew.
_MOST_BYTES: Final = 1 << 20


def default_place() -> Path:
    """Return where the log of this user lies; ``$KITSORT_LOG`` names another file."""
    from platformdirs import user_log_path  # noqa: PLC0415 - it is asked for once

    named = os.environ.get("KITSORT_LOG")
    return Path(named) if named else user_log_path("Kitsort", appauthor=False) / "kitsort.log"


def write_report(
    place: Path, kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> str:
    """Write a mistake down, if there is room for it, and return what was written."""
    head = (
        f"{time.strftime('%Y-%m-%d %H:%M:%S')} Kitsort {__version__}, "
        f"Python {platform.python_version()}, {platform.platform()}"
    )
    text = head + "\n" + "".join(traceback.format_exception(kind, error, trace)) + "\n"
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        is_full = place.exists() and place.stat().st_size > _MOST_BYTES
        # A mistake can be about a name that is no Unicode.
        how = "w" if is_full else "a"
        with place.open(how, encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    with suppress(OSError, ValueError):  # its terminal has been closed
        if sys.stderr:  # a windowed program has none
            sys.stderr.write(text)
    return text

"""Numbers as people say them, in the window and on the command line."""

from __future__ import annotations

from typing import Final

# 0.29 times 100 is 28.999999999999996.
_ROUNDING: Final = 1e-6


def counted(count: int, thing: str = "sample") -> str:
    """Return a number with its noun: "1 file", "2,000 files"."""
    return f"1 {thing}" if count == 1 else f"{count:,} {thing}s"


def percent(share: float) -> str:
    """Return a probability in whole percent, rounded down: 0.799 is no 80, and nothing is 100."""
    return str(min(99, int(share * 100 + _ROUNDING)))


def span(seconds: float) -> str:
    """Return a time: "3 s", "10 min", "2.0 h"; what is less than a second is "1 s"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

"""Where a sample stands."""

from __future__ import annotations

from enum import IntEnum


class State(IntEnum):
    """Where a sample stands; the numbers are kept in catalogs.

    WAITING is found and not yet looked into, DONE analysed. PROBLEM cannot be read as it is,
    ONLINE_ONLY is listed and not downloaded. VANISHED was not where it had been, and is either
    found elsewhere or forgotten before the scan ends.
    """

    WAITING = 0
    DONE = 1
    PROBLEM = 2
    ONLINE_ONLY = 3
    VANISHED = 4

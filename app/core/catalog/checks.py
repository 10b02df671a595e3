"""What came of listening to samples drawn at random: this library's own accuracy."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.catalog.database import Database


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes
    ----------
    made_at : float
        In seconds since 1970.
    asked, right : int
        Samples, and those that the sound was right about.
    by_label : dict
        The same for what the sound has called each label: how many asked, how many right.
    """

    made_at: float
    asked: int
    right: int
    by_label: Mapping[str, tuple[int, int]]


def keep_check(database: Database, said: Mapping[int, tuple[str, str]]) -> Check:
    """Keep what came of a check: of each sample, what its sound says and what the user says."""
    by_label: dict[str, tuple[int, int]] = {}
    for heard, is_ in said.values():
        asked, right = by_label.get(heard, (0, 0))
        by_label[heard] = (asked + 1, right + (heard == is_))
    right = sum(one for _, one in by_label.values())
    check = Check(time.time(), len(said), right, by_label)
    with database.transaction("keeping a check") as connection:
        connection.execute(
            "INSERT INTO checks (made_at, asked, right, by_label) VALUES (?, ?, ?, ?)",
            (check.made_at, check.asked, check.right, json.dumps(by_label)),
        )
    return check


def last_check(database: Database) -> Check | None:
    """Return the newest check, if there was one."""
    rows = database.rows(
        "SELECT made_at, asked, right, by_label FROM checks ORDER BY id DESC LIMIT 1"
    )
    for made_at, asked, right, by_label in rows:
        found = {label: (pair[0], pair[1]) for label, pair in json.loads(by_label).items()}
        return Check(made_at, asked, right, found)
    return None

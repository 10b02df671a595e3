"""Duplicates: the same stored audio, proved by reading all of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from app.core.catalog.database import Database
from app.core.catalog.samples import joined
from app.core.content import whole_id
from app.core.jobs import Job

_COMPARING: Final = "Comparing large files"


def prove_duplicates(database: Database, job: Job) -> None:
    """Read to their end the large files that are alike in length and in three pieces.

    Raises
    ------
    CancelledError
        If the job is cancelled; the rest is read the next time.
    """
    found = database.rows(
        "SELECT samples.id, roots.path, folders.path, name FROM samples "
        "JOIN folders ON folders.id = folder JOIN roots ON roots.id = root "
        "WHERE length(content) = 17 AND whole IS NULL AND is_online AND content IN "
        "(SELECT content FROM samples WHERE length(content) = 17 GROUP BY content "
        "HAVING count(*) > 1)"
    )
    for done, (number, *parts) in enumerate(found):
        path = joined(*parts)
        job.step(_COMPARING, done, len(found), path)
        with suppress(OSError):  # gone: the next scan will see that
            whole = whole_id(path)
            with database.transaction() as connection:
                connection.execute("UPDATE samples SET whole = ? WHERE id = ?", (whole, number))

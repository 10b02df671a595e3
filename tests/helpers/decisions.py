"""What the codes of the window's rows mean."""

from __future__ import annotations

from app.core.browsing.rows import UNSURE_CODE
from classifier import LABELS, UNSURE


def decision_name(code: int) -> str | None:
    """Return what a code of `Rows.decisions` is called."""
    if code < 0:
        return None
    return UNSURE if code == UNSURE_CODE else LABELS[code]

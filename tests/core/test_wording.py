"""Numbers as people say them."""

from __future__ import annotations

from app.core.wording import counted, span


def test_a_number_has_its_noun() -> None:
    assert counted(1) == "1 sample"
    assert counted(0, "folder") == "0 folders"
    assert counted(2000, "file") == "2,000 files"


def test_times_are_short() -> None:
    said = ["1 s", "3 s", "89 s", "10 min", "2.0 h"]
    assert [span(seconds) for seconds in (0.2, 3, 89, 600, 7200)] == said

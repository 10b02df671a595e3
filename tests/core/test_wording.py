"""Numbers as people say them."""

from __future__ import annotations

from app.core.wording import counted, percent, span


def test_a_number_has_its_noun() -> None:
    assert counted(1) == "1 sample"
    assert counted(0, "folder") == "0 folders"
    assert counted(2000, "file") == "2,000 files"


def test_times_are_short() -> None:
    said = ["1 s", "3 s", "89 s", "10 min", "2.0 h"]
    assert [span(seconds) for seconds in (0.2, 3, 89, 600, 7200)] == said


def test_nothing_seems_surer_than_it_is() -> None:
    shares = (0.0, 0.29, 0.799, 0.8, 0.995, 1.0)
    assert [percent(share) for share in shares] == ["0", "29", "79", "80", "99", "99"]

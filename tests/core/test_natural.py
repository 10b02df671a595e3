"""Names in the order in which people count."""

from __future__ import annotations

import pytest

from app.core.natural import natural


@pytest.mark.parametrize(
    "names",
    [
        ["kick 2", "kick 10"],
        ["kick 2.wav", "Kick 3.wav", "kick 10.wav"],
        ["BD1", "bd02", "BD10", "bd010b"],
        ["a", "a1", "a1b", "a2"],
        ["2", "10", "a"],
        ["v1.9", "v1.10"],
        ["", "0"],
        ["Äb 1", "äb 2"],
    ],
)
def test_numbers_sort_by_their_value(names: list[str]) -> None:
    assert sorted(set(names), key=natural) == names
    assert sorted(set(names), key=lambda name: natural(name.encode())) == names


def test_a_name_that_is_no_text_has_its_place() -> None:
    assert natural(b"kick \xff 2") < natural(b"kick \xff 10")
    assert natural(None) == ""

"""How the user sorted last, kept from one start to the next."""

from __future__ import annotations

import pytest

from app.core.errors import AppError
from app.core.sorting.choice import SortChoice
from app.core.sorting.steps import Collision, Mode


def test_a_choice_is_kept_as_texts() -> None:
    choice = SortChoice(
        Mode.MOVE, "/x", "{name}", Collision.SKIP, with_unsure=True, removes_emptied=True
    )
    assert SortChoice.from_texts(choice.as_texts()) == choice
    bad = (("mode", "burn"), ("kazoo", "1"), ("destination", "x"), ("with_other", "yes"))
    assert SortChoice.from_texts(bad) == SortChoice(with_other=True)


def test_a_choice_makes_rules() -> None:
    rules = SortChoice(destination="/x/../y", removes_emptied=True).rules(0.5)
    assert (rules.destination, rules.removes_emptied) == ("/y", False)
    assert rules.least_confidence == 0.5
    tag = SortChoice(Mode.TAG, "/x", "{kazoo}")
    assert (tag.is_complete, tag.rules(None).destination) == (True, "")
    assert not SortChoice().is_complete
    with pytest.raises(AppError, match=r"There is no \{kazoo\}"):
        SortChoice(Mode.COPY, "/x", "{kazoo}").rules(None)

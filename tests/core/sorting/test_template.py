from __future__ import annotations

import pytest

from app.core.errors import AppError
from app.core.sorting.safe_names import name_key, safe_name
from app.core.sorting.template import FIELDS, Template


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        ("{instrument}//{name}", "is empty"),
        ("/{name}", "is empty"),
        ("{instrument}", "needs {name} or {n}"),
        ("{kazoo}/{name}", "There is no {kazoo}; there are {instrument}"),
        ("{name!r}", "There is no {name}"),
        ("{instrument/{name}", "brace"),
        ("../{name}", "leads elsewhere"),
        ("{name:3}", "only a number has digits"),
        ("{n:x}", "only a number has digits"),
        ("a:b/{name}", "cannot stand in a name"),
        ("a\\b/{name}", "cannot stand in a name"),
    ],
)
def test_a_template_that_cannot_be_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(AppError, match=r"^[^\n]+$") as caught:
        Template.parsed(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{instrument}/{name}", ["Kick", "x"]),
        (" {instrument} / {name} ", ["Kick", "x"]),
        ("{kind}/{name}", ["x"]),
        ("{instrument}/{name} ({note})", ["Kick", "x"]),
        ("{instrument} {kind}/{note} - {name}", ["Kick", "x"]),
        ("drums {{best}}/{n:04}", ["drums {best}", "0007"]),
    ],
)
def test_what_is_empty_leaves_no_gap(text: str, expected: list[str]) -> None:
    values = {**dict.fromkeys(FIELDS, ""), "instrument": "Kick", "name": "x"}
    assert Template.parsed(text).filled(values, 7) == expected


@pytest.mark.parametrize(
    ("name", "ending", "expected"),
    [
        ("kick 12", ".wav", "kick 12.wav"),
        ("kick. ", ".wav", "kick. .wav"),
        ("kick. ", "", "kick"),
        ("CON", ".wav", "CON_.wav"),
        ("lpt1", "", "lpt1_"),
        ("console", ".wav", "console.wav"),
        ("..", "", "_"),
        ("", ".wav", "_.wav"),
        ("a/b:c", ".wav", "a_b_c.wav"),
        ("キック", ".wav", "キック.wav"),
    ],
)
def test_a_name_is_safe_everywhere(name: str, ending: str, expected: str) -> None:
    assert safe_name(name, ending) == expected


@pytest.mark.parametrize("letter", ["k", "é", "🔥"])
@pytest.mark.parametrize("suffix", ["", " (12)"])
def test_a_long_name_is_cut_between_letters(letter: str, suffix: str) -> None:
    name = safe_name(letter * 300, ".wav", suffix)
    assert name.endswith(f"{letter}{suffix}.wav")
    assert 255 - len(letter.encode()) < len(name.encode()) <= 255


def test_a_safe_name_is_safe_already() -> None:
    for name in ("con", "a<b", "x" * 400, "é" * 200, " .", "com1.x"):
        once = safe_name(name, ".wav")
        assert safe_name(once.removesuffix(".wav"), ".wav") == once


@pytest.mark.parametrize(
    ("one", "other"), [("Kick", "KICK"), ("é", "e\u0301"), ("É", "e\u0301"), ("ß", "SS")]
)
def test_names_have_a_key_in_common_that_some_system_takes_for_one(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)

"""Whether it can be read: the contrast of every text on every ground it is on."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor

from app.core.settings import Theme
from app.ui.theme import DARK, LIGHT, Colours, chosen_colours
from classifier import LABELS

TEXT, SIGN = 4.5, 3.0
THEMES = pytest.mark.parametrize("colours", [DARK, LIGHT], ids=["dark", "light"])


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1, as WCAG 2.2 defines it."""
    rgb = QColor(colour)
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (rgb.redF(), rgb.greenF(), rgb.blueF())
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of WCAG 2.2: from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def grounds(colours: Colours) -> tuple[str, ...]:
    return (colours.window, colours.panel, colours.raised, colours.selected)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@THEMES
def test_each_text_can_be_read_on_each_ground(colours: Colours) -> None:
    texts = {
        "text": colours.text,
        "second": colours.second,
        "third": colours.third,
        "accent": colours.accent_text,
        "warning": colours.warning,
        **colours.instruments,
    }
    low = {
        (name, ground): round(contrast(text, ground), 2)
        for name, text in texts.items()
        for ground in grounds(colours)
        if contrast(text, ground) < TEXT
    }
    assert not low
    assert set(colours.instruments) == set(LABELS)


@THEMES
def test_the_main_action_can_be_read_and_found(colours: Colours) -> None:
    assert contrast(colours.on_accent, colours.accent) >= TEXT
    for ground in grounds(colours):
        assert contrast(colours.accent, ground) >= SIGN


def test_the_theme_is_the_chosen_one(qapp: object) -> None:
    assert chosen_colours(Theme.LIGHT) is LIGHT
    assert chosen_colours(Theme.DARK) is DARK
    assert chosen_colours(Theme.SYSTEM) in (LIGHT, DARK)

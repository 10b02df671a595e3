"""What a screen reader reads, and what the pointer is told."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QWidget,
)

from app.ui.settings_dialog import SettingsDialog
from app.ui.sorting.history_dialog import HistoryDialog
from app.ui.sorting.plan_dialog import PlanDialog
from app.ui.theme import DARK
from classifier import load_model
from tests.helpers.windows import Desk

KINDS = (
    *(QAbstractButton, QAbstractItemView, QAbstractSlider),
    *(QAbstractSpinBox, QComboBox, QLineEdit),
)


def used(part: QWidget) -> list[QWidget]:
    """Return all in a window that can be used, without what a part is itself made of."""
    own = [one for kind in KINDS for one in part.findChildren(kind)]
    return [
        one
        for one in own
        if not isinstance(one, QScrollBar)
        and not one.objectName().startswith("qt_")
        and not isinstance(one.parent(), QAbstractSpinBox | QComboBox | QAbstractItemView)
        and type(one.parent()).__name__ != "QFrame"  # the list that drops down from a box
    ]


def nameless(part: QWidget) -> list[str]:
    """Return what has neither a name, nor a word on it, nor a label that belongs to it."""
    labelled = [label.buddy() for label in part.findChildren(QLabel)]
    return [
        f"{type(one).__name__} {one.objectName()}"
        for one in used(part)
        if not (one.accessibleName() or (isinstance(one, QAbstractButton) and one.text()))
        and one not in labelled
    ]


def test_everything_in_the_window_has_a_name(desk: Desk) -> None:
    assert len(used(desk.window)) > 30
    assert not nameless(desk.window)


def test_buttons_without_a_word_say_what_they_do(desk: Desk, empty_desk: Desk) -> None:
    for one in (desk, empty_desk):
        silent = [
            button.accessibleName()
            for button in one.window.findChildren(QAbstractButton)
            if button.isVisible() and not button.text() and not button.toolTip()
        ]
        assert not silent


def test_everything_in_the_dialogs_has_a_name(desk: Desk, card: str) -> None:
    window, sorting = desk.window, desk.window.sort.sorting
    dialogs: list[Callable[[], QWidget]] = [
        lambda: SettingsDialog(
            window, window.settings(), [load_model(card).card], desk.library.roots
        ),
        lambda: HistoryDialog(window, sorting.sorter, DARK),
        lambda: PlanDialog(window, sorting.sorter, DARK, lambda: None),
    ]
    for make in dialogs:
        dialog = make()
        desk.qtbot.addWidget(dialog)
        assert len(used(dialog)) > 2
        assert not nameless(dialog), type(dialog).__name__

"""Asking for settings: the cards of the models are read first, which takes a moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.core.settings import Settings
from app.ui.library import Library
from app.ui.tasks import Worker

if TYPE_CHECKING:
    from classifier import Card


class SettingUp(QObject):
    """Opens the page of settings.

    Signals
    -------
    taken(object, object)
        The `Settings` that were chosen, and what is excluded by the number of the folder.
    failed(str)
        One sentence.
    """

    taken = Signal(object, object)  # a dict of whole numbers is not taken as a Qt map
    failed = Signal(str)

    def __init__(self, library: Library, worker: Worker, window: QWidget) -> None:
        super().__init__(window)
        self._library, self._worker, self._window = library, worker, window

    def ask(self, settings: Callable[[], Settings]) -> None:
        """Ask, beginning with how it is when the page opens."""
        self._worker.do(
            _read_cards,
            lambda cards: self._open(settings(), cards),
            lambda error: self.failed.emit(str(error)),
        )

    def _open(self, settings: Settings, cards: list[Card]) -> None:
        from app.ui.settings_dialog import SettingsDialog  # noqa: PLC0415 - rarely needed

        dialog = SettingsDialog(self._window, settings, cards, self._library.roots)
        dialog.accepted.connect(lambda: self.taken.emit(dialog.settings, dialog.excludes))
        dialog.open()


def _read_cards() -> list[Card]:
    from classifier import load_model, model_names  # noqa: PLC0415 - not needed to begin with

    return [load_model(name).card for name in model_names()]

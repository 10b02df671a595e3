"""What the user can set once and for all."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.catalog.roots import Root
from app.core.settings import Settings, Theme
from app.core.sorting.steps import Mode
from app.ui.number_fields import WholeNumber
from app.ui.panels import button
from app.ui.sample_painter import plain
from app.ui.theme import SMALL_PX, font
from classifier import DEFAULT_MODEL, Card

_LEAST_PERCENT: Final = 50
_SCALES: Final = (75, 90, 100, 110, 125, 150, 175, 200)
_OCTAVES: Final = {
    3: "C3 (Yamaha, Ableton, Logic)",
    4: "C4 (scientific, Pro Tools)",
    5: "C5 (FL Studio)",
}


class SettingsDialog(QDialog):
    """Asks for settings; `settings` holds what was chosen.

    Attributes
    ----------
    settings : Settings
    """

    def __init__(
        self, parent: QWidget, settings: Settings, cards: list[Card], roots: list[Root]
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(720)
        self._before, self._roots = settings, roots
        sorting = dict(settings.sorting)
        self._mode = _choice(
            {mode.value: mode.capitalize() for mode in Mode}, sorting.get("mode", "copy")
        )
        self._destination = QLineEdit(sorting.get("destination", ""))
        self._destination.setPlaceholderText("asked for when you sort")
        self._destination.setAccessibleName("Folder to sort into")
        self._threshold = WholeNumber()
        self._threshold.setRange(_LEAST_PERCENT - 1, 99)
        self._threshold.setSpecialValueText("the model's own")
        self._threshold.setSuffix(" %")
        self._threshold.setToolTip("Percent; empty for the model's own")
        _enlarge(self._threshold)
        self._threshold.setValue(round((settings.threshold or 0) * 100))
        self._excludes = {root.id: QLineEdit(", ".join(root.excludes)) for root in roots}
        self._theme = _choice({theme.value: theme.capitalize() for theme in Theme}, settings.theme)
        self._scale = _choice({one: f"{one} %" for one in _SCALES}, settings.scale_percent)
        self._scale.setAccessibleName("Size of everything")
        self._octave = _choice(_OCTAVES, settings.middle_c)
        names = {card.name: f"{card.title} · {score_text(card)}" for card in cards}
        self._model = _choice(names, settings.model or DEFAULT_MODEL)
        self._threads = WholeNumber()
        self._threads.setRange(0, 64)
        self._threads.setSpecialValueText("one for each core")
        self._threads.setValue(settings.threads)
        self._threads.setToolTip("Empty for one for each core")
        _enlarge(self._threads)
        self._autoplay = _switch("Play what is chosen", settings.autoplay)
        self._advance = _switch("Go on to the next row after correcting", settings.advance)
        self._arrange()

    def _arrange(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setHorizontalSpacing(18)
        form.addRow(_heading("The window"))
        form.addRow("Theme", self._theme)
        form.addRow("Size of everything", _beside(self._scale, "takes hold with the next start"))
        form.addRow("Middle C is", self._octave)
        form.addRow("Autoplay", self._autoplay)
        form.addRow("Correcting", self._advance)
        form.addRow(_heading("Naming sounds"))
        form.addRow("Model", self._model)
        form.addRow(
            "",
            _note(
                "how right on packs it never saw; what was named by another one is "
                "named again by the next scan"
            ),
        )
        form.addRow("Unsure below", self._threshold)
        form.addRow("Threads that scan", self._threads)
        form.addRow(_heading("Sorting"))
        form.addRow("Sort by", self._mode)
        choose = button("Choose…", "Choose the folder")
        choose.clicked.connect(self._choose)
        form.addRow("Sort into", _beside(self._destination, choose))
        if self._roots:
            form.addRow(_heading("Passed over by the scan"))
        for root in self._roots:
            self._excludes[root.id].setPlaceholderText("*loop*, Packs/old")
            name = plain(root.path.replace("\\", "/").rpartition("/")[2] or root.path)
            form.addRow(f"In {name}".replace("&", "&&"), self._excludes[root.id])
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        save = buttons.button(QDialogButtonBox.StandardButton.Ok)
        save.setText("Save")
        save.setObjectName("main")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.addLayout(form)
        column.addSpacing(8)
        column.addWidget(buttons)

    def _choose(self) -> None:
        title = "The folder that gets the instrument folders"
        folder = QFileDialog.getExistingDirectory(self, title, self._destination.text())
        if folder:
            self._destination.setText(os.path.normpath(folder))

    @property
    def excludes(self) -> dict[int, list[str]]:
        """Return the patterns that are passed over, by the number of the folder."""
        return {
            number: [part.strip() for part in field.text().split(",") if part.strip()]
            for number, field in self._excludes.items()
        }

    @property
    def settings(self) -> Settings:
        """Return the settings as they are chosen now."""
        model = self._model.currentData()
        least = self._threshold.value()
        sorting = dict(self._before.sorting)
        sorting |= {"mode": self._mode.currentData(), "destination": self._destination.text()}
        return replace(
            self._before,
            theme=self._theme.currentData(),
            scale_percent=self._scale.currentData(),
            middle_c=self._octave.currentData(),
            model=None if model == DEFAULT_MODEL else model,
            threads=self._threads.value(),
            threshold=least / 100 if least >= _LEAST_PERCENT else None,
            sorting=tuple(sorting.items()),
            autoplay=self._autoplay.isChecked(),
            advance=self._advance.isChecked(),
        )


def score_text(card: Card) -> str:
    """Return how right a model was on packs that it never saw, as far as its card says."""
    figures = card.scores.get("figures", {})
    if "macro_f1_five" not in figures:
        return "not measured"
    five, sorted_at = (figures[name]["value"] for name in ("macro_f1_five", "sorted_at_95"))
    return f"F1 {five:.2f}, sorts {sorted_at * 100:.0f} % at 95 % right"


def _choice(names: dict[Any, str], now: object) -> QComboBox:
    box = QComboBox()
    for value, text in names.items():
        box.addItem(text, value)
    at = box.findData(now)
    if at < 0:
        box.addItem(str(now), now)
        at = box.count() - 1
    box.setCurrentIndex(at)
    return box


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("heading")
    label.setContentsMargins(0, 10, 0, 0)
    return label


def _beside(field: QWidget, other: QWidget | str) -> QHBoxLayout:
    """Return a field with a note or a button at its right."""
    row = QHBoxLayout()
    row.setSpacing(10)
    if isinstance(other, str):
        row.addWidget(field)
        row.addWidget(_note(other), 1)
    else:
        row.addWidget(field, 1)
        row.addWidget(other)
    return row


def _switch(text: str, is_on: bool) -> QCheckBox:
    box = QCheckBox(text)
    box.setChecked(is_on)
    return box


def _note(text: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName("third")
    label.setFont(font(SMALL_PX))
    label.setWordWrap(True)
    return label


def _enlarge(box: WholeNumber) -> None:
    box.setMinimumSize(150, 30)
    box.lineEdit().setTextMargins(7, 0, 0, 0)  # which a style sheet does not reach

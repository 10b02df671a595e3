"""The header of the sample table: which columns there are, how wide, and what is sorted by."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QHeaderView, QMenu

from app.ui.columns import COLUMNS, KEYS
from app.ui.sample_model import SampleModel, column_of
from app.ui.theme import font

if TYPE_CHECKING:
    from app.ui.sample_table import SampleTable

_HEADER_PX: Final = 31
_LEAST_PX: Final = 48
# What takes the room that is left, and gives it when there is too little, each its share.
_ELASTIC: Final = (("name", 0.6, 130), ("folder", 0.4, 80))
_COMPACT: Final = {"favourite": 38, "instrument": 146, "confidence": 48, "name": 130}
# Of a column: its key, its width, and whether it is shown.
Kept = tuple[tuple[str, int, bool], ...]


class SampleHeader(QHeaderView):
    """Titles that sort by a click, in the order and width that the user has chosen.

    Signals
    -------
    sort_asked(str, bool)
        A column's key, and whether it shall be added to those that are sorted by.
    """

    sort_asked = Signal(str, bool)

    def __init__(self, table: SampleTable, model: SampleModel) -> None:
        super().__init__(Qt.Orientation.Horizontal, table)
        self._samples = model
        self._full: Kept | None = None  # while it is compact

    def prepare(self) -> None:
        """Show the columns as they are to begin with; once it belongs to the table."""
        # Its own: with the table's it asks at each painting of all rows whether they are chosen.
        self.setSelectionModel(QItemSelectionModel(self._samples, self))
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(_LEAST_PX)
        self.setFixedHeight(_HEADER_PX)
        self.setFont(font(12, bold=True))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._offer)
        self.sectionClicked.connect(self._on_clicked)
        self.setAccessibleName("Columns")
        for place, column in enumerate(COLUMNS):
            self.resizeSection(place, column.width)
            self.setSectionHidden(place, not column.is_shown)
        self.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.resizeSection(0, COLUMNS[0].width)

    def _on_clicked(self, section: int) -> None:
        is_second = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ShiftModifier
        self.sort_asked.emit(KEYS[section], bool(is_second))

    def _offer(self, place: QPoint) -> None:
        menu = QMenu(self)
        for action in self.actions_of_columns(menu):
            menu.addAction(action)
        menu.exec(self.mapToGlobal(place))

    def actions_of_columns(self, parent: QMenu) -> list[QAction]:
        """Return an action for each column that shows and hides it."""
        actions = []
        for place, column in enumerate(COLUMNS):
            action = QAction(column.title or "Favourite", parent, checkable=True)
            action.setChecked(not self.isSectionHidden(place))
            action.setEnabled(column.key != "name")  # without it nobody knows what is what
            action.toggled.connect(lambda is_on, at=place: self._show(at, is_on))
            actions.append(action)
        return actions

    def _show(self, place: int, is_shown: bool) -> None:
        self.setSectionHidden(place, not is_shown)
        self.fit()

    def fit(self) -> None:
        """Give names and folders what room there is."""
        shown = [at for at in range(len(COLUMNS)) if not self.isSectionHidden(at)]
        left = self.viewport().width() - sum(self.sectionSize(at) for at in shown)
        elastic = [(column_of(key), share, least) for key, share, least in _ELASTIC]
        elastic = [one for one in elastic if one[0] in shown]
        total = sum(share for _, share, _ in elastic)
        for at, share, least in elastic:
            width = self.sectionSize(at) + floor(left * share / total)
            self.resizeSection(at, max(least, width))

    def set_compact(self, is_compact: bool) -> None:
        """Show only what is needed most; or again what was shown before."""
        if is_compact and self._full is None:
            self._full = self.kept()
            for place, key in enumerate(KEYS):
                self.setSectionHidden(place, key not in _COMPACT)
                self.resizeSection(place, _COMPACT.get(key, _LEAST_PX))
        elif not is_compact and self._full is not None:
            full, self._full = self._full, None
            self.restore(full)

    def kept(self) -> Kept:
        """Return the columns from left to right; of a compact table, as they are when it is not."""
        if self._full is not None:
            return self._full
        places = [self.logicalIndex(at) for at in range(len(COLUMNS))]
        return tuple((KEYS[at], self._width(at), not self.isSectionHidden(at)) for at in places)

    def _width(self, place: int) -> int:
        return COLUMNS[place].width if self.isSectionHidden(place) else self.sectionSize(place)

    def restore(self, kept: Sequence[tuple[str, int, bool]]) -> None:
        """Show the columns as they were kept; what is not known is passed over."""
        known = [one for one in kept if one[0] in KEYS]
        for place, (key, width, is_shown) in enumerate(known):
            at = column_of(key)
            self.moveSection(self.visualIndex(at), place)
            self.resizeSection(at, max(_LEAST_PX if at else COLUMNS[0].width, int(width)))
            self.setSectionHidden(at, not is_shown)
        self.resizeSection(0, COLUMNS[0].width)

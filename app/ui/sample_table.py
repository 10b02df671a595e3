"""The table of samples: chosen, sorted, dragged out; its columns as the user wants them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableView,
)

from app.core.browsing.arrays import Ids, Positions
from app.core.browsing.ordering import SortBy
from app.ui.chosen_lines import chosen_lines, selection_of
from app.ui.columns import KEYS
from app.ui.drag_out import drag_out
from app.ui.sample_header import SampleHeader
from app.ui.sample_model import SampleModel, column_of
from app.ui.sample_painter import SamplePainter, button_area
from app.ui.theme import Colours

_MARK_PX: Final = 3


@dataclass(frozen=True, slots=True)
class Place:
    """Where the user is in the table, by the numbers of samples; None for nowhere."""

    chosen: Ids
    current: int | None
    top: int | None


class SampleTable(QTableView):
    """A table over a `SampleModel`.

    Attributes
    ----------
    take_key : callable
        Asked of each key first; what it takes is not for the table.
    is_key_held : bool
        Whether the last key repeats itself.
    header : SampleHeader

    Signals
    -------
    current_changed(int)
        The user has gone to another row of the library; -1 for none.
    chosen_again(int)
        He has clicked where he is.
    selection_counted(int)
    star_clicked, sort_clicked(int)
        On a row.
    menu_asked(QPoint)
        At a place of the screen.
    """

    current_changed = Signal(int)
    chosen_again = Signal(int)
    selection_counted = Signal(int)
    star_clicked = Signal(int)
    sort_clicked = Signal(int)
    menu_asked = Signal(QPoint)

    def __init__(self, model: SampleModel, colours: Colours) -> None:
        super().__init__()
        self.take_key: Callable[[QKeyEvent], bool] = lambda _: False
        self._samples = model
        self._painter = SamplePainter(model, colours, self)
        self.header = SampleHeader(self, model)
        self.is_key_held = False
        self._is_ours = False  # what we choose is no step of the user
        self._hovered = -1
        self._has_taken_press = False
        self.setModel(model)
        self.setItemDelegate(self._painter)
        self.setAccessibleName("Samples")
        self._prepare_choosing()
        self._prepare_headers()
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    def _prepare_choosing(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setTabKeyNavigation(False)  # Tab leaves the table, as everywhere else
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)  # no half rows
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)

    def _prepare_headers(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(1)
        rows.setDefaultSectionSize(self._painter.row_px)
        self.setHorizontalHeader(self.header)
        self.header.prepare()

    def explain_button(self, button_tip: Callable[[], str]) -> None:
        """Say by what is returned what the button of a line does."""
        self._painter.button_tip = button_tip

    # --- what is shown ------------------------------------------------------------------------

    def show_rows(self, order: Positions) -> None:
        """Show other rows; what was chosen stays chosen where it is still shown."""
        place = self.place()
        self._is_ours = True
        try:
            if not self._samples.show_rows(order):
                self._choose_again(place)
        finally:
            self._is_ours = False
        self.selection_counted.emit(self.count_chosen())

    def place(self) -> Place:
        """Return what is chosen, where the user is, and what is at the top."""
        top = self.rowAt(0)
        return Place(self.chosen_ids(), self._current_id(), self._id_at(top) if top >= 0 else None)

    def go_back(self, place: Place) -> None:
        """Choose again what was chosen, without a sound, and show the lines that were seen."""
        self._is_ours = True
        try:
            self._choose_again(place)
        finally:
            self._is_ours = False
        self.selection_counted.emit(self.count_chosen())

    def _choose_again(self, place: Place) -> None:
        shown = self._samples.ids
        lines = np.flatnonzero(np.isin(shown, place.chosen))
        self.selectionModel().select(
            selection_of(self._samples, lines),
            QItemSelectionModel.SelectionFlag.ClearAndSelect
            | QItemSelectionModel.SelectionFlag.Rows,
        )
        for number, show in ((place.current, self._go_to), (place.top, self._scroll_to)):
            lines = np.flatnonzero(shown == (-1 if number is None else number))
            if len(lines):
                show(int(lines[0]))

    def _go_to(self, line: int) -> None:
        self.selectionModel().setCurrentIndex(
            self._samples.index(line, column_of("name")), QItemSelectionModel.SelectionFlag.NoUpdate
        )

    def _scroll_to(self, line: int) -> None:
        self.scrollTo(
            self._samples.index(line, column_of("name")),
            QAbstractItemView.ScrollHint.PositionAtTop,
        )

    def dress(self, colours: Colours, *, is_compact: bool) -> None:
        """Paint in other colours, rows high or low; low ones show only what is needed most."""
        self._painter.colours, self._painter.is_compact = colours, is_compact
        self._samples.use_short_titles(is_compact)
        self.header.set_compact(is_compact)
        self.verticalHeader().setDefaultSectionSize(self._painter.row_px)
        self.viewport().update()

    def repaint_rows(self) -> None:
        """Paint what is seen anew."""
        self.viewport().update()

    # --- what is chosen -----------------------------------------------------------------------

    def current_row(self) -> int | None:
        """Return the row of the library that the user is at."""
        line = self.currentIndex().row()
        return self._samples.row_at(line) if line >= 0 else None

    def chosen_rows(self) -> list[int]:
        """Return the rows that are chosen, in the order of the table."""
        rows: list[int] = self.chosen().tolist()
        return rows

    def chosen(self) -> Positions:
        """Return the same as an array."""
        return self._samples.order[chosen_lines(self)]

    def shown_ids(self) -> Ids:
        """Return the numbers of all samples that are shown, in the order of the table."""
        return self._samples.ids

    def chosen_ids(self) -> Ids:
        """Return the numbers of the samples that are chosen."""
        return self._samples.ids[chosen_lines(self)]

    def count_chosen(self) -> int:
        """Return how many rows are chosen."""
        return sum(part.height() for part in self.selectionModel().selection().toList())

    def neighbours(self, reach: int = 2) -> list[int]:
        """Return the rows after and before the current one, the nearest first."""
        line = self.currentIndex().row()
        places = [line + side * step for step in range(1, reach + 1) for side in (1, -1)]
        return [self._samples.row_at(at) for at in places if 0 <= at < len(self._samples.order)]

    def go(self, steps: int) -> bool:
        """Choose the line so many below, alone; tell whether there is one."""
        line = self.currentIndex().row() + steps
        if not 0 <= line < len(self._samples.order):
            return False
        self.choose_line(line)
        return True

    def go_after_chosen(self) -> None:
        """Choose the line after the last one that is chosen, alone; at the end, stay."""
        parts = self.selectionModel().selection().toList()
        last = max((part.bottom() for part in parts), default=self.currentIndex().row())
        if last + 1 < len(self._samples.order):
            self.choose_line(last + 1)

    def choose_line(self, line: int) -> None:
        """Go to a line and choose it, alone."""
        index = self._samples.index(line, column_of("name"))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.scrollTo(index)

    def go_to_sample(self, number: int) -> None:
        """Choose a sample, if it is shown."""
        lines = np.flatnonzero(self._samples.ids == number)
        if len(lines):
            self.choose_line(int(lines[0]))

    def _current_id(self) -> int | None:
        line = self.currentIndex().row()
        return self._id_at(line) if line >= 0 else None

    def _id_at(self, line: int) -> int:
        return int(self._samples.ids[line])

    def _on_current_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        self.viewport().update()
        if not self._is_ours:
            self.current_changed.emit(
                self._samples.row_at(current.row()) if current.isValid() else -1
            )

    def _on_selection_changed(self) -> None:
        if not self._is_ours:
            self.selection_counted.emit(self.count_chosen())

    def show_sort(self, by: Sequence[SortBy]) -> None:
        """Mark what is sorted by."""
        self._samples.show_sort(by)

    # --- Qt's ---------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Let the window have its keys first: a table would look for what begins with a letter."""
        self.is_key_held = event.isAutoRepeat()
        if self.take_key(event) or self._go_far(event):
            event.accept()
        elif (
            event.text().isprintable()
            and event.text()
            and not event.modifiers()
            & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
        ):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _go_far(self, event: QKeyEvent) -> bool:
        """Go to the first or last line, where a table would go to the first or last column."""
        count = len(self._samples.order)
        far = {Qt.Key.Key_Home: 0, Qt.Key.Key_End: count - 1}
        key = Qt.Key(event.key())
        if key not in far or event.modifiers() or not count:
            return False
        self.choose_line(far[key])
        return True

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Take the keys, without going to the first row: nobody has asked to hear it."""
        had_current = self.currentIndex().isValid()
        self._is_ours = True
        super().focusInEvent(event)
        if not had_current:
            self.selectionModel().clearCurrentIndex()
        self._is_ours = False

    def scrollTo(  # noqa: N802
        self,
        index: QModelIndex | QPersistentModelIndex,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a line into sight, and never move sideways: a line is all of its columns."""
        sideways = self.horizontalScrollBar().value()
        super().scrollTo(index, hint)
        self.horizontalScrollBar().setValue(sideways)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Mark a favourite where its star is, and sort where the button is."""
        index = self.indexAt(event.position().toPoint())
        is_left = event.button() == Qt.MouseButton.LeftButton
        clicked = None
        if is_left and self._button_at(event.position().toPoint()):
            clicked = self.sort_clicked
        elif is_left and index.isValid() and KEYS[index.column()] == "favourite":
            clicked = self.star_clicked
        self._has_taken_press = clicked is not None
        if clicked is not None:
            clicked.emit(self._samples.row_at(index.row()))
            event.accept()
            return
        self.is_key_held = False
        is_same = index.isValid() and index.row() == self.currentIndex().row()
        super().mousePressEvent(event)
        if is_left and is_same and not event.modifiers():
            self.chosen_again.emit(self._samples.row_at(index.row()))

    def _button_at(self, place: QPoint) -> bool:
        """Tell whether there is the button of a line at a place."""
        index = self.indexAt(place)
        if not index.isValid() or KEYS[index.column()] != "name":
            return False
        is_there = button_area(self.visualRect(index)).contains(place)
        return is_there and self._painter.can_sort(self._samples.row_at(index.row()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Show the button of the line under the pointer."""
        # Of a hand that trembles on a star or button Qt would make a selection.
        if not (self._has_taken_press and event.buttons()):
            super().mouseMoveEvent(event)
        self._point_at(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        """Show none."""
        super().leaveEvent(event)
        self._point_at(-1)

    def _point_at(self, line: int) -> None:
        if line != self._hovered:
            was, self._hovered = self._hovered, line
            for one in (was, line):
                self.viewport().update(self._name_area(one))

    def _name_area(self, line: int) -> QRect:
        return self.visualRect(self._samples.index(line, column_of("name")))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer what can be done with what is chosen."""
        if self.count_chosen():
            self.menu_asked.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the table as wide as there is room."""
        super().resizeEvent(event)
        self.header.fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Mark the line that the user is at, over the whole width."""
        line = self.currentIndex().row()
        self._painter.pointed = {line, self._hovered}
        super().paintEvent(event)
        if line < 0:
            return
        top = self.rowViewportPosition(line)
        colours = self._painter.colours
        colour = colours.accent if self.hasFocus() else colours.third
        painter = QPainter(self.viewport())
        painter.fillRect(0, top, _MARK_PX, self._painter.row_px - 1, QColor(colour))

    def startDrag(self, _: Qt.DropAction) -> None:  # noqa: N802
        """Drag the files out, to be copied and nothing else."""
        rows = self.chosen_rows()
        if rows:
            drag_out(self, self._samples, rows, self._painter.colours)

"""What is at the left: buckets, what needs a look, and the folders of the library."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPoint,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.core.browsing.filters import Bucket
from app.core.catalog.roots import Root
from app.ui.lines_model import NOWHERE, Index
from app.ui.panels import SIDEBAR_PX
from app.ui.sample_model import SAMPLES_MIME
from app.ui.sample_painter import plain, tip
from app.ui.theme import SMALL_PX, Colours, font
from classifier import LABELS

_HEADING_PX: Final = 31
_ENTRY_PX: Final = 27
_KIND_PX: Final = 24
_GUTTER_PX: Final = 16
_DECIDED: Final = (Bucket.ALL, *map(Bucket, LABELS))
_TAKING: Final = frozenset({*map(Bucket, LABELS), Bucket.FAVOURITES})
_DOUBTED: Final = (
    *(Bucket.WAITING, Bucket.UNSURE, Bucket.DISAGREES, Bucket.CORRECTED),
    *(Bucket.FAVOURITES, Bucket.DUPLICATES, Bucket.PROBLEMS),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line at the left.

    Attributes
    ----------
    text : str
    count : int or None
    bucket : Bucket or None
        What is shown when it is chosen; None for a heading and for a folder.
    kind : str or None
        Of Other.
    root : Root or None
    online_only : int
        Samples of a folder that are not on this machine.
    """

    text: str
    count: int | None = None
    bucket: Bucket | None = None
    kind: str | None = None
    root: Root | None = None
    online_only: int = 0

    @property
    def is_heading(self) -> bool:
        """Whether it is only a title."""
        return self.bucket is None and self.root is None

    @property
    def key(self) -> tuple[Bucket | None, str | None, int | None]:
        """What tells it from the others."""
        return self.bucket, self.kind, self.root.id if self.root else None


class SidebarModel(QAbstractListModel):
    """The lines at the left."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> bool:
        """Show other lines; tell whether they are the same ones with other counts."""
        is_same = [one.key for one in entries] == [one.key for one in self.entries]
        if is_same:
            self.entries = entries
            if entries:
                self.dataChanged.emit(self.index(0), self.index(len(entries) - 1))
        else:
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()
        return is_same

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return how many lines there are."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a line says."""
        if not index.isValid():
            return None
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return entry.text if entry.count is None else f"{entry.text}, {entry.count:,} samples"
        if role == Qt.ItemDataRole.ToolTipRole and entry.root:
            return tip(_root_tip(entry.root, entry.online_only))
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Return that headings cannot be chosen."""
        if not index.isValid() or self.entries[index.row()].is_heading:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


def entries_of(
    counts: Mapping[Bucket, int],
    kinds: Mapping[str, int],
    roots: Sequence[Root],
    *,
    online_only: Mapping[int, int],
    shows_kinds: bool,
) -> list[Entry]:
    """Return the lines at the left, with their counts; `online_only` by the root's number."""
    lines = [Entry(bucket, counts.get(bucket, 0), bucket) for bucket in _DECIDED]
    if shows_kinds:
        lines += [Entry(name, kinds[name], Bucket.OTHER, name) for name in kinds]
    lines.append(Entry("Needs a look"))
    lines += [
        Entry(bucket, counts.get(bucket, 0), bucket)
        for bucket in _DOUBTED
        if bucket is not Bucket.WAITING or counts.get(bucket)
    ]
    lines.append(Entry("Folders"))
    for root in roots:
        away = online_only.get(root.id, 0)
        lines.append(Entry(_root_text(root, away), root.samples, root=root, online_only=away))
    return lines


def _root_text(root: Root, online_only: int) -> str:
    name = root.path.replace("\\", "/").rstrip("/").rpartition("/")[2] or root.path
    if not root.is_online:
        return f"{name} (offline)"
    return f"{name} (online only)" if online_only and online_only == root.samples else name


def _root_tip(root: Root, online_only: int) -> str:
    lines = [root.path]
    if online_only:
        lines.append(f"{online_only:,} online only: download them to have them listened to")
    if not root.is_online:
        lines.append("Offline: its samples stay as they were")
    if root.waiting:
        lines.append(f"{root.waiting:,} not looked into yet")
    if root.excludes:
        lines.append("Passes over " + ", ".join(root.excludes))
    if root.unsupported:
        names = ", ".join(f"{count:,} {name[1:]}" for name, count in root.unsupported.items())
        lines.append(f"Not read: {names}")
    return "\n".join(lines)


class _EntryPainter(QStyledItemDelegate):
    """Paints a line: its dot, its text, its count."""

    def __init__(self, model: SidebarModel, colours: Colours, parent: QWidget) -> None:
        super().__init__(parent)
        self.colours = colours
        self._model = model
        self._width_px = SIDEBAR_PX
        self.target: tuple[Bucket | None, str | None, int | None] | None = None

    def sizeHint(self, _: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Return how high a line is."""
        entry = self._model.entries[index.row()]
        if entry.is_heading:
            return QSize(10, _HEADING_PX)
        return QSize(10, _KIND_PX if entry.kind else _ENTRY_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint a line."""
        entry = self._model.entries[index.row()]
        area: QRect = option.rect.adjusted(8, 0, 0, 0)
        area.setRight(self._width_px - _GUTTER_PX)  # the same with a scroll bar and without
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not option.state & QStyle.StateFlag.State_Enabled and not entry.is_heading:
            painter.setOpacity(0.4)
        if entry.is_heading:
            painter.setFont(font(SMALL_PX - 1, bold=True))
            painter.setPen(QColor(self.colours.third))
            side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(area.adjusted(8, 0, 0, -6), int(side), entry.text)
        else:
            self._paint_entry(painter, option.state, area, entry)
        painter.restore()

    def _paint_entry(
        self, painter: QPainter, state: QStyle.StateFlag, area: QRect, entry: Entry
    ) -> None:
        if self.target == entry.key:
            painter.setPen(QPen(QColor(self.colours.accent), 1.5))
            painter.setBrush(QColor(self.colours.selected))
            painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), 8, 8)
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        if self.target != entry.key and (is_chosen or state & QStyle.StateFlag.State_MouseOver):
            ground = self.colours.raised if is_chosen else self.colours.window
            has_focus = is_chosen and state & QStyle.StateFlag.State_HasFocus
            frame = QPen(QColor(self.colours.accent), 1) if has_focus else Qt.PenStyle.NoPen
            painter.setPen(frame)
            painter.setBrush(QColor(ground))
            painter.drawRoundedRect(area.adjusted(0, 0, -1, -1), 8, 8)
        left = self._paint_dot(painter, area, entry)
        is_quiet = entry.root is not None or entry.kind is not None or not entry.count
        colour = QColor(self.colours.second if is_quiet and not is_chosen else self.colours.text)
        figures = "" if entry.count is None else f"{entry.count:,}"
        painter.setFont(font(figures=True))
        painter.setPen(QColor(self.colours.second))
        inner = area.adjusted(left, 0, -8, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, int(Qt.AlignmentFlag.AlignRight | middle), figures)
        width = painter.fontMetrics().horizontalAdvance(figures)
        painter.setFont(font())
        painter.setPen(colour)
        room = inner.adjusted(0, 0, -width - 8, 0)
        shown = painter.fontMetrics().elidedText(
            plain(entry.text), Qt.TextElideMode.ElideMiddle, room.width()
        )
        painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | middle), shown)

    def _paint_dot(self, painter: QPainter, area: QRect, entry: Entry) -> int:
        """Paint an instrument's colour; return where the text begins."""
        if entry.kind:
            return 40
        if entry.bucket not in _DECIDED:
            return 8
        is_all = entry.bucket is Bucket.ALL
        colour = QColor(self.colours.text) if is_all else self.colours.of(entry.text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(area.left() + 13, area.center().y() + 0.5), 4.5, 4.5)
        return 26


class Sidebar(QListView):
    """Chooses what the table shows.

    Signals
    -------
    chosen(object)
        An `Entry`.
    dropped(object, list)
        Samples by their numbers, on an `Entry`: an instrument, Other, favourites or a folder.
    menu_asked(object, QPoint)
        A `Root`, and a place of the screen.
    """

    chosen = Signal(object)
    dropped = Signal(object, list)
    menu_asked = Signal(object, QPoint)

    def __init__(self, colours: Colours) -> None:
        super().__init__()
        self.take_key: Callable[[QKeyEvent], bool] = lambda _: False
        self._model = SidebarModel()
        self._painter = _EntryPainter(self._model, colours, self)
        self._chosen = Entry("All", None, Bucket.ALL).key
        self.setObjectName("sidebar")
        self.setAccessibleName("Buckets and folders")
        self.setModel(self._model)
        self.setItemDelegate(self._painter)
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.setViewportMargins(0, 10, 0, 8)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._on_current_changed)

    @property
    def entries(self) -> list[Entry]:
        """Return the lines."""
        return self._model.entries

    def show_entries(self, entries: list[Entry]) -> None:
        """Show lines; the one that was chosen stays so."""
        with _Quiet(self):
            if not self._model.show(entries):
                self._mark()

    def choose(
        self, bucket: Bucket | None, kind: str | None = None, root: int | None = None
    ) -> None:
        """Mark a line as chosen, without saying so."""
        self._chosen = (bucket, kind, root)
        with _Quiet(self):
            self._mark()

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self._painter.colours = colours
        self.viewport().update()

    def _mark(self) -> None:
        for line, entry in enumerate(self._model.entries):
            if entry.key == self._chosen:
                self.setCurrentIndex(self._model.index(line))
                return

    def _on_current_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            entry = self._model.entries[current.row()]
            self._chosen = entry.key
            self.chosen.emit(replace(entry))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Let the window have its keys first; a list would look for what begins with a letter."""
        moves = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End}
        if event.key() in moves:
            super().keyPressEvent(event)
        elif self.take_key(event):
            event.accept()
        else:
            event.ignore()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take samples; what comes from other programs is for the window."""
        event.setAccepted(event.mimeData().hasFormat(SAMPLES_MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        """Mark where they would be dropped."""
        entry = self._target_at(event.position().toPoint())
        self._painter.target = entry.key if entry else None
        self.viewport().update()
        event.setAccepted(entry is not None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        """Mark nothing."""
        self._painter.target = None
        self.viewport().update()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Tell what was dropped where."""
        self._painter.target = None
        self.viewport().update()
        entry = self._target_at(event.position().toPoint())
        if entry and event.mimeData().hasFormat(SAMPLES_MIME):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
            numbers = json.loads(bytes(event.mimeData().data(SAMPLES_MIME).data()))
            self.dropped.emit(replace(entry), numbers)

    def _target_at(self, place: QPoint) -> Entry | None:
        index = self.indexAt(place)
        entry = self._model.entries[index.row()] if index.isValid() else None
        takes = entry and (entry.root or (entry.bucket in _TAKING and entry.kind is None))
        return entry if takes else None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Offer what can be done with a folder."""
        is_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if is_key else self.indexAt(event.pos())
        root = self._model.entries[index.row()].root if index.isValid() else None
        if root:
            place = self.viewport().mapToGlobal(self.visualRect(index).center())
            self.menu_asked.emit(root, place if is_key else event.globalPos())


class _Quiet:
    """Keeps a list from telling what is chosen by us."""

    def __init__(self, view: Sidebar) -> None:
        self._view = view

    def __enter__(self) -> None:
        self._view.selectionModel().blockSignals(True)

    def __exit__(self, *_: object) -> None:
        self._view.selectionModel().blockSignals(False)
        self._view.viewport().update()

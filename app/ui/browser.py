"""What is shown, and in which order: between the rows of the library and the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.core.browsing.arrays import Positions
from app.core.browsing.filters import (
    Bucket,
    Filter,
    count_buckets,
    count_kinds,
    matching_rows,
)
from app.core.browsing.ordering import SORT_KEYS, SortBy, ordered
from app.core.catalog.states import State
from app.ui.library import Library
from app.ui.sample_table import Place, SampleTable
from app.ui.sidebar import Sidebar, entries_of

# By the first click what one looks for comes first.
_DESCENDING: Final = frozenset({"confidence", "length", "added", "peak", "brightness"})
_MOST_KEYS: Final = 2


class Browser(QObject):
    """Filters and sorts the rows, and keeps the counts at the left.

    A sample that no longer matches because the user has just said so stays until he looks for
    something else: rows that vanish under the hand cannot be worked through.

    Attributes
    ----------
    wanted : Filter
    sorted_by : tuple of SortBy

    Signals
    -------
    shown(int)
        How many rows are shown now.
    """

    shown = Signal(int)

    def __init__(self, library: Library, table: SampleTable, sidebar: Sidebar) -> None:
        super().__init__()
        self.wanted = Filter()
        self.sorted_by: tuple[SortBy, ...] = ()
        self.count = 0
        self._library, self._table, self._sidebar = library, table, sidebar
        self._kept: set[int] = set()
        self._queue: list[int] | None = None
        self._before: Place | None = None
        library.loaded.connect(self.refresh)
        library.grown.connect(self.refresh)
        library.said_changed.connect(self._on_said)
        library.roots_changed.connect(self.count_again)
        table.header.sort_asked.connect(self.sort)

    def show(self, wanted: Filter) -> None:
        """Show what a filter lets through."""
        if wanted == self.wanted:
            return
        is_other = wanted.bucket != self.wanted.bucket or wanted.kind != self.wanted.kind
        self.wanted = wanted
        self._kept.clear()
        self._show(from_top=True)
        if is_other:
            self.count_again()

    def show_queue(self, ids: list[int] | None) -> None:
        """Show just these samples, in their order; None for what was shown before, as it was."""
        if ids is not None and self._queue is None:
            self._before = self._table.place()
        self._queue = ids
        self._show()
        if ids is None and self._before is not None:
            self._table.go_back(self._before)
            self._before = None

    def keep(self, ids: Iterable[int]) -> None:
        """Let samples stay where they are, whatever they become."""
        self._kept.update(ids)

    def sort(self, column: str, is_second: bool = False) -> None:
        """Sort by a column, the other way round if it is sorted by already."""
        known = next((by for by in self.sorted_by if by.column == column), None)
        descending = not known.descending if known else column in _DESCENDING
        key = SortBy(column, descending)
        if is_second and self.sorted_by and self.sorted_by[0].column != column:
            by: tuple[SortBy, ...] = (self.sorted_by[0], key)
        else:
            by = (key, *self.sorted_by[1:]) if known and is_second else (key,)
        self.sort_by(by)

    def sort_by(self, by: Iterable[SortBy]) -> None:
        """Sort by columns, the first first."""
        self.sorted_by = tuple(one for one in by if one.column in SORT_KEYS)[:_MOST_KEYS]
        self._table.show_sort(self.sorted_by)
        self._show(from_top=True)

    def refresh(self) -> None:
        """Look through the rows again, which have changed."""
        self._show()
        self.count_again()

    def count_again(self) -> None:
        """Bring the counts at the left up to date."""
        rows = self._library.rows
        shows_kinds = self.wanted.bucket is Bucket.OTHER
        counts = count_buckets(rows)
        counts[Bucket.PROBLEMS] += len(self._library.obstacles)
        roots, away = rows.count_roots(), rows.count_roots(State.ONLINE_ONLY)
        entries = entries_of(
            counts,
            count_kinds(rows) if shows_kinds else {},
            [replace(root, samples=roots.get(root.id, 0)) for root in self._library.roots],
            online_only=away,
            shows_kinds=shows_kinds,
        )
        self._sidebar.show_entries(entries)
        self._sidebar.choose(
            self.wanted.bucket if self.wanted.root is None else None,
            self.wanted.kind,
            self.wanted.root,
        )

    def _on_said(self) -> None:
        self._table.repaint_rows()
        self.count_again()

    def _show(self, *, from_top: bool = False) -> None:
        order = self._order()
        self.count = len(order)
        self._table.show_rows(order)
        if from_top:
            self._table.scrollToTop()
        self.shown.emit(self.count)

    def _order(self) -> Positions:
        rows = self._library.rows
        if self._queue is not None:
            return rows.rows_of(self._queue)
        mask = matching_rows(rows, self.wanted)
        if self._kept:
            kept = rows.rows_of(np.fromiter(self._kept, np.int64))
            mask = mask.copy()
            mask[kept] = True
        return ordered(rows, mask, self.sorted_by)

"""What narrows the table: the bucket at the left, the search, the filters."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject

from app.core.browsing.filters import Bucket, Filter
from app.core.settings import Settings
from app.ui.browser import Browser
from app.ui.filter_bar import FilterBar
from app.ui.sample_table import SampleTable
from app.ui.sidebar import Entry, Sidebar
from app.ui.top_bar import TopBar


class Narrowing(QObject):
    """Makes one `Filter` of what the user has set in several places."""

    def __init__(
        self,
        browser: Browser,
        table: SampleTable,
        top: TopBar,
        filters: FilterBar,
        sidebar: Sidebar,
    ) -> None:
        super().__init__()
        self._browser, self._table, self._top, self._filters = browser, table, top, filters
        sidebar.chosen.connect(self.take_entry)
        top.search.textChanged.connect(lambda _: self.narrow())
        top.search.left.connect(self._go_to_table)
        top.filters.toggled.connect(self._show_filters)
        filters.changed.connect(self.narrow)
        filters.left.connect(self._go_to_table)
        filters.closed.connect(lambda: top.filters.setChecked(False))

    def restore(self, kept: Settings) -> None:
        """Narrow as it was when the window was left."""
        self._top.filters.setChecked(kept.shows_filters)
        self._top.search.setText(kept.search)
        bucket = Bucket(kept.bucket) if kept.bucket in set(Bucket) else Bucket.ALL
        self._browser.show(Filter(bucket=bucket, text=kept.search))

    def kept(self, settings: Settings) -> Settings:
        """Return settings with how it is now."""
        return replace(
            settings,
            shows_filters=self._top.filters.isChecked(),
            search=self._top.search.text(),
            bucket=str(self._browser.wanted.bucket),
        )

    def take_entry(self, entry: Entry) -> None:
        """Show what is in a bucket or folder at the left."""
        self._browser.show(
            replace(
                self._browser.wanted,
                bucket=entry.bucket or Bucket.ALL,
                kind=entry.kind,
                root=entry.root.id if entry.root else None,
            )
        )

    def narrow(self) -> None:
        """Show what search and filters let through."""
        self._browser.show(
            replace(
                self._browser.wanted,
                text=self._top.search.text(),
                instruments=self._filters.instruments,
                confidence=self._filters.confidence,
                length_s=self._filters.length_s,
            )
        )

    def find(self) -> None:
        """Let the user type what he looks for."""
        self._top.search.setFocus()
        self._top.search.selectAll()

    def show_all(self) -> None:
        """Take search and filters off; the bucket stays."""
        self._top.search.clear()
        self._filters.clear()
        self.narrow()
        self._table.setFocus()

    def _show_filters(self, is_shown: bool) -> None:
        self._filters.setVisible(is_shown)
        if not is_shown and self._browser.wanted.narrows:
            self._filters.clear()

    def _go_to_table(self) -> None:
        self.narrow()
        self._table.setFocus()
        if self._table.current_row() is None and self._browser.count:
            self._table.choose_line(0)

"""Everything between the bar above and the line below: which part of it is shown when."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from app.core.browsing.filters import Bucket
from app.ui.browser import Browser
from app.ui.filter_bar import FilterBar
from app.ui.library import Library
from app.ui.listening import Listening
from app.ui.panels import SIDEBAR_PX, EmptyPage, NothingFound
from app.ui.rounds import RoundBar
from app.ui.sample_painter import plain, tip
from app.ui.sample_table import SampleTable
from app.ui.sidebar import Sidebar
from app.ui.theme import Colours

_LISTED: Final = 3
_NOTHING: Final = {
    Bucket.FAVOURITES: "No favourites yet: F marks what is chosen, and so does its star.",
    Bucket.CORRECTED: "You have corrected nothing yet: 1 to 5 and 0 say what a sound is.",
    Bucket.UNSURE: "Nothing is unsure.",
    Bucket.DISAGREES: "No name disagrees with its sound.",
    Bucket.DUPLICATES: "No sound is there twice.",
    Bucket.PROBLEMS: "All could be read.",
}
_IN_TIP: Final = 60


class Middle(QStackedWidget):
    """The library; or where there is none yet, what to do about that.

    Attributes
    ----------
    empty : EmptyPage
    nothing : NothingFound
        In place of the table, where a filter lets nothing through.
    banner : QLabel
        Among the problems: what is no sample, and so in no row.

    Signals
    -------
    emptied(bool)
        Whether there is no library.
    """

    emptied = Signal(bool)

    def __init__(self, library: Library, browser: Browser, colours: Colours) -> None:
        super().__init__()
        self.empty, self.nothing = EmptyPage(colours), NothingFound()
        self.banner = QLabel()
        self.banner.setObjectName("banner")
        self.banner.setTextFormat(Qt.TextFormat.PlainText)
        self.banner.setWordWrap(True)
        self._library, self._browser = library, browser
        self._pages = QStackedWidget()

    def arrange(
        self,
        sidebar: Sidebar,
        table: SampleTable,
        above: tuple[RoundBar, FilterBar],
        listening: Listening,
    ) -> None:
        """Put the parts in their places; those above the table are hidden to begin with."""
        self._table = table
        for page in (table, self.nothing):
            self._pages.addWidget(page)
        sidebar.setFixedWidth(SIDEBAR_PX)
        right = _column()
        for part in (*above, self.banner):
            right.addWidget(part)
            part.hide()
        right.addWidget(self._pages, 1)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(sidebar)
        across.addLayout(right, 1)
        full = QWidget()
        whole = _column(full)
        whole.addLayout(across, 1)
        whole.addWidget(listening)
        self.addWidget(full)
        self.addWidget(self.empty)

    @property
    def is_empty(self) -> bool:
        """Whether it says that there is no library."""
        return self.currentWidget() is self.empty

    @property
    def shows_table(self) -> bool:
        """Whether the table is seen."""
        return not self.is_empty and self._pages.currentWidget() is self._table

    def show_library(self) -> None:
        """Show the library, or that there is none."""
        library, was_empty = self._library, self.is_empty
        has_any = bool(library.roots) or len(library.rows) > 0 or library.is_scanning
        self.setCurrentIndex(0 if has_any else 1)
        self.emptied.emit(not has_any)
        if not has_any:
            self.empty.choose.setFocus()
        elif was_empty:
            self._table.setFocus()
        self.show_banner()
        self.show_found()

    def show_found(self) -> None:
        """Show the table, or why nothing is in it."""
        if self._browser.count:
            self._pages.setCurrentWidget(self._table)
            return
        narrows = self._browser.wanted.narrows
        self.nothing.say(self._why_nothing(narrows=narrows), can_clear=narrows)
        self._pages.setCurrentWidget(self.nothing)

    def _why_nothing(self, *, narrows: bool) -> str:
        if narrows:
            return "Nothing matches."
        if self._library.is_scanning:
            return "Looking for samples…"
        if not len(self._library.rows):
            return "No samples yet."
        return _NOTHING.get(self._browser.wanted.bucket, "Nothing here.")

    def show_banner(self) -> None:
        """List, among the problems, folders and links that lead nowhere."""
        obstacles = self._library.obstacles
        is_asked = self._browser.wanted.bucket is Bucket.PROBLEMS
        self.banner.setVisible(is_asked and bool(obstacles))
        lines = [plain(f"{path}: {sentence}") for path, sentence in obstacles]
        rest = len(lines) - _LISTED
        more = [f"And {rest:,} more; point here to see them."] if rest > 0 else []
        self.banner.setText("\n".join([*lines[:_LISTED], *more]))
        self.banner.setToolTip(tip("\n".join(lines[:_IN_TIP])))


def _column(owner: QWidget | None = None) -> QVBoxLayout:
    column = QVBoxLayout(owner) if owner else QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    return column

"""How large the window is, how much of it is seen, and whether it stays on top."""

from __future__ import annotations

from dataclasses import replace
from typing import Final, Protocol

from PySide6.QtCore import QByteArray, QObject, QSize, Qt
from PySide6.QtWidgets import QMainWindow

from app.core.settings import Settings
from app.ui.sample_table import SampleTable
from app.ui.sidebar import Sidebar
from app.ui.theme import Colours

_SIZE: Final = (1280, 800)
_LEAST: Final = (1024, 640)
_SIZE_COMPACT: Final = (560, 600)
_LEAST_COMPACT: Final = (460, 360)


class Shrinking(Protocol):
    """A part that leaves things out where the window is compact."""

    def set_compact(self, is_compact: bool) -> None:
        """Leave out what takes room."""


class WindowShape(QObject):
    """Makes the window compact and full again, and keeps it on top.

    Attributes
    ----------
    is_compact, is_on_top : bool
    """

    def __init__(
        self,
        window: QMainWindow,
        sidebar: Sidebar,
        table: SampleTable,
        parts: tuple[Shrinking, ...],
    ) -> None:
        super().__init__(window)
        self.is_compact = self.is_on_top = False
        self._window, self._sidebar, self._table, self._parts = window, sidebar, table, parts
        self._other_size: QSize | None = None  # before it became compact, or was so no more
        self._colours: Colours | None = None

    def restore(self, kept: Settings) -> None:
        """Be as large as when the window was left."""
        self._window.resize(*_SIZE)
        geometry = dict(kept.window).get("geometry", "")
        self._window.restoreGeometry(QByteArray.fromBase64(geometry.encode()))
        self._set_compact(kept.compact)
        self._set_on_top(kept.on_top)

    def kept(self, settings: Settings) -> Settings:
        """Return settings with how it is now."""
        geometry = bytes(self._window.saveGeometry().toBase64().data()).decode()
        return replace(
            settings,
            compact=self.is_compact,
            on_top=self.is_on_top,
            window=(("geometry", geometry),),
        )

    def dress(self, colours: Colours) -> None:
        """Paint the rows in other colours, as high as they are."""
        self._colours = colours
        self._table.dress(colours, is_compact=self.is_compact)

    def switch_compact(self) -> None:
        """Become small, or as large as before."""
        before, self._other_size = self._other_size, self._window.size()
        self._set_compact(not self.is_compact)
        self._window.resize(before or QSize(*(_SIZE_COMPACT if self.is_compact else _SIZE)))
        self._table.header.fit()

    def _set_compact(self, is_compact: bool) -> None:
        self.is_compact = is_compact
        self._window.setMinimumSize(*(_LEAST_COMPACT if is_compact else _LEAST))
        self._sidebar.setVisible(not is_compact)
        for part in self._parts:
            part.set_compact(is_compact)
        if self._colours is not None:
            self.dress(self._colours)
        self._table.header.fit()

    def switch_on_top(self) -> None:
        """Stay above all other windows, or do so no more."""
        self._set_on_top(not self.is_on_top)

    def _set_on_top(self, is_on_top: bool) -> None:
        if is_on_top == self.is_on_top:
            return
        self.is_on_top = is_on_top
        was_visible = self._window.isVisible()
        self._window.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint, is_on_top)
        if was_visible:  # Qt hides a window whose kind changes
            self._window.show()

"""A window as a test sees it: keys into it, names and texts out of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.core.browsing.filters import Bucket
from app.core.browsing.loading import load
from app.core.catalog.search import Query, find
from app.core.sample import Sample
from app.ui.main_window import MainWindow
from app.ui.sample_model import column_of
from tests.helpers.decisions import decision_name
from tests.helpers.outputs import ManualOutput

_PATIENCE_MS = 10_000
Key = Qt.Key


class Desk:
    """Somebody in front of the window.

    Attributes
    ----------
    window : MainWindow
    output : ManualOutput
        What it plays on.
    """

    def __init__(self, qtbot: QtBot, window: MainWindow, output: ManualOutput) -> None:
        self.qtbot, self.window, self.output = qtbot, window, output
        self.library, self.table = window.library, window.table
        self._is_open = False

    def open(self) -> None:
        """Show the window, with all that it loads later."""
        self._is_open = True
        self.window.show()
        self.window.activateWindow()
        self.library.take(load(self.library._reading))
        self.until(lambda: self.window.listening.plot is not None)
        self.idle()

    def close(self) -> None:
        """Close it, once."""
        if self._is_open:
            self._is_open = False
            self.window.close()

    def until(self, is_so: Callable[[], Any]) -> None:
        """Let the window work until something is so."""
        self.qtbot.waitUntil(lambda: bool(is_so()), timeout=_PATIENCE_MS)

    def idle(self) -> None:
        """Wait until all that was asked for is done."""
        library = self.library
        self.until(
            lambda: (
                not library.is_scanning
                and not library._writer.is_busy
                and not library._reader.is_busy
                and not self.window.listening._drawer.is_busy
                and not self.window.listening._rest.isActive()
            )
        )

    def scan(self, *folders: Any) -> None:
        """Take folders into the library, and wait for the end of the scan."""
        with self.qtbot.waitSignal(self.library.scan_ended, timeout=_PATIENCE_MS):
            self.library.add([str(folder) for folder in folders])
        self.idle()

    def press(self, key: Key, *modifiers: Qt.KeyboardModifier, on: QWidget | None = None) -> None:
        """Press and let go of a key, in the table."""
        held = Qt.KeyboardModifier.NoModifier
        for modifier in modifiers:
            held |= modifier
        target = on or self.table
        target.window().activateWindow()
        self.until(target.window().isActiveWindow)  # else no shortcut works
        target.setFocus()
        QTest.keyClick(target, key, held)

    def type(self, text: str) -> None:
        """Type into the search field."""
        self.window.top.search.setFocus()
        for letter in text:  # Qt's own typing knows no Japanese
            self.window.top.search.insert(letter)

    def names(self) -> list[str]:
        """Return the names in the table, from top to bottom."""
        model = self.window.model
        return [model.rows.names[row] for row in model.order]

    def column(self, key: str) -> list[str]:
        """Return what a column says, from top to bottom."""
        model = self.window.model
        return [
            str(model.data(model.index(line, column_of(key)))) for line in range(model.rowCount())
        ]

    def choose(self, *names: str) -> None:
        """Choose rows by their names; the last is the one that the user is at."""
        self.table.clearSelection()
        lines = [self.names().index(name) for name in names]
        self.table.choose_line(lines[-1])
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for line in lines[:-1]:
            self.table.selectionModel().select(self.window.model.index(line, 0), flags)

    def current(self) -> str | None:
        """Return the name of the row that the user is at."""
        row = self.table.current_row()
        return None if row is None else self.library.rows.names[row]

    def counts(self) -> dict[str, int | None]:
        """Return the counts at the left, by what they are of."""
        return {entry.text: entry.count for entry in self.window.sidebar.entries}

    def show(self, bucket: Bucket) -> None:
        """Choose a bucket at the left."""
        sidebar = self.window.sidebar
        line = next(at for at, one in enumerate(sidebar.entries) if one.bucket is bucket)
        sidebar.setCurrentIndex(sidebar.model().index(line, 0))

    def kept(self, **wanted: Any) -> list[Sample]:
        """Return what is in the catalog."""
        return list(find(self.library._database, Query(**wanted)))

    def corrections(self) -> dict[str, str | None]:
        """Return what was said of each sample that something was said of, by its name."""
        return {
            sample.path.rpartition("/")[2]: sample.correction
            for sample in self.kept(is_corrected=True)
        }

    def shown_corrections(self) -> dict[str, str | None]:
        """Return the same as the table shows it."""
        rows = self.library.rows
        return {
            name: decision_name(int(code))
            for name, code in zip(rows.names, rows.correction, strict=True)
            if code >= 0
        }

    def said(self) -> str:
        """Return what the status line says."""
        return self.window.status._text.text()

    def pull(self, seconds: float = 0.1) -> Any:
        """Hear some time of what is played."""
        return self.output.pull(int(seconds * self.output.rate_hz))

    def hears(self, name: str) -> bool:
        """Tell whether a sample is being played."""
        state = self.window.audition.state
        return state.is_playing and state.path is not None and state.path.endswith(name)

"""What ``speed.py`` measures of the window with 100,000 samples in it: sort, search, correct."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import environment  # noqa: F401 - before numpy
import numpy as np
from library import Library
from measures import Measured, NotMeasuredError, seconds_of
from open_window import Paints, opened_window, process_events, wait_until
from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QTableView
from varied_catalog import varied_catalog

from app.core.browsing.ordering import SORT_KEYS, SortBy
from app.core.browsing.rows import Rows
from app.ui.columns import COLUMNS, KEYS
from app.ui.sample_model import SampleModel

if TYPE_CHECKING:
    from app.ui.main_window import MainWindow

CORRECTED: Final = 10_000
_WORD: Final = "snare"
_RAW: Final = Qt.ItemDataRole.UserRole


class _RawModel(SampleModel):
    """The rows as they are numbered, with values to sort by: sorts faster than by what is shown."""

    def __init__(self, rows: Rows) -> None:
        super().__init__(rows)
        self.show_rows(np.arange(len(rows)))
        self._raw = [_raw_values(rows, key) for key in KEYS]

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == _RAW:
            return self._raw[index.column()][index.row()]
        return super().data(index, role)


def _raw_values(rows: Rows, key: str) -> list[Any]:
    if key == "name":
        return rows.names
    if key == "folder":
        return [rows.folder(row) for row in range(len(rows))]
    values = SORT_KEYS[key](rows)
    return [None if np.isnan(value) else value for value in values.tolist()]


class _Proxy:
    """The way that Qt offers: a proxy over the same model, and a table that shows it."""

    def __init__(self, rows: Rows) -> None:
        self._model = _RawModel(rows)
        self._proxy = QSortFilterProxyModel()
        self._proxy.setSourceModel(self._model)
        self._proxy.setSortRole(_RAW)
        self._proxy.setFilterRole(_RAW)
        self._proxy.setFilterKeyColumn(KEYS.index("name"))
        self._table = QTableView()
        self._table.setModel(self._proxy)
        self._table.resize(1068, 500)
        self._table.show()
        process_events()

    def sort(self, column: str) -> float:
        """Return the seconds of sorting rows that lie as they are numbered."""
        self._proxy.sort(-1)
        process_events()
        return _shown(partial(self._proxy.sort, KEYS.index(column)))

    def type(self, word: str) -> float:
        """Return the seconds of a keystroke, the mean over a word."""
        times = [_shown(partial(self._proxy.setFilterFixedString, part)) for part in parts(word)]
        self._proxy.setFilterFixedString("")
        process_events()
        return sum(times) / len(times)

    def close(self) -> None:
        self._table.hide()
        self._table.setModel(None)


def _shown(act: Callable[[], object]) -> float:
    def both() -> None:
        act()
        process_events()

    return seconds_of(both)


def parts(word: str) -> list[str]:
    """Return what stands there after each keystroke."""
    return [word[: at + 1] for at in range(len(word))]


@contextmanager
def _both() -> Iterator[tuple[MainWindow, Paints, _Proxy]]:
    with varied_catalog() as catalog, opened_window(catalog) as window:
        paints = Paints(window.table.viewport())
        proxy = _Proxy(window.library.rows)
        try:
            yield window, paints, proxy
        finally:
            proxy.close()
            paints.forget()


def measure_window_sort(_library: Library, *, turns: int = 3) -> Measured:
    """Return how long a proxy takes for the column that takes us longest, in our times."""
    ours, theirs = [], []
    with _both() as (window, paints, proxy):
        for _ in range(turns):
            _read_anew(window)  # or a sort by name would find what the last one has worked out
            seconds = {
                column: paints.seconds_until(partial(window.browser.sort, column))
                for column in SORT_KEYS
            }
            worst = max(seconds, key=seconds.__getitem__)
            ours.append(seconds[worst])
            theirs.append(proxy.sort(worst))
            _tell(f"by {worst}; the others {median(seconds.values()) * 1000:.0f} ms")
    return _times_faster(ours, theirs)


def measure_window_search(_library: Library, *, turns: int = 3) -> Measured:
    """Return how long a proxy takes for a keystroke of search, in our times."""
    ours, theirs = [], []
    with _both() as (window, paints, proxy):
        for _ in range(turns):
            ours.append(_type(window, paints))
            theirs.append(proxy.type(_WORD))
    return _times_faster(ours, theirs)


def _type(window: MainWindow, paints: Paints) -> float:
    field = window.top.search
    times = [paints.seconds_until(partial(QTest.keyClick, field, letter)) for letter in _WORD]
    field.clear()
    process_events()
    return sum(times) / len(times)


def _read_anew(window: MainWindow) -> None:
    has_loaded: list[bool] = []
    connection = window.library.loaded.connect(lambda: has_loaded.append(True))
    window.library.reload()
    wait_until(lambda: has_loaded)
    window.library.loaded.disconnect(connection)


def measure_window_correct(_library: Library, *, turns: int = 9) -> Measured:
    """Return correcting very many rows by a key against writing the same to SQLite at once."""
    ours, theirs = [], []
    with varied_catalog() as catalog, varied_catalog() as other, opened_window(catalog) as window:
        paints = Paints(window.table.viewport())
        window.browser.sort_by([SortBy("name")])
        wanted = _contents_of_first(window)
        with closing(_connected(other)) as connection:
            for turn in range(-1, turns):  # the first one warms up
                code = turn % 5
                theirs.append(seconds_of(partial(_write, connection, wanted, code)))
                ours.append(_correct(window, paints, code))
        _check_written(catalog, wanted, code)
        paints.forget()
    ratio = median(mine / other for mine, other in zip(ours[1:], theirs[1:], strict=True))
    return Measured(ratio, tuple(ours[1:]), tuple(theirs[1:]), "s")


def _contents_of_first(window: MainWindow) -> list[bytes]:
    rows = window.library.rows
    ids = rows.ids[window.model.order[:CORRECTED]].tolist()
    return list(dict.fromkeys(rows.contents[number] for number in ids))


def _correct(window: MainWindow, paints: Paints, code: int) -> float:
    table, flags = window.table, QItemSelectionModel.SelectionFlag
    last = min(CORRECTED, window.model.rowCount()) - 1
    table.choose_line(0)
    every = QItemSelection(window.model.index(0, 0), window.model.index(last, len(COLUMNS) - 1))
    table.selectionModel().select(every, flags.ClearAndSelect)
    process_events()

    def act() -> None:
        QTest.keyClick(table, Qt.Key(Qt.Key.Key_1 + code))
        wait_until(lambda: not window.library.is_writing)

    return paints.seconds_until(act)


def _connected(catalog: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(catalog, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _write(connection: sqlite3.Connection, wanted: Sequence[bytes], code: int) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(
        "INSERT OR REPLACE INTO corrections VALUES (?, ?, ?)",
        [(content, code, 1.7e9) for content in wanted],
    )
    connection.execute("COMMIT")


def _check_written(catalog: Path, wanted: Sequence[bytes], code: int) -> None:
    with closing(sqlite3.connect(catalog)) as connection:
        said = dict(connection.execute("SELECT content, label FROM corrections"))
    if any(said.get(content) != code for content in wanted):
        raise NotMeasuredError("the window has not written what was said")


def _times_faster(ours: Sequence[float], theirs: Sequence[float]) -> Measured:
    ratio = median(other / mine for mine, other in zip(ours, theirs, strict=True))
    return Measured(ratio, tuple(ours), tuple(theirs), "s")


def _tell(text: str) -> None:
    sys.stderr.write(f"  {text}\n")

"""What the threshold does and what there is to do: kept up to date above the table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer

from app.core.browsing.estimate import estimate
from app.core.browsing.rows import OTHER_CODE
from app.core.catalog.checks import Check, last_check
from app.core.catalog.states import State
from app.ui.browser import Browser
from app.ui.library import Library
from app.ui.rounds import Rounds
from app.ui.top_bar import TopBar

# While keys are pressed one after the other, nobody reads it.
_REST_MS: Final = 120
# What comes in all the time is added up all the same, now and then.
_SCANNING_MS: Final = 2_000


class Outlook(QObject):
    """Fills the slider, and the buttons that say how much they would do.

    Attributes
    ----------
    verb : callable
        Returns what sorting does with files: "Copy".
    """

    def __init__(self, library: Library, browser: Browser, rounds: Rounds, top: TopBar) -> None:
        super().__init__()
        self.verb: Callable[[], str] = lambda: "Copy"
        self._library, self._browser, self._rounds, self._top = library, browser, rounds, top
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.refresh)
        for signal in (library.loaded, library.grown, library.said_changed, library.roots_changed):
            signal.connect(self.look_soon)
        top.threshold.chosen.connect(self.choose)
        library.loaded.connect(self._read_check)
        rounds.checked.connect(lambda _: self.look_soon())

    def look_soon(self, _: object = None) -> None:
        """Look again soon."""
        if self._library.is_scanning:
            if not self._rest.isActive():
                self._rest.start(_SCANNING_MS)
        else:
            self._rest.start(_REST_MS)

    def choose(self, threshold: float | None) -> None:
        """Take another threshold; None for the model's own."""
        self._library.rows.threshold = threshold
        self._browser.refresh()
        self.refresh()

    def refresh(self) -> None:
        """Look again now."""
        rows, online = self._library.rows, self._library.online()
        found = estimate(rows, online)
        self._top.threshold.show_estimate(found, self._rounds.last_check)
        self._top.threshold.show_threshold(self.threshold)
        decisions = rows.decisions()
        is_sortable = (decisions >= 0) & (decisions < OTHER_CODE)
        is_sortable &= online & (rows["state"] == State.DONE)
        count = int(np.count_nonzero(is_sortable))
        self._top.show_work(self._rounds.count_waiting(), count, self.verb())

    @property
    def threshold(self) -> float:
        """Return the threshold that holds; of several models, that of most samples."""
        rows = self._library.rows
        if rows.threshold is not None:
            return rows.threshold
        return float(np.median(rows.thresholds())) if len(rows) else 0.8

    def _read_check(self) -> None:
        self._library.read_with(last_check, self._take_check)

    def _take_check(self, check: Check | None) -> None:
        if check is not None and self._rounds.last_check != check:
            self._rounds.last_check = check
            self.look_soon()

    def close(self) -> None:
        """Look no more."""
        self._rest.stop()

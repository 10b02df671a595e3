"""What the threshold does and what there is to do: kept up to date above the table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer

from app.core.browsing.arrays import Ids, Mask
from app.core.browsing.estimate import estimate
from app.core.browsing.rows import OTHER_CODE, UNSURE_CODE
from app.core.catalog.checks import Check, last_check
from app.core.catalog.states import State
from app.ui.browser import Browser
from app.ui.library import Library
from app.ui.rounds import Rounds
from app.ui.top_bar import TopBar

if TYPE_CHECKING:
    from app.core.sorting.choice import SortChoice

# While keys are pressed one after the other, nobody reads it.
_REST_MS: Final = 120
# Until something was heard.
_USUAL: Final = 0.8
# What comes in all the time is added up all the same, now and then.
_SCANNING_MS: Final = 2_000


class Outlook(QObject):
    """Fills the slider, and the buttons that say how much they would do.

    Attributes
    ----------
    choice : callable
        Returns how the user sorts: a `SortChoice`.
    scope : callable
        Returns the numbers of what would be sorted, or None for the whole library.
    """

    def __init__(self, library: Library, browser: Browser, rounds: Rounds, top: TopBar) -> None:
        super().__init__()
        self.choice: Callable[[], SortChoice] = _usual_choice
        self.scope: Callable[[], Ids | None] = lambda: None
        self._placed: list[int] = []
        self._library, self._browser, self._rounds, self._top = library, browser, rounds, top
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.refresh)
        for signal in (library.loaded, library.grown, library.said_changed, library.roots_changed):
            signal.connect(self.look_soon)
        top.threshold.chosen.connect(self.choose)
        library.loaded.connect(self._read_check)
        library.loaded.connect(self.look_at_placed)
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
        count = int(np.count_nonzero(self._sortable() & online))
        verb = self.choice().mode.capitalize()
        self._top.show_work(self._rounds.count_waiting(), count, verb)

    def _sortable(self) -> Mask:
        """Return which samples the next sort would put somewhere else than where they are."""
        rows, choice = self._library.rows, self.choice()
        decisions = rows.decisions()
        wanted = (decisions >= 0) & (decisions < OTHER_CODE)
        if choice.with_other:
            wanted |= decisions == OTHER_CODE
        if choice.with_unsure:
            wanted |= decisions == UNSURE_CODE
        wanted &= rows["state"] == State.DONE
        scope = self.scope()
        if scope is not None:
            inside = np.zeros(len(rows), np.bool_)
            inside[rows.rows_of(scope)] = True
            wanted &= inside
        if choice.destination:
            wanted &= ~rows.below(choice.destination)
            wanted[rows.rows_of(self._placed)] = False
        return wanted

    @property
    def threshold(self) -> float:
        """Return the threshold that holds; of several models, that of most samples."""
        rows = self._library.rows
        if rows.threshold is not None:
            return rows.threshold
        heard = rows.thresholds()[rows["label"] >= 0]
        return float(np.median(heard)) if len(heard) else _USUAL

    def look_at_placed(self) -> None:
        """Read what lies where the next sort would put it."""
        destination = self.choice().destination
        if destination:
            from app.core.sorting.placements import placed_samples  # noqa: PLC0415

            work = partial(placed_samples, destination=destination)
            self._library.read_with(work, self._take_placed)

    def _take_placed(self, placed: list[int]) -> None:
        self._placed = placed
        self.look_soon()

    def _read_check(self) -> None:
        self._library.read_with(last_check, self._take_check)

    def _take_check(self, check: Check | None) -> None:
        if check is not None and self._rounds.last_check != check:
            self._rounds.last_check = check
            self.look_soon()

    def close(self) -> None:
        """Look no more."""
        self._rest.stop()


def _usual_choice() -> SortChoice:
    from app.core.sorting.choice import SortChoice  # noqa: PLC0415 - after the first picture

    return SortChoice()

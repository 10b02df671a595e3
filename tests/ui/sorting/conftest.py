"""Sorting in a window of its own: what main_window will hold, on a library that was scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QWidget
from pytestqt.qtbot import QtBot

from app.core.browsing.loading import load
from app.core.catalog.database import Database
from app.core.catalog.marks import correct
from app.core.sorting.choice import SortChoice
from app.core.sorting.transfer import Disk
from app.ui.library import Library
from app.ui.sorting.controller import Sorting
from app.ui.sorting.history_dialog import HistoryDialog
from app.ui.sorting.plan_dialog import PlanDialog
from app.ui.sorting.recovery_dialog import RecoveryDialog
from app.ui.theme import DARK
from classifier import load_model
from tests.helpers.libraries import sample_at, scanned, sound
from tests.helpers.trees import make_tree

LABELS = {
    "pack/a.wav": "Kick",
    "pack/b.wav": "Open hat",
    "other/a.wav": "Kick",
    "other/c.wav": "Snare",
    "other/d.wav": "Other",
}
PATIENCE_MS = 10_000
Dialog = TypeVar("Dialog", bound=QDialog)


class Bench:
    """Somebody who sorts.

    Attributes
    ----------
    sorting : Sorting
    library : Library
    said : list of (str, bool)
    choices : list of SortChoice
        As they were to be kept.
    """

    def __init__(self, qtbot: QtBot, catalog: Path, card: str, disk: Disk) -> None:
        self.qtbot = qtbot
        self.window = QWidget()
        self.window.resize(1024, 700)
        qtbot.addWidget(self.window)
        self.library = Library(catalog, Database.open(catalog), model=card, threads=2)
        self.library.take(load(self.library._reading))
        self.sorting = Sorting(self.library, self.window, disk, SortChoice(), DARK)
        self.said: list[tuple[str, bool]] = []
        self.choices: list[SortChoice] = []
        self.sorting.said.connect(lambda *said: self.said.append(said))
        self.library.failed.connect(lambda text: self.said.append((text, True)))
        self.sorting.settings_changed.connect(self.choices.append)
        self.window.show()
        self.idle()

    def until(self, is_so: Callable[[], Any]) -> None:
        """Let the window work until something is so."""
        self.qtbot.waitUntil(lambda: bool(is_so()), timeout=PATIENCE_MS)

    def idle(self) -> None:
        """Wait until all that was asked for is done."""
        workers = self.library._writer, self.library._reader, self.library._scanner
        self.until(
            lambda: (
                not self.sorting.sorter.is_busy
                and not self.library.is_scanning
                and not any(worker.is_busy for worker in workers)
            )
        )

    def ids(self, *names: str) -> list[int]:
        """Return the numbers of samples by their names."""
        rows = self.library.rows
        places = range(len(rows))
        return [int(rows.ids[at]) for at in places if rows.path(at).endswith(names)]

    def paths(self) -> list[str]:
        """Return where the library says that its samples are."""
        rows = self.library.rows
        return sorted(rows.path(at) for at in range(len(rows)))

    def _front(self, kind: type[Dialog]) -> Dialog:
        self.until(lambda: isinstance(self.sorting._front(), kind))
        found = self.sorting._front()
        assert isinstance(found, kind)
        return found

    def plan(self) -> PlanDialog:
        """Return the dialog of a plan, once that is made."""
        dialog = self._front(PlanDialog)
        self.until(lambda: dialog.main.text() != "Planning…" and not dialog._planning.isActive())
        return dialog

    def history(self) -> HistoryDialog:
        """Return the history, once it is read."""
        dialog = self._front(HistoryDialog)
        self.idle()
        return dialog

    def recovery(self) -> RecoveryDialog:
        """Return the dialog that asks what becomes of a batch."""
        return self._front(RecoveryDialog)

    def open(self, into: Path | None, *names: str, **choice: Any) -> PlanDialog:
        """Have a sort planned."""
        self.sorting.choice = SortChoice(destination=str(into) if into else "", **choice)
        self.sorting.open(self.ids(*names) if names else None, "the whole library")
        return self.plan()

    def run(self, dialog: PlanDialog) -> PlanDialog:
        """Press the loud button, and wait for the summary."""
        dialog.main.click()
        self.until(lambda: dialog.pages.currentWidget() is dialog.summary)
        self.idle()
        return dialog

    def lines(self, dialog: PlanDialog) -> list[tuple[str, ...]]:
        """Return what the table of a plan says, line by line."""
        model = dialog.view.model
        return [model._texts(line)[1:] for line in range(model.rowCount())]

    def names(self, dialog: PlanDialog) -> list[str]:
        """Return the names in the table of a plan."""
        return [line[1] for line in self.lines(dialog)]


@pytest.fixture
def folder(tmp_path: Path, card: str) -> Path:
    """Return a folder that was scanned and corrected."""
    tree = {name: sound(number) for number, name in enumerate(LABELS)}
    folder = make_tree(tmp_path / "library", {**tree, "bad.wav": b"text", "pack/a.wav.asd": b"x"})
    with Database.open(tmp_path / "catalog.sqlite") as database:
        scanned(database, load_model(card), folder)
        for name, label in LABELS.items():
            correct(database, [sample_at(database, folder / name)], label)
    return folder


@pytest.fixture
def disk() -> Disk:
    """Return what touches the files."""
    return Disk()


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path, folder: Path, card: str, disk: Disk) -> Iterator[Bench]:
    """Return somebody who sorts that folder."""
    bench = Bench(qtbot, tmp_path / "catalog.sqlite", card, disk)
    yield bench
    for child in bench.window.findChildren(QObject):
        if isinstance(child, QDialog):
            child.close()
    bench.sorting.close()
    bench.library.close()

"""The start: where there is no display, what is damaged, what goes wrong in us."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.core.errors import AppError
from app.ui import start
from app.ui.start import Places, run, watch_for_bugs


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return Places(tmp_path / "catalog.sqlite", tmp_path / "settings.json", tmp_path / "log.txt")


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put the hooks back that a start sets."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield
    start._boxes.clear()


def test_a_damaged_catalog_is_said_in_one_sentence(
    qapp: QApplication, places: Places, hooks: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(start, "tell_end", told.append)
    damaged = b"this was a catalog once" * 1000
    places.catalog.write_bytes(damaged)
    with pytest.raises(AppError) as caught:
        run(places, "tiny")
    assert str(places.catalog) in str(caught.value)
    assert told == [str(caught.value)]  # to who has clicked on an icon as well
    assert places.catalog.read_bytes() == damaged  # whatever is in it, it is not ours to mend


def test_a_mistake_of_ours_is_written_down_and_said_once(
    qtbot: QtBot, places: Places, hooks: None
) -> None:
    watch_for_bugs(places.log)
    error = ZeroDivisionError("of ours")
    for _ in range(2):
        sys.excepthook(type(error), error, None)
    assert places.log.read_text(encoding="utf-8").count("ZeroDivisionError: of ours") == 2
    [box] = [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox)]
    assert str(places.log) in box.informativeText()
    assert "ZeroDivisionError" in box.detailedText()
    box.close()


def test_a_mistake_in_a_thread_is_written_down(qtbot: QtBot, places: Places, hooks: None) -> None:
    watch_for_bugs(places.log)
    thread = threading.Thread(target=[].pop)
    thread.start()
    thread.join()
    assert "IndexError: pop from empty list" in places.log.read_text(encoding="utf-8")
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, QMessageBox)]

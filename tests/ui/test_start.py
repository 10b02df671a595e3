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
from app.ui.start import Places, has_display, run, watch_for_bugs


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


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, False),
        ("linux", {"DISPLAY": ":0"}, True),
        ("linux", {"WAYLAND_DISPLAY": "wayland-0"}, True),
        ("linux", {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ("win32", {}, True),
        ("darwin", {}, True),
        ("darwin", {"QT_QPA_PLATFORM": "minimal"}, False),
    ],
)
def test_whether_there_is_a_display(
    platform: str, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert has_display() is expected


def test_a_damaged_catalog_is_said_in_one_sentence(
    qapp: QApplication, places: Places, hooks: None
) -> None:
    damaged = b"this was a catalog once" * 1000
    places.catalog.write_bytes(damaged)
    with pytest.raises(AppError) as caught:
        run(places, "tiny")
    assert str(places.catalog) in str(caught.value)
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

"""A window on a library of its own, with sounds that are heard by nobody."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.core.catalog.database import Database
from app.core.player.player import Player
from app.core.settings import Settings, Theme
from app.ui.audition import Audition
from app.ui.library import Library
from app.ui.main_window import MainWindow
from app.ui.theme import load_fonts
from tests.helpers.libraries import scanned, sound, tiny_model
from tests.helpers.outputs import ManualOutput
from tests.helpers.trees import make_tree
from tests.helpers.windows import Desk

NAMES = (
    *("drums/kick 1.wav", "drums/kick 2.wav", "drums/kick 10.wav", "drums/snare 1.wav"),
    *("hats/closed hat.wav", "hats/open hat.wav", "misc/<b>bold<b>.wav", "misc/キック.wav"),
)


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> QApplication:
    load_fonts(qapp)
    return qapp


def use_own_trash(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what is put into the trash lie in a folder of the test."""
    if sys.platform in {"win32", "darwin"}:
        return
    from send2trash import plat_other  # noqa: PLC0415

    monkeypatch.setenv("XDG_DATA_HOME", str(data))
    monkeypatch.setattr(plat_other, "XDG_DATA_HOME", os.fsencode(data))
    monkeypatch.setattr(plat_other, "HOMETRASH", str(data / "Trash"))
    monkeypatch.setattr(plat_other, "HOMETRASH_B", os.fsencode(data / "Trash"))
    (data / "Trash").mkdir(parents=True)


@pytest.fixture
def card(tmp_path: Path) -> str:
    """Return the card of a model that says Kick or Snare at once."""
    tiny_model(tmp_path / "model")
    return str(tmp_path / "model" / "tiny.json")


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    """Return a folder of eight sounds."""
    tree = {name: sound(number) for number, name in enumerate(NAMES)}
    return make_tree(tmp_path / "my sounds", tree)


@pytest.fixture
def desks(
    qtbot: QtBot, tmp_path: Path, card: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Desk]]:
    """Return what opens windows on one catalog; they are closed at the end."""
    use_own_trash(tmp_path / "data", monkeypatch)
    opened: list[Desk] = []

    def open_desk(settings: Settings | None = None, catalog: Path | None = None) -> Desk:
        path = catalog or tmp_path / "catalog.sqlite"
        library = Library(path, Database.open(path), model=card, threads=2)
        output = ManualOutput()
        audition = Audition(lambda tell: Player(output, tell))
        window = MainWindow(library, audition, settings or Settings(theme=Theme.DARK))
        qtbot.addWidget(window)
        desk = Desk(qtbot, window, output)
        opened.append(desk)
        desk.open()
        return desk

    yield open_desk
    for desk in opened:
        desk.close()
    gc.collect()


@pytest.fixture
def desk(desks: Callable[..., Desk], tmp_path: Path, card: str, sounds: Path) -> Desk:
    """Return a window on a library that was scanned."""
    from classifier import load_model  # noqa: PLC0415

    with Database.open(tmp_path / "catalog.sqlite") as database:
        scanned(database, load_model(card), sounds)
    return desks()


@pytest.fixture
def empty_desk(desks: Callable[..., Desk]) -> Desk:
    """Return a window on an empty library."""
    return desks()

"""A picture of the window, where nobody sees it: it shows what the window comes to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

from app.core.errors import AppError
from app.ui.picture import Photographer, keep_picture
from tests.helpers.windows import Desk


def test_it_waits_for_the_end_of_the_scan(
    desks: Callable[..., Desk], sounds: Path, tmp_path: Path
) -> None:
    desk = desks()
    file = tmp_path / "window.png"
    said: list[AppError | None] = []
    Photographer(desk.window, file, said.append)
    desk.library.add([str(sounds)])
    desk.until(lambda: said)
    assert said == [None]
    assert len(desk.names()) == 8
    assert desk.window.top.sort.text() == "Copy 8 samples…"
    picture = QImage(str(file))
    assert picture.width() == desk.window.width()


def test_nothing_is_overwritten_by_it(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "mine.png"
    file.write_bytes(b"mine")
    with pytest.raises(AppError, match="It is there already"):
        keep_picture(desk.window, file)
    assert file.read_bytes() == b"mine"

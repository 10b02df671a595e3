"""The line at the bottom: what stays to be read while a scan goes on."""

from __future__ import annotations

from collections import Counter

import pytest
from pytestqt.qtbot import QtBot

from app.core.jobs import Progress
from app.core.library import Scanned
from app.core.scan import Looked
from app.ui.status_line import StatusLine, progress_line, scan_line

HALF = Progress("Analysing", 50, 100, 25.0, "/samples/kick\n1.wav")


@pytest.fixture
def line(qtbot: QtBot) -> StatusLine:
    made = StatusLine(())
    qtbot.addWidget(made)
    return made


def test_how_far_a_scan_is_is_said_in_words() -> None:
    said = progress_line(HALF, is_paused=False)
    assert (
        said == "Analysing · 50 of 100 · 25 files/s · 2 s left · kick\N{REPLACEMENT CHARACTER}1.wav"
    )
    assert progress_line(HALF, is_paused=True).startswith("Analysing, paused · 50 of 100 · kick")
    assert progress_line(None, is_paused=False) == "Preparing"


def test_a_warning_is_not_swept_away_by_a_scan(line: StatusLine, qtbot: QtBot) -> None:
    line.show_progress(HALF, is_paused=False, is_busy=True)
    line.say("Correcting stays on the row.")
    assert line._text.text().startswith("Analysing")
    line.say("No sound card.", is_warning=True)
    line.show_progress(HALF, is_paused=False, is_busy=True)
    assert line._text.text() == "No sound card."
    line._holding.setInterval(1)
    line._holding.start()
    qtbot.waitUntil(lambda: not line._holding.isActive())
    line.show_progress(HALF, is_paused=False, is_busy=True)
    assert line._text.text().startswith("Analysing")


def test_what_a_scan_has_come_to(line: StatusLine) -> None:
    line.show_progress(None, is_paused=False)
    line.say("Done.")
    assert line._text.text() == "Done."
    looked = {
        "/here": Looked(files=12, vanished=3, unsupported=Counter({".mid": 2})),
        "/away": Looked(files=5, is_offline=True),
    }
    assert scan_line(Scanned(looked, analysed=5, unread=1, moved=1, offline={"/away"})) == (
        "12 samples looked through, 4 listened to · 1 cannot be read · 2 gone · 1 folder offline"
        " · 2 files in other formats"
    )

"""What is chosen is heard, seen and told about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.core.browsing.filters import Bucket
from app.ui.audition import matched_gain_db
from tests.helpers.libraries import sound
from tests.helpers.trees import make_tree
from tests.helpers.windows import Desk

Key = Qt.Key


def hold(desk: Desk, key: Key, times: int) -> None:
    """Hold a key down: it is pressed once, and then again and again by itself."""
    none = Qt.KeyboardModifier.NoModifier
    for number in range(times):
        event = QKeyEvent(QEvent.Type.KeyPress, key, none, "", autorep=number > 0)
        QApplication.sendEvent(desk.table, event)


def test_arrow_keys_choose_and_play(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.press(Key.Key_Down)
    second = desk.names()[1]
    assert desk.current() == second
    desk.until(lambda: desk.hears(second))
    assert np.abs(desk.pull()).max() > 0.1
    desk.press(Key.Key_Up)
    desk.until(lambda: desk.hears(desk.names()[0]))


def test_the_start_is_silent_and_the_first_key_goes_to_the_first_row(desk: Desk) -> None:
    desk.table.setFocus()
    desk.idle()
    assert desk.current() is None
    assert desk.output.opened == []
    desk.press(Key.Key_Down)
    assert desk.current() == desk.names()[0]
    desk.until(lambda: desk.hears(desk.names()[0]))


def test_a_key_held_down_plays_only_where_it_stops(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    played: list[str] = []
    player = desk.window.audition.player
    play = player.play

    def note(path: str, **more: float) -> None:
        played.append(Path(path).name)
        play(path, **more)

    monkeypatch.setattr(player, "play", note)
    desk.choose(desk.names()[0])
    played.clear()
    hold(desk, Key.Key_Down, 6)
    assert played == [desk.names()[1]]  # the first press; the rest repeats itself
    assert desk.current() == desk.names()[6]
    desk.until(lambda: len(played) > 1)
    assert played == [desk.names()[1], desk.names()[6]]


def test_autoplay_that_is_off_stays_off(desk: Desk) -> None:
    desk.press(Key.Key_A)
    desk.choose(desk.names()[0])
    desk.press(Key.Key_Down)
    desk.show(Bucket.KICK)
    desk.show(Bucket.ALL)
    desk.press(Key.Key_Down)
    desk.idle()
    state = desk.window.audition.state
    assert not state.is_playing
    assert not state.is_loading
    desk.press(Key.Key_Space)
    desk.until(lambda: desk.hears(desk.current() or ""))


def test_right_left_and_space(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.until(lambda: desk.hears("kick 1.wav"))
    desk.press(Key.Key_Left)
    assert not desk.window.audition.state.is_playing
    desk.press(Key.Key_Right)
    desk.until(lambda: desk.hears("kick 1.wav"))
    desk.press(Key.Key_Space)
    assert not desk.window.audition.state.is_playing
    desk.press(Key.Key_Space)
    desk.until(lambda: desk.hears("kick 1.wav"))


def test_sorting_and_filtering_play_nothing(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.press(Key.Key_Left)
    desk.window.browser.sort("name")
    desk.type("kick")
    desk.idle()
    assert not desk.window.audition.state.is_playing


def test_a_click_on_the_row_plays_it_again(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.press(Key.Key_Left)
    place = desk.table.visualRect(desk.table.currentIndex()).center()
    QTest.mouseClick(desk.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    desk.until(lambda: desk.hears("kick 1.wav"))


def click_plot(desk: Desk, share: float) -> None:
    plot = desk.window.listening.plot
    assert plot is not None
    area = plot.getPlotItem().getViewBox().sceneBoundingRect()
    place = QPointF(
        plot.mapFromScene(QPointF(area.left() + area.width() * share, area.center().y()))
    )
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        event = QMouseEvent(kind, place, plot.mapToGlobal(place), button, button, none)
        QApplication.sendEvent(plot.viewport(), event)


def test_a_click_in_the_waveform_is_heard_from_there(desk: Desk, tmp_path: Path) -> None:
    long = make_tree(tmp_path / "long", {"long.wav": sound(7, seconds=2.0)})
    desk.scan(long)
    desk.choose("long.wav")
    desk.until(lambda: desk.hears("long.wav"))
    desk.idle()
    click_plot(desk, 0.5)
    desk.until(lambda: desk.window.audition.state.position_s > 0.9)
    assert desk.window.audition.state.position_s == pytest.approx(1.0, abs=0.05)


def test_the_waveform_is_that_of_the_sample_and_zooms(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.idle()
    plot = desk.window.listening.plot
    assert plot is not None
    assert plot.waveform is not None
    assert plot.waveform.duration_s == pytest.approx(0.05, abs=0.001)
    assert plot.seen_s == pytest.approx((0.0, 0.05), abs=0.001)
    plot.zoom(0.5)
    assert plot.seen_s == pytest.approx((0.0125, 0.0375), abs=0.001)
    assert plot.grab().width() > 0
    desk.choose("kick 2.wav")
    desk.idle()
    assert plot.seen_s == pytest.approx((0.0, 0.05), abs=0.001)


def test_the_playhead_moves(desk: Desk, tmp_path: Path) -> None:
    long = make_tree(tmp_path / "long", {"long.wav": sound(7, seconds=2.0)})
    desk.scan(long)
    desk.choose("long.wav")
    desk.until(lambda: desk.hears("long.wav"))
    plot = desk.window.listening.plot
    assert plot is not None
    desk.pull(0.5)
    desk.until(lambda: plot._head.value() > 0.4)
    desk.until(plot._head.isVisible)
    desk.press(Key.Key_Left)
    desk.until(lambda: not plot._head.isVisible())


def test_what_is_known_is_told(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.idle()
    listening = desk.window.listening
    assert listening._name.text() == "kick 1.wav"
    assert "drums · wav 16 bit 8 kHz mono · 0.05 s" in listening._about.text()
    assert "Name says Kick" in listening._details._said.text()
    desk.press(Key.Key_N)
    desk.press(Key.Key_3)
    desk.until(lambda: "You said 808" in listening._details._said.text())


def test_a_lost_device_is_said_and_another_can_be_chosen(desk: Desk) -> None:
    desk.choose("kick 1.wav")
    desk.until(lambda: desk.hears("kick 1.wav"))
    desk.output.failure = "There is no sound output."
    desk.output.stream.die()
    desk.until(lambda: "sound output" in desk.said())
    desk.press(Key.Key_Down)  # the rest of the program works
    assert desk.current() == desk.names()[1]
    desk.output.failure = None
    desk.window._set_device("Phones")
    desk.until(lambda: not desk.window.audition._devices.is_busy)
    desk.press(Key.Key_Right)
    desk.until(lambda: desk.window.audition.state.is_playing)
    assert desk.output.opened[-1] == "Phones"


def test_a_file_that_has_gone_is_one_sentence(desk: Desk, sounds: Path) -> None:
    (sounds / "drums/snare 1.wav").unlink()
    desk.choose("snare 1.wav")
    desk.until(lambda: "snare 1.wav" in desk.said())
    desk.press(Key.Key_Up)
    desk.until(lambda: desk.window.audition.state.is_playing)


@pytest.mark.parametrize(
    ("rms", "peak", "expected"),
    [
        (-18.0, -6.0, 0.0),
        (-30.0, -20.0, 12.0),
        (-30.0, -3.0, 2.0),  # else it would be cut off
        (-6.0, 0.0, -12.0),
        (-70.0, -60.0, 24.0),
        (None, None, 0.0),
    ],
)
def test_level_match(rms: float | None, peak: float | None, expected: float) -> None:
    assert matched_gain_db(rms, peak) == pytest.approx(expected)


def test_level_match_is_heard(desk: Desk) -> None:
    desk.press(Key.Key_V)
    desk.window.listening.transport.volume.setValue(0)
    desk.choose("kick 1.wav")
    desk.until(lambda: desk.hears("kick 1.wav"))
    [sample] = desk.kept(text="kick 1.wav")[:1]
    gain_db = matched_gain_db(sample.rms_dbfs, sample.peak_dbfs)
    assert gain_db != 0
    heard = np.abs(desk.pull(0.04)[400:]).max()  # after what resampling makes of its sharp start
    expected = 10 ** ((sample.peak_dbfs + gain_db) / 20)
    assert heard == pytest.approx(expected, rel=0.1)

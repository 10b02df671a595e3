"""Outputs that are missing, die, are replaced, or have nothing to do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.core.jobs import CancelledError, Job
from app.core.player import player
from app.core.player.events import DeviceLost, Ended, PlayerState, Started
from app.core.player.line import Line
from app.core.player.mixer import Controls
from tests.core.player.stage import RATE_HZ, Stage, both, let_wait, tone, until
from tests.helpers.outputs import ManualOutput
from tests.helpers.sentences import assert_is_one_sentence
from tests.helpers.sounds import noise

FADE = round(0.005 * RATE_HZ)
RISE = round(0.002 * RATE_HZ)
TAIL = round(0.001 * RATE_HZ)


def test_an_output_that_dies_while_a_sample_loads_is_opened_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = let_wait(monkeypatch, "slow.wav")
    stage.play(stage.sound(noise(0.1)))
    stage.player.play(stage.sound(np.full(4_800, 0.5), "slow.wav"))
    dead = stage.output.stream
    dead.die()
    until(lambda: not dead.is_open)
    go.set()
    stage.wait_for(Started)
    assert stage.output.stream is not dead
    assert stage.pull(480) == pytest.approx(0.5)


def test_what_was_held_for_another_rate_is_read_anew(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stage.sound(tone(100, 1))
    stage.play(path)
    stage.output.stream.die()
    stage.wait_for(DeviceLost)
    stage.output.rate_hz = 44_100
    go = let_wait(monkeypatch, "a.wav")
    stage.player.toggle()
    until(lambda: len(stage.output.opened) == 2)
    until(lambda: stage.player._line.mixer)
    stage.player.seek(0.5)
    assert stage.player.state.is_loading
    go.set()
    until(lambda: stage.player.state.is_playing)
    heard, wanted = stage.pull(4_410)[:, 0], tone(100, 1, 44_100)[22_050:26_460]
    assert np.abs(heard - wanted)[RISE:].max() < 1e-3


def test_nothing_is_opened_for_what_nobody_wants_any_more() -> None:
    output, job = ManualOutput(), Job()
    line = Line(output, Controls(), lambda voice: None, lambda mixer: None)
    job.cancel()
    with pytest.raises(CancelledError):
        line.open(job)
    assert output.opened == []


def test_without_an_output_the_next_play_tries_again(stage: Stage) -> None:
    stage.output.failure = "There is no output."
    path = stage.sound(np.full(4_800, 0.5))
    stage.player.play(path)
    assert stage.wait_for(DeviceLost) == DeviceLost("There is no output.")
    assert stage.player.state == PlayerState(path)
    stage.player.toggle()
    stage.wait_for(DeviceLost)
    stage.output.failure = None
    stage.play(path)
    assert stage.pull(480) == pytest.approx(0.5)


def test_an_output_that_dies_is_told_and_the_sound_goes_on_when_asked(stage: Stage) -> None:
    samples = both(noise(1, RATE_HZ))
    path = stage.sound(samples)
    stage.play(path)
    stage.pull(4_800)
    dead = stage.output.stream
    dead.die()
    lost = stage.wait_for(DeviceLost)
    assert isinstance(lost, DeviceLost)
    assert_is_one_sentence(lost.sentence)
    assert "choose another" in lost.sentence
    assert stage.player.state == PlayerState(path, 0.1, 1.0, False, False)
    stage.player.toggle()
    until(lambda: stage.player.state.is_playing)
    assert stage.output.stream is not dead
    assert not dead.is_open
    assert np.array_equal(stage.pull(480)[RISE:], samples[4_800:5_280][RISE:])
    dead._on_lost()  # type: ignore[misc] # an old one says it late
    stage.play(path)
    assert stage.told == []
    assert len(stage.output.opened) == 2


def test_an_output_that_dies_in_silence_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "_BEAT_S", 0.01)
    stage = Stage(tmp_path)
    stage.play(stage.sound(np.full(48_000, 0.5)))
    stage.wait_for(DeviceLost)
    assert not stage.player.state.is_playing
    assert not stage.output.stream.is_open
    stage.player.close()


def test_a_stream_that_nobody_uses_is_closed_and_opened_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(player, "_BEAT_S", 0.01)
    monkeypatch.setattr(player, "_LOST_BEATS", 10**9)
    stage = Stage(tmp_path)
    path = stage.sound(np.full(4_800, 0.5))
    stage.play(path)
    stage.pull(9_600)
    stage.wait_for(Ended)
    until(lambda: not stage.output.stream.is_open)
    stage.player.toggle()
    until(lambda: stage.player.state.is_playing)
    assert stage.pull(480) == pytest.approx(0.5)
    assert len(stage.output.opened) == 2
    assert stage.told == []
    stage.player.close()


def test_another_device_takes_over_at_its_own_rate(stage: Stage) -> None:
    hz, samples = 100, tone(100, 1)
    stage.play(stage.sound(samples))
    stage.pull(4_800)
    assert [device.name for device in stage.player.devices()] == ["Speakers", "Phones"]
    first, stage.output.rate_hz = stage.output.stream, 44_100
    stage.player.choose("Phones")
    assert not first.is_open
    assert not first.closing[-1][-1].any()  # it faded out
    until(lambda: stage.player.state.is_playing)
    assert stage.output.opened == [None, "Phones"]
    heard = stage.pull(4_410)[:, 0]
    assert heard[200:] == pytest.approx(tone(hz, 1, 44_100)[4_410:8_820][200:], abs=1e-3)
    stage.player.choose(None)
    until(lambda: stage.player.state.is_playing)
    assert stage.output.opened[2:] == [None]
    assert stage.told == []


def test_devices_are_read_anew_while_no_stream_is_open(stage: Stage) -> None:
    stage.play(stage.sound(noise(1, RATE_HZ)))
    stage.pull(480)
    stage.output.names.append("Interface")
    assert len(stage.player.devices(refresh=True)) == 3
    assert stage.output.refreshed == 1
    until(lambda: stage.player.state.is_playing)
    assert len(stage.output.opened) == 2

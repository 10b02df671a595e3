"""Samples on their way into memory: replaced, called off, read ahead, refused."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from app.core.jobs import Job
from app.core.player import clips
from app.core.player.clips import Clips
from app.core.player.decoder import Decoder
from app.core.player.events import Failed, PlayerState, Started
from tests.core.player.stage import RATE_HZ, Stage, both, let_wait, running, tone, until
from tests.helpers.sentences import assert_is_one_sentence
from tests.helpers.sounds import noise, write_wav

FADE = round(0.005 * RATE_HZ)
RISE = round(0.002 * RATE_HZ)
TAIL = round(0.001 * RATE_HZ)


def test_play_returns_before_anything_is_read(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = let_wait(monkeypatch, "a.wav")
    path = stage.sound(noise(0.1, RATE_HZ))
    stage.player.play(path, start_s=0.05)
    assert stage.player.state == PlayerState(path, 0.05, 0.0, False, True)
    go.set()
    stage.wait_for(Started, path)
    assert stage.player.state.is_playing
    assert not stage.player.state.is_loading


@pytest.mark.parametrize("kind", ["short", "long", "broken"])
def test_a_newer_play_replaces_one_that_still_loads(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    go = let_wait(monkeypatch, "slow.wav")
    samples = {"short": noise(0.1), "long": noise(35), "broken": np.full(99, np.nan)}[kind]
    slow, fast = stage.sound(samples, "slow.wav"), stage.sound(tone(100, 0.1), "fast.wav")
    stage.player.play(slow)
    stage.play(fast)
    go.set()
    until(lambda: not running("play"))
    assert np.array_equal(stage.pull(480), both(tone(100, 0.1))[:480])
    assert stage.told == []
    assert stage.player.state.path == fast
    # It was not even read to its end.
    assert [key.path for key in stage.player._clips._kept] == [fast]


def test_the_end_of_the_old_sound_does_not_call_off_what_loads(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = let_wait(monkeypatch, "slow.wav")
    old, slow = stage.sound(noise(0.02)), stage.sound(np.full(4_800, 0.5), "slow.wav")
    stage.play(old)
    stage.player.play(slow)
    assert stage.pull(4_800).any()
    until(stage.player._notices.empty)
    go.set()
    stage.wait_for(Started, slow)
    assert stage.pull(480) == pytest.approx(0.5)
    assert stage.told == []


def test_an_end_that_is_noticed_late_changes_nothing(stage: Stage) -> None:
    stage.play(stage.sound(noise(0.1)))
    old = stage.player._voice
    assert old
    stage.play(stage.sound(noise(0.1), "new.wav"))
    stage.player._over(old)
    assert stage.player.state.is_playing
    assert stage.told == []


@pytest.mark.parametrize("how", ["stop", "pause"])
def test_what_still_loads_can_be_called_off(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    go = let_wait(monkeypatch, "a.wav")
    path = stage.sound(noise(0.1))
    stage.player.play(path, start_s=0.05)
    getattr(stage.player, how)()
    position_s = {"stop": 0.0, "pause": 0.05}[how]
    assert stage.player.state == PlayerState(path, position_s, 0.0, False, False)
    go.set()
    until(lambda: not running("play"))
    assert stage.told == []
    assert not stage.pull(960).any()
    stage.player.toggle()
    stage.wait_for(Started, path)


def test_neighbours_are_read_ahead_and_not_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = _count_reads(monkeypatch)
    paths = [stage.sound(noise(0.05, RATE_HZ, seed=seed), f"{seed}.wav") for seed in range(4)]
    stage.player.prefetch(paths[1:3])  # before anybody knows the rate
    stage.play(paths[0])
    until(lambda: read == ["0.wav", "1.wav", "2.wav"])
    stage.player.prefetch([*paths[:3], str(stage.folder / "none.wav"), paths[3]])
    until(lambda: read[3:] == ["3.wav"])
    for path in (*paths, *paths):
        stage.play(path)
    assert len(read) == 4
    samples = noise(0.05, RATE_HZ, seed=9)
    stage.sound(samples, "2.wav")
    os.utime(paths[2], ns=(1, 1))
    stage.play(paths[2])
    assert read[4:] == ["2.wav"]
    assert np.array_equal(stage.pull(480)[FADE:], both(samples)[FADE:480])


def _count_reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    read: list[str] = []

    class Counting(Decoder):
        def close(self) -> None:
            super().close()
            read.append(Path(self._path).name)

    monkeypatch.setattr(clips, "Decoder", Counting)
    return read


def test_a_newer_prefetch_replaces_the_older_and_makes_way_for_a_play(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, inside, go = [], threading.Event(), threading.Event()

    def load_ahead(self: Clips, path: str, rate_hz: int, job: Job) -> None:
        inside.set()
        assert go.wait(10)
        job.check()
        names.append(path)

    slow = let_wait(monkeypatch, "slow.wav")
    stage.play(stage.sound(noise(0.05)))
    monkeypatch.setattr(Clips, "load_ahead", load_ahead)
    stage.player.prefetch(["old 1", "old 2"])
    assert inside.wait(10)
    stage.player.play(stage.sound(noise(0.05), "slow.wav"))
    stage.player.prefetch(["new 1", "new 2"])
    go.set()
    inside.clear()
    assert inside.wait(10)  # the thread has come to the newer ones, and waits for the play
    assert names == []
    slow.set()
    stage.wait_for(Started)
    until(lambda: names == ["new 1", "new 2"])


@pytest.mark.parametrize("kind", ["text", "nan", "infinite", "missing", "folder", "silent"])
def test_what_cannot_be_played_is_told_in_a_sentence(stage: Stage, kind: str) -> None:
    path = stage.folder / f"a {kind}.wav"
    if kind == "text":
        path.write_text("no sound")
    elif kind == "folder":
        path.mkdir()
    elif kind != "missing":
        values = {"nan": [0, np.nan] * 99, "infinite": [0, np.inf] * 99, "silent": []}
        write_wav(path, values[kind], RATE_HZ)
    good = stage.sound(np.full(48_000, 0.5))
    stage.play(good)
    stage.player.play(str(path))
    failed = stage.wait_for(Failed, str(path))
    assert isinstance(failed, Failed)
    assert_is_one_sentence(failed.sentence, path)
    assert stage.player.state == PlayerState(str(path))
    heard = stage.pull(4_800)
    assert np.isfinite(heard).all()
    assert not heard[FADE:].any()
    stage.play(good)
    assert stage.pull(480)[-1] == pytest.approx(0.5)


@pytest.mark.skipif(sys.platform != "linux", reason="names are Unicode elsewhere")
def test_a_name_that_is_no_unicode_is_played(stage: Stage) -> None:
    path = os.fsdecode(bytes(stage.folder) + b"/\xff kick.wav")
    write_wav(path, np.full(480, 0.25), RATE_HZ)
    stage.play(path)
    assert stage.pull(480) == pytest.approx(0.25)

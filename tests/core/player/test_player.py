"""The player as the window sees it: what is asked for, what is heard, what is told."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from app.core.player.events import Ended, PlayerState, Started
from tests.core.player.stage import RATE_HZ, Stage, both, roughness, swell, tone
from tests.helpers.outputs import ManualOutput
from tests.helpers.sounds import noise, sine

FADE = round(0.005 * RATE_HZ)
RISE = round(0.002 * RATE_HZ)
TAIL = round(0.001 * RATE_HZ)


@pytest.mark.parametrize("block", [64, 480, 5_000])
def test_a_sample_is_heard_as_it_is_and_then_it_is_silent(stage: Stage, block: int) -> None:
    samples = sine(440, 0.1, RATE_HZ)  # begins at its crest: an attack that must stay
    path = stage.sound(samples)
    stage.play(path)
    assert stage.player.state == PlayerState(path, 0.0, 0.1, True, False)
    heard = stage.pull(10_000, block)
    assert np.array_equal(heard[: len(samples)], both(samples))
    assert not heard[len(samples) + TAIL :].any()
    assert stage.wait_for(Ended) == Ended(path)
    assert stage.player.state == PlayerState(path, 0.0, 0.1, False, False)
    assert stage.told == []


def test_a_sample_cut_in_the_middle_of_a_wave_ends_without_a_click(stage: Stage) -> None:
    samples = tone(100, 0.0525)  # ends at its trough
    stage.play(stage.sound(samples))
    heard = stage.pull(4_000)
    assert np.array_equal(heard[: len(samples)], both(samples))
    assert abs(heard[len(samples) - 1, 0]) > 0.49
    assert roughness(heard) < 0.01
    assert not heard[len(samples) + TAIL :].any()


def test_stop_fades_out_quickly_and_goes_back(stage: Stage) -> None:
    path = stage.sound(tone(100, 1))
    stage.play(path)
    before = stage.pull(4_800)
    stage.player.stop()
    assert stage.player.state == PlayerState(path, 0.0, 1.0, False, False)
    after = stage.pull(960)
    assert after[: FADE // 2].any()
    assert not after[FADE:].any()
    assert roughness(np.concatenate([before, after])) < 1e-3
    stage.player.toggle()
    assert np.array_equal(stage.pull(480), both(tone(100, 1))[:480])
    assert stage.told == []


def test_toggle_pauses_and_goes_on_from_the_same_frame(stage: Stage) -> None:
    samples = both(tone(100, 1))
    stage.play(stage.sound(samples))
    before = stage.pull(4_800)
    stage.player.toggle()
    state = stage.player.state
    assert (state.is_playing, state.position_s) == (False, pytest.approx(0.1))
    paused = stage.pull(960)
    assert not paused[FADE:].any()
    assert stage.player.state == state
    stage.player.toggle()
    resumed = stage.pull(4_800)
    assert np.array_equal(resumed[RISE:], samples[4_800:9_600][RISE:])
    assert roughness(np.concatenate([before, paused, resumed])) < 1e-3
    assert stage.told == []


def test_seek_goes_elsewhere_at_once_and_softly(stage: Stage) -> None:
    samples = both(tone(100, 1))
    stage.play(stage.sound(samples))
    heard = [stage.pull(4_900)]
    stage.player.seek(0.5025)
    assert stage.player.state.is_playing
    heard.append(stage.pull(4_800))
    assert np.array_equal(heard[1][FADE:], samples[24_120:28_920][FADE:])
    assert roughness(np.concatenate(heard)) < 2e-3
    assert stage.player.state.position_s == pytest.approx(0.6025)
    stage.player.stop()
    stage.pull(960)
    stage.player.seek(0.25)
    assert stage.player.state.is_playing
    assert np.array_equal(stage.pull(480)[RISE:], samples[12_000:12_480][RISE:])
    stage.player.seek(99)
    stage.pull(960)
    stage.wait_for(Ended)
    assert stage.told == []


def test_without_a_sample_there_is_nothing_to_do(stage: Stage) -> None:
    for act in (stage.player.stop, stage.player.toggle, stage.player.pause, stage.player.resume):
        act()
    stage.player.seek(1)
    assert stage.player.state == PlayerState()
    assert stage.output.opened == []


def test_a_loop_has_no_gap_and_ends_with_its_lap(stage: Stage) -> None:
    samples = both(noise(0.1, RATE_HZ))
    stage.player.is_looping = True
    assert stage.player.is_looping
    stage.play(stage.sound(samples))
    heard = stage.pull(3 * 4_800 + 480)
    assert np.array_equal(heard, np.concatenate([samples] * 4)[: len(heard)])
    assert stage.player.state.position_s == pytest.approx(0.01)
    stage.player.is_looping = False
    rest = stage.pull(9_600)
    assert np.array_equal(rest[:4_320], samples[480:])
    assert not rest[4_320 + TAIL :].any()
    stage.wait_for(Ended)


def test_rapid_switching_does_not_click(stage: Stage) -> None:
    paths = [stage.sound(swell(hz, 1), f"{hz}.wav") for hz in (60, 80, 100, 120)]
    heard = []
    for turn in range(24):
        stage.play(paths[turn % 4])
        heard.append(stage.pull(64 * (1 + turn % 5), 64))
    assert roughness(np.concatenate(heard)) < 5e-4
    assert stage.player.state.path == paths[3]


def test_what_was_replaced_unheard_is_never_heard(stage: Stage) -> None:
    loud, quiet = stage.sound(sine(440, 1, RATE_HZ), "l.wav"), stage.sound(np.zeros(9_600), "q.wav")
    stage.play(loud)
    stage.play(quiet)
    assert not stage.pull(4_800).any()


def test_the_old_sound_ends_when_the_new_one_begins(stage: Stage) -> None:
    old, new = stage.sound(tone(50, 1), "old.wav"), stage.sound(np.zeros(9_600), "new.wav")
    stage.play(old)
    stage.pull(4_900)
    stage.play(new)
    heard = stage.pull(960)
    assert heard[: FADE // 2].any()
    assert not heard[FADE:].any()


def test_gain_and_volume_multiply_and_nothing_exceeds_full_scale(stage: Stage) -> None:
    path = stage.sound(np.full(48_000, 0.5))
    stage.player.volume_db = -12.0
    assert stage.player.volume_db == -12.0
    stage.play(path, gain_db=6)
    assert stage.pull(960) == pytest.approx(0.5 * 10 ** (-6 / 20), rel=1e-5)
    stage.player.volume_db = 20
    heard = stage.pull(48_000 - 960)
    assert heard[-1] == pytest.approx(1)
    assert heard.max() <= 1


def test_the_volume_glides(stage: Stage) -> None:
    stage.play(stage.sound(np.full(48_000, 0.5)))
    stage.pull(480)
    stage.player.volume_db = -float("inf")
    heard = stage.pull(4_800, 64)
    assert heard[0, 0] > 0.49
    assert np.abs(np.diff(heard, axis=0)).max() < 0.5 / 2_000
    assert not heard[2_500:].any()
    stage.player.volume_db = 0
    assert np.array_equal(stage.pull(4_800, 64)[2_500:], np.full((2_300, 2), 0.5, np.float32))


def test_the_position_is_what_is_heard(tmp_path: Path) -> None:
    stage = Stage(tmp_path, ManualOutput(RATE_HZ, latency_s=0.05))
    stage.play(stage.sound(noise(0.2, RATE_HZ)), start_s=0.02)
    positions = []
    for _ in range(24):
        positions.append(stage.player.state.position_s)
        stage.pull(480)
    expected = np.clip(0.02 + 0.01 * np.arange(24) - 0.05, 0.02, 0.2)
    # After the last frame was handed over it is still heard, and only then has it ended.
    assert positions[:23] == pytest.approx(expected[:23], abs=0.0011)
    stage.wait_for(Ended)
    assert stage.player.state.position_s == 0
    stage.player.close()


def test_after_close_nothing_is_left_and_nothing_sounds(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    stage = Stage(tmp_path)
    path = stage.sound(tone(50, 40))
    stage.play(path, start_s=0.005)
    stage.pull(480)
    stage.player.close()
    # At once: a thread that is still in soxr when the interpreter goes would abort the process.
    assert set(threading.enumerate()) <= before
    closing = np.concatenate(stage.output.stream.closing)
    assert roughness(closing) < 1e-3
    assert not closing[-1].any()
    assert (stage.output.is_closed, stage.output.stream.is_open) == (True, False)
    stage.player.play(path)
    assert not stage.player.state.is_loading


def test_who_is_told_may_play_the_next(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    first, second = stage.sound(noise(0.01), "1.wav"), stage.sound(np.full(4_800, 0.5), "2.wav")
    tell = stage.player._tell

    def play_next(event: object) -> None:
        if isinstance(event, Ended):
            stage.player.play(second)
        tell(event)  # type: ignore[arg-type]

    stage.player._tell = play_next
    stage.play(first)
    stage.pull(960)
    stage.wait_for(Started, second)
    assert stage.pull(480) == pytest.approx(0.5)
    stage.player.close()

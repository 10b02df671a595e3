"""Long samples: read while they are heard."""

from __future__ import annotations

import threading
import tracemalloc
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.core.player import clips
from app.core.player.crew import Crew
from app.core.player.decoder import Decoder
from app.core.player.events import Ended, Failed
from app.core.player.streamed import AHEAD, Streamed
from classifier import AudioError
from tests.core.player.stage import RATE_HZ, Stage, both, roughness, running, swell, until
from tests.helpers.sentences import assert_is_one_sentence
from tests.helpers.sounds import noise, write_sparse_wav, write_wav

SECONDS = 31
RISE = round(0.002 * RATE_HZ)
FADE = round(0.005 * RATE_HZ)


def pull(stage: Stage, frames: int) -> NDArray[np.float32]:
    """Return what is heard, never faster than it is read."""
    heard = []
    while frames:
        source = stage.player._source
        if isinstance(source, Streamed):
            until(partial(_is_ahead, source))
        heard.append(stage.pull(min(frames, 4_800)))
        frames -= len(heard[-1])
    return np.concatenate(heard)


def _is_ahead(source: Streamed) -> bool:
    return bool(source.error) or len(source._blocks) >= 2


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_long_sample_is_heard_as_it_is(stage: Stage, rate_hz: int) -> None:
    path = stage.sound(noise(SECONDS, rate_hz), rate=rate_hz)
    wanted = np.concatenate(list(Decoder(path, RATE_HZ).blocks()))
    stage.play(path)
    assert stage.player.state.duration_s == pytest.approx(SECONDS, abs=1e-3)
    heard = pull(stage, len(wanted) + 4_800)
    assert np.array_equal(heard[: len(wanted)], wanted)
    assert not heard[len(wanted) + 48 :].any()
    stage.wait_for(Ended)
    assert stage.told == []


def test_a_long_sample_is_entered_anywhere(stage: Stage) -> None:
    samples = both(noise(SECONDS, RATE_HZ))
    stage.play(stage.sound(samples), start_s=20)
    assert np.array_equal(pull(stage, 4_800)[RISE:], samples[960_000:964_800][RISE:])
    for at_s in (5.5, 25, 1):
        stage.player.seek(at_s)
        until(lambda: not stage.player.state.is_loading)
        at = round(at_s * RATE_HZ)
        assert np.array_equal(pull(stage, 4_800)[FADE:], samples[at : at + 4_800][FADE:])
        assert stage.player.state.position_s == pytest.approx(at_s + 0.1)
    stage.player.toggle()
    pull(stage, 960)
    until(lambda: not running("stream"))
    stage.player.toggle()
    until(lambda: stage.player.state.is_playing)
    at = RATE_HZ + 4_800
    assert np.array_equal(pull(stage, 4_800)[RISE:], samples[at : at + 4_800][RISE:])
    until(lambda: running("stream") == 1)
    assert stage.told == []


def test_a_long_loop_has_no_gap(stage: Stage) -> None:
    samples = both(noise(SECONDS, RATE_HZ))
    stage.player.is_looping = True
    stage.play(stage.sound(samples), start_s=SECONDS - 1)
    heard = pull(stage, 2 * RATE_HZ)
    wanted = np.concatenate([samples[-RATE_HZ:], samples[:RATE_HZ]])
    assert np.array_equal(heard[RISE:], wanted[RISE:])
    assert stage.player.state.position_s == pytest.approx(1)
    stage.player.seek(SECONDS - 1)
    until(lambda: not stage.player.state.is_loading)
    pull(stage, 4_800)
    stage.player.is_looping = False  # what comes next was read long ago, and is not heard
    assert not pull(stage, RATE_HZ)[RATE_HZ - 4_700 :].any()
    stage.wait_for(Ended)


def test_a_seek_that_still_loads_outlives_the_end_of_what_sounds(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = both(noise(SECONDS, RATE_HZ))
    stage.play(stage.sound(samples), start_s=SECONDS - 0.05)
    go = threading.Event()
    monkeypatch.setattr(clips, "Decoder", lambda *args: go.wait(10) and Decoder(*args))
    stage.player.seek(1)
    pull(stage, 4_800)
    until(lambda: not stage.player.state.is_playing)
    assert stage.player.state.is_loading
    go.set()
    until(lambda: stage.player.state.is_playing)
    assert np.array_equal(pull(stage, 480)[RISE:], samples[RATE_HZ : RATE_HZ + 480][RISE:])
    assert stage.told == []


def test_an_hour_takes_no_more_memory_than_a_minute(tmp_path: Path) -> None:
    path = write_sparse_wav(tmp_path / "a.wav", 3_600 * RATE_HZ, [0.5], RATE_HZ, 2)
    tracemalloc.start()
    source = Streamed(Decoder(str(path), RATE_HZ), 0, Crew())
    for _ in range(60):
        until(lambda: len(source._blocks) == AHEAD)
        while len(source._blocks) > 1:
            source.take(0, 1 << 20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    source.close()
    assert peak < 8_000_000
    assert source.frames == 3_600 * RATE_HZ


def test_what_is_wrong_later_is_told_when_it_is_reached(stage: Stage) -> None:
    samples = noise(SECONDS, RATE_HZ)
    samples[2 * RATE_HZ] = np.nan
    path = stage.sound(samples)
    stage.player.is_looping = True
    stage.play(path)
    heard = pull(stage, 3 * RATE_HZ)
    assert np.isfinite(heard).all()
    assert np.array_equal(heard[:RATE_HZ], both(samples)[:RATE_HZ])
    assert not heard[2 * RATE_HZ + 48 :].any()
    failed = stage.wait_for(Failed, path)
    assert isinstance(failed, Failed)
    assert_is_one_sentence(failed.sentence, Path(path))
    assert not stage.player.state.is_playing


def test_what_is_wrong_at_once_is_told_at_once(stage: Stage) -> None:
    samples = noise(SECONDS, RATE_HZ)
    samples[9] = np.inf
    path = stage.sound(samples)
    stage.player.play(path)
    stage.wait_for(Failed, path)
    until(lambda: not running("play") + running("stream"))
    decoder = Decoder(path, RATE_HZ)
    with pytest.raises(AudioError):
        Streamed(decoder, 0, Crew())
    assert decoder._file.closed


def test_a_drive_that_is_too_slow_is_heard_without_clicks(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stage.sound(swell(60, SECONDS))
    stage.play(path)
    source = stage.player._source
    assert isinstance(source, Streamed)
    take, has_any = source.take, True
    monkeypatch.setattr(source, "take", lambda at, most: take(at, most if has_any else 0))
    heard = [stage.pull(4_900)]
    has_any = False
    heard.append(stage.pull(4_800))
    assert not heard[1][48:].any()
    assert stage.player.state.is_playing
    has_any = True
    heard.append(pull(stage, 4_800))
    wanted = both(swell(60, SECONDS))[4_900:9_700]
    assert np.array_equal(heard[2][RISE:], wanted[RISE:])
    assert roughness(np.concatenate(heard)) < 2e-3


def test_the_end_of_a_file_is_where_its_sound_ends(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", noise(1, 44_100), 44_100)
    decoder = Decoder(str(path), RATE_HZ)
    decoder.frames += 5_000  # a header that promises too much
    source = Streamed(decoder, 0, Crew())
    until(lambda: source.frames == RATE_HZ)
    source.close()

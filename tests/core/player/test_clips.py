"""Samples kept in memory."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from app.core.jobs import CancelledError, Job
from app.core.player import clips
from app.core.player.clips import Clip, Clips
from app.core.player.crew import Crew
from classifier import AudioError
from tests.helpers.sentences import assert_is_one_sentence
from tests.helpers.sounds import noise, write_wav

CLIP_BYTES = 4_800 * 2 * 4


def load(kept: Clips, path: Path, rate_hz: int = 48_000) -> Clip:
    clip = kept.load(str(path), rate_hz, Job())
    assert isinstance(clip, Clip)
    return clip


def paths(folder: Path, count: int) -> list[Path]:
    sounds = (noise(0.1, 48_000, seed=seed) for seed in range(count))
    return [write_wav(folder / f"{at}.wav", sound, 48_000) for at, sound in enumerate(sounds)]


def test_those_heard_last_are_kept(tmp_path: Path) -> None:
    kept, (first, second, third) = Clips(Crew(), 2 * CLIP_BYTES), paths(tmp_path, 3)
    one, two = load(kept, first), load(kept, second)
    assert load(kept, first) is one
    load(kept, third)
    assert load(kept, first) is one
    assert load(kept, second) is not two


def test_one_that_is_larger_than_all_is_not_kept(tmp_path: Path) -> None:
    kept, (small, large) = Clips(Crew(), CLIP_BYTES), paths(tmp_path, 2)
    write_wav(large, noise(1, 48_000), 48_000)
    clip = load(kept, large)
    assert load(kept, large) is not clip
    assert load(kept, small) is load(kept, small)


@pytest.mark.parametrize("change", ["size", "time", "rate"])
def test_one_that_has_changed_is_read_again(tmp_path: Path, change: str) -> None:
    kept, [path] = Clips(Crew()), paths(tmp_path, 1)
    os.utime(path, ns=(5, 5))
    before = load(kept, path)
    if change == "size":
        write_wav(path, noise(0.2, 48_000), 48_000)
        os.utime(path, ns=(5, 5))
    elif change == "time":
        os.utime(path, ns=(6, 6))
    after = load(kept, path, 44_100 if change == "rate" else 48_000)
    assert after is not before
    assert len(after.samples) == {"size": 9_600, "time": 4_800, "rate": 4_410}[change]


def test_what_was_read_twice_at_once_counts_once(tmp_path: Path) -> None:
    kept, (first, second) = Clips(Crew(), 2 * CLIP_BYTES), paths(tmp_path, 2)
    key = clips._key(str(first), 48_000)
    for _ in range(5):
        kept._keep(key, Clip(np.zeros((4_800, 2), np.float32)))
    two = load(kept, second)
    load(kept, first)
    assert load(kept, second) is two


def test_reading_stops_when_nobody_wants_it(tmp_path: Path) -> None:
    job, [path] = Job(), paths(tmp_path, 1)
    job.cancel()
    with pytest.raises(CancelledError):
        Clips(Crew()).load(str(path), 48_000, job)
    with pytest.raises(CancelledError):
        Clips(Crew()).load_ahead(str(path), 48_000, job)


def test_what_is_not_on_this_computer_is_not_fetched_ahead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    decoder = clips.Decoder
    monkeypatch.setattr(clips, "Decoder", lambda *args: read.append(args[0]) or decoder(*args))
    kept, [path] = Clips(Crew()), paths(tmp_path, 1)
    monkeypatch.setattr(clips, "is_online_only", lambda status: True)
    kept.load_ahead(str(path), 48_000, Job())
    assert read == []
    monkeypatch.setattr(clips, "is_online_only", lambda status: False)
    kept.load_ahead(str(path), 48_000, Job())
    load(kept, path)
    assert read == [str(path)]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.wav"
    os.mkfifo(path)
    with pytest.raises(AudioError) as caught:
        load(Clips(Crew()), path)
    assert_is_one_sentence(str(caught.value), path)
    Clips(Crew()).load_ahead(str(path), 48_000, Job())
    with pytest.raises(AudioError):
        load(Clips(Crew()), tmp_path / "nul\0l.wav")

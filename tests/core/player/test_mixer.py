"""What the sound card calls, block by block."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.player.clips import Clip
from app.core.player.decoder import Frames
from app.core.player.mixer import Controls, Mixer, Voice
from tests.core.player.stage import RATE_HZ, both, swell
from tests.helpers.sounds import noise

MOST_VALUES = 500


def mixer(controls: Controls | None = None, over: list[Voice] | None = None) -> Mixer:
    return Mixer(RATE_HZ, 0.0, controls or Controls(), ([] if over is None else over).append)


def rendered(mixer: Mixer, frames: int, block: int) -> Frames:
    heard = np.full((frames, 2), np.nan, np.float32)
    for at in range(0, frames, block):
        mixer.render(heard[at : at + block])
    return heard


@pytest.mark.parametrize("block", [1, 7, 240, 241, 720, 9_600])
def test_the_size_of_the_blocks_does_not_matter(block: int) -> None:
    over: list[Voice] = []
    playing = mixer(over=over)
    voice = playing.voice(Clip(both(noise(0.1, RATE_HZ))), 0.05, -6)
    playing.start(voice)
    heard = rendered(playing, 9_600, block)
    other = mixer()
    other.start(other.voice(Clip(both(noise(0.1, RATE_HZ))), 0.05, -6))
    assert np.array_equal(heard, rendered(other, 9_600, 240))
    assert over == [voice]


def test_the_callback_keeps_the_gil() -> None:
    """Numpy gives it up for more than 500 values, and the callback had to wait for it again."""
    asked: list[int] = []

    class Asked(Clip):
        def take(self, at: int, most: int) -> Frames:
            asked.append(most)
            return super().take(at, most)

    playing = mixer(Controls(0.5))
    playing.start(playing.voice(Asked(both(noise(0.1, RATE_HZ))), 0, 0))
    rendered(playing, 2_400, 2_400)
    assert sum(asked) == 2_400
    assert max(asked) * 2 <= MOST_VALUES


def test_it_finishes_when_all_has_faded_out() -> None:
    playing = mixer()
    playing.start(playing.voice(Clip(both(swell(50, 1))), 0.01, 0))
    assert not playing.render(np.empty((480, 2), np.float32))
    playing.finish()
    answers = [playing.render(np.empty((48, 2), np.float32)) for _ in range(6)]
    assert answers == [False, False, False, False, True, True]


def test_a_volume_that_was_changed_in_silence_holds_at_once() -> None:
    controls = Controls()
    playing = mixer(controls)
    rendered(playing, 480, 480)
    controls.volume = 0.25
    playing.start(playing.voice(Clip(np.ones((480, 2), np.float32)), 0, 0))
    assert np.array_equal(rendered(playing, 480, 480), np.full((480, 2), 0.25, np.float32))


def test_a_sound_that_ends_while_it_fades_out_is_not_told_as_ended() -> None:
    over: list[Voice] = []
    playing = mixer(over=over)
    playing.start(playing.voice(Clip(both(noise(0.01, RATE_HZ))), 0, 0))
    rendered(playing, 470, 470)
    playing.stop()
    rendered(playing, 960, 240)
    assert over == []

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.audio import read_sound
from classifier.features import Features, forest_inputs, look_at
from classifier.settings import FeatureSettings
from classifier.synth import MAKERS
from tests.helpers.sounds import click, noise, silence, sine, write_wav

SETTINGS: Final = FeatureSettings()
# The last columns are the descriptors; the second of them is the RMS, the only level there is.
RMS_COLUMN: Final = -7


def seen(samples: NDArray[np.float32], rate: int = 44_100) -> Features:
    return look_at([(samples, rate)], SETTINGS)


def row(samples: NDArray[np.float32], rate: int = 44_100) -> NDArray[np.float32]:
    return forest_inputs(seen(samples, rate))[0]


def assert_same(ours: Features, theirs: Features) -> None:
    np.testing.assert_array_equal(ours.fine, theirs.fine)
    np.testing.assert_array_equal(ours.low, theirs.low)
    assert ours.descriptors == theirs.descriptors


def test_the_pictures_have_the_shapes_of_the_settings() -> None:
    features = look_at([(noise(), 44_100), (sine(rate=8_000), 8_000)], SETTINGS)
    assert len(features) == 2
    assert features.fine.shape == (2, SETTINGS.fine.frames, SETTINGS.fine.bands)
    assert features.low.shape == (2, SETTINGS.low.frames, SETTINGS.low.bands)
    assert len(features.descriptors) == 2


def test_the_pictures_cover_what_the_model_sees_and_no_more() -> None:
    for settings in (SETTINGS.fine, SETTINGS.low):
        covered_s = settings.frames * settings.hop_s
        assert SETTINGS.model_s <= covered_s < SETTINGS.model_s + settings.hop_s


@pytest.mark.parametrize("rate", [4_000, 44_100, 192_000])
def test_nothing_after_two_seconds_is_seen(rate: int) -> None:
    sound = noise(5.0, rate) * np.linspace(1, 0.5, 5 * rate, dtype=np.float32)
    assert_same(seen(sound, rate), seen(sound[: 2 * rate], rate))
    other = sound.copy()
    other[2 * rate :] = sine(60.0, 3.0, rate)
    assert_same(seen(sound, rate), seen(other, rate))


def test_what_happens_just_before_two_seconds_is_seen() -> None:
    early = click(3.0)
    late = early.copy()
    late[round(1.95 * 44_100) : 2 * 44_100] = 0.5
    assert (row(early) != row(late)).sum() > 20


@pytest.mark.parametrize("rate", [4_000, 22_050, 44_100, 192_000])
@pytest.mark.parametrize("count", [0, 1, 2, 100, 5_000])
def test_silence_and_the_shortest_sounds_give_finite_numbers(rate: int, count: int) -> None:
    for sound in (silence()[:count], noise(peak=1.0)[:count]):
        values = row(sound, rate)
        assert np.isfinite(values).all()
        assert values.dtype == np.float32


def test_every_sound_gives_as_many_numbers() -> None:
    counts = {len(row(sound)) for sound in (silence(0), click(), noise(3.0), sine(50.0, 1.0))}
    assert len(counts) == 1


def test_a_chunk_gives_the_same_as_one_by_one() -> None:
    makers = ("Kick", "808", "Closed hat", "loop", "Snare")
    chunk = [
        (MAKERS[name](np.random.default_rng(5), rate), rate)
        for name in makers
        for rate in (22_050, 44_100)
    ]
    together = forest_inputs(look_at(chunk, SETTINGS))
    for ours, (samples, rate) in zip(together, chunk, strict=True):
        np.testing.assert_allclose(ours, row(samples, rate), atol=2e-3, rtol=1e-5)


@pytest.mark.parametrize("gain", [0.5, 1 / 1_024])
def test_level_changes_nothing(gain: float) -> None:
    sound = MAKERS["Snare"](np.random.default_rng(5))
    loud, soft = row(sound), row((sound * gain).astype(np.float32))
    np.testing.assert_allclose(soft, loud, atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize("gain_db", [-40.0, -6.0, 12.0])
def test_the_level_of_a_file_changes_nothing(tmp_path: Path, gain_db: float) -> None:
    sound = MAKERS["Kick"](np.random.default_rng(5))
    files = [
        read_sound(write_wav(tmp_path / "x.wav", sound * np.float32(gain)))
        for gain in (1.0, 10 ** (gain_db / 20))
    ]
    np.testing.assert_allclose(row(files[0].samples), row(files[1].samples), atol=2e-3, rtol=1e-4)


def test_silence_before_the_sound_changes_nothing(tmp_path: Path) -> None:
    sound = MAKERS["Open hat"](np.random.default_rng(5))
    late = np.concatenate([silence(1.37), sound])
    files = [read_sound(write_wav(tmp_path / "x.wav", one)) for one in (sound, late)]
    np.testing.assert_array_equal(row(files[0].samples), row(files[1].samples))


def test_the_same_sound_at_another_rate_looks_much_the_same() -> None:
    maker = MAKERS["Kick"]
    ours, theirs = (seen(maker(np.random.default_rng(5), rate), rate) for rate in (44_100, 96_000))
    loud = ours.low > -40
    assert np.abs(ours.low - theirs.low)[loud].mean() < 1.0
    assert ours.descriptors[0].decay_s == pytest.approx(theirs.descriptors[0].decay_s, abs=0.01)


def test_a_low_note_stands_in_its_band_of_the_low_picture() -> None:
    deep, high = seen(sine(40.0)), seen(sine(300.0))
    assert deep.low[0, 5:15].max(axis=0).argmax() < high.low[0, 5:15].max(axis=0).argmax()


def test_threads_see_the_same() -> None:
    sounds = [noise(0.4, seed=seed) for seed in range(32)]
    alone = [row(sound) for sound in sounds]
    with ThreadPoolExecutor(4) as executor:
        for ours, theirs in zip(alone, executor.map(row, sounds), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_settings_survive_the_way_through_a_card() -> None:
    assert FeatureSettings.from_json(SETTINGS.as_json()) == SETTINGS
    other = FeatureSettings(model_s=1.5)
    assert FeatureSettings.from_json(asdict(other)) == other


@pytest.mark.parametrize("change", ["unknown", "missing", "unknown inside", "missing inside"])
def test_settings_of_another_program_are_refused(change: str) -> None:
    values = SETTINGS.as_json()
    match change:
        case "unknown":
            values["colour"] = "red"
        case "missing":
            del values["low"]
        case "unknown inside":
            values["low"]["colour"] = "red"
        case _:
            del values["low"]["bands"]
    with pytest.raises((TypeError, KeyError)):
        FeatureSettings.from_json(values)

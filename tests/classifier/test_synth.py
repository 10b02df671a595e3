from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifier.labels import OUTPUTS
from classifier.root_note import hz_of_note
from classifier.synth import MAKERS, Waveform, loop, silence, sub_808
from classifier.synth.pitched import SETTLED_AFTER_S
from classifier.synth.rendering import resample
from classifier.synth.signals import BASE_RATE_HZ, block_length

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NOTES = ("B0", *(f"{name}{octave}" for octave in (1, 2) for name in NAMES))
SEEDS = range(12)

every_maker = pytest.mark.parametrize("name", MAKERS)


def make(name: str, seed: int = 0, sample_rate: int = 44_100) -> Waveform:
    return MAKERS[name](np.random.default_rng(seed), sample_rate)


def strongest_hz(sound: NDArray[np.floating], sample_rate: int, zoom: int = 16) -> float:
    """Return the frequency of the highest peak, between the bins of a zero-padded FFT."""
    size = zoom * (1 << sound.size.bit_length())
    level = np.log(np.abs(np.fft.rfft(sound * np.hanning(sound.size), size)) + 1e-300)
    top = int(np.argmax(level[1:-1])) + 1
    before, at, after = level[top - 1 : top + 2]
    between = (before - after) / (2.0 * (before - 2.0 * at + after))
    return float((top + between) * sample_rate / size)


def cents(hz: float, reference_hz: float) -> float:
    return 1200.0 * float(np.log2(hz / reference_hz))


def centroid_hz(sound: Waveform, sample_rate: int = 44_100) -> float:
    power = np.abs(np.fft.rfft(sound)) ** 2
    return float(np.average(np.fft.rfftfreq(sound.size, 1.0 / sample_rate), weights=power))


def seconds_above(sound: Waveform, level_db: float, sample_rate: int = 44_100) -> float:
    """Return when the sound falls below a level under its loudest 5 ms for good."""
    hop = sample_rate // 200
    frames = sound[: sound.size // hop * hop].reshape(-1, hop)
    levels = np.sqrt(np.mean(frames.astype(np.float64) ** 2, axis=1))
    loud = np.flatnonzero(levels > levels.max() * 10.0 ** (level_db / 20.0))
    return float(loud[-1] + 1) * hop / sample_rate


def test_there_is_a_maker_for_every_output_of_a_model() -> None:
    assert tuple(MAKERS) == OUTPUTS


def test_the_table_of_makers_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        MAKERS["Kick"] = MAKERS["Snare"]  # type: ignore[index]


@every_maker
@pytest.mark.parametrize("sample_rate", [4_000, 11_025, 44_100, 192_000])
def test_every_sound_is_finite_audible_and_ends_in_silence(name: str, sample_rate: int) -> None:
    sound = make(name, 3, sample_rate)
    assert sound.dtype == np.float32
    assert sound.ndim == 1
    assert np.isfinite(sound).all()
    assert 0.05 < np.abs(sound).max() <= 1.0
    assert 0.03 < sound.size / sample_rate < 30.0
    last_ms = np.abs(sound[-sample_rate // 1000 :])
    assert sound[-1] == 0.0
    assert last_ms.max() < 0.25 * np.abs(sound).max()


@every_maker
def test_many_variants_of_every_sound_are_finite_and_audible(name: str) -> None:
    for seed in range(20):
        sound = make(name, seed, 22_050)
        assert np.isfinite(sound).all()
        assert 0.05 < np.abs(sound).max() <= 1.0


@every_maker
def test_one_seed_is_one_sound(name: str) -> None:
    np.testing.assert_array_equal(make(name, 5), make(name, 5))


@every_maker
def test_another_seed_is_another_sound(name: str) -> None:
    first, second = make(name, 5), make(name, 6)
    shorter = min(first.size, second.size)
    likeness = np.corrcoef(first[:shorter], second[:shorter])[0, 1]
    assert first.size != second.size
    assert abs(likeness) < 0.9


@every_maker
def test_the_rate_changes_nothing_else(name: str) -> None:
    low, high = make(name, 8, 44_100), make(name, 8, 88_200)
    middle = slice(low.size // 50, low.size * 4 // 5)
    assert np.corrcoef(high[::2][middle], low[middle])[0, 1] > 0.999


@every_maker
def test_nothing_lies_above_the_highest_frequency_of_the_base_rate(name: str) -> None:
    sound = make(name, 2, 192_000)
    power = np.abs(np.fft.rfft(sound * np.hanning(sound.size))) ** 2
    frequencies_hz = np.fft.rfftfreq(sound.size, 1.0 / 192_000)
    assert power[frequencies_hz > 24_000.0].sum() < 1e-6 * power.sum()


@pytest.mark.parametrize("sample_rate", [0, 3_999, 192_001])
def test_a_rate_out_of_range_is_refused(sample_rate: int) -> None:
    with pytest.raises(ValueError, match="sample rate"):
        make("Kick", 0, sample_rate)
    with pytest.raises(ValueError, match="sample rate"):
        silence(1.0, sample_rate)


@pytest.mark.parametrize("note", NOTES)
def test_an_808_settles_at_its_note(note: str) -> None:
    sample_rate = 16_000
    for seed in (NOTES.index(note), 100 + NOTES.index(note)):
        sound = sub_808(np.random.default_rng(seed), sample_rate, note=note, length_s=2.5)
        tail = sound[round(SETTLED_AFTER_S * sample_rate) :]
        assert abs(cents(strongest_hz(tail, sample_rate), hz_of_note(note))) < 5.0


@pytest.mark.parametrize("sample_rate", [4_000, 44_100, 48_000, 192_000])
def test_an_808_plays_any_pitch_at_any_rate(sample_rate: int) -> None:
    sound = sub_808(np.random.default_rng(1), sample_rate, note=51.3, length_s=2.0)
    tail = sound[round(SETTLED_AFTER_S * sample_rate) :]
    assert abs(cents(strongest_hz(tail, sample_rate, zoom=8), 51.3)) < 5.0


def test_an_808_falls_onto_its_note() -> None:
    falls = 0
    for seed in SEEDS:
        sound = sub_808(np.random.default_rng(seed), note="C1", length_s=2.0)
        smooth = np.convolve(sound, np.ones(100))
        upwards = np.flatnonzero((smooth[:-1] < 0.0) & (smooth[1:] >= 0.0))
        waves = np.diff(upwards[upwards < 80_000], prepend=0)
        falls += bool(waves[0] < 0.99 * np.median(waves))
    assert falls >= 10


def test_an_808_lasts_as_long_as_asked() -> None:
    assert sub_808(np.random.default_rng(0), 48_000, length_s=1.25).size == 60_000
    drawn_s = [make("808", seed, 8_000).size / 8_000 for seed in range(40)]
    assert min(drawn_s) > 0.5
    assert max(drawn_s) <= 3.0
    assert np.median(drawn_s) > 1.0


@pytest.mark.parametrize("note", ["H1", "", "F", 14.0, 501.0, float("nan"), "A9"])
def test_an_808_refuses_what_is_no_bass_note(note: str | float) -> None:
    with pytest.raises(ValueError, match=r"note|808"):
        sub_808(np.random.default_rng(0), note=note)


@pytest.mark.parametrize("length_s", [0.0, -1.0])
def test_an_808_refuses_to_last_no_time(length_s: float) -> None:
    with pytest.raises(ValueError, match="lasts"):
        sub_808(np.random.default_rng(0), length_s=length_s)


def test_open_hats_ring_longer_than_closed_hats() -> None:
    opened_s = [seconds_above(make("Open hat", seed), -20.0) for seed in range(30)]
    closed_s = [seconds_above(make("Closed hat", seed), -20.0) for seed in range(30)]
    assert np.quantile(opened_s, 0.1) > np.quantile(closed_s, 0.9)
    assert np.median(opened_s) > 4 * np.median(closed_s)


def test_an_808_rings_longer_than_a_kick() -> None:
    basses_s = [seconds_above(make("808", seed), -20.0) for seed in SEEDS]
    kicks_s = [seconds_above(make("Kick", seed), -20.0) for seed in SEEDS]
    assert np.median(basses_s) > 3 * np.median(kicks_s)


@pytest.mark.parametrize(
    ("name", "lowest_hz", "highest_hz"),
    [
        ("808", 25.0, 120.0),
        ("Kick", 30.0, 500.0),
        ("Snare", 300.0, 5_000.0),
        ("clap", 1_000.0, 6_000.0),
        ("Open hat", 3_000.0, 14_000.0),
        ("Closed hat", 3_000.0, 14_000.0),
        ("shaker", 4_500.0, 15_000.0),
    ],
)
def test_a_sound_lies_where_its_name_says(name: str, lowest_hz: float, highest_hz: float) -> None:
    for seed in SEEDS:
        assert lowest_hz < centroid_hz(make(name, seed)) < highest_hz


def test_silence_is_silent_and_as_long_as_asked() -> None:
    sound = silence(0.5, 48_000)
    assert sound.dtype == np.float32
    assert sound.shape == (24_000,)
    assert not sound.any()
    assert silence(0.0).size == 0
    with pytest.raises(ValueError, match="0 s or more"):
        silence(-0.1)


def test_a_loop_lasts_whole_bars_and_repeats_them() -> None:
    sound = loop(np.random.default_rng(4), 22_050, tempo_bpm=120.0, bars=4)
    assert sound.size == 8 * 22_050
    bars = np.abs(sound).reshape(4, 30, -1).max(axis=2)
    assert np.corrcoef(bars[1], bars[2])[0, 1] > 0.7


@pytest.mark.parametrize(("tempo_bpm", "bars"), [(39.0, 4), (241.0, 4), (120.0, 0)])
def test_a_loop_nobody_could_play_is_refused(tempo_bpm: float, bars: int) -> None:
    with pytest.raises(ValueError, match="no loop"):
        loop(np.random.default_rng(0), tempo_bpm=tempo_bpm, bars=bars)


@given(sample_rate=st.integers(4_000, 192_000), pitch_hz=st.floats(50.0, 1_500.0))
@settings(max_examples=30, deadline=None)
def test_resampling_keeps_pitch_level_and_length(sample_rate: int, pitch_hz: float) -> None:
    time_s = np.arange(BASE_RATE_HZ // 2) / BASE_RATE_HZ
    tone = np.sin(2.0 * np.pi * pitch_hz * time_s) * np.hanning(time_s.size)
    resampled = resample(tone, sample_rate)
    assert abs(resampled.size - sample_rate / 2) <= 1.0
    assert abs(cents(strongest_hz(resampled, sample_rate, zoom=4), pitch_hz)) < 0.5
    assert np.sqrt(np.mean(resampled**2)) == pytest.approx(np.sqrt(np.mean(tone**2)), rel=1e-3)


@given(samples=st.integers(1, 10_000_000))
def test_a_block_is_even_quick_and_little_longer_than_asked(samples: int) -> None:
    block = block_length(samples)
    assert block % 2 == 0
    assert samples <= block <= max(8, 1.34 * samples)

"""The root note: known answers, silence where nothing is pitched, and what must not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from classifier.root_note import RootNote, hz_of_note, note_of_hz, root_note
from classifier.synth import MAKERS, sub_808

RATES = (22_050, 44_100, 48_000, 96_000)
CHROMATIC = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
B0_TO_B2 = ("B0", *(f"{name}{octave}" for octave in (1, 2) for name in CHROMATIC))
C0_TO_A_SHARP_0 = tuple(f"{name}0" for name in CHROMATIC[:-1])
# Amplitudes of the partials: as strong as the fundamental, or without it.
SINE = (1.0,)
STRONG_SECOND = (1.0, 1.0)
STRONG_THIRD = (1.0, 0.0, 1.0)
NO_FUNDAMENTAL = (0.0, 1.0, 0.8, 0.6, 0.5, 0.3)


def make_808(
    hz: float,
    *,
    rate: int = 44_100,
    length_s: float = 1.5,
    partials: tuple[float, ...] = SINE,
    fall: float = 4.0,
    glide_s: float = 0.05,
    drive: float = 0.0,
) -> NDArray[np.float32]:
    """Return an 808 with a click, whose pitch falls from `fall` times `hz` within `glide_s`."""
    time = np.arange(int(length_s * rate)) / rate
    # exp(-4): within a semitone of the note after `glide_s`.
    cycles = np.cumsum(hz * (1 + (fall - 1) * np.exp(-4 * time / glide_s))) / rate
    sound = np.zeros(len(time))
    for number, amplitude in enumerate(partials, start=1):
        sound += amplitude * np.sin(2 * np.pi * number * cycles + number)
    sound *= np.exp(-2.5 * time / length_s)
    if drive:
        sound = np.tanh(drive * sound)
    rng = np.random.default_rng(0)
    sound += 0.001 * rng.standard_normal(len(time))
    sound[: rate // 500] += 0.5 * rng.standard_normal(rate // 500)
    return sound.astype(np.float32)


def make_tone(hz: float, length_s: float = 1.0, rate: int = 44_100) -> NDArray[np.float32]:
    time = np.arange(int(length_s * rate)) / rate
    return (np.sin(2 * np.pi * hz * time) * np.exp(-2 * time)).astype(np.float32)


def make_noise(
    low_hz: float, high_hz: float, length_s: float, seed: int = 0, rate: int = 44_100
) -> NDArray[np.float32]:
    """Return a decaying burst of noise with nothing outside the band."""
    count = int(length_s * rate)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
    frequencies = np.fft.rfftfreq(count, 1 / rate)
    spectrum[(frequencies < low_hz) | (frequencies > high_hz)] = 0
    decay = np.exp(-3 * np.arange(count) / count)
    return (np.fft.irfft(spectrum, count) * decay).astype(np.float32)


def cents_between(root: RootNote | None, hz: float) -> float:
    return math.inf if root is None else 1200 * math.log2(root.hz / hz)


# The names of notes


def test_every_note_has_a_name_that_leads_back_to_it() -> None:
    for number in range(12, 120):
        hz = 440.0 * 2 ** ((number - 69) / 12)
        name, cents = note_of_hz(hz)
        assert cents == pytest.approx(0, abs=1e-6)
        assert hz_of_note(name) == pytest.approx(hz)


@pytest.mark.parametrize(
    ("name", "hz"),
    [("A4", 440.0), ("C4", 261.626), ("F#1", 46.249), ("Eb0", 19.445), ("Cb1", 30.868)],
)
def test_a_note_has_its_frequency(name: str, hz: float) -> None:
    assert hz_of_note(name) == pytest.approx(hz, abs=0.001)


@pytest.mark.parametrize("name", ["", "H1", "a4", "F#", "F##1", "1", "A4 ", "Bass C"])
def test_what_is_no_note_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ValueError, match="not a note"):
        hz_of_note(name)


@pytest.mark.parametrize("hz", [0.0, -1.0, math.inf, math.nan])
def test_what_is_no_frequency_has_no_note(hz: float) -> None:
    with pytest.raises(ValueError, match="above 0 Hz"):
        note_of_hz(hz)


@given(st.floats(1.0, 20_000.0))
def test_a_frequency_is_its_note_and_at_most_half_a_semitone(hz: float) -> None:
    name, cents = note_of_hz(hz)
    assert -50.0 <= cents <= 50.0
    assert hz_of_note(name) * 2 ** (cents / 1200) == pytest.approx(hz)


# Known answers


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("length_s", [0.5, 1.2, 3.0])
@pytest.mark.parametrize("note", B0_TO_B2)
def test_an_808_is_found_within_20_cents(note: str, length_s: float, rate: int) -> None:
    hz = hz_of_note(note)
    root = root_note(make_808(hz, rate=rate, length_s=length_s), rate)
    assert abs(cents_between(root, hz)) < 20


@pytest.mark.parametrize("partials", [SINE, STRONG_SECOND, STRONG_THIRD, NO_FUNDAMENTAL])
@pytest.mark.parametrize("drive", [0.0, 2.0, 6.0])
@pytest.mark.parametrize(("fall", "glide_s"), [(1.0, 0.05), (3.0, 0.02), (6.0, 0.08)])
def test_overtones_saturation_and_glides_do_not_move_the_root(
    partials: tuple[float, ...], drive: float, fall: float, glide_s: float
) -> None:
    for note in B0_TO_B2[::3]:
        hz = hz_of_note(note)
        sound = make_808(hz, partials=partials, drive=drive, fall=fall, glide_s=glide_s)
        assert abs(cents_between(root_note(sound, 44_100), hz)) < 20, note


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("length_s", [0.5, 1.2, 3.0])
@pytest.mark.parametrize("note", C0_TO_A_SHARP_0)
def test_the_lowest_octave_is_found_within_a_semitone(
    note: str, length_s: float, rate: int
) -> None:
    hz = hz_of_note(note)
    root = root_note(make_808(hz, rate=rate, length_s=length_s), rate)
    assert abs(cents_between(root, hz)) < 100


@pytest.mark.parametrize("seed", range(24))
def test_a_varied_808_rests_on_its_note(seed: int) -> None:
    note, rate = B0_TO_B2[seed], RATES[seed % 4]
    root = root_note(sub_808(np.random.default_rng(seed), rate, note=note, length_s=1.2), rate)
    assert root is not None
    assert all(isinstance(value, float) for value in (root.hz, root.cents, root.confidence))
    assert root.name == note
    assert abs(root.cents) < 20


@pytest.mark.parametrize("detune_cents", [-45, -20, 20, 45])
def test_a_detuned_808_is_named_with_its_cents(detune_cents: int) -> None:
    root = root_note(make_808(hz_of_note("F1") * 2 ** (detune_cents / 1200)), 44_100)
    assert root is not None
    assert root.name == "F1"
    assert root.cents == pytest.approx(detune_cents, abs=4)


@pytest.mark.parametrize("rate", [4_000, 8_000, 11_025, 44_100, 192_000])
@pytest.mark.parametrize("note", ["C0", "A1", "C3", "C4"])
def test_a_plain_tone_is_found_at_every_rate(note: str, rate: int) -> None:
    hz = hz_of_note(note)
    assert abs(cents_between(root_note(make_tone(hz, rate=rate), rate), hz)) < 10


def test_a_clean_long_808_is_surer_than_a_short_noisy_one() -> None:
    clean = root_note(make_808(50.0, length_s=2.0), 44_100)
    hiss = 0.2 * np.random.default_rng(0).standard_normal(11_025)
    noisy = root_note(make_808(50.0, length_s=0.25) + hiss.astype(np.float32), 44_100)
    assert clean is not None
    assert noisy is not None
    assert 0.0 < noisy.confidence < clean.confidence <= 1.0
    assert clean.confidence > 0.9


def test_a_falling_pitch_is_read_where_it_rests() -> None:
    time = np.arange(88_200) / 44_100
    hz = np.where(time < 0.8, 65.0 - 25.0 * time / 0.8, 40.0)
    sound = np.sin(2 * np.pi * np.cumsum(hz) / 44_100) * np.exp(-time)
    assert abs(cents_between(root_note(sound.astype(np.float32), 44_100), 40.0)) < 10


@pytest.mark.slow
def test_librosa_hears_the_same_note() -> None:
    librosa = pytest.importorskip("librosa")
    for seed in range(6):
        sound = sub_808(np.random.default_rng(seed), 22_050, length_s=1.5)
        track = librosa.yin(sound, fmin=25, fmax=260, sr=22_050, frame_length=4096)
        # Without the frames that reach over the fall or the end.
        assert abs(cents_between(root_note(sound, 22_050), float(np.median(track[8:-8])))) < 15


# Nothing is claimed


def test_a_pitch_that_never_rests_is_no_root() -> None:
    time = np.arange(66_150) / 44_100
    sound = np.sin(2 * np.pi * np.cumsum(60.0 * 2 ** (-time)) / 44_100)
    assert root_note(sound.astype(np.float32), 44_100) is None


@pytest.mark.parametrize("hz", [300.0, 330.0, 440.0, 880.0, 1_000.0, 1_900.0, 2_004.5, 4_050.0])
def test_a_tone_above_c4_is_not_low(hz: float) -> None:
    assert root_note(make_tone(hz), 44_100) is None


@pytest.mark.parametrize("count", [0, 1, 2, 10, 100, 2_000, 44_100])
@pytest.mark.parametrize("value", [0.0, 0.3, -1.0])
def test_silence_and_dc_have_no_root(count: int, value: float) -> None:
    assert root_note(np.full(count, value, dtype=np.float32), 44_100) is None


@pytest.mark.parametrize("offset", [0.0, 0.1])
@pytest.mark.parametrize("width", [1, 2, 44, 441, 4_410])
def test_impulses_clicks_and_steps_have_no_root(width: int, offset: float) -> None:
    sound = np.full(44_100, offset, dtype=np.float32)
    sound[1_000 : 1_000 + width] += 0.8
    assert root_note(sound, 44_100) is None


@pytest.mark.parametrize("rate", [4_000, 44_100, 192_000])
@pytest.mark.parametrize("length_s", [0.05, 0.2, 0.5, 3.0])
def test_white_noise_has_no_root(length_s: float, rate: int) -> None:
    for seed in range(5):
        noise = np.random.default_rng(seed).standard_normal(int(length_s * rate))
        assert root_note(noise.astype(np.float32), rate) is None


@pytest.mark.parametrize(
    "band_hz", [(20, 120), (40, 160), (100, 400), (200, 800), (500, 2_000), (2_000, 8_000)]
)
@pytest.mark.parametrize("length_s", [0.1, 0.3, 1.0])
def test_bursts_of_band_noise_have_no_root(band_hz: tuple[int, int], length_s: float) -> None:
    for seed in range(5):
        assert root_note(make_noise(*band_hz, length_s, seed), 44_100) is None


@pytest.mark.parametrize("kind", ["Closed hat", "Open hat", "clap", "shaker", "tambourine", "ride"])
def test_hats_claps_and_shakers_have_no_root(kind: str) -> None:
    for seed in range(10):
        assert root_note(MAKERS[kind](np.random.default_rng(seed), 44_100), 44_100) is None


# What must not matter


@pytest.mark.parametrize("silence_s", [0.001, 0.01, 0.025, 0.05])
@pytest.mark.parametrize("note", ["D0", "F1", "B2"])
def test_silence_before_the_sound_does_not_matter(note: str, silence_s: float) -> None:
    sound = make_808(hz_of_note(note), length_s=1.0)
    late = np.concatenate([np.zeros(int(silence_s * 44_100), dtype=np.float32), sound])
    root, late_root = root_note(sound, 44_100), root_note(late, 44_100)
    assert root is not None
    assert abs(cents_between(late_root, root.hz)) < 5


@settings(deadline=None, max_examples=30)
@given(gain_db=st.floats(-600, 600), note=st.sampled_from(B0_TO_B2))
def test_level_does_not_matter(gain_db: float, note: str) -> None:
    sound = make_808(hz_of_note(note), length_s=0.6)
    root = root_note(sound, 44_100)
    scaled = root_note((sound.astype(np.float64) * 10 ** (gain_db / 20)).astype(np.float32), 44_100)
    assert root is not None
    assert scaled is not None
    assert scaled.hz == pytest.approx(root.hz, rel=1e-4)
    assert scaled.confidence == pytest.approx(root.confidence, abs=0.01)


@settings(deadline=None, max_examples=30)
@given(
    hz=st.floats(hz_of_note("B0"), hz_of_note("B1")),
    partials=st.sampled_from([SINE, STRONG_SECOND, STRONG_THIRD, NO_FUNDAMENTAL]),
    drive=st.sampled_from([0.0, 3.0]),
)
def test_an_octave_up_is_twice_the_root(
    hz: float, partials: tuple[float, ...], drive: float
) -> None:
    low = root_note(make_808(hz, partials=partials, drive=drive), 44_100)
    high = root_note(make_808(2 * hz, partials=partials, drive=drive), 44_100)
    assert abs(cents_between(low, hz)) < 20
    assert abs(cents_between(high, 2 * hz)) < 20


@settings(deadline=None)
@given(
    samples=arrays(
        np.float32,
        st.integers(0, 4_000),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
    ),
    rate=st.sampled_from([4_000, 8_000, 44_100, 192_000]),
)
def test_no_finite_sound_raises(samples: NDArray[np.float32], rate: int) -> None:
    root = root_note(samples, rate)
    assert root is None or 0.0 <= root.confidence <= 1.0


@settings(deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(0, 30_000),
    smoothing=st.integers(1, 400),
    rate=st.integers(4_000, 192_000),
)
def test_no_rumble_raises(seed: int, count: int, smoothing: int, rate: int) -> None:
    noise = np.random.default_rng(seed).standard_normal(count + smoothing)
    rumble = np.diff(np.cumsum(noise)[::smoothing]).astype(np.float32)
    root = root_note(np.repeat(rumble, smoothing), rate)
    assert root is None or 15.0 < root.hz < 275.0


def test_the_samples_are_left_as_they_were() -> None:
    sound = make_808(50.0)
    before = sound.copy()
    root_note(sound, 44_100)
    np.testing.assert_array_equal(sound, before)

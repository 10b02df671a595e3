from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile

from classifier.audio import EXTENSIONS, Sound, read_sound
from tests.helpers.sounds import encode, noise, silence, sine, write_sparse_wav, write_wav


class Format(NamedTuple):
    """How a file is coded, and by how much its samples may then be wrong."""

    suffix: str
    kind: str
    subtype: str
    bits: int | None
    error: float

    @property
    def name(self) -> str:
        return f"{self.kind} {self.subtype}"


FORMATS = [
    Format(".wav", "WAV", "PCM_U8", 8, 1 / 100),
    Format(".wav", "WAV", "PCM_16", 16, 1e-4),
    Format(".wav", "WAV", "PCM_24", 24, 1e-6),
    Format(".wav", "WAV", "PCM_32", 32, 1e-6),
    Format(".wav", "WAV", "FLOAT", 32, 1e-6),
    Format(".wav", "WAV", "DOUBLE", 64, 1e-6),
    Format(".wave", "WAVEX", "PCM_16", 16, 1e-4),
    Format(".wav", "WAVEX", "PCM_24", 24, 1e-6),
    Format(".wav", "WAVEX", "FLOAT", 32, 1e-6),
    Format(".aif", "AIFF", "PCM_S8", 8, 1 / 100),
    Format(".aiff", "AIFF", "PCM_16", 16, 1e-4),
    Format(".aiff", "AIFF", "PCM_24", 24, 1e-6),
    Format(".aifc", "AIFF", "FLOAT", 32, 1e-6),
    Format(".flac", "FLAC", "PCM_S8", 8, 1 / 100),
    Format(".flac", "FLAC", "PCM_16", 16, 1e-4),
    Format(".flac", "FLAC", "PCM_24", 24, 1e-6),
    Format(".caf", "CAF", "PCM_16", 16, 1e-4),
    Format(".caf", "CAF", "ALAC_16", None, 1e-4),
    Format(".w64", "W64", "PCM_24", 24, 1e-6),
    Format(".rf64", "RF64", "PCM_16", 16, 1e-4),
    Format(".au", "AU", "PCM_16", 16, 1e-4),
    Format(".ogg", "OGG", "VORBIS", None, 0.05),
    Format(".opus", "OGG", "OPUS", None, 0.05),
    Format(".mp3", "MP3", "MPEG_LAYER_III", None, 0.05),
]
LOSSY = {"VORBIS", "OPUS", "MPEG_LAYER_III"}
WITH_CHANNELS = [
    (form, channels)
    for form in FORMATS
    for channels in (1, 2, 6, 8)
    if form.kind != "MP3" or channels <= 2
]
ANY_RATE = (4_000, 8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000)
RATES = {
    "WAV": ANY_RATE,
    "AIFF": ANY_RATE,
    "FLAC": ANY_RATE,
    "OGG": (8_000, 22_050, 44_100, 96_000, 192_000),
    "MP3": (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000),
}


def read(tmp_path: Path, samples: Any, rate: int = 44_100, **options: float) -> Sound:
    return read_sound(write_wav(tmp_path / "sound.wav", samples, rate), **options)


def test_every_way_a_format_is_spelled_is_looked_for() -> None:
    assert {form.suffix for form in FORMATS} <= EXTENSIONS


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_every_format_gives_its_sound(tmp_path: Path, form: Format) -> None:
    original = sine(440.0, 0.5, 48_000)
    ramp = np.linspace(0, 1, 4_800, dtype=np.float32)  # lossy codecs overshoot edges
    original[:4_800] *= ramp
    original[-4_800:] *= ramp[::-1]
    path = tmp_path / f"sound{form.suffix}"
    path.write_bytes(encode(original, 48_000, form.kind, form.subtype))
    sound = read_sound(path)
    assert (sound.encoding, sound.bit_depth) == (form.name, form.bits)
    assert (sound.sample_rate, sound.channels, sound.is_stereo) == (48_000, 1, False)
    assert sound.duration_s == pytest.approx(0.5, abs=1e-4)
    assert not sound.is_cut
    assert sound.start_s < 0.001
    assert sound.peak == pytest.approx(0.5, abs=max(form.error, 1e-4))
    heard = sound.samples[1_000:20_000] * sound.gain
    first = 1_000 + round(sound.start_s * 48_000)
    assert np.abs(heard - original[first : first + len(heard)]).max() < form.error
    assert sound.samples.dtype == np.float32
    assert np.abs(sound.samples).max() == 1.0


@pytest.mark.parametrize(("form", "channels"), WITH_CHANNELS)
def test_every_channel_count_gives_the_same_sound(
    tmp_path: Path, form: Format, channels: int
) -> None:
    path = tmp_path / "sound"
    samples = np.stack([sine(440.0, 0.1, 48_000)] * channels, axis=1)
    path.write_bytes(encode(samples, 48_000, form.kind, form.subtype))
    sound = read_sound(path)
    assert sound.channels == channels
    assert sound.duration_s == pytest.approx(0.1, abs=1e-4)
    # Codecs of surround sound cut corners, in the bass channel most of all.
    is_changed = form.subtype in LOSSY and channels > 2
    assert not sound.is_stereo or is_changed
    level = np.abs(sound.samples[1_500:3_500]).max() * sound.gain
    assert level == pytest.approx(0.5, abs=0.15 if is_changed else 0.05)


@pytest.mark.parametrize(
    ("kind", "rate"), [(k, rate) for k, rates in RATES.items() for rate in rates]
)
def test_every_rate_is_kept(tmp_path: Path, kind: str, rate: int) -> None:
    path = tmp_path / "sound"
    path.write_bytes(encode(sine(440.0, 0.25, rate), rate, kind))
    sound = read_sound(path)
    assert sound.sample_rate == rate
    assert sound.duration_s == pytest.approx(0.25, abs=0.001)
    assert sound.held_s == pytest.approx(0.25, abs=0.005)


@pytest.mark.parametrize("rate", [8_000, 12_000, 16_000, 24_000, 48_000])
def test_opus_keeps_its_length_at_every_rate(tmp_path: Path, rate: int) -> None:
    path = tmp_path / "sound.opus"
    path.write_bytes(encode(sine(440.0, 0.25, rate), rate, "OGG", "OPUS"))
    assert read_sound(path).duration_s == pytest.approx(0.25, abs=0.001)


def test_the_level_is_split_off_and_given_back(tmp_path: Path) -> None:
    left, right = sine(200.0, peak=0.25), noise(peak=0.125)
    sound = read(tmp_path, np.stack([left, right], axis=1))
    assert np.abs(sound.samples).max() == 1.0
    np.testing.assert_allclose(sound.samples * sound.gain, (left + right) / 2, atol=1e-7)
    assert sound.peak == pytest.approx(0.25)


def test_levels_above_full_scale_are_kept(tmp_path: Path) -> None:
    sound = read(tmp_path, sine(peak=4.0))
    assert (sound.peak, sound.gain) == (4.0, 4.0)
    assert np.abs(sound.samples).max() == 1.0


@pytest.mark.parametrize("silent", [1, 777, 44_100])
def test_leading_silence_is_left_out_to_the_sample(tmp_path: Path, silent: int) -> None:
    sound = read(tmp_path, np.concatenate([np.zeros(silent, np.float32), noise()]))
    assert sound.start_s == silent / 44_100
    assert sound.duration_s == (silent + 44_100) / 44_100
    np.testing.assert_array_equal(sound.samples, noise() * 2)


def test_hiss_far_below_the_sound_is_silence(tmp_path: Path) -> None:
    hiss = noise(0.5, peak=0.5 * 10 ** (-60 / 20))
    assert read(tmp_path, np.concatenate([hiss, noise()])).start_s == 0.5


def test_a_soft_start_is_sound(tmp_path: Path) -> None:
    soft = noise(0.5, peak=0.5 * 10 ** (-40 / 20))
    assert read(tmp_path, np.concatenate([soft, noise()])).start_s == 0.0


def test_what_comes_later_and_louder_does_not_cut_a_soft_start_off(tmp_path: Path) -> None:
    soft = np.concatenate([noise(0.1, peak=0.0005), noise(1.0, peak=0.005)])
    samples = np.concatenate([silence(0.5), soft, silence(3.0), noise()])
    assert read(tmp_path, samples).start_s == 0.5


@pytest.mark.parametrize("silent_s", [3, 10, 15, 59])
def test_silence_takes_nothing_from_the_seconds_that_are_read(
    tmp_path: Path, silent_s: int
) -> None:
    heard = noise(25, 4_000)
    sound = read(tmp_path, np.concatenate([silence(silent_s, 4_000), heard]), 4_000, seconds=10.0)
    assert sound.start_s == silent_s
    assert sound.duration_s == silent_s + 25
    assert sound.is_cut
    np.testing.assert_array_equal(sound.samples, heard[:40_000] * 2)


def test_what_is_silent_for_a_minute_is_silent(tmp_path: Path) -> None:
    sound = read(tmp_path, np.concatenate([silence(61, 4_000), noise(2, 4_000)]), 4_000)
    assert len(sound.samples) == 0
    assert (sound.gain, sound.peak, sound.start_s) == (0.0, 0.0, 60.0)
    assert sound.duration_s == 63
    assert sound.is_cut


def test_no_more_than_the_limit_is_held(tmp_path: Path) -> None:
    sound = read(tmp_path, noise(5), seconds=2.0)
    assert sound.held_s == 2.0
    assert sound.duration_s == 5.0
    assert sound.is_cut


def test_a_sound_as_long_as_the_limit_is_not_cut(tmp_path: Path) -> None:
    sound = read(tmp_path, noise(2), seconds=2.0)
    assert sound.held_s == 2.0
    assert not sound.is_cut


@pytest.mark.parametrize(("silent_s", "decoded_s"), [(0, 2), (1, 3), (5, 7)])
def test_nothing_is_decoded_past_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent_s: int, decoded_s: int
) -> None:
    decoded = []

    class Counting(soundfile.SoundFile):  # type: ignore[misc]
        def read(self, *args: Any, **options: Any) -> Any:
            block = super().read(*args, **options)
            decoded.append(len(block))
            return block

    monkeypatch.setattr(soundfile, "SoundFile", Counting)
    read(tmp_path, np.concatenate([silence(silent_s, 8_000), noise(30, 8_000)]), 8_000, seconds=2.0)
    assert sum(decoded) == decoded_s * 8_000


def test_opposite_channels_do_not_cancel(tmp_path: Path) -> None:
    left = noise()
    sound = read(tmp_path, np.stack([left, -left], axis=1))
    np.testing.assert_array_equal(sound.samples, left * 2)
    assert sound.is_stereo


@pytest.mark.parametrize("active", range(8))
def test_one_channel_of_eight_is_heard_at_its_own_level(tmp_path: Path, active: int) -> None:
    channels = np.zeros((44_100, 8), np.float32)
    channels[:, active] = noise()
    sound = read(tmp_path, channels)
    np.testing.assert_array_equal(sound.samples * sound.gain, noise())
    assert sound.is_stereo


@pytest.mark.parametrize(
    ("right", "is_stereo"),
    [
        (sine(), False),
        (sine() + noise(peak=0.002), False),
        (sine() + noise(peak=0.1), True),
        (sine(441.0), True),
        (0.5 * sine(), True),
        (silence(), True),
    ],
    ids=["a copy", "a dithered copy", "a noisy copy", "another note", "softer", "silent"],
)
def test_stereo_is_where_the_channels_differ(tmp_path: Path, right: Any, is_stereo: bool) -> None:
    sound = read(tmp_path, np.stack([sine(), right], axis=1))
    assert sound.channels == 2
    assert sound.is_stereo is is_stereo


def test_a_thousand_channels_are_read_in_little_memory(tmp_path: Path) -> None:
    frames, channels = 20_000, 1_000
    start = np.zeros((2, channels))
    start[1, 700] = 0.5
    path = write_sparse_wav(tmp_path / "many.wav", frames, start, 4_000, channels)
    tracemalloc.start()
    try:
        sound = read_sound(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sound.channels == channels
    assert sound.start_s == 1 / 4_000
    assert sound.gain == pytest.approx(0.5, abs=1e-4)
    assert most < 0.75 * frames * channels * 4


def test_two_hours_are_read_as_fast_as_ten_seconds(tmp_path: Path) -> None:
    path = write_sparse_wav(tmp_path / "long.wav", 7_200 * 8_000, noise(12, 8_000), 8_000)
    sound = read_sound(path)
    assert sound.duration_s == 7_200
    assert (sound.held_s, sound.is_cut) == (10.0, True)


def test_without_samples_all_else_is_kept(tmp_path: Path) -> None:
    sound = read(tmp_path, np.concatenate([silence(0.25), noise(0.25, peak=1.0)]))
    bare = sound.without_samples()
    assert len(bare.samples) == 0
    assert bare.samples.base is None
    assert (bare.start_s, bare.duration_s, bare.gain, bare.encoding) == (
        0.25,
        0.5,
        1.0,
        "WAV FLOAT",
    )

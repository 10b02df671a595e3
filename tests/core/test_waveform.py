"""The shape of a sound: what physics says of sines, silence and clicks."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from app.core import waveform
from app.core.waveform import Waveform, read_waveform
from classifier import AudioError
from tests.helpers.sounds import click, encode, noise, silence, sine, write_sparse_wav, write_wav

RATE_HZ = 44_100
DULL_HZ, BRIGHT_HZ = 120.0, 9_000.0


def drawn(path: Path, samples: np.ndarray, rate: int = RATE_HZ) -> Waveform:
    return read_waveform(str(write_wav(path / "a.wav", samples, rate)))


@pytest.mark.parametrize("count", [1, 7, 300])
@pytest.mark.parametrize("hz", [440.0, 5_000.0])
def test_a_sine_reaches_its_peak_everywhere(tmp_path: Path, hz: float, count: int) -> None:
    shape = drawn(tmp_path, sine(hz, 1.0, RATE_HZ, peak=0.5))
    assert shape.duration_s == 1.0
    assert shape.rate_hz == RATE_HZ
    bars = shape.bars(0, shape.duration_s, count)
    assert len(bars.low) == len(bars.high) == len(bars.brightness) == count
    # Each bar is a period and more; between samples a crest is missed by half a step at most.
    missed = 0.5 * (1 - np.cos(np.pi * hz / RATE_HZ))
    assert (np.abs(bars.high - 0.5) <= missed + 1e-6).all()
    assert (np.abs(bars.low + 0.5) <= missed + 1e-6).all()


def test_silence_is_nothing_at_all(tmp_path: Path) -> None:
    bars = drawn(tmp_path, silence(0.5)).bars(0, 0.5, 50)
    for values in (bars.low, bars.high, bars.brightness):
        assert values.shape == (50,)
        assert not values.any()


def test_where_there_is_no_sound_it_is_silent(tmp_path: Path) -> None:
    bars = drawn(tmp_path, np.full(4_410, 0.5, np.float32)).bars(-0.1, 0.2, 30)
    assert bars.high.tolist() == [0.0] * 10 + [0.5] * 10 + [0.0] * 10


@pytest.mark.parametrize("hz", [60.0, 120.0, 250.0, 1_000.0, 4_000.0, 8_000.0, 12_000.0])
@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_brightness_is_where_a_sine_lies(tmp_path: Path, hz: float, rate: int) -> None:
    bars = drawn(tmp_path, sine(hz, 0.5, rate), rate).bars(0, 0.5, 5)
    octaves = np.log2(hz / DULL_HZ) / np.log2(BRIGHT_HZ / DULL_HZ)
    assert bars.brightness == pytest.approx(np.full(5, np.clip(octaves, 0, 1)), abs=0.02)


def test_brightness_rises_with_the_pitch_and_not_with_the_level(tmp_path: Path) -> None:
    found = [
        float(drawn(tmp_path, sine(hz, 0.2)).bars(0, 0.2, 1).brightness[0])
        for hz in (150, 300, 700, 1_500, 3_000, 6_000)
    ]
    assert found == sorted(found)
    assert np.diff(found).min() > 0.1
    quiet = drawn(tmp_path, sine(1_500, 0.2, peak=0.001)).bars(0, 0.2, 1)
    assert float(quiet.brightness[0]) == pytest.approx(found[3], abs=0.02)


def naive_bars(
    samples: np.ndarray, shape: Waveform, start_s: float, end_s: float, count: int
) -> list[tuple[float, float]]:
    """Return low and high of bars, from the samples, in whole pieces."""
    size = round(shape.piece_s * shape.rate_hz)
    times = np.linspace(start_s, end_s, count + 1)
    found = []
    for begin, end in pairwise(times):
        if begin < 0 or begin >= shape.duration_s:
            found.append((0.0, 0.0))
            continue
        first = int(begin / shape.piece_s)
        beyond = max(first + 1, int(end / shape.piece_s))
        frames = samples[first * size : len(samples) if end >= shape.duration_s else beyond * size]
        found.append((float(frames.min()), float(frames.max())))
    return found


@pytest.mark.parametrize(
    ("start_s", "end_s", "count"),
    [
        (0.0, 1.0, 10),
        (0.0, 0.1, 1_000),
        (0.0, 0.1001, 77),
        (0.02, 0.05, 13),
        (0.0123, 0.0124, 50),
        (0.09, 0.12, 9),
        (-0.05, 0.05, 11),
        (0.0, 0.1, 1),
        (0.2, 0.3, 4),
        (0.05, 0.05, 3),
    ],
)
@pytest.mark.parametrize("frames", [4_001, 4_000, 5, 8])
def test_bars_of_a_stretch_hold_what_is_in_it(
    tmp_path: Path, start_s: float, end_s: float, count: int, frames: int
) -> None:
    samples = np.random.default_rng(frames).uniform(-1, 1, frames).astype(np.float32)
    shape = drawn(tmp_path, samples, rate=40_000)
    bars = shape.bars(start_s, end_s, count)
    wanted = naive_bars(samples, shape, start_s, end_s, count)
    assert list(zip(bars.low.tolist(), bars.high.tolist(), strict=True)) == wanted


@pytest.mark.parametrize("at", [0, 1, 500, 4_401, 4_409])
def test_no_sample_is_lost_at_full_view(tmp_path: Path, at: int) -> None:
    bars = drawn(tmp_path, click(0.1, RATE_HZ, at / RATE_HZ)).bars(0, 0.1, 100)
    assert np.flatnonzero(bars.high).tolist() == [pytest.approx(at / 44.1, abs=1)]
    assert bars.high.max() == 1.0


def test_channels_are_drawn_as_their_extremes(tmp_path: Path) -> None:
    both = np.stack([sine(440, 0.2, peak=0.25), -np.abs(sine(300, 0.2, peak=0.75))], axis=1)
    bars = drawn(tmp_path, both).bars(0, 0.2, 10)
    assert bars.high == pytest.approx(np.full(10, 0.25), abs=0.001)
    assert bars.low == pytest.approx(np.full(10, -0.75), abs=0.001)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_peak_is_the_largest_value_of_any_channel(tmp_path: Path, sign: int) -> None:
    both = np.stack([sine(440, 0.1, peak=0.25), sign * np.abs(sine(300, 0.1, peak=0.75))], axis=1)
    assert drawn(tmp_path, both).peak == pytest.approx(0.75)
    assert drawn(tmp_path, silence(0.1)).peak == 0.0
    assert drawn(tmp_path, silence(0)).peak == 0.0


def test_channels_that_cancel_out_are_still_drawn(tmp_path: Path) -> None:
    both = np.stack([sine(440, 0.2), -sine(440, 0.2)], axis=1)
    bars = drawn(tmp_path, both).bars(0, 0.2, 10)
    assert (bars.high > 0.49).all()
    assert (bars.low < -0.49).all()
    assert np.isfinite(bars.brightness).all()


def test_blocks_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = noise(0.1)
    whole = drawn(tmp_path, samples)
    monkeypatch.setattr(waveform, "_AT_ONCE", 24)
    pieces = drawn(tmp_path, samples)
    for name in ("low", "high", "energy", "slope"):
        assert np.array_equal(getattr(pieces, name), getattr(whole, name)), name


def test_a_long_file_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    path = write_sparse_wav(tmp_path / "a.wav", 1_000_003, sine(440, 1.0, 8_000), rate=8_000)
    shape = read_waveform(str(path))
    assert shape.duration_s == 1_000_003 / 8_000
    assert len(shape.low) <= 1 << 16
    assert len(shape.low) == -(-1_000_003 // round(shape.piece_s * 8_000))
    bars = shape.bars(0, shape.duration_s, 125)
    assert bars.high[0] == pytest.approx(0.5, abs=1e-3)
    assert not bars.high[2:].any()


def test_a_file_that_does_not_say_how_long_it_is_is_refused(tmp_path: Path) -> None:
    content = bytearray(encode(sine(440, 0.5), kind="FLAC", subtype="PCM_16"))
    # The 36 bits of the first block that say how many frames there are.
    content[8 + 13] &= 0xF0
    content[8 + 14 : 8 + 18] = bytes(4)
    (tmp_path / "a.flac").write_bytes(content)
    with pytest.raises(AudioError, match="how long"):
        read_waveform(str(tmp_path / "a.flac"))


@pytest.mark.parametrize("kind", ["FLAC", "OGG", "AIFF", "MP3"])
def test_other_formats_have_the_same_shape(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind.lower()}"
    path.write_bytes(encode(sine(440, 0.5), kind=kind))
    shape = read_waveform(str(path))
    assert shape.duration_s == pytest.approx(0.5, abs=0.06)  # codecs pad
    assert shape.bars(0.1, 0.4, 10).high == pytest.approx(np.full(10, 0.5), abs=0.03)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e30, -3e38])
def test_what_is_no_level_does_no_harm(tmp_path: Path, bad: float) -> None:
    samples = sine(440, 0.2)
    samples[4_000] = bad
    bars = drawn(tmp_path, samples).bars(0, 0.2, 20)
    for values in (bars.low, bars.high, bars.brightness):
        assert np.isfinite(values).all()
    others = np.arange(20) != 4_000 // 441
    assert bars.high[others] == pytest.approx(np.full(19, 0.5), abs=0.01)
    assert ((bars.brightness >= 0) & (bars.brightness <= 1)).all()
    if np.isnan(bad):
        assert bars.high == pytest.approx(np.full(20, 0.5), abs=0.01)


def test_a_file_without_sound_has_bars_of_nothing(tmp_path: Path) -> None:
    shape = drawn(tmp_path, np.zeros(0, np.float32))
    assert (shape.duration_s, len(shape.low)) == (0.0, 0)
    for values in (shape.bars(0, 1, 5).high, shape.bars(0, 0, 5).brightness):
        assert values.tolist() == [0.0] * 5


@pytest.mark.parametrize("content", [b"", b"this is no sound", b"RIFF\xff\xff\xff\xffWAVE", None])
def test_what_is_no_sound_is_refused_in_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(AudioError, match=r"^It cannot be read as sound\.$"):
        read_waveform(str(tmp_path / "a.wav"))


def test_a_folder_is_no_sound(tmp_path: Path) -> None:
    with pytest.raises(AudioError):
        read_waveform(str(tmp_path))


def test_a_name_may_be_anything(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "\udcff 日本.wav", sine(440, 0.1))
    assert read_waveform(str(path)).duration_s == pytest.approx(0.1)

"""Files as stereo blocks at the rate of the output."""

from __future__ import annotations

import io
import tracemalloc
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from app.core.player.decoder import Decoder
from classifier import AudioError
from tests.core.player.stage import both, tone
from tests.helpers.sentences import assert_is_one_sentence
from tests.helpers.sounds import encode, noise, wav_header, write_wav


def decoded(path: Path, rate_hz: int, start: int = 0) -> NDArray[np.float32]:
    with closing(Decoder(str(path), rate_hz)) as decoder:
        blocks = list(decoder.blocks(start))
        assert sum(map(len, blocks)) <= decoder.frames - start
    return np.concatenate(blocks)


@pytest.mark.parametrize("from_hz", [22_050, 44_100, 96_000, 192_000])
@pytest.mark.parametrize("to_hz", [44_100, 48_000, 96_000])
def test_the_rate_becomes_that_of_the_output(tmp_path: Path, from_hz: int, to_hz: int) -> None:
    path = write_wav(tmp_path / "a.wav", tone(1_000, 1.5, from_hz), from_hz)
    found, wanted = decoded(path, to_hz), both(tone(1_000, 1.5, to_hz))
    assert len(found) == len(wanted)
    middle = slice(to_hz // 10, -to_hz // 10)
    assert np.abs(found[middle] - wanted[middle]).max() < 1e-4


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000])
def test_from_anywhere_it_is_the_same_sound(tmp_path: Path, rate_hz: int) -> None:
    path = write_wav(tmp_path / "a.wav", noise(2, rate_hz), rate_hz)
    whole = decoded(path, 48_000)
    for start in (1, 4_799, 4_801, 50_000, len(whole) - 1):
        assert np.abs(decoded(path, 48_000, start) - whole[start:]).max() < 1e-5


@pytest.mark.parametrize(
    ("channel", "left_right"),
    [
        (0, (1, 0)),
        (1, (0, 1)),
        (2, (0.7071, 0.7071)),
        (3, (0, 0)),
        (4, (0.7071, 0)),
        (5, (0, 0.7071)),
    ],
)
def test_surround_becomes_stereo(
    tmp_path: Path, channel: int, left_right: tuple[float, float]
) -> None:
    samples = np.zeros((480, 6))
    samples[:, channel] = 0.5
    found = decoded(write_wav(tmp_path / "a.wav", samples, 48_000), 48_000)
    scale = 0.5 / (1 + 2 * 0.7071)
    assert found == pytest.approx(np.tile(np.multiply(left_right, scale), (480, 1)), abs=1e-4)


@pytest.mark.parametrize("channels", [3, 4, 5, 6, 7, 8, 16])
def test_no_mix_is_louder_than_its_channels(tmp_path: Path, channels: int) -> None:
    path = write_wav(tmp_path / "a.wav", np.full((480, channels), 0.5), 48_000)
    assert decoded(path, 48_000) == pytest.approx(0.5)


def test_a_thousand_channels_are_read_in_small_blocks(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.full((2_000, 1_000), 0.25), 48_000, "PCM_16")
    tracemalloc.start()
    found = decoded(path, 48_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000  # the whole file has twice as much
    assert np.allclose(found, np.full((2_000, 2), 0.25), atol=1e-4)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_do_not_pass(tmp_path: Path, value: float) -> None:
    samples = noise(1, 44_100)
    samples[30_000] = value
    with pytest.raises(AudioError, match="not numbers"):
        decoded(write_wav(tmp_path / "a.wav", samples, 44_100), 48_000)


def test_enormous_values_stay_numbers(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", [3e38, -3e38] * 5_000, 44_100)
    assert np.isfinite(decoded(path, 48_000)).all()


@pytest.mark.parametrize("kind", ["FLAC", "OGG", "MP3", "AIFF"])
def test_other_formats_are_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind.lower()}"
    path.write_bytes(encode(tone(440, 1, 44_100), 44_100, kind))
    found = decoded(path, 48_000)
    assert np.abs(found).max() == pytest.approx(0.5, abs=0.15)
    assert len(found) == pytest.approx(48_000, abs=2_500)


@pytest.mark.parametrize(
    "content", [b"", b"no sound at all", wav_header(0, 1_000), encode([0.0], 400_000), b"RIFF"]
)
@pytest.mark.parametrize("name", ["a.wav", "a.raw", "a.mp3"])
def test_what_is_no_sound_is_said_in_a_sentence(tmp_path: Path, content: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(AudioError) as caught:
        decoded(path, 48_000)
    assert_is_one_sentence(str(caught.value), path)


def test_damage_in_the_middle_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = io.BytesIO()
    soundfile.write(file, noise(10, 44_100), 44_100, format="FLAC")
    content = bytearray(file.getvalue())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path = tmp_path / "a.flac"
    path.write_bytes(content)
    try:
        assert np.isfinite(decoded(path, 48_000)).all()
    except AudioError as error:
        assert_is_one_sentence(str(error), path)

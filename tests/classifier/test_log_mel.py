from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from classifier.log_mel import (
    band_edges_hz,
    fft_length,
    hop_length,
    hz_to_mel,
    log_mel,
    mel_matrix,
    mel_to_hz,
)
from classifier.settings import FeatureSettings, MelSettings
from tests.helpers.sounds import click, noise, silence, sine

librosa = pytest.importorskip("librosa")

FINE: Final = FeatureSettings().fine
LOW: Final = FeatureSettings().low
RATES: Final = (4_000, 11_025, 44_100, 48_000, 192_000)

both = pytest.mark.parametrize("settings", [FINE, LOW], ids=["fine", "low"])
every_rate = pytest.mark.parametrize("rate", RATES)
# librosa warns of bands that the rate or the window leaves nothing for, and of short sounds.
unwarned = pytest.mark.filterwarnings("ignore:Empty filters detected", "ignore:n_fft=")


def of_librosa(
    samples: NDArray[np.float32], rate: int, settings: MelSettings
) -> NDArray[np.float32]:
    """Return what librosa sees, laid into as many frames as ours has."""
    power = librosa.feature.melspectrogram(
        y=samples,
        sr=rate,
        n_fft=fft_length(settings, rate),
        hop_length=hop_length(settings, rate),
        n_mels=settings.bands,
        fmin=settings.low_hz,
        fmax=settings.high_hz,
        center=True,
        pad_mode="constant",
    )
    # Its last frame may be centred on the end itself, where for us the sound is over.
    heard = min(settings.frames, -(-len(samples) // hop_length(settings, rate)))
    frames = np.zeros((settings.bands, settings.frames), np.float32)
    frames[:, :heard] = power[:, :heard]
    decibels = librosa.power_to_db(frames, ref=np.max, amin=1e-20, top_db=-settings.floor_db)
    return np.asarray(decibels.T)


def is_floor(decibels: NDArray[np.float32], settings: MelSettings) -> bool:
    return bool(np.allclose(decibels, settings.floor_db, atol=1e-3))


@unwarned
@both
@every_rate
def test_the_mel_matrix_equals_that_of_librosa(rate: int, settings: MelSettings) -> None:
    theirs = librosa.filters.mel(
        sr=rate,
        n_fft=fft_length(settings, rate),
        n_mels=settings.bands,
        fmin=settings.low_hz,
        fmax=settings.high_hz,
    )
    np.testing.assert_allclose(mel_matrix(settings, rate), theirs, rtol=1e-4, atol=1e-9)


@unwarned
@both
@every_rate
@pytest.mark.parametrize("seconds", [0.3, 2.0, 3.1])
def test_it_equals_that_of_librosa(rate: int, settings: MelSettings, seconds: float) -> None:
    decay = np.exp(-3 * np.arange(round(seconds * rate)) / rate).astype(np.float32)
    samples = (sine(90.0, seconds, rate) + noise(seconds, rate, 0.2)) * decay
    [ours] = log_mel([(samples, rate)], settings)
    np.testing.assert_allclose(ours, of_librosa(samples, rate, settings), atol=0.01)


def test_where_frames_overlap_much_the_last_one_is_whole() -> None:
    settings = replace(FINE, hop_s=0.004, frames=60)
    samples = noise(0.5)
    [ours] = log_mel([(samples, 44_100)], settings)
    np.testing.assert_allclose(ours, of_librosa(samples, 44_100, settings), atol=0.01)


@unwarned
@both
@pytest.mark.parametrize("count", [2, 17, 500, 528, 529, 530, 1_058])
def test_sounds_shorter_than_a_window_equal_those_of_librosa(
    settings: MelSettings, count: int
) -> None:
    samples = noise()[:count]
    [ours] = log_mel([(samples, 44_100)], settings)
    np.testing.assert_allclose(ours, of_librosa(samples, 44_100, settings), atol=0.01)


def test_mels_and_hertz_are_those_of_librosa_and_lead_back() -> None:
    hz = np.linspace(0, 20_000, 1_001)
    np.testing.assert_allclose(hz_to_mel(hz), librosa.hz_to_mel(hz), rtol=1e-12)
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(hz)), hz, atol=1e-8)


@both
def test_a_chunk_gives_the_same_as_one_by_one(settings: MelSettings) -> None:
    lengths_s = (0.5, 2.0, 1 / 44_100, 0.0, 3.0, 0.01, 0.7, 2.0, 0.05)
    rates = (44_100, 8_000, 44_100, 44_100, 44_100, 8_000, 96_000, 44_100, 96_000)
    chunk = [
        (noise(seconds, rate, seed=round(1e3 * seconds)), rate)
        for seconds, rate in zip(lengths_s, rates, strict=True)
    ]
    together = log_mel(chunk, settings)
    assert together.shape == (len(chunk), settings.frames, settings.bands)
    assert together.dtype == np.float32
    for row, sound in zip(together, chunk, strict=True):
        np.testing.assert_allclose(row, log_mel([sound], settings)[0], atol=1e-3)


@every_rate
@pytest.mark.parametrize("band", [0, 5, 20, 31])
def test_energy_in_one_band_gives_that_band(rate: int, band: int) -> None:
    hz = band_edges_hz(LOW)[band + 1]
    [seen] = log_mel([(sine(float(hz), 1.0, rate), rate)], LOW)
    middle = seen[5:15]
    # Bands of a few Hz are narrower than what the window can tell apart.
    assert np.abs(middle.argmax(axis=1) - band).max() <= 2
    assert (middle[:, band] > -6).all()
    assert (middle[:, np.abs(np.arange(LOW.bands) - band) > 8] < -20).all()


@both
def test_silence_is_all_floor(settings: MelSettings) -> None:
    seen = log_mel([(silence(), 44_100), (silence(0), 44_100), (sine(), 44_100)], settings)
    assert is_floor(seen[:2], settings)
    assert seen[2].max() == 0.0


def test_where_the_sound_has_ended_is_floor() -> None:
    [seen] = log_mel([(noise(0.5), 44_100)], FINE)
    ended = -(-22_050 // hop_length(FINE, 44_100))
    assert is_floor(seen[ended:], FINE)
    assert (seen[:ended].max(axis=1) > -20).all()


def test_a_click_stands_in_the_frame_of_its_time() -> None:
    [seen] = log_mel([(click(1.5, at_s=0.6), 44_100)], FINE)
    loudest = seen.max(axis=1)
    hop = hop_length(FINE, 44_100)
    assert loudest.argmax() == round(0.6 * 44_100 / hop)
    assert (loudest > -60).sum() <= fft_length(FINE, 44_100) / hop + 1


def test_half_the_level_looks_the_same() -> None:
    [loud, soft] = log_mel([(noise(), 44_100), (noise() / 1_024, 44_100)], FINE)
    np.testing.assert_allclose(loud, soft, atol=1e-3)


def test_bands_above_half_the_rate_are_empty() -> None:
    [seen] = log_mel([(noise(rate=8_000), 8_000)], FINE)
    above = band_edges_hz(FINE)[:-2] > 4_000
    assert above.any()
    assert is_floor(seen[:, above], FINE)


def test_the_floor_is_where_the_settings_put_it() -> None:
    [seen] = log_mel([(click(1.0), 44_100)], replace(FINE, floor_db=-30.0))
    assert seen.min() == pytest.approx(-30.0)


def test_threads_do_not_disturb_one_another() -> None:
    chunks = [[(noise(0.3, rate, seed=seed), rate)] for seed in range(24) for rate in RATES[:4]]
    alone = [log_mel(chunk, FINE) for chunk in chunks]
    with ThreadPoolExecutor(4) as executor:
        for _ in range(3):
            together = list(executor.map(lambda chunk: log_mel(chunk, FINE), chunks))
            for ours, theirs in zip(alone, together, strict=True):
                np.testing.assert_array_equal(ours, theirs)


@both
@pytest.mark.parametrize("rate", [4_000, 11_025, 22_050, 44_100, 47_999, 96_000, 192_000])
def test_windows_last_as_long_as_asked_for_at_every_rate(settings: MelSettings, rate: int) -> None:
    length = fft_length(settings, rate)
    assert length % 2 == 0
    assert length / rate == pytest.approx(settings.window_s, rel=0.06)
    assert hop_length(settings, rate) / rate == pytest.approx(settings.hop_s, rel=0.03)

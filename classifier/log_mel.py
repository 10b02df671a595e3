"""Log-mel spectrograms of many sounds at once, each at its own sample rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from classifier.settings import MelSettings
from classifier.spectrum import BLOCK_FRAMES, power_spectrum

# Power below which a band counts as empty; keeps the logarithm finite.
_LEAST_POWER: Final = 1e-20
# Slaney's mel scale: linear below 1 kHz, logarithmic above.
# M. Slaney, Auditory Toolbox, Interval Research Technical Report 1998-010.
_HZ_PER_MEL: Final = 200 / 3
_BREAK_HZ: Final = 1000.0
_BREAK_MEL: Final = _BREAK_HZ / _HZ_PER_MEL
_LOG_STEP: Final = np.log(6.4) / 27


def hz_to_mel(hz: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return mels on Slaney's scale for frequencies in Hz."""
    hz = np.asarray(hz, dtype=np.float64)
    above = _BREAK_MEL + np.log(np.maximum(hz, _BREAK_HZ) / _BREAK_HZ) / _LOG_STEP
    return np.where(hz < _BREAK_HZ, hz / _HZ_PER_MEL, above)


def mel_to_hz(mel: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Return frequencies in Hz for mels on Slaney's scale."""
    mel = np.asarray(mel, dtype=np.float64)
    above = _BREAK_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _BREAK_MEL) - _BREAK_MEL))
    return np.where(mel < _BREAK_MEL, mel * _HZ_PER_MEL, above)


def band_edges_hz(settings: MelSettings) -> NDArray[np.float64]:
    """Return the lower end, peak and upper end of all bands: shape (bands + 2,), in Hz."""
    low, high = hz_to_mel(settings.low_hz), hz_to_mel(settings.high_hz)
    return mel_to_hz(np.linspace(low, high, settings.bands + 2))


@lru_cache(maxsize=64)
def fft_length(settings: MelSettings, sample_rate: float) -> int:
    """Return the window in samples: the even length nearest to it that the FFT is quick at."""
    wanted = settings.window_s * sample_rate
    return min(_quick_lengths(), key=lambda length: abs(length - wanted))


def hop_length(settings: MelSettings, sample_rate: float) -> int:
    """Return samples from one frame to the next, at least 1."""
    return max(1, round(settings.hop_s * sample_rate))


@lru_cache(maxsize=64)
def mel_matrix(settings: MelSettings, sample_rate: float) -> NDArray[np.float32]:
    """Return the weights that turn a power spectrum into mel bands.

    Triangles of equal area on Slaney's mel scale; bands above half the sample rate are zero.

    Returns
    -------
    array, shape (bands, fft_length // 2 + 1), float32
        Equal to ``librosa.filters.mel(sr, n_fft, n_mels, fmin, fmax)``.
    """
    edges = band_edges_hz(settings)
    bins = np.fft.rfftfreq(fft_length(settings, sample_rate), 1 / sample_rate)
    slopes = edges[:, None] - bins[None, :]
    widths = np.diff(edges)[:, None]
    rising, falling = -slopes[:-2] / widths[:-1], slopes[2:] / widths[1:]
    triangles = np.maximum(0.0, np.minimum(rising, falling))
    areas = (edges[2:] - edges[:-2])[:, None] / 2
    return np.asarray(triangles / areas, dtype=np.float32)


def log_mel(
    sounds: Sequence[tuple[NDArray[np.float32], float]], settings: MelSettings
) -> NDArray[np.float32]:
    """Return the log-mel spectrogram of each sound, relative to its own loudest band.

    Frame k is centred k hops after the first sample, with zeros around the sound, as
    ``librosa.feature.melspectrogram(center=True, pad_mode="constant")`` has it; the
    logarithm is ``librosa.power_to_db(ref=numpy.max, top_db=-floor_db)``.

    Parameters
    ----------
    sounds : sequence of (samples, sample_rate)
        Samples of shape (n,), float32, peak about 1; sample rates in Hz may differ.
    settings : MelSettings
        Window, hop, frames, bands.

    Returns
    -------
    array, shape (len(sounds), frames, bands), float32
        In dB, from `floor_db` to 0. Silence and an empty array give the floor throughout.
    """
    power = np.zeros((len(sounds), settings.frames, settings.bands), dtype=np.float32)
    by_rate: dict[float, list[int]] = defaultdict(list)
    for index, (_, sample_rate) in enumerate(sounds):
        by_rate[sample_rate].append(index)
    for sample_rate, indices in by_rate.items():
        _fill_power(power, indices, [sounds[index][0] for index in indices], settings, sample_rate)
    return _to_decibels(power, settings.floor_db)


def _to_decibels(power: NDArray[np.float32], floor_db: float) -> NDArray[np.float32]:
    loudest = power.max(axis=(1, 2), keepdims=True)
    relative = power / np.maximum(loudest, _LEAST_POWER)
    np.maximum(relative, 10 ** (floor_db / 10), out=relative)
    return np.asarray(10 * np.log10(relative), dtype=np.float32)


def _fill_power(
    power: NDArray[np.float32],
    indices: Sequence[int],
    samples: Sequence[NDArray[np.float32]],
    settings: MelSettings,
    sample_rate: float,
) -> None:
    """Write the mel power of sounds of one rate into their rows of `power`.

    The sounds are laid behind one another, a window of zeros around each, so that their
    frames are one matrix: a few products per block, with the interpreter released.
    """
    length, hop = fft_length(settings, sample_rate), hop_length(settings, sample_rate)
    counts = [min(settings.frames, -(-len(sound) // hop)) for sound in samples]
    slots = [count + -(-length // hop) for count in counts]
    starts = np.cumsum([0, *slots])
    laid = np.zeros(starts[-1] * hop + length, dtype=np.float32)
    for sound, count, start in zip(samples, counts, starts, strict=False):
        heard = sound[: count * hop + length // 2]
        begin = start * hop + length // 2
        laid[begin : begin + len(heard)] = heard
    bands = _mel_of_frames(sliding_window_view(laid, length)[::hop], settings, sample_rate)
    for index, count, start in zip(indices, counts, starts, strict=False):
        power[index, :count] = bands[start : start + count]


def _mel_of_frames(
    frames: NDArray[np.float32], settings: MelSettings, sample_rate: float
) -> NDArray[np.float32]:
    """Return mel power, shape (frames, bands), of frames of shape (frames, length)."""
    window, weights = _window_and_weights(settings, sample_rate)
    spectrum = power_spectrum(frames.shape[1])
    windowed = np.empty((min(BLOCK_FRAMES, len(frames)), frames.shape[1]), dtype=np.float32)
    bands = np.empty((len(frames), settings.bands), dtype=np.float32)
    for start in range(0, len(frames), BLOCK_FRAMES):
        block = frames[start : start + BLOCK_FRAMES]
        rows = len(block)
        np.multiply(block, window, out=windowed[:rows])
        np.matmul(spectrum.of(windowed[:rows]), weights, out=bands[start : start + rows])
    return bands


@lru_cache(maxsize=64)
def _window_and_weights(
    settings: MelSettings, sample_rate: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the periodic Hann window, and the mel matrix for the columns of a power spectrum."""
    length = fft_length(settings, sample_rate)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    spectrum = power_spectrum(length)
    weights = np.zeros((spectrum.width, settings.bands), dtype=np.float32)
    weights[spectrum.columns] = mel_matrix(settings, sample_rate).T
    return window.astype(np.float32), weights


@lru_cache(maxsize=1)
def _quick_lengths() -> tuple[int, ...]:
    """Return the even numbers up to 2^17 whose only prime factors are 2, 3 and 5."""
    powers = (2**a * 3**b * 5**c for a in range(1, 18) for b in range(8) for c in range(5))
    return tuple(sorted(number for number in powers if number <= 1 << 17))

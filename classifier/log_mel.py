"""Log-mel spectrograms of many sounds at once, each at its own sample rate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from classifier.fft import fft_space
from classifier.settings import MelSettings

# Frames that go through one FFT call: the buffers stay in a core's own cache.
_BLOCK_FRAMES: Final = 64
# Of bands that are neighbours, in the product with the mel matrix.
_GROUPS: Final = 4
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
    frames are one matrix: one FFT and one product per block, with the interpreter released.
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
    window, groups = _window_and_bands(settings, sample_rate)
    bands = np.empty((len(frames), settings.bands), dtype=np.float32)
    windowed, spectrum = fft_space(_BLOCK_FRAMES, frames.shape[1])
    for start in range(0, len(frames), _BLOCK_FRAMES):
        block = frames[start : start + _BLOCK_FRAMES]
        rows = len(block)
        np.multiply(block, window, out=windowed[:rows])
        np.fft.rfft(windowed[:rows], out=spectrum[:rows])  # type: ignore[arg-type]
        parts = spectrum[:rows].view(np.float32)
        np.multiply(parts, parts, out=parts)
        for group in groups:
            np.matmul(
                parts[:, group.bins], group.weights, out=bands[start : start + rows, group.bands]
            )
    return bands


class _Bands(NamedTuple):
    """Neighbouring mel bands: which bins they reach, which bands they are, and the weights."""

    bins: slice
    bands: slice
    weights: NDArray[np.float32]


@lru_cache(maxsize=64)
def _window_and_bands(
    settings: MelSettings, sample_rate: float
) -> tuple[NDArray[np.float32], tuple[_Bands, ...]]:
    """Return the periodic Hann window, and the mel matrix for squared real and imaginary parts.

    Each row stands twice, so that the product also adds the two squares of a bin. Parted into
    groups of bands, each with the bins that it reaches: low bands are narrow, and the product
    of all with all takes three times as long.
    """
    length = fft_length(settings, sample_rate)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    doubled = np.repeat(mel_matrix(settings, sample_rate).T, 2, axis=0)
    groups = []
    for bands in np.array_split(np.arange(settings.bands), _GROUPS):
        own = slice(int(bands[0]), int(bands[-1]) + 1)
        reached = np.flatnonzero(doubled[:, own].any(axis=1))
        first, last = (int(reached[0]), int(reached[-1]) + 1) if len(reached) else (0, 1)
        weights = np.ascontiguousarray(doubled[first:last, own])
        groups.append(_Bands(slice(first, last), own, weights))
    return window.astype(np.float32), tuple(groups)


@lru_cache(maxsize=1)
def _quick_lengths() -> tuple[int, ...]:
    """Return the even numbers up to 2^17 whose only prime factors are 2, 3 and 5."""
    powers = (2**a * 3**b * 5**c for a in range(1, 18) for b in range(8) for c in range(5))
    return tuple(sorted(number for number in powers if number <= 1 << 17))

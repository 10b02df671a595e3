"""What a model looks at: two log-mel pictures of a sound, and numbers that describe it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from operator import attrgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.audio import peak_of
from classifier.decimate import decimate, factor_for
from classifier.descriptors import Descriptors, describe
from classifier.log_mel import log_mel
from classifier.settings import FeatureSettings

# Edges in frames of the stretches that the forest averages over: as the ear, fine at the
# attack and coarse in the tail.
_FINE_EDGES: Final = (0, 1, 2, 4, 7, 12, 20, 34, 60, 100, 167)
_LOW_EDGES: Final = (0, 1, 2, 3, 5, 8, 13, 20, 30, 42)
_POOLED_BANDS: Final = 16
# Levels, in dB under the loudest frame, whose first and last moments are told to the forest.
_ENVELOPE_DB: Final = (3.0, 10.0, 20.0, 30.0, 40.0, 60.0)
_RING_DB: Final = 20.0


# As dataclasses.astuple has it, without a deep copy of each number.
_numbers: Final = attrgetter(*(field.name for field in fields(Descriptors)))


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What a model is given of n sounds.

    Attributes
    ----------
    fine : array, shape (n, fine.frames, fine.bands), float32
        Log-mel of the whole spectrum, in dB under the loudest.
    low : array, shape (n, low.frames, low.bands), float32
        Log-mel of the lowest octaves.
    descriptors : tuple of Descriptors
        Of what the model sees, so no time in them is longer than that.
    """

    fine: NDArray[np.float32]
    low: NDArray[np.float32]
    descriptors: tuple[Descriptors, ...]

    def __len__(self) -> int:
        """Return the number of sounds."""
        return len(self.descriptors)


def look_at(
    sounds: Sequence[tuple[NDArray[np.float32], int]], settings: FeatureSettings
) -> Features:
    """Return the features of the first `settings.model_s` seconds of each sound.

    Parameters
    ----------
    sounds : sequence of (samples, sample_rate)
        Samples of shape (n,), float32, at any level, beginning with the sound; rates in Hz.
    settings : FeatureSettings
    """
    seen = [(_beginning(*sound, settings.model_s), sound[1]) for sound in sounds]
    return Features(
        fine=log_mel(seen, settings.fine),
        low=log_mel([_lowest(*sound, settings.low.high_hz) for sound in seen], settings.low),
        descriptors=tuple(describe(*sound) for sound in seen),
    )


def _beginning(
    samples: NDArray[np.float32], sample_rate: int, seconds: float
) -> NDArray[np.float32]:
    """Return the first seconds at a peak of 1, whatever comes after them."""
    beginning = samples[: int(seconds * sample_rate)]
    peak = peak_of(beginning)
    return beginning / np.float32(peak) if peak not in {0.0, 1.0} else beginning


def _lowest(
    samples: NDArray[np.float32], sample_rate: int, highest_hz: float
) -> tuple[NDArray[np.float32], float]:
    factor = factor_for(sample_rate, highest_hz)
    return decimate(samples, factor), sample_rate / factor


def forest_inputs(features: Features) -> NDArray[np.float32]:
    """Return one row of numbers for each sound, as the forest splits on them.

    Returns
    -------
    array, shape (n, inputs), float32
        Both pictures averaged over stretches of time and groups of bands, in dB; each band's
        mean, maximum and ring; the envelope's times in frames; the descriptors.
    """
    parts = [
        *_summary(features.fine, _FINE_EDGES),
        *_summary(features.low, _LOW_EDGES),
        np.array([_numbers(item) for item in features.descriptors], np.float32),
    ]
    return np.concatenate(parts, axis=1)


def _summary(decibels: NDArray[np.float32], edges: Sequence[int]) -> list[NDArray[np.float32]]:
    power = np.exp(decibels * np.float32(np.log(10) / 10))
    by_band = power.mean(axis=1)
    loudest = decibels.max(axis=1)
    ring = np.count_nonzero(decibels > loudest[:, None] - _RING_DB, axis=1)
    return [
        _pooled(power, edges),
        _decibels(by_band),
        loudest,
        ring.astype(np.float32),
        decibels[:, : edges[5]].argmax(axis=2).astype(np.float32),
        _envelope_times(power.sum(axis=2)),
    ]


def _pooled(power: NDArray[np.float32], edges: Sequence[int]) -> NDArray[np.float32]:
    size = power.shape[2] // _POOLED_BANDS
    # Slices added up: a mean over an axis this short takes four times as long.
    grouped = sum((power[:, :, band::size] for band in range(1, size)), power[:, :, ::size])
    levels = _decibels(grouped / np.float32(size))
    stretches = [levels[:, a:b].mean(axis=1) for a, b in pairwise(edges)]
    return np.concatenate(stretches, axis=1)


def _envelope_times(envelope: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return, in frames, the temporal centroid, the peak, and each level's first, last, count."""
    frame = np.arange(envelope.shape[1], dtype=np.float32)
    columns = [envelope @ frame / envelope.sum(axis=1), envelope.argmax(axis=1)]
    relative = _decibels(envelope / envelope.max(axis=1, keepdims=True))
    for level_db in _ENVELOPE_DB:
        above = relative > -level_db
        last = above.shape[1] - 1 - above[:, ::-1].argmax(axis=1)
        columns += [above.argmax(axis=1), last, above.sum(axis=1)]
    return np.stack(columns, axis=1).astype(np.float32)


def _decibels(power: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(10 * np.log10(power), dtype=np.float32)

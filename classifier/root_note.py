"""The root note of low pitched sounds: 808s, basses, tonal kicks, low toms.

The sound is brought down to about 2 kHz, cut into overlapping frames, and each frame's period is
read off its normalised autocorrelation (McLeod and Wyvill, "A smarter way to find pitch", ICMC
2005). The root is the pitch the sound rests on, not the one its glide starts from. Most files of
a library are not low at all and are refused after one pass over their samples.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

_NOTE_NAMES: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NOTE: Final = re.compile(r"([A-G])([#b]?)(-?\d{1,2})")
_A4_HZ: Final = 440.0
_A4_NUMBER: Final = 69  # as in MIDI, where C-1 is 0 and middle C, C4, is 60
_CENTS_PER_OCTAVE: Final = 1200.0

# A quarter tone below C0 and above C4: what is looked for.
_LOWEST_HZ: Final = 15.9
_HIGHEST_HZ: Final = 270.0

# What is looked at. 2 kHz leaves C4 more than seven points a period, which a parabola resolves to
# under 3 cents; the filter passes the first harmonics of a bass and stops what would fold down.
_LONGEST_S: Final = 2.5
_ANALYSIS_HZ: Final = 2000
_LOWEST_SAMPLE_RATE: Final = 1500
_CUTOFF_SHARE: Final = 0.25  # of the decimated rate: -6 dB at about 500 Hz
_FILTER_POINTS: Final = 6  # length of the filter, in decimated samples

# The part that rings: from 40 ms after the low end sets in (the click and the steepest glide are
# over) to where it has fallen by 40 dB.
_BLOCK_S: Final = 0.010
_ONSET_POWER: Final = 1e-2
_END_POWER: Final = 1e-4
_ATTACK_S: Final = 0.040
_SHORTEST_RING_S: Final = 0.080

# Frames: at most 250 ms (four periods of C0), shorter where the ring is short.
_LONGEST_FRAME_S: Final = 0.250
_SHORTEST_FRAME_S: Final = 0.080
_FRAMES_PER_RING: Final = 2.5
_MOST_FRAMES: Final = 16
_LONGEST_PERIOD_IN_FRAME: Final = 0.45

# A period is the first peak of the autocorrelation that is nearly as high as the highest.
# McLeod and Wyvill use 0.8 to 1.0.
_NEARLY_HIGHEST: Final = 0.9
_VOICED_CLARITY: Final = 0.8

# Frames count by how loud they seem (S. S. Stevens, "The measurement of loudness", 1955), which
# lets a long quiet rest on a note outweigh the louder glide towards it.
_LOUDNESS_POWER: Final = 0.3

# Frames agree on a pitch within these: the note itself is read from the narrow one.
_MODE_WIDTH_CENTS: Final = 12.0
_SAME_PITCH_CENTS: Final = 20.0
_STEADY_CENTS: Final = 40.0

# What a claim needs. Below `_LOW_HZ` few sounds but pitched ones ring; up to `_HIGH_HZ` snares and
# claps do too, so the higher the pitch, the more of the sound it must be, and the longer it must
# last. Chosen on labelled one-shots so that the pitched ones pass and the snares do not.
_LOW_HZ: Final = 90.0
_HIGH_HZ: Final = 180.0
_LEAST_LOW_SHARE: Final = (0.3, 0.5)
_LEAST_STEADY_S: Final = (0.1, 0.3)
_LEAST_CLARITY: Final = 0.9
_LEAST_STEADINESS: Final = 0.25
_LEAST_PERIODS: Final = 4.0

# Full confidence from these on.
_SURE_STEADINESS: Final = 0.75
_SURE_PERIODS: Final = 10.0


@dataclass(frozen=True, slots=True)
class RootNote:
    """The note that a low pitched sound rests on.

    Attributes
    ----------
    hz : float
        The measured pitch, about 16 to 270 Hz.
    name : str
        The nearest note in scientific pitch notation, sharps only: ``"F#1"``. A4 is 440 Hz, C4
        middle C.
    cents : float
        How far `hz` is above that note, -50 to 50.
    confidence : float
        0 to 1: how periodic the sound is, how much of it stays on this note, and for how long.
    """

    hz: float
    name: str
    cents: float
    confidence: float


def hz_of_note(name: str) -> float:
    """Return the frequency of a note in hertz, equal temperament, A4 = 440 Hz.

    Parameters
    ----------
    name : str
        A capital letter, ``#`` or ``b`` or nothing, and the octave: ``"F#1"``, ``"Eb0"``, ``"A4"``.

    Raises
    ------
    ValueError
        If `name` is no note.
    """
    match = _NOTE.fullmatch(name)
    if match is None:
        raise ValueError(f"not a note: {name!r} (a note looks like F#1, Eb0 or A4)")
    letter, accidental, octave = match.groups()
    shift = {"#": 1, "b": -1, "": 0}[accidental]
    number = _NOTE_NAMES.index(letter) + shift + 12 * (int(octave) + 1)
    return float(_A4_HZ * 2.0 ** ((number - _A4_NUMBER) / 12))


def note_of_hz(hz: float) -> tuple[str, float]:
    """Return the name of the note nearest to a frequency, and how many cents `hz` is above it.

    Parameters
    ----------
    hz : float
        A frequency above 0, in hertz.

    Returns
    -------
    name : str
        In scientific pitch notation, sharps only: ``"F#1"``.
    cents : float
        -50 to 50, hundredths of a semitone.

    Raises
    ------
    ValueError
        If `hz` is not above 0, or not finite.
    """
    if not (hz > 0 and math.isfinite(hz)):
        raise ValueError(f"a note needs a frequency above 0 Hz, not {hz!r}")
    exact = _A4_NUMBER + 12 * math.log2(hz / _A4_HZ)
    number = round(exact)
    return f"{_NOTE_NAMES[number % 12]}{number // 12 - 1}", 100 * (exact - number)


def root_note(samples: NDArray[np.float32], sample_rate: int) -> RootNote | None:
    """Return the root note of a low pitched sound, or None where there is none to be claimed.

    Level, and up to 50 ms of silence before the sound, do not matter. Only the first 2.5 s are
    looked at. A sound whose pitch never rests (an 808 that slides from end to end) has no root.

    Parameters
    ----------
    samples : float32 array, shape (n,)
        One channel, at any level, beginning about where the sound begins.
    sample_rate : int
        In hertz. Below 1.5 kHz nothing is claimed.

    Returns
    -------
    RootNote or None
        None for what is unpitched or not low: snares, hats, claps, noise, clicks, DC, silence, an
        empty array, and anything that rings for less than about 0.1 s.
    """
    found = _low_end(samples, sample_rate)
    if found is None:
        return None
    low_end, rate, low_share = found
    ring = _ringing_part(low_end, rate)
    if ring is None:
        return None
    track = _track(ring, rate)
    settled = _settle(track)
    if settled is None or not _is_claim(settled, low_share):
        return None
    name, cents = note_of_hz(settled.hz)
    return RootNote(settled.hz, name, cents, _confidence(settled))


@dataclass(frozen=True, slots=True)
class _Track:
    """What each frame holds: arrays of one length, and how the frames lie in time."""

    hz: NDArray[np.float32]
    clarity: NDArray[np.float32]  # 0..1, the height of the autocorrelation's highest peak
    loudness: NDArray[np.float32]  # in no unit
    frame_s: float
    hop_s: float


@dataclass(frozen=True, slots=True)
class _Settled:
    """The pitch that most of the sound rests on."""

    hz: float
    clarity: float  # 0..1, of the frames on this pitch
    steadiness: float  # 0..1, the share of the sound, by loudness, on this pitch
    steady_s: float  # how long the sound is on this pitch


def _low_end(
    samples: NDArray[np.float32], sample_rate: int
) -> tuple[NDArray[np.float32], float, float] | None:
    """Return what lies below about 500 Hz, its sample rate, and its share of the energy.

    None where there is too little of it for a root: this is where most sounds leave.
    """
    if sample_rate < _LOWEST_SAMPLE_RATE or len(samples) < _SHORTEST_RING_S * sample_rate:
        return None
    samples = samples[: int(_LONGEST_S * sample_rate)]
    with np.errstate(over="ignore"):
        energy = float(np.dot(samples, samples))
    if not 1e-20 < energy < 1e20:  # too near to where the squares leave the range of float32
        peak = np.abs(samples).max()
        if peak == 0:
            return None
        samples = samples / peak
        energy = float(np.dot(samples, samples))
    factor = max(1, round(sample_rate / _ANALYSIS_HZ))
    low_end = _decimate(samples, factor)
    mean = float(low_end.mean())
    low_end -= mean
    # Sums in float32 are no more exact than this: nothing is to be read from under a large offset.
    energy = max(energy - mean * mean * len(samples), 1e-6 * energy)
    low_energy = float(np.dot(low_end, low_end))
    low_share = min(low_energy * factor / energy, 1.0)
    if not low_share >= _LEAST_LOW_SHARE[0]:
        return None
    low_end /= math.sqrt(low_energy / len(low_end))
    return low_end, sample_rate / factor, low_share


def _decimate(samples: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Return every `factor`-th sample of the low-passed signal, in one matrix product.

    A softer and shorter filter than ``classifier.decimate``, and without its padded copy: here it
    must be quick, and weaken the upper harmonics so that the peaks of the autocorrelation stay
    smooth. Each block of `factor` samples is multiplied with every stretch of the filter at once;
    an output is the sum of neighbouring blocks' products, one from each stretch.
    """
    blocks = len(samples) // factor
    products = samples[: blocks * factor].reshape(blocks, factor) @ _low_pass(factor)
    length = blocks - _FILTER_POINTS + 1
    decimated = products[:length, 0].copy()
    for stretch in range(1, _FILTER_POINTS):
        decimated += products[stretch : stretch + length, stretch]
    return decimated


@lru_cache(maxsize=16)
def _low_pass(factor: int) -> NDArray[np.float32]:
    """Return a Hann-windowed sinc of unit gain, shape (factor, stretches)."""
    length = _FILTER_POINTS * factor
    time = (np.arange(length) - (length - 1) / 2) / factor
    taps = np.sinc(2 * _CUTOFF_SHARE * time) * (1 + np.cos(2 * np.pi * time / _FILTER_POINTS))
    taps /= taps.sum()
    return np.ascontiguousarray(taps.reshape(_FILTER_POINTS, factor).T, dtype=np.float32)


def _ringing_part(low_end: NDArray[np.float32], rate: float) -> NDArray[np.float32] | None:
    """Return the low end after its attack and before it has died away; None if that is short."""
    block = int(_BLOCK_S * rate)
    blocks = len(low_end) // block
    power = np.square(low_end[: blocks * block]).reshape(blocks, block).sum(axis=1)
    peak = power.max()
    start = int(np.argmax(power > _ONSET_POWER * peak)) * block + int(_ATTACK_S * rate)
    stop = (blocks - int(np.argmax(power[::-1] > _END_POWER * peak))) * block
    return low_end[start:stop] if stop - start >= _SHORTEST_RING_S * rate else None


def _track(ring: NDArray[np.float32], rate: float) -> _Track:
    """Return the pitch of each frame of the ringing part."""
    frame_s = len(ring) / rate / _FRAMES_PER_RING
    frame_s = min(max(frame_s, _SHORTEST_FRAME_S), _LONGEST_FRAME_S)
    width = int(frame_s * rate)
    hop = max(width // 4, math.ceil((len(ring) - width) / (_MOST_FRAMES - 1)))
    frames = np.stack([ring[at : at + width] for at in range(0, len(ring) - width + 1, hop)])
    frames -= frames.mean(axis=1, keepdims=True)
    lags = int(min(rate / _LOWEST_HZ + 2, width * _LONGEST_PERIOD_IN_FRAME))
    similarity, energy = _similarity(frames, lags)
    period, clarity = _first_high_peak(similarity)
    return _Track(rate / period, clarity, energy**_LOUDNESS_POWER, width / rate, hop / rate)


def _similarity(
    frames: NDArray[np.float32], lags: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return each frame's normalised square difference function, and its energy.

    ``n(lag) = 2 sum x[i] x[i + lag] / sum (x[i]^2 + x[i + lag]^2)``, -1 to 1, for 0 to `lags`
    (McLeod and Wyvill 2005).
    """
    width = frames.shape[1]
    padded = -(-(width + lags) // 32) * 32  # a length the FFT is fast at
    spectrum = np.fft.rfft(frames, padded)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    autocorrelation = np.fft.irfft(power, padded)[:, : lags + 1]
    running = np.zeros((len(frames), width + 1), dtype=np.float32)
    np.cumsum(np.square(frames), axis=1, out=running[:, 1:])
    energy = running[:, -1]
    head = running[:, width - lags :][:, ::-1]
    tail = energy[:, None] - running[:, : lags + 1]
    return 2 * autocorrelation / np.maximum(head + tail, 1e-12), energy


def _first_high_peak(
    similarity: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the lag of each row's first high peak, and the height of its highest, 0 if none."""
    before, here, after = similarity[:, :-2], similarity[:, 1:-1], similarity[:, 2:]
    # The hump around lag 0 is no period: peaks count after the first fall below zero.
    is_peak = (here > before) & (here >= after)
    is_peak &= np.logical_or.accumulate(here < 0, axis=1)
    curvature = before - 2 * here + after
    shift = 0.5 * (before - after) / np.where(is_peak, curvature, -1.0)
    height = np.where(is_peak, here - 0.25 * (before - after) * shift, 0.0)
    highest = height.max(axis=1)
    first = np.argmax(height >= _NEARLY_HIGHEST * highest[:, None], axis=1)
    shift_at_first = np.where(highest > 0, shift[np.arange(len(first)), first], 0.0)
    return first + 1 + shift_at_first, np.minimum(highest, 1.0)


def _settle(track: _Track) -> _Settled | None:
    """Return the pitch on which the most sound rests; None if no frame is periodic."""
    weight = np.where(track.clarity > _VOICED_CLARITY, track.loudness, 0.0)
    if not weight.any():
        return None
    cents = _CENTS_PER_OCTAVE * np.log2(track.hz)
    apart = np.abs(cents[:, None] - cents)
    density = np.exp(-0.5 * np.square(apart / _MODE_WIDTH_CENTS)) @ weight
    mode = int(np.argmax(np.where(weight > 0, density, 0.0)))
    near = weight * (apart[mode] < _SAME_PITCH_CENTS)
    centre = float(near @ cents / near.sum())
    steady = weight * (np.abs(cents - centre) < _STEADY_CENTS)
    total = float(steady.sum())
    return _Settled(
        hz=2.0 ** (centre / _CENTS_PER_OCTAVE),
        clarity=float(steady @ track.clarity) / total,
        steadiness=total / float(track.loudness.sum()),
        steady_s=(int(np.count_nonzero(steady)) - 1) * track.hop_s + track.frame_s,
    )


def _is_claim(settled: _Settled, low_share: float) -> bool:
    """Return whether this is surely a low pitched sound."""
    height = math.log2(settled.hz / _LOW_HZ) / math.log2(_HIGH_HZ / _LOW_HZ)
    height = min(max(height, 0.0), 1.0)
    return (
        _LOWEST_HZ <= settled.hz <= _HIGHEST_HZ
        and settled.clarity >= _LEAST_CLARITY
        and settled.steadiness >= _LEAST_STEADINESS
        and settled.steady_s * settled.hz >= _LEAST_PERIODS
        and settled.steady_s >= _between(_LEAST_STEADY_S, height)
        and low_share >= _between(_LEAST_LOW_SHARE, height)
    )


def _between(ends: tuple[float, float], position: float) -> float:
    return ends[0] + position * (ends[1] - ends[0])


def _confidence(settled: _Settled) -> float:
    """Return 0..1: clear, steady and long enough, one factor each."""
    clear = (settled.clarity - _VOICED_CLARITY) / (1 - _VOICED_CLARITY)
    steady = min(settled.steadiness / _SURE_STEADINESS, 1.0)
    long = min(settled.steady_s * settled.hz / _SURE_PERIODS, 1.0)
    return clear * steady * long

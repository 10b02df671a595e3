"""What is no single hit: sweeps, risers and impacts, whole drum loops, silence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from classifier.synth.draws import around, gain_between, is_drawn
from classifier.synth.drums import clap, kick, perc, snare
from classifier.synth.filters import apply, low_pass, noise
from classifier.synth.metals import closed_hat, open_hat, shaker
from classifier.synth.rendering import Waveform, age, render, samples_at
from classifier.synth.signals import (
    BASE_RATE_HZ,
    Signal,
    decay,
    glide,
    mix,
    phase_of,
    rise,
    sine,
    times,
)

LOWEST_TEMPO_BPM: Final = 40.0
HIGHEST_TEMPO_BPM: Final = 240.0
# Modulated by up to twice itself, it fills what lies below 22 kHz.
_HIGHEST_ZAP_HZ = 3_000.0
_BEATS_PER_BAR = 4
_STEPS_PER_BEAT = 4
_STEPS_PER_BAR = _BEATS_PER_BAR * _STEPS_PER_BEAT


def fx(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return an effect: a noise sweep up or down, a laser zap or an impact.

    Parameters
    ----------
    rng : numpy.random.Generator
        Its state decides which, and everything about it.
    sample_rate : int
        Hz, 4,000 to 192,000.

    Returns
    -------
    array of float32, shape (samples,)
        Mono; peak 0.3 to 1; 0.15 to 4.3 s; ends at 0.

    Raises
    ------
    ValueError
        If `sample_rate` is out of range.
    """
    kinds: tuple[Callable[[np.random.Generator], Signal], ...] = (_noise_sweep, _zap, _impact)
    make = kinds[int(rng.choice(len(kinds), p=(0.5, 0.25, 0.25)))]
    return render(rng, age(rng, make(rng)), sample_rate)


def _noise_sweep(rng: np.random.Generator) -> Signal:
    # Slow noise times a moving sine is noise in a narrow band that moves: no filter to update.
    length_s = min(around(rng, 1.3, 2.5), 4.0)
    low_hz, high_hz = around(rng, 400.0, 2.5), around(rng, 6_000.0, 1.6)
    course = np.linspace(0.0, 1.0, times(length_s).size)
    is_riser = is_drawn(rng, 0.5)
    centre_hz = low_hz * (high_hz / low_hz) ** (course if is_riser else 1.0 - course)
    band = noise(rng, length_s, low_pass(around(rng, 700.0, 2.5), 2)) * sine(centre_hz)
    swell = course ** rng.uniform(0.5, 3.0)
    return band * (swell if is_riser else swell[::-1]) * rise(length_s, 0.01)


def _zap(rng: np.random.Generator) -> Signal:
    length_s = around(rng, 0.35, 2.0)
    end_hz = around(rng, 250.0, 3.0)
    start_hz = min(end_hz * around(rng, 8.0, 2.0), _HIGHEST_ZAP_HZ)
    carrier = phase_of(glide(length_s, end_hz, start_hz / end_hz, length_s))
    wobble = rng.uniform(0.0, 2.0) * np.sin(carrier * float(rng.choice([0.5, 1.5, 2.0])))
    return np.asarray(np.sin(carrier + wobble) * decay(length_s, length_s * 1.3))


def _impact(rng: np.random.Generator) -> Signal:
    length_s = min(around(rng, 1.6, 1.8), 4.0)
    boom = sine(glide(length_s, around(rng, 45.0, 1.5), 3.0, 0.4)) * decay(length_s, length_s)
    wash = noise(rng, length_s, low_pass(around(rng, 1_500.0, 3.0), 2))
    wash *= decay(length_s, length_s, curve=0.7)
    return mix(boom, wash * gain_between(rng, -14.0, 0.0))


def loop(
    rng: np.random.Generator,
    sample_rate: int = 44_100,
    *,
    tempo_bpm: float | None = None,
    bars: int = 4,
) -> Waveform:
    """Return a drum loop of whole bars in four-four time: kick, snare or clap, hats, percussion.

    Parameters
    ----------
    rng : numpy.random.Generator
        Its state decides the kit, the pattern, the swing, and the tempo where none is given.
    sample_rate : int
        Hz, 4,000 to 192,000.
    tempo_bpm : float, optional
        Beats a minute, 40 to 240; without it 75 to 165.
    bars : int
        At least 1.

    Returns
    -------
    array of float32, shape (samples,)
        Mono; peak 0.3 to 1; ``bars * 240 / tempo_bpm`` seconds; ends at 0.

    Raises
    ------
    ValueError
        If `tempo_bpm`, `bars` or `sample_rate` is out of range.
    """
    if tempo_bpm is None:
        tempo_bpm = float(rng.uniform(75.0, 165.0))
    if not LOWEST_TEMPO_BPM <= tempo_bpm <= HIGHEST_TEMPO_BPM or bars < 1:
        raise ValueError(f"no loop of {bars} bars at {tempo_bpm:g} beats a minute can be made")
    step_s = 60.0 / tempo_bpm / _STEPS_PER_BEAT
    total = np.zeros(times(bars * _STEPS_PER_BAR * step_s).size)
    swing_s = step_s * rng.uniform(0.0, 0.3)
    for pattern, hit in _drum_tracks(rng):
        for step in np.flatnonzero(np.tile(pattern, bars)):
            start = round((step * step_s + (step % 2) * swing_s) * BASE_RATE_HZ)
            room = total[start : start + hit.size]
            room += hit[: room.size] * gain_between(rng, -4.0, 0.0)
    return render(rng, total, sample_rate)


def _drum_tracks(rng: np.random.Generator) -> list[tuple[Signal, Signal]]:
    """Return for each drum its steps in one bar (0 or 1) and its sound."""
    kicks, snares = _steps_at(0, *rng.choice(_STEPS_PER_BAR, 2)), _steps_at(4, 12)
    hats = _steps_at(*range(0, _STEPS_PER_BAR, 2 if is_drawn(rng, 0.6) else 1))
    opened = _steps_at(int(rng.choice([2, 6, 10, 14])))
    extras = _steps_at(*rng.choice(_STEPS_PER_BAR, 3))
    back_beat = snare if is_drawn(rng, 0.7) else clap
    extra = perc if is_drawn(rng, 0.5) else shaker
    return [
        (kicks, _base_hit(rng, kick, 0.0)),
        (snares, _base_hit(rng, back_beat, -3.0)),
        (hats, _base_hit(rng, closed_hat, -12.0)),
        (opened, _base_hit(rng, open_hat, -14.0)),
        (extras, _base_hit(rng, extra, -14.0)),
    ]


def _steps_at(*steps: int) -> Signal:
    pattern = np.zeros(_STEPS_PER_BAR)
    pattern[list(steps)] = 1.0
    return pattern


def _base_hit(
    rng: np.random.Generator, make: Callable[[np.random.Generator], Waveform], level_db: float
) -> Signal:
    hit = make(rng).astype(np.float64)
    level = gain_between(rng, level_db - 4.0, level_db + 4.0)
    return apply(hit * (level / np.abs(hit).max()), low_pass(18_000.0, 1))


def silence(length_s: float = 1.0, sample_rate: int = 44_100) -> Waveform:
    """Return digital silence.

    Parameters
    ----------
    length_s : float
        Seconds, 0 or more.
    sample_rate : int
        Hz, 4,000 to 192,000.

    Returns
    -------
    array of float32, shape (samples,)
        All 0.

    Raises
    ------
    ValueError
        If `length_s` is below 0 or `sample_rate` is out of range.
    """
    if length_s < 0.0:
        raise ValueError(f"a sound lasts 0 s or more, not {length_s}")
    return np.zeros(samples_at(length_s, sample_rate), np.float32)

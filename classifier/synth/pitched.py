"""Sounds that play a note: the 808, a short bass, chords and plucks, a voice."""

from __future__ import annotations

from typing import Final

import numpy as np

from classifier.root_note import hz_of_note
from classifier.synth.draws import around, gain_between, is_drawn
from classifier.synth.filters import apply, band_pass, high_pass, low_pass, noise, saturate
from classifier.synth.rendering import Waveform, age, render, with_hiss
from classifier.synth.signals import (
    HIGHEST_PARTIAL_HZ,
    Signal,
    decay,
    glide,
    harmonics,
    mix,
    partials,
    phase_of,
    rise,
    sine,
    times,
)

LOWEST_808_HZ: Final = 15.0
HIGHEST_808_HZ: Final = 500.0
# When the fall in pitch of every 808 is over, at the latest.
SETTLED_AFTER_S: Final = 0.3
_HIGHEST_START_HZ = 500.0

_CHORDS: Final = ((0,), (0, 12), (0, 7), (0, 4, 7), (0, 3, 7), (0, 3, 7, 10), (0, 4, 7, 11))
# The first three formants of a, e, i, o, u (Peterson and Barney, 1952, men), in Hz.
_VOWELS_HZ: Final = (
    (730.0, 1090.0, 2440.0),
    (530.0, 1840.0, 2480.0),
    (270.0, 2290.0, 3010.0),
    (570.0, 840.0, 2410.0),
    (300.0, 870.0, 2240.0),
)


def sub_808(
    rng: np.random.Generator,
    sample_rate: int = 44_100,
    *,
    note: str | float | None = None,
    length_s: float | None = None,
) -> Waveform:
    """Return an 808: a long sub-bass that falls onto its note and stays exactly there.

    Parameters
    ----------
    rng : numpy.random.Generator
        Its state decides the fall, the drive, the decay and what is not given.
    sample_rate : int
        Hz, 4,000 to 192,000.
    note : str or float, optional
        A name such as "F1" or "D#1", or a frequency in Hz, 15 to 500. Without it the pitch is
        drawn from about 30 to 75 Hz, in tune or not.
    length_s : float, optional
        Seconds, above 0; without it 0.5 to 3.

    Returns
    -------
    array of float32, shape (samples,)
        Mono; peak 0.3 to 1; from 0.3 s on its fundamental is the note; ends at 0.

    Raises
    ------
    ValueError
        If the note is no note or out of range, or `sample_rate` or `length_s` is.
    """
    pitch_hz = _808_pitch(rng, note)
    if length_s is None:
        length_s = min(around(rng, 1.5, 2.0), 3.0)
    if length_s <= 0.0:
        raise ValueError(f"a sound lasts more than 0 s, not {length_s}")
    tone = _808_tone(rng, pitch_hz, length_s)
    click_s = min(0.05, length_s)
    click = noise(rng, click_s, band_pass(around(rng, 1_500.0, 2.5), 0.7))
    click *= decay(click_s, around(rng, 0.015, 2.0)) * gain_between(rng, -54.0, -18.0)
    return render(rng, with_hiss(rng, mix(tone, click)), sample_rate)


def _808_pitch(rng: np.random.Generator, note: str | float | None) -> float:
    if note is None:
        return around(rng, 46.0, 1.5)
    pitch_hz = hz_of_note(note) if isinstance(note, str) else float(note)
    if not LOWEST_808_HZ <= pitch_hz <= HIGHEST_808_HZ:
        raise ValueError(
            f"an 808 plays {LOWEST_808_HZ:g} to {HIGHEST_808_HZ:g} Hz, not {pitch_hz:g} Hz"
        )
    return pitch_hz


def _808_tone(rng: np.random.Generator, pitch_hz: float, length_s: float) -> Signal:
    ratio = min(1.0 + around(rng, 0.9, 5.0), max(1.0, _HIGHEST_START_HZ / pitch_hz))
    glide_s = min(around(rng, 0.1, 2.5), SETTLED_AFTER_S)
    tone = sine(glide(length_s, pitch_hz, ratio, glide_s))
    decay_s = length_s * around(rng, 1.8, 1.8)
    tone *= decay(length_s, decay_s, curve=rng.uniform(0.9, 2.0))
    if is_drawn(rng, 0.75):
        drive = around(rng, 2.0, 3.0)
        tone = saturate(tone, drive, bias=rng.uniform(0.0, 0.4))
        tone = apply(tone, low_pass(around(rng, 2_500.0, 3.0), 2), high_pass(8.0, 1))
    if is_drawn(rng, 0.3):
        tone *= rise(length_s, around(rng, 0.012, 2.5))
    # A cut through a long wave would thump: the last one is faded, and after the drive.
    end = rise(min(0.08, length_s / 4), 0.08)
    tone[-end.size :] *= end[::-1]
    return tone


def bass(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a played bass note of 35 to 140 Hz: more overtones than an 808, and no fall.

    Parameters
    ----------
    rng : numpy.random.Generator
        Its state decides the note, the waveform, the filter and the length.
    sample_rate : int
        Hz, 4,000 to 192,000.

    Returns
    -------
    array of float32, shape (samples,)
        Mono; peak 0.3 to 1; 0.1 to 2.2 s; ends at 0.

    Raises
    ------
    ValueError
        If `sample_rate` is out of range.
    """
    pitch_hz = around(rng, 62.0, 1.9)
    length_s = min(around(rng, 0.5, 3.0), 2.0)
    frequencies_hz, amplitudes = harmonics(pitch_hz, only_odd=is_drawn(rng, 0.4))
    wave = partials(rng, length_s, frequencies_hz, amplitudes)
    dark = apply(wave, low_pass(pitch_hz * around(rng, 4.0, 2.2), 2))
    bright = apply(wave, low_pass(pitch_hz * around(rng, 50.0, 3.0), 1))
    opened = decay(length_s, around(rng, 0.25, 2.0)) * gain_between(rng, -14.0, 6.0)
    envelope = decay(length_s, length_s * rng.uniform(1.0, 4.0), curve=rng.uniform(1.0, 3.0))
    signal = (dark + bright * opened) * envelope * rise(length_s, around(rng, 0.004, 3.0))
    return render(rng, age(rng, signal), sample_rate)


def melodic(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return one note or chord of a keyboard, string pad or bell, with its root at 90 to 600 Hz.

    Parameters and errors are those of `bass`; 0.3 to 3.4 s.
    """
    length_s = min(around(rng, 1.3, 2.6), 3.0)
    root_hz = 440.0 * 2.0 ** (int(rng.integers(-28, 6)) / 12)
    chord = _CHORDS[int(rng.integers(len(_CHORDS)))]
    play = _bells if is_drawn(rng, 0.35) else _strings
    notes = play(rng, length_s, [root_hz * 2.0 ** (step / 12) for step in chord])
    envelope = rise(length_s, around(rng, 0.012, 8.0))
    envelope *= decay(length_s, length_s * rng.uniform(0.9, 4.0), curve=rng.uniform(0.8, 2.5))
    return render(rng, age(rng, notes * envelope), sample_rate)


def _strings(rng: np.random.Generator, length_s: float, pitches_hz: list[float]) -> Signal:
    notes = [harmonics(pitch_hz) for pitch_hz in pitches_hz]
    frequencies_hz = np.concatenate([note[0] for note in notes])
    amplitudes = np.concatenate([note[1] for note in notes])
    wave = partials(rng, length_s, frequencies_hz, amplitudes)
    detuned_hz = frequencies_hz * rng.uniform(0.997, 1.003)
    wave += partials(rng, length_s, detuned_hz, amplitudes) * gain_between(rng, -30.0, 0.0)
    cutoff_hz = pitches_hz[0] * around(rng, 4.0, 3.0)
    bright = decay(length_s, length_s * 0.6)
    dark = apply(wave, low_pass(cutoff_hz, 2))
    return dark + (apply(wave, low_pass(3.0 * cutoff_hz, 2)) - dark) * bright


def _bells(rng: np.random.Generator, length_s: float, pitches_hz: list[float]) -> Signal:
    # Frequency modulation (J. M. Chowning, 1973) whose index falls: a struck bar or bell.
    ratio = float(rng.choice([1.0, 1.4, 2.0, 3.5]))
    index = rng.uniform(0.3, 2.0) * decay(length_s, length_s * 0.7)
    total = np.zeros(index.size)
    for pitch_hz in pitches_hz:
        carrier = 2.0 * np.pi * pitch_hz * times(length_s)
        total += np.sin(carrier + index * np.sin(ratio * carrier))
    return total


def vocal(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a short sung vowel or shout: a buzz of 90 to 350 Hz through three formants.

    Parameters and errors are those of `bass`; 0.15 to 1.8 s.
    """
    length_s = min(around(rng, 0.5, 2.5), 1.5)
    pitch_hz = around(rng, 180.0, 1.8)
    drift = glide(length_s, pitch_hz, rng.uniform(0.75, 1.3), length_s)
    vibrato = 1.0 + rng.uniform(0.0, 0.02) * np.sin(2.0 * np.pi * 5.5 * times(length_s))
    breath = noise(rng, length_s, high_pass(800.0, 1)) * gain_between(rng, -36.0, -14.0)
    source = _buzz(drift * vibrato) + breath
    vowel = _VOWELS_HZ[int(rng.integers(len(_VOWELS_HZ)))]
    size = rng.uniform(0.9, 1.25)
    formants = [
        apply(source, band_pass(size * formant_hz, formant_hz / 90.0)) * level
        for formant_hz, level in zip(vowel, (1.0, 0.5, 0.25), strict=True)
    ]
    envelope = rise(length_s, around(rng, 0.03, 2.0)) * decay(length_s, length_s * 1.1, curve=3.0)
    signal = np.sum(formants, axis=0) * envelope
    if is_drawn(rng, 0.4):
        consonant_s = rng.uniform(0.02, 0.08)
        hiss = noise(rng, consonant_s, high_pass(3_500.0)) * rise(consonant_s, consonant_s / 2)
        hiss *= np.abs(signal).max() * gain_between(rng, -30.0, -14.0)
        signal = np.concatenate([hiss, signal])
    return render(rng, age(rng, signal), sample_rate)


def _buzz(frequency_hz: Signal) -> Signal:
    """Return band-limited pulses: the closed sum of equal cosines (Dirichlet's kernel)."""
    count = max(1, int(HIGHEST_PARTIAL_HZ / frequency_hz.max()))
    half_phase = phase_of(frequency_hz) / 2.0 + 1e-6
    pulses = np.sin((2 * count + 1) * half_phase) / np.sin(half_phase)
    return np.asarray((pulses - 1.0) / np.sqrt(2.0 * count))

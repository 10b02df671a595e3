"""Metal: hats, cymbals, cowbell, tambourine; and the shaker, which is as bright.

Electronic metal is six square waves at unrelated pitches (the TR-808's way: K. J. Werner, J. S.
Abel and J. O. Smith, "The TR-808 Cymbal", ICMC 2014); struck metal is hundreds of partials. Both
are mixed with noise and keep only what lies above some kilohertz.
"""

from __future__ import annotations

import numpy as np

from classifier.synth.draws import around, gain_between, is_drawn
from classifier.synth.filters import Response, apply, band_pass, high_pass, low_pass, noise
from classifier.synth.rendering import Waveform, age, render
from classifier.synth.signals import (
    BASE_RATE_HZ,
    Signal,
    decay,
    harmonics,
    mix,
    partials,
    rise,
    times,
)

_TR_808_SQUARES_HZ = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)


def closed_hat(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a closed hi-hat: metal above some kilohertz, gone after a tenth of a second.

    Parameters
    ----------
    rng : numpy.random.Generator
        Its state decides the metal, its brightness and how tight it is.
    sample_rate : int
        Hz, 4,000 to 192,000.

    Returns
    -------
    array of float32, shape (samples,)
        Mono; peak 0.3 to 1; 0.03 to 0.3 s, in a room 0.8; ends at 0.

    Raises
    ------
    ValueError
        If `sample_rate` is out of range.
    """
    decay_s = around(rng, 0.125, 2.2)
    length_s = decay_s * rng.uniform(0.75, 1.1)
    envelope = decay(length_s, decay_s, curve=rng.uniform(0.8, 1.5))
    return render(rng, age(rng, _hat_metal(rng, length_s) * envelope), sample_rate)


def open_hat(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return an open hi-hat: the same metal as `closed_hat`, ringing for 0.2 to 2.2 s.

    Parameters and errors are those of `closed_hat`.
    """
    decay_s = min(around(rng, 0.95, 2.4), 2.4)
    length_s = decay_s * rng.uniform(0.45, 0.85)
    envelope = decay(length_s, decay_s, curve=rng.uniform(0.8, 1.9))
    if is_drawn(rng, 0.25):
        envelope = envelope * rise(length_s, rng.uniform(0.005, 0.05))
    return render(rng, age(rng, _hat_metal(rng, length_s) * envelope), sample_rate)


def _hat_metal(rng: np.random.Generator, length_s: float) -> Signal:
    cutoff_hz = around(rng, 5_500.0, 1.9)
    bands: list[Response] = [high_pass(cutoff_hz, int(rng.integers(2, 5)))]
    bands.append(low_pass(around(rng, 14_000.0, 1.5), 2))
    metal = _squares(rng, length_s) if is_drawn(rng, 0.5) else _struck(rng, length_s, 5_500.0)
    metal = _to_level(apply(metal, *bands))
    hiss = noise(rng, length_s, *bands) * gain_between(rng, -16.0, 12.0)
    peak_hz = around(rng, 7_500.0, 1.5)
    ring = apply(metal + hiss, band_pass(peak_hz, rng.uniform(1.0, 4.0)))
    body = noise(rng, length_s, band_pass(around(rng, 900.0, 2.5), 0.7))
    return mix(
        metal + hiss, ring * gain_between(rng, -12.0, 6.0), body * gain_between(rng, -32.0, 0.0)
    )


def crash(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a crash cymbal: a wash of noise and partials that darkens over 0.5 to 3.5 s.

    Parameters and errors are those of `closed_hat`.
    """
    return render(rng, age(rng, _wash(rng, around(rng, 2.1, 1.9), 4_300.0)), sample_rate)


def cymbal(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a small, bright cymbal: splash or bell, 0.3 to 3 s.

    Parameters and errors are those of `closed_hat`.
    """
    return render(rng, age(rng, _wash(rng, around(rng, 1.5, 2.0), 7_000.0)), sample_rate)


def ride(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a ride cymbal: a stick and a few steady tones over a quieter wash than a crash's.

    Parameters and errors are those of `closed_hat`.
    """
    decay_s = around(rng, 1.8, 1.9)
    wash = _wash(rng, decay_s, 4_300.0) * gain_between(rng, -10.0, 3.0)
    length_s = wash.size / BASE_RATE_HZ
    tones_hz = around(rng, 600.0, 2.0) * rng.uniform(1.1, 1.8, 7).cumprod()
    tones = partials(rng, length_s, tones_hz, rng.uniform(0.2, 1.0, 7)) * decay(length_s, decay_s)
    stick_s = around(rng, 0.06, 2.0)
    stick = noise(rng, stick_s, high_pass(around(rng, 2_500.0, 1.8), 1)) * decay(stick_s, stick_s)
    signal = mix(wash, tones * gain_between(rng, -14.0, 0.0), stick * gain_between(rng, -6.0, 8.0))
    return render(rng, age(rng, signal), sample_rate)


def _wash(rng: np.random.Generator, decay_s: float, centre_hz: float) -> Signal:
    length_s = min(decay_s * rng.uniform(0.6, 0.95), 3.0)
    centre_hz = around(rng, centre_hz, 1.35)
    above = high_pass(around(rng, centre_hz / 3.0, 1.8), 2)
    metal = _to_level(apply(_struck(rng, length_s, centre_hz), above))
    hiss = noise(rng, length_s, above, low_pass(2.2 * centre_hz, 2))
    long = decay(length_s, decay_s, curve=rng.uniform(0.7, 1.3)) * rise(length_s, 0.002)
    short = decay(length_s, decay_s * rng.uniform(0.15, 0.5))
    bright = apply(hiss, high_pass(centre_hz, 1)) * short * gain_between(rng, -10.0, 4.0)
    return (metal + hiss * gain_between(rng, -12.0, 6.0)) * long + bright


def cowbell(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a cowbell: two square waves near 540 and 800 Hz through a band-pass.

    Parameters and errors are those of `closed_hat`; 0.1 to 1.2 s.
    """
    decay_s = around(rng, 0.32, 2.2)
    low_hz = around(rng, 560.0, 1.6)
    layers = [harmonics(low_hz, only_odd=True)]
    layers.append(harmonics(low_hz * rng.uniform(1.4, 1.55), only_odd=True))
    frequencies_hz = np.concatenate([layer[0] for layer in layers])
    amplitudes = np.concatenate([layer[1] for layer in layers])
    tone = partials(rng, decay_s, frequencies_hz, amplitudes)
    tone = apply(tone, band_pass(low_hz * rng.uniform(1.0, 2.8), rng.uniform(0.6, 2.5)))
    slow = decay(decay_s, decay_s, curve=rng.uniform(0.7, 1.1))
    quick = decay(decay_s, decay_s * 0.12)
    signal = tone * (slow + quick * rng.uniform(0.0, 1.5))
    return render(rng, age(rng, signal), sample_rate)


def tambourine(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a tambourine: jingles of 4 to 9 kHz that strike two to six times in quick succession.

    Parameters and errors are those of `closed_hat`; 0.15 to 1.2 s.
    """
    decay_s = around(rng, 0.38, 1.9)
    pitches_hz = around(rng, 6_000.0, 1.3) * rng.uniform(0.7, 1.6, 24)
    jingles = partials(rng, decay_s, pitches_hz, rng.uniform(0.1, 1.0, 24))
    hiss = noise(rng, decay_s, high_pass(around(rng, 5_000.0, 1.4), 3))
    time_s = times(decay_s)
    envelope = decay(decay_s, decay_s)
    for start_s in rng.uniform(0.005, 0.06, int(rng.integers(1, 6))):
        since_s = time_s - start_s
        shake = (since_s >= 0.0) * 10.0 ** (-3.0 * np.maximum(since_s, 0.0) / (0.5 * decay_s))
        envelope += rng.uniform(0.2, 1.0) * shake
    signal = (jingles + hiss * gain_between(rng, -14.0, 2.0)) * envelope
    return render(rng, age(rng, signal), sample_rate)


def shaker(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a shaker: bright noise that swells for some 25 ms before it falls.

    Parameters and errors are those of `closed_hat`; 0.05 to 0.8 s, most below 0.3.
    """
    swell_s = around(rng, 0.028, 1.7)
    fall_s = around(rng, 0.14, 2.0)
    length_s = swell_s + 0.8 * fall_s
    grains = noise(
        rng,
        length_s,
        high_pass(around(rng, 5_000.0, 1.5), 3),
        low_pass(around(rng, 13_000.0, 1.4), 2),
    )
    colour = apply(grains, band_pass(around(rng, 7_000.0, 1.4), 3.0)) * gain_between(rng, -9.0, 6.0)
    late = np.maximum(times(length_s) - swell_s, 0.0)
    envelope = rise(length_s, swell_s) ** 2 * 10.0 ** (-3.0 * late / fall_s)
    return render(rng, age(rng, (grains + colour) * envelope), sample_rate)


def _squares(rng: np.random.Generator, length_s: float) -> Signal:
    tuning = around(rng, 1.0, 1.6)
    layers = [
        harmonics(tuning * pitch_hz * rng.uniform(0.94, 1.06), only_odd=True)
        for pitch_hz in _TR_808_SQUARES_HZ
    ]
    frequencies_hz = np.concatenate([layer[0] for layer in layers])
    amplitudes = np.concatenate([layer[1] for layer in layers])
    return partials(rng, length_s, frequencies_hz, amplitudes)


def _struck(rng: np.random.Generator, length_s: float, centre_hz: float) -> Signal:
    count = int(rng.integers(60, 400))
    frequencies_hz = centre_hz * np.exp(0.6 * rng.standard_normal(count))
    return partials(rng, length_s, frequencies_hz, rng.rayleigh(1.0, count))


def _to_level(signal: Signal) -> Signal:
    return np.asarray(signal / (np.sqrt(np.mean(signal**2)) or 1.0))

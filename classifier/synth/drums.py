"""Drums with a skin, a shell or a pair of hands: kick, snare, tom, clap, snap, rim and percussion.

Ranges are those of some hundred real drum-machine and sampled one-shots of each kind: the middle
half of the real ones is what a maker makes most.
"""

from __future__ import annotations

import numpy as np

from classifier.synth.draws import around, gain_between, is_drawn
from classifier.synth.filters import (
    Response,
    apply,
    band_pass,
    high_pass,
    low_pass,
    noise,
    saturate,
)
from classifier.synth.rendering import Waveform, age, render
from classifier.synth.signals import (
    Signal,
    decay,
    glide,
    mix,
    rise,
    sine,
    times,
)

_HIGHEST_KICK_HZ = 900.0
# Modes of an ideal circular membrane over its lowest (Fletcher and Rossing, "The Physics of
# Musical Instruments", table 3.1).
_MEMBRANE_RATIOS = (1.0, 1.594, 2.136, 2.296)


def kick(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a bass drum: a tone that falls to 35 to 90 Hz in some hundredths of a second.

    Parameters
    ----------
    rng : numpy.random.Generator
        Its state decides the pitch, the length, the click and the dirt.
    sample_rate : int
        Hz, 4,000 to 192,000.

    Returns
    -------
    array of float32, shape (samples,)
        Mono; peak 0.3 to 1; 0.1 to 1.8 s; ends at 0.

    Raises
    ------
    ValueError
        If `sample_rate` is out of range.
    """
    decay_s = min(around(rng, 0.45, 3.3), 1.6)
    length_s = decay_s * rng.uniform(0.6, 1.0)
    body = _kick_body(rng, length_s, decay_s)
    if is_drawn(rng, 0.5):
        body = saturate(body, around(rng, 1.5, 2.5), bias=rng.uniform(0.0, 0.3))
    skin_hz = around(rng, 180.0, 1.6)
    skin = _hit(rng, around(rng, 0.12, 2.0), low_pass(2.5 * skin_hz, 1), high_pass(skin_hz, 1))
    click = _hit(
        rng, around(rng, 0.03, 3.0), band_pass(around(rng, 2_200.0, 2.2), 0.7), low_pass(5_000.0, 1)
    )
    signal = mix(body, skin * gain_between(rng, -24.0, 2.0), click * gain_between(rng, -44.0, 2.0))
    return render(rng, age(rng, signal), sample_rate)


def _kick_body(rng: np.random.Generator, length_s: float, decay_s: float) -> Signal:
    end_hz = around(rng, 50.0, 1.6)
    fall = glide(
        length_s,
        end_hz,
        ratio=min(1.0 + around(rng, 1.6, 4.0), _HIGHEST_KICK_HZ / end_hz),
        glide_s=min(around(rng, 0.1, 2.5), 0.3 * decay_s),
    )
    return sine(fall) * decay(length_s, decay_s, curve=rng.uniform(0.9, 1.8))


def snare(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a snare drum: two modes of a shell at 130 to 330 Hz under a burst of noise.

    Parameters
    ----------
    rng : numpy.random.Generator
        Its state decides the tuning, how much wire there is over the shell, and the length.
    sample_rate : int
        Hz, 4,000 to 192,000.

    Returns
    -------
    array of float32, shape (samples,)
        Mono; peak 0.3 to 1; 0.1 to 1.2 s; ends at 0.

    Raises
    ------
    ValueError
        If `sample_rate` is out of range.
    """
    wires = _snare_wires(rng)
    shell = _snare_shell(rng) * gain_between(rng, -12.0, 4.0)
    click = _hit(rng, around(rng, 0.008, 2.0), high_pass(around(rng, 1_500.0, 2.0), 1))
    signal = mix(wires, shell, click * gain_between(rng, -24.0, 2.0))
    if is_drawn(rng, 0.15):
        signal = mix(signal, _hands(rng) * gain_between(rng, -12.0, -3.0))
    return render(rng, age(rng, signal), sample_rate)


def _snare_wires(rng: np.random.Generator) -> Signal:
    decay_s = around(rng, 0.28, 2.7)
    length_s = decay_s * rng.uniform(0.65, 1.0)
    rattle = noise(
        rng,
        length_s,
        high_pass(around(rng, 500.0, 2.5), 1),
        low_pass(around(rng, 6_000.0, 2.0), 2),
    )
    colour = apply(rattle, band_pass(around(rng, 2_200.0, 2.2), 1.2)) * gain_between(rng, -12, 9)
    envelope = decay(length_s, decay_s, curve=rng.uniform(0.8, 1.6))
    return _to_peak((rattle + colour) * envelope)


def _snare_shell(rng: np.random.Generator) -> Signal:
    decay_s = around(rng, 0.21, 2.2)
    low_hz = around(rng, 205.0, 1.65)
    bend, bend_s = rng.uniform(1.0, 1.8), around(rng, 0.05, 2.0)
    low = sine(glide(decay_s, low_hz, bend, bend_s))
    high = sine(glide(decay_s, low_hz * rng.uniform(1.5, 1.9), bend, bend_s))
    tone = low + high * gain_between(rng, -18.0, 0.0)
    return _to_peak(tone * decay(decay_s, decay_s, curve=rng.uniform(0.9, 1.5)))


def tom(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a tom: a membrane tuned to 65 to 300 Hz that falls a little in pitch.

    Parameters and errors are those of `kick`; 0.15 to 1.6 s.
    """
    decay_s = min(around(rng, 0.75, 2.6), 1.6)
    length_s = decay_s * rng.uniform(0.6, 0.95)
    lowest_hz = around(rng, 138.0, 1.8)
    bend, bend_s = 1.0 + around(rng, 0.18, 4.0), around(rng, 0.2, 2.5)
    overtones = gain_between(rng, -30.0, -8.0)
    curve = rng.uniform(0.9, 1.6)
    skin = np.zeros(times(length_s).size)
    for number, ratio in enumerate(_MEMBRANE_RATIOS):
        mode = sine(glide(length_s, lowest_hz * ratio, bend, bend_s))
        mode_decay_s = decay_s / ratio
        skin += mode * decay(length_s, mode_decay_s, curve=curve) * overtones ** min(number, 1)
    stick = _hit(rng, around(rng, 0.05, 2.5), band_pass(around(rng, 1_800.0, 2.2), 0.7))
    air = _hit(rng, decay_s * 0.5, band_pass(lowest_hz * 3.0, 0.8))
    signal = mix(
        _to_peak(skin),
        stick * gain_between(rng, -26.0, 0.0),
        air * gain_between(rng, -32.0, -8.0),
    )
    if is_drawn(rng, 0.25):
        signal = saturate(signal, around(rng, 1.5, 2.0))
    return render(rng, age(rng, signal), sample_rate)


def clap(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a hand clap: a few bursts of noise about 1.2 kHz, the last one with a tail.

    Parameters and errors are those of `kick`; 0.1 to 1 s.
    """
    return render(rng, age(rng, _hands(rng)), sample_rate)


def _hands(rng: np.random.Generator) -> Signal:
    decay_s = around(rng, 0.25, 2.4)
    apart_s = rng.uniform(0.007, 0.014)
    starts_s = np.cumsum(rng.uniform(0.8, 1.2, int(rng.integers(2, 5)))) * apart_s
    length_s = float(starts_s[-1]) + decay_s
    centre_hz = around(rng, 1_200.0, 1.7)
    bursts = noise(
        rng,
        length_s,
        band_pass(centre_hz, rng.uniform(0.7, 2.5)),
        high_pass(centre_hz / 3.0, 2),
    )
    time_s = times(length_s)
    envelope = np.zeros(time_s.size)
    for start_s in (0.0, *starts_s[:-1]):
        since_s = time_s - start_s
        np.maximum(envelope, np.exp(-since_s / (apart_s / 3.0)) * (since_s >= 0.0), out=envelope)
    first_of_tail = np.searchsorted(time_s, starts_s[-1])
    tail = decay(length_s, decay_s, curve=rng.uniform(0.7, 1.3))
    envelope[first_of_tail:] = tail[: envelope.size - first_of_tail]
    return _to_peak(bursts * envelope)


def snap(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a finger snap: a short ring about 2.3 kHz after a faint brush.

    Parameters and errors are those of `kick`; 0.06 to 0.8 s, most below 0.3.
    """
    decay_s = around(rng, 0.13, 1.9)
    ring = _hit(rng, decay_s, band_pass(around(rng, 2_300.0, 1.4), rng.uniform(2.0, 6.0)))
    brush_s = rng.uniform(0.0, 0.02)
    brush = noise(rng, brush_s, high_pass(2_000.0)) * gain_between(rng, -36.0, -20.0)
    low = _hit(rng, 0.05, band_pass(around(rng, 700.0, 1.6), 1.5)) * gain_between(rng, -24.0, -8.0)
    return render(rng, age(rng, np.concatenate([brush, mix(ring, low)])), sample_rate)


def rim(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a rim shot or side stick: two short, high modes of wood and a click.

    Parameters and errors are those of `kick`; 0.03 to 0.8 s, most below 0.35.
    """
    low_hz = around(rng, 480.0, 2.2)
    decay_s = around(rng, 0.11, 2.6)
    low = _ring(low_hz, decay_s) * gain_between(rng, -14.0, 0.0)
    high = _ring(low_hz * rng.uniform(2.2, 3.9), decay_s * rng.uniform(0.5, 1.0))
    stick = _hit(rng, around(rng, 0.08, 2.4), band_pass(around(rng, 2_400.0, 1.8), 0.6))
    signal = mix(high, low, stick * gain_between(rng, -9.0, 8.0))
    return render(rng, age(rng, signal), sample_rate)


def perc(rng: np.random.Generator, sample_rate: int = 44_100) -> Waveform:
    """Return a conga, bongo, wood block or clave: one short tone of 180 to 2,500 Hz.

    Parameters and errors are those of `kick`; 0.05 to 2 s, most below 0.8.
    """
    pitch_hz = around(rng, 500.0, 4.5)
    decay_s = around(rng, 0.3, 2.6) * (500.0 / pitch_hz) ** 0.3
    fall = glide(decay_s, pitch_hz, rng.uniform(0.98, 1.25), around(rng, 0.04, 2.0))
    tone = sine(fall) * decay(decay_s, decay_s, curve=rng.uniform(0.8, 1.4))
    second = _ring(pitch_hz * rng.uniform(1.5, 2.9), decay_s * 0.6) * gain_between(rng, -40.0, -8.0)
    slap = _hit(rng, around(rng, 0.06, 2.5), band_pass(around(rng, 2_500.0, 2.2), 0.7))
    signal = mix(tone, second, slap * gain_between(rng, -26.0, 2.0))
    return render(rng, age(rng, signal), sample_rate)


def _ring(frequency_hz: float, decay_s: float) -> Signal:
    steady = sine(np.full(times(decay_s).size, frequency_hz))
    return steady * decay(decay_s, decay_s)


def _hit(rng: np.random.Generator, decay_s: float, *responses: Response) -> Signal:
    burst = noise(rng, decay_s, *responses) * rise(decay_s, 0.0005) * decay(decay_s, decay_s)
    return _to_peak(burst)


def _to_peak(signal: Signal) -> Signal:
    return np.asarray(signal / np.abs(signal).max())

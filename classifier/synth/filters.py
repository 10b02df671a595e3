"""Filters as frequency responses, applied to a whole sound in one FFT.

The responses are those of analogue circuits, taken at s = i f / cutoff (J. O. Smith,
"Introduction to Digital Filters", ccrma.stanford.edu/~jos/filters/): causal, so that an onset stays
sharp, and free of loops over samples.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from classifier.synth.signals import BASE_RATE_HZ, Signal, block_length, times

Spectrum = NDArray[np.complex128]
Response = Callable[[Signal], Spectrum]
"""From frequencies in Hz, shape (bins,), to complex gains of the same shape."""

_RING_OUT_S = 0.05


def low_pass(cutoff_hz: float, order: int = 2) -> Response:
    """Return the response of `order` equal RC low-passes, -3 dB each at `cutoff_hz`."""

    def respond(frequencies_hz: Signal) -> Spectrum:
        return np.asarray((1.0 + 1j * frequencies_hz / cutoff_hz) ** -order)

    return respond


def high_pass(cutoff_hz: float, order: int = 2) -> Response:
    """Return the response of `order` equal RC high-passes, -3 dB each at `cutoff_hz`."""

    def respond(frequencies_hz: Signal) -> Spectrum:
        s = 1j * frequencies_hz / cutoff_hz
        return np.asarray((s / (1.0 + s)) ** order)

    return respond


def band_pass(centre_hz: float, quality: float) -> Response:
    """Return the response of one resonant circuit: gain 1 at `centre_hz`, width centre/quality."""

    def respond(frequencies_hz: Signal) -> Spectrum:
        s = 1j * frequencies_hz / centre_hz
        return np.asarray((s / quality) / (1.0 + s / quality + s * s))

    return respond


def apply(signal: Signal, *responses: Response) -> Signal:
    """Return `signal`, shape (samples,), through all `responses`, in the same length."""
    block = block_length(signal.size + round(_RING_OUT_S * BASE_RATE_HZ))
    spectrum = np.fft.rfft(signal, block) * response_product(block, responses)
    return np.fft.irfft(spectrum, block)[: signal.size]


def noise(rng: np.random.Generator, length_s: float, *responses: Response) -> Signal:
    """Return noise of this length with the spectrum of `responses` (none: white).

    Returns
    -------
    array, shape (samples,)
        Gaussian noise at the base rate with a root mean square of 1.
    """
    samples = times(length_s).size
    block = block_length(samples)
    bins = block // 2 + 1
    white = rng.standard_normal(bins) + 1j * rng.standard_normal(bins)
    coloured = np.fft.irfft(white * response_product(block, responses), block)
    return np.asarray(coloured[:samples] / np.sqrt(np.mean(coloured**2)))


def saturate(signal: Signal, drive: float, *, bias: float = 0.0) -> Signal:
    """Return `signal` bent by a hyperbolic tangent, as an overdriven stage does.

    Parameters
    ----------
    signal : array, shape (samples,)
        Peak about 1. The harmonics of a tone fall by 13.6 dB per `drive` times its frequency:
        those of drums and basses are inaudible long before they would fold back.
    drive : float
        Gain before the bend, above 0; 0.1 is clean, 10 nearly square.
    bias : float
        Offset before the bend, 0 to 1; other than 0 it adds even harmonics.

    Returns
    -------
    array, shape (samples,)
        Peak about 1; where the input is 0, so is the output.
    """
    rest = np.tanh(drive * bias)
    return np.asarray((np.tanh(drive * (signal + bias)) - rest) / np.tanh(drive))


def convolve(signal: Signal, impulse: Signal) -> Signal:
    """Return the full convolution of two sounds, shape (samples + impulse samples - 1,)."""
    samples = signal.size + impulse.size - 1
    block = block_length(samples)
    return np.fft.irfft(np.fft.rfft(signal, block) * np.fft.rfft(impulse, block), block)[:samples]


def response_product(block: int, responses: tuple[Response, ...]) -> Spectrum:
    """Return all `responses` in a row, on the bins of an FFT of `block` samples."""
    frequencies_hz = np.linspace(0.0, BASE_RATE_HZ / 2, block // 2 + 1)
    product = np.ones(frequencies_hz.size, np.complex128)
    for respond in responses:
        product *= respond(frequencies_hz)
    return product

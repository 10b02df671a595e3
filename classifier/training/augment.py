"""Variants of a sound that are still the same instrument: what other packs do to theirs.

Every change takes samples with a peak of 1, their rate in Hz and a generator, and returns the
same; `varied` strings some of them together, each with its own chance.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from classifier.audio import onset_of
from classifier.training.corpus import Pair

Samples = NDArray[np.float32]
Change = Callable[[Samples, int, np.random.Generator], tuple[Samples, int]]

_LONGEST_REVERB_S: Final = 1.2
_CODECS: Final = (("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"))
# libsndfile's MP3 encoder takes these rates alone; others are passed over.
_CODEC_RATES: Final = frozenset({16_000, 22_050, 24_000, 32_000, 44_100, 48_000})


def varied(pair: Pair, rng: np.random.Generator) -> Pair:
    """Return a variant of a sound: one to four changes, beginning with the sound, peak 1."""
    samples, rate = pair
    if not len(samples):
        return pair
    for change, chance in _CHANGES:
        if rng.random() < chance:
            samples, rate = change(samples, rate, rng)
            samples = _normalised(samples)
    onset = onset_of(samples, rate)
    return pair if onset is None else (samples[onset:], rate)


def repitched(samples: Samples, rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Play it up to three semitones lower or higher, and so slower or faster."""
    return samples, int(np.clip(round(rate * 2 ** (rng.normal(0, 1.6) / 12)), 4_000, 192_000))


def tilted(samples: Samples, rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Tilt the spectrum by up to a few dB an octave around 1 kHz, and bend it at one place."""
    spectrum = np.fft.rfft(samples, _fast(len(samples)))
    hz = np.maximum(np.fft.rfftfreq(_fast(len(samples)), 1 / rate), 20.0)
    octaves = np.log2(hz / 1_000)
    centre, width = rng.uniform(-4, 4), rng.uniform(0.4, 1.5)
    gain_db = rng.normal(0, 1.2) * octaves
    gain_db += rng.normal(0, 5) * np.exp(-(((octaves - centre) / width) ** 2))
    return _back(spectrum * 10 ** (np.clip(gain_db, -24, 24) / 20), len(samples)), rate


def filtered(samples: Samples, rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Cut the highs or the lows off, as an old sampler or a tidy mixer does."""
    spectrum = np.fft.rfft(samples, _fast(len(samples)))
    hz = np.fft.rfftfreq(_fast(len(samples)), 1 / rate)
    if rng.random() < 0.7:
        gain = 1 / np.sqrt(1 + (hz / (2_500 * 2 ** rng.uniform(0, 2.7))) ** 8)
    else:
        gain = 1 / np.sqrt(1 + (rng.uniform(20, 70) / np.maximum(hz, 1.0)) ** 4)
    return _back(spectrum * gain, len(samples)), rate


def reverberant(samples: Samples, rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Put it into a room of noise that dies away, well under the sound itself."""
    length_s = rng.uniform(0.1, _LONGEST_REVERB_S)
    time = np.arange(int(length_s * rate)) / rate
    room = rng.standard_normal(len(time)) * np.exp(-time * 6.9 / length_s)
    room *= 10 ** (rng.uniform(-30, -10) / 20) / np.sqrt(np.sum(room**2))
    room[0] += 1.0
    total = len(samples) + len(room)
    wet = np.fft.rfft(samples, _fast(total)) * np.fft.rfft(room, _fast(total))
    return _back(wet, min(total, int(2.2 * rate))), rate


def driven(samples: Samples, rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Saturate it softly, or clip it."""
    drive = np.float32(10 ** (rng.uniform(0, 16) / 20))
    if rng.random() < 0.6:
        return np.tanh(samples * drive), rate
    return np.clip(samples * min(drive, np.float32(3)), -1, 1), rate


def hissing(samples: Samples, rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Lay a floor of noise under it, white to brown."""
    spectrum = np.fft.rfft(rng.standard_normal(_fast(len(samples))))
    spectrum /= np.maximum(np.arange(len(spectrum)), 1) ** rng.uniform(0, 1)
    noise = _back(spectrum, len(samples))
    level = 10 ** (rng.uniform(-75, -35) / 20) / max(float(np.std(noise)), 1e-9)
    return samples + noise * np.float32(level), rate


def shortened(samples: Samples, rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Cut the tail off with a short fade, or damp it; the attack stays."""
    time = np.arange(len(samples), dtype=np.float32) / rate
    held_s = max(0.06, rng.uniform(0.35, 1.0) * len(samples) / rate)
    if rng.random() < 0.5:
        return (samples * np.clip((held_s - time) / 0.01, 0, 1))[: int(held_s * rate) + 1], rate
    return samples * np.exp(-time / np.float32(held_s)), rate


def compressed(samples: Samples, rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Send it through MP3 or Ogg Vorbis and back."""
    if rate not in _CODEC_RATES:
        return samples, rate
    container, subtype = _CODECS[int(rng.integers(len(_CODECS)))]
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", rate, 1, subtype, format=container, compression_level=rng.uniform(0.3, 0.95)
    ) as file:
        file.write(samples * np.float32(0.9))
    buffer.seek(0)
    decoded, rate = soundfile.read(buffer, dtype="float32")
    return (decoded if np.abs(decoded).max(initial=0.0) > 0.01 else samples), rate


def coarse(samples: Samples, _rate: int, rng: np.random.Generator) -> tuple[Samples, int]:
    """Keep 8 to 12 bits of it."""
    steps = np.float32(2 ** int(rng.integers(7, 12)))
    return np.asarray(np.round(samples * steps) / steps, dtype=np.float32), _rate


_CHANGES: Final[tuple[tuple[Change, float], ...]] = (
    (repitched, 0.6),
    (tilted, 0.5),
    (filtered, 0.2),
    (driven, 0.3),
    (shortened, 0.3),
    (reverberant, 0.25),
    (hissing, 0.25),
    (coarse, 0.1),
    (compressed, 0.15),
)


def _normalised(samples: Samples) -> Samples:
    return np.asarray(samples / max(float(np.abs(samples).max(initial=0.0)), 1e-9), np.float32)


def _fast(length: int) -> int:
    """Return a length of at least this that the FFT is quick at."""
    step = 1 << max(0, int(length).bit_length() - 4)
    return -(-length // step) * step


def _back(spectrum: NDArray[np.complexfloating], length: int) -> Samples:
    return np.fft.irfft(spectrum, 2 * (len(spectrum) - 1))[:length].astype(np.float32)

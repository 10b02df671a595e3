"""Sounds with known answers, and files of them."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import ArrayLike, NDArray

RATE_HZ: Final = 44_100


def sine(
    hz: float = 440.0, seconds: float = 1.0, rate: int = RATE_HZ, peak: float = 0.5
) -> NDArray[np.float32]:
    """Return a sine that begins at its crest, so that its first sample is sound."""
    time_s = np.arange(round(seconds * rate)) / rate
    return (peak * np.cos(2 * np.pi * hz * time_s)).astype(np.float32)


def click(seconds: float = 0.1, rate: int = RATE_HZ, at_s: float = 0.0) -> NDArray[np.float32]:
    """Return silence with one sample of full scale in it."""
    samples = silence(seconds, rate)
    samples[round(at_s * rate)] = 1.0
    return samples


def noise(
    seconds: float = 1.0, rate: int = RATE_HZ, peak: float = 0.5, seed: int = 0
) -> NDArray[np.float32]:
    """Return white noise whose loudest sample is its first."""
    samples = np.random.default_rng(seed).uniform(-peak, peak, round(seconds * rate))
    samples[:1] = peak
    return samples.astype(np.float32)


def silence(seconds: float = 1.0, rate: int = RATE_HZ) -> NDArray[np.float32]:
    """Return zeros."""
    return np.zeros(round(seconds * rate), np.float32)


def encode(
    samples: ArrayLike, rate: int = RATE_HZ, kind: str = "WAV", subtype: str | None = None
) -> bytes:
    """Return the bytes of a sound file."""
    file = io.BytesIO()
    soundfile.write(file, np.asarray(samples), rate, format=kind, subtype=subtype)
    return file.getvalue()


def write_wav(
    path: str | os.PathLike[str],
    samples: ArrayLike,
    rate: int = RATE_HZ,
    subtype: str = "FLOAT",
) -> Path:
    """Write a wav file, under any name the system allows, and return its path."""
    path = Path(path)
    path.write_bytes(encode(samples, rate, "WAV", subtype))
    return path


def wav_header(frames: int, rate: int = RATE_HZ, channels: int = 1) -> bytes:
    """Return the 44 bytes in front of 16-bit samples, whether or not those follow."""
    data = min(frames * channels * 2, 0xFFFF_FFFF - 36)
    form = struct.pack("<HHIIHH", 1, channels, rate, rate * channels * 2, channels * 2, 16)
    return (
        struct.pack("<4sI4s4sI", b"RIFF", data + 36, b"WAVE", b"fmt ", len(form))
        + form
        + struct.pack("<4sI", b"data", data)
    )


def write_sparse_wav(
    path: Path, frames: int, start: ArrayLike, rate: int = RATE_HZ, channels: int = 1
) -> Path:
    """Write a 16-bit wav file of zeros after `start`; on most disks they take no room."""
    with path.open("wb") as file:
        file.write(wav_header(frames, rate, channels))
        file.write((np.asarray(start) * 32_767).astype("<i2").tobytes())
        file.truncate(44 + frames * channels * 2)
    return path

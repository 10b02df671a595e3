"""Arrays as the bytes that the catalog keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier import Descriptors

_STEPS: Final = 255
_FLOAT: Final = np.dtype("<f4")


def packed(values: Sequence[float]) -> bytes:
    """Return numbers as float32, little-endian."""
    return np.asarray(values, _FLOAT).tobytes()


def unpacked(blob: bytes) -> tuple[float, ...]:
    """Return the numbers of `packed`."""
    return tuple(float(value) for value in np.frombuffer(blob, _FLOAT))


def packed_embedding(embedding: NDArray[np.float32]) -> bytes:
    """Return an embedding, which has no negative number, in 1 byte each, and their scale."""
    scale = float(embedding.max(initial=0.0)) / _STEPS
    steps = np.round(embedding / scale) if scale else np.zeros_like(embedding)
    return packed([scale]) + steps.astype(np.uint8).tobytes()


def unpacked_embedding(blob: bytes) -> NDArray[np.float32]:
    """Return the embedding of `packed_embedding`, each number within half a step."""
    [scale] = unpacked(blob[:4])
    return np.frombuffer(blob, np.uint8, offset=4).astype(np.float32) * np.float32(scale)


def packed_descriptors(descriptors: Descriptors) -> bytes:
    """Return descriptors in the order of their fields."""
    return packed(astuple(descriptors))


def unpacked_descriptors(blob: bytes) -> Descriptors:
    """Return the descriptors of `packed_descriptors`."""
    return Descriptors(*unpacked(blob))

"""The shapes of the two networks: what the CNN and the MLP are made of."""

from __future__ import annotations

from typing import Any, Final

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

from classifier.network import EMBEDDING
from classifier.settings import FeatureSettings, MelSettings

EMBEDDED: Final = 128
LOGITS: Final = "logits"

# Channels, kernel and step of each convolution over a picture.
_FINE: Final = ((24, 5, 2), (32, 3, 2), (64, 3, 2), (64, 3, 1), (96, 3, 2), (96, 3, 1))
_LOW: Final = ((16, 3, 2), (32, 3, 2), (48, 3, 1))
# Channels that keep where in the picture something is, beside those that are averaged over it.
_FINE_PLACED: Final = 12
_LEAST_SPREAD: Final = 1e-2
_LOW_PLACED: Final = 8
_HIDDEN: Final = 256


def cnn(settings: FeatureSettings, outputs: int, *, batch: int | None = None) -> keras.Model:
    """Return a network that looks at both pictures of a sound, untrained.

    Parameters
    ----------
    settings : FeatureSettings
    outputs : int
        Logits that it gives.
    batch : int, optional
        Sounds that it takes at once; any number by default.
    """
    fine, low = _picture("fine", settings.fine, batch), _picture("low", settings.low, batch)
    seen = layers.Dropout(0.3)(_looked_at(fine, low, settings))
    embedding = _dense(seen, EMBEDDED, name=EMBEDDING)
    return keras.Model([fine, low], _logits(embedding, outputs, dropout=0.3))


def mlp(rows: NDArray[np.float32], outputs: int, *, batch: int | None = None) -> keras.Model:
    """Return a network that reads the forest's numbers, untrained but for their scale.

    Parameters
    ----------
    rows, outputs, batch
        As for `cnn`.
    """
    numbers = keras.Input((rows.shape[1],), batch_size=batch, name="rows")
    spread = rows.std(axis=0)
    # What hardly varied among a few sounds would drown the rest when it does: it is left out.
    variance = np.where(spread < _LEAST_SPREAD, np.float32(1e12), (spread + 1e-3) ** 2)
    scaled = layers.Normalization(mean=rows.mean(axis=0), variance=variance)(numbers)
    hidden = _dense(layers.Dropout(0.2)(scaled), _HIDDEN)
    embedding = _dense(layers.Dropout(0.4)(hidden), EMBEDDED, name=EMBEDDING)
    return keras.Model([numbers], _logits(embedding, outputs, dropout=0.4))


def _picture(name: str, settings: MelSettings, batch: int | None) -> Any:
    return keras.Input((settings.frames, settings.bands), batch_size=batch, name=name)


def _looked_at(fine: Any, low: Any, settings: FeatureSettings) -> Any:
    parts = []
    for picture, shape, convolutions, placed in (
        (fine, settings.fine, _FINE, _FINE_PLACED),
        (low, settings.low, _LOW, _LOW_PLACED),
    ):
        # From dB to -1 .. 1.
        scaled = layers.Rescaling(-2 / shape.floor_db, offset=1.0)(picture)
        seen = layers.Reshape((shape.frames, shape.bands, 1))(scaled)
        for channels, kernel, step in convolutions:
            seen = _convolved(seen, channels, kernel, step)
        where = layers.Flatten()(_convolved(seen, placed, 1, 1))
        parts += [
            layers.GlobalAveragePooling2D()(seen),
            layers.GlobalMaxPooling2D()(seen),
            layers.Dropout(0.2)(where),
        ]
    return layers.Concatenate()(parts)


def _convolved(values: Any, channels: int, kernel: int, step: int) -> Any:
    values = layers.Conv2D(channels, kernel, strides=step, padding="same", use_bias=False)(values)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(values))


def _dense(values: Any, units: int, name: str | None = None) -> Any:
    values = layers.Dense(units, use_bias=False)(values)
    return layers.ReLU(name=name)(layers.BatchNormalization(momentum=0.9)(values))


def _logits(embedding: Any, outputs: int, *, dropout: float) -> Any:
    return layers.Dense(outputs, dtype="float32", name=LOGITS)(layers.Dropout(dropout)(embedding))

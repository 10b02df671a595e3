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
# In the loss, of each head beside the mean of them.
HEAD_WEIGHT: Final = 0.5

# Channels, kernel and step of each convolution over a picture.
_FINE: Final = ((24, 5, 2), (32, 3, 2), (64, 3, 2), (64, 3, 1), (96, 3, 2), (96, 3, 1))
_LOW: Final = ((16, 3, 2), (32, 3, 2), (48, 3, 1))
# Channels that keep where in the picture something is, beside those that are averaged over it.
_FINE_PLACED: Final = 12
_LEAST_SPREAD: Final = 1e-2
_LOW_PLACED: Final = 8


def cnn(
    settings: FeatureSettings,
    rows: NDArray[np.float32],
    outputs: int,
    *,
    batch: int | None = None,
) -> keras.Model:
    """Return a network that looks at a sound in two ways, untrained.

    Convolutions over both pictures, and dense layers on the forest's numbers, each with an
    answer of its own; the mean of their logits is the network's, and errs less than either.

    The embedding is learnt beside them, from what both see, and teaches them nothing.

    Parameters
    ----------
    settings : FeatureSettings
    rows : array, shape (n, inputs), float32
        Whose mean and spread the numbers are taken relative to.
    outputs : int
        Logits that it gives.
    batch : int, optional
        Sounds that it takes at once; any number by default.
    """
    fine, low = _picture("fine", settings.fine, batch), _picture("low", settings.low, batch)
    numbers = _numbers(rows, batch)
    ways = {
        "pictures": _dense(layers.Dropout(0.3)(_looked_at(fine, low, settings)), EMBEDDED),
        "numbers": _read(numbers, rows),
    }
    heads = {
        name: _head(values, outputs, name=name, dropout=dropout)
        for (name, values), dropout in zip(ways.items(), (0.3, 0.4), strict=True)
    }
    mean = layers.Average(dtype="float32", name=LOGITS)(list(heads.values()))
    seen = layers.Dropout(0.3)(_Apart()(layers.Concatenate()(list(ways.values()))))
    embedding = _dense(seen, EMBEDDED, name=EMBEDDING)
    heads["both"] = _head(embedding, outputs, name="both", dropout=0.3)
    return keras.Model([fine, low, numbers], {LOGITS: mean, **heads})


@keras.saving.register_keras_serializable("kitsort")
class _Apart(layers.Layer):  # type: ignore[misc]
    """Hands values on, and no blame back."""

    def call(self, values: Any) -> Any:
        """Return the same values."""
        return keras.ops.stop_gradient(values)


def mlp(rows: NDArray[np.float32], outputs: int, *, batch: int | None = None) -> keras.Model:
    """Return a network that reads the forest's numbers, untrained but for their scale.

    Parameters
    ----------
    rows, outputs, batch
        As for `cnn`.
    """
    numbers = _numbers(rows, batch)
    embedding = _read(numbers, rows, name=EMBEDDING)
    return keras.Model([numbers], {LOGITS: _head(embedding, outputs, name=LOGITS, dropout=0.4)})


def _picture(name: str, settings: MelSettings, batch: int | None) -> Any:
    return keras.Input((settings.frames, settings.bands), batch_size=batch, name=name)


def _numbers(rows: NDArray[np.float32], batch: int | None) -> Any:
    return keras.Input((rows.shape[1],), batch_size=batch, name="rows")


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


def _read(numbers: Any, rows: NDArray[np.float32], name: str | None = None) -> Any:
    spread = rows.std(axis=0)
    # What hardly varied among a few sounds would drown the rest when it does: it is left out.
    variance = np.where(spread < _LEAST_SPREAD, np.float32(1e12), (spread + 1e-3) ** 2)
    scaled = layers.Normalization(mean=rows.mean(axis=0), variance=variance)(numbers)
    hidden = _dense(layers.Dropout(0.2)(scaled), 256)
    return _dense(layers.Dropout(0.4)(hidden), EMBEDDED, name=name)


def _convolved(values: Any, channels: int, kernel: int, step: int) -> Any:
    values = layers.Conv2D(channels, kernel, strides=step, padding="same", use_bias=False)(values)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(values))


def _dense(values: Any, units: int, name: str | None = None) -> Any:
    values = layers.Dense(units, use_bias=False)(values)
    return layers.ReLU(name=name)(layers.BatchNormalization(momentum=0.9)(values))


def _head(values: Any, outputs: int, *, name: str, dropout: float) -> Any:
    return layers.Dense(outputs, dtype="float32", name=name)(layers.Dropout(dropout)(values))

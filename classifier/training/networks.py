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
# What each way of looking says by itself counts half as much in the loss as what they say
# together: each learns to stand alone, and their mean errs less than the best of them.
HEAD_WEIGHT: Final = 0.5

# Channels, kernel and step of each convolution: over time and bands of a picture ...
_FINE_PLANE: Final = ((24, 5, 2), (32, 3, 2), (64, 3, 2), (64, 3, 1), (96, 3, 2), (96, 3, 1))
_LOW_PLANE: Final = ((16, 3, 2), (32, 3, 2), (48, 3, 1))
# ... and over time alone, with the bands as channels.
_FINE_LINE: Final = ((96, 5, 2), (128, 3, 2), (128, 3, 2), (160, 3, 1))
_LOW_LINE: Final = ((64, 3, 2), (64, 3, 2), (96, 3, 1))
# Channels that keep where in the picture something is, beside those that are averaged over it.
_FINE_PLACED: Final = 12
_LOW_PLACED: Final = 8


def cnn(
    settings: FeatureSettings,
    rows: NDArray[np.float32],
    outputs: int,
    *,
    batch: int | None = None,
) -> keras.Model:
    """Return a network that looks at a sound in three ways, untrained.

    Convolutions over the planes of both pictures, convolutions along their time, and dense
    layers on the forest's numbers; each with its own answer, one more from all three, and the
    mean of the four as the network's.

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
    scaled = _scaled(fine, settings.fine), _scaled(low, settings.low)
    ways = [
        _dense(layers.Dropout(0.3)(_planes(*scaled, settings)), EMBEDDED),
        _dense(layers.Dropout(0.3)(_lines(*scaled)), EMBEDDED),
        _read(numbers, rows),
    ]
    joined = layers.Dropout(0.3)(layers.Concatenate()(ways))
    embedding = _dense(joined, EMBEDDED, name=EMBEDDING)
    heads = {
        name: _head(values, outputs, name=name)
        for name, values in zip(
            ("planes", "lines", "numbers", "all"), [*ways, embedding], strict=True
        )
    }
    mean = layers.Average(dtype="float32", name=LOGITS)(list(heads.values()))
    return keras.Model([fine, low, numbers], {LOGITS: mean, **heads})


def mlp(rows: NDArray[np.float32], outputs: int, *, batch: int | None = None) -> keras.Model:
    """Return a network that reads the forest's numbers, untrained but for their scale.

    Parameters
    ----------
    rows, outputs, batch
        As for `cnn`.
    """
    numbers = _numbers(rows, batch)
    embedding = _read(numbers, rows, name=EMBEDDING)
    return keras.Model([numbers], {LOGITS: _head(embedding, outputs, name=LOGITS)})


def _picture(name: str, settings: MelSettings, batch: int | None) -> Any:
    return keras.Input((settings.frames, settings.bands), batch_size=batch, name=name)


def _numbers(rows: NDArray[np.float32], batch: int | None) -> Any:
    return keras.Input((rows.shape[1],), batch_size=batch, name="rows")


def _scaled(picture: Any, settings: MelSettings) -> Any:
    """Return a picture from -1 to 1."""
    return layers.Rescaling(-2 / settings.floor_db, offset=1.0)(picture)


def _planes(fine: Any, low: Any, settings: FeatureSettings) -> Any:
    parts = []
    for picture, shape, convolutions, placed in (
        (fine, settings.fine, _FINE_PLANE, _FINE_PLACED),
        (low, settings.low, _LOW_PLANE, _LOW_PLACED),
    ):
        seen = layers.Reshape((shape.frames, shape.bands, 1))(picture)
        for channels, kernel, step in convolutions:
            seen = _convolved(layers.Conv2D, seen, channels, kernel, step)
        where = layers.Flatten()(_convolved(layers.Conv2D, seen, placed, 1, 1))
        parts += [
            layers.GlobalAveragePooling2D()(seen),
            layers.GlobalMaxPooling2D()(seen),
            layers.Dropout(0.2)(where),
        ]
    return layers.Concatenate()(parts)


def _lines(fine: Any, low: Any) -> Any:
    parts = []
    for seen, convolutions in ((fine, _FINE_LINE), (low, _LOW_LINE)):
        for channels, kernel, step in convolutions:
            seen = _convolved(layers.Conv1D, seen, channels, kernel, step)  # noqa: PLW2901
        parts += [layers.GlobalAveragePooling1D()(seen), layers.GlobalMaxPooling1D()(seen)]
    return layers.Concatenate()(parts)


def _read(numbers: Any, rows: NDArray[np.float32], name: str | None = None) -> Any:
    spread = rows.std(axis=0) + 1e-3
    scaled = layers.Normalization(mean=rows.mean(axis=0), variance=spread**2)(numbers)
    hidden = _dense(layers.Dropout(0.2)(scaled), 256)
    return _dense(layers.Dropout(0.4)(hidden), EMBEDDED, name=name)


def _convolved(kind: Any, values: Any, channels: int, kernel: int, step: int) -> Any:
    values = kind(channels, kernel, strides=step, padding="same", use_bias=False)(values)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(values))


def _dense(values: Any, units: int, name: str | None = None) -> Any:
    values = layers.Dense(units, use_bias=False)(values)
    return layers.ReLU(name=name)(layers.BatchNormalization(momentum=0.9)(values))


def _head(values: Any, outputs: int, *, name: str) -> Any:
    return layers.Dense(outputs, dtype="float32", name=name)(layers.Dropout(0.4)(values))

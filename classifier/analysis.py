"""From files to labels: read, look, predict, for a chunk of files at a time."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.audio import Sound, read_sound
from classifier.descriptors import Descriptors, describe
from classifier.errors import AudioError
from classifier.features import Features, look_at
from classifier.labels import INSTRUMENTS, LABELS, OTHER, UNSURE, sum_kinds
from classifier.model import Model
from classifier.root_note import RootNote, root_note


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What the sound says.

    Attributes
    ----------
    probabilities : tuple of float
        Of ``LABELS``, summing to 1, calibrated.
    kind : str or None
        The likeliest kind of ``KINDS`` where the label is Other; None for silence, and from a
        model that knows no kinds.
    embedding : array, shape (128,), float32, or None
        Sounds that are alike lie close together; None for silence, and from a model without.
    """

    probabilities: tuple[float, ...]
    kind: str | None
    embedding: NDArray[np.float32] | None = None

    @property
    def label(self) -> str:
        """The likeliest label."""
        return LABELS[self.probabilities.index(self.confidence)]

    @property
    def confidence(self) -> float:
        """The probability of the label."""
        return max(self.probabilities)

    def decision(self, threshold: float) -> str:
        """Return the label, or Unsure where the confidence is below the threshold."""
        return self.label if self.confidence >= threshold else UNSURE


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """All that is found out about one sound file.

    Attributes
    ----------
    sound : Sound
        Without its samples, which would fill the memory.
    descriptors : Descriptors
        Of the first ten seconds; `sound.is_cut` marks a file that goes on.
    prediction : Prediction
    root_note : RootNote or None
        Of what sounds pitched and low.
    """

    sound: Sound
    descriptors: Descriptors
    prediction: Prediction
    root_note: RootNote | None

    @property
    def peak_dbfs(self) -> float:
        """Largest value of any channel in the first ten seconds, in dB; 0 is full scale."""
        return _decibels(self.sound.peak)

    @property
    def rms_dbfs(self) -> float:
        """Root mean square of the active part in dB, where a square wave at full scale has 0."""
        return _decibels(self.descriptors.rms * self.sound.gain)


def _decibels(amplitude: float) -> float:
    """Return 20 log10 of an amplitude; minus infinity for silence."""
    return 20 * math.log10(amplitude) if amplitude > 0 else -math.inf


# Nothing can be heard, and that is certain.
_SILENCE: Final = Prediction((0.0,) * len(INSTRUMENTS) + (1.0,), None)


def classify(paths: Sequence[str | os.PathLike[str]], model: Model) -> list[Analysis | AudioError]:
    """Analyse a chunk of files; a bad one becomes its error and never stops the rest.

    Eight to thirty-two files are a good chunk: they share one matrix product. Safe to call
    from several threads with one model.

    Returns
    -------
    list
        For each path, in order, its analysis or the sentence that says why there is none.
    """
    settings = model.card.features
    read = [_read(path, settings.levels_s) for path in paths]
    sounds = [item for item in read if isinstance(item, Sound)]
    analyses = iter(_analyse(sounds, model))
    return [next(analyses) if isinstance(item, Sound) else item for item in read]


def _read(path: str | os.PathLike[str], seconds: float) -> Sound | AudioError:
    try:
        return read_sound(path, seconds=seconds)
    except AudioError as error:
        return error


def _analyse(sounds: Sequence[Sound], model: Model) -> list[Analysis]:
    if not sounds:
        return []
    pairs = [(sound.samples, sound.sample_rate) for sound in sounds]
    features = look_at(pairs, model.card.features)
    predictions = _predictions(model, features)
    seen_s = model.card.features.model_s
    return [
        Analysis(
            sound=sound.without_samples(),
            descriptors=seen if sound.held_s <= seen_s else describe(*pair),
            prediction=prediction if len(sound.samples) else _SILENCE,
            root_note=root_note(*pair),
        )
        for sound, pair, seen, prediction in zip(
            sounds, pairs, features.descriptors, predictions, strict=True
        )
    ]


def _predictions(model: Model, features: Features) -> list[Prediction]:
    outputs, embeddings = model.predict(features)
    kinds = model.card.kinds
    return [
        _prediction(row, kinds, None if embeddings is None else embeddings[index].copy())
        for index, row in enumerate(outputs)
    ]


def _prediction(
    outputs: NDArray[np.float32],
    kinds: Sequence[str],
    embedding: NDArray[np.float32] | None,
) -> Prediction:
    probabilities = sum_kinds(outputs)
    is_other = LABELS[int(probabilities.argmax())] == OTHER
    kind = kinds[int(outputs[len(INSTRUMENTS) :].argmax())] if is_other and kinds else None
    return Prediction(tuple(float(value) for value in probabilities), kind, embedding)

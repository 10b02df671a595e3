"""Names the instrument of a sound: reading, features, models. Knows neither Qt nor the app.

>>> from classifier import classify, load_model
>>> [result] = classify(["kick.wav"], load_model())  # doctest: +SKIP
>>> result.prediction.label, result.prediction.confidence  # doctest: +SKIP
('Kick', 0.97)
"""

from classifier._version import __version__
from classifier.analysis import Analysis, Prediction, classify
from classifier.audio import EXTENSIONS, Sound, read_sound
from classifier.card import Card
from classifier.descriptors import Descriptors
from classifier.errors import AudioError, ClassifierError, ModelError
from classifier.labels import INSTRUMENTS, KINDS, LABELS, OTHER, OUTPUTS, UNSURE
from classifier.model import DEFAULT_MODEL, Model, load_model, model_names
from classifier.root_note import RootNote, note_of_hz

__all__ = [
    "DEFAULT_MODEL",
    "EXTENSIONS",
    "INSTRUMENTS",
    "KINDS",
    "LABELS",
    "OTHER",
    "OUTPUTS",
    "UNSURE",
    "Analysis",
    "AudioError",
    "Card",
    "ClassifierError",
    "Descriptors",
    "Model",
    "ModelError",
    "Prediction",
    "RootNote",
    "Sound",
    "__version__",
    "classify",
    "load_model",
    "model_names",
    "note_of_hz",
    "read_sound",
]

"""Names the instrument of a sound: reading, features, models. Knows neither Qt nor the app.

>>> from classifier import classify, load_model
>>> [result] = classify(["kick.wav"], load_model())  # doctest: +SKIP
>>> result.prediction.label, result.prediction.confidence  # doctest: +SKIP
('Kick', 0.97)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from classifier._version import __version__
from classifier.errors import AudioError, ClassifierError, ModelError
from classifier.labels import INSTRUMENTS, KINDS, LABELS, OTHER, OUTPUTS, UNSURE

if TYPE_CHECKING:
    from classifier.analysis import Analysis, Prediction, classify
    from classifier.audio import EXTENSIONS, Sound, read_sound
    from classifier.card import Card
    from classifier.default import DEFAULT_MODEL
    from classifier.descriptors import Descriptors
    from classifier.model import Model, load_model, model_names
    from classifier.root_note import RootNote, note_of_hz

# Where the rest is found, when it is asked for: who only needs the labels, as the window does for
# its first picture, waits for no audio library.
_HOMES: Final = {
    "Analysis": "classifier.analysis",
    "Card": "classifier.card",
    "DEFAULT_MODEL": "classifier.default",
    "Descriptors": "classifier.descriptors",
    "EXTENSIONS": "classifier.audio",
    "Model": "classifier.model",
    "Prediction": "classifier.analysis",
    "RootNote": "classifier.root_note",
    "Sound": "classifier.audio",
    "classify": "classifier.analysis",
    "load_model": "classifier.model",
    "model_names": "classifier.model",
    "note_of_hz": "classifier.root_note",
    "read_sound": "classifier.audio",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


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

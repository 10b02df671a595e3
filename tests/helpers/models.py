"""Models small enough to know what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np

from classifier.calibration import Calibration
from classifier.card import Card, fingerprint
from classifier.features import forest_inputs, look_at
from classifier.forest import Forest
from classifier.labels import KINDS, LABELS, OUTPUTS
from classifier.settings import FeatureSettings

SETTINGS: Final = FeatureSettings()


def inputs_of_a_sound() -> int:
    """Return how many numbers a forest is given of a sound."""
    silence = np.zeros(1, np.float32)
    return forest_inputs(look_at([(silence, 44_100)], SETTINGS)).shape[1]


def stump(*, inputs: int = 2, outputs: int = 2) -> Forest:
    """Return one tree of one split: an input 0 up to 0.5 is output 0, else output 1."""
    shares = np.zeros((2, outputs), np.uint8)
    shares[0, 0] = shares[1, 1] = 255
    return Forest(
        roots=np.array([0], np.int32),
        feature=np.array([0, -1, -1], np.int16),
        threshold=np.array([0.5, 0, 0], np.float32),
        target=np.array([2, 0, 1], np.int32),
        shares=shares,
        inputs=inputs,
    )


def write_model(folder: Path, name: str = "tiny", forest: Forest | None = None) -> Path:
    """Write a model that says Kick or Snare into a folder, and return its card."""
    weights = folder / f"{name}.npz"
    (forest or stump(inputs=inputs_of_a_sound(), outputs=len(OUTPUTS))).save(weights)
    path = folder / f"{name}.json"
    Card(
        name=name,
        title="Tiny",
        version="1",
        weights=(weights.name,),
        votes=(1,),
        fingerprint=fingerprint(weights, features=SETTINGS),
        labels=LABELS,
        kinds=KINDS,
        features=SETTINGS,
        calibration=Calibration(),
        threshold=0.8,
        versions={},
        scores={},
        sources=[],
    ).save(path)
    return path


def change_card(path: Path, **changes: Any) -> None:
    """Change values of a card on disk; None takes one out."""
    values = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    kept = {name: value for name, value in values.items() if value is not None}
    path.write_text(json.dumps(kept), encoding="utf-8")

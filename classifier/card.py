"""A model's card: what stands beside its weights, and must fit them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from classifier.errors import ModelError
from classifier.labels import KINDS, LABELS
from classifier.settings import FeatureSettings


@dataclass(frozen=True, slots=True)
class Card:
    """What a model is, where it comes from and how right it is.

    Attributes
    ----------
    name : str
        As in ``--model NAME``.
    title : str
        For people: "Random Forest".
    version : str
        Grows with each training; predictions are kept with it.
    weights : str
        File name beside the card.
    fingerprint : str
        Of the weights and of all that they cannot be used without, so that a card never speaks
        for other weights, nor for these with other features.
    labels, kinds : tuple of str
        In the order of the outputs.
    features : FeatureSettings
        What the weights were trained on.
    temperature : float
        Of the calibration: logarithms of the outputs are divided by it.
    threshold : float
        Confidence from which on a label is acted upon, unless the user says otherwise.
    versions : dict
        Of what trained it.
    scores : dict
        Measured on packs that it was not trained on, with how.
    sources : list of dict
        What it was trained on: name, licence as stated, sounds.
    """

    name: str
    title: str
    version: str
    weights: str
    fingerprint: str
    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    features: FeatureSettings
    temperature: float
    threshold: float
    versions: dict[str, str]
    scores: dict[str, Any]
    sources: list[dict[str, Any]]

    def save(self, path: Path) -> None:
        """Write the card as JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["features"] = self.features.as_json()
        path.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a card and check it against the program and against its weights.

        Raises
        ------
        ModelError
            If it is missing or damaged, made for other labels, or beside other weights.
        """
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            values["features"] = FeatureSettings.from_json(values["features"])
            values["labels"], values["kinds"] = tuple(values["labels"]), tuple(values["kinds"])
            card = cls(**values)
            card._require_fit(path)
        except FileNotFoundError as error:
            raise ModelError(f"There is no model card {path.name}.") from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(f"The model card {path.name} cannot be read: {error}.") from error
        return card

    def _require_fit(self, path: Path) -> None:
        if self.labels != LABELS or self.kinds != KINDS:
            raise ModelError(f"The model card {path.name} is for other labels than this program's.")
        if not 0.01 <= self.temperature <= 100 or not 0 <= self.threshold <= 1:
            raise ModelError(f"The model card {path.name} holds an impossible calibration.")
        if Path(self.weights).name != self.weights:
            raise ModelError(f"The model card {path.name} names weights outside its folder.")
        if fingerprint(path.with_name(self.weights), self.features) != self.fingerprint:
            raise ModelError(
                f"The model card {path.name} does not fit its weights {self.weights}: "
                "one of them has been changed or belongs to another."
            )


def fingerprint(weights: Path, features: FeatureSettings) -> str:
    """Return the SHA-256 of weights with the labels and features they were trained for.

    Raises
    ------
    ModelError
        If the weights are missing or cannot be read.
    """
    trained_for = json.dumps([LABELS, KINDS, features.as_json()], sort_keys=True)
    try:
        return hashlib.sha256(weights.read_bytes() + trained_for.encode()).hexdigest()
    except OSError as error:
        raise ModelError(f"The model's weights are missing: {weights.name}.") from error

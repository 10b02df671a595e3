"""A model's card: what stands beside its weights, and must fit them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from classifier.calibration import Calibration
from classifier.errors import ModelError
from classifier.labels import INSTRUMENTS, KINDS, LABELS, OTHER
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
    weights : tuple of str
        File names beside the card; of several the model answers with the mean.
    votes : tuple of float
        How much each of these counts in it.
    fingerprint : str
        Of the weights and of all that they cannot be used without, so that a card never speaks
        for other weights, nor for these with other features.
    labels : tuple of str
        ``LABELS``; or ``INSTRUMENTS`` for a model that was shown nothing else, and so rejects
        nothing.
    kinds : tuple of str
        ``KINDS``; or none for a model that was not told what an Other is.
    features : FeatureSettings
        What the weights were trained on.
    calibration : Calibration
        That makes probabilities of the outputs.
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
    weights: tuple[str, ...]
    votes: tuple[float, ...]
    fingerprint: str
    labels: tuple[str, ...]
    kinds: tuple[str, ...]
    features: FeatureSettings
    calibration: Calibration
    threshold: float
    versions: dict[str, str]
    scores: dict[str, Any]
    sources: list[dict[str, Any]]

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of what the weights give, in order."""
        return (*INSTRUMENTS, *(self.kinds or self.labels[len(INSTRUMENTS) :]))

    @property
    def rejects(self) -> bool:
        """Whether the model can say Other."""
        return OTHER in self.labels

    def save(self, path: Path) -> None:
        """Write the card as JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["features"] = self.features.as_json()
        values["calibration"] = asdict(self.calibration)
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
            for name in ("labels", "kinds", "weights", "votes"):
                values[name] = tuple(values[name])
            values["calibration"] = _calibration_of(values["calibration"])
            card = cls(**values)
            card._require_fit(path)
        except FileNotFoundError as error:
            raise ModelError(f"There is no model card {path.name}.") from error
        except OSError as error:
            said = error.strerror or error
            raise ModelError(f"The model card {path.name} cannot be read ({said}).") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path.name} is no model card of this version ({error}).") from error
        return card

    def _require_fit(self, path: Path) -> None:
        possible = (LABELS, KINDS), (LABELS, ()), (INSTRUMENTS, ())
        if (self.labels, self.kinds) not in possible:
            raise ModelError(f"The model card {path.name} is for other labels than this program's.")
        if not self.calibration.is_possible or not 0 <= self.threshold <= 1:
            raise ModelError(f"The model card {path.name} holds an impossible calibration.")
        if not self.weights or any(Path(name).name != name for name in self.weights):
            raise ModelError(f"The model card {path.name} names weights outside its folder.")
        if len(self.votes) != len(self.weights) or not all(0 < vote < 100 for vote in self.votes):
            raise ModelError(f"The model card {path.name} holds impossible votes.")
        weights = [path.with_name(name) for name in self.weights]
        known = fingerprint(*weights, features=self.features, labels=self.labels, kinds=self.kinds)
        if known != self.fingerprint:
            raise ModelError(
                f"The model card {path.name} does not fit its weights {', '.join(self.weights)}: "
                "one of them has been changed or belongs to another."
            )


def _calibration_of(values: dict[str, Any]) -> Calibration:
    offsets = tuple(float(value) for value in values["offsets"])
    return Calibration(float(values["temperature"]), offsets)


def fingerprint(
    *weights: Path,
    features: FeatureSettings,
    labels: tuple[str, ...] = LABELS,
    kinds: tuple[str, ...] = KINDS,
) -> str:
    """Return the SHA-256 of weights with the labels and features they were trained for.

    Raises
    ------
    ModelError
        If the weights are missing or cannot be read.
    """
    trained_for = json.dumps([labels, kinds, features.as_json()], sort_keys=True)
    said = hashlib.sha256()
    for path in weights:
        try:
            said.update(path.read_bytes())
        except OSError as error:
            raise ModelError(f"The model's weights are missing: {path.name}.") from error
    said.update(trained_for.encode())
    return said.hexdigest()

"""A model that names sounds: found by name, held to its card, calibrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.card import Card
from classifier.errors import ModelError
from classifier.features import Features, forest_inputs, look_at
from classifier.forest import Forest
from classifier.labels import OUTPUTS

DEFAULT_MODEL: Final = "rf"

# A forest may give an output no chance at all; a logarithm can't take that at its word.
_LEAST_SHARE: Final = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Weights with their card.

    Attributes
    ----------
    card : Card
    raw : callable
        From features of n sounds to outputs before calibration, shape (n, 21).
    """

    card: Card
    raw: Callable[[Features], NDArray[np.float32]]

    def predict(self, features: Features) -> NDArray[np.float32]:
        """Return calibrated probabilities of ``OUTPUTS``, shape (n, 21), rows summing to 1.

        The six probabilities of ``LABELS`` are `sum_kinds` of this.
        """
        return calibrated(self.raw(features), self.card.temperature)


def calibrated(outputs: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Return outputs with the confidence that a temperature gives them (above 1: less sure).

    Temperature scaling: C. Guo et al., "On Calibration of Modern Neural Networks", 2017.

    Parameters
    ----------
    outputs : array, shape (n, outputs)
        Probabilities.
    temperature : float
        Above 0; 1 changes nothing but for outputs under 0.0001.
    """
    logits = np.log(np.maximum(outputs, _LEAST_SHARE)) / temperature
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)


def model_names(folder: Path | None = None) -> list[str]:
    """Return the names of the models in a folder, by default those that ship, in order."""
    return sorted(path.stem for path in (folder or models_folder()).glob("*.json"))


def load_model(name: str = DEFAULT_MODEL, folder: Path | None = None) -> Model:
    """Return a model by name.

    Parameters
    ----------
    name : str
        Such as ``"rf"``; or the path of a card, ending in ``.json``, weights beside it.
    folder : Path, optional
        Where cards and weights lie; by default those that came with the program.

    Raises
    ------
    ModelError
        One sentence: no such model, or a card and weights that do not fit.
    """
    folder = folder or models_folder()
    is_card = name.endswith(".json")
    path = Path(name) if is_card else folder / f"{name}.json"
    if not is_card and not path.is_file():
        there = ", ".join(model_names(folder)) or "none"
        raise ModelError(f"There is no model {name!r}; there is: {there}.")
    card = Card.load(path)
    if not card.weights.endswith(".npz"):
        raise ModelError(f"The model {name!r} has weights of an unknown kind: {card.weights}.")
    return Model(card, _forest_of(card, path.with_name(card.weights)))


def _forest_of(card: Card, weights: Path) -> Callable[[Features], NDArray[np.float32]]:
    """Return the forest as a function, once it has shown that it takes what we would feed it."""
    forest = Forest.load(weights)
    silence = look_at([(np.zeros(1, np.float32), 44_100)], card.features)
    shapes = forest_inputs(silence).shape[1], forest.shares.shape[1]
    if shapes != (forest.inputs, len(OUTPUTS)):
        raise ModelError(
            f"The weights of the model {card.name!r} read {forest.inputs} numbers and name "
            f"{forest.shares.shape[1]} sounds; its card promises {shapes[0]} and {len(OUTPUTS)}."
        )
    # A partial and no lambda: executors of processes pickle what they are given.
    return partial(_predict, forest)


def _predict(forest: Forest, features: Features) -> NDArray[np.float32]:
    return forest.predict(forest_inputs(features))


def models_folder() -> Path:
    """Return where the models that came with the program lie.

    In a wheel and in a frozen program that is inside this package; in a checkout, beside it.
    """
    here = Path(__file__).resolve().parent
    inside = here / "models"
    return inside if inside.is_dir() else here.parent / "models"

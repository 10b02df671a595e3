"""A model that names sounds: found by name, held to its card, calibrated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.card import Card
from classifier.errors import ModelError
from classifier.features import Features, forest_inputs, look_at
from classifier.forest import Forest
from classifier.network import Network

# The one that measures best, and where its runtime is not to be had, the best without.
DEFAULT_MODEL: Final = "cnn" if find_spec("ai_edge_litert") else "rf"

# What a network may ask for by the name of an input.
_INPUTS: Final[dict[str, Callable[[Features], NDArray[np.float32]]]] = {
    "fine": lambda features: features.fine,
    "low": lambda features: features.low,
    "rows": forest_inputs,
}


class Answers(NamedTuple):
    """What a model says of n sounds.

    Attributes
    ----------
    probabilities : array, shape (n, outputs), float32
        In the order of the card's `outputs`; each row sums to 1.
    embeddings : array, shape (n, 128), float32, or None
        Sounds that are alike lie close together; None from a model that has none.
    """

    probabilities: NDArray[np.float32]
    embeddings: NDArray[np.float32] | None


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Weights with their card.

    Attributes
    ----------
    card : Card
    raw : callable
        From features of n sounds to answers before calibration.
    """

    card: Card
    raw: Callable[[Features], Answers]

    def predict(self, features: Features) -> Answers:
        """Return calibrated answers.

        The six probabilities of ``LABELS`` are `sum_kinds` of theirs.
        """
        outputs, embeddings = self.raw(features)
        return Answers(self.card.calibration(outputs), embeddings)


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
    weights = path.with_name(card.weights)
    if weights.suffix == ".npz":
        return Model(card, _forest_of(card, weights))
    if weights.suffix == ".tflite":
        return Model(card, _network_of(card, weights))
    raise ModelError(f"The model {name!r} has weights of an unknown kind: {card.weights}.")


def _forest_of(card: Card, weights: Path) -> Callable[[Features], Answers]:
    """Return the forest as a function, once it has shown that it takes what we would feed it."""
    forest = Forest.load(weights)
    takes, gives = forest_inputs(_silence(card)).shape[1], len(card.outputs)
    if (forest.inputs, forest.shares.shape[1]) != (takes, gives):
        raise ModelError(
            f"The weights of the model {card.name!r} read {forest.inputs} numbers and name "
            f"{forest.shares.shape[1]} sounds; its card promises {takes} and {gives}."
        )
    # A partial and no lambda: executors of processes pickle what they are given.
    return partial(_ask_forest, forest)


def _ask_forest(forest: Forest, features: Features) -> Answers:
    return Answers(forest.predict(forest_inputs(features)), None)


def _network_of(card: Card, weights: Path) -> Callable[[Features], Answers]:
    """Return the network as a function, once it has answered for a silent sound."""
    network = Network.load(weights)
    names = tuple(network.input_shapes)
    if not set(names) <= set(_INPUTS):
        raise ModelError(f"The weights of the model {card.name!r} ask for what nobody knows.")
    ask = partial(_ask_network, network, names)
    try:
        fits = ask(_silence(card)).probabilities.shape == (1, len(card.outputs))
    except (ValueError, RuntimeError):
        fits = False
    if not fits:
        raise ModelError(
            f"The weights of the model {card.name!r} do not fit the features and the "
            f"{len(card.outputs)} names on its card."
        )
    return ask


def _ask_network(network: Network, names: tuple[str, ...], features: Features) -> Answers:
    return Answers(*network.predict({name: _INPUTS[name](features) for name in names}))


def _silence(card: Card) -> Features:
    return look_at([(np.zeros(1, np.float32), 44_100)], card.features)


def models_folder() -> Path:
    """Return where the models that came with the program lie.

    In a wheel and in a frozen program that is inside this package; in a checkout, beside it.
    """
    here = Path(__file__).resolve().parent
    inside = here / "models"
    return inside if inside.is_dir() else here.parent / "models"

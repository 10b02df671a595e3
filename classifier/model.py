"""A model that names sounds: found by name, held to its card, calibrated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classifier.calibration import mean_of
from classifier.card import Card
from classifier.default import DEFAULT_MODEL
from classifier.errors import ModelError
from classifier.features import Features, forest_inputs, look_at
from classifier.forest import Forest
from classifier.network import Network

Inputs = Mapping[str, NDArray[np.float32]]

# What weights may ask for, by name.
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
class Weights:
    """Weights of one kind, ready to be asked.

    Attributes
    ----------
    inputs : tuple of str
        What they read, each by name an array of shape (n, ...), float32.
    ask : callable
        From these inputs to answers before calibration.
    """

    inputs: tuple[str, ...]
    ask: Callable[[Inputs], Answers]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Weights with their card.

    Attributes
    ----------
    card : Card
    weights : tuple of Weights
        In the card's order; asked together.
    """

    card: Card
    weights: tuple[Weights, ...]

    def raw(self, features: Features) -> Answers:
        """Return answers before calibration: the mean of all weights', the first's embedding."""
        wanted = {name for weights in self.weights for name in weights.inputs}
        inputs = {name: _INPUTS[name](features) for name in wanted}
        answers = [weights.ask(inputs) for weights in self.weights]
        embeddings = [one.embeddings for one in answers if one.embeddings is not None]
        outputs = mean_of([one.probabilities for one in answers], self.card.votes)
        return Answers(outputs, embeddings[0] if embeddings else None)

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
    silence = look_at([(np.zeros(1, np.float32), 44_100)], card.features)
    return Model(card, tuple(_loaded(path.with_name(file), card, silence) for file in card.weights))


def _loaded(path: Path, card: Card, silence: Features) -> Weights:
    """Return weights that have shown that they take what we would feed them."""
    if path.suffix == ".npz":
        return _forest_of(path, card, silence)
    if path.suffix == ".tflite":
        return _network_of(path, card, silence)
    raise ModelError(f"The model {card.name!r} has weights of an unknown kind: {path.name}.")


def _forest_of(path: Path, card: Card, silence: Features) -> Weights:
    forest = Forest.load(path)
    takes, gives = forest_inputs(silence).shape[1], len(card.outputs)
    if (forest.inputs, forest.shares.shape[1]) != (takes, gives):
        raise ModelError(
            f"The weights of the model {card.name!r} read {forest.inputs} numbers and name "
            f"{forest.shares.shape[1]} sounds; its card promises {takes} and {gives}."
        )
    # A partial and no lambda: executors of processes pickle what they are given.
    return Weights(("rows",), partial(_ask_forest, forest))


def _ask_forest(forest: Forest, inputs: Inputs) -> Answers:
    return Answers(forest.predict(inputs["rows"]), None)


def _network_of(path: Path, card: Card, silence: Features) -> Weights:
    network = Network.load(path)
    # Sorted, pictures come before the numbers that are made of them.
    names = tuple(sorted(network.input_shapes))
    if not set(names) <= set(_INPUTS):
        raise ModelError(f"The weights of the model {card.name!r} ask for what nobody knows.")
    weights = Weights(names, partial(_ask_network, network, names))
    shapes = network.input_shapes
    fits = all(_INPUTS[name](silence).shape[1:] == shapes[name] for name in names)
    if not fits or network.outputs != len(card.outputs):
        raise ModelError(
            f"The weights of the model {card.name!r} do not fit the features and the "
            f"{len(card.outputs)} names on its card."
        )
    return weights


def _ask_network(network: Network, names: tuple[str, ...], inputs: Inputs) -> Answers:
    return Answers(*network.predict({name: inputs[name] for name in names}))


def models_folder() -> Path:
    """Return where the models that came with the program lie.

    In a wheel and in a frozen program that is inside this package; in a checkout, beside it.
    """
    here = Path(__file__).resolve().parent
    inside = here / "models"
    return inside if inside.is_dir() else here.parent / "models"

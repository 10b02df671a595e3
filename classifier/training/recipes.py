"""The models that Kitsort ships, each by its name."""

from __future__ import annotations

from classifier.training.forest import ForestLearner
from classifier.training.learners import Ensemble, Learner


def learner_of(name: str) -> Learner | Ensemble:
    """Return how a model is made.

    Raises
    ------
    KeyError
        If it is none of ``"ensemble"``, ``"cnn"``, ``"mlp"`` and ``"rf"``.
    """
    if name == "rf":
        return ForestLearner()
    # TensorFlow takes seconds to load, and the forest does without it.
    from classifier.training.neural import CNN, MLP  # noqa: PLC0415

    # The CNN has two parts, the forest is one.
    ensemble = Ensemble("ensemble", "CNN and Random Forest", (CNN, ForestLearner()), (2, 1))
    networks: dict[str, Learner | Ensemble] = {"ensemble": ensemble, "cnn": CNN, "mlp": MLP}
    return networks[name]

"""The models that Kitsort ships, each by its name."""

from __future__ import annotations

from typing import Final

from classifier.training.learners import Learner

NAMES: Final = ("cnn", "mlp", "rf")


def learner_of(name: str) -> Learner:
    """Return how a model is made: ``"cnn"``, ``"mlp"`` or ``"rf"``.

    Raises
    ------
    KeyError
        If it is none of ``NAMES``.
    """
    if name == "rf":
        from classifier.training.forest import ForestLearner  # noqa: PLC0415

        return ForestLearner()
    # TensorFlow takes seconds to load, and the forest does without it.
    from classifier.training.neural import CNN, MLP  # noqa: PLC0415

    return {"cnn": CNN, "mlp": MLP}[name]

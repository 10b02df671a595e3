"""What every kind of model must be able to do to be trained, examined and shipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from classifier.training.corpus import Progress
from classifier.training.material import Material, Seen


@dataclass(frozen=True, slots=True)
class Epoch:
    """How a fit stood after an epoch.

    Attributes
    ----------
    loss, accuracy : float
        On what it learns from, altered and blended as it is; the loss is in nats.
    held_out_loss, held_out_accuracy : float or None
        On what it is examined on, as it is: of the outputs, not yet of the six labels. Looked
        at only afterwards; nothing is chosen by them.
    """

    loss: float
    accuracy: float
    held_out_loss: float | None = None
    held_out_accuracy: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A trained model.

    Attributes
    ----------
    predict : callable
        From n sounds to their outputs before calibration, shape (n, outputs).
    suffix : str
        Of the file that weights are saved in: ``".npz"`` or ``".tflite"``.
    save : callable
        Writes them to a path.
    history : tuple of Epoch
        Empty for a model that is not trained in epochs.
    """

    predict: Callable[[Seen], NDArray[np.float32]]
    suffix: str
    save: Callable[[Path], None]
    history: tuple[Epoch, ...] = ()


class Learner(Protocol):
    """A way of making a model."""

    @property
    def name(self) -> str:
        """As in ``--model NAME``."""

    @property
    def title(self) -> str:
        """For people."""

    @property
    def libraries(self) -> tuple[str, ...]:
        """Whose versions the card names."""

    @property
    def recipe(self) -> str:
        """All its settings: the same text makes the same model of the same material."""

    def fit(
        self,
        material: Material,
        chosen: NDArray[np.bool_],
        *,
        checkpoint: Path,
        progress: Progress,
    ) -> Fitted:
        """Learn from the chosen sounds; an interrupted fit goes on from `checkpoint`, a folder.

        All others are held out: looked at for the history, never learned from.
        """


@dataclass(frozen=True, slots=True)
class Ensemble:
    """Models that answer together; what is fitted is its members.

    Attributes
    ----------
    name, title : str
        As of a `Learner`.
    members : tuple of Learner
    votes : tuple of float
        How much each member counts.
    """

    name: str
    title: str
    members: tuple[Learner, ...]
    votes: tuple[float, ...]

    @property
    def libraries(self) -> tuple[str, ...]:
        """Those of all members."""
        return tuple(dict.fromkeys(name for member in self.members for name in member.libraries))

"""What turns a model's outputs into probabilities that mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from classifier.labels import INSTRUMENTS

# A forest may give an output no chance at all; a logarithm can't take that at its word.
_LEAST_SHARE: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Calibration:
    """Temperature and offsets, fitted on sounds that the model was not trained on.

    Softmax(log(outputs) / temperature + offsets): vector scaling with one temperature.
    C. Guo et al., "On Calibration of Modern Neural Networks", 2017.

    Attributes
    ----------
    temperature : float
        Above 1 makes less sure, below 1 surer.
    offsets : tuple of float
        Of each instrument against Other: a model that learnt from as many 808s as kicks takes
        too many sounds for 808s; this puts it right.
    """

    temperature: float = 1.0
    offsets: tuple[float, ...] = (0.0,) * len(INSTRUMENTS)

    def __call__(self, outputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return calibrated probabilities.

        Parameters
        ----------
        outputs : array, shape (n, outputs), float32
            Probabilities: of the instruments, then of Other or its kinds.

        Returns
        -------
        array, shape (n, outputs), float32
            Each row sums to 1, and nothing is impossible.
        """
        logits = np.log(np.maximum(outputs, _LEAST_SHARE)) / self.temperature
        logits[:, : len(INSTRUMENTS)] += self.offsets
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)

    @property
    def is_possible(self) -> bool:
        """Whether it can be used at all."""
        return (
            0.01 <= self.temperature <= 100
            and len(self.offsets) == len(INSTRUMENTS)
            and all(abs(offset) <= 20 for offset in self.offsets)
        )


def mean_of(outputs: Sequence[NDArray[np.float32]], votes: Sequence[float]) -> NDArray[np.float32]:
    """Return the geometric mean of what several weights say, each row summing to 1.

    Parameters
    ----------
    outputs : sequence of array, shape (n, outputs), float32
        Of one it is that one.
    votes : sequence of float
        How much each counts.
    """
    if len(outputs) == 1:
        return outputs[0]
    logits = np.average([np.log(np.maximum(one, _LEAST_SHARE)) for one in outputs], 0, votes)
    shares = np.exp(logits)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)

"""A neural network in LiteRT's format, with an interpreter for each thread that asks it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from classifier.errors import ModelError

if TYPE_CHECKING:
    from ai_edge_litert.interpreter import Interpreter

PROBABILITIES: Final = "probabilities"
EMBEDDING: Final = "embedding"
_AT_ONCE: Final = 8


@dataclass(eq=False)
class Network:
    """Weights and the graph that they belong to; safe to ask from any thread.

    An interpreter is not thread-safe, and holds buffers for one batch of fixed size: each
    thread makes its own at its first question, and keeps it.

    Attributes
    ----------
    weights : bytes
        A flatbuffer with one signature: named inputs and outputs, the first axis of each the
        batch.
    name : str
        Of the file, for what goes wrong.
    """

    weights: bytes
    name: str
    _own: threading.local = field(default_factory=threading.local, repr=False)

    def predict(
        self, inputs: Mapping[str, NDArray[np.float32]]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        """Return what the network makes of n sounds.

        Parameters
        ----------
        inputs : mapping
            For each of `input_shapes`, an array of shape (n, *shape), float32.

        Returns
        -------
        probabilities : array, shape (n, outputs), float32
            Before calibration; each row sums to 1.
        embeddings : array, shape (n, numbers), float32, or None
            Sounds that are alike lie close together; None where the network has none.
        """
        prepared = self._prepared()
        batch = prepared.batch
        count = len(next(iter(inputs.values())))
        parts = [
            prepared.runner(
                **{
                    name: _padded(array[start : start + batch], batch)
                    for name, array in inputs.items()
                }
            )
            for start in range(0, max(count, 1), batch)
        ]
        joined = {name: np.concatenate([part[name] for part in parts])[:count] for name in parts[0]}
        return joined[PROBABILITIES], joined.get(EMBEDDING)

    @property
    def input_shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each input for one sound."""
        return dict(self._prepared().shapes)

    @property
    def outputs(self) -> int:
        """How many probabilities it gives for each sound."""
        return self._prepared().outputs

    def _prepared(self) -> _Prepared:
        if not hasattr(self._own, "prepared"):
            self._own.prepared = _prepare(self.weights)
        prepared: _Prepared = self._own.prepared
        return prepared

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a network and let it answer once.

        Raises
        ------
        ModelError
            If the file is missing or damaged, or there is no LiteRT on this machine.
        """
        try:
            network = cls(path.read_bytes(), path.name)
        except OSError as error:
            raise ModelError(f"The model's weights are missing: {path.name}.") from error
        try:
            shapes = network.input_shapes
            network.predict(
                {name: np.zeros((1, *shape), np.float32) for name, shape in shapes.items()}
            )
        except ImportError as error:
            raise ModelError(
                f"The model {path.stem!r} needs ai-edge-litert, which is not installed here; "
                "the model 'rf' does without."
            ) from error
        except (ValueError, RuntimeError, KeyError, StopIteration) as error:
            raise ModelError(f"The model's weights cannot be read: {path.name}.") from error
        return network

    def __getstate__(self) -> dict[str, Any]:
        """Leave the interpreters at home: another process makes its own."""
        return {"weights": self.weights, "name": self.name}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)  # type: ignore[misc]


def _padded(array: NDArray[np.float32], batch: int) -> NDArray[np.float32]:
    if len(array) == batch:
        return array
    full = np.zeros((batch, *array.shape[1:]), np.float32)
    full[: len(array)] = array
    return full


class _Prepared(NamedTuple):
    """What runs a batch, how many it takes, the shape of each input for one, the outputs."""

    runner: Any
    batch: int
    shapes: dict[str, tuple[int, ...]]
    outputs: int


def _prepare(weights: bytes) -> _Prepared:
    # Loaded with the first network: the forest does without it.
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415

    interpreter: Interpreter = Interpreter(model_content=weights, num_threads=1)
    runner = interpreter.get_signature_runner()
    details = runner.get_input_details()
    shapes = {
        name: tuple(int(size) for size in detail["shape"]) for name, detail in details.items()
    }
    # As many as the weights were converted for; where that was left open, as many as keep the
    # processor's cache.
    [batch] = {int(detail["shape_signature"][0]) for detail in details.values()}
    batch = batch if batch > 0 else _AT_ONCE
    outputs = int(runner.get_output_details()[PROBABILITIES]["shape"][1])
    return _Prepared(runner, batch, {name: shape[1:] for name, shape in shapes.items()}, outputs)

"""A Random Forest as plain arrays, run by a few lines of numpy."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from classifier.errors import ModelError

_ARRAYS: Final[dict[str, np.dtype[Any]]] = {
    "roots": np.dtype(np.int32),
    "feature": np.dtype(np.int16),
    "threshold": np.dtype(np.float32),
    "target": np.dtype(np.int32),
    "shares": np.dtype(np.uint8),
}
# What a damaged archive of arrays can raise; RuntimeError where it claims to be encrypted.
_UNREADABLE: Final = (
    *(OSError, ValueError, KeyError, TypeError, EOFError, RuntimeError, MemoryError),
    *(zipfile.BadZipFile, zlib.error),
)


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """All trees laid behind one another, each in depth-first order.

    Attributes
    ----------
    roots : array, shape (trees,), int32
        Where each tree begins.
    feature : array, shape (nodes,), int16
        Which input a split reads; -1 in leaves.
    threshold : array, shape (nodes,), float32
        An input at or under it goes left: to the next node.
    target : array, shape (nodes,), int32
        Of a split, the node that larger inputs go to; of a leaf, its row in `shares`.
    shares : array, shape (different leaves, outputs), uint8
        Shares of each output in a leaf, of 255.
    inputs : int
        Numbers in one row of input.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    target: NDArray[np.int32]
    shares: NDArray[np.uint8]
    inputs: int

    def predict(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the mean over the trees of the shares in the leaves that each row falls into.

        Parameters
        ----------
        rows : array, shape (n, inputs), float32

        Returns
        -------
        array, shape (n, outputs), float32
            Each row sums to 1.
        """
        arrived = self._leaves_of(rows).reshape(len(self.roots), len(rows))
        sums = self.shares.take(arrived, axis=0).sum(axis=0, dtype=np.float32)
        return np.asarray(sums / sums.sum(axis=1, keepdims=True), dtype=np.float32)

    def _leaves_of(self, rows: NDArray[np.float32]) -> NDArray[np.int32]:
        """Return the leaf that each row falls into, tree by tree: shape (trees * n,).

        All walks take a step at once; those that have arrived are left out of the next.
        """
        values = rows.ravel()
        first = np.tile(np.arange(len(rows)) * rows.shape[1], len(self.roots))
        node = np.repeat(self.roots, len(rows))
        walk = np.arange(len(node))
        leaves = np.empty(len(node), dtype=np.int32)
        while len(node):
            feature, target = self.feature.take(node), self.target.take(node)
            going = np.flatnonzero(feature >= 0)
            if len(going) < len(node):
                leaves[walk] = target
                node, walk, first = node.take(going), walk.take(going), first.take(going)
                feature, target = feature.take(going), target.take(going)
            goes_left = values.take(first + feature) <= self.threshold.take(node)
            node = np.where(goes_left, node + 1, target)
        return leaves

    def save(self, path: Path) -> None:
        """Write the arrays to an ``.npz`` file: no pickle, nothing that runs.

        Not compressed: reading it then costs a tenth, each time the program starts.
        """
        np.savez(
            path,
            allow_pickle=False,
            **{name: getattr(self, name) for name in _ARRAYS},
            inputs=np.int32(self.inputs),
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a forest, and check that no walk through it can go astray.

        Raises
        ------
        ModelError
            If the file is missing, damaged or no forest.
        """
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                forest = cls(
                    **{name: arrays[name] for name in _ARRAYS},
                    inputs=int(arrays["inputs"]),
                )
                sound = forest._is_sound()
        except FileNotFoundError as error:
            raise ModelError(f"The model's weights are missing: {path.name}.") from error
        except _UNREADABLE as error:
            raise ModelError(f"The model's weights cannot be read: {path.name}.") from error
        if not sound:
            raise ModelError(f"The model's weights are damaged: {path.name}.")
        return forest

    def _is_sound(self) -> bool:
        types = {name: getattr(self, name).dtype for name in _ARRAYS}
        nodes = np.arange(len(self.feature))
        lengths = {array.shape for array in (self.feature, self.threshold, self.target)}
        if types != _ARRAYS or lengths != {nodes.shape} or not self._leads_to_leaves():
            return False
        is_leaf = self.feature < 0
        end = np.where(is_leaf, len(self.shares), len(nodes))
        return bool(
            is_leaf[-1]
            and np.all((self.feature >= -1) & (self.feature < self.inputs))
            and np.all((self.target >= 0) & (self.target < end))
            and np.all((self.target > nodes) | is_leaf)
        )

    def _leads_to_leaves(self) -> bool:
        """Tell whether there are trees, that begin at nodes, and leaves that say something."""
        return bool(
            self.shares.ndim == 2
            and np.all(self.shares.any(axis=1))
            and self.roots.ndim == 1
            and len(self.roots)
            and np.all((self.roots >= 0) & (self.roots < len(self.feature)))
        )

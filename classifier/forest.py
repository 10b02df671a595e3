"""A Random Forest as plain arrays, run by a few lines of numpy."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from classifier.errors import ModelError

_ARRAYS: Final = ("roots", "feature", "threshold", "right", "leaf", "shares")


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """All trees laid behind one another, each in depth-first order.

    The left child of a split is the node behind it. A leaf's `right` is the leaf itself and its
    `threshold` minus infinity, so that a walk which has arrived stays where it is.

    Attributes
    ----------
    roots : array, shape (trees,), int32
        Where each tree begins.
    feature : array, shape (nodes,), int16
        Which input a split reads; 0 in leaves.
    threshold : array, shape (nodes,), float32
        An input at or under it goes left.
    right : array, shape (nodes,), int32
        Where a larger input goes.
    leaf : array, shape (nodes,), int32
        Which row of `shares` a leaf has; 0 in splits.
    shares : array, shape (different leaves, outputs), uint8
        Shares of each output in a leaf, of 255.
    depth : int
        Of the deepest tree: after so many steps every walk has arrived.
    inputs : int
        Numbers in one row of input.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    right: NDArray[np.int32]
    leaf: NDArray[np.int32]
    shares: NDArray[np.uint8]
    depth: int
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
        column = np.arange(len(rows))
        node = np.repeat(self.roots[:, None], len(rows), axis=1)
        for _ in range(self.depth):
            goes_left = rows[column, self.feature[node]] <= self.threshold[node]
            node = np.where(goes_left, node + 1, self.right[node])
        sums = self.shares[self.leaf[node]].sum(axis=0, dtype=np.float32)
        return np.asarray(sums / sums.sum(axis=1, keepdims=True), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the arrays to an ``.npz`` file: no pickle, nothing that runs."""
        np.savez_compressed(
            path,
            allow_pickle=False,
            **{name: getattr(self, name) for name in _ARRAYS},
            depth=np.int32(self.depth),
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
            with np.load(path, allow_pickle=False) as arrays:
                forest = cls(
                    **{name: arrays[name] for name in _ARRAYS},
                    depth=int(arrays["depth"]),
                    inputs=int(arrays["inputs"]),
                )
                sound = forest._is_sound()
        except FileNotFoundError as error:
            raise ModelError(f"The model's weights are missing: {path.name}.") from error
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
            raise ModelError(f"The model's weights cannot be read: {path.name}.") from error
        if not sound:
            raise ModelError(f"The model's weights are damaged: {path.name}.")
        return forest

    def _is_sound(self) -> bool:
        nodes = np.arange(len(self.feature))
        same_length = {len(self.threshold), len(self.right), len(self.leaf), len(nodes)}
        is_split = self.right != nodes
        return bool(
            len(same_length) == 1
            and len(nodes)
            and np.all((self.feature >= 0) & (self.feature < self.inputs))
            and np.all((self.right >= nodes) & (self.right < len(nodes)))
            and np.all(np.isneginf(self.threshold[~is_split]))
            and np.all((self.leaf >= 0) & (self.leaf < len(self.shares)))
            and np.all((self.roots >= 0) & (self.roots < len(nodes)))
            and not is_split[-1]
        )

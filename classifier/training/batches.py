"""Batches that a network learns from: drawn by weight, altered anew each time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import keras
import numpy as np
from numpy.typing import NDArray

from classifier.settings import MelSettings
from classifier.training.material import Material, Seen, decibels

BATCH: Final = 128
# Of what is drawn, so much is synthesised, and so much of the real is as it is.
_MADE: Final = 0.07
_AS_IT_IS: Final = 0.25
# Zhang et al., "mixup: beyond empirical risk minimization", 2018.
_MIXUP: Final = 0.3
_SMOOTHING: Final = 0.05

Pictures = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """What is drawn from: chosen real sounds by their weight, and all synthesised ones.

    Attributes
    ----------
    material : Material
    chosen : array of int
        Which of the real ones.
    inputs : tuple of str
        ``("fine", "low")`` or ``("rows",)``: what the network reads.
    """

    material: Material
    chosen: NDArray[np.int64]
    inputs: tuple[str, ...]

    def batches(self, epoch: int) -> Batches:
        """Return the batches of an epoch: as many sounds as there are, most of them drawn."""
        return Batches(self, np.random.default_rng([self.material.seed, epoch]))

    @property
    def sounds(self) -> int:
        """Sounds in an epoch."""
        return round(len(self.chosen) / (1 - _MADE))


class Batches(keras.utils.PyDataset):  # type: ignore[misc]
    """The batches of one epoch, for `keras.Model.fit`."""

    def __init__(self, pool: Pool, rng: np.random.Generator) -> None:
        super().__init__(workers=1, use_multiprocessing=False, max_queue_size=8)
        self._pool = pool
        self._rng = rng
        weights = pool.material.weights[pool.chosen]
        self._real = rng.choice(pool.chosen, len(pool.chosen), p=weights / weights.sum())
        self._made = (
            rng.integers(len(pool.material.made), size=pool.sounds - len(self._real))
            if len(pool.material.made)
            else np.empty(0, np.int64)
        )
        self._order = rng.permutation(len(self._real) + len(self._made))

    def __len__(self) -> int:
        """Return the number of batches."""
        return max(1, len(self._order) // BATCH)

    def __getitem__(self, index: int) -> tuple[dict[str, Any], NDArray[np.float32]]:
        """Return inputs by name, and the shares of the outputs that each should give."""
        order = self._order[index * BATCH : (index + 1) * BATCH]
        is_real = order < len(self._real)
        material = self._pool.material
        real = self._real[order[is_real]]
        made = self._made[order[~is_real] - len(self._real)]
        codes = np.concatenate([material.outputs[real], material.made_outputs[made]])
        targets = np.eye(len(material.corpus.outputs), dtype=np.float32)[codes]
        drawn = self._versions(material.real, real), self._versions(material.made, made)
        inputs = self._altered(
            {name: np.concatenate([part[name] for part in drawn]) for name in self._pool.inputs}
        )
        inputs, targets = self._mixed_up(inputs, targets)
        return inputs, targets * (1 - _SMOOTHING) + np.float32(_SMOOTHING / targets.shape[1])

    def _versions(self, seen: Seen, chosen: NDArray[np.int64]) -> dict[str, NDArray[np.generic]]:
        """Return a version of each sound: as it is, or one of its variants."""
        version = self._rng.integers(seen.rows.shape[1], size=len(chosen))
        version[self._rng.random(len(chosen)) < _AS_IT_IS] = 0
        return {name: getattr(seen, name)[chosen, version] for name in self._pool.inputs}

    def _altered(self, inputs: dict[str, Any]) -> dict[str, Any]:
        if "fine" not in inputs:
            return inputs
        settings = self._pool.material.settings
        fine = decibels(inputs["fine"], settings.fine.floor_db)
        low = decibels(inputs["low"], settings.low.floor_db)
        blend(fine, low, self._rng)
        fine = recoloured(fine, settings.fine, self._rng)
        shift_and_mask(fine, settings.fine, self._rng)
        return {"fine": fine, "low": low}

    def _mixed_up(
        self, inputs: dict[str, Any], targets: NDArray[np.float32]
    ) -> tuple[dict[str, Any], NDArray[np.float32]]:
        """Blend each sound and its label with those of another."""
        share = self._rng.beta(_MIXUP, _MIXUP, len(targets)).astype(np.float32)
        share = np.maximum(share, 1 - share)
        other = self._rng.permutation(len(targets))

        def mixed(values: NDArray[np.float32]) -> NDArray[np.float32]:
            own = share.reshape(-1, *[1] * (values.ndim - 1))
            return own * values + (1 - own) * values[other]

        return {name: mixed(values) for name, values in inputs.items()}, mixed(targets)


def blend(fine: Pictures, low: Pictures, rng: np.random.Generator) -> None:
    """Lay another sound of the batch under some, 10 to 30 dB lower: layers, bleed, a loop."""
    for index in np.flatnonzero(rng.random(len(fine)) < 0.15):
        other, under_db = rng.integers(len(fine)), rng.uniform(10, 30)
        for pictures in (fine, low):
            power = 10 ** (pictures[index] / 10) + 10 ** ((pictures[other] - under_db) / 10)
            pictures[index] = np.minimum(10 * np.log10(power), 0)


def recoloured(fine: Pictures, settings: MelSettings, rng: np.random.Generator) -> Pictures:
    """Return pictures with a tilt, a bend, and for some a floor of noise."""
    count = len(fine)
    band = np.linspace(-1, 1, settings.bands)[None]
    waves, phase = rng.uniform(0.5, 3, (count, 1)), rng.uniform(0, 2, (count, 1))
    gain_db = rng.normal(0, 3, (count, 1)) * band
    gain_db += rng.normal(0, 2, (count, 1)) * np.cos(np.pi * (band * waves + phase))
    fine = fine + gain_db[:, None, :].astype(np.float32)
    fine -= fine.max(axis=(1, 2), keepdims=True)
    hissing = np.flatnonzero(rng.random(count) < 0.3)
    for index in hissing:
        floor = rng.uniform(settings.floor_db, -45) + rng.normal(0, 2, fine.shape[1:])
        fine[index] = np.maximum(fine[index], floor)
    return np.asarray(np.clip(fine, settings.floor_db, 0), dtype=np.float32)


def shift_and_mask(fine: Pictures, settings: MelSettings, rng: np.random.Generator) -> None:
    """Move each picture by up to two frames, and hide a stripe of time or of bands in some.

    D. S. Park et al., "SpecAugment", 2019.
    """
    for picture in fine:
        shift = int(rng.integers(-2, 3))
        if shift > 0:
            picture[shift:] = picture[:-shift].copy()
            picture[:shift] = settings.floor_db
        elif shift < 0:
            picture[:shift] = picture[-shift:].copy()
            picture[shift:] = picture[shift - 1]
        if rng.random() < 0.3:
            first = int(rng.integers(settings.bands - 8))
            picture[:, first : first + int(rng.integers(1, 9))] = settings.floor_db
        if rng.random() < 0.3:
            first = int(rng.integers(4, settings.frames - 16))
            picture[first : first + int(rng.integers(1, 16))] = settings.floor_db

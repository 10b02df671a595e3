"""Training a network with Keras, epoch by epoch, and handing it to LiteRT."""

from __future__ import annotations

import inspect
import json
import math
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from classifier.network import EMBEDDING, PROBABILITIES, Network
from classifier.training import batches, networks
from classifier.training.batches import Pool
from classifier.training.corpus import Progress
from classifier.training.learners import Epoch, Fitted
from classifier.training.material import Material, Seen, decibels
from classifier.training.networks import HEAD_WEIGHT, LOGITS, cnn, mlp

# Sounds that a shipped network takes at once: as many as a chunk of files.
_SHIPPED_BATCH: Final = 16
_ASKED_AT_ONCE: Final = 256
_WARM_UP_EPOCHS: Final = 2
_WEIGHT_DECAY: Final = 0.02

Build = Callable[[Material, NDArray[np.int64], int | None], keras.Model]


@dataclass(frozen=True, slots=True)
class NeuralLearner:
    """Makes a CNN or an MLP.

    Attributes
    ----------
    name, title : str
    inputs : tuple of str
        What the network reads: ``("fine", "low", "rows")`` or ``("rows",)``.
    epochs : int
    rate : float
        Of learning, at its highest; it rises for two epochs and falls along a cosine.
    """

    name: str
    title: str
    inputs: tuple[str, ...]
    epochs: int
    rate: float
    libraries: tuple[str, ...] = ("numpy", "tensorflow", "keras")

    @property
    def recipe(self) -> str:
        """All settings, and the text of what they are settings of."""
        return repr(self) + "".join(inspect.getsource(module) for module in (networks, batches))

    def fit(
        self,
        material: Material,
        chosen: NDArray[np.bool_],
        *,
        checkpoint: Path,
        progress: Progress,
    ) -> Fitted:
        """Train for all epochs, those done before taken from `checkpoint`."""
        fit = _Fit(self, material, np.flatnonzero(chosen), checkpoint)
        while len(fit.history) < self.epochs:
            fit.run_epoch(progress)
        weights = converted(fit.model, self.built(material, np.flatnonzero(chosen), _SHIPPED_BATCH))
        network = Network(weights, f"{self.name}.tflite")
        shutil.rmtree(checkpoint)
        return Fitted(
            predict=lambda seen: network.predict(self.read(seen, material))[0],
            suffix=".tflite",
            save=lambda path: _write(path, weights),
            history=tuple(fit.history),
        )

    def read(self, seen: Seen, material: Material) -> dict[str, NDArray[np.float32]]:
        """Return what the network reads of sounds as they are."""
        read = {"rows": seen.rows[:, 0]}
        if "fine" in self.inputs:
            read["fine"] = decibels(seen.fine[:, 0], material.settings.fine.floor_db)
            read["low"] = decibels(seen.low[:, 0], material.settings.low.floor_db)
        return read

    def built(
        self, material: Material, chosen: NDArray[np.int64], batch: int | None = None
    ) -> keras.Model:
        """Return the network untrained, for batches of any size or of a fixed one."""
        outputs = len(material.corpus.outputs)
        rows = material.real.rows[chosen, 0]
        if "fine" in self.inputs:
            return cnn(material.settings, rows, outputs, batch=batch)
        return mlp(rows, outputs, batch=batch)


class _Fit:
    """A fit under way: the network, its history, and where both are kept after each epoch."""

    def __init__(
        self, learner: NeuralLearner, material: Material, chosen: NDArray[np.int64], folder: Path
    ) -> None:
        self._learner = learner
        self._state = folder / "network.keras"
        self._history = folder / "history.json"
        self._material, self._chosen = material, chosen
        rest = np.setdiff1d(np.arange(len(material.outputs)), chosen)
        self._held_out = learner.read(material.real.taken(rest), material), material.outputs[rest]
        folder.mkdir(parents=True, exist_ok=True)
        self.model, self.history = self._resumed() or (self._begun(), [])
        self._pool = self._pool_for(self.model)

    def _pool_for(self, model: keras.Model) -> Pool:
        heads = tuple(model.output_names)
        return Pool(self._material, self._chosen, self._learner.inputs, heads)

    def _resumed(self) -> tuple[keras.Model, list[Epoch]] | None:
        if not (self._state.is_file() and self._history.is_file()):
            return None
        history = [Epoch(**values) for values in json.loads(self._history.read_text("utf-8"))]
        return keras.saving.load_model(self._state), history

    def _begun(self) -> keras.Model:
        keras.utils.set_random_seed(self._material.seed)
        with _precision("mixed_bfloat16" if _is_quick_at_bfloat16() else "float32"):
            model = self._learner.built(self._material, self._chosen)
        heads, steps = model.output_names, len(self._pool_for(model).batches(0))
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=self._learner.rate / 10,
            decay_steps=max(1, (self._learner.epochs - _WARM_UP_EPOCHS) * steps),
            warmup_target=self._learner.rate,
            warmup_steps=_WARM_UP_EPOCHS * steps,
        )
        model.compile(
            keras.optimizers.AdamW(rate, weight_decay=_WEIGHT_DECAY),
            {name: keras.losses.CategoricalCrossentropy(from_logits=True) for name in heads},
            loss_weights={name: 1.0 if name == LOGITS else HEAD_WEIGHT for name in heads},
            metrics={LOGITS: [keras.metrics.CategoricalAccuracy(name="accuracy")]},
        )
        return model

    def run_epoch(self, progress: Progress) -> None:
        """Train for one epoch, and keep where we are."""
        number = len(self.history)
        drawn = self._pool.batches(number)
        told = _Told(progress, self._learner, number, len(drawn))
        logs = self.model.fit(
            drawn,
            initial_epoch=number,
            epochs=number + 1,
            shuffle=False,
            verbose=0,
            callbacks=[told],
        ).history
        examined = self._examine()
        seen = _of_the_whole({name: values[0] for name, values in logs.items()})
        self.history.append(Epoch(*seen, *examined))
        self._keep()

    def _examine(self) -> tuple[float, float] | tuple[()]:
        inputs, outputs = self._held_out
        if not len(outputs):
            return ()
        logits = self.model.predict(inputs, batch_size=_ASKED_AT_ONCE, verbose=0)[LOGITS]
        logits -= logits.max(axis=1, keepdims=True)
        log_shares = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        loss = -log_shares[np.arange(len(outputs)), outputs].mean()
        return float(loss), float((logits.argmax(axis=1) == outputs).mean())

    def _keep(self) -> None:
        """Write state, then history: a kill between the two repeats an epoch at worst."""
        part = self._state.with_name("part.keras")
        self.model.save(part)
        part.replace(self._state)
        lines = json.dumps([asdict(epoch) for epoch in self.history])
        part = self._history.with_suffix(".part")
        part.write_text(lines, encoding="utf-8")
        part.replace(self._history)


@contextmanager
def _precision(policy: str) -> Iterator[None]:
    """Let the layers made meanwhile calculate in another precision."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _is_quick_at_bfloat16() -> bool:
    """Tell whether this machine has instructions for it; others would imitate them slowly."""
    if tf.config.list_physical_devices("GPU"):
        return True
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:  # not on Linux
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags


class _Told(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells the progress of each batch, with the loss and the accuracy so far."""

    def __init__(
        self, progress: Progress, learner: NeuralLearner, epoch: int, batches: int
    ) -> None:
        super().__init__()
        self._progress, self._title = progress, learner.title
        self._done, self._total = epoch * batches, learner.epochs * batches

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Say it."""
        loss, accuracy = _of_the_whole(logs or {})
        said = f"{self._title}: loss {loss:.3f}, accuracy {accuracy:.1%}"
        self._progress(said, self._done + batch + 1, self._total)


def _of_the_whole(logs: dict[str, float]) -> tuple[float, float]:
    """Return loss and accuracy of the network's own answer, whatever other heads it has."""
    loss = logs.get(f"{LOGITS}_loss", logs.get("loss", math.nan))
    return loss, logs.get(f"{LOGITS}_accuracy", logs.get("accuracy", math.nan))


def converted(trained: keras.Model, shipped: keras.Model) -> bytes:
    """Return a trained network as LiteRT's flatbuffer, for batches of a fixed size.

    Weights are stored as 8-bit whole numbers, sums stay float32: a quarter of the size, and
    faster.

    Parameters
    ----------
    trained, shipped : keras.Model
        Of the same shape; the second for a fixed batch, its weights are overwritten.
    """
    shipped.set_weights(trained.get_weights())
    answers = {PROBABILITIES: keras.layers.Softmax()(shipped.get_layer(LOGITS).output)}
    answers[EMBEDDING] = shipped.get_layer(EMBEDDING).output
    whole = keras.Model({item.name: item for item in shipped.inputs}, answers)
    with tempfile.TemporaryDirectory() as folder:
        whole.export(folder, format="tf_saved_model", verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        return bytes(converter.convert())


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


CNN: Final = NeuralLearner("cnn", "CNN", ("fine", "low", "rows"), epochs=16, rate=2e-3)
MLP: Final = NeuralLearner("mlp", "MLP", ("rows",), epochs=60, rate=1e-3)

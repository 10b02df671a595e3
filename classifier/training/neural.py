"""Training a network with Keras, epoch by epoch, and handing it to LiteRT."""

from __future__ import annotations

import inspect
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
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
from classifier.training.networks import LOGITS, cnn, mlp

_ASKED_AT_ONCE: Final = 256
_WARM_UP_EPOCHS: Final = 2
_WEIGHT_DECAY: Final = 0.02


@dataclass(frozen=True, slots=True)
class Part:
    """One network, trained by itself.

    Attributes
    ----------
    title : str
        For people who watch its progress.
    inputs : tuple of str
        What it reads: ``("fine", "low")``, looked at by a CNN, or ``("rows",)``, by an MLP.
    epochs : int
    rate : float
        Of learning, at its highest; it rises for two epochs and falls along a cosine.
    """

    title: str
    inputs: tuple[str, ...]
    epochs: int
    rate: float

    def built(
        self, material: Material, chosen: NDArray[np.int64], batch: int | None = None
    ) -> keras.Model:
        """Return the network untrained, for batches of any size or of a fixed one."""
        outputs = len(material.corpus.outputs)
        if "fine" in self.inputs:
            return cnn(material.settings, outputs, batch=batch)
        return mlp(material.real.rows[chosen, 0], outputs, batch=batch)

    def read(self, seen: Seen, material: Material) -> dict[str, NDArray[np.float32]]:
        """Return what the network reads of sounds as they are."""
        if "rows" in self.inputs:
            return {"rows": seen.rows[:, 0]}
        return {
            "fine": decibels(seen.fine[:, 0], material.settings.fine.floor_db),
            "low": decibels(seen.low[:, 0], material.settings.low.floor_db),
        }


@dataclass(frozen=True, slots=True)
class NeuralLearner:
    """Makes a CNN or an MLP.

    Attributes
    ----------
    name, title : str
    parts : tuple of Part
        Trained one after the other. The mean of their logits is the answer, and errs less than
        the best of them; trained as one they would lean on each other, and gain less.
    """

    name: str
    title: str
    parts: tuple[Part, ...]
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
        """Train all parts for all epochs, those done before taken from `checkpoint`."""
        indices = np.flatnonzero(chosen)
        fits = [
            _Fit(part, material, indices, checkpoint / str(number))
            for number, part in enumerate(self.parts)
        ]
        for fit in fits:
            fit.run(progress)
        shipped = [part.built(material, indices) for part in self.parts]
        weights = converted([fit.model for fit in fits], shipped)
        network = Network(weights, f"{self.name}.tflite")
        shutil.rmtree(checkpoint)
        return Fitted(
            predict=lambda seen: network.predict(self.read(seen, material))[0],
            suffix=".tflite",
            save=lambda path: _write(path, weights),
            history=tuple(fits[0].history),
        )

    def read(self, seen: Seen, material: Material) -> dict[str, NDArray[np.float32]]:
        """Return what the parts read of sounds as they are."""
        return {
            name: values
            for part in self.parts
            for name, values in part.read(seen, material).items()
        }


class _Fit:
    """A fit under way: the network, its history, and where both are kept after each epoch."""

    def __init__(
        self, part: Part, material: Material, chosen: NDArray[np.int64], folder: Path
    ) -> None:
        self._part = part
        self._state = folder / "network.keras"
        self._history = folder / "history.json"
        self._pool = Pool(material, chosen, part.inputs)
        rest = np.setdiff1d(np.arange(len(material.outputs)), chosen)
        self._held_out = part.read(material.real.taken(rest), material), material.outputs[rest]
        folder.mkdir(parents=True, exist_ok=True)
        self.model, self.history = self._resumed() or (self._begun(), [])

    def run(self, progress: Progress) -> None:
        """Train for the epochs that are left."""
        while len(self.history) < self._part.epochs:
            self._run_epoch(progress)

    def _resumed(self) -> tuple[keras.Model, list[Epoch]] | None:
        if not (self._state.is_file() and self._history.is_file()):
            return None
        history = [Epoch(**values) for values in json.loads(self._history.read_text("utf-8"))]
        return keras.saving.load_model(self._state), history

    def _begun(self) -> keras.Model:
        keras.utils.set_random_seed(self._pool.material.seed)
        with _precision("mixed_bfloat16" if _is_quick_at_bfloat16() else "float32"):
            model = self._part.built(self._pool.material, self._pool.chosen)
        steps = len(self._pool.batches(0))
        rate = keras.optimizers.schedules.CosineDecay(
            initial_learning_rate=self._part.rate / 10,
            decay_steps=max(1, (self._part.epochs - _WARM_UP_EPOCHS) * steps),
            warmup_target=self._part.rate,
            warmup_steps=_WARM_UP_EPOCHS * steps,
        )
        model.compile(
            keras.optimizers.AdamW(rate, weight_decay=_WEIGHT_DECAY),
            keras.losses.CategoricalCrossentropy(from_logits=True),
            metrics=[keras.metrics.CategoricalAccuracy(name="accuracy")],
        )
        return model

    def _run_epoch(self, progress: Progress) -> None:
        """Train for one epoch, and keep where we are."""
        number = len(self.history)
        drawn = self._pool.batches(number)
        told = _Told(progress, self._part, number, len(drawn))
        logs = self.model.fit(
            drawn,
            initial_epoch=number,
            epochs=number + 1,
            shuffle=False,
            verbose=0,
            callbacks=[told],
        ).history
        examined = self._examine()
        self.history.append(Epoch(logs["loss"][0], logs["accuracy"][0], *examined))
        self._keep()

    def _examine(self) -> tuple[float, float] | tuple[()]:
        inputs, outputs = self._held_out
        if not len(outputs):
            return ()
        logits = self.model.predict(inputs, batch_size=_ASKED_AT_ONCE, verbose=0)
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

    def __init__(self, progress: Progress, part: Part, epoch: int, batches: int) -> None:
        super().__init__()
        self._progress, self._title = progress, part.title
        self._done, self._total = epoch * batches, part.epochs * batches

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Say it."""
        said = f"loss {logs['loss']:.3f}, accuracy {logs['accuracy']:.1%}" if logs else ""
        self._progress(f"{self._title}: {said}", self._done + batch + 1, self._total)


def converted(trained: Sequence[keras.Model], shipped: Sequence[keras.Model]) -> bytes:
    """Return trained networks as one, in LiteRT's flatbuffer.

    Its logits are the mean of theirs, its embedding that of the first. Weights are stored as
    8-bit whole numbers, sums stay float32: a quarter of the size, and faster.

    Parameters
    ----------
    trained, shipped : sequence of keras.Model
        Of the same shapes; the second ones in float32, their weights are overwritten. How many
        sounds they take at once is left open: `classifier.network` settles it.
    """
    for before, after in zip(trained, shipped, strict=True):
        after.set_weights(before.get_weights())
    inputs = {item.name: item for model in shipped for item in model.inputs}
    said = [_answered(model, number) for number, model in enumerate(shipped)]
    logits, embeddings = zip(*said, strict=True)
    mean = keras.layers.Average()(logits) if len(logits) > 1 else logits[0]
    answers = {PROBABILITIES: keras.layers.Softmax()(mean), EMBEDDING: embeddings[0]}
    with tempfile.TemporaryDirectory() as folder:
        keras.Model(inputs, answers).export(folder, format="tf_saved_model", verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        return bytes(converter.convert())


def _answered(model: keras.Model, number: int) -> list[Any]:
    """Return logits and embedding of a network as one layer, so that no names meet."""
    parts = [model.get_layer(name).output for name in (LOGITS, EMBEDDING)]
    answers: list[Any] = keras.Model(model.inputs, parts, name=f"part_{number}")(model.inputs)
    return answers


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


_PICTURES: Final = Part("CNN", ("fine", "low"), epochs=32, rate=2e-3)
_NUMBERS: Final = Part("MLP", ("rows",), epochs=40, rate=1e-3)
CNN: Final = NeuralLearner("cnn", "CNN", (_PICTURES, _NUMBERS))
MLP: Final = NeuralLearner("mlp", "MLP", (_NUMBERS,))

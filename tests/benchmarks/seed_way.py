"""How the seed project classifies: one file after another through librosa and Keras.

    python tests/benchmarks/seed_way.py FILE... [--rounds 3]

Each file is loaded and resampled to 22,050 Hz, trimmed, turned into a mel spectrogram in dB, cut or
padded to one size, and given alone to a Keras model's `predict`. The network is a small untrained
one: what it says does not matter here, only how long it takes.

Prints ``ready`` once the first files have warmed everything up, then the seconds of each round, a
line each. With ``--wait`` a round begins when a line comes in, so that other measurements can be
made between the rounds.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import librosa
import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 22_050
BANDS: Final = 128
FRAMES: Final = 128
OUTPUTS: Final = 6
WARM_UP: Final = 5


def build_model() -> Any:
    """Return a small convolutional network, as tutorials have it."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((BANDS, FRAMES, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(64, activation="relu"),
            layers.Dense(OUTPUTS, activation="softmax"),
        ]
    )


def spectrogram(path: Path) -> NDArray[np.float32]:
    """Return the picture of a file, shape (BANDS, FRAMES), in dB."""
    samples, _ = librosa.load(path, sr=SAMPLE_RATE)
    trimmed, _ = librosa.effects.trim(samples)
    heard = trimmed if len(trimmed) else samples
    mel = librosa.feature.melspectrogram(y=heard, sr=SAMPLE_RATE, n_mels=BANDS)
    return librosa.util.fix_length(librosa.power_to_db(mel, ref=np.max), size=FRAMES, axis=1)


def classify(model: Any, path: Path) -> NDArray[np.float32]:
    """Return the network's outputs for one file, shape (OUTPUTS,)."""
    return np.asarray(model.predict(spectrogram(path)[None, ..., None], verbose=0)[0])


def time_round(model: Any, paths: Sequence[Path]) -> float:
    """Return how many seconds all files take."""
    started = time.perf_counter()
    for path in paths:
        classify(model, path)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--wait", action="store_true", help="begin a round when a line comes in")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")  # sounds shorter than a window
    model = build_model()
    time_round(model, arguments.files[-WARM_UP:])
    print("ready", flush=True)
    for _ in range(arguments.rounds):
        if arguments.wait and not sys.stdin.readline():
            return
        print(time_round(model, arguments.files), flush=True)


if __name__ == "__main__":
    main()

"""A library in two folders in which everything occurs, and the rows of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from app.core.browsing.loading import deepen, load
from app.core.browsing.rows import Rows
from app.core.catalog.database import Database
from app.core.catalog.marks import comment, correct, favour, tag
from app.core.catalog.states import State
from classifier import KINDS, LABELS, OTHER, Model
from tests.helpers.libraries import sample_at, samples, scanned, sound
from tests.helpers.trees import make_tree

# One threshold has more digits than the column keeps.
THRESHOLDS = (0.8, 0.8179370760917664)
_NAMES = ("Kick {}", "snare {}", "808 {}", "Open Hat {}", "hat closed {}", "clap {}", "Straße {}")


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory, tiny: Model) -> Iterator[Database]:
    """Return a catalog of 40 samples, with what they sound like written in; nobody changes it."""
    folder = tmp_path_factory.mktemp("browsing")
    tree = {
        f"{'Packs/Vol 2' if n % 3 else 'Loops'}/{_NAMES[n % len(_NAMES)].format(n)}.wav": sound(n)
        for n in range(31)
    }
    tree |= {"Loops/Kick 1 again.wav": sound(1), "Packs/Vol 2/808 2 again.wav": sound(2)}
    tree |= {f"Packs/{name}.wav": sound(100 + n) for n, name in enumerate(("wait", "cloud", "go"))}
    tree |= {"Packs/bad.wav": b"x", f"Packs/{os.fsdecode(bytes([0xFF]))}.wav": sound(110)}
    tree |= {"Loops/Vol 10/kick.wav": sound(111), "Loops/Vol 9/kick.wav": sound(112)}
    make_tree(folder, tree)
    with Database.open(folder / "catalog.sqlite") as database:
        scanned(database, tiny, folder / "Packs", folder / "Loops")
        _let_sound(database, folder)
        _say(database, folder)
        yield database


def _let_sound(database: Database, folder: Path) -> None:
    """Write what the sounds are like: every label, kind and level, and where there is none."""
    rng = np.random.default_rng(5)
    below = [float(np.nextafter(np.float32(least), np.float32(0))) for least in THRESHOLDS]
    confidences = [*THRESHOLDS, *below, 0.0, 1.0, 0.35, 0.999]
    everything = samples(database)
    with database.transaction() as connection:
        connection.execute("INSERT INTO models VALUES (7, 'other', '1', ?)", (THRESHOLDS[1],))
        connection.execute("UPDATE models SET threshold = ? WHERE id <> 7", (THRESHOLDS[0],))
        for n, sample in enumerate(everything):
            label = n % len(LABELS)
            kind = int(rng.integers(len(KINDS))) if LABELS[label] == OTHER and n % 4 else None
            connection.execute(
                "UPDATE predictions SET label = ?, confidence = ?, kind = ?, "
                "model = iif(? % 2, 7, model) WHERE sample = ?",
                (label, confidences[n % len(confidences)], kind, n, sample.id),
            )
            levels = [float(level) for level in rng.uniform(-90, 3, 2)]
            levels_or_none = levels if n % 5 else [None, None]  # silence has none
            hz = [float(rng.uniform(20, 2_000)) if n % 3 else None, float(rng.uniform(20, 2e4))]
            connection.execute(
                "UPDATE samples SET peak_dbfs = ?, rms_dbfs = ?, root_hz = ?, root_confidence = "
                "0.5, centroid_hz = ?, duration_s = ?, is_stereo = ?, added_at = ? "
                "WHERE id = ? AND duration_s IS NOT NULL",
                (*levels_or_none, *hz, float(rng.uniform(0, 400)), n % 2, 1.7e9 + n, sample.id),
            )
        for name, state in (("wait", State.WAITING), ("cloud", State.ONLINE_ONLY)):
            number = sample_at(database, folder / f"Packs/{name}.wav").id
            connection.execute("DELETE FROM predictions WHERE sample = ?", (number,))
            connection.execute("UPDATE samples SET state = ? WHERE id = ?", (state, number))
        gone = sample_at(database, folder / "Packs/go.wav").id
        connection.execute("UPDATE samples SET state = ? WHERE id = ?", (State.VANISHED, gone))


def _say(database: Database, folder: Path) -> None:
    heard = [one for one in samples(database, sort="name") if one.label and one.content]
    for one, label in zip(heard[::5], LABELS, strict=False):
        correct(database, [one], label)
    wrong = next(one for one in samples(database, disagrees=True) if one.label != OTHER)
    correct(database, [wrong], OTHER)
    tag(database, heard[::4], add=["punchy", "Vinyl", "a b", "ü", "zz"])
    tag(database, heard[1::4], add=["punchy"])
    comment(database, heard[3:5], "from Grandma's tape\nSide B")
    favour(database, [sample_at(database, folder / "Loops/Kick 1 again.wav")], is_favourite=True)
    favour(database, heard[6:9], is_favourite=True)


@pytest.fixture
def rows(library: Database) -> Rows:
    """Return all of it as a table shows it."""
    found = Rows()
    found.take(load(library))
    found.deepen(deepen(library, found.names))
    return found

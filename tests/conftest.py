"""What holds for every test: how hard it tries, and that it leaves no thread behind."""

from __future__ import annotations

import os
import sqlite3  # noqa: F401 - before TensorFlow, whose own SQLite lacks the full-text search
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.helpers.effort import ALL

if TYPE_CHECKING:
    from classifier import Model

# As the program does, before numpy is loaded: its threads and ours would fight.
for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# No screen is needed, and where there is one, it is left alone.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
for _display in ("DISPLAY", "WAYLAND_DISPLAY"):
    os.environ.pop(_display, None)

# Nobody's own catalog is read or written by a test.
os.environ["KITSORT_CATALOG"] = os.path.join(tempfile.gettempdir(), "kitsort-tests", "none.sqlite")  # noqa: PTH118

settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("all", max_examples=1_000, deadline=None, print_blob=True)
settings.load_profile("all" if ALL else "ci")

_PATIENCE_S = 2.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason="slow: set KITSORT_TESTS=all")
    for item in items:
        if not ALL and item.get_closest_marker("slow"):
            item.add_marker(skip)


@pytest.fixture(autouse=True)
def _no_thread_survives() -> Iterator[None]:
    """Fail a test that leaves a thread alive which would keep the program from ending."""
    before = set(threading.enumerate())
    yield
    started = [thread for thread in threading.enumerate() if thread not in before]
    left = [thread for thread in started if not thread.daemon]
    for thread in left:
        thread.join(_PATIENCE_S)
    alive = [thread.name for thread in left if thread.is_alive()]
    assert not alive, f"threads left behind: {alive}"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of labelled sounds, which lies outside the project."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "corpus"
    folder = Path(os.environ.get("KITSORT_CORPUS", beside))
    if not (folder / "manifest.csv").is_file():
        pytest.skip("no corpus: set KITSORT_CORPUS to its folder")
    return folder


@pytest.fixture(scope="session")
def model() -> Model:
    """Return the model that ships; nothing can change it."""
    from classifier import load_model  # noqa: PLC0415

    return load_model()

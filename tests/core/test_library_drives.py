"""Drives that are slow, dead or pulled out while they are scanned."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.core import library
from app.core.catalog.database import Database
from app.core.catalog.problems import problems
from app.core.catalog.states import State
from app.core.jobs import CancelledError, Job
from classifier import Model
from tests.helpers.libraries import samples, scanned, sound
from tests.helpers.trees import make_tree


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tree = {f"{number % 3}/{number}.wav": sound(number) for number in range(40)}
    return make_tree(tmp_path / "library", tree)


class Stuck:
    """Stands for a drive that does not answer: reading from one folder never ends."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.over = threading.Event()
        real = library.content_id

        def hang(path: str) -> bytes:
            if path.startswith(str(folder)):
                self.over.wait(30)
            return real(path)

        monkeypatch.setattr(library, "content_id", hang)


def test_a_drive_that_does_not_answer_is_left_behind(
    database: Database,
    folder: Path,
    tiny: Model,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead = make_tree(tmp_path / "dead", {f"{n}.wav": sound(100 + n) for n in range(50)})
    stuck = Stuck(dead, monkeypatch)
    monkeypatch.setattr("app.core.pool._LAST_WAIT_S", 0.01)
    began = time.monotonic()
    done = scanned(database, tiny, dead, folder, patience_s=0.3)
    assert time.monotonic() - began < 10
    assert done.offline == {str(dead)}
    assert done.analysed == 40
    stuck.over.set()
    monkeypatch.undo()
    assert scanned(database, tiny).analysed == 50
    assert problems(database) == []


def test_a_drive_that_is_only_slow_is_waited_for(
    database: Database, folder: Path, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = library.content_id

    def slow(path: str) -> bytes:
        time.sleep(0.05)
        return real(path)

    monkeypatch.setattr(library, "content_id", slow)
    done = scanned(database, tiny, folder, patience_s=0.4)
    assert (done.analysed, done.offline) == (40, set())


def test_a_dead_drive_is_not_waited_for_when_files_were_moved(
    database: Database, folder: Path, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(database, tiny, folder)
    (folder / "0").rename(folder / "elsewhere")
    stuck = Stuck(folder, monkeypatch)
    monkeypatch.setattr("app.core.pool._LAST_WAIT_S", 0.01)
    began = time.monotonic()
    done = scanned(database, tiny, patience_s=0.2)
    assert time.monotonic() - began < 5
    assert done.offline == {str(folder)}
    stuck.over.set()
    monkeypatch.undo()
    scanned(database, tiny)
    assert all(one.label for one in samples(database))


def test_a_cancel_does_not_wait_for_a_dead_drive(
    database: Database, folder: Path, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck = Stuck(folder, monkeypatch)
    monkeypatch.setattr("app.core.pool._LAST_WAIT_S", 0.01)
    job = Job()
    timer = threading.Timer(0.3, job.cancel)
    timer.start()
    began = time.monotonic()
    with pytest.raises(CancelledError):
        scanned(database, tiny, folder, job=job)
    assert time.monotonic() - began < 0.3 + 0.5 + 0.5
    stuck.over.set()
    timer.join()


def test_a_drive_that_is_pulled_out_leaves_no_problems(
    database: Database, folder: Path, tiny: Model, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = library.classify_all

    def pulled(paths: Sequence[str], model: Model) -> Any:
        if folder.exists():
            folder.rename(tmp_path / "pulled")
        return real(paths, model)

    monkeypatch.setattr(library, "classify_all", pulled)
    done = scanned(database, tiny, folder)
    assert done.offline == {str(folder)}
    assert problems(database) == []
    assert {one.state for one in samples(database)} <= {State.WAITING, State.DONE}
    (tmp_path / "pulled").rename(folder)
    monkeypatch.undo()
    scanned(database, tiny)
    assert all(one.label for one in samples(database))

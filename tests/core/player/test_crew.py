"""Threads that are waited for, and left behind where they hang."""

from __future__ import annotations

import threading
import time
from functools import partial

import pytest

from app.core.player import crew
from app.core.player.crew import Crew


def test_those_that_end_are_waited_for() -> None:
    threads, ended, go = Crew(), [], threading.Event()

    def work() -> None:
        assert go.wait(10)
        ended.append(threading.current_thread())

    for _ in range(3):
        threads.start("x", work)
    go.set()
    threads.join()
    assert len(ended) == 3
    assert all(one.daemon and not one.is_alive() for one in ended)
    threads.start("y", lambda: None)
    assert len(threads._threads) == 1


def test_one_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "_LAST_WAIT_S", 0.05)
    threads, hang, joined = Crew(), threading.Event(), threading.Event()

    def wait_for_itself() -> None:
        threads.join()
        joined.set()

    threads.start("hangs", partial(hang.wait, 10))
    began = time.monotonic()
    threads.join()
    assert time.monotonic() - began < 5
    threads.start("waits for itself", wait_for_itself)
    assert joined.wait(5)
    hang.set()

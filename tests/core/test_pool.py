"""Threads that do their work, and can be left behind."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from typing import Any

import pytest

from app.core.pool import WorkerPool


def test_work_is_done_and_errors_come_back() -> None:
    with WorkerPool(3) as pool:
        futures = [pool.submit(pow, 2, number) for number in range(50)]
        assert [future.result(5) for future in futures] == [2**number for number in range(50)]
        assert isinstance(pool.submit(int, "x").exception(5), ValueError)
        assert list(pool.map(abs, [-1, 2])) == [1, 2]


def test_what_was_handed_in_is_done_before_the_end() -> None:
    done: list[int] = []
    with WorkerPool(1) as pool:
        for number in range(20):
            pool.submit(done.append, number)
    assert done == list(range(20))
    with pytest.raises(RuntimeError):
        pool.submit(abs, 1)


def test_work_that_has_not_begun_can_be_cancelled() -> None:
    go = threading.Event()
    pool = WorkerPool(1)
    first = pool.submit(go.wait, 5)
    others: list[Future[Any]] = [pool.submit(abs, 1) for _ in range(5)]
    while not first.running():
        time.sleep(0.001)
    go.set()
    pool.shutdown(cancel_futures=True)
    assert first.result(5)
    assert all(future.cancelled() or future.done() for future in others)


def test_a_thread_that_hangs_holds_up_neither_the_others_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("app.core.pool._LAST_WAIT_S", 0.05)
    hang = threading.Event()
    pool = WorkerPool(1)
    stuck = pool.submit(hang.wait, 30)
    while not stuck.running():
        time.sleep(0.001)
    before = threading.active_count()
    pool.replace_busy()
    pool.replace_busy()
    assert threading.active_count() == before + 1
    assert pool.submit(abs, -3).result(5) == 3
    began = time.monotonic()
    pool.shutdown()
    assert time.monotonic() - began < 5
    assert stuck.running()
    hang.set()


def test_a_pool_is_as_wide_as_it_is_told() -> None:
    meet = threading.Barrier(4, timeout=5)
    with WorkerPool(4) as pool:
        assert sorted(future.result(5) for future in [pool.submit(meet.wait) for _ in range(4)])

"""Threads that can be left behind: one that hangs on a dead drive holds up nothing."""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable
from concurrent import futures
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any, Final, ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")
_Task = Callable[[], None]
# What a thread is given to finish what it is at, when all shall end.
_LAST_WAIT_S: Final = 5.0
_BACK: Final = 10


class WorkerPool(Executor):
    """A pool of daemon threads.

    The standard library's waits for its threads when the program ends, for ever if one of them
    reads from a drive that has gone; this one waits a moment.

    Parameters
    ----------
    threads : int, optional
        By default one for each core.
    gives_way : bool
        Whether others of this program, such as a window, get the processor first; where the
        system knows priorities of threads, as Linux does.
    """

    def __init__(self, threads: int | None = None, *, gives_way: bool = False) -> None:
        self._gives_way = gives_way
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._pending: set[Future[Any]] = set()
        self._busy: set[threading.Thread] = set()
        self._left_behind: set[threading.Thread] = set()
        self._is_shut_down = False
        self._start(threads or os.cpu_count() or 1)

    def replace_busy(self) -> None:
        """Start a thread in the place of each that is at work, because they hang."""
        hanging = self._busy - self._left_behind
        self._left_behind |= hanging
        self._start(len(hanging))

    def _start(self, count: int) -> None:
        for _ in range(count):
            thread = threading.Thread(target=self._work, name="kitsort-worker", daemon=True)
            self._threads.append(thread)
            thread.start()

    def submit(
        self,
        work: Callable[_Arguments, _Result],
        /,
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> Future[_Result]:
        """Hand in work, to be done in turn."""
        if self._is_shut_down:
            raise RuntimeError("cannot schedule new futures after shutdown")
        future: Future[_Result] = Future()

        def run() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                result = work(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - it is the caller's to see
                future.set_exception(error)
            else:
                future.set_result(result)

        self._pending.add(future)
        future.add_done_callback(self._pending.discard)
        self._tasks.put(run)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the threads once all is done, or all that had begun; those that hang stay behind.

        It is waited for as long as anything is done every few seconds.
        """
        if cancel_futures:
            for future in list(self._pending):
                future.cancel()
        if not self._is_shut_down:
            self._is_shut_down = True
            for _ in self._threads:
                self._tasks.put(None)
        pending = set(self._pending)
        while wait and pending:
            done, pending = futures.wait(pending, _LAST_WAIT_S, futures.FIRST_COMPLETED)
            if not done:
                return
        for thread in self._threads if wait else ():
            if thread not in self._left_behind:
                thread.join(_LAST_WAIT_S)

    def _work(self) -> None:
        own = threading.current_thread()
        if self._gives_way:
            _step_back()
        while (task := self._tasks.get()) is not None:
            self._busy.add(own)
            task()
            self._busy.discard(own)
            del task  # or its results stay in memory until the next one comes


def _step_back() -> None:
    """Let all other threads of this program have the processor first."""
    if sys.platform.startswith("linux"):  # elsewhere it would be the whole program
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _BACK)

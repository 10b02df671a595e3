"""Work beside the window: a thread for each kind of it, results back where they were asked for."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from app.core.errors import AppError
from app.core.jobs import CancelledError
from classifier import ClassifierError

_PATIENCE_S: Final = 5.0
# What the user said is written, even where another program holds the catalog for a while.
_LONG_PATIENCE_S: Final = 30.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Task:
    work: Callable[[], Any]
    succeeded: Callable[[Any], None]
    failed: Callable[[Exception], None]


class Worker(QObject):
    """A thread that does one thing after the other.

    Of each task exactly one of `succeeded`, `failed` is called, in the thread of the window; of
    a task that was cancelled `failed`, with the `CancelledError`. What raises anything but an
    `AppError` is a bug, and comes up as one.
    """

    _ended = Signal(object, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)
        self._waiting = 0
        self._is_closed = False
        # A daemon: a drive that does not answer shall not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=f"kitsort-{name}", daemon=True)
        self._thread.start()

    @property
    def is_busy(self) -> bool:
        """Whether something is under way, or its result is."""
        return self._waiting > 0

    def do(
        self,
        work: Callable[[], Result],
        succeeded: Callable[[Result], None],
        failed: Callable[[Exception], None],
    ) -> None:
        """Have something done when its turn comes."""
        if not self._is_closed:
            self._waiting += 1
            self._tasks.put(_Task(work, succeeded, failed))

    def close(self, *, finishes: bool = False) -> bool:
        """Let what is under way end; tell whether it has ended in time.

        Parameters
        ----------
        finishes : bool
            Whether what waits is done first, or left.
        """
        self._is_closed = True
        while not finishes and not self._tasks.empty():
            self._tasks.get()
        self._tasks.put(None)
        self._thread.join(_LONG_PATIENCE_S if finishes else _PATIENCE_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            try:
                outcome: object = task.work()
            except Exception as error:  # noqa: BLE001 - it is raised again where it is seen
                outcome = _Failure(error)
            if not self._is_closed:
                self._ended.emit(task, outcome)

    def _on_ended(self, task: _Task, outcome: object) -> None:
        self._waiting -= 1
        if self._is_closed:
            return
        if not isinstance(outcome, _Failure):
            task.succeeded(outcome)
        elif isinstance(outcome.error, AppError | ClassifierError | CancelledError):
            task.failed(outcome.error)
        else:
            raise outcome.error


@dataclass(frozen=True, slots=True)
class _Failure:
    error: Exception


def ignore(_: object) -> None:
    """Show nothing of a result."""

"""Threads of a player: left behind where they hang, waited for where they do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

# What all of them together are given to finish what they are at.
_LAST_WAIT_S: Final = 2.0


class Crew:
    """Daemon threads that can be waited for.

    One that is inside a C++ library when the interpreter goes takes the process down with it.
    """

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def start(self, name: str, work: Callable[[], object]) -> None:
        """Start a thread."""
        thread = threading.Thread(target=work, name=f"kitsort-{name}", daemon=True)
        with self._lock:
            self._threads = [one for one in self._threads if one.is_alive()]
            thread.start()
            self._threads.append(thread)

    def join(self) -> None:
        """Wait a moment until all have ended, but for who asks."""
        deadline = time.monotonic() + _LAST_WAIT_S
        with self._lock:
            others = [one for one in self._threads if one is not threading.current_thread()]
        for thread in others:
            thread.join(max(0.0, deadline - time.monotonic()))

"""One writer at a time, over all programs of this machine."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from app.core.errors import BusyError, CatalogError

PATIENCE_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class Holder:
    """Who writes, since when.

    Attributes
    ----------
    doing : str
        In words: "scanning".
    process : int
        Its number.
    since : float
        Seconds since 1970.
    """

    doing: str
    process: int
    since: float


class WriteLock:
    """The system's lock on a file beside the catalog; freed by the system when we are killed."""

    def __init__(self, catalog: Path, *, patience_s: float = PATIENCE_S) -> None:
        self._lock = FileLock(f"{catalog}.lock", thread_local=False)
        # Apart from the lock: Windows lets nobody read a file that is locked.
        self._note = catalog.with_name(f"{catalog.name}.writer")
        self._patience_s = patience_s
        self._holders = 0
        self._counting = threading.Lock()

    @contextmanager
    def held(self, doing: str) -> Iterator[None]:
        """Hold the lock, and say to others why; all threads of this program share it.

        Raises
        ------
        BusyError
            If another program does not let go of it within a few seconds.
        CatalogError
            If there can be no lock: no permission, a full disk.
        """
        with self._counting:
            if not self._holders:
                self._acquire(doing)
            self._holders += 1
        try:
            yield
        finally:
            with self._counting:
                self._holders -= 1
                if not self._holders:
                    self._release()

    def _acquire(self, doing: str) -> None:
        try:
            self._lock.acquire(timeout=self._patience_s)
        except Timeout as error:
            raise BusyError(self._why()) from error
        except OSError as error:
            raise CatalogError(
                f"The catalog cannot be written: {error.strerror or error}."
            ) from error
        self._leave_note(doing)

    def _release(self) -> None:
        with suppress(OSError):
            self._note.unlink(missing_ok=True)
        self._lock.release()

    def holder(self) -> Holder | None:
        """Return who holds the lock, if that is known."""
        try:
            return Holder(**json.loads(self._note.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    def _leave_note(self, doing: str) -> None:
        note = json.dumps({"doing": doing, "process": os.getpid(), "since": time.time()})
        with suppress(OSError):  # without it the others say less
            self._note.write_text(note, encoding="utf-8")

    def _why(self) -> str:
        who = self.holder()
        if who is None:
            return "Another program is writing to the catalog; try again when it is done."
        minutes = (time.time() - who.since) / 60
        since = f"for {minutes:.0f} minutes" if minutes >= 1.5 else "just now"
        return (
            f"Another Kitsort (process {who.process}) is {who.doing} {since} and writes to the "
            "catalog; try again when it is done."
        )

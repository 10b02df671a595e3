"""A process of its own that reads and names files: a crash in it is found, not suffered.

Reads one path per line from standard input and answers each with one line of JSON: the sound, the
sentence of an `AudioError`, or the traceback of a bug.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, Final

import numpy as np

from classifier import Analysis, AudioError, classify, load_model, read_sound

_PATIENCE_S: Final = 5.0
_ROOT: Final = Path(__file__).resolve().parents[2]


class CrashError(AssertionError):
    """The process died, or was killed because it hung."""


class FuzzReader:
    """Asks the process, and starts another when it has died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def ask(self, path: Path) -> dict[str, Any]:
        """Return what the process found in a file.

        Raises
        ------
        CrashError
            If it died of the file, or took longer than five seconds.
        """
        process = self._running()
        deadline = threading.Timer(_PATIENCE_S, process.kill)
        deadline.start()
        try:
            answer = self._exchange(process, f"{path}\n")
        finally:
            hung = not deadline.is_alive()
            deadline.cancel()
            deadline.join()
        if not answer:
            self.close()
            raise CrashError("it hung" if hung else f"it died with {process.returncode}")
        found: dict[str, Any] = json.loads(answer)
        return found

    @staticmethod
    def _exchange(process: subprocess.Popen[str], line: str) -> str:
        """Return the answer; nothing where the process has died."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(line)
            process.stdin.flush()
            return process.stdout.readline()
        except BrokenPipeError:
            return ""

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "tests.helpers.fuzz_reader"],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert self._process.stdout is not None
            self._process.stdout.readline()  # it is ready: only reading counts as slow
        return self._process


def _answer(path: Path, model: Any) -> dict[str, Any]:
    [analysis] = classify([path], model)
    named = analysis.prediction.label if isinstance(analysis, Analysis) else None
    try:
        sound = read_sound(path)
    except AudioError as error:
        return {"error": str(error), "named": named}
    return {
        "named": named,
        "finite": bool(np.isfinite(sound.samples).all()),
        "largest": float(np.abs(sound.samples).max(initial=0.0)),
        "held_s": sound.held_s,
        "duration_s": sound.duration_s,
        "start_s": sound.start_s,
    }


def _serve() -> None:
    model = load_model()
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            answer = _answer(Path(line.removesuffix("\n")), model)
        except Exception:  # noqa: BLE001
            answer = {"bug": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()

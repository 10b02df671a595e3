"""Opens the window, or a bare one, in this process, and tells when it is painted.

    python tests/benchmarks/window_process.py (--catalog FILE | --bare) [--memory]

Says "painted" on standard output once a table has been shown: the program's when it shows rows.
With ``--memory``, once everything is loaded, the resident memory in MB (2^20 bytes) follows.
Then it ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

_MB = 1 << 20
# What comes after everything is loaded: what is freed then is given back.
_CALM_MS = 1_000
_LOOK_MS = 100


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _say_when_painted(table: Any, then: Callable[[], object]) -> Any:
    """Say it after the picture that a table is painted in; return what has to be kept."""
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt  # noqa: PLC0415

    class Watch(QObject):
        has_seen = False

        def eventFilter(self, _: QObject, event: QEvent) -> bool:  # noqa: N802
            is_paint = event.type() == QEvent.Type.Paint
            if is_paint and not self.has_seen and (not table.model() or table.model().rowCount()):
                self.has_seen = True
                # It is handed over when the whole window has been painted, before all else.
                QCoreApplication.postEvent(
                    self, QEvent(QEvent.Type.User), Qt.EventPriority.HighEventPriority.value
                )
            return False

        def event(self, event: QEvent) -> bool:
            if event.type() != QEvent.Type.User:
                return super().event(event)
            _say("painted")
            then()
            return True

    watch = Watch()
    table.viewport().installEventFilter(watch)
    return watch


def _say_memory(is_loaded: Callable[[], object], then: Callable[[], object]) -> None:
    import psutil  # noqa: PLC0415
    from PySide6.QtCore import QTimer  # noqa: PLC0415

    def end() -> None:
        _say(str(psutil.Process().memory_info().rss / _MB))
        then()

    def look() -> None:
        if is_loaded():
            QTimer.singleShot(_CALM_MS, end)
        else:
            QTimer.singleShot(_LOOK_MS, look)

    look()


def _run_ours(catalog: str, *, with_memory: bool) -> None:
    for library in ("OPENBLAS_NUM", "MKL_NUM", "OMP_NUM", "VECLIB_MAXIMUM"):
        os.environ.setdefault(f"{library}_THREADS", "1")
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from app.__main__ import main  # noqa: PLC0415
    from app.ui import display, start  # noqa: PLC0415

    make_window = start.make_window
    kept = []

    def watched(*args: Any) -> Any:
        window = make_window(*args)

        def is_loaded() -> bool:
            return bool(window.library.rows.contents) and window.listening.plot is not None

        def then() -> None:
            if with_memory:
                _say_memory(is_loaded, window.close)
            else:
                window.close()

        kept.append(_say_when_painted(window.table, then))
        return window

    start.make_window = watched  # type: ignore[assignment]
    display.why_no_display = lambda: None  # this one is not seen
    sys.argv = ["kitsort", "window", "--catalog", catalog]
    main()


def _run_bare(*, with_memory: bool) -> None:
    import pyqtgraph  # noqa: F401, PLC0415
    from PySide6.QtWidgets import QApplication, QMainWindow, QTableView  # noqa: PLC0415

    application = QApplication([])
    window, table = QMainWindow(), QTableView()
    window.setCentralWidget(table)
    window.resize(1280, 800)

    def then() -> None:
        if with_memory:
            _say_memory(lambda: True, window.close)
        else:
            window.close()

    _kept = _say_when_painted(table, then)
    window.show()
    application.exec()


def _main() -> None:
    arguments = sys.argv[1:]
    with_memory = "--memory" in arguments
    if "--bare" in arguments:
        _run_bare(with_memory=with_memory)
    else:
        _run_ours(arguments[arguments.index("--catalog") + 1], with_memory=with_memory)


if __name__ == "__main__":
    _main()

"""Whether a window can be shown, and if not, why: Qt itself would end the program over it."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

# Qt draws with these and shows nothing.
_UNSEEN: Final = frozenset({"offscreen", "minimal"})
_PATIENCE_S: Final = 2.0
_X_PORT: Final = 6000
_NO_DISPLAY: Final = "There is no display for a window."


def why_no_display() -> str | None:
    """Return one sentence why no window can be shown, or None where one can."""
    platform = os.environ.get("QT_QPA_PLATFORM", "")
    if platform in _UNSEEN:
        return f"QT_QPA_PLATFORM is {platform}: a window would not be seen."
    if sys.platform in {"win32", "darwin"}:
        return None
    if os.environ.get("WAYLAND_DISPLAY") and platform != "xcb":
        return None
    display = os.environ.get("DISPLAY", "")
    if not display:
        return _NO_DISPLAY
    if not _answers(display):
        return f"The display {display} does not answer."
    return _what_is_missing()


def _answers(display: str) -> bool:
    """Tell whether an X server listens."""
    host, _, number = display.rpartition(":")
    number = number.partition(".")[0]
    if not number.isdigit() or host.startswith("/"):
        return True  # some other way of writing it: Qt may know
    if host not in {"", "unix"}:
        try:
            socket.create_connection((host, _X_PORT + int(number)), _PATIENCE_S).close()
        except OSError:
            return False
        return True
    place = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X servers listen
    return any(_listens(one) for one in (f"\0{place}", place))


def _listens(place: str) -> bool:
    with socket.socket(socket.AF_UNIX) as one:
        one.settimeout(_PATIENCE_S)
        try:
            one.connect(place)
        except OSError:
            return False
    return True


def _what_is_missing() -> str | None:
    """Load what Qt draws with on X, as Qt would: what it needs and is not there ends Qt."""
    found = find_spec("PySide6")
    for folder in found.submodule_search_locations or () if found else ():
        plugin = Path(folder) / "Qt" / "plugins" / "platforms" / "libqxcb.so"
        if plugin.exists():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                name = str(error).partition(":")[0]
                return (
                    f"The window needs {name}, which is not installed: make run installs it, or "
                    "your system's package manager (on Debian and Ubuntu: libxcb-cursor0, libegl1)."
                )
    return None

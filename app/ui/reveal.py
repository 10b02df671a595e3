"""Showing a file where the system shows files."""

from __future__ import annotations

import os
import subprocess
import sys

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices


def reveal(path: str) -> None:
    """Open the folder of a file, with the file chosen where the system can do that."""
    if sys.platform == "win32":
        subprocess.Popen(["explorer", "/select,", os.path.normpath(path)])  # noqa: S603, S607, PTH
    elif sys.platform == "darwin":
        subprocess.Popen(["open", "-R", path])  # noqa: S603, S607
    elif not _reveal_by_bus(path):
        QDesktopServices.openUrl(QUrl.fromLocalFile(os.path.dirname(path)))


def _reveal_by_bus(path: str) -> bool:
    """Ask the file manager of the desktop; tell whether there is one that answers."""
    from PySide6.QtDBus import QDBusConnection, QDBusMessage  # noqa: PLC0415 - Linux has it

    bus = QDBusConnection.sessionBus()
    if not bus.isConnected():
        return False
    name = "org.freedesktop.FileManager1"
    message = QDBusMessage.createMethodCall(
        name, "/org/freedesktop/FileManager1", name, "ShowItems"
    )
    message.setArguments([[QUrl.fromLocalFile(path).toString()], ""])
    return bool(bus.call(message).type() == QDBusMessage.MessageType.ReplyMessage)

"""The report for who helps: what is there, what is missing, to be copied."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.ui.panels import button
from app.ui.tasks import Worker
from app.ui.theme import font

_SIZE = (760, 560)


class ReportDialog(QDialog):
    """Shows what `kitsort doctor` prints.

    Attributes
    ----------
    text : QPlainTextEdit
    """

    def __init__(self, parent: QWidget, worker: Worker, catalog: Path) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Report")
        self.resize(*_SIZE)
        title = QLabel("Report for support")
        title.setFont(font(17, bold=True))
        note = QLabel(
            "It names no path and nothing of your library but how much there is. "
            "A line with ! says that something is to be done."
        )
        note.setObjectName("second")
        note.setWordWrap(True)
        self.text = QPlainTextEdit("Looking…")
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Report")
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.copy = button("Copy", "The whole report, to be pasted into a message")
        self.copy.setEnabled(False)
        self.copy.clicked.connect(self._copy)
        done = button("Done", "Back to the library (Escape)", "main")
        done.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addWidget(self.copy)
        foot.addStretch()
        foot.addWidget(done)
        for one in (self.copy, done):
            one.setMinimumSize(96, 34)
            one.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(10)
        for part in (title, note, self.text):
            column.addWidget(part)
        column.addLayout(foot)
        worker.do(lambda: _examined(catalog), self._show, lambda error: self._show(str(error)))

    def _show(self, text: str) -> None:
        if not isValid(self):  # closed meanwhile
            return
        self.text.setPlainText(text)
        self.copy.setEnabled(True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText("Copied")


def _examined(catalog: Path) -> str:
    from app.core.catalog.place import default_place  # noqa: PLC0415 - rarely needed
    from app.core.doctor import examine, report  # noqa: PLC0415
    from app.core.player.output import SoundDeviceOutput  # noqa: PLC0415

    # The window is there, so it can be shown.
    found = examine(catalog, default_place(), SoundDeviceOutput(), lambda: None)
    return report(list(found))

"""The few questions that the window asks, each in a dialog of its own."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGridLayout,
    QHBoxLayout,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.keys import COMMANDS
from app.ui.panels import key
from app.ui.theme import font

# In which column of the page each group of keys stands, so that all are about equally long.
_KEY_COLUMNS: Final = (0, 1, 0, 2)


def ask(parent: QWidget, question: str, yes: str, *, more: str = "") -> bool:
    """Ask something that is done or not done; what is chosen to begin with is not to."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setInformativeText(more)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is accept


def ask_text(parent: QWidget, title: str, hint: str) -> str:
    """Ask for a line of text; an empty one if nothing was said."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle("Kitsort")
    dialog.setLabelText(title)
    for field in dialog.findChildren(QLineEdit):
        field.setPlaceholderText(hint)
    dialog.setMinimumWidth(380)
    return dialog.textValue().strip() if dialog.exec() else ""


class TagDialog(QDialog):
    """Tags and a comment, for one sample or many."""

    def __init__(self, parent: QWidget, title: str, tags: list[str], comment: str | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.setMinimumWidth(420)
        self._tags = QLineEdit(", ".join(tags))
        self._tags.setPlaceholderText("dusty, vinyl, favourite kit")
        self._tags.setAccessibleName("Tags, with commas between them")
        self._comment = QPlainTextEdit(comment or "")
        self._comment.setFixedHeight(90)
        self._comment.setTabChangesFocus(True)
        self._comment.setAccessibleName("Comment")
        if comment is None:
            self._comment.setPlaceholderText("They have several; what you write takes their place")
        form = QFormLayout()
        form.addRow("Tags", self._tags)
        form.addRow("Comment", self._comment)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        save = buttons.button(QDialogButtonBox.StandardButton.Ok)
        save.setText("Save")
        save.setObjectName("main")
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        heading = QLabel(title)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        heading.setObjectName("title")
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addLayout(form)
        column.addWidget(buttons)

    @property
    def tags(self) -> list[str]:
        """Return the tags as they were typed, without empty ones."""
        parts = self._tags.text().replace(";", ",").split(",")
        return list(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip()))

    @property
    def comment(self) -> str:
        """Return the comment."""
        return self._comment.toPlainText().strip()


class KeysDialog(QDialog):
    """All keys."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keys")
        groups = QHBoxLayout()
        groups.setAlignment(Qt.AlignmentFlag.AlignTop)
        groups.setSpacing(28)
        columns = [QVBoxLayout() for _ in range(1 + max(_KEY_COLUMNS))]
        listed = groupby(COMMANDS, lambda one: one.group)
        for number, (title, commands) in zip(_KEY_COLUMNS, listed, strict=True):
            heading = QLabel(title)
            heading.setObjectName("title")
            column = columns[number]
            column.addWidget(heading)
            grid = QGridLayout()
            grid.setHorizontalSpacing(14)
            grid.setVerticalSpacing(6)
            for line, command in enumerate(commands):
                grid.addWidget(
                    key(command.keys.replace("-", "\N{MINUS SIGN}")),
                    line,
                    0,
                    Qt.AlignmentFlag.AlignRight,
                )
                grid.addWidget(QLabel(command.text), line, 1)
            grid.setColumnStretch(1, 1)
            column.addLayout(grid)
            column.addSpacing(14)
        for column in columns:
            column.addStretch()
            groups.addLayout(column)
        inner = QWidget()
        inner.setLayout(groups)
        inner.setFont(font())
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.addWidget(area)
        whole.addWidget(buttons)
        room = parent.window().size() - QSize(48, 48)
        self.resize((inner.sizeHint() + QSize(60, 90)).boundedTo(room))

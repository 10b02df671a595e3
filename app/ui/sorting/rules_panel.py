"""How samples shall be sorted: mode, folder, template, and what to do in doubt."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from app.core.errors import AppError
from app.core.sorting.choice import SortChoice
from app.core.sorting.steps import Collision, Mode, Step
from app.core.sorting.template import FIELDS, Template
from app.ui.panels import ElidedLabel, button
from app.ui.sample_painter import plain, tip

_MODES: Final = {
    Mode.COPY: ("Copy", "The originals stay where they are"),
    Mode.MOVE: ("Move", "The originals go; undo brings them back, days later"),
    Mode.HARDLINK: ("Hard link", "A second name of the same file, on the same drive"),
    Mode.SYMLINK: ("Link", "A link that leads to the original"),
    Mode.TAG: ("Tag", "A tag in the library; no file is touched"),
}
_COLLISIONS: Final = {
    Collision.KEEP_BOTH: "keep both, number the new one",
    Collision.SKIP: "leave the new one where it is",
    Collision.SKIP_SAME: "leave it if the sound is the same",
}
_EXAMPLES: Final = 3
NO_FOLDER: Final = "Choose the folder that gets the instrument folders."


class RulesPanel(QFrame):
    """Asks how to sort.

    Attributes
    ----------
    modes : dict of Mode to QPushButton
    folder, template : QLineEdit
    collision : QComboBox
    unsure, other, emptied : QCheckBox

    Signals
    -------
    changed(object)
        A `SortChoice`.
    """

    changed = Signal(object)

    def __init__(self, choice: SortChoice) -> None:
        super().__init__()
        self.setObjectName("filters")
        self._choice = choice
        self.modes = self._make_modes()
        self.folder = _field(choice.destination, "Folder that gets the instrument folders")
        self.folder.setPlaceholderText("Folder that gets the instrument folders")
        self.template = _field(choice.template, "Template")
        self.template.setToolTip(_template_tip())
        self.choose = button("Choose…", "Choose the folder")
        self.fields = button("Insert…", "What a name or folder can be made of", says="Insert field")
        self.fields.setMenu(self._field_menu())
        self.collision = self._make_collision()
        self.unsure = self._check("Unsure too", "with_unsure", "Into a folder Unsure")
        self.other = self._check("Other too", "with_other", "Into a folder Other")
        self.emptied = self._check(
            "Remove emptied folders", "removes_emptied", "Folders that the move has emptied"
        )
        self._said = ElidedLabel()
        self._said.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._said.setTextFormat(Qt.TextFormat.PlainText)
        self._arrange()
        self._connect()
        self._show_parts()

    def _make_modes(self) -> dict[Mode, QPushButton]:
        group = QButtonGroup(self)
        made = {}
        for mode, (text, hint) in _MODES.items():
            made[mode] = button(text, hint, "toggle")
            made[mode].setCheckable(True)
            made[mode].setFixedHeight(30)
            made[mode].setChecked(mode is self._choice.mode)
            made[mode].clicked.connect(partial(self._set_mode, mode))
            group.addButton(made[mode])
        return made

    def _make_collision(self) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName("Where a name is taken")
        made.setToolTip("Nothing is ever overwritten")
        for policy, text in _COLLISIONS.items():
            made.addItem(text, policy.value)
        made.setCurrentIndex(list(_COLLISIONS).index(self._choice.on_collision))
        return made

    def _check(self, text: str, name: str, hint: str) -> QCheckBox:
        made = QCheckBox(text)
        made.setToolTip(hint)
        made.setChecked(getattr(self._choice, name))
        made.toggled.connect(lambda is_on: self._take(**{name: is_on}))
        return made

    def _field_menu(self) -> QMenu:
        menu = QMenu(self)
        for name, meaning in FIELDS.items():
            action = menu.addAction(f"{{{name}}}   {meaning}")
            action.triggered.connect(partial(self._insert, f"{{{name}}}"))
        return menu

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 4, 16, 12)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        self._into, self._pattern = QLabel("Into"), QLabel("Pattern")
        for label in (self._into, self._pattern):
            label.setObjectName("second")
        grid.addLayout(_row(*self.modes.values(), gap=6), 0, 1, 1, 2)
        grid.addWidget(self._into, 1, 0)
        grid.addWidget(self.folder, 1, 1)
        grid.addWidget(self.choose, 1, 2)
        grid.addWidget(self._pattern, 2, 0)
        grid.addWidget(self.template, 2, 1)
        grid.addWidget(self.fields, 2, 2)
        grid.addWidget(self._said, 3, 1, 1, 2)
        taken = QLabel("If a name is taken:")
        taken.setObjectName("second")
        self._taken = QWidget()
        self._taken.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._taken.setLayout(_row(taken, self.collision, gap=8))
        checks = (self.unsure, self.other, self.emptied)
        grid.addLayout(_row(self._taken, *checks, gap=18), 4, 1, 1, 2)
        for one in (self.choose, self.fields):
            one.setFixedSize(QSize(96, 30))
        for one in self.findChildren(QPushButton):
            one.setAutoDefault(False)  # Enter in a field presses none of them

    def _connect(self) -> None:
        self.folder.textChanged.connect(
            lambda text: self._take(destination=os.path.expanduser(text.strip()))
        )
        self.template.textChanged.connect(lambda text: self._take(template=text))
        self.collision.currentIndexChanged.connect(
            lambda place: self._take(on_collision=list(_COLLISIONS)[place])
        )
        self.choose.clicked.connect(self._choose)

    @property
    def choice(self) -> SortChoice:
        """Return what is chosen now."""
        return self._choice

    @property
    def problem(self) -> str | None:
        """Return one sentence where no plan can be made of it yet."""
        if self._choice.mode is Mode.TAG:
            return None
        try:
            Template.parsed(self._choice.template)
        except AppError as error:
            return str(error)
        if not self._choice.destination:
            return NO_FOLDER
        is_whole = os.path.isabs(self._choice.destination)
        return None if is_whole else "Name the folder by its whole path."

    def show_examples(self, steps: Sequence[Step]) -> None:
        """Show where some of the user's own samples would go."""
        if not self.problem and self._choice.mode is not Mode.TAG:
            head = os.path.join(os.path.abspath(self._choice.destination), "")
            said = [
                f"{os.path.basename(step.source)}  \N{RIGHTWARDS ARROW}  "
                + step.target.removeprefix(head).replace(os.sep, "/")
                for step in steps[:_EXAMPLES]
            ]
            self._say("      ".join(said), is_problem=False)

    @property
    def said(self) -> str:
        """Return the examples, or what is wrong."""
        return self._said.text()

    def _say(self, text: str, *, is_problem: bool) -> None:
        self._said.setObjectName("warning" if is_problem else "second")
        self._said.style().unpolish(self._said)
        self._said.style().polish(self._said)
        self._said.setText(plain(text))
        self._said.setToolTip(tip(text))

    def _set_mode(self, mode: Mode) -> None:
        self._take(mode=mode)

    def _take(self, **changes: object) -> None:
        self._choice = replace(self._choice, **changes)  # type: ignore[arg-type]
        self._show_parts()
        self.changed.emit(self._choice)

    def _show_parts(self) -> None:
        """Leave out what the mode does not ask for; say what is wrong."""
        is_tag = self._choice.mode is Mode.TAG
        of_files: tuple[QWidget, ...] = (
            *(self._into, self.folder, self.choose, self._pattern, self.template),
            *(self.fields, self._taken, self._said),
        )
        for part in of_files:
            part.setVisible(not is_tag)
        self.emptied.setVisible(self._choice.mode is Mode.MOVE)
        problem = self.problem
        if problem:
            self._say(problem, is_problem=problem != NO_FOLDER)

    def _insert(self, field: str) -> None:
        self.template.insert(field)
        self.template.setFocus()

    def _choose(self) -> None:
        there = self._choice.destination
        title = "The folder that gets the instrument folders"
        folder = QFileDialog.getExistingDirectory(self.window(), title, there)
        if folder:
            self.folder.setText(os.path.normpath(folder))


def _field(text: str, says: str) -> QLineEdit:
    made = QLineEdit(text)
    made.setAccessibleName(says)
    made.setFixedHeight(30)
    return made


def _row(*parts: QWidget, gap: int) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(gap)
    for part in parts:
        row.addWidget(part)
    row.addStretch()
    return row


def _template_tip() -> str:
    return tip("\n".join(f"{{{name}}}: {meaning}" for name, meaning in FIELDS.items()))

"""The menus: what the keys do, for the hand on the mouse, and what is rarely needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget
from shiboken6 import isValid

from app.core.player.output import Device
from app.core.settings import Theme
from app.ui.audition import Audition
from app.ui.keys import BY_NAME, CORRECT

MAIN: Final = (
    *("sort", "sort_now", "show_history", "", "add_folder", "rescan", "review", "check", ""),
    *("undo", "redo", "favour", "write_tags", "", "reveal", "copy_paths", "trash", ""),
    *("switch_advance", "switch_compact", "switch_on_top", "set_up"),
)
ROW: Final = (
    *(*CORRECT, "", "confirm", "take_back", "", "favour", "write_tags", ""),
    *("sort", "sort_now", "", "reveal", "copy_paths", "trash"),
)
# What the system's own key for it may differ in.
_STANDARD: Final = {
    "undo": QKeySequence.StandardKey.Undo,
    "redo": QKeySequence.StandardKey.Redo,
    "copy_paths": QKeySequence.StandardKey.Copy,
    "quit": QKeySequence.StandardKey.Quit,
    "find": QKeySequence.StandardKey.Find,
}


def make_actions(parent: QWidget, do: Callable[[str], None]) -> dict[str, QAction]:
    """Return an action for each command by its name; those with Ctrl work at once."""
    actions = {}
    for name, command in BY_NAME.items():
        action = QAction(command.text[0].upper() + command.text[1:], parent)
        if _is_shortcut(command.keys):
            own = QKeySequence(command.keys)
            usual = QKeySequence.keyBindings(_STANDARD[name]) if name in _STANDARD else []
            action.setShortcuts([own, *(one for one in usual if one != own)])
            parent.addAction(action)
        else:  # taken where no text is typed, see `keys.command_of`
            action.setText(f"{action.text()}\t{command.keys}")
        action.triggered.connect(partial(_do, do, name))
        actions[name] = action
    return actions


def _do(do: Callable[[str], None], name: str, _: bool = False) -> None:
    do(name)


def _is_shortcut(keys: str) -> bool:
    return keys.startswith("Ctrl") or (len(keys) > 1 and keys[0] == "F" and keys[1:].isdigit())


def popup(parent: QWidget, actions: Mapping[str, QAction], names: tuple[str, ...]) -> QMenu:
    """Return a menu that is gone once it was used; an empty name is a line."""
    menu = QMenu(parent)
    fill(menu, actions, names)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def fill(menu: QMenu, actions: Mapping[str, QAction], names: tuple[str, ...]) -> None:
    """Add actions to a menu."""
    for name in names:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()


def theme_menu(parent: QMenu, now: str, choose: Callable[[str], None]) -> QMenu:
    """Return a menu of the themes."""
    menu = QMenu("Theme", parent)
    for theme in Theme:
        _add_choice(menu, theme.capitalize(), theme == now, partial(choose, str(theme)))
    return menu


def device_menu(
    parent: QMenu, audition: Audition, now: str | None, choose: Callable[[str | None], None]
) -> QMenu:
    """Return a menu of what can be played on, looked up when it opens."""
    menu = QMenu("Play on", parent)
    menu.addAction("Looking…").setEnabled(False)

    def show(devices: list[Device]) -> None:
        if not isValid(menu):  # closed while the system was looking
            return
        menu.clear()
        _add_choice(menu, "The system's own choice", now is None, partial(choose, None))
        for device in devices:
            _add_choice(menu, device.name, device.name == now, partial(choose, device.name))
        if not devices:
            menu.addAction("There is none").setEnabled(False)

    menu.aboutToShow.connect(partial(audition.list_devices, show))
    return menu


def _add_choice(menu: QMenu, text: str, is_now: bool, choose: Callable[[], None]) -> None:
    # An ampersand in a device's name is no mark of a key.
    action = menu.addAction(text.replace("&", "&&"))
    action.setCheckable(True)
    action.setChecked(is_now)
    action.triggered.connect(lambda _=False: choose())


def below(button: QWidget) -> QPoint:
    """Return where a menu of a button opens."""
    return button.mapToGlobal(button.rect().bottomLeft())

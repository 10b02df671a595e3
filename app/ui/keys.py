"""The keys of the window: one table, for what they do and for the page that lists them."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from classifier import INSTRUMENTS, OTHER


@dataclass(frozen=True, slots=True)
class Command:
    """Something that the user can do by a key.

    Attributes
    ----------
    name : str
        Of the method that does it.
    keys : str
        As they are drawn.
    text : str
        What it does.
    group : str
        Under which title it is listed.
    """

    name: str
    keys: str
    text: str
    group: str


CORRECT: Final = tuple(f"correct_{code}" for code in range(len(INSTRUMENTS) + 1))
_HEAR, _SAY, _FIND, _DO = "Hear", "Correct", "Find", "Files and library"

COMMANDS: Final = (
    Command("go", "Up / Down", "go to another sample, and hear it", _HEAR),
    Command("replay", "Right", "play again from the start", _HEAR),
    Command("stop", "Left", "stop", _HEAR),
    Command("toggle", "Space", "play or pause", _HEAR),
    Command("switch_loop", "L", "loop on or off", _HEAR),
    Command("switch_autoplay", "A", "play what is chosen, or don't", _HEAR),
    Command("switch_level", "V", "play all about equally loud, or don't", _HEAR),
    Command("louder", "+", "louder", _HEAR),
    Command("quieter", "-", "quieter", _HEAR),
    *(
        Command(name, str((code + 1) % 6), f"it is {label}", _SAY)
        for code, (name, label) in enumerate(zip(CORRECT, (*INSTRUMENTS, OTHER), strict=True))
    ),
    Command("confirm", "Enter", "it is what the sound says", _SAY),
    Command("take_back", "Backspace", "take back what you said of it", _SAY),
    Command("switch_advance", "N", "go on to the next after each, or stay", _SAY),
    Command("undo", "Ctrl+Z", "undo the last action of any kind", _SAY),
    Command("redo", "Ctrl+Shift+Z", "do it again", _SAY),
    Command("review", "Ctrl+R", "review what is unsure or disagrees", _SAY),
    Command("check", "Ctrl+Shift+R", "check my library, on 40 at random", _SAY),
    Command("skip", "S", "skip, in a review or check", _SAY),
    Command("favour", "F", "favourite", _SAY),
    Command("write_tags", "T", "tags and comment", _SAY),
    Command("find", "Ctrl+F", "find", _FIND),
    Command("switch_filters", "Ctrl+L", "filter by instrument, confidence, length", _FIND),
    Command("show_all", "Escape", "take search and filters off", _FIND),
    Command("choose_all", "Ctrl+A", "choose all that is shown", _FIND),
    Command("sort", "Ctrl+Return", "sort into folders, previewed", _DO),
    Command("sort_now", "M", "sort what is chosen, as you did last", _DO),
    Command("show_history", "Ctrl+H", "what was sorted, and undoing it", _DO),
    Command("add_folder", "Ctrl+O", "add a folder", _DO),
    Command("rescan", "F5", "look through all folders again", _DO),
    Command("reveal", "Ctrl+E", "show in the file manager", _DO),
    Command("copy_paths", "Ctrl+C", "copy the files and their paths", _DO),
    Command("trash", "Delete", "move to the trash", _DO),
    Command("switch_compact", "Ctrl+K", "compact, for life beside a DAW", _DO),
    Command("switch_on_top", "Ctrl+T", "always on top", _DO),
    Command("set_up", "Ctrl+,", "settings", _DO),
    Command("show_menu", "F10", "menu", _DO),
    Command("show_report", "F1", "report for support", _DO),
    Command("show_keys", "?", "all keys", _DO),
    Command("quit", "Ctrl+Q", "quit", _DO),
)
BY_NAME: Final = {command.name: command for command in COMMANDS}

# Keys without Ctrl: taken where no text is typed.
_PLAIN: Final = {
    Qt.Key.Key_Right: "replay",
    Qt.Key.Key_Left: "stop",
    Qt.Key.Key_Space: "toggle",
    Qt.Key.Key_L: "switch_loop",
    Qt.Key.Key_A: "switch_autoplay",
    Qt.Key.Key_V: "switch_level",
    Qt.Key.Key_Plus: "louder",
    Qt.Key.Key_Minus: "quieter",
    Qt.Key.Key_Return: "confirm",
    Qt.Key.Key_Enter: "confirm",
    Qt.Key.Key_Backspace: "take_back",
    Qt.Key.Key_N: "switch_advance",
    Qt.Key.Key_F: "favour",
    Qt.Key.Key_S: "skip",
    Qt.Key.Key_M: "sort_now",
    Qt.Key.Key_T: "write_tags",
    Qt.Key.Key_Escape: "show_all",
    Qt.Key.Key_Delete: "trash",
    Qt.Key.Key_Question: "show_keys",
    Qt.Key.Key_Slash: "find",
}
_DIGITS: Final = {
    **{Qt.Key(Qt.Key.Key_1 + code): name for code, name in enumerate(CORRECT[:-1])},
    Qt.Key.Key_0: CORRECT[-1],
}
# Where the digits lie, for keyboards on which they need Shift: 1 to 5, then 0. By the numbers
# that X11 and Wayland, Windows and macOS give to places.
_PLACES: Final = {
    "linux": (10, 11, 12, 13, 14, 19),
    "win32": (2, 3, 4, 5, 6, 11),
    "darwin": (18, 19, 20, 21, 23, 29),
}
# What such a keyboard writes there without Shift; elsewhere these keys say what they mean.
_UNSHIFTED: Final = frozenset("&é\"'(àěščřž+§!")
_MODIFIERS: Final = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def command_of(event: QKeyEvent) -> str | None:
    """Return the name of what a key without Ctrl does, or None."""
    if event.modifiers() & _MODIFIERS:
        return None
    key = Qt.Key(event.key())
    return _DIGITS.get(key) or _digit_at(event) or _PLAIN.get(key)


def _digit_at(event: QKeyEvent) -> str | None:
    """Return what a key of the row of digits does that writes something else."""
    if event.text() not in _UNSHIFTED or not event.text():
        return None
    place = event.nativeVirtualKey() if sys.platform == "darwin" else event.nativeScanCode()
    places = _PLACES.get(sys.platform, _PLACES["linux"])
    return CORRECT[places.index(place)] if place in places else None

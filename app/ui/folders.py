"""Which folders are in the library: added, dropped, excluded in part, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.core.catalog.database import Database
from app.core.catalog.roots import Root, place_of
from app.core.edits import Edit, excluding, forgetting, including
from app.core.errors import AppError
from app.ui.dialogs import ask, ask_text
from app.ui.library import Library
from app.ui.reveal import reveal
from app.ui.tasks import Worker

_DEMO: Final = "Kitsort demo library"


class Folders(QObject):
    """What the user does with folders.

    Signals
    -------
    said(str, bool)
        One sentence; whether it is a warning.
    """

    said = Signal(str, bool)

    def __init__(self, library: Library, parent: QWidget) -> None:
        super().__init__(parent)
        self._library, self._window = library, parent
        self._maker = Worker("demo", self)

    def choose(self) -> None:
        """Ask for a folder, and take it into the library."""
        music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
        known = [str(Path(root.path).parent) for root in self._library.roots[-1:]]
        places = (*known, music, str(Path.home()))
        start = next((place for place in places if Path(place).is_dir()), "")
        folder = QFileDialog.getExistingDirectory(self._window, "Add a folder of samples", start)
        if folder:
            self._library.add([folder])

    def take(self, paths: Sequence[str]) -> None:
        """Take folders into the library, and the folders of files, of which it asks first."""
        folders = [path for path in paths if Path(path).is_dir()]
        files = [path for path in paths if path not in folders]
        known = [path for path in files if place_of(self._library.roots, path)]
        above = list(dict.fromkeys(str(Path(path).parent) for path in files if path not in known))
        if above and ask(
            self._window,
            f"Add {', '.join(above)}?",
            "Add",
            more="Kitsort keeps whole folders: all samples in there are scanned.",
        ):
            folders += above
        if folders:
            self._library.add(folders)
        elif known:
            self._library.scan(known)

    def make_demo(self) -> None:
        """Make the demo library among the user's music, and scan it."""
        music = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.MusicLocation)
        folder = Path(music) / _DEMO
        self.said.emit(f"Making 61 sounds in {folder}", False)
        self._maker.do(
            partial(_make_demo, folder),
            lambda _: self._library.add([str(folder)]),
            lambda error: self.said.emit(str(error), True),
        )

    def offer(self, root: Root, place: QPoint) -> None:
        """Show what can be done with a folder of the library."""
        menu = QMenu(self._window)
        menu.addAction("Look through again", partial(self._library.scan, [root.path]))
        menu.addAction("Exclude…", partial(self._exclude, root))
        for pattern in root.excludes:
            shown = pattern.replace("&", "&&")
            menu.addAction(f"Include {shown} again", partial(self._include, root, pattern))
        menu.addAction("Show in the file manager", partial(reveal, root.path))
        menu.addSeparator()
        menu.addAction("Forget…", partial(self.forget, root))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(place)

    def _exclude(self, root: Root) -> None:
        if self._may_change():
            hint = "*loop*, or a folder such as Packs/old"
            self.exclude(root, ask_text(self._window, "Pass over names like", hint))

    def exclude(self, root: Root, pattern: str) -> None:
        """Pass over names like a pattern; an empty one is none."""
        if pattern:
            self._library.edit(lambda _: excluding(root, [pattern]))

    def exclude_only(self, wanted: Mapping[int, Sequence[str]]) -> None:
        """Let folders, by their number, pass over these patterns and no others."""
        for root in self._library.roots:
            patterns = wanted.get(root.id, root.excludes)
            new = [one for one in patterns if one not in root.excludes]
            old = [one for one in root.excludes if one not in patterns]
            if (new or old) and not self._may_change():
                return
            if new:
                self._library.edit(partial(_make, excluding(root, new)))
            if old:
                self._library.edit(partial(_make, including(root, old)))

    def _include(self, root: Root, pattern: str) -> None:
        if self._may_change():
            self._library.edit(lambda _: including(root, [pattern]))

    def forget(self, root: Root) -> None:
        """Take a folder out of the library, after a question."""
        more = "The files stay where they are, and what you said of them is kept."
        question = f"Take {root.path} out of the library?"
        if self._may_change() and ask(self._window, question, "Forget", more=more):
            self._library.edit(lambda _: forgetting(root))

    def _may_change(self) -> bool:
        if self._library.is_scanning:
            self.said.emit("Wait for the scan to end, or stop it first.", True)
        return not self._library.is_scanning

    def close(self) -> None:
        """End all work."""
        self._maker.close()


def _make(edit: Edit, _: Database) -> Edit:
    return edit


def _make_demo(folder: Path) -> None:
    from app.core.demo import make_demo_library  # noqa: PLC0415 - most never ask for it

    try:
        make_demo_library(folder)
    except OSError as error:
        raise AppError(f"{folder}: It cannot be made ({error.strerror or error}).") from error

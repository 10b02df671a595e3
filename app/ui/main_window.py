"""The window: puts its parts together, and decides nothing that one of them could."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMainWindow,
    QMenu,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.core.browsing.filters import Bucket
from app.core.browsing.ordering import SortBy
from app.core.catalog.checks import Check
from app.core.settings import Settings
from app.ui.audition import Audition
from app.ui.browser import Browser
from app.ui.check_dialog import CheckDialog
from app.ui.commands import Commands
from app.ui.dialogs import KeysDialog
from app.ui.drop_zone import DropZone
from app.ui.filter_bar import FilterBar
from app.ui.folders import Folders
from app.ui.keys import CORRECT, command_of
from app.ui.library import Library
from app.ui.listening import Listening
from app.ui.menus import MAIN, ROW, below, device_menu, fill, make_actions, popup, theme_menu
from app.ui.middle import Middle
from app.ui.narrowing import Narrowing
from app.ui.outlook import Outlook
from app.ui.rounds import RoundBar, Rounds
from app.ui.sample_model import SampleModel
from app.ui.sample_table import SampleTable
from app.ui.setting_up import SettingUp
from app.ui.sidebar import Entry, Sidebar
from app.ui.sort_commands import SortCommands
from app.ui.status_line import StatusLine, scan_line
from app.ui.tasks import Worker
from app.ui.theme import chosen_colours, dress
from app.ui.threshold import check_line
from app.ui.top_bar import TopBar
from app.ui.window_shape import WindowShape
from classifier import DEFAULT_MODEL, LABELS

if TYPE_CHECKING:
    from app.core.library import Scanned
    from app.core.sorting.choice import SortChoice

# After that the first picture is there, and what it could do without is loaded.
_FIRST_MS: Final = 30
_HINTS: Final = (
    (("1\N{EN DASH}5",), "correct"),
    (("0",), "other"),
    (("Enter",), "confirm"),
    (("Space",), "play"),
    (("?",), "keys"),
)


class MainWindow(QMainWindow):
    """The window of the program.

    Signals
    -------
    closed(object)
        The `Settings` to be kept.
    """

    closed = Signal(object)

    def __init__(self, library: Library, audition: Audition, settings: Settings) -> None:
        super().__init__()
        self.setWindowTitle("Kitsort")
        self.library, self.audition = library, audition
        self._settings = settings
        self._colours = chosen_colours(settings.theme)
        self._importer = Worker("start", self)
        self._make_parts()
        self._arrange()
        self._make_actions()
        self._connect()
        self._restore()

    def _make_parts(self) -> None:
        colours = self._colours
        self.model = SampleModel(self.library.rows)
        self.table = SampleTable(self.model, colours)
        self.sidebar = Sidebar(colours)
        self.browser = Browser(self.library, self.table, self.sidebar)
        self.commands = Commands(self.library, self.table, self.browser, self.model)
        self.top = TopBar(colours)
        self.filters = FilterBar(colours)
        self.listening = Listening(self.library, self.table, self.audition, colours)
        self.status = StatusLine(_HINTS)
        self.rounds = Rounds(self.library, self.browser, self.table)
        self.round_bar = RoundBar(self.rounds)
        self.narrowing = Narrowing(self.browser, self.table, self.top, self.filters, self.sidebar)
        self.outlook = Outlook(self.library, self.browser, self.rounds, self.top)
        self.middle = Middle(self.library, self.browser, colours)
        self.drop_zone = DropZone(self)
        self.folders = Folders(self.library, self)
        self.sort = SortCommands(self.library, self.table, self.browser, self)
        self.setting_up = SettingUp(self.library, self._importer, self)
        shrinking = (self.listening, self.top, self.status)
        self.shape = WindowShape(self, self.sidebar, self.table, shrinking)

    def _arrange(self) -> None:
        above = (self.round_bar, self.filters)
        self.middle.arrange(self.sidebar, self.table, above, self.listening)
        whole = QWidget()
        whole.setObjectName("whole")
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.top)
        rows.addWidget(self.middle, 1)
        rows.addWidget(self.status)
        self.setCentralWidget(whole)

    def _make_actions(self) -> None:
        """Give each command by its name what does it; what is left out is done by the table."""
        transport, commands = self.listening.transport, self.commands
        self._ways: dict[str, Callable[[], object]] = {
            "go": partial(self.table.go, 1),
            "replay": partial(self.audition.replay, 0.0),
            "stop": self.audition.stop,
            "toggle": self.audition.toggle,
            "switch_loop": transport.loop.toggle,
            "switch_autoplay": transport.autoplay.toggle,
            "switch_level": transport.level.toggle,
            "louder": partial(self.listening.change_volume, 1),
            "quieter": partial(self.listening.change_volume, -1),
            **{name: partial(commands.correct, code) for code, name in enumerate(CORRECT)},
            "confirm": commands.confirm,
            "take_back": commands.take_back,
            "switch_advance": self._switch_advance,
            "undo": self.sort.undo,
            "redo": self.sort.redo,
            "sort": self.sort.open,
            "sort_now": self.sort.now,
            "show_history": self.sort.show_history,
            "review": self.rounds.review,
            "check": self.rounds.check,
            "skip": self.rounds.skip,
            "favour": commands.favour,
            "write_tags": partial(commands.write_tags, self),
            "find": self.narrowing.find,
            "switch_filters": self.top.filters.toggle,
            "show_all": self._show_all,
            "choose_all": self._choose_all,
            "add_folder": self.folders.choose,
            "rescan": self.library.scan,
            "reveal": commands.reveal,
            "copy_paths": commands.copy_paths,
            "trash": self._trash,
            "switch_compact": self.shape.switch_compact,
            "switch_on_top": self.shape.switch_on_top,
            "set_up": lambda: self.setting_up.ask(self.settings),
            "show_menu": self._show_menu,
            "show_report": self._show_report,
            "show_keys": lambda: KeysDialog(self).open(),
            "quit": self.close,
        }
        self.actions_by_name = make_actions(self, self.do)

    def _connect(self) -> None:
        library, top, middle = self.library, self.top, self.middle
        self.table.take_key = self.sidebar.take_key = self.take_key
        self.table.current_changed.connect(self._on_current)
        self.table.selection_counted.connect(lambda _: self._show_count())
        self.table.star_clicked.connect(self.commands.favour_row)
        self.table.explain_button(self.sort.describe)
        self.table.sort_clicked.connect(self.sort.row_now)
        self.table.chosen_again.connect(self._on_current)
        self.table.menu_asked.connect(
            lambda place: popup(self, self.actions_by_name, ROW).popup(place)
        )
        self.drop_zone.dropped.connect(self.folders.take)
        self.sidebar.dropped.connect(self._on_dropped)
        self.sidebar.menu_asked.connect(self.folders.offer)
        self.commands.corrected.connect(lambda _: self.listening.say_again())
        self.commands.corrected.connect(self.rounds.take)
        self.commands.corrected.connect(self.outlook.look_soon)
        self.rounds.began.connect(self._on_round)
        self.rounds.ended.connect(self._on_round)
        self.rounds.checked.connect(self._show_check)
        self.browser.shown.connect(lambda _: self._on_shown())
        top.sort.clicked.connect(partial(self.do, "sort"))
        top.review.clicked.connect(partial(self.do, "review"))
        top.add.clicked.connect(partial(self.do, "add_folder"))
        top.menu.clicked.connect(partial(self.do, "show_menu"))
        middle.empty.choose.clicked.connect(partial(self.do, "add_folder"))
        middle.empty.demo.clicked.connect(self.folders.make_demo)
        middle.nothing.clear.clicked.connect(partial(self.do, "show_all"))
        self.status.pause.clicked.connect(library.pause)
        self.status.cancel.clicked.connect(library.cancel)
        library.loaded.connect(middle.show_library)
        library.roots_changed.connect(middle.show_library)
        for part in (top, self.status):
            middle.emptied.connect(part.set_empty)
        library.progressed.connect(self._on_progress)
        library.scan_ended.connect(self._on_scan_ended)
        library.edits_changed.connect(self._name_undo)
        for source in (self.commands, self.listening, self.folders, self.rounds, self.sort):
            source.said.connect(lambda text, is_warning: self.say(text, is_warning=is_warning))
        library.notified.connect(self.say)
        library.turned.connect(self.table.go_to_sample)
        self.commands.said_of_many.connect(self.sort.offer_undo)
        for failing in (library, self.audition, self.setting_up):
            failing.failed.connect(partial(self.say, is_warning=True))
        self.sort.choice_changed.connect(self._keep_choice)
        self.setting_up.taken.connect(self._take_settings)
        self.outlook.choice = lambda: self.sort.choice
        self.outlook.scope = self.sort.scope
        self.table.selection_counted.connect(self.outlook.look_soon)
        self.browser.shown.connect(self.outlook.look_soon)
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _: self._dress())

    # --- the start and the end ----------------------------------------------------------------

    def _restore(self) -> None:
        """Show the window as it was left."""
        kept = self._settings
        self.commands.advances = kept.advance
        self.library.rows.threshold, self.library.rows.middle_c = kept.threshold, kept.middle_c
        self.listening.restore(kept)
        self.table.header.restore(kept.columns)
        self.browser.sort_by(SortBy(column, descending) for column, descending in kept.sort)
        self.narrowing.restore(kept)
        self.sort.restore(kept.sorting, self._colours)
        self._dress()
        self.shape.restore(kept)
        self._name_undo()

    def settings(self) -> Settings:
        """Return how the window is now."""
        return replace(
            self.shape.kept(self.narrowing.kept(self.listening.kept(self._settings))),
            advance=self._settings.advance if self.rounds.kind else self.commands.advances,
            threshold=self.library.rows.threshold,
            sort=tuple((by.column, by.descending) for by in self.browser.sorted_by),
            columns=self.table.header.kept(),
        )

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Load, after the first picture, what is not needed for it."""
        super().showEvent(event)
        self.table.setFocus()
        if self.listening.plot is None:
            QTimer.singleShot(_FIRST_MS, self._go_on)

    def _go_on(self) -> None:
        self.library.read_on()
        self.library.go_on()
        self._load_plot()
        self.sort.look_for_broken()

    def _load_plot(self) -> None:
        """Have pyqtgraph imported in a thread: it takes as long as all the rest of the start."""
        work = partial(import_module, "app.ui.waveform_plot")
        self._importer.do(work, self._add_plot, lambda error: self.say(str(error), is_warning=True))

    def _add_plot(self, module: Any) -> None:
        if self.listening.plot is None:
            self.listening.add_plot(module.WaveformPlot(self._colours))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """End all work, and remember."""
        self.closed.emit(self.settings())
        self.audition.close()
        self.listening.close_threads()
        self.outlook.close()
        self.folders.close()
        self._importer.close()
        if not self.sort.close():
            self.library.keep_open()  # a file is still being copied; the journal knows the rest
        self.library.close()
        super().closeEvent(event)

    # --- keys ---------------------------------------------------------------------------------

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key is for; tell whether it is for anything."""
        name = command_of(event)
        if name is None:
            return False
        if not event.isAutoRepeat() or name in {"louder", "quieter"}:
            self.do(name)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Take a key that nothing in the window wanted for itself."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down} and self.middle.shows_table:
            self.table.setFocus()
            QApplication.sendEvent(self.table, QKeyEvent(event))
        elif self._is_typing() or not self.take_key(event):
            super().keyPressEvent(event)

    @staticmethod
    def _is_typing() -> bool:
        """Whether the keyboard is in a field: what it has no use for is no command."""
        fields = QLineEdit | QAbstractSpinBox | QComboBox | QPlainTextEdit
        return isinstance(QApplication.focusWidget(), fields)

    def do(self, name: str) -> None:
        """Do something by its name in ``COMMANDS``."""
        self._ways[name]()

    def _switch_advance(self) -> None:
        self.commands.advances = not self.commands.advances
        self._settings = replace(self._settings, advance=self.commands.advances)
        goes = "goes on to the next row" if self.commands.advances else "stays on the row"
        self.say(f"Correcting {goes}.")

    def _show_all(self) -> None:
        if self.rounds.kind is not None:
            self.rounds.leave()
            return
        self.narrowing.show_all()

    def _choose_all(self) -> None:
        self.table.setFocus()
        self.table.selectAll()

    def _trash(self) -> None:
        self.audition.stop()
        self.commands.trash(self)

    def _show_menu(self) -> None:
        for name, is_on in (
            ("switch_advance", self.commands.advances),
            ("switch_compact", self.shape.is_compact),
            ("switch_on_top", self.shape.is_on_top),
        ):
            self.actions_by_name[name].setCheckable(True)
            self.actions_by_name[name].setChecked(is_on)
        menu = popup(self, self.actions_by_name, MAIN)
        menu.addMenu(theme_menu(menu, self._settings.theme, self._set_theme))
        menu.addMenu(device_menu(menu, self.audition, self._settings.device, self._set_device))
        columns = QMenu("Columns", menu)
        columns.addActions(self.table.header.actions_of_columns(columns))
        menu.addMenu(columns)
        fill(menu, self.actions_by_name, ("", "show_keys", "show_report", "quit"))
        menu.popup(below(self.top.menu))

    def _show_report(self) -> None:
        from app.ui.report_dialog import ReportDialog  # noqa: PLC0415 - rarely needed

        ReportDialog(self, self._importer, self.library.database.path).open()

    # --- how it is set up ---------------------------------------------------------------------

    def _set_theme(self, theme: str) -> None:
        self._settings = replace(self._settings, theme=theme)
        self._dress()

    def _set_device(self, name: str | None) -> None:
        self._settings = replace(self._settings, device=name)
        self.audition.choose_device(name)

    def _dress(self) -> None:
        self._colours = chosen_colours(self._settings.theme)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            dress(application, self._colours)
        for part in (self.top, self.filters, self.listening, self.sidebar, self.middle.empty):
            part.dress(self._colours)
        self.shape.dress(self._colours)
        self.sort.dress(self._colours)

    # --- what is shown ------------------------------------------------------------------------

    def say(self, text: str, *, is_warning: bool = False) -> None:
        """Say something in the status line."""
        self.status.say(text, is_warning=is_warning)

    def _keep_choice(self, choice: SortChoice) -> None:
        self._settings = replace(self._settings, sorting=choice.as_texts())
        self.outlook.look_at_placed()
        self.outlook.look_soon()

    def _on_round(self) -> None:
        """Show a round in place of what was filtered, or that again."""
        is_on = self.rounds.kind is not None
        self.audition.is_asked_for = is_on
        self.commands.advances = is_on or self._settings.advance
        for part in (self.sidebar, self.top.search, self.top.filters):
            part.setEnabled(not is_on)
        self.table.show_sort(() if is_on else self.browser.sorted_by)
        row = self.table.current_row()
        if not is_on and row is not None:  # again where the user was: shown, and not heard
            self.listening.go_to(row, is_held=False, is_silent=True)

    def _show_check(self, check: Check) -> None:
        self.say(check_line(check))
        CheckDialog(self, check, self._colours).open()

    def _take_settings(self, settings: Settings, excludes: dict[int, list[str]]) -> None:
        self._settings = settings
        self.listening.transport.autoplay.setChecked(settings.autoplay)
        self.commands.advances = settings.advance
        self.library.set_up(settings.model or DEFAULT_MODEL, settings.threads)
        self.library.rows.middle_c = settings.middle_c
        self.sort.restore(settings.sorting, self._colours)
        self.outlook.choose(settings.threshold)
        self.folders.exclude_only(excludes)
        self._dress()

    def _on_current(self, row: int) -> None:
        self.listening.go_to(row, is_held=self.table.is_key_held)

    def _on_dropped(self, entry: Entry, ids: list[int]) -> None:
        """Correct what was dropped on an instrument; plan where it goes in a folder."""
        if entry.bucket is Bucket.FAVOURITES:
            self.commands.favour_samples(ids)
        elif entry.bucket is not None:
            self.commands.correct_samples(ids, LABELS.index(entry.bucket))
        elif entry.root is not None:
            self.sort.into(entry.root.path, ids)

    def _on_shown(self) -> None:
        self._show_count()
        self.middle.show_banner()
        self.middle.show_found()

    def _show_count(self) -> None:
        self.top.show_count(self.browser.count, len(self.library.rows), self.table.count_chosen())

    def _on_progress(self) -> None:
        library = self.library
        self.status.show_progress(
            library.progress, is_paused=library.is_paused, is_busy=library.is_scanning
        )
        if library.is_scanning and self.middle.is_empty:
            self.middle.show_library()

    def _on_scan_ended(self, scanned: Scanned | None) -> None:
        self._on_progress()
        if scanned is not None:
            self.say(scan_line(scanned))

    def _name_undo(self) -> None:
        for name, what in (("undo", self.library.next_undo), ("redo", self.library.next_redo)):
            action = self.actions_by_name[name]
            # Never disabled: the step that is to be taken back may still be on its way.
            action.setText(f"{name.capitalize()} {what or ''}".strip())

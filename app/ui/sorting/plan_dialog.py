"""A plan from its rules to its end: looked through, applied, taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.core.catalog.database import Database
from app.core.sorting.choice import SortChoice
from app.core.sorting.planning import plan_examples, plan_sort, plan_undo, require_ready
from app.core.sorting.preview import Group, Preview
from app.core.sorting.runner import Outcome
from app.core.sorting.steps import Act, Mode, Plan, Rules, Step
from app.core.sorting.wording import DOING, promise
from app.core.wording import counted
from app.ui.panels import ElidedLabel, button, key
from app.ui.sample_painter import plain, tip
from app.ui.sorting.pages import ProgressPage, SummaryPage, outcome_lines, outcome_title
from app.ui.sorting.plan_view import PlanView
from app.ui.sorting.rules_panel import NO_FOLDER, RulesPanel
from app.ui.sorting.sorter import Applied, Sorter
from app.ui.theme import SMALL_PX, Colours, font

_SIZE: Final = (1120, 700)
_MARGIN: Final = 48
_PLAN_MS: Final = 250
_CHECK_MS: Final = 150
# Quick work shows no progress: it would only flash.
_PATIENCE_MS: Final = 400
_BUTTON_PX: Final = 34
_EXAMPLES: Final = 3

MakePlan = Callable[[Database], Plan]


class PlanDialog(QDialog):
    """Shows a plan before it is applied, then how far it is, then what came of it.

    Attributes
    ----------
    panel : RulesPanel or None
        What the plan is made by; an undo has none.
    view : PlanView
    pages : QStackedWidget
    progress : ProgressPage
    summary : SummaryPage
    main : QPushButton

    Signals
    -------
    agreed(object)
        The `SortChoice` by which it sorts.
    """

    agreed = Signal(object)

    def __init__(
        self, parent: QWidget, sorter: Sorter, colours: Colours, why_not: Callable[[], str | None]
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.panel: RulesPanel | None = None
        self._sorter, self._why_not = sorter, why_not
        self._make: Callable[[], MakePlan | None] = lambda: None
        self._is_planning = self._goes_at_once = False
        self._left_out: set[str] = set()
        self._example_ids: list[int] = []
        self._applied: Applied | None = None
        self._make_parts(colours)
        self._arrange()
        self._connect()
        size = parent.window().size()
        width = min(_SIZE[0], max(720, size.width() - _MARGIN))
        self.resize(width, min(_SIZE[1], max(520, size.height() - _MARGIN)))

    def _make_parts(self, colours: Colours) -> None:
        self._title = QLabel()
        self._title.setTextFormat(Qt.TextFormat.PlainText)
        self._title.setFont(font(17, bold=True))
        self.view = PlanView(colours)
        self._sum = ElidedLabel()
        self._sum.setTextFormat(Qt.TextFormat.PlainText)
        self._sum.setObjectName("second")
        self._sum.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._cancel = button("Cancel", "Do nothing (Escape)")
        self.main = button("Planning…", "Ctrl+Return", "main")
        for one in (self._cancel, self.main):
            one.setMinimumSize(96, _BUTTON_PX)
            one.setAutoDefault(False)
        self.progress, self.summary = ProgressPage(), SummaryPage(colours)
        self.pages = QStackedWidget()
        self._planning = QTimer(self, singleShot=True, interval=_PLAN_MS)
        self._checking = QTimer(self, singleShot=True, interval=_CHECK_MS)
        self._patience = QTimer(self, singleShot=True, interval=_PATIENCE_MS)

    def _arrange(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 10, 16, 12)
        foot.setSpacing(10)
        foot.addWidget(self._sum, 1)
        for keys, text in (
            ("Space", "leave out"),
            ("Ctrl \N{DOWNWARDS ARROW WITH CORNER LEFTWARDS}", "go"),
        ):
            foot.addWidget(key(keys))
            foot.addWidget(_hint(text))
        foot.addWidget(self._cancel)
        foot.addWidget(self.main)
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._title.setContentsMargins(16, 14, 16, 8)
        self._column.addWidget(self._title)
        self._column.addWidget(self.view, 1)
        self._column.addLayout(foot)
        for one in (page, self.progress, self.summary):
            self.pages.addWidget(one)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.pages)

    def _connect(self) -> None:
        self._planning.timeout.connect(self.plan_again)
        self._checking.timeout.connect(self._check)
        self._patience.timeout.connect(lambda: self.pages.setCurrentWidget(self.progress))
        self.view.kept_changed.connect(self._on_kept)
        self.main.clicked.connect(self.go)
        self._cancel.clicked.connect(self.reject)
        self.progress.stop.clicked.connect(self.stop)
        self.summary.done.clicked.connect(self.accept)
        self.summary.undo.clicked.connect(self._undo)
        self.summary.show_folder.clicked.connect(self._show_folder)
        self._sorter.progressed.connect(self._on_progress)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.go)
        QShortcut(QKeySequence.StandardKey.Find, self).activated.connect(self.view.search.setFocus)

    # --- what is planned ----------------------------------------------------------------------

    def sort(
        self,
        ids: Sequence[int] | None,
        title: str,
        choice: SortChoice,
        least_confidence: float | None,
    ) -> None:
        """Plan how samples are sorted, as the user changes how."""
        self._call(f"Sort {title}")
        self.panel = panel = RulesPanel(choice)
        self._column.insertWidget(1, panel)

        def make() -> MakePlan | None:
            if panel.problem:
                return None
            rules = panel.choice.rules(least_confidence)

            def plan(database: Database) -> Plan:
                require_ready(database, rules)
                return plan_sort(database, None, rules, ids)

            return plan

        panel.changed.connect(lambda _: self._on_rules(least_confidence))
        self._make = make
        (self.view.table if choice.is_complete else panel.choose).setFocus()
        self.plan_again()

    def undo(self, batch: int, title: str) -> None:
        """Plan how a batch is taken back."""
        self._call(f"Undo: {title}")
        if self.panel is not None:
            self.panel.hide()
        self._left_out.clear()
        self._make = lambda: lambda database: plan_undo(database, batch)
        self.pages.setCurrentIndex(0)
        self.plan_again()

    def _call(self, title: str) -> None:
        self.setWindowTitle(plain(title))
        self._title.setText(plain(title))

    def _on_rules(self, least_confidence: float | None) -> None:
        """Show at once where some samples would go, and a little later where all would."""
        self._is_planning = True
        self._planning.start()
        self._show_sum()
        panel = self.panel
        if panel is not None and not panel.problem and self._example_ids:
            rules, ids = panel.choice.rules(least_confidence), self._example_ids
            self._sorter.ask(
                self,
                lambda database: plan_examples(database, rules, ids),
                panel.show_examples,
                lambda _: None,
            )

    def plan_again(self) -> None:
        """Make the plan."""
        make = self._make()
        preview = self.view.model.preview
        self._left_out = (self._left_out - {one.source for one in preview.plan.steps}) | (
            preview.left_out()
        )
        if make is None:
            self._is_planning = False
            self.view.take(_nothing())
            self.view.say("Choose the folder, and the plan is shown here.")
            self._show_sum()
            return
        self._is_planning = True
        self._show_sum()
        if not len(preview):
            self.view.say("Planning…")
        self._sorter.preview(self, make, self.show_preview, self._show_error)

    def show_preview(self, preview: Preview) -> None:
        """Show a plan that was made."""
        self._is_planning = False
        preview.leave_out(self._left_out)
        self.view.take(preview)
        if preview.left_out():
            self._checking.start()
        examples = _examples(preview.plan.steps)
        self._example_ids = [step.sample for step in examples if step.sample is not None]
        if self.panel is not None:
            self.panel.show_examples(examples)
        self._show_sum()
        goes_at_once, self._goes_at_once = self._goes_at_once, False
        if goes_at_once and not preview.plan.left:
            self.go()

    def _show_error(self, error: Exception) -> None:
        self._is_planning = self._goes_at_once = False
        self.view.take(_nothing())
        self.view.say(str(error))
        self._show_sum()

    def _on_kept(self) -> None:
        self._show_sum()
        self._checking.start()

    def _check(self) -> None:
        """Look again whether what is kept fits and is permitted."""
        preview = self.view.model.preview

        def show(obstacles: list[str]) -> None:
            if preview is self.view.model.preview:
                preview.plan.obstacles[:] = obstacles
                self.view.show_notes(obstacles, preview.plan.warnings)
                self._show_sum()

        self._sorter.check(self, preview, show)

    def _show_sum(self) -> None:
        """Say on the button what it will do, and beside it what it comes to."""
        preview = self.view.model.preview
        self.main.setText(self._promise())
        self.main.setEnabled(self.may_go)
        text = "" if self._is_planning else " · ".join(_sums(preview))
        self._sum.setText(text)
        self._sum.setToolTip(tip(text))

    def _promise(self) -> str:
        if self._is_planning:
            return "Planning…"
        if self.panel is not None and self.panel.problem == NO_FOLDER:
            return "Choose a folder first"
        preview = self.view.model.preview
        return promise(preview.plan, preview.samples)

    @property
    def may_go(self) -> bool:
        """Whether there is something to be done, and nothing hinders it."""
        preview = self.view.model.preview
        is_planned = not self._is_planning and not self._sorter.is_applying
        return is_planned and preview.files > 0 and not preview.plan.obstacles

    # --- what is done -------------------------------------------------------------------------

    def go(self) -> None:
        """Apply what is kept of the plan."""
        if self.pages.currentIndex() or not self.may_go:
            return
        why_not = self._why_not()
        if why_not:
            self.view.show_notes([why_not], self.view.model.preview.plan.warnings)
            return
        preview = self.view.model.preview
        if self.panel is not None and preview.plan.undoes is None:
            self.agreed.emit(self.panel.choice)
        doing = DOING[preview.plan.rules.mode] if preview.plan.undoes is None else "putting back"
        self.progress.begin(f"{doing.capitalize()} {counted(preview.files, 'file')}")
        self._patience.start()
        self._sorter.apply(self, preview, self._show_outcome, self._show_break)
        self._show_sum()

    def stop(self) -> None:
        """Stop after the file that is at work."""
        self._sorter.cancel()
        self.progress.stopping()

    def _on_progress(self) -> None:
        if self.progress.stop.isEnabled():
            self.progress.show_progress(self._sorter.progress)

    def _show_outcome(self, applied: Applied) -> None:
        self._patience.stop()
        self._applied = applied
        plan, outcome = applied.plan, applied.outcome
        if plan is not None:
            lines = outcome_lines(plan, outcome)
            is_sort = plan.undoes is None
            counts = folder_counts(self.view.model.preview) if is_sort else []
            self.summary.show_outcome(outcome_title(plan, outcome), lines, outcome, counts)
            self.summary.undo.setVisible(is_sort and outcome.done > 0)
            self.summary.show_folder.setVisible(is_sort and bool(plan.rules.destination))
        self.pages.setCurrentWidget(self.summary)
        self.summary.done.setFocus()

    def _show_break(self, error: Exception) -> None:
        self._patience.stop()
        self.summary.show_outcome(
            "It broke off.",
            [str(error), "What was done can be finished or put back at the next start."],
            Outcome(0),
        )
        for one in (self.summary.undo, self.summary.show_folder):
            one.hide()
        self.pages.setCurrentWidget(self.summary)

    def _undo(self) -> None:
        """Take back what was just done; only where something would stay, ask first."""
        if self._applied is not None:
            self._goes_at_once = True
            self.undo(self._applied.outcome.batch, self.summary.title)

    def _show_folder(self) -> None:
        if self._applied is not None and self._applied.plan is not None:
            folder = self._applied.plan.rules.destination
            QDesktopServices.openUrl(QUrl.fromLocalFile(folder))

    def dress(self, colours: Colours) -> None:
        """Paint in other colours."""
        self.view.dress(colours)
        self.summary.dress(colours)

    def reject(self) -> None:
        """Close, unless files are being touched: that is stopped first."""
        if self._sorter.is_applying:
            self.stop()
        else:
            super().reject()


def _hint(text: str) -> QLabel:
    made = QLabel(text)
    made.setObjectName("second")
    made.setFont(font(SMALL_PX))
    return made


def _nothing() -> Preview:
    return Preview(Plan(Rules("")))


def _examples(steps: Sequence[Step]) -> list[Step]:
    """Return the first step of some instruments."""
    found: dict[str, Step] = {}
    for step in steps:
        if step.leader is None and step.act is not Act.REMOVE:
            found.setdefault(step.reason, step)
            if len(found) == _EXAMPLES:
                break
    return list(found.values())


def folder_counts(preview: Preview) -> list[tuple[str, int]]:
    """Return how many samples go to each folder."""
    totals = preview.totals().items()
    return [(part.name, count) for part, count in totals if part.group is Group.FOLDER and count]


def _sums(preview: Preview) -> list[str]:
    """Return how much is written, goes along, stays, is left out, and is in place."""
    plan = preview.plan
    along = preview.files - preview.samples
    out = len(plan.steps) - preview.files
    # Only a copy takes room.
    writes = plan.undoes is None and plan.rules.mode is Mode.COPY
    parts = [_bytes_text(preview.size)] if preview.files and writes else []
    parts += [f"{counted(along, 'sidecar')} along"] if along else []
    parts += [f"{out:,} left out"] if out else []
    parts += [f"{len(plan.left):,} stay"] if plan.left else []
    parts += [f"{plan.in_place:,} in place already"] if plan.in_place else []
    return parts


def _bytes_text(size: int) -> str:
    for unit, least in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= least:
            return f"{size / least:.1f} {unit}"
    return f"{size} bytes"

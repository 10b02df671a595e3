"""A plan of 100,000 steps: made in a thread, shown at once, nothing freezes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer

from app.core.sorting.preview import Group, Part, Preview
from app.core.sorting.steps import Act, Left, Plan, Rules, Step
from app.ui.chosen_lines import chosen_lines
from app.ui.sorting.plan_dialog import PlanDialog
from app.ui.theme import DARK
from tests.ui.sorting.conftest import Bench

_MANY = 100_000
_BEAT_MS = 10
_LABELS = ("Kick", "Snare", "808", "Open hat", "Closed hat")


def plan_of(count: int) -> Plan:
    plan = Plan(Rules("/sorted"))
    for number in range(count):
        label = _LABELS[number % len(_LABELS)]
        name = f"sample {number}.wav"
        plan.steps.append(
            Step(
                *(Act.COPY, f"/library/pack {number % 400}/{name}", f"/sorted/{label}/{name}"),
                *(1000, 1, label, number),
            )
        )
    plan.left += [Left(f"/library/loop {number}.wav", "unsure") for number in range(count // 10)]
    return plan


class Beat:
    """Ticks while the window has time.

    Attributes
    ----------
    longest_s : float
        That the window has worked between two ticks, others who use the processor left out.
    """

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._last = time.thread_time()
        self._timer = QTimer(interval=_BEAT_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _tick(self) -> None:
        now = time.thread_time()
        self.longest_s = max(self.longest_s, now - self._last)
        self._last = now

    def restart(self) -> float:
        """Return the longest gap so far, and begin anew."""
        found, self.longest_s, self._last = self.longest_s, 0.0, time.thread_time()
        return found


@pytest.fixture
def beat() -> Iterator[Beat]:
    made = Beat()
    yield made
    made._timer.stop()


def one_pass_s() -> float:
    """Return how long one loop of Python over as many steps takes."""
    begun = time.thread_time()
    plan_of(_MANY)
    return time.thread_time() - begun


def shown(bench: Bench) -> PlanDialog:
    sorting = bench.sorting
    dialog = PlanDialog(bench.window, sorting.sorter, DARK, sorting.why_not)
    sorting._dialogs.append(dialog)
    dialog._make = lambda: lambda _: plan_of(_MANY)
    dialog.open()
    return dialog


def test_a_plan_for_a_whole_disk_does_not_freeze_the_window(bench: Bench, beat: Beat) -> None:
    most_s = one_pass_s()
    beat.restart()
    dialog = shown(bench)
    dialog.plan_again()
    bench.until(lambda: dialog.main.text() == "Copy 100,000 samples")
    bench.qtbot.wait(50)
    assert beat.restart() < most_s
    view = dialog.view
    view.search.setText("sample 77 snare")
    bench.until(lambda: 0 < view.model.rowCount() < 5_000)
    view.search.clear()
    bench.until(lambda: view.model.rowCount() == _MANY * 11 // 10)
    view.parts.choose(Part(Group.FOLDER, "Kick"))
    view.table.selectAll()
    bench.qtbot.wait(50)
    view.model.turn(chosen_lines(view.table))
    bench.until(lambda: dialog.main.text() == "Copy 80,000 samples")
    view.parts.choose(Part())
    for place in (0.3, 0.6, 1.0):
        bar = view.table.verticalScrollBar()
        bar.setValue(round(bar.maximum() * place))
        bench.qtbot.wait(20)
    bench.until(lambda: not bench.sorting.sorter.is_busy)
    assert beat.restart() < most_s


def test_a_preview_for_a_whole_disk_is_made_in_no_time() -> None:
    plan = plan_of(_MANY)
    begun = time.thread_time()
    preview = Preview(plan)
    preview.matching(Part(), "kick 9")
    preview.keep(range(0, _MANY, 2), is_kept=False)
    assert preview.totals()[Part(Group.FOLDER, "Kick")] == 10_000
    assert len(preview.chosen().steps) == _MANY // 2
    assert time.thread_time() - begun < 8 * one_pass_s()

"""What hands do in the program on a screen: scan, choose, sort, put back."""

from __future__ import annotations

from app.core.demo import DEMO_FILES
from app.ui.panels import SIDEBAR_PX, TOP_PX
from app.ui.theme import DARK
from classifier import LABELS
from tests.helpers.desktop import SIZE, Program, wait_until

# Of the table's first line, wherever the window begins at the corner of the screen.
FIRST_LINE_PX = (SIDEBAR_PX + 400, TOP_PX + 47)
# Below it, of a dialog in the middle of the screen, only its buttons are in the loud colour.
FOOT_PX = SIZE[1] - 110
_PLAN = "Sort the whole library"


def try_demo(program: Program) -> None:
    """Click what lies right of the one loud button, and wait for the scan."""
    desktop = program.desktop
    wait_until("the page for newcomers", lambda: desktop.box_of(DARK.accent, TOP_PX))
    box = desktop.box_of(DARK.accent, TOP_PX)
    assert box
    _, top, right, bottom = box
    desktop.click(right + 60, (top + bottom) // 2)
    wait_until("all samples analysed", lambda: program.analysed() == len(DEMO_FILES))
    wait_until("the table", lambda: is_painted(program, DARK.of("Kick").name()))


def is_painted(program: Program, colour: str) -> bool:
    """Tell whether a colour is seen in the table."""
    box = program.desktop.box_of(colour, TOP_PX)
    return box is not None and box[2] > SIDEBAR_PX


def has_lines(program: Program) -> bool:
    """Tell whether samples are listed: there are hairlines, and a click goes nowhere, before."""
    return any(is_painted(program, DARK.of(label).name()) for label in LABELS)


def sort_all(program: Program) -> None:
    """Look at the plan, click its loud button, and go back to the table."""
    desktop = program.desktop
    desktop.press("ctrl+Return")
    desktop.enter_window(_PLAN)
    _click_loud(program)
    wait_until("all copied", lambda: program.batches() == ["copy"])
    wait_until("what came of it", lambda: _is_summed_up(program))
    desktop.press("Return")
    wait_until("the dialog gone", lambda: not desktop.has_window(_PLAN))
    desktop.enter_window()


def _click_loud(program: Program) -> None:
    """Click the one loud button of a dialog, once there is a plan that it can do."""
    desktop = program.desktop
    wait_until("the plan", lambda: desktop.box_of(DARK.accent, FOOT_PX))
    box = desktop.box_of(DARK.accent, FOOT_PX)
    assert box
    left, top, right, bottom = box
    desktop.click((left + right) // 2, (top + bottom) // 2)


def _is_summed_up(program: Program) -> bool:
    """Tell whether a dialog has its loud button, and no longer the plan with its ticks."""
    desktop = program.desktop
    loud = desktop.box_of(DARK.accent, TOP_PX + 100)
    return bool(desktop.box_of(DARK.accent, FOOT_PX) and loud and loud[1] > SIZE[1] // 2)


def put_back(program: Program) -> None:
    """Take the sort back."""
    program.desktop.press("ctrl+z")
    wait_until("all put back", lambda: program.batches() == ["copy", "undo"])

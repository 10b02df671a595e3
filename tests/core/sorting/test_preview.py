"""A plan that is looked through: what it comes to, what is found, what is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.core.catalog.database import Database
from app.core.sorting.journal import batch_at
from app.core.sorting.planning import plan_undo
from app.core.sorting.preview import LEFT_OUT, Group, Part, Preview, decision_of
from app.core.sorting.steps import Mode, Plan
from tests.helpers.sorting import applied, planned, seen
from tests.helpers.trees import make_tree

DECIDED = {"a/1.wav": "Kick", "a/2.wav": "Snare", "b/1.wav": "Kick", "b/x.wav": "Other"}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "sorted"


@pytest.fixture
def plan(tmp_path: Path, into: Path) -> Plan:
    make_tree(tmp_path / "in", {**dict.fromkeys(DECIDED, b"sound"), "a/1.wav.asd": b"x"})
    return planned(tmp_path / "in", DECIDED, into, mode=Mode.MOVE)


def names(preview: Preview, part: Part, text: str = "") -> list[str]:
    found = []
    for row in preview.matching(part, text).tolist():
        step = preview.step(row)
        found.append(Path(step.source if step else preview.left(row).path).name)
    return found


def test_it_comes_to_folders_and_what_stays(plan: Plan) -> None:
    assert Preview(plan).totals() == {
        Part(): 5,
        Part(Group.FOLDER, "Kick"): 3,
        Part(Group.FOLDER, "Snare"): 1,
        Part(Group.STAYS, "other"): 1,
    }


def test_instruments_are_counted_where_folders_are_others(tmp_path: Path, into: Path) -> None:
    make_tree(tmp_path / "in", dict.fromkeys(DECIDED, b"sound"))
    plan = planned(tmp_path / "in", DECIDED, into, template="{folder}/{name}", with_other=True)
    totals = Preview(plan).totals()
    assert list(totals)[1:] == [
        *(Part(Group.FOLDER, name) for name in ("a", "b")),
        *(Part(Group.INSTRUMENT, name) for name in ("Kick", "Snare", "Other")),
    ]


@pytest.mark.parametrize(
    ("part", "text", "found"),
    [
        (Part(), "", ["1.wav", "1.wav.asd", "2.wav", "1.wav", "x.wav"]),
        (Part(Group.FOLDER, "Kick"), "", ["1.wav", "1.wav.asd", "1.wav"]),
        (Part(Group.FOLDER, "Kick"), "b/1", ["1.wav"]),
        (Part(Group.STAYS, ""), "", ["x.wav"]),
        (Part(Group.STAYS, "other"), "X", ["x.wav"]),
        (Part(Group.STAYS, "unsure"), "", []),
        (Part(Group.INSTRUMENT, "Snare"), "", ["2.wav"]),
        (Part(), "kick/1 (2)", ["1.wav"]),
        (Part(), "goes along", ["1.wav.asd"]),
    ],
)
def test_rows_are_found(plan: Plan, part: Part, text: str, found: list[str]) -> None:
    assert names(Preview(plan), part, text) == found


def test_who_goes_along_stays_with_its_sample(plan: Plan) -> None:
    preview = Preview(plan)
    preview.keep([0, 4], is_kept=False)
    assert (preview.files, preview.samples) == (2, 2)
    assert preview.totals()[Part(Group.FOLDER, "Kick")] == 1
    preview.keep(np.array([0]), is_kept=True)
    assert preview.files == 4
    preview.keep([1], is_kept=False)
    assert (preview.files, preview.samples) == (3, 3)
    assert preview.size == 15


def test_what_is_left_out_is_not_done(
    database: Database, plan: Plan, tmp_path: Path, into: Path
) -> None:
    preview = Preview(plan)
    assert preview.chosen() is plan
    preview.leave_out({plan.steps[2].source})
    chosen = preview.chosen()
    assert chosen.left[-1] == (plan.steps[2].source, LEFT_OUT)
    assert preview.left_out() == {plan.steps[2].source}
    applied(database, chosen)
    assert sorted(seen(into)) == ["Kick/1 (2).wav", "Kick/1.wav", "Kick/1.wav.asd"]
    assert (tmp_path / "in/a/2.wav").exists()


def test_leaders_are_followed_when_steps_before_them_are_left_out(plan: Plan) -> None:
    plan.steps.insert(0, plan.steps.pop())  # the second kick comes first
    plan.steps[2] = plan.steps[2]._replace(leader=1)
    preview = Preview(plan)
    preview.keep([0], is_kept=False)
    chosen = preview.chosen()
    assert chosen.steps[1].leader == 0


def test_what_is_left_out_of_an_undo_can_follow(
    database: Database, plan: Plan, tmp_path: Path, into: Path
) -> None:
    before = seen(tmp_path / "in")
    batch = applied(database, plan).batch
    preview = Preview(plan_undo(database))
    preview.keep([0], is_kept=False)
    applied(database, preview.chosen())
    assert batch_at(database, batch).is_partly_undone
    rest = plan_undo(database, batch)
    assert len(rest.steps) == 1
    applied(database, rest)
    assert batch_at(database, batch).is_undone
    assert seen(tmp_path / "in") == before
    assert not into.exists()


def test_what_is_no_instrument_is_no_decision() -> None:
    assert decision_of("Other · clap") == "Other"
    assert decision_of("goes along with Kick") is None

"""What a plan says: where each sample goes, or why it stays. Nothing is touched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from app.core.catalog.states import State
from app.core.sorting.planner import Placed, make_plan
from app.core.sorting.steps import Act, Collision, Mode, Rules
from app.core.sorting.surroundings import Surroundings
from app.core.sorting.targets import ALREADY_THERE
from app.core.sorting.template import Template
from tests.helpers.sorting import candidate, planned, targets
from tests.helpers.trees import make_tree, read_tree

ALL_MODES = [Mode.COPY, Mode.MOVE, Mode.HARDLINK, Mode.SYMLINK]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "sorted"


@pytest.mark.parametrize("mode", ALL_MODES)
def test_a_sample_goes_to_the_folder_of_its_instrument(root: Path, into: Path, mode: Mode) -> None:
    make_tree(root, {"a.wav": b"1", "pack/b.wav": b"2"})
    before = read_tree(root)
    plan = planned(root, {"a.wav": "Kick", "pack/b.wav": "Open hat"}, into, mode=mode)
    assert targets(plan, into) == {"a.wav": "Kick/a.wav", "b.wav": "Open hat/b.wav"}
    assert [step.reason for step in plan.steps] == ["Kick", "Open hat"]
    assert read_tree(root) == before
    assert not into.exists()


def test_a_correction_wins(root: Path, into: Path) -> None:
    make_tree(root, {"a.wav": b"1"})
    corrected = candidate(root, "a.wav", "Kick", correction=2, confidence=0.2)
    plan = make_plan([corrected], Rules(str(into)), Surroundings())
    assert targets(plan, into) == {"a.wav": "808/a.wav"}


def test_unsure_and_other_stay_unless_asked(root: Path, into: Path) -> None:
    make_tree(root, {"a.wav": b"1", "b.wav": b"2"})
    decisions = {"a.wav": "Unsure", "b.wav": "Other"}
    plan = planned(root, decisions, into)
    assert plan.steps == []
    assert plan.reasons == {"unsure": 1, "other": 1}
    plan = planned(root, decisions, into, with_unsure=True, with_other=True)
    assert targets(plan, into) == {"a.wav": "Unsure/a.wav", "b.wav": "Other/b.wav"}
    by_kind = "{instrument}/{kind}/{name}"
    plan = planned(root, decisions, into, with_unsure=True, with_other=True, template=by_kind)
    assert targets(plan, into) == {"a.wav": "Unsure/a.wav", "b.wav": "Other/clap/b.wav"}


def test_a_threshold_of_ones_own_decides_what_is_unsure(root: Path, into: Path) -> None:
    make_tree(root, {"a.wav": b"1"})
    one = candidate(root, "a.wav", "Kick", confidence=0.9)
    for least, count in ((None, 1), (0.95, 0), (0.9, 1)):
        plan = make_plan([one], Rules(str(into), least_confidence=least), Surroundings())
        assert len(plan.steps) == count


@pytest.mark.parametrize(
    ("policy", "expected", "why"),
    [
        (Collision.KEEP_BOTH, ["k.wav", "k (2).wav", "k (3).wav"], {}),
        (Collision.SKIP, ["k.wav"], {"the name is taken": 1, ALREADY_THERE: 1}),
        (Collision.SKIP_SAME, ["k.wav", "k (2).wav"], {ALREADY_THERE: 1}),
    ],
)
def test_two_samples_of_one_name_never_lead_to_one_file(
    root: Path, into: Path, policy: Collision, expected: list[str], why: dict[str, int]
) -> None:
    make_tree(root, {"1/k.wav": b"1", "2/k.wav": b"2", "3/k.wav": b"1"})
    decisions = dict.fromkeys(("1/k.wav", "2/k.wav", "3/k.wav"), "Kick")
    plan = planned(root, decisions, into, on_collision=policy)
    assert [Path(step.target).name for step in plan.steps] == expected
    assert plan.reasons == why


@pytest.mark.parametrize("mode", ALL_MODES)
@pytest.mark.parametrize("policy", list(Collision))
def test_a_sound_that_is_there_already_stays_where_it_is(
    root: Path, into: Path, mode: Mode, policy: Collision
) -> None:
    make_tree(root, {"k.wav": b"1"})
    make_tree(into, {"Kick/k.wav": b"0", "Kick/K (2).WAV": b"1"})
    plan = planned(root, {"k.wav": "Kick"}, into, mode=mode, on_collision=policy)
    assert plan.steps == []
    assert plan.reasons == {ALREADY_THERE: 1}


@pytest.mark.parametrize("taken", ["K.WAV", "k.wav", "kk.wav"])
def test_names_are_the_same_that_are_so_for_some_system(root: Path, into: Path, taken: str) -> None:
    make_tree(root, {"k.wav": b"1"})
    make_tree(into, {f"KICK/{taken}": b"another"})
    plan = planned(root, {"k.wav": "Kick"}, into)
    expected = "KICK/k.wav" if taken == "kk.wav" else "KICK/k (2).wav"
    assert targets(plan, into) == {"k.wav": expected}


def test_composed_and_decomposed_letters_are_the_same_name(root: Path, into: Path) -> None:
    make_tree(root, {"1/\u00e9.wav": b"1", "2/e\u0301.wav": b"2"})
    plan = planned(root, dict.fromkeys(("1/\u00e9.wav", "2/e\u0301.wav"), "Kick"), into)
    assert [Path(step.target).name for step in plan.steps] == ["\u00e9.wav", "e\u0301 (2).wav"]


def test_a_file_in_the_way_of_a_folder_is_left(root: Path, into: Path) -> None:
    make_tree(root, {"k.wav": b"1"})
    make_tree(into, {"kick": b"a file"})
    plan = planned(root, {"k.wav": "Kick"}, into)
    assert plan.reasons == {"a file is in the way of its folder": 1}


def test_what_lies_in_its_folder_is_in_place(root: Path) -> None:
    make_tree(root, {"Kick/a.wav": b"1", "Kick/deep/b.wav": b"2", "Snare/c.wav": b"3"})
    decisions = dict.fromkeys(("Kick/a.wav", "Kick/deep/b.wav", "Snare/c.wav"), "Kick")
    plan = planned(root, decisions, root, mode=Mode.MOVE)
    assert targets(plan, root) == {"c.wav": "Kick/c.wav"}
    assert plan.in_place == 2


def test_copying_never_moves_what_the_user_has_put_there(root: Path) -> None:
    make_tree(root, {"Kick/a.wav": b"1"})
    plan = planned(root, {"Kick/a.wav": "Snare"}, root, mode=Mode.COPY)
    assert [step.act for step in plan.steps] == [Act.COPY]


def test_a_copy_of_an_earlier_sort_moves_when_its_original_was_corrected(
    root: Path, into: Path
) -> None:
    make_tree(root, {"a.wav": b"1"})
    make_tree(into, {"Kick/a.wav": b"1"})
    status = (into / "Kick/a.wav").stat()
    copy = Placed(str(into / "Kick/a.wav"), status.st_size, status.st_mtime_ns)
    placed = {str(root / "a.wav"): copy}
    assert planned(root, {"a.wav": "Kick"}, into, placed=placed).in_place == 1
    plan = planned(root, {"a.wav": "Snare"}, into, placed=placed)
    [step] = plan.steps
    assert (step.act, step.source) == (Act.MOVE, str(into / "Kick/a.wav"))
    assert step.target == str(into / "Snare/a.wav")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"state": State.PROBLEM}, "cannot be read"),
        ({"state": State.ONLINE_ONLY}, "online only"),
        ({"state": State.WAITING}, "not yet looked into"),
        ({"is_online": False}, "its drive is not there"),
        ({"is_link": True}, "a link; what it leads to is sorted where it lies"),
    ],
)
def test_what_cannot_be_sorted_stays_with_a_reason(
    root: Path, into: Path, changes: dict[str, Any], why: str
) -> None:
    make_tree(root, {"a.wav": b"1"})
    one = candidate(root, "a.wav", "Kick", **changes)
    plan = make_plan([one], Rules(str(into), Mode.MOVE), Surroundings())
    assert (plan.steps, plan.reasons) == ([], {why: 1})


def test_sidecars_go_along_under_the_new_name(root: Path, into: Path) -> None:
    tree = {
        "a.wav": b"1",
        "a.wav.asd": b"live",
        "a.WAV.reapeaks": b"reaper",
        "a.nfo": b"notes",
        "b.wav.asd": b"of another",
    }
    make_tree(root, tree)
    make_tree(into, {"Kick/a.wav": b"another"})
    plan = planned(root, {"a.wav": "Kick"}, into, mode=Mode.MOVE)
    assert targets(plan, into) == {
        "a.wav": "Kick/a (2).wav",
        "a.wav.asd": "Kick/a (2).wav.asd",
        "a.WAV.reapeaks": "Kick/a (2).wav.reapeaks",
        "a.nfo": "Kick/a (2).nfo",
    }
    assert [step.leader for step in plan.steps] == [None, 0, 0, 0]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{name}", "kick.wav"),
        ("{root}/{top}/{folder}/{name}", "library/Pack/Kicks/kick.wav"),
        ("{instrument}/{name} {length}", "Kick/kick 0.50s.wav"),
        ("{instrument}/{note}/{name} - {note}", "Kick/F#1/kick - F#1.wav"),
        ("{instrument}/{tag}/{name}", "Kick/best_of/kick.wav"),
        ("{instrument}/{n:03}", "Kick/001.wav"),
    ],
)
def test_a_template_says_where(root: Path, into: Path, template: str, expected: str) -> None:
    make_tree(root, {"Pack/Kicks/kick.wav": b"1"})
    one = candidate(root, "Pack/Kicks/kick.wav", "Kick", root_hz=46.25, tags='["best/of"]')
    rules = Rules(str(into), template=Template.parsed(template))
    plan = make_plan([one], rules, Surroundings())
    assert targets(plan, into) == {"kick.wav": expected}


def test_numbers_count_as_people_do(root: Path, into: Path) -> None:
    names = ["k 10.wav", "k 2.wav", "s 1.wav"]
    make_tree(root, {name: name.encode() for name in names})
    decisions = {"k 10.wav": "Kick", "k 2.wav": "Kick", "s 1.wav": "Snare"}
    plan = planned(root, decisions, into, template="{instrument}/{n:02} {name}")
    assert sorted(targets(plan, into).values()) == [
        "Kick/01 k 2.wav",
        "Kick/02 k 10.wav",
        "Snare/01 s 1.wav",
    ]


@pytest.mark.parametrize("name", ["con.wav", 'a"b?.wav', "x\n.wav", os.fsdecode(b"\xff.wav")])
def test_names_are_made_safe_for_all_systems(root: Path, into: Path, name: str) -> None:
    make_tree(root, {name: b"1"})
    [step] = planned(root, {name: "Kick"}, into).steps
    expected = {"con.wav": "con_.wav", 'a"b?.wav': "a_b_.wav", "x\n.wav": "x_.wav"}
    assert Path(step.target).name == expected.get(name, "_.wav")


def test_a_tag_touches_no_file(root: Path) -> None:
    make_tree(root, {"a.wav": b"1", "b.wav": b"2"})
    known = candidate(root, "b.wav", "Kick", tags='["Kick", "dusty"]')
    new = candidate(root, "a.wav", "Snare", tags='["Kick"]')
    plan = make_plan([new, known], Rules("", Mode.TAG), Surroundings())
    assert [(step.act, step.target) for step in plan.steps] == [(Act.TAG, "Snare")]
    assert plan.in_place == 1

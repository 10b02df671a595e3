"""Walking folders with symbolic links in them: each folder once, and never in circles."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from app.core.walk import walk
from classifier import AudioError, read_sound
from tests.core.walks import SOUND, listed, problems
from tests.helpers.trees import Link, make_tree

LEADS_BACK = "This link leads back to a folder that it lies in."

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="symbolic links need a privilege there"
)


def test_a_folder_behind_a_link_is_listed_last_under_the_name_of_the_link(tmp_path: Path) -> None:
    make_tree(tmp_path, {"far/in/1.wav": SOUND, "here/b.wav": SOUND, "here/a": Link("../far")})
    assert listed(tmp_path, "here") == ["here/b.wav", "here/a/in/1.wav"]


def test_a_folder_reached_both_ways_is_listed_once_under_its_own_name(tmp_path: Path) -> None:
    tree = {"a link": Link("real"), "real/1.wav": SOUND, "z link": Link("real")}
    make_tree(tmp_path, tree)
    assert listed(tmp_path) == ["real/1.wav"]


def test_two_links_to_one_folder_list_it_once(tmp_path: Path) -> None:
    make_tree(tmp_path, {"far/1.wav": SOUND, "in/a": Link("../far"), "in/b": Link("../far")})
    assert listed(tmp_path, "in") == ["in/a/1.wav"]


def test_a_link_that_is_given_is_walked_under_its_name(tmp_path: Path) -> None:
    make_tree(tmp_path, {"far/1.wav": SOUND, "link": Link("far")})
    assert listed(tmp_path, "link") == ["link/1.wav"]


@pytest.mark.parametrize("target", ["..", "../..", ".", "../../pack"])
def test_a_link_that_leads_back_is_a_sentence(tmp_path: Path, target: str) -> None:
    tree = {"pack/in/1.wav": SOUND, "pack/in/back": Link(target), "pack/z.wav": SOUND}
    make_tree(tmp_path, tree)
    assert list(problems(tmp_path, "pack").items())[:2] == [
        ("pack/z.wav", None),
        ("pack/in/1.wav", None),
    ]
    assert problems(tmp_path, "pack")["pack/in/back"] == LEADS_BACK


def test_a_link_to_the_folder_next_to_it_leads_nowhere_back(tmp_path: Path) -> None:
    """The name of one is the beginning of the name of the other."""
    make_tree(tmp_path, {"pack/1.wav": SOUND, "pack 2/link": Link("../pack")})
    assert listed(tmp_path, "pack 2") == ["pack 2/link/1.wav"]


def test_folders_that_link_to_each_other_are_each_listed_once(tmp_path: Path) -> None:
    tree = {
        "a/1.wav": SOUND,
        "a/to b": Link("../b"),
        "b/2.wav": SOUND,
        "b/to a": Link("../a"),
    }
    make_tree(tmp_path, tree)
    assert listed(tmp_path) == ["a/1.wav", "b/2.wav"]
    assert listed(tmp_path, "a") == ["a/1.wav", "a/to b/2.wav"]


def test_a_chain_of_links_is_followed_to_its_end(tmp_path: Path) -> None:
    tree = {
        "in/1": Link("../second"),
        "second/2": Link("../third"),
        "third/3": Link("../fourth"),
        "fourth/x.wav": SOUND,
    }
    make_tree(tmp_path, tree)
    assert listed(tmp_path, "in") == ["in/1/2/3/x.wav"]


@pytest.mark.parametrize(
    "tree",
    [
        {"self": Link("self")},
        {"a": Link("b"), "b": Link("a")},
        {"gone": Link("nowhere")},
    ],
)
def test_links_to_nothing_and_to_themselves_are_passed_over(
    tmp_path: Path, tree: dict[str, Link]
) -> None:
    make_tree(tmp_path, {**tree, "x.wav": SOUND})
    assert listed(tmp_path) == ["x.wav"]


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"x.wav": Link("nowhere.wav")}, "The file is not there."),
        ({"x.wav": Link("x.wav")}, "Could not be opened: Too many levels of symbolic links."),
        (
            {"x.wav": Link("y"), "y": Link("x.wav")},
            "Could not be opened: Too many levels of symbolic links.",
        ),
    ],
)
def test_links_named_like_sounds_are_listed_and_reading_says_what_they_are(
    tmp_path: Path, tree: dict[str, Link], sentence: str
) -> None:
    make_tree(tmp_path, tree)
    assert listed(tmp_path) == ["x.wav"]
    [found] = walk([tmp_path])
    with pytest.raises(AudioError) as caught:
        read_sound(found.path)
    assert str(caught.value) == sentence


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    make_tree(tmp_path, {"far/1.txt": SOUND, "in/x.wav": Link("../far/1.txt")})
    assert listed(tmp_path, "in") == ["in/x.wav"]


def test_a_hidden_link_is_passed_over_and_hidden_targets_are_not(tmp_path: Path) -> None:
    tree = {"far/.kept/1.wav": SOUND, "in/.link": Link("../far"), "in/link": Link("../far/.kept")}
    make_tree(tmp_path, tree)
    assert listed(tmp_path, "in") == ["in/link/1.wav"]


def test_a_linked_folder_named_like_a_sound_is_listed_with_a_sentence_and_walked(
    tmp_path: Path,
) -> None:
    make_tree(tmp_path, {"far/1.wav": SOUND, "in/x.wav": Link("../far")})
    assert problems(tmp_path, "in") == {
        "in/x.wav": "This is a folder, though it is named like a sound file.",
        "in/x.wav/1.wav": None,
    }


def test_links_of_all_given_folders_come_after_all_their_files(tmp_path: Path) -> None:
    tree = {"a/link": Link("../b"), "a/1.wav": SOUND, "b/2.wav": SOUND}
    make_tree(tmp_path, tree)
    assert listed(tmp_path, "a", "b") == ["a/1.wav", "b/2.wav"]

"""Walking folders: the tree that is there, and the list that comes of it."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from pathlib import Path

import pytest

from app.core.walk import walk
from classifier import EXTENSIONS
from tests.core.walks import SOUND, listed, problems, relative
from tests.helpers.trees import Link, make_tree, read_tree

IS_A_FOLDER = "This is a folder, though it is named like a sound file."

needs_posix_names = pytest.mark.skipif(
    sys.platform in {"win32", "darwin"}, reason="names that this system does not allow"
)


def test_files_come_folder_by_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    tree = ["b/z.wav", "b/a/x.wav", "c.wav", "a/2.wav", "a/10.wav", "B.wav", "d.wav"]
    make_tree(tmp_path, dict.fromkeys(tree, SOUND))
    assert listed(tmp_path) == [
        *("B.wav", "c.wav", "d.wav"),
        *("a/10.wav", "a/2.wav"),
        *("b/z.wav", "b/a/x.wav"),
    ]


def test_given_paths_come_in_the_order_they_are_given_in(tmp_path: Path) -> None:
    make_tree(tmp_path, {"a/1.wav": SOUND, "b/2.wav": SOUND, "3.wav": SOUND})
    assert listed(tmp_path, "b", "3.wav", "a") == ["b/2.wav", "3.wav", "a/1.wav"]


def test_paths_come_back_as_they_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tree(tmp_path, {"in/1.wav": SOUND, "2.wav": SOUND})
    monkeypatch.chdir(tmp_path)
    wanted = [os.path.join("in", "1.wav"), "2.wav"]  # noqa: PTH118 - as str, "./" would be lost
    assert [item.path for item in walk(["in", "2.wav"])] == wanted


def test_a_walk_changes_nothing(tmp_path: Path) -> None:
    tree = {"a/1.wav": SOUND, ".hidden/2.wav": SOUND, "empty": None, "link": Link("a")}
    make_tree(tmp_path, tree)
    listed(tmp_path)
    assert read_tree(tmp_path) == tree


def test_an_empty_folder_and_no_paths_at_all_list_nothing(tmp_path: Path) -> None:
    assert listed(tmp_path) == []
    assert list(walk([])) == []


@pytest.mark.parametrize(
    "name",
    [
        ".hidden.wav",
        "._x.wav",
        ".DS_Store",
        ".hidden/x.wav",
        "__MACOSX/x.wav",
        "__MACOSX/deep/._x.wav",
        "pack/__MACOSX/x.wav",
        "pack/._x.wav",
        ".wav",
    ],
)
def test_what_is_hidden_is_passed_over(tmp_path: Path, name: str) -> None:
    make_tree(tmp_path, {"seen.wav": SOUND, name: SOUND})
    assert listed(tmp_path) == ["seen.wav"]


@pytest.mark.parametrize("name", [".hidden.wav", "._x.wav", ".hidden", "__MACOSX"])
def test_what_is_hidden_is_taken_when_it_is_named(tmp_path: Path, name: str) -> None:
    inside = name if name.endswith(".wav") else f"{name}/x.wav"
    make_tree(tmp_path, {inside: SOUND})
    assert listed(tmp_path, name) == [inside]


def test_extensions_are_known_in_any_case(tmp_path: Path) -> None:
    names = sorted({f"{ext[1:]}{ext.upper()}" for ext in EXTENSIONS} | {"mixed.WaV"})
    make_tree(tmp_path, dict.fromkeys(names, SOUND))
    assert listed(tmp_path) == names


def test_what_is_no_sound_is_left_out_in_folders_and_taken_when_named(tmp_path: Path) -> None:
    others = ["cover.jpg", "kick.wav.asd", "notes.txt", "wav", "x.wav.part"]
    make_tree(tmp_path, dict.fromkeys([*others, "kick.wav"], SOUND))
    assert listed(tmp_path) == ["kick.wav"]
    assert listed(tmp_path, *others) == others


def test_a_missing_path_is_listed_with_a_sentence(tmp_path: Path) -> None:
    missing = [str(tmp_path / "nowhere"), str(tmp_path / "gone.wav")]
    sentence = "There is no such file or folder."
    assert [(found.path, found.problem) for found in walk(missing)] == [
        (path, sentence) for path in missing
    ]
    assert [found.problem for found in walk([""])] == [sentence]


def test_a_folder_named_like_a_sound_is_listed_with_a_sentence_and_walked(tmp_path: Path) -> None:
    make_tree(tmp_path, {"x.wav/inner.wav": SOUND, "y.wav": SOUND})
    assert list(problems(tmp_path).items()) == [
        ("x.wav", IS_A_FOLDER),
        ("y.wav", None),
        ("x.wav/inner.wav", None),
    ]


@pytest.mark.parametrize("given", [("", "in"), ("in", ""), ("in", "in", ""), ("in/deep", "", "in")])
def test_a_folder_that_lies_in_another_given_one_is_listed_once(
    tmp_path: Path, given: tuple[str, ...]
) -> None:
    names = ["1.wav", "in/2.wav", "in/deep/3.wav"]
    make_tree(tmp_path, dict.fromkeys(names, SOUND))
    assert sorted(listed(tmp_path, *given)) == names


@pytest.mark.parametrize("given", [("1.wav", ""), ("", "1.wav"), ("1.wav", "1.wav")])
def test_a_file_that_lies_in_a_given_folder_is_listed_once(
    tmp_path: Path, given: tuple[str, ...]
) -> None:
    make_tree(tmp_path, {"1.wav": SOUND})
    assert listed(tmp_path, *given) == ["1.wav"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are a POSIX thing")
def test_a_named_pipe_is_listed_and_blocks_nobody(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.wav")
    assert listed(tmp_path) == ["x.wav"]


@needs_posix_names
@pytest.mark.parametrize(
    "name",
    [
        "🔥 snare 👩🏽‍🎤.wav",
        "new\nline.wav",
        "-rf.wav",
        "--help.wav",
        os.fsdecode(b"caf\xe9 \xff.wav"),
        "\x1b[31mred.wav",
        " .wav",
        "a" * 251 + ".wav",
    ],
)
def test_any_name_comes_back_as_it_is(tmp_path: Path, name: str) -> None:
    make_tree(tmp_path, {name: SOUND, f"{name[:99]} folder/{name}": SOUND})
    assert listed(tmp_path) == [name, f"{name[:99]} folder/{name}"]
    assert listed(tmp_path, name) == [name]
    assert all(Path(item.path).exists() for item in walk([tmp_path]))


def test_forty_levels_are_no_trouble(tmp_path: Path) -> None:
    name = "/".join(["deep"] * 40 + ["x.wav"])
    make_tree(tmp_path, {name: SOUND})
    assert listed(tmp_path) == [name]


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (PermissionError(errno.EACCES, "denied"), "No permission to open the folder."),
        (FileNotFoundError(errno.ENOENT, "gone"), "The folder is not there."),
        (
            OSError(errno.EIO, "Input/output error"),
            "The folder could not be opened: Input/output error.",
        ),
        (OSError("no number"), "The folder could not be opened: no number."),
    ],
)
def test_a_folder_that_cannot_be_opened_is_a_sentence_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, sentence: str
) -> None:
    make_tree(tmp_path, {"a/1.wav": SOUND, "locked/2.wav": SOUND, "z/3.wav": SOUND})
    scandir = os.scandir

    def refuse(folder: str) -> object:
        if folder == str(tmp_path / "locked"):
            raise error
        return scandir(folder)

    monkeypatch.setattr("app.core.walk.os.scandir", refuse)
    assert problems(tmp_path) == {"a/1.wav": None, "locked": sentence, "z/3.wav": None}


def test_a_folder_that_vanishes_on_the_way_is_a_sentence(tmp_path: Path) -> None:
    make_tree(tmp_path, {"1.wav": SOUND, "gone": None, "z/3.wav": SOUND})
    walking = walk([tmp_path])
    assert relative(next(walking), tmp_path) == "1.wav"
    (tmp_path / "gone").rmdir()
    assert [(relative(item, tmp_path), item.problem) for item in walking] == [
        ("gone", "The folder is not there."),
        ("z/3.wav", None),
    ]


def test_twenty_thousand_files_stream_while_later_folders_are_still_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = []
    scandir = os.scandir

    def watch(folder: str) -> object:
        opened.append(Path(folder).name)
        return scandir(folder)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        many = [f"{number:05}.wav" for number in range(20_000)]
        make_tree(folder, {"later/x.wav": SOUND})
        for file in many:
            os.close(os.open(folder / file, os.O_CREAT))
        monkeypatch.setattr("app.core.walk.os.scandir", watch)
        walking = walk([folder])
        streamed = [relative(next(walking), folder) for _ in many]
        assert (streamed, opened) == (many, [folder.name])
        assert [relative(item, folder) for item in walking] == ["later/x.wav"]
        monkeypatch.undo()

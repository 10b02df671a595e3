"""What is written down of a mistake, wherever there is room for it."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from app.core.reports import default_place, write_report
from classifier import __version__
from tests.helpers.trees import make_tree, read_tree


class MistakeError(Exception):
    """One of ours."""


def mistake(text: str = "a mistake") -> MistakeError:
    """Return an error that was raised, with its trace."""
    with pytest.raises(MistakeError) as caught:
        raise MistakeError(text)
    return caught.value


def report(place: Path, error: BaseException) -> str:
    return write_report(place, type(error), error, error.__traceback__)


def test_a_mistake_is_written_down_where_it_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "not there/yet/kitsort.log"
    first = report(place, mistake("the first"))
    second = report(place, mistake("the second"))
    assert place.read_text(encoding="utf-8") == first + second == capsys.readouterr().err
    for part in (__version__, "MistakeError: the first", "in mistake", Path(__file__).name):
        assert part in first
    assert "the second" not in first


@pytest.mark.parametrize(("size", "begins_anew"), [(1 << 20, False), ((1 << 20) + 1, True)])
def test_a_log_that_has_grown_large_begins_anew(
    tmp_path: Path, size: int, *, begins_anew: bool
) -> None:
    place = tmp_path / "kitsort.log"
    place.write_bytes(b"x" * size)
    text = report(place, mistake())
    kept = 0 if begins_anew else size
    assert place.read_bytes() == b"x" * kept + text.encode()
    assert list(read_tree(tmp_path)) == ["kitsort.log"]


@pytest.mark.parametrize("name", ["file/kitsort.log", "folder", "a\nb" * 200])
def test_where_there_is_no_room_it_is_only_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    make_tree(tmp_path, {"file": b"x", "folder/inside": b"y"})
    before = read_tree(tmp_path)
    text = report(tmp_path / name, mistake())
    assert "a mistake" in text
    assert capsys.readouterr().err == text
    assert read_tree(tmp_path) == before


def test_a_mistake_about_a_name_that_is_no_text_is_written_down(tmp_path: Path) -> None:
    report(tmp_path / "kitsort.log", mistake("the file \udcff.wav"))
    assert "the file \\udcff.wav" in (tmp_path / "kitsort.log").read_text(encoding="utf-8")


class _Closed(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(5, "Input/output error")


@pytest.mark.parametrize("stream", [None, _Closed(), io.TextIOWrapper(io.BytesIO(), "ascii")])
def test_without_a_terminal_it_is_only_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: io.TextIOBase | None
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    text = report(tmp_path / "kitsort.log", mistake("Ärger"))
    assert (tmp_path / "kitsort.log").read_text(encoding="utf-8") == text


def test_a_mistake_without_a_trace_is_a_mistake_as_well(tmp_path: Path) -> None:
    error = ValueError("x")
    assert "ValueError: x" in write_report(tmp_path / "kitsort.log", ValueError, error, None)


def test_another_place_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KITSORT_LOG", str(tmp_path / "here.log"))
    assert default_place() == tmp_path / "here.log"
    monkeypatch.delenv("KITSORT_LOG")
    assert default_place().name == "kitsort.log"

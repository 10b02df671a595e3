"""Whether a window can be shown; where it cannot, one sentence and not the end by Qt."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Iterator

import pytest

from app.ui.display import why_no_display
from tests.cli.running import kitsort

NUMBER = 4711
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="X servers listen like that on Linux")


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.fixture
def server() -> Iterator[None]:
    """Listen as an X server does."""
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(f"\0/tmp/.X11-unix/X{NUMBER}")
        one.listen()
        yield


@pytest.mark.parametrize("platform", ["win32", "darwin"])
def test_windows_and_macos_have_one(environment: pytest.MonkeyPatch, platform: str) -> None:
    environment.setattr(sys, "platform", platform)
    assert why_no_display() is None
    environment.setenv("QT_QPA_PLATFORM", "minimal")
    assert "minimal" in (why_no_display() or "")


def test_wayland_is_one(environment: pytest.MonkeyPatch) -> None:
    environment.setattr(sys, "platform", "linux")
    environment.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert why_no_display() is None


def test_without_any_it_says_so(environment: pytest.MonkeyPatch) -> None:
    environment.setattr(sys, "platform", "linux")
    assert why_no_display() == "There is no display for a window."
    environment.setenv("DISPLAY", f":{NUMBER + 1}")
    assert why_no_display() == f"The display :{NUMBER + 1} does not answer."


@LINUX
def test_a_server_that_listens_is_one(environment: pytest.MonkeyPatch, server: None) -> None:
    environment.setattr(ctypes, "CDLL", lambda _: None)
    for name in (f":{NUMBER}", f":{NUMBER}.0", f"unix:{NUMBER}"):
        environment.setenv("DISPLAY", name)
        assert why_no_display() is None


@LINUX
def test_a_library_that_is_missing_is_named(environment: pytest.MonkeyPatch, server: None) -> None:
    def load(_: str) -> None:
        raise OSError("libxcb-cursor.so.0: cannot open shared object file: No such file")

    environment.setattr(ctypes, "CDLL", load)
    environment.setenv("DISPLAY", f":{NUMBER}")
    said = why_no_display() or ""
    assert said.startswith("The window needs libxcb-cursor.so.0, which is not installed: ")


@LINUX
def test_the_program_says_it_in_one_sentence() -> None:
    env = {name: "" for name in os.environ if name in {"WAYLAND_DISPLAY", "QT_QPA_PLATFORM"}}
    run = kitsort("window", env=env | {"DISPLAY": f":{NUMBER + 1}"})
    assert run.returncode == 1
    [line] = run.stderr.decode().splitlines()
    assert line.startswith(f"Error: The display :{NUMBER + 1} does not answer. ")

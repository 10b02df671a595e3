"""What the window remembers: all of it, and nothing of a file that is damaged."""

from __future__ import annotations

import json
import math
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from app.core.settings import Settings, Theme, default_place, load_settings, save_settings
from tests.helpers.trees import make_tree, read_tree

CHANGED = Settings(
    theme=Theme.DARK,
    volume_db=-12.5,
    autoplay=False,
    looping=True,
    level_match=True,
    advance=False,
    device="Kopfhörer 🎧",
    compact=True,
    on_top=True,
    shows_filters=True,
    search='ä "b" \udcff',
    bucket="Open hat",
    sort=(("name", True), ("length", False)),
    columns=(("name", 210, True), ("tags", 90, False)),
    window=(("geometry", "AdnQywADAAA="),),
    threshold=0.85,
    model="rf",
    threads=3,
    scale_percent=150,
    middle_c=3,
    sorting=(("mode", "move"), ("destination", "/music/sorted")),
)


def test_all_settings_come_back(tmp_path: Path) -> None:
    usual = Settings()
    for field in fields(Settings):
        assert getattr(CHANGED, field.name) != getattr(usual, field.name), field.name
    for settings in (CHANGED, usual):
        save_settings(tmp_path / "settings.json", settings)
        assert load_settings(tmp_path / "settings.json") == settings


def test_settings_make_their_folder_and_leave_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "not there/yet/settings.json"
    save_settings(place, CHANGED)
    save_settings(place, replace(CHANGED, device=None))
    assert list(read_tree(tmp_path)) == ["not there/yet/settings.json"]
    assert load_settings(place) == replace(CHANGED, device=None)


def test_a_file_that_is_missing_is_as_if_new(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "none.json") == Settings()
    assert load_settings(tmp_path) == Settings()
    assert read_tree(tmp_path) == {}


WHOLE = CHANGED.to_json().encode()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        WHOLE[: len(WHOLE) // 2],
        b"[]",
        b"5",
        b"null",
        b'"text"',
        b"\xff\xfe\x00",
        b"\x00" * 100,
        b"[" * 100_000,
        b'{"volume_db": ' + b"9" * 5_000 + b"}",
    ],
    ids=range(11),
)
def test_a_damaged_file_is_as_if_new(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(content)
    assert load_settings(tmp_path / "settings.json") == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", 5),
        ("theme", None),
        ("volume_db", "loud"),
        ("volume_db", None),
        ("volume_db", True),
        ("volume_db", math.nan),
        ("volume_db", math.inf),
        ("volume_db", 6.1),
        ("volume_db", -49),
        pytest.param("volume_db", 10**400, id="volume_db-huge"),
        ("autoplay", 1),
        ("autoplay", "yes"),
        ("autoplay", None),
        ("device", 5),
        ("device", ["x"]),
        ("search", None),
        ("bucket", ["All"]),
        ("sort", "name"),
        ("sort", {"name": True}),
        ("sort", ["name"]),
        ("sort", [["name"]]),
        ("sort", [["name", 1]]),
        ("sort", [["name", True], ["length"]]),
        ("sort", [[["name"], True]]),
        ("columns", [["name", "wide", True]]),
        ("columns", [["name", 100]]),
        ("columns", [[5, 100, True]]),
        ("columns", [None]),
        ("window", [["geometry", 5]]),
        ("window", [["geometry", "a", "b"]]),
        ("window", 5),
        ("from a newer version", 5),
        ("__class__", "x"),
        ("to_json", "x"),
    ],
)
def test_a_value_that_cannot_be_is_passed_over_and_the_others_are_kept(
    name: str, value: Any
) -> None:
    kept = {**json.loads(CHANGED.to_json()), name: value}
    usual = {name: getattr(Settings(), name)} if name in Settings.__slots__ else {}
    assert Settings.from_json(json.dumps(kept)) == replace(CHANGED, **usual)


@pytest.mark.parametrize(
    ("name", "value", "settings"),
    [
        ("volume_db", 0, Settings(volume_db=0.0)),
        ("volume_db", -48, Settings(volume_db=-48.0)),
        ("volume_db", 6.0, Settings(volume_db=6.0)),
        ("device", None, Settings()),
        ("sort", [], Settings()),
    ],
)
def test_a_value_at_its_ends_is_taken(name: str, value: Any, settings: Settings) -> None:
    found = Settings.from_json(json.dumps({name: value}))
    assert found == settings
    assert type(found.volume_db) is float


def test_where_there_is_no_place_it_is_said_and_what_was_there_stays(tmp_path: Path) -> None:
    make_tree(tmp_path, {"file": b"x", "folder/settings.json/inside": b"y"})
    before = read_tree(tmp_path)
    with pytest.raises(OSError, match="file"):
        save_settings(tmp_path / "file/settings.json", CHANGED)
    assert read_tree(tmp_path) == before
    with pytest.raises(OSError, match="settings"):
        save_settings(tmp_path / "folder/settings.json", CHANGED)
    assert read_tree(tmp_path) == before


def test_settings_that_could_not_be_written_leave_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "settings.json"
    save_settings(place, CHANGED)
    real = Path.write_text

    def full(self: Path, text: str, **more: Any) -> int:
        real(self, text[:10], **more)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        save_settings(place, Settings())
    assert list(read_tree(tmp_path)) == ["settings.json"]
    assert load_settings(place) == CHANGED


def test_another_place_can_be_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KITSORT_SETTINGS", str(tmp_path / "here.json"))
    assert default_place() == tmp_path / "here.json"
    monkeypatch.delenv("KITSORT_SETTINGS")
    assert default_place().name == "settings.json"
    assert "Kitsort" in str(default_place())

"""Sorting by the dialog: what is shown is what is done, and it comes back."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from pytestqt.modeltest import ModelTester

from app.core.sorting.preview import Group, Part
from app.core.sorting.steps import Collision, Mode
from app.core.sorting.transfer import Disk
from app.ui.sorting.plan_dialog import PlanDialog
from app.ui.sorting.plan_model import CHECK
from tests.helpers.sorting import files
from tests.helpers.trees import Link, read_tree
from tests.ui.sorting.conftest import Bench

COPIED = ["Kick/a (2).wav", "Kick/a.wav", "Kick/a (2).wav.asd", "Open hat/b.wav", "Snare/c.wav"]


def test_what_is_shown_is_copied_and_put_back(bench: Bench, tmp_path: Path) -> None:
    before, into = files(tmp_path / "library"), tmp_path / "sorted"
    dialog = bench.open(into)
    assert dialog.main.text() == "Copy 4 samples"
    assert "1 sidecar along · 2 stay" in dialog._sum.text()
    shown = {line[4] for line in bench.lines(dialog) if line[3] == "copy"}
    bench.run(dialog)
    assert set(read_tree(into)) == shown == set(COPIED)
    assert dialog.summary.title == f"Copied 5 files to {into}"
    assert "2 files stay: 1 cannot be read, 1 other." in dialog.summary.lines
    dialog.summary.undo.click()
    bench.until(lambda: dialog.summary.title == "5 copies removed; the originals stay.")
    assert not into.exists()
    assert files(tmp_path / "library") == before


def test_a_move_is_followed_by_the_library_and_taken_back(bench: Bench, tmp_path: Path) -> None:
    library, into = tmp_path / "library", tmp_path / "sorted"
    before, paths = files(library), bench.paths()
    dialog = bench.open(into)
    dialog.panel.modes[Mode.MOVE].click()
    dialog.panel.emptied.setChecked(True)
    dialog = bench.plan()
    assert dialog.main.text() == "Move 4 samples"
    bench.run(dialog)
    assert not (library / "pack").exists()
    assert str(into / "Open hat/b.wav") in bench.paths()
    assert len(bench.library.roots) == 2
    assert bench.choices[-1].mode is Mode.MOVE
    assert bench.choices[-1].removes_emptied
    dialog.accept()
    assert bench.library.next_undo == "moving 5 files"
    bench.sorting.undo()
    bench.until(lambda: ("5 files put back.", False) in bench.said)
    bench.idle()
    assert files(library) == before
    assert bench.paths() == paths
    assert bench.library.next_undo is None
    assert bench.library.next_redo == "moving 5 files"
    bench.sorting.redo()
    bench.until((into / "Open hat/b.wav").exists)
    bench.idle()
    assert bench.library.next_undo == "moving 5 files"
    assert len(read_tree(into)) == 5
    bench.sorting.undo()
    bench.until(lambda: not into.exists())
    bench.idle()
    assert files(library) == before


def test_copies_inside_the_library_are_found_there(bench: Bench, tmp_path: Path) -> None:
    into = tmp_path / "library/sorted"
    dialog = bench.run(bench.open(into))
    dialog.accept()
    bench.until(lambda: str(into / "Kick/a.wav") in bench.paths())
    bench.idle()
    bench.sorting.undo()
    bench.until(lambda: not into.exists())
    bench.idle()
    assert len(bench.paths()) == 6


@pytest.mark.parametrize("mode", [Mode.HARDLINK, Mode.SYMLINK, Mode.TAG])
def test_other_modes_leave_the_files(bench: Bench, tmp_path: Path, mode: Mode) -> None:
    before, into = files(tmp_path / "library"), tmp_path / "sorted"
    dialog = bench.open(None if mode is Mode.TAG else into, mode=mode)
    assert dialog.panel.folder.isVisible() == (mode is not Mode.TAG)
    bench.run(dialog)
    assert files(tmp_path / "library") == before
    if mode is Mode.TAG:
        assert sorted(bench.library.rows.tags.values()) == [
            *[("Kick",)] * 2,
            ("Open hat",),
            ("Snare",),
        ]
        assert dialog.summary.title == "Tagged 4 samples"
        dialog.summary.undo.click()
        bench.until(lambda: dialog.summary.title == "4 files put back.")
        bench.idle()
        assert not bench.library.rows.tags
    else:
        assert isinstance(read_tree(into)["Kick/a.wav"], Link) == (mode is Mode.SYMLINK)


def test_only_what_was_chosen_is_sorted(bench: Bench, tmp_path: Path) -> None:
    dialog = bench.open(tmp_path / "sorted", "b.wav", "c.wav")
    assert bench.names(dialog) == ["c.wav", "b.wav"]
    bench.run(dialog)
    assert sorted(read_tree(tmp_path / "sorted")) == ["Open hat/b.wav", "Snare/c.wav"]


def click_box(dialog: PlanDialog, line: int) -> None:
    table = dialog.view.table
    place = table.visualRect(table.model().index(line, CHECK)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(place))


def test_steps_are_left_out_by_click_and_by_space(bench: Bench, tmp_path: Path) -> None:
    dialog = bench.open(tmp_path / "sorted")
    names = bench.names(dialog)
    click_box(dialog, names.index("b.wav"))
    assert dialog.main.text() == "Copy 3 samples"
    click_box(dialog, names.index("b.wav"))
    assert dialog.main.text() == "Copy 4 samples"
    dialog.view.table.selectAll()
    QTest.keyClick(dialog.view.table, Qt.Key.Key_Space)
    assert not dialog.main.isEnabled()
    QTest.keyClick(dialog.view.table, Qt.Key.Key_Space)
    dialog.view.table.clearSelection()
    click_box(dialog, names.index("c.wav"))
    # Its sidecar stays with it.
    click_box(dialog, next(at for at, line in enumerate(bench.lines(dialog)) if "pack" in line[2]))
    assert "3 left out" in dialog._sum.text()
    assert dialog.main.text() == "Copy 2 samples"
    # As long as the dialog is open, whatever else is changed.
    dialog.panel.other.setChecked(True)
    dialog = bench.plan()
    assert dialog.main.text() == "Copy 3 samples"
    bench.run(dialog)
    assert sorted(read_tree(tmp_path / "sorted")) == ["Kick/a.wav", "Open hat/b.wav", "Other/d.wav"]
    assert "left out by you" in dialog.summary.lines


def test_all_that_is_shown_is_left_out_by_the_box_above(bench: Bench, tmp_path: Path) -> None:
    dialog = bench.open(tmp_path / "sorted")
    dialog.view.parts.choose(Part(Group.FOLDER, "Kick"))
    dialog.view.table.horizontalHeader().sectionClicked.emit(CHECK)
    assert dialog.main.text() == "Copy 2 samples"
    dialog.view.table.horizontalHeader().sectionClicked.emit(CHECK)
    assert dialog.main.text() == "Copy 4 samples"


def test_a_plan_is_searched_and_filtered(bench: Bench, tmp_path: Path) -> None:
    dialog = bench.open(tmp_path / "sorted")
    view = dialog.view
    assert dict(view.parts.lines)[Part(Group.FOLDER, "Kick")] == 3
    view.parts.choose(Part(Group.FOLDER, "Kick"))
    assert bench.names(dialog) == ["a.wav", "a.wav", "a.wav.asd"]
    view.parts.choose(Part(Group.STAYS, "other"))
    assert bench.lines(dialog)[0][:2] == ("other", "d.wav")
    view.parts.choose(Part())
    QTest.keyClicks(view.search, "hat b")
    bench.until(lambda: bench.names(dialog) == ["b.wav"])
    QTest.keyClicks(view.search, " zzz")
    bench.until(view._nothing.isVisible)
    QTest.keyClick(view.search, Qt.Key.Key_Escape)
    bench.until(lambda: len(bench.names(dialog)) == 7)
    assert dialog.isVisible()
    QTest.keyClick(view.search, Qt.Key.Key_Down)
    assert view.table.currentIndex().row() == 0


def test_instruments_are_offered_where_folders_are_others(bench: Bench, tmp_path: Path) -> None:
    dialog = bench.open(tmp_path / "sorted", template="{folder}/{instrument} {name}")
    parts = dict(dialog.view.parts.lines)
    assert parts[Part(Group.INSTRUMENT, "Kick")] == 3
    dialog.view.parts.choose(Part(Group.INSTRUMENT, "Snare"))
    assert bench.lines(dialog)[0][4] == "other/Snare c.wav"


def test_a_template_is_explained_while_it_is_typed(bench: Bench, tmp_path: Path) -> None:
    dialog = bench.open(tmp_path / "sorted")
    panel = dialog.panel
    assert "c.wav  →  Snare/c.wav" in panel.said
    panel.template.setText("{instrument}/{kazoo}")
    assert panel.said.startswith("There is no {kazoo}")
    bench.plan()
    assert not dialog.main.isEnabled()
    panel.template.setText("{instrument}/{folder}/{name}")
    bench.until(lambda: "c.wav  →  Snare/other/c.wav" in panel.said)
    dialog = bench.plan()
    assert "Snare/other/c.wav" in {line[4] for line in bench.lines(dialog)}
    panel.template.clear()
    panel.fields.menu().actions()[2].trigger()
    assert panel.template.text() == "{name}"


def test_without_a_folder_there_is_no_plan(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = bench.open(None)
    assert not dialog.main.isEnabled()
    assert dialog.panel.said.startswith("Choose the folder")
    dialog.panel.folder.setText("somewhere")
    assert "whole path" in dialog.panel.said
    name = "app.ui.sorting.rules_panel.QFileDialog.getExistingDirectory"
    monkeypatch.setattr(name, lambda *_: str(tmp_path / "sorted"))
    dialog.panel.choose.click()
    assert bench.plan().main.text() == "Copy 4 samples"


def test_what_hinders_is_said_and_nothing_is_done(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=0)
    monkeypatch.setattr("app.core.sorting.cautions.shutil.disk_usage", lambda _: full)
    dialog = bench.open(tmp_path / "sorted")
    assert "Cannot be done: It takes" in dialog.view.notes.text()
    assert not dialog.main.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert dialog.pages.currentIndex() == 0
    # Looked at again when steps are left out.
    monkeypatch.undo()
    click_box(dialog, 0)
    bench.until(dialog.main.isEnabled)
    assert not dialog.view.notes.isVisible()


def test_warnings_are_shown(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "library/pack/song.als").write_bytes(b"")
    dialog = bench.open(tmp_path / "sorted", mode=Mode.MOVE)
    assert "song.als may use samples from where they lie now." in dialog.view.notes.text()
    assert dialog.main.isEnabled()


def test_a_destination_that_is_a_file_is_refused(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    dialog = bench.open(tmp_path / "file")
    assert "This is a file; name a folder." in dialog.view._nothing.text()
    assert not dialog.main.isEnabled()


def test_a_taken_name_is_left_if_asked(bench: Bench, tmp_path: Path) -> None:
    dialog = bench.open(tmp_path / "sorted")
    dialog.panel.collision.setCurrentIndex(1)
    assert dialog.panel.choice.on_collision is Collision.SKIP
    assert bench.plan().main.text() == "Copy 3 samples"


class SlowDisk(Disk):
    """Copies a file only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.begun = threading.Event()

    def copy(self, source: str, target: str) -> None:
        self.begun.set()
        self.gate.wait(5)
        super().copy(source, target)


class TestSlowly:
    @pytest.fixture
    def disk(self) -> Disk:
        return SlowDisk()

    def test_a_sort_stops_between_two_files(self, bench: Bench, disk: SlowDisk) -> None:
        into = Path(bench.library.roots[0].path).parent / "sorted"
        dialog = bench.open(into)
        dialog.main.click()
        bench.until(lambda: dialog.pages.currentWidget() is dialog.progress)
        assert bench.sorting.is_busy
        dialog.reject()
        assert dialog.isVisible()  # stopped first
        bench.sorting.open(None, "all")
        assert bench.said == [("Wait for the sort to end, or stop it first.", True)]
        dialog.progress.stop.click()
        disk.gate.set()
        bench.until(lambda: dialog.pages.currentWidget() is dialog.summary)
        assert dialog.summary.title.startswith("Stopped. Copied 1 file to")
        assert "4 files were not come to" in dialog.summary.lines
        assert len(read_tree(into)) == 1
        dialog.summary.undo.click()
        bench.until(lambda: dialog.summary.title == "1 copy removed; the originals stay.")
        assert not into.exists()

    def test_closing_stops_a_sort(self, bench: Bench, disk: SlowDisk) -> None:
        dialog = bench.open(Path(bench.library.roots[0].path).parent / "sorted")
        dialog.main.click()
        disk.begun.wait(5)
        threading.Timer(0.1, disk.gate.set).start()
        assert bench.sorting.close()


class FullDisk(Disk):
    """Has no room for one file."""

    def copy(self, source: str, target: str) -> None:
        if source.endswith("b.wav"):
            raise OSError(28, "full", source)
        super().copy(source, target)


class TestFailing:
    @pytest.fixture
    def disk(self) -> Disk:
        return FullDisk()

    def test_what_failed_is_listed(
        self, bench: Bench, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        into = folder.parent / "sorted"
        dialog = bench.run(bench.open(into))
        assert dialog.summary.failures.lines.rows == [
            (str(folder / "pack/b.wav"), "there is no space left on the drive")
        ]
        assert "1 file could not be done" in dialog.summary.lines
        opened: list[str] = []
        monkeypatch.setattr(
            QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile())
        )
        dialog.summary.show_folder.click()
        assert opened == [str(into)]


def test_while_folders_are_scanned_nothing_is_sorted(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = bench.open(tmp_path / "sorted")
    monkeypatch.setattr(type(bench.library), "is_scanning", property(lambda _: True))
    dialog.main.click()
    assert "Wait for the scan to end" in dialog.view.notes.text()
    bench.sorting.open(None, "all")
    bench.sorting.sort_now(bench.ids("b.wav"))
    monkeypatch.undo()
    assert bench.said == [("Wait for the scan to end, or stop it first.", True)] * 2
    assert not (tmp_path / "sorted").exists()


def test_the_models_are_sound(bench: Bench, tmp_path: Path, qtmodeltester: ModelTester) -> None:
    dialog = bench.open(tmp_path / "sorted")
    qtmodeltester.check(dialog.view.model)
    qtmodeltester.check(dialog.view.parts.model())
    dialog.view.model.show(Part(Group.FOLDER, "Kick"), "a")
    dialog.view.model.turn(np.array([0]))
    dialog.view.model.take(dialog.view.model.preview)


def test_names_are_shown_as_plain_text(bench: Bench, tmp_path: Path) -> None:
    dialog = bench.open(tmp_path / "<b>sorted</b>")
    model = dialog.view.model
    shown: Any = model.data(model.index(0, 2), Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;sorted" in shown
    bench.run(dialog)
    assert "<b>sorted</b>" in dialog.summary.title

"""The benchmarks themselves work; how fast anything is, is not tested here."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import soundfile

from classifier.descriptors import SILENT
from classifier.settings import FeatureSettings

pytestmark = pytest.mark.slow

HERE = Path(__file__).resolve().parent
FILES = 20


@pytest.fixture(scope="module")
def scripts() -> Iterator[Any]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(HERE))
        # Importing the scripts sets these; here they are taken back at the end.
        for library in ("OPENBLAS_NUM", "MKL_NUM", "OMP_NUM", "VECLIB_MAXIMUM"):
            patch.setenv(f"{library}_THREADS", "1")
        names = ("library", "measures", "catalog_measures", "figures", "speed")
        names += ("window_measures", "live_measures")
        yield SimpleNamespace(**{name: importlib.import_module(name) for name in names})


@pytest.fixture(scope="module")
def library(scripts: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("benchmark")
    return scripts.library.benchmark_library(folder, files=FILES)


def test_library_is_made_once(scripts: Any, library: Any) -> None:
    before = [path.stat().st_mtime_ns for path in library.paths]
    again = scripts.library.benchmark_library(library.folder.parent, files=FILES)
    assert again == library
    assert [path.stat().st_mtime_ns for path in again.paths] == before
    assert len(before) == FILES
    assert list(library.folder.parent.iterdir()) == [library.folder]


def test_library_rebuilds_the_originals_of_a_corpus(scripts: Any, tmp_path: Path) -> None:
    cut = np.sin(np.arange(88_200) / 10).astype(np.float32)
    soundfile.write(tmp_path / "a.flac", cut, 44_100)
    (tmp_path / "manifest.csv").write_text(
        "file,duration_s,original_channels,original_encoding\n"
        "a.flac,3.5,2,PCM_24\na.flac,1.5,1,MPEG_LAYER_III\n",
        encoding="utf-8",
    )
    made = scripts.library.benchmark_library(tmp_path / "made", files=2, corpus=tmp_path)
    infos = [soundfile.info(path) for path in made.paths]
    assert {(info.duration, info.channels, info.subtype) for info in infos} == {
        (3.5, 2, "PCM_24"),
        (1.5, 1, "PCM_16"),
    }


def test_stratified_files_are_spread_over_all_lengths(scripts: Any, library: Any) -> None:
    lengths = sorted(soundfile.info(path).duration for path in library.paths)
    some = [soundfile.info(path).duration for path in scripts.library.stratified(library.paths, 4)]
    assert some == lengths[2::5]


def test_pictures_are_those_that_the_model_looks_at(scripts: Any, library: Any) -> None:
    measures, settings = scripts.measures, FeatureSettings()
    looked_at = measures.read_pictures(library.paths, settings)
    with measures.pictures_only():
        pictures = measures.read_pictures(library.paths, settings)
    np.testing.assert_array_equal(pictures.fine, looked_at.fine)
    np.testing.assert_array_equal(pictures.low, looked_at.low)
    assert set(pictures.descriptors) == {SILENT}
    assert SILENT not in looked_at.descriptors


def test_log_mel_is_measured(scripts: Any, library: Any) -> None:
    measured = scripts.measures.measure_log_mel(library, turns=2)
    assert len(measured.ours) == len(measured.theirs) == 2
    assert 0 < measured.value < 1


def test_naming_is_measured(scripts: Any, library: Any) -> None:
    measured = scripts.measures.measure_naming_against_decoding(library, turns=2)
    assert len(measured.ours) == len(measured.theirs) == 2
    assert 0 < measured.value < 1


def test_the_first_prediction_is_measured(scripts: Any, library: Any) -> None:
    measured = scripts.measures.measure_first(library, turns=1)
    assert 0 < measured.value < 10
    assert measured.unit == "s"


@pytest.mark.skipif(not find_spec("tensorflow"), reason="needs the extra `train`")
def test_naming_is_measured_against_the_seeds_way(scripts: Any, library: Any) -> None:
    assert scripts.measures.measure_naming(library, turns=1, seed_files=3).value > 1


@pytest.mark.skipif(not find_spec("tensorflow"), reason="needs the extra `train`")
def test_analysis_is_measured_against_the_seeds_way(scripts: Any, library: Any) -> None:
    measured = scripts.measures.measure_analysis(library, turns=1, seed_files=3)
    assert measured.value > 1


@pytest.mark.skipif(not find_spec("ai_edge_litert"), reason="needs the extra `dev`")
def test_start_is_measured(scripts: Any, library: Any) -> None:
    measured = scripts.measures.measure_start(library, turns=1)
    assert min(measured.theirs) > 0
    assert min(measured.ours) > 0


def test_memory_is_measured(scripts: Any, library: Any, tmp_path: Path) -> None:
    measured = scripts.measures.measure_memory(library, tmp_path, turns=1)
    assert 20 < measured.theirs[0] < 2_000
    assert 20 < measured.ours[0] < 2_000


def test_scans_and_searches_are_measured(
    scripts: Any, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    measures = scripts.catalog_measures
    for name, count in (("MANY", 300), ("_FEW_SHORT", 20), ("_MANY_SHORT", 60)):
        monkeypatch.setattr(measures, name, count)
    assert 0 < measures.measure_scan(library, turns=1).value < 1
    for measured in (
        measures.measure_rescan(library, turns=1),
        measures.measure_search(library, turns=1),
    ):
        assert min(*measured.ours, *measured.theirs) > 0
    assert 20 < measures.measure_scan_memory(library).ours[0] < 2_000
    assert measures.measure_size(library).value > 0.1


@pytest.fixture
def few(scripts: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scripts.catalog_measures, "MANY", 300)
    monkeypatch.setattr(scripts.window_measures, "CORRECTED", 50)
    monkeypatch.setattr(scripts.live_measures, "_IDLE_S", 0.3)


@pytest.mark.parametrize("name", ["sort", "search", "correct"])
def test_the_full_window_is_measured(scripts: Any, library: Any, few: None, name: str) -> None:
    way = getattr(scripts.window_measures, f"measure_window_{name}")
    measured = way(library, turns=2)
    assert len(measured.ours) == len(measured.theirs) == 2
    assert min(*measured.ours, *measured.theirs, measured.value) > 0


def test_the_windows_process_is_measured(scripts: Any, library: Any, few: None) -> None:
    started = scripts.live_measures.measure_window_start(library, turns=1)
    assert min(*started.ours, *started.theirs) > 0
    held = scripts.live_measures.measure_window_memory(library, turns=1)
    assert min(*held.ours, *held.theirs) > 20


def test_the_window_is_measured_while_it_scans(scripts: Any, library: Any, few: None) -> None:
    beats = scripts.live_measures.measure_window_beats(library)
    assert all(0 <= value <= 100 for value in (*beats.ours, *beats.theirs, beats.value))
    underflows = scripts.live_measures.measure_underflows(library)
    assert underflows.value >= 0
    assert underflows.unit == ""


def test_the_way_to_the_sound_is_measured(scripts: Any, library: Any, few: None) -> None:
    measured = scripts.live_measures.measure_key_to_sound(library, presses=4)
    assert len(measured.ours) == 4
    assert measured.theirs == (15.0,)
    assert min(measured.ours) > 0


@pytest.mark.parametrize(
    ("gaps_s", "percent"),
    [([0.01] * 10, 0), ([0.05] * 2, 0), ([0.2] + [0.01] * 80, 14), ([1.0], 94)],
)
def test_beats_that_are_left_out_come_late(
    scripts: Any, gaps_s: list[float], percent: float
) -> None:
    assert scripts.live_measures.late_share(np.array(gaps_s)) == pytest.approx(percent, abs=1)


@pytest.mark.parametrize(
    ("unit", "text"),
    [("x", "1.25x"), ("MB", "1 MB"), ("%", "1.25 %"), ("ms", "1.2 ms"), ("", "1"), ("s", "1.25 s")],
)
def test_a_value_is_written_as_people_read_it(scripts: Any, unit: str, text: str) -> None:
    figure = scripts.figures.Figure("what", "that", 2, 1, unit, is_rate=False)
    assert figure.text(1.25) == text


@pytest.mark.parametrize(
    ("value", "verdict", "code"),
    [(0.5, "aim reached", 0), (0.3, "enough", 0), (0.1, "missed", 1), (None, "missed", 1)],
)
def test_a_missed_figure_fails_the_run(
    scripts: Any, tmp_path: Path, value: float | None, verdict: str, code: int
) -> None:
    measured = value and scripts.measures.Measured(value, (100.0 * value,), (100.0,), "files/s")
    report = tmp_path / "speed.json"
    arguments = ["--files=2", "--only=log-mel", f"--folder={tmp_path}", f"--json={report}"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scripts.speed, "measure", lambda name, library: measured)
        patch.setattr(scripts.speed, "corpus_folder", lambda: None)
        assert scripts.speed.main(arguments) == code
    assert f"{verdict} |" in scripts.speed.table({"log-mel": measured})
    figure = json.loads(report.read_text(encoding="utf-8"))["figures"]["log-mel"]
    assert figure["value"] == value
    assert figure["passes"] == (code == 0)

"""A scan from folders to rows: resumed, paused, stopped, and never stopped by one bad file."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.core import library
from app.core.catalog.database import Database
from app.core.catalog.marks import comment, correct, favour, tag
from app.core.catalog.problems import count_problems, problems
from app.core.catalog.roots import add_root, forget_root, roots
from app.core.catalog.states import State
from app.core.errors import BusyError, CatalogError
from app.core.jobs import CancelledError, Job, Progress
from app.core.library import scan
from classifier import LABELS, Model, load_model
from tests.helpers.effort import ALL
from tests.helpers.libraries import contents, listed, sample_at, samples, scanned, sound
from tests.helpers.sounds import encode, noise, silence, wav_header
from tests.helpers.trees import make_tree, read_tree

ROOT = Path(__file__).resolve().parents[2]
KILLS = 20 if ALL else 4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tree = {f"{number % 3}/{number}.wav": sound(number) for number in range(40)}
    return make_tree(tmp_path / "library", tree)


def test_a_scan_finds_out_all_there_is(database: Database, tmp_path: Path) -> None:
    stereo = np.stack([noise(0.2), noise(0.2, seed=1)], axis=1)
    folder = make_tree(
        tmp_path / "library",
        {"Kicks/a.wav": encode(stereo, subtype="PCM_24"), "b.wav": encode(silence(0.1))},
    )
    done = scanned(database, load_model(), folder)
    assert (done.analysed, done.moved, done.offline) == (2, 0, set())
    kick, quiet = sample_at(database, folder / "Kicks/a.wav"), sample_at(database, folder / "b.wav")
    assert kick.state is State.DONE
    assert (kick.sample_rate, kick.channels, kick.is_stereo) == (44_100, 2, True)
    assert (kick.encoding, kick.bit_depth, kick.duration_s) == ("WAV PCM_24", 24, 0.2)
    assert kick.peak_dbfs == pytest.approx(-6.02, abs=0.01)
    assert kick.name_says is not None
    assert kick.name_says.label == "Kick"
    assert kick.label in LABELS
    assert kick.probabilities is not None
    assert sum(kick.probabilities) == pytest.approx(1, abs=1e-5)
    assert kick.confidence == pytest.approx(max(kick.probabilities))
    assert kick.descriptors is not None
    assert kick.descriptors.centroid_hz == pytest.approx(11_000, rel=0.1)
    assert (quiet.label, quiet.confidence, quiet.peak_dbfs) == ("Other", 1.0, None)
    [[embedding]] = database.rows("SELECT embedding FROM predictions WHERE sample = ?", (kick.id,))
    assert len(embedding) == 4 + 128


def test_no_file_is_changed(database: Database, folder: Path, tiny: Model) -> None:
    before = read_tree(folder)
    scanned(database, tiny, folder)
    assert read_tree(folder) == before


def unwanted(*_: Any, **__: Any) -> None:
    raise AssertionError("looked into")


def test_a_second_scan_looks_into_nothing(
    database: Database, folder: Path, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(database, tiny, folder)
    before = contents(database)
    monkeypatch.setattr(library, "_examine", unwanted)
    assert scanned(database, tiny).analysed == 0
    assert contents(database) == before


def test_a_changed_file_is_looked_into_again(database: Database, folder: Path, tiny: Model) -> None:
    scanned(database, tiny, folder)
    (folder / "0/0.wav").write_bytes(sound(7, seconds=0.5))
    assert scanned(database, tiny).analysed == 1
    assert sample_at(database, folder / "0/0.wav").duration_s == 0.5


def bad_files() -> dict[str, bytes]:
    return {
        "empty.wav": b"",
        "text.wav": b"this is no sound, whatever it is called",
        "cut.wav": sound(1)[:40],
        "header only.wav": wav_header(0),
        "not numbers.wav": encode(np.full(100, np.nan, np.float32), subtype="FLOAT"),
        "名前\n.wav": b"RIFF",
        os.fsdecode(b"\xff.flac"): b"fLaC",
    }


def test_bad_files_are_listed_and_all_good_ones_named(
    database: Database, folder: Path, tiny: Model
) -> None:
    make_tree(folder / "1", bad_files())
    (folder / "0/a folder.wav").mkdir()
    scanned(database, tiny, folder)
    assert len(bad_files()) == len(samples(database, has_problem=True))
    assert count_problems(database, [root.id for root in roots(database)]) == len(bad_files()) + 1
    listed_problems = dict(problems(database))
    assert len(listed_problems) == len(bad_files()) + 1
    for sentence in listed_problems.values():
        assert sentence.endswith(".")
        assert "\n" not in sentence
    good = [one for one in samples(database) if one.problem is None]
    assert len(good) == 40
    assert all(one.label for one in good)
    # Mended, they are problems no longer; nor are they when they are gone.
    (folder / "1/empty.wav").write_bytes(sound(99))
    (folder / "1/text.wav").unlink()
    scanned(database, tiny)
    assert len(problems(database)) == len(bad_files()) - 1
    assert sample_at(database, folder / "1/empty.wav").label


def test_a_file_without_permission_is_read_once_it_may_be(
    database: Database, folder: Path, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.open

    def denied(path: Any, *args: Any, **kwargs: Any) -> int:
        if str(path).endswith("3.wav"):
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "open", denied)
    scanned(database, tiny, folder)
    assert len(problems(database)) == 4
    assert {text for _, text in problems(database)} == {"No permission to read the file."}
    monkeypatch.undo()
    assert scanned(database, tiny).analysed == 4
    assert problems(database) == []


@pytest.mark.skipif(sys.platform == "win32", reason="no named pipes")
def test_a_named_pipe_holds_up_nothing(database: Database, folder: Path, tiny: Model) -> None:
    os.mkfifo(folder / "pipe.wav")
    assert scanned(database, tiny, folder).analysed == 41
    assert problems(database) == [(str(folder / "pipe.wav"), "This is not an ordinary file.")]
    assert sum(one.label is not None for one in samples(database)) == 40


@pytest.mark.parametrize("mtime_ns", [10**19, -(10**17), 0])
def test_a_clock_that_was_wrong_holds_up_nothing(
    database: Database, folder: Path, tiny: Model, mtime_ns: int
) -> None:
    os.utime(folder / "0/0.wav", ns=(0, mtime_ns))
    assert scanned(database, tiny, folder).analysed == 40
    assert scanned(database, tiny).analysed == 0


def test_files_that_were_sent_away_are_not_fetched_for_a_new_model(
    database: Database, folder: Path, tiny: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned(database, tiny, folder)
    before = contents(database)
    monkeypatch.setattr(library, "is_online_only", lambda _: True)
    monkeypatch.setattr(library, "content_id", unwanted)
    newer = replace(tiny, card=replace(tiny.card, version="2"))
    scanned(database, newer)
    assert contents(database) == before
    (folder / "new.wav").write_bytes(sound(77))
    scanned(database, newer)
    assert sample_at(database, folder / "new.wav").state is State.ONLINE_ONLY
    monkeypatch.undo()
    assert scanned(database, newer).analysed == 41


@pytest.mark.parametrize("change", ["rename", "folder", "another root"])
def test_what_was_said_follows_a_file_that_is_moved(
    database: Database, folder: Path, tiny: Model, tmp_path: Path, change: str
) -> None:
    scanned(database, tiny, folder)
    said = sample_at(database, folder / "0/0.wav")
    correct(database, [said], "Open hat")
    tag(database, [said], add=["dusty"])
    comment(database, [said], "the good one")
    favour(database, [said], is_favourite=True)
    to = {"rename": "0/new name.wav", "folder": "0 moved/0.wav", "another root": "../b/x.wav"}
    target = folder / to[change]
    if change == "folder":
        (folder / "0").rename(folder / "0 moved")
    else:
        target.parent.mkdir(exist_ok=True)
        (folder / "0/0.wav").rename(target)
    if change == "another root":
        add_root(database, str(target.parent))
    done = scanned(database, tiny)
    assert done.moved == (14 if change == "folder" else 1)
    assert done.analysed == 0
    moved = sample_at(database, target.resolve())
    assert moved.id == said.id
    assert (moved.correction, moved.tags, moved.comment) == ("Open hat", ("dusty",), "the good one")
    assert moved.is_favourite
    assert samples(database, text="new name" if change == "rename" else "moved") or change not in {
        "rename",
        "folder",
    }
    assert len(samples(database)) == 40


def test_a_copy_shares_what_was_said_but_is_no_favourite(
    database: Database, folder: Path, tiny: Model
) -> None:
    scanned(database, tiny, folder)
    said = sample_at(database, folder / "0/0.wav")
    correct(database, [said], "808")
    favour(database, [said], is_favourite=True)
    shutil.copy(folder / "0/0.wav", folder / "copy.wav")
    assert scanned(database, tiny).moved == 0
    copy = sample_at(database, folder / "copy.wav")
    assert (copy.correction, copy.is_favourite) == ("808", False)
    assert listed(database, folder, is_duplicate=True) == ["copy.wav", "0/0.wav"]


def test_what_was_said_outlives_the_file_and_the_root(
    database: Database, folder: Path, tiny: Model, tmp_path: Path
) -> None:
    scanned(database, tiny, folder)
    correct(database, samples(database), "Snare")
    kept = (folder / "1/1.wav").read_bytes()
    (folder / "1/1.wav").unlink()
    scanned(database, tiny)
    [root] = roots(database)
    forget_root(database, root)
    assert samples(database) == []
    scanned(database, tiny, make_tree(tmp_path / "other", {"again.wav": kept}))
    assert [one.correction for one in samples(database)] == ["Snare"]


def test_a_new_model_looks_again_and_corrections_stay(
    database: Database, folder: Path, tiny: Model
) -> None:
    scanned(database, tiny, folder)
    correct(database, [sample_at(database, folder / "0/0.wav")], "808")
    newer = replace(tiny, card=replace(tiny.card, version="2", threshold=0.1))
    assert scanned(database, newer).analysed == 40
    assert sample_at(database, folder / "0/0.wav").correction == "808"
    assert {one.threshold for one in samples(database)} == {0.1}
    assert scanned(database, newer).analysed == 0


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_any_executor_will_do(database: Database, folder: Path, tiny: Model, pool: Any) -> None:
    import multiprocessing  # noqa: PLC0415

    options = (
        {"mp_context": multiprocessing.get_context("spawn")} if pool is ProcessPoolExecutor else {}
    )
    chosen = [add_root(database, str(folder))]
    with pool(2, **options) as executor:
        assert scan(database, chosen, tiny, executor, Job()).analysed == 40
    assert all(one.label for one in samples(database))


def test_progress_is_told(database: Database, folder: Path, tiny: Model) -> None:
    told: list[Progress] = []
    scanned(database, tiny, folder, job=Job(told.append))
    analysing = [one for one in told if one.doing == "Analysing"]
    assert (analysing[-1].done, analysing[-1].total) == (40, 40)
    assert analysing[-1].at.endswith(".wav")
    assert [one.done for one in analysing] == sorted(one.done for one in analysing)
    assert any(one.doing == "Looking through folders" for one in told)


def test_cancelled_it_keeps_what_is_done_and_goes_on_there(
    database: Database, folder: Path, tiny: Model
) -> None:
    def stop(now: Progress) -> None:
        if now.doing == "Analysing":
            job.cancel()

    job = Job(stop)
    with pytest.raises(CancelledError):
        scanned(database, tiny, folder, job=job)
    done = sum(one.state is State.DONE for one in samples(database))
    assert 0 < done < 40
    assert scanned(database, tiny).analysed == 40 - done


def test_paused_it_rests_and_resumed_it_ends(tmp_path: Path, folder: Path, tiny: Model) -> None:
    told: list[Progress] = []
    job = Job(told.append)
    job.pause()

    def work() -> None:
        with Database.open(tmp_path / "catalog.sqlite") as own:
            scanned(own, tiny, folder, job=job)

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.2)
    assert told == []
    job.resume()
    thread.join(30)
    assert told[-1].done == 40


def test_a_full_disk_ends_a_scan_and_the_next_one_repairs_it(
    database: Database, folder: Path, tiny: Model
) -> None:
    [[pages]] = database.rows("PRAGMA page_count")
    database.rows(f"PRAGMA max_page_count = {pages + 1}")
    with pytest.raises(CatalogError, match="The disk is full"):
        scanned(database, tiny, folder)
    assert database.rows("PRAGMA integrity_check") == [("ok",)]
    database.rows("PRAGMA max_page_count = 1000000")
    scanned(database, tiny, folder)
    assert sum(one.state is State.DONE for one in samples(database)) == 40


def test_two_scans_at_once_are_refused(
    database: Database, folder: Path, tiny: Model, tmp_path: Path
) -> None:
    with (
        Database.open(tmp_path / "catalog.sqlite", patience_s=0.1) as second,
        database.writing("scanning"),
        pytest.raises(BusyError, match="is scanning"),
    ):
        scanned(second, tiny, folder)


_SCAN = """
import sys
from pathlib import Path
from app.core.catalog.database import Database
from tests.helpers.libraries import scanned
from classifier import load_model
with Database.open(Path(sys.argv[1])) as database:
    print("begun", flush=True)
    scanned(database, load_model(sys.argv[2]), Path(sys.argv[3]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_killed_at_any_moment_it_goes_on_and_ends_the_same(
    tmp_path: Path, tiny: Model, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from tests.helpers.models import write_model  # noqa: PLC0415

    card = write_model(tmp_path)
    tree = {f"{number % 7}/{number}.wav": sound(number % 250) for number in range(300)}
    folder = make_tree(tmp_path / "library", {**tree, "bad.wav": b"x", "copy.wav": sound(3)})
    with Database.open(tmp_path / "straight.sqlite") as straight:
        began = time.monotonic()
        scanned(straight, load_model(str(card)), folder)
        lasts_s = time.monotonic() - began
        expected = contents(straight)
        expected_problems = problems(straight)
    moments = random.Random(4)
    killed = tmp_path / "killed.sqlite"
    for _ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", _SCAN, str(killed), str(card), str(folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(moments.uniform(0, lasts_s))
            process.send_signal(signal.SIGKILL)
    with Database.open(killed) as database:
        scanned(database, load_model(str(card)), folder)
        assert contents(database) == expected
        assert problems(database) == expected_problems
        assert database.rows("PRAGMA integrity_check") == [("ok",)]
        [[rows], [texts]] = database.rows(
            "SELECT count(*) FROM samples UNION ALL SELECT count(*) FROM texts"
        )
        assert rows == texts == 302
        database.rows("INSERT INTO trigrams (trigrams) VALUES ('integrity-check')")

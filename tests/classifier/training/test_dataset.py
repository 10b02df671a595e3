"""The seed's data frame, and what can be learnt from it."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from classifier.errors import AudioError
from classifier.labels import INSTRUMENTS, LABELS
from classifier.training.corpus import Corpus, CorpusError
from classifier.training.dataset import (
    COLUMNS,
    labelled_files,
    read_dataset,
    rows_of,
    write_dataset,
)
from tests.helpers.sounds import click, noise, silence, write_wav

HEADING = ",".join(COLUMNS)


def sounds(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_wav(folder / name, click())
    return folder


def frame(folder: Path, out: Path) -> tuple[list[dict[str, str]], list[str]]:
    skipped: list[str] = []

    def skip(path: Path, error: AudioError) -> None:
        skipped.append(f"{path.name}: {error}")

    write_dataset(rows_of(labelled_files(folder), skip=skip, progress=lambda *_: None), out)
    with out.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file)), skipped


def test_it_has_the_columns_of_the_seed(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "in", "Kit/Kick/1.wav", "Kit/Other/2.wav", "Kit/808/3.wav")
    rows, skipped = frame(folder, tmp_path / "out.csv")
    assert not skipped
    assert list(rows[0]) == [
        *("File_path", "File_name", "Instrument", "Start_time", "End_time", "Index"),
        *("Instrument_encoded", "Instrument_0", "Instrument_1", "Instrument_2"),
        *("Instrument_3", "Instrument_4"),
    ]
    by_name = {row["File_name"]: row for row in rows}
    assert [row["Index"] for row in rows] == ["0", "1", "2"]
    for name, label, code in (("1.wav", "Kick", 0), ("2.wav", "Other", 5), ("3.wav", "808", 2)):
        row = by_name[name]
        assert (row["Instrument"], row["Instrument_encoded"]) == (label, str(code))
        hot = [row[f"Instrument_{instrument}"] for instrument in range(5)]
        assert hot == ["1" if instrument == code else "0" for instrument in range(5)]
        assert Path(row["File_path"]).is_file()


def test_the_active_region_is_in_seconds(tmp_path: Path) -> None:
    folder = tmp_path / "in" / "Snare"
    folder.mkdir(parents=True)
    write_wav(folder / "a.wav", np.concatenate([silence(0.5), noise(0.25), silence(1.0)]))
    [row], _ = frame(tmp_path / "in", tmp_path / "out.csv")
    assert float(row["Start_time"]) == pytest.approx(0.5, abs=0.01)
    assert float(row["End_time"]) == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize(
    ("path", "label"),
    [
        ("kicks/a.wav", "Kick"),
        ("Kit/open_hat/a.wav", "Open hat"),
        ("Kit/Closed Hats/a.wav", "Closed hat"),
        ("Kit/OH/a.wav", "Open hat"),
        ("Kit/808s/long/a.wav", "808"),
        ("Kit/Claps/a.wav", "Other"),
        ("Snares/Kicks/a.wav", "Kick"),
    ],
)
def test_the_nearest_folder_says_the_label(tmp_path: Path, path: str, label: str) -> None:
    [(_, code)] = labelled_files(sounds(tmp_path, path))
    assert LABELS[code] == label


def test_a_file_in_no_such_folder_is_not_labelled(tmp_path: Path) -> None:
    folder = sounds(tmp_path, "Kick/a.wav", "Kickstart/b.wav", "c.wav", "Kick/._a.wav")
    assert [path.name for path, _ in labelled_files(folder)] == ["a.wav"]


def test_a_manifest_says_the_labels(small_corpus: Path) -> None:
    files = labelled_files(small_corpus)
    assert len(files) == 84
    assert {code for _, code in files} == set(range(6))


@pytest.mark.parametrize("names", [(), ("a.wav",)])
def test_a_folder_without_labels_is_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(CorpusError, match="lies in a folder called Kick"):
        labelled_files(sounds(tmp_path, *names))
    with pytest.raises(CorpusError, match="There is no folder"):
        labelled_files(tmp_path / "nowhere")


def test_what_cannot_be_read_is_left_out_and_said(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "in", "Kick/1.wav")
    (folder / "Kick" / "2.wav").write_bytes(b"text")
    write_wav(folder / "Kick" / "3.wav", silence(1.0))
    rows, skipped = frame(folder, tmp_path / "out.csv")
    assert [row["File_name"] for row in rows] == ["1.wav"]
    assert len(skipped) == 2
    assert "There is nothing to hear in it." in skipped[1]


def test_without_a_row_nothing_is_written(tmp_path: Path) -> None:
    assert write_dataset([], tmp_path / "out.csv") == 0
    assert list(tmp_path.iterdir()) == []


def corpus_of(tmp_path: Path, *names: str) -> Corpus:
    folder = sounds(tmp_path / "in", *names)
    frame(folder, tmp_path / "out.csv")
    return read_dataset(tmp_path / "out.csv")


def test_the_pack_is_the_top_folder(tmp_path: Path) -> None:
    corpus = corpus_of(
        tmp_path, "A/Kick/1.wav", "A/deep/Snare/2.wav", "B/Kick/3.wav", "B/Claps/4.wav"
    )
    assert [one.pack for one in corpus.examples] == ["A", "A", "B", "B"]
    assert (corpus.labels, corpus.kinds) == (LABELS, ())
    assert corpus.outputs == LABELS


def test_folders_of_labels_are_no_packs(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "Kick/1.wav", "Snare/2.wav")
    assert len({one.pack for one in corpus.examples}) == 1


def test_without_any_other_nothing_can_be_rejected(tmp_path: Path) -> None:
    corpus = corpus_of(tmp_path, "A/Kick/1.wav", "B/Closed hat/2.wav")
    assert corpus.labels == corpus.outputs == INSTRUMENTS
    assert corpus.truth.tolist() == [0, 4]


def test_relative_paths_are_meant_from_the_file(tmp_path: Path) -> None:
    sounds(tmp_path, "A/Kick/1.wav")
    out = tmp_path / "sounds.csv"
    out.write_text(f"{HEADING}\nA/Kick/1.wav,1.wav,Kick,0,1,0,0,1,0,0,0,0\n", encoding="utf-8")
    assert read_dataset(out).examples[0].path.is_file()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read"),
        ("", "lists no sounds"),
        (HEADING, "lists no sounds"),
        (f"{HEADING}\na.wav,a.wav,Kick,0,1,0,6,0,0,0,0,0\n", "cannot be understood .line 2"),
        (f"{HEADING}\na.wav,a.wav,Kick,0,1,0,kick,0,0,0,0,0\n", "cannot be understood"),
        ("file,label\na.wav,kick\n", "cannot be understood"),
        (f"{HEADING}\na.wav\n", "cannot be understood"),
    ],
)
def test_what_is_no_data_frame_is_refused(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    path = tmp_path / "sounds.csv"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=sentence):
        read_dataset(path)


def test_it_is_the_same_from_a_manifest(small_corpus: Path, tmp_path: Path) -> None:
    rows, _ = frame(small_corpus, tmp_path / "out.csv")
    assert len(rows) == 84

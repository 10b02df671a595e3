from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from classifier.labels import INSTRUMENTS, LABELS, OUTPUTS
from classifier.training.corpus import Corpus, CorpusError, Example, read_manifest, sources_of
from tests.helpers.corpora import manifest_row, write_manifest
from tests.helpers.sounds import noise, silence, write_wav


def refused(folder: Path) -> str:
    with pytest.raises(CorpusError) as caught:
        read_manifest(folder)
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    return text


def test_a_manifest_becomes_examples(tmp_path: Path) -> None:
    write_manifest(
        tmp_path,
        [
            manifest_row("kick/a.flac"),
            manifest_row("b.flac", label="open_hat", pack="B"),
            manifest_row("c.flac", label="other", detail="clap", license="CC0, so they say"),
            manifest_row("ü, \N{DRUM WITH DRUMSTICKS}.flac", label="808", pack="C-synth"),
        ],
    )
    examples = read_manifest(tmp_path)
    assert [OUTPUTS[one.output] for one in examples] == ["Kick", "Open hat", "clap", "808"]
    assert examples[0].path == tmp_path / "kick" / "a.flac"
    assert examples[3].path.name == "ü, \N{DRUM WITH DRUMSTICKS}.flac"
    assert [one.pack for one in examples] == ["A", "B", "A", "C-synth"]
    assert examples[2].license == "CC0, so they say"
    assert [one.scores for one in examples] == [True, True, True, False]


def test_a_manifest_need_not_say_where_its_sounds_come_from(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("file,label,detail,pack\na.wav,kick,,A\n", "utf-8")
    [example] = read_manifest(tmp_path)
    assert (example.source, example.license) == ("A", "not stated")


def test_a_manifest_of_nothing_is_refused(tmp_path: Path) -> None:
    write_manifest(tmp_path, [])
    assert "lists no sounds" in refused(tmp_path)


def test_a_folder_without_a_manifest_is_no_corpus(tmp_path: Path) -> None:
    assert "no readable manifest.csv" in refused(tmp_path)
    assert "no readable manifest.csv" in refused(tmp_path / "nowhere")
    (tmp_path / "manifest.csv").mkdir()
    assert "no readable manifest.csv" in refused(tmp_path)


@pytest.mark.parametrize(
    "changes",
    [
        {"label": "kazoo"},
        {"label": ""},
        {"label": "Kick"},
        {"label": "other", "detail": ""},
        {"label": "other", "detail": "kazoo"},
        {"label": "other", "detail": "Kick"},
    ],
    ids=str,
)
def test_a_row_that_means_nothing_is_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    write_manifest(tmp_path, [manifest_row(), manifest_row(**changes)])
    assert "cannot be understood" in refused(tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"file;label\na.flac;kick\n", b"\xff\xfe\x00", b"file,label,detail\na.flac,kick,\n"],
    ids=["semicolons", "no text", "columns missing"],
)
def test_what_is_no_manifest_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "manifest.csv").write_bytes(content)
    assert "cannot be understood" in refused(tmp_path)


def test_a_manifest_cut_short_is_refused(tmp_path: Path) -> None:
    write_manifest(tmp_path, [manifest_row(), manifest_row("b.flac")])
    path = tmp_path / "manifest.csv"
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"b.flac") + len(b"b.flac,kick,")])
    refused(tmp_path)


def example(path: Path, source: str = "s", license_: str = "MIT") -> Example:
    return Example(path, 0, "A", source, license_)


def test_sources_are_counted_by_name_and_licence() -> None:
    examples = [example(Path(), *names) for names in (("b", "MIT"), ("a", "GPL"), ("b", "MIT"))]
    assert sources_of([*examples, example(Path(), "b", "CC0")]) == [
        {"source": "a", "license": "GPL", "sounds": 1},
        {"source": "b", "license": "CC0", "sounds": 1},
        {"source": "b", "license": "MIT", "sounds": 2},
    ]


def test_no_more_than_the_seconds_asked_for_are_read(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.concatenate([silence(1.0), noise(3.0)]))
    samples, rate = example(path).pair(2.0)
    assert (len(samples), rate) == (2 * 44_100, 44_100)


def test_a_broken_file_stops_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with pytest.raises(CorpusError, match=r"broken\.wav: It cannot"):
        example(tmp_path / "broken.wav").pair(2.0)


def test_a_corpus_knows_what_its_labels_can_tell_apart() -> None:
    examples = tuple(Example(Path(), output, "A", "s", "MIT") for output in (0, 4, 5, 20))
    corpus = Corpus(examples)
    assert corpus.outputs == OUTPUTS
    assert corpus.truth.tolist() == [0, 4, 5, 5]
    assert corpus.taken([2, 0]).examples == (examples[2], examples[0])
    assert Corpus(examples[:3], kinds=()).outputs == LABELS
    assert Corpus(examples[:2], labels=INSTRUMENTS, kinds=()).outputs == INSTRUMENTS


@pytest.mark.corpus
def test_the_real_manifest_is_understood(corpus: Path) -> None:
    examples = read_manifest(corpus)
    counts = Counter(LABELS[min(one.output, 5)] for one in examples)
    assert counts.total() > 7_000
    assert set(counts) == set(LABELS)
    assert set(range(len(OUTPUTS))) == {one.output for one in examples}
    assert 0 < sum(not one.scores for one in examples) < 0.1 * len(examples)
    assert all(one.path.is_file() for one in examples[::97])

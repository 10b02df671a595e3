from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from classifier.labels import LABELS, OUTPUTS
from classifier.training.corpus import (
    CorpusError,
    Example,
    read_examples,
    read_manifest,
    sources_of,
)
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


def test_examples_are_read_in_order_a_chunk_at_a_time(tmp_path: Path) -> None:
    count = 70
    examples = [
        example(write_wav(tmp_path / f"{index}.wav", noise(0.01 + index / 10_000, 8_000), 8_000))
        for index in range(count)
    ]
    told: list[tuple[str, int, int]] = []
    with ThreadPoolExecutor(4) as executor:
        chunks = read_examples(
            examples,
            lambda pairs: [(len(samples), rate) for samples, rate in pairs],
            seconds=2.0,
            executor=executor,
            progress=lambda *step: told.append(step),
        )
    read = [one for chunk in chunks for one in chunk]
    assert read == [(round(80 + index * 0.8), 8_000) for index in range(count)]
    assert len(chunks) > 1
    assert told[-1] == ("Reading", count, count)
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_no_more_than_the_seconds_asked_for_are_read(tmp_path: Path) -> None:
    path = write_wav(tmp_path / "a.wav", np.concatenate([silence(1.0), noise(3.0)]))
    with ThreadPoolExecutor(1) as executor:
        [length] = read_examples(
            [example(path)],
            lambda pairs: len(pairs[0][0]),
            seconds=2.0,
            executor=executor,
            progress=lambda *_: None,
        )
    assert length == 2 * 44_100


def test_a_broken_file_stops_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(CorpusError, match=r"broken\.wav: It cannot"),
    ):
        read_examples(
            [example(tmp_path / "broken.wav")],
            len,
            seconds=2.0,
            executor=executor,
            progress=lambda *_: None,
        )


@pytest.mark.corpus
def test_the_real_manifest_is_understood(corpus: Path) -> None:
    examples = read_manifest(corpus)
    counts = Counter(LABELS[min(one.output, 5)] for one in examples)
    assert counts.total() > 7_000
    assert set(counts) == set(LABELS)
    assert set(range(len(OUTPUTS))) == {one.output for one in examples}
    assert 0 < sum(not one.scores for one in examples) < 0.1 * len(examples)
    assert all(one.path.is_file() for one in examples[::97])

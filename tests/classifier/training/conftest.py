"""A small corpus, looked at once for all tests of training."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.training.corpus import Corpus, read_manifest
from classifier.training.material import Material, prepare
from tests.helpers.corpora import write_corpus


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of 84 sounds from six packs, with its manifest."""
    folder = tmp_path_factory.mktemp("corpus")
    write_corpus(folder)
    return folder


@pytest.fixture(scope="session")
def material(small_corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Material:
    """Return what models see of the small corpus, in two variants each."""
    corpus = Corpus(tuple(read_manifest(small_corpus)))
    work = tmp_path_factory.mktemp("work")
    return prepare(corpus, work, progress=lambda *_: None, variants=2)

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import ModelError
from classifier.forest import Forest
from tests.helpers.models import stump
from tests.helpers.sentences import assert_is_one_sentence


def grove() -> Forest:
    """Return two trees: a stump, and one that asks input 1 twice."""
    return Forest(
        roots=np.array([0, 3], np.int32),
        #                  stump       > 0 ?  leaf  > 9 ?
        feature=np.array([0, -1, -1, 1, -1, 1, -1, -1], np.int16),
        threshold=np.array([0.5, 0, 0, 0, 0, 9, 0, 0], np.float32),
        target=np.array([2, 0, 1, 5, 0, 7, 2, 1], np.int32),
        shares=np.array([[255, 0, 0], [0, 255, 0], [51, 0, 204]], np.uint8),
        inputs=2,
    )


def rows(*values: tuple[float, float]) -> Any:
    return np.array(values, np.float32)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((0.0, -1.0), (1.0, 0.0, 0.0)),
        ((1.0, -1.0), (0.5, 0.5, 0.0)),
        ((0.0, 5.0), (0.6, 0.0, 0.4)),
        ((1.0, 10.0), (0.0, 1.0, 0.0)),
        ((0.5, 0.0), (1.0, 0.0, 0.0)),
        ((np.nextafter(np.float32(0.5), 1), 0.0), (0.5, 0.5, 0.0)),
        ((0.5, 9.0), (0.6, 0.0, 0.4)),
        ((-np.inf, np.inf), (0.5, 0.5, 0.0)),
    ],
)
def test_a_hand_made_forest_says_what_its_leaves_say(
    row: tuple[float, float], expected: tuple[float, ...]
) -> None:
    assert grove().predict(rows(row))[0] == pytest.approx(expected)


def test_many_rows_are_as_one_by_one() -> None:
    many = rows((0.0, -1.0), (1.0, 10.0), (0.0, 5.0), (1.0, -1.0))
    together = grove().predict(many)
    assert together.dtype == np.float32
    for row, ours in zip(many, together, strict=True):
        np.testing.assert_array_equal(grove().predict(row[None])[0], ours)


def test_no_rows_give_no_rows() -> None:
    assert grove().predict(np.empty((0, 2), np.float32)).shape == (0, 3)


@given(st.lists(st.tuples(*[st.floats(width=32)] * 2), min_size=1, max_size=5))
def test_every_row_sums_to_one(values: list[tuple[float, float]]) -> None:
    outputs = grove().predict(rows(*values))
    np.testing.assert_allclose(outputs.sum(axis=1), 1, rtol=1e-6)


def test_a_single_leaf_is_a_forest(tmp_path: Path) -> None:
    leaf = Forest(
        roots=np.zeros(1, np.int32),
        feature=np.full(1, -1, np.int16),
        threshold=np.zeros(1, np.float32),
        target=np.zeros(1, np.int32),
        shares=np.array([[51, 204]], np.uint8),
        inputs=2,
    )
    leaf.save(tmp_path / "leaf.npz")
    read = Forest.load(tmp_path / "leaf.npz")
    np.testing.assert_allclose(read.predict(rows((1, 2), (3, 4))), [[0.2, 0.8]] * 2)


def test_what_is_saved_is_read_again(tmp_path: Path) -> None:
    original = grove()
    original.save(tmp_path / "grove.npz")
    read = Forest.load(tmp_path / "grove.npz")
    for field in fields(Forest):
        ours, theirs = getattr(read, field.name), getattr(original, field.name)
        np.testing.assert_array_equal(ours, theirs)
        assert np.asarray(ours).dtype.kind == np.asarray(theirs).dtype.kind


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        Forest.load(path)
    assert_is_one_sentence(str(caught.value).replace(path.name, "NAME"))
    assert path.name in str(caught.value)
    return str(caught.value)


def test_missing_weights_are_said_to_be_missing(tmp_path: Path) -> None:
    assert "missing" in refused(tmp_path / "forest.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a forest", bytes(1_000)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "forest.npz"
    path.write_bytes(content)
    assert "cannot be read" in refused(path)


def test_weights_cut_short_are_refused_wherever_they_end(tmp_path: Path) -> None:
    path = tmp_path / "forest.npz"
    grove().save(path)
    content = path.read_bytes()
    for length in range(1, len(content), 37):
        path.write_bytes(content[:length])
        refused(path)


def test_no_injury_to_the_weights_is_anything_but_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "forest.npz"
    grove().save(path)
    content = path.read_bytes()
    rng = np.random.default_rng(0)
    refusals = 0
    for _ in range(400):
        injured = bytearray(content)
        for at in rng.integers(len(content), size=3):
            injured[at] = rng.integers(256)
        path.write_bytes(injured)
        try:
            Forest.load(path)
        except ModelError:
            refusals += 1
    assert refusals > 200


class Bomb:
    """Would show that it was unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was opened",)


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    path = tmp_path / "forest.npz"
    arrays = {field.name: getattr(grove(), field.name) for field in fields(Forest)}
    for name in ("shares", "inputs"):
        np.savez(path, **{**arrays, name: np.array([Bomb()], dtype=object)})
        refused(path)
    path.write_bytes(np.array([Bomb()], dtype=object).dumps())
    refused(path)


@pytest.mark.parametrize("name", [field.name for field in fields(Forest)])
def test_weights_without_one_of_their_arrays_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "forest.npz"
    arrays = {field.name: getattr(grove(), field.name) for field in fields(Forest)}
    del arrays[name]
    np.savez(path, **arrays)
    refused(path)


def changed(array: Any, at: int, value: Any) -> Any:
    array = array.copy()
    array[at] = value
    return array


FOREST = grove()
DAMAGES: dict[str, dict[str, Any]] = {
    "a walk back": {"target": changed(FOREST.target, 3, 0)},
    "a walk in circles": {"target": changed(FOREST.target, 3, 3)},
    "a walk out at the end": {"target": changed(FOREST.target, 0, 8)},
    "a walk out at the start": {"target": changed(FOREST.target, 0, -1)},
    "a split without a left": {"feature": changed(FOREST.feature, 7, 0)},
    "an input that there is not": {"feature": changed(FOREST.feature, 0, 2)},
    "a leaf that there is not": {"target": changed(FOREST.target, 1, 3)},
    "a leaf before the first": {"target": changed(FOREST.target, 1, -1)},
    "a root behind the end": {"roots": changed(FOREST.roots, 1, 8)},
    "a root before the start": {"roots": changed(FOREST.roots, 1, -1)},
    "fewer thresholds": {"threshold": FOREST.threshold[:-1]},
    "fewer targets": {"target": FOREST.target[:-1]},
    "more features": {"feature": np.append(FOREST.feature, np.int16(-1))},
    "no nodes": {
        name: getattr(FOREST, name)[:0] for name in ("feature", "threshold", "target", "roots")
    },
    "no leaves": {"shares": FOREST.shares[:0]},
    "a number for an array": {"feature": np.int16(0)},
    "words": {"feature": np.array(["kick"] * 8)},
    "no trees": {"roots": FOREST.roots[:0]},
    "shares of nothing": {"shares": np.zeros_like(FOREST.shares)},
    "shares in a row": {"shares": FOREST.shares[:, 0]},
    "a leaf of another kind": {"feature": changed(FOREST.feature, 1, -30_000)},
    "fractions of a feature": {"feature": FOREST.feature.astype(np.float32)},
    "nodes in a square": {"roots": FOREST.roots[None, :]},
}


@pytest.mark.parametrize("changes", DAMAGES.values(), ids=DAMAGES)
def test_a_forest_in_which_a_walk_goes_astray_is_refused(
    tmp_path: Path, changes: dict[str, Any]
) -> None:
    path = tmp_path / "forest.npz"
    replace(FOREST, **changes).save(path)
    refused(path)


def test_the_undamaged_forest_is_not_refused(tmp_path: Path) -> None:
    for forest in (FOREST, stump()):
        forest.save(tmp_path / "forest.npz")
        Forest.load(tmp_path / "forest.npz")

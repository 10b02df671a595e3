from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from classifier.card import Card, fingerprint
from classifier.errors import ModelError
from classifier.labels import INSTRUMENTS, KINDS, LABELS
from tests.helpers.models import SETTINGS, change_card, write_model
from tests.helpers.sentences import assert_is_one_sentence


@pytest.fixture
def card(tmp_path: Path) -> Path:
    return write_model(tmp_path)


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as caught:
        Card.load(path)
    text = str(caught.value)
    assert text.startswith(("The model", f"{path.name} is no model card"))
    assert text.endswith(".")
    assert "\n" not in text
    assert str(path.parent) not in text
    return text


def test_what_is_saved_is_read_again(card: Path) -> None:
    read = Card.load(card)
    assert (read.name, read.labels, read.kinds) == ("tiny", LABELS, KINDS)
    assert read.features == SETTINGS
    richer = replace(read, scores={"accuracy": 0.5}, sources=[{"source": "Ünï", "sounds": 3}])
    richer.save(card)
    assert Card.load(card) == richer
    assert "Ünï" in card.read_text(encoding="utf-8")


def test_a_model_of_the_instruments_alone_rejects_nothing(card: Path) -> None:
    weights = card.with_suffix(".npz")
    for labels, outputs in ((INSTRUMENTS, INSTRUMENTS), (LABELS, LABELS)):
        identity = fingerprint(weights, features=SETTINGS, labels=labels, kinds=())
        change_card(card, labels=labels, kinds=[], fingerprint=identity)
        read = Card.load(card)
        assert read.outputs == outputs
        assert read.rejects is (labels is LABELS)
    assert refused_with(card, labels=INSTRUMENTS) == refused_with(card, fingerprint="0" * 64)


def refused_with(card: Path, **changes: Any) -> str:
    before = card.read_bytes()
    change_card(card, **changes)
    text = refused(card)
    card.write_bytes(before)
    return text


def test_the_fingerprint_is_that_of_weights_and_features(tmp_path: Path) -> None:
    for name in ("abc", "copy", "abd"):
        (tmp_path / name).write_bytes(name[:3].replace("cop", "abc").encode())
    ours = fingerprint(tmp_path / "abc", features=SETTINGS)
    assert fingerprint(tmp_path / "copy", features=SETTINGS) == ours
    assert fingerprint(tmp_path / "abd", features=SETTINGS) != ours
    assert fingerprint(tmp_path / "abc", features=replace(SETTINGS, model_s=1.9)) != ours


def test_a_missing_card_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"^There is no model card none\.json\.$"):
        Card.load(tmp_path / "none.json")


def test_missing_weights_are_said_to_be_missing(card: Path) -> None:
    card.with_suffix(".npz").unlink()
    assert refused(card) == "The model's weights are missing: tiny.npz."


def test_altered_weights_are_refused(card: Path) -> None:
    weights = card.with_suffix(".npz")
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert "does not fit its weights" in refused(card)


def test_weights_of_another_model_are_refused(card: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other = write_model(tmp_path / "other")
    change_card(other, weights=["tiny.npz"], fingerprint="0" * 64)
    assert "does not fit its weights" in refused(other)


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b"5", b'"card"', b"{}", b"\xff\xfe", b'{"features": 5}'],
)
def test_what_is_no_card_is_refused(card: Path, content: bytes) -> None:
    card.write_bytes(content)
    assert "is no model card of this version" in refused(card)


@pytest.mark.parametrize("name", [field.name for field in fields(Card)])
def test_a_card_without_one_of_its_values_is_refused(card: Path, name: str) -> None:
    change_card(card, **{name: None})
    assert "is no model card of this version" in refused(card)


def with_calibration(**changes: Any) -> dict[str, Any]:
    """Return a change of a card's calibration."""
    return {"calibration": {"temperature": 1.0, "offsets": [0.0] * 5, **changes}}


CHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "a key of another version": ({"colour": "red"}, "is no model card of this version"),
    "a setting of another version": (
        {"features": {**SETTINGS.as_json(), "colour": 1}},
        "is no model card of this version",
    ),
    "labels in another order": ({"labels": [*LABELS[1:], LABELS[0]]}, "other labels"),
    "fewer labels": ({"labels": LABELS[:-1]}, "other labels"),
    "labels that are none": ({"labels": 5}, "is no model card of this version"),
    "other kinds": ({"kinds": [*KINDS, "kazoo"]}, "other labels"),
    "a temperature of nothing": (with_calibration(temperature=0), "impossible calibration"),
    "a temperature below zero": (with_calibration(temperature=-1.0), "impossible calibration"),
    "a temperature without end": (
        with_calibration(temperature=float("inf")),
        "impossible calibration",
    ),
    "a temperature that is no number": (
        with_calibration(temperature=float("nan")),
        "impossible calibration",
    ),
    "too few offsets": (with_calibration(offsets=[0.0] * 4), "impossible calibration"),
    "an offset without end": (
        with_calibration(offsets=[0.0] * 4 + [float("inf")]),
        "impossible calibration",
    ),
    "an offset that is no number": (
        with_calibration(offsets=[0.0] * 4 + [float("nan")]),
        "impossible calibration",
    ),
    "no offsets": ({"calibration": {"temperature": 1.0}}, "is no model card of this version"),
    "a threshold above one": ({"threshold": 1.1}, "impossible calibration"),
    "a threshold that is no number": ({"threshold": float("nan")}, "impossible calibration"),
    "weights in a folder": ({"weights": ["folder/tiny.npz"]}, "outside its folder"),
    "weights further up": ({"weights": ["../tiny.npz"]}, "outside its folder"),
    "weights at the root": ({"weights": ["/etc/passwd"]}, "outside its folder"),
    "weights right here": ({"weights": ["."]}, "outside its folder"),
    "the folder above": ({"weights": [".."]}, "The model"),
    "another fingerprint": ({"fingerprint": "0" * 64}, "does not fit"),
    "weights without a name": ({"weights": [""]}, "is no model card"),
    "weights with a null byte": ({"weights": ["tiny\0.npz"]}, "is no model card"),
    "a number for weights": ({"weights": 5}, "is no model card of this version"),
    "a number among weights": ({"weights": [5]}, "is no model card of this version"),
    "a word for weights": ({"weights": "tiny.npz"}, "The model"),
    "no weights": ({"weights": []}, "names weights outside"),
    "too many votes": ({"votes": [1, 1]}, "impossible votes"),
    "no votes": ({"votes": []}, "impossible votes"),
    "a vote against": ({"votes": [-1]}, "impossible votes"),
    "a vote that is no number": ({"votes": [float("nan")]}, "impossible votes"),
    "a word for a vote": ({"votes": ["yes"]}, "is no model card of this version"),
    "a word for a temperature": (with_calibration(temperature="warm"), "is no model card"),
    "a word for a threshold": ({"threshold": "high"}, "is no model card"),
}


@pytest.mark.parametrize(("changes", "sentence"), CHANGES.values(), ids=CHANGES)
def test_a_card_that_does_not_fit_is_refused(
    card: Path, changes: dict[str, Any], sentence: str
) -> None:
    change_card(card, **changes)
    assert sentence in refused(card)


def test_the_sentences_of_a_card_are_sentences(card: Path) -> None:
    change_card(card, labels=LABELS[:-1])
    assert_is_one_sentence(refused(card).replace("tiny.json", "NAME"))


def test_a_card_is_readable_by_people_and_programs(card: Path) -> None:
    text = card.read_text(encoding="utf-8")
    assert len(text.splitlines()) > 20
    assert json.loads(text)["labels"] == list(LABELS)

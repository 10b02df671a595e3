from __future__ import annotations

import numpy as np
import pytest

from classifier.labels import INSTRUMENTS, KINDS, LABELS, OTHER, OUTPUTS, output_of, sum_kinds


def test_the_labels_stand_in_the_order_that_everything_counts_on() -> None:
    assert LABELS == ("Kick", "Snare", "808", "Open hat", "Closed hat", "Other")
    assert (*INSTRUMENTS, OTHER) == LABELS


def test_outputs_are_the_instruments_and_the_sixteen_kinds() -> None:
    assert (*INSTRUMENTS, *KINDS) == OUTPUTS
    assert len(OUTPUTS) == 21
    assert len(set(OUTPUTS)) == 21


@pytest.mark.parametrize(("code", "name"), list(enumerate(INSTRUMENTS)))
def test_an_instrument_is_its_own_output(code: int, name: str) -> None:
    assert output_of(name, None) == code
    assert output_of(name, "clap") == code


def test_a_kind_is_the_output_of_an_other() -> None:
    assert output_of(OTHER, "bass") == 5
    assert output_of(OTHER, "clap") == 6
    assert output_of(OTHER, "vocal") == 20


@pytest.mark.parametrize(
    ("label", "kind"),
    [("Kazoo", None), ("clap", None), ("", None), (OTHER, None), (OTHER, "kazoo"), (OTHER, "")],
)
def test_what_is_no_label_is_refused(label: str, kind: str | None) -> None:
    with pytest.raises(ValueError, match="no such label"):
        output_of(label, kind)


def test_an_other_of_an_instrument_is_refused() -> None:
    with pytest.raises(ValueError, match="no such label"):
        output_of(OTHER, "Kick")


@pytest.mark.parametrize("shape", [(21,), (4, 21), (2, 3, 21)])
def test_the_kinds_are_summed_into_other(shape: tuple[int, ...]) -> None:
    outputs = np.random.default_rng(0).dirichlet(np.ones(21), shape[:-1] or None)
    summed = sum_kinds(outputs)
    assert summed.shape == (*shape[:-1], 6)
    np.testing.assert_array_equal(summed[..., :5], outputs[..., :5])
    np.testing.assert_allclose(summed[..., 5], outputs[..., 5:].sum(axis=-1))
    np.testing.assert_allclose(summed.sum(axis=-1), 1)

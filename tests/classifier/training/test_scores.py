from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
)

from classifier.labels import LABELS
from classifier.training.scores import (
    FIGURES,
    accuracy,
    auroc_of_other,
    calibration_error,
    macro_f1_five,
    macro_f1_six,
    precision_of,
    recall_of,
    score,
    sorted_at_95,
)

OTHER: Final = 5


def simulated(
    count: int = 600, seed: int = 0, classes: int = 6, spread: float = 0.4
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return truths drawn from the probabilities themselves: perfectly calibrated."""
    rng = np.random.default_rng(seed)
    probabilities = np.zeros((count, 6))
    probabilities[:, :classes] = rng.dirichlet(np.full(classes, spread), count)
    drawn = (probabilities.cumsum(axis=1) < rng.uniform(size=(count, 1))).sum(axis=1)
    return np.minimum(drawn, classes - 1), probabilities


def sure(*cases: tuple[int, int, float]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return (truth, predicted, confidence) as truths and probabilities."""
    probabilities = np.array(
        [
            [confidence if code == predicted else (1 - confidence) / 5 for code in range(6)]
            for _, predicted, confidence in cases
        ]
    )
    return np.array([truth for truth, *_ in cases]), probabilities


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("classes", [3, 6])
def test_the_figures_equal_those_of_scikit_learn(seed: int, classes: int) -> None:
    truth, probabilities = simulated(seed=seed, classes=classes)
    said = probabilities.argmax(axis=1)
    assert accuracy(truth, probabilities) == pytest.approx(accuracy_score(truth, said))
    assert macro_f1_six(truth, probabilities) == pytest.approx(
        f1_score(truth, said, labels=range(6), average="macro", zero_division=0)
    )
    five = truth < OTHER
    assert macro_f1_five(truth, probabilities) == pytest.approx(
        f1_score(
            truth[five],
            probabilities[five, :5].argmax(axis=1),
            labels=range(5),
            average="macro",
            zero_division=0,
        )
    )
    for code in range(6):
        options: dict[str, Any] = {"labels": [code], "average": "macro", "zero_division": 0}
        assert recall_of(code, truth, probabilities) == pytest.approx(
            recall_score(truth, said, **options)
        )
        assert precision_of(code, truth, probabilities) == pytest.approx(
            precision_score(truth, said, **options)
        )


@pytest.mark.parametrize("digits", [1, 2, 17])
def test_the_area_under_the_curve_equals_that_of_scikit_learn_with_ties(digits: int) -> None:
    truth, probabilities = simulated()
    rounded = probabilities.round(digits)
    assert auroc_of_other(truth, rounded) == pytest.approx(
        roc_auc_score(truth == OTHER, rounded[:, OTHER])
    )


def test_the_area_under_no_curve_is_not_a_number() -> None:
    for truth in (0, OTHER):
        assert np.isnan(auroc_of_other(*sure((truth, 0, 0.9), (truth, 1, 0.9))))


def test_the_calibrated_have_little_calibration_error() -> None:
    assert calibration_error(*simulated(20_000)) < 0.015


@pytest.mark.parametrize(("confidence", "right"), [(0.9, 0.6), (0.6, 0.9), (0.75, 0.75)])
def test_the_calibration_error_is_the_gap(confidence: float, right: float) -> None:
    count = 3_000
    hits = np.arange(count) % 100 < 100 * right
    cases = [(0 if hit else 1, 0, confidence) for hit in hits]
    error = calibration_error(*sure(*cases))
    assert error == pytest.approx(abs(confidence - right), abs=0.01)


def test_too_sure_here_and_too_modest_there_do_not_cancel() -> None:
    hits = np.arange(3_000) % 10
    cases = [(0 if hit < 6 else 1, 0, 0.9) for hit in hits]
    cases += [(0 if hit < 9 else 1, 0, 0.6) for hit in hits]
    assert calibration_error(*sure(*cases)) == pytest.approx(0.3, abs=0.02)


def test_too_few_sounds_for_the_bins_still_have_a_calibration_error() -> None:
    assert calibration_error(*sure((0, 0, 0.9))) == pytest.approx(0.1)


def test_sorting_at_95_stops_where_too_many_are_wrong() -> None:
    # Confidence falls; the 20th is wrong: 19 of 20 are 95 %. The 21st is wrong as well.
    cases = [(0, 0, 0.99 - index / 1_000) for index in range(19)]
    cases += [(1, 0, 0.9), (1, 0, 0.8), (0, 0, 0.7)]
    share, threshold = sorted_at_95(*sure(*cases))
    assert threshold == pytest.approx(0.9)
    assert share == pytest.approx(19 / 22)


def test_sorting_at_95_passes_a_bad_stretch_when_good_ones_follow() -> None:
    cases = [(1, 0, 0.99)] + [(0, 0, 0.9 - index / 1_000) for index in range(19)]
    share, threshold = sorted_at_95(*sure(*cases))
    assert share == pytest.approx(19 / 20)
    assert threshold == pytest.approx(0.882)


def test_sounds_of_one_confidence_are_sorted_together_or_not_at_all() -> None:
    best = [(0, 0, 0.95)] * 10
    share, threshold = sorted_at_95(*sure(*best, *[(0, 0, 0.9)] * 10, *[(1, 0, 0.9)] * 10))
    assert (share, threshold) == (pytest.approx(10 / 30), pytest.approx(0.95))


def test_an_other_in_a_folder_is_wrong_and_a_kick_among_others_is_not_sorted() -> None:
    rights = [(code, code, 0.9) for code in range(5)] * 4
    assert sorted_at_95(*sure(*rights))[0] == 1.0
    assert sorted_at_95(*sure(*rights, (OTHER, 0, 0.95), (OTHER, 1, 0.95)))[0] == 0.0
    assert sorted_at_95(*sure(*rights, (0, OTHER, 0.99)))[0] == pytest.approx(20 / 21)
    assert sorted_at_95(*sure(*rights, (OTHER, OTHER, 0.99)))[0] == 1.0


@pytest.mark.parametrize(
    "cases",
    [[(1, 0, 0.9)] * 5, [(OTHER, OTHER, 0.9)] * 5, [(0, OTHER, 0.9)] * 5],
    ids=["all wrong", "nothing but others", "all taken for others"],
)
def test_where_nothing_can_be_sorted_the_threshold_is_one(cases: list[Any]) -> None:
    assert sorted_at_95(*sure(*cases)) == (0.0, 1.0)


def test_what_lies_above_the_threshold_is_right_as_often_as_promised() -> None:
    truth, probabilities = simulated(5_000, spread=0.1)
    share, threshold = sorted_at_95(truth, probabilities)
    said, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    put = (said < OTHER) & (confidence >= threshold)
    assert (truth == said)[put].mean() >= 0.95
    assert share == pytest.approx((truth == said)[put].sum() / (truth < OTHER).sum())
    assert 0.2 < share < 1


def test_a_score_names_every_figure_with_its_interval() -> None:
    truth, probabilities = simulated(300)
    packs = [f"pack {index % 12}" for index in range(300)]
    found = score(truth, probabilities, packs)
    assert (found["sounds"], found["packs"]) == (300, 12)
    assert set(found["figures"]) == set(FIGURES)
    for name, figure in FIGURES.items():
        values = found["figures"][name]
        assert values["value"] == figure(truth, probabilities)
        assert values["low"] < values["high"]
    right = found["figures"]["accuracy"]
    assert right["low"] < right["value"] < right["high"]
    assert list(found["labels"]) == list(LABELS)
    assert sum(label["sounds"] for label in found["labels"].values()) == 300
    assert score(truth, probabilities, packs) == found


def test_one_pack_that_stands_out_widens_the_interval() -> None:
    cases = [(0, 0, 0.9), (OTHER, OTHER, 0.9)] * 25 + [(0, 1, 0.9), (OTHER, 1, 0.9)] * 25
    truth, probabilities = sure(*cases)
    apart = score(truth, probabilities, ["right"] * 50 + ["wrong"] * 50)["figures"]["accuracy"]
    mixed = score(truth, probabilities, ["a", "a", "b", "b"] * 25)["figures"]["accuracy"]
    assert (apart["low"], apart["high"]) == (0.0, 1.0)
    assert mixed["high"] - mixed["low"] < 0.1


def test_a_corpus_without_others_can_be_scored() -> None:
    truth, probabilities = sure(*[(0, 0, 0.9), (1, 0, 0.8)] * 20)
    figures = score(truth, probabilities, ["a", "b"] * 20)["figures"]
    json.dumps(figures, allow_nan=False)

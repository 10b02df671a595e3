"""How right sorting is estimated to be, what is asked for first, what a check comes to."""

from __future__ import annotations

import numpy as np
import pytest

from app.core.browsing.estimate import estimate, wilson
from app.core.browsing.loading import Loaded, Said, load
from app.core.browsing.review import Pace, count_review, random_samples, review_queue
from app.core.browsing.rows import Rows
from app.core.catalog.checks import keep_check, last_check
from app.core.catalog.columns import Columns, empty
from app.core.catalog.database import Database
from app.core.catalog.states import State


def made(confidences: list[float], **numbers: list[int]) -> Rows:
    """Return rows of so sure kicks, whose names say nothing."""
    count = len(confidences)
    columns = empty()
    for name, values in columns.items():
        columns[name] = np.full(count, -1, values.dtype)
    columns["id"] = np.arange(1, count + 1)
    columns["folder"] = np.ones(count, np.int32)
    columns["state"] = np.full(count, State.DONE, np.int8)
    columns["label"] = np.zeros(count, np.int8)
    columns["model"] = np.ones(count, np.int16)
    columns["confidence"] = np.array(confidences, np.float32)
    for name, given in numbers.items():
        columns[name] = np.array(given, columns[name].dtype)
    rows = Rows()
    names = [f"{number}.wav" for number in range(count)]
    rows.take(Loaded(Columns(columns, names), {1: (1, "/music", "")}, {1: 0.8}, [], Said()))
    return rows


def everywhere(rows: Rows) -> np.ndarray:
    return np.ones(len(rows), np.bool_)


def test_the_estimate_of_an_untouched_library_is_the_mean_confidence() -> None:
    rows = made([0.9, 1.0, 0.8, 0.5])
    found = estimate(rows, everywhere(rows))
    assert (found.samples, found.decided, found.share) == (4, 3, 0.75)
    assert found.right == pytest.approx(0.9)
    assert found.low < 0.9 < found.high <= 1.0
    rows.threshold = 0.95
    assert estimate(rows, everywhere(rows)).right == pytest.approx(1.0)


def test_offline_and_unheard_samples_are_no_part_of_it() -> None:
    rows = made([0.9, 0.9, 0.9], state=[State.DONE, State.WAITING, State.DONE])
    online = np.array([True, True, False])
    assert estimate(rows, online).samples == 1


def test_agreement_raises_the_estimate_and_its_contrary_lowers_it() -> None:
    rows = made([0.9] * 200)
    before = estimate(rows, everywhere(rows))
    rows.correction[:60] = 0  # confirmed
    agreed = estimate(rows, everywhere(rows))
    assert agreed.right > before.right
    assert (agreed.said, agreed.agreed) == (60, 60)
    rows.correction[:60] = 3  # it was something else
    contrary = estimate(rows, everywhere(rows))
    # Of the 140 that are left, 27 of (30 + 60) are expected to be right; the 60 are, by now.
    assert contrary.right == pytest.approx((60 + 140 * 27 / 90) / 200)
    assert agreed.high - agreed.low < before.high - before.low


def test_an_empty_library_is_no_division_by_zero() -> None:
    rows = made([])
    found = estimate(rows, everywhere(rows))
    assert (found.samples, found.share) == (0, 0.0)


@pytest.mark.parametrize(
    ("right", "asked", "low", "high"),
    [(36, 40, 0.769, 0.960), (0, 10, 0.0, 0.278), (10, 10, 0.722, 1.0), (0, 0, 0.0, 1.0)],
)
def test_wilson(right: int, asked: int, low: float, high: float) -> None:
    assert wilson(right, asked) == pytest.approx((low, high), abs=1e-3)


def test_the_review_asks_for_the_unsure_and_the_disagreeing() -> None:
    rows = made([0.99, 0.6, 0.79, 0.95], name_says=[-1, -1, -1, 1])
    queue = review_queue(rows, everywhere(rows))
    assert queue.tolist() == [2, 4, 3]
    assert count_review(rows, everywhere(rows)) == 3
    assert review_queue(rows, everywhere(rows), skipped=[2]).tolist() == [4, 3, 2]
    rows.correction[3] = 0
    assert review_queue(rows, everywhere(rows)).tolist() == [2, 3]
    assert review_queue(rows, np.array([True, False, True, True])).tolist() == [3]


def test_of_copies_one_is_asked_for_and_first() -> None:
    rows = made([0.5, 0.7, 0.7, 0.7])
    rows._twins = np.array([-1, 0, 0, 0], np.int32)
    assert review_queue(rows, everywhere(rows)).tolist() == [2, 1]
    assert count_review(rows, everywhere(rows)) == 2


def test_each_sample_is_as_likely_to_be_drawn() -> None:
    rows = made([0.9] * 10, state=[State.DONE] * 9 + [State.PROBLEM])
    rng = np.random.default_rng(0)
    drawn = np.concatenate([random_samples(rows, everywhere(rows), 3, rng) for _ in range(3_000)])
    counts = np.bincount(drawn, minlength=11)
    assert counts[10] == counts[0] == 0
    assert np.all(np.abs(counts[1:10] - 1_000) < 120)
    assert len(set(random_samples(rows, everywhere(rows), 40, rng).tolist())) == 9


def test_the_pace_is_that_of_the_last_ones_without_pauses() -> None:
    pace = Pace()
    assert pace.left_s(10) == 40.0
    pace.begin(0.0)
    for moment in (2.0, 4.0, 6.0, 1_000.0, 1_002.0):
        pace.step(moment)
    assert pace.left_s(10) == 20.0


def test_a_check_is_kept_with_its_labels(database: Database) -> None:
    assert last_check(database) is None
    said = {1: ("Kick", "Kick"), 2: ("Kick", "Snare"), 3: ("808", "808")}
    kept = keep_check(database, said)
    assert (kept.asked, kept.right) == (3, 2)
    assert kept.by_label == {"Kick": (2, 1), "808": (1, 1)}
    keep_check(database, {1: ("Kick", "Kick")})
    newest = last_check(database)
    assert newest is not None
    assert (newest.asked, newest.right) == (1, 1)
    assert len(load(database).columns.names) == 0

"""Many files on a pool: in order, not too far ahead, and a bad one costs only itself."""

from __future__ import annotations

import logging
import pickle
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from app.core.analysis import Result, analyse
from app.core.chunks import CHUNK
from app.core.walk import Found
from classifier import Analysis, AudioError, Model, load_model
from classifier.synth import MAKERS

Answer = Callable[[Sequence[str], Any], list[AudioError]]
NAMES = [f"{number:03}.wav" for number in range(10 * CHUNK + 3)]


class OnTheSpot(Executor):
    """Does the work where it is handed in."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(work(*args, **kwargs))
        return future


class OnlyTheFirst(Executor):
    """Does the first piece of work, and never comes to the others."""

    def __init__(self) -> None:
        self.futures: list[Future[Any]] = []

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if not self.futures:
            future.set_result(work(*args, **kwargs))
        self.futures.append(future)
        return future


class Drawn(Iterator[Found]):
    """Gives `names` one by one, and counts."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = iter(names)
        self.count = 0

    def __next__(self) -> Found:
        found = Found(next(self._names))
        self.count += 1
        return found


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three files that sound different."""
    folder = tmp_path_factory.mktemp("sounds")
    for name in ("Kick", "Closed hat", "clap"):
        samples = MAKERS[name](np.random.default_rng(0), 22_050)
        soundfile.write(folder / f"{name}.wav", samples, 22_050)
    return [str(path) for path in sorted(folder.iterdir())]


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Let another function answer for the classifier."""
    return lambda answer: monkeypatch.setattr("app.core.analysis.classify", answer)


def echo(paths: Sequence[str], _model: Any) -> list[AudioError]:
    return [AudioError(path) for path in paths]


def names_of(results: Iterable[Result]) -> list[str]:
    """Return the paths, having made sure that each came with what belongs to it."""
    return [path for path, found in results if str(found) == path]


@pytest.mark.parametrize("ahead", [1, 2, 64])
@pytest.mark.parametrize("count", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, len(NAMES)])
def test_results_come_in_the_order_of_the_files(
    answers: Callable[[Answer], None], count: int, ahead: int
) -> None:
    answers(echo)
    results = analyse(Drawn(NAMES[:count]), None, OnTheSpot(), ahead=ahead)
    assert names_of(results) == NAMES[:count]


def test_order_is_kept_when_later_chunks_are_done_first(answers: Callable[[Answer], None]) -> None:
    second_is_done = threading.Event()

    def first_comes_last(paths: Sequence[str], model: Any) -> list[AudioError]:
        if NAMES[0] in paths:
            assert second_is_done.wait(30)
        if NAMES[CHUNK] in paths:
            second_is_done.set()
        return echo(paths, model)

    answers(first_comes_last)
    with ThreadPoolExecutor(2) as executor:
        assert names_of(analyse(Drawn(NAMES), None, executor)) == NAMES


def test_files_are_handed_out_in_chunks(answers: Callable[[Answer], None]) -> None:
    sizes = []

    def measure(paths: Sequence[str], model: Any) -> list[AudioError]:
        sizes.append(len(paths))
        return echo(paths, model)

    answers(measure)
    assert names_of(analyse(Drawn(NAMES), None, OnTheSpot())) == NAMES
    assert sizes == [CHUNK] * 10 + [3]


@pytest.mark.parametrize("ahead", [1, 3, 7])
def test_files_are_drawn_so_far_ahead_and_no_farther(
    answers: Callable[[Answer], None], ahead: int
) -> None:
    answers(echo)
    source = Drawn(NAMES)
    for number, _ in enumerate(analyse(source, None, OnTheSpot(), ahead=ahead)):
        begun = number // CHUNK
        assert source.count == min((begun + ahead) * CHUNK, len(NAMES))
        assert source.count - number <= ahead * CHUNK


def test_nothing_is_drawn_before_the_first_result_is_asked_for() -> None:
    source = Drawn(NAMES)
    analyse(source, None, OnTheSpot())
    assert source.count == 0


def test_closing_cancels_what_has_not_begun(answers: Callable[[Answer], None]) -> None:
    answers(echo)
    executor = OnlyTheFirst()
    source = Drawn(NAMES)
    results = analyse(source, None, executor, ahead=5)
    assert next(results)[0] == NAMES[0]
    results.close()
    assert [future.cancelled() for future in executor.futures] == [False] + [True] * 4
    assert source.count == 5 * CHUNK


def test_a_source_that_fails_cancels_what_has_not_begun(answers: Callable[[Answer], None]) -> None:
    answers(echo)
    executor = OnlyTheFirst()

    def break_off() -> Iterator[Found]:
        yield from Drawn(NAMES[: 3 * CHUNK])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(analyse(break_off(), None, executor))
    assert [future.cancelled() for future in executor.futures[1:]] == [True] * 2


def test_a_known_problem_becomes_its_sentence_and_is_not_looked_at(
    answers: Callable[[Answer], None],
) -> None:
    seen = []

    def remember(paths: Sequence[str], model: Any) -> list[AudioError]:
        seen.extend(paths)
        return echo(paths, model)

    answers(remember)
    found = [Found("a"), Found("b", "No way."), Found("c"), Found("d", "No way either.")]
    results = list(analyse(found, None, OnTheSpot()))
    assert [(path, str(what)) for path, what in results] == [
        ("a", "a"),
        ("b", "No way."),
        ("c", "c"),
        ("d", "No way either."),
    ]
    assert all(isinstance(what, AudioError) for _, what in results)
    assert seen == ["a", "c"]


def test_a_fault_of_ours_in_one_file_costs_this_file_only(
    answers: Callable[[Answer], None], caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(paths: Sequence[str], model: Any) -> list[AudioError]:
        if NAMES[5] in paths:
            raise ZeroDivisionError("not meant for users")
        return echo(paths, model)

    answers(stumble)
    with caplog.at_level(logging.ERROR):
        results = dict(analyse(Drawn(NAMES), None, OnTheSpot()))
    sentence = str(results.pop(NAMES[5]))
    assert names_of(results.items()) == [*NAMES[:5], *NAMES[6:]]
    assert sentence == "Kitsort failed on this file (ZeroDivisionError); please report it."
    [record] = caplog.records
    assert NAMES[5] in record.getMessage()
    assert record.exc_info is not None
    assert record.exc_info[0] is ZeroDivisionError


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_any_executor_finds_out_the_same(
    model: Model, sounds: list[str], tmp_path: Path, workers: int
) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"text")
    found = [Found(path) for path in [*sounds, str(bad)] * (CHUNK + 1)]
    if workers:
        with ThreadPoolExecutor(workers) as executor:
            results = list(analyse(found, model, executor))
    else:
        results = list(analyse(found, model, OnTheSpot()))
    assert [path for path, _ in results] == [item.path for item in found]
    labels = [
        what.prediction.label if isinstance(what, Analysis) else type(what) for _, what in results
    ]
    assert labels == ["Closed hat", "Kick", "Other", AudioError] * (CHUNK + 1)


class Elsewhere(OnTheSpot):
    """Hands everything over by pickle, as executors of processes and clusters do."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        work, args = pickle.loads(pickle.dumps((work, args)))
        future = super().submit(work, *args, **kwargs)
        done: Future[Any] = Future()
        done.set_result(pickle.loads(pickle.dumps(future.result())))
        return done


def test_the_work_can_be_done_in_another_process(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", MAKERS["Kick"](np.random.default_rng(1)), 44_100)
    found = [Found(str(tmp_path / "a.wav")), Found(str(tmp_path / "gone.wav"))]
    model = load_model()
    [(_, here), (_, problem)] = analyse(found, model, Elsewhere())
    [(_, there), _] = analyse(found, model, OnTheSpot())
    assert isinstance(here, Analysis)
    assert isinstance(there, Analysis)
    assert here.prediction.probabilities == there.prediction.probabilities
    assert isinstance(problem, AudioError)

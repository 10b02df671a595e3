"""Long work: watched, paused, stopped."""

from __future__ import annotations

import threading
import time

import pytest

from app.core.jobs import CancelledError, Job, Progress


def test_a_plain_job_reports_to_nobody() -> None:
    Job().step("Analysing", 1, 2, "x.wav")


def test_steps_are_told_with_their_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    told: list[Progress] = []
    job = Job(told.append)
    for done in (0, 10, 20, 40):
        job.step("Analysing", done, 100, f"{done}.wav")
        now[0] += 1
    assert [one.per_second for one in told] == pytest.approx([0, 10, 10, 40 / 3])
    assert told[0].left_s is None
    assert told[2].left_s == pytest.approx(8)
    assert (told[-1].doing, told[-1].done, told[-1].total) == ("Analysing", 40, 100)
    assert told[-1].at == "40.wav"
    job.step("Comparing", 0, 5)
    assert told[-1].per_second == 0


def test_a_cancelled_job_stops_at_its_next_step() -> None:
    job = Job()
    job.cancel()
    with pytest.raises(CancelledError):
        job.step("Analysing", 1)


def test_a_paused_job_waits_and_a_cancel_ends_the_pause() -> None:
    job, done = Job(), []

    def work() -> None:
        job.check()
        done.append(1)
        job.pause()
        try:
            job.check()
        except CancelledError:
            done.append(2)

    job.pause()
    assert job.is_paused
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(0.1)
    assert done == []
    job.resume()
    while not done:
        time.sleep(0.001)
    job.cancel()
    thread.join(5)
    assert done == [1, 2]
    job.pause()
    assert not job.is_paused

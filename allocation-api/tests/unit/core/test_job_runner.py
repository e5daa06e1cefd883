"""The runner's last round."""

from __future__ import annotations

from threading import Event

from app.core.jobs.embedded import Job, JobRunner, Where, stop


def test_a_last_job_is_done_once_more_when_the_runner_stops() -> None:
    done: list[str] = []
    begun = Event()

    def ordinary() -> None:
        done.append("ordinary")
        begun.set()

    last = Job("last", 3_600, lambda: done.append("last"), Where.EVERY_PROCESS, last=True)
    runner = JobRunner((last, Job("o", 3_600, ordinary, Where.EVERY_PROCESS)))
    runner.start()
    assert begun.wait(10)
    stop(runner)
    assert done == ["last", "ordinary", "last"]


def test_a_last_job_that_fails_does_not_keep_the_others_from_their_last_round() -> None:
    done: list[str] = []

    def fail() -> None:
        raise OSError

    failing = Job("a", 1, fail, Where.EVERY_PROCESS, last=True)
    runner = JobRunner((failing, Job("b", 1, lambda: done.append("b"), Where.EVERY_PROCESS, last=True)))
    runner.start()
    stop(runner)
    assert done[-1] == "b"

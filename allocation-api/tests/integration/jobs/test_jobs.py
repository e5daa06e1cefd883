"""Jobs through the edge: what users see of them, follow and cancel, and how each way of work ends."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime, timedelta
from threading import Event

import pytest

from app.core.jobs.embedded import stop
from app.core.security import Permission
from app.services.domain.caller import Caller
from app.services.jobs import events, hold, worker
from app.services.jobs.executor import JobExecutor
from app.services.jobs.kinds import Handlers
from app.services.jobs.store import JobStore
from app.services.jobs.worker import JobThreads
from tests.support.desk import GOLDEN_BOOK, Desk
from tests.support.job_lines import HANDLER, LINES, URGENT, URGENT_HANDLER, Lines, make_table, written
from tests.support.users import set_user
from tests.support.waiting import until

NEVER = Event()


@pytest.fixture
def desk(golden_desk):
    return with_lines(golden_desk)


def with_lines(desk):
    make_table(desk.services.database)
    desk.services.jobs.handlers.add([HANDLER])
    return desk


def submit(desk, lines, username="demo_user", kind=LINES):
    user = desk.services.access.administration.named(username)
    who = Caller(user.id, username, frozenset(), "r")
    return desk.services.jobs.service.submit(kind, lines, who, total=lines.count)


def run(desk, job_id, stopping=NEVER, on_lost=lambda: None):
    return desk.services.jobs.executor.run(job_id, stopping, on_lost)


def show(desk, job_id, **more):
    return desk.call("GET", f"jobs/{job_id}", **more)


def rows(desk, job_id):
    return written(desk.services.database, job_id)[0]


def test_a_job_is_shown_while_it_waits_and_when_it_is_done(desk):
    job_id = submit(desk, Lines(3))
    job = show(desk, job_id)
    created = job.pop("created_at")
    assert job.pop("due_at") == created
    assert abs((desk.clock() - datetime.fromisoformat(created)).total_seconds()) < 60
    assert job == {
        "job_id": job_id,
        "kind": "tests.lines",
        "state": "PENDING",
        "version": 1,
        "username": "demo_user",
        "started_at": None,
        "ended_at": None,
        "expected_end_at": None,
        "done": 0,
        "total": 3,
        "phase": None,
        "attempts": 0,
        "max_attempts": 3,
        "result": None,
        "error": None,
    }
    assert run(desk, job_id)
    job = show(desk, job_id)
    assert (job["state"], job["done"], job["phase"]) == ("SUCCEEDED", 3, "writing")
    assert job["result"] == f"/v1/tests/{job_id}"
    assert created <= job["started_at"] <= job["ended_at"]
    assert rows(desk, job_id) == [0, 1, 2]
    assert not run(desk, job_id)


@pytest.mark.parametrize(
    ("event", "state", "error"),
    [
        ("refuse", "FAILED", ("JOB_REFUSED", "The line 3 has no quantity")),
        ("fail", "PENDING", ("JOB_FAILED", "Aladdin is away")),
        ("break", "PENDING", ("JOB_FAILED", "Unexpected error (ZeroDivisionError).")),
    ],
)
def test_an_error_of_the_request_is_final_and_another_one_is_tried_again(desk, event, state, error):
    job_id = submit(desk, Lines(5, at=2, event=event))
    assert run(desk, job_id)
    job = show(desk, job_id)
    assert (job["state"], job["done"], job["attempts"]) == (state, 2, 1)
    assert (job["error"]["code"], job["error"]["reason"]) == error
    assert rows(desk, job_id) == [0, 1]


def test_a_poison_job_fails_after_its_attempts_with_the_reason(desk):
    job_id = submit(desk, Lines(5, at=2, event="break"))
    for wait in (5, 10, 0):
        assert run(desk, job_id)
        assert not run(desk, job_id)
        desk.clock.ahead += timedelta(seconds=wait)
    job = show(desk, job_id)
    assert (job["state"], job["done"], job["attempts"]) == ("FAILED", 2, 3)
    assert job["error"]["reason"] == (
        "It failed 3 times, the last time with: Unexpected error (ZeroDivisionError)."
    )
    assert rows(desk, job_id) == [0, 1]


def test_a_cancelled_job_stops_after_its_line_and_keeps_what_is_done(desk):
    job_id = submit(desk, Lines(1_000, seconds=0.05))
    thread = threading.Thread(target=run, args=(desk, job_id))
    thread.start()
    until(lambda: show(desk, job_id)["done"] >= 2, "line")
    asked = time.monotonic()
    assert desk.call("DELETE", f"jobs/{job_id}")["state"] == "ABORTING"
    thread.join(5)
    assert time.monotonic() - asked < 1
    job = show(desk, job_id)
    assert (job["state"], job["error"]["reason"]) == ("ABORTED", "demo_user cancelled it.")
    assert rows(desk, job_id) == list(range(job["done"]))
    assert desk.call("DELETE", f"jobs/{job_id}", status=409)["code"] == "JOB_ENDED"


def test_a_stopping_worker_leaves_the_job_to_the_next_one(desk):
    job_id = submit(desk, Lines(50, seconds=0.02))
    stopping = Event()
    thread = threading.Thread(target=run, args=(desk, job_id, stopping))
    thread.start()
    until(lambda: show(desk, job_id)["done"] >= 2, "line")
    stopping.set()
    thread.join(5)
    job = show(desk, job_id)
    assert (job["state"], job["attempts"]) == ("PENDING", 0)
    assert 2 <= job["done"] < 50
    assert run(desk, job_id)
    assert rows(desk, job_id) == list(range(50))


def test_the_threads_of_a_serving_process_do_what_is_due(desk, monkeypatch):
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.01)
    assert (desk.settings.jobs.processes, desk.settings.jobs.threads) == (0, 1)
    threads = JobThreads(desk.services.jobs.executor, 2)
    threads.start()
    found = [submit(desk, Lines(3)) for _ in range(4)]
    until(lambda: all(show(desk, each)["state"] == "SUCCEEDED" for each in found), "end")
    stop(threads)
    assert [rows(desk, each) for each in found] == [[0, 1, 2]] * 4


def at_work_on(desk, job_id, work):
    """Do `work` in a thread until a job has two lines, and return the thread."""
    thread = threading.Thread(target=work)
    thread.start()
    until(lambda: show(desk, job_id)["done"] >= 2, "line")
    return thread


def test_one_worker_leaves_a_long_job_for_an_urgent_one_after_a_line(desk, monkeypatch):
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.01)
    desk.services.jobs.handlers.add([URGENT_HANDLER])
    threads = JobThreads(desk.services.jobs.executor, 1)
    long = submit(desk, Lines(60, seconds=0.05))
    at_work_on(desk, long, threads.start).join()
    urgent = submit(desk, Lines(2), kind=URGENT)
    until(lambda: show(desk, urgent)["state"] == "SUCCEEDED", "end of the urgent job")
    assert show(desk, long)["done"] < 60
    until(lambda: show(desk, long)["state"] == "SUCCEEDED", "end of the long job")
    stop(threads)
    assert (rows(desk, long), show(desk, long)["attempts"]) == (list(range(60)), 1)


def test_a_message_wakes_a_worker_for_the_urgent_jobs_first(desk):
    desk.services.jobs.handlers.add([URGENT_HANDLER])
    long, urgent = submit(desk, Lines(3)), submit(desk, Lines(2), kind=URGENT)
    desk.services.jobs.executor.wake(long, NEVER, lambda: None)
    ends = [show(desk, each) for each in (urgent, long)]
    assert [job["state"] for job in ends] == ["SUCCEEDED"] * 2
    assert ends[0]["ended_at"] <= ends[1]["started_at"]


def test_what_no_handler_is_for_is_left_to_other_workers(desk):
    """As by a worker of an earlier version, beside those of this one."""
    job_id = submit(desk, Lines(1))
    other = JobExecutor(JobStore(desk.services.database, desk.clock, timedelta(seconds=30)), Handlers())
    assert not other.has_work
    assert not other.run(job_id, NEVER, lambda: None)
    assert show(desk, job_id)["state"] == "PENDING"


def test_a_worker_whose_lease_cannot_be_renewed_stops_itself_before_it_is_over(tmp_path, monkeypatch):
    """Its renewals fail, as where the database is away; the line goes on and must not be believed."""
    desk = with_lines(Desk(tmp_path, scenario=GOLDEN_BOOK, JOB_LEASE_SECONDS="2"))
    job_id = submit(desk, Lines(2, seconds=2.5))
    lost = []

    def away(*_):
        raise OSError("away")

    monkeypatch.setattr("app.services.jobs.store.JobStore.renew", away)
    began = time.monotonic()
    assert run(desk, job_id, on_lost=lambda: lost.append(time.monotonic() - began))
    (after,) = lost
    assert hold.SAFE_PART * 2 - 0.2 <= after < 2
    # What was done after that was stored by nobody, or under the fence of this attempt.
    assert show(desk, job_id)["state"] == "RUNNING"
    assert show(desk, job_id)["done"] <= 1


def test_a_long_line_keeps_its_lease(tmp_path):
    desk = with_lines(Desk(tmp_path, scenario=GOLDEN_BOOK, JOB_LEASE_SECONDS="2"))
    job_id = submit(desk, Lines(1, seconds=2.5))
    lost = []
    assert run(desk, job_id, on_lost=lambda: lost.append(1))
    assert (show(desk, job_id)["state"], show(desk, job_id)["attempts"], lost) == ("SUCCEEDED", 1, [])


# --- who sees what ------------------------------------------------------------------------------------------


def test_each_user_sees_the_own_jobs(desk):
    mine, other = submit(desk, Lines(1)), submit(desk, Lines(1), "demo_supervisor")
    assert [job["job_id"] for job in desk.get("jobs")["jobs"]] == [mine]
    assert show(desk, other, status=404)["code"] == "NOT_FOUND"
    assert desk.call("DELETE", f"jobs/{other}", status=404)["code"] == "NOT_FOUND"
    assert desk.call("GET", f"jobs/{other}/events", status=404)["code"] == "NOT_FOUND"
    refused = desk.get("jobs", status=403, of_all="true")
    assert (refused["code"], refused["permission"]) == ("FORBIDDEN", "jobs:manage")


def test_who_manages_jobs_sees_and_cancels_those_of_all_but_within_groups(desk):
    mine, other = submit(desk, Lines(1)), submit(desk, Lines(1), "demo_supervisor")
    set_user(desk.services.database, permissions=[Permission.JOBS_MANAGE])
    assert [job["job_id"] for job in desk.get("jobs", of_all="true")["jobs"]] == [other, mine]
    assert [job["job_id"] for job in desk.get("jobs")["jobs"]] == [mine]
    assert desk.call("DELETE", f"jobs/{other}")["error"]["reason"] == "demo_user cancelled it."
    set_user(desk.services.database, permissions=[Permission.JOBS_MANAGE], groups=["GOLDEN"])
    assert desk.get("jobs", status=403, of_all="true")["code"] == "WHOLE_DESK_ONLY"
    assert show(desk, other, status=404)["code"] == "NOT_FOUND"
    assert show(desk, mine)["state"] == "PENDING"


def test_jobs_are_listed_by_state_and_kind_and_page(desk):
    first, second, third = (submit(desk, Lines(1)) for _ in range(3))
    run(desk, second)
    assert [job["job_id"] for job in desk.get("jobs", state="SUCCEEDED")["jobs"]] == [second]
    assert [job["job_id"] for job in desk.get("jobs", state="PENDING")["jobs"]] == [third, first]
    assert desk.get("jobs", kind="tests.other")["jobs"] == []
    assert len(desk.get("jobs", kind="tests.lines")["jobs"]) == 3
    page = desk.get("jobs", limit=2)
    assert [job["job_id"] for job in page["jobs"]] == [third, second]
    rest = desk.get("jobs", limit=2, cursor=page["next_cursor"])
    assert ([job["job_id"] for job in rest["jobs"]], rest["next_cursor"]) == ([first], None)
    assert desk.get("jobs", status=422, state="DONE")["errors"][0]["field"] == "state"


# --- events -------------------------------------------------------------------------------------------------


def follow(desk, job_id, last=None):
    """What comes of a job until the answer ends: the events, and how many seconds that took."""
    headers = {**desk.headers, **({} if last is None else {"Last-Event-ID": last})}
    began = time.monotonic()
    answer = desk.app.test_client().get(f"/v1/jobs/{job_id}/events", headers=headers)
    assert answer.status_code == 200
    assert answer.content_type == "text/event-stream"
    assert "Content-Encoding" not in answer.headers
    first, *blocks = answer.text.rstrip("\n").split("\n\n")
    assert first == "retry: 1000"
    return [event_of(block) for block in blocks], time.monotonic() - began


def event_of(block):
    lines = dict(line.split(": ", 1) for line in block.split("\n"))
    assert lines["event"] == "job"
    job = json.loads(lines["data"])
    assert lines["id"] == str(job["version"])
    return job


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(events, "FOLLOW_SECONDS", 0.5)


def test_a_job_is_followed_to_its_end(desk, monkeypatch):
    monkeypatch.setattr(events, "LOOK_SECONDS", 0.01)
    job_id = submit(desk, Lines(10, seconds=0.05))
    thread = threading.Thread(target=run, args=(desk, job_id))
    thread.start()
    found, seconds = follow(desk, job_id)
    thread.join()
    assert seconds < events.FOLLOW_SECONDS
    assert found[-1] == show(desk, job_id)
    assert found[-1]["state"] == "SUCCEEDED"
    assert len(found) >= 8
    versions = [job["version"] for job in found]
    assert versions == sorted(set(versions))


def test_an_answer_ends_soon_and_is_resumed_by_the_last_event(desk, quick):
    job_id = submit(desk, Lines(2))
    (job,), seconds = follow(desk, job_id)
    assert (job["state"], job["version"]) == ("PENDING", 1)
    assert 0.4 < seconds < 3
    assert follow(desk, job_id, last="1")[0] == []
    run(desk, job_id)
    (job,), seconds = follow(desk, job_id, last="1")
    assert (job["state"], job["done"]) == ("SUCCEEDED", 2)
    assert seconds < 0.4
    assert follow(desk, job_id, last=str(job["version"]))[0] == []


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "1" * 19])
def test_what_is_no_id_of_an_event_is_refused(desk, last):
    job_id = submit(desk, Lines(1))
    refused = desk.call("GET", f"jobs/{job_id}/events", status=422, headers={"Last-Event-ID": last})
    assert [error["field"] for error in refused["errors"]] == ["Last-Event-ID"]


def test_followers_hold_a_part_of_the_request_threads_and_others_come_again(tmp_path, monkeypatch):
    monkeypatch.setattr(events, "FOLLOW_SECONDS", 1.0)
    desk = with_lines(Desk(tmp_path, scenario=GOLDEN_BOOK, THREADS="8"))
    job_id = submit(desk, Lines(1))
    took = []

    def one():
        found, seconds = follow(desk, job_id)
        took.append((len(found), seconds > 0.8))

    threads = [threading.Thread(target=one) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # All are told how the job is; two of eight threads wait for more.
    assert sorted(took) == [(1, False)] * 4 + [(1, True)] * 2
    assert follow(desk, job_id)[1] > 0.8  # the places are free again

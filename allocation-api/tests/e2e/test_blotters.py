"""Blotters on real worker processes that are killed while Redis and the database go away and come back.

Each line is previewed once and committed once, whatever happens. The vendor's process counts the orders.
"""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

import pytest

from aladdin_simulator.wire import operations as names
from tests.e2e.blotter_desk import BlotterDesk, faces_of
from tests.e2e.job_engines import Celery, Embedded
from tests.storage import servers
from tests.storage.conftest import started
from tests.support.profiles import size
from tests.support.waiting import until

pytestmark = pytest.mark.slow

LINES = size(500, in_ci=150)
AWAY_SECONDS = 5
TAKEN_SECONDS = 0.3
"""The vendor has taken the order by then, and its answer is not there yet."""

ANSWER_SECONDS = 2.5
"""So long the vendor keeps the answer to an order that it has taken; the client would wait for 3."""


@pytest.fixture(scope="module")
def postgresql():
    manager = servers.postgresql(is_told_statements=False)
    yield started(manager)
    manager.__exit__(None, None, None)


@pytest.fixture(scope="module", params=[Embedded, Celery], ids=["embedded", "celery"])
def desk(request, postgresql, tmp_path_factory):
    if request.param is Celery:
        pytest.importorskip("celery")
    name = f"test_{request.param.__name__.lower()}"
    made = BlotterDesk(tmp_path_factory.mktemp("blotters"), request.param, postgresql.url_of(name))
    yield made
    made.close()


def test_cancelled_previews_stop_within_a_second_of_their_line(desk):
    blotter_id, job_id = desk.ask(LINES)
    desk.done(job_id, 5)
    assert desk.seconds_to_cancel(job_id) < 1.1
    job = desk.ended(job_id)
    assert (job.state, job.error_code) == ("ABORTED", "JOB_CANCELLED")
    assert 5 <= job.done < LINES
    assert desk.statuses(blotter_id) == {"PREVIEWED": job.done, None: LINES - job.done}


def test_a_cancelled_commit_stops_within_a_second_of_its_line_and_can_be_asked_for_again(desk):
    blotter_id, job_id = desk.ask(40)
    assert desk.ended(job_id).state == "SUCCEEDED"
    job_id = desk.commit(blotter_id)
    desk.done(job_id, 5)
    assert desk.seconds_to_cancel(job_id) < 1.1
    job = desk.ended(job_id)
    assert job.state == "ABORTED"
    # The line that was being sent is at the vendor, and may not be counted by the job any more.
    sent = len(desk.faces_sent(blotter_id))
    assert 5 <= job.done <= sent <= job.done + 1 < 40
    assert desk.status(blotter_id) == "PARTIAL"
    assert desk.ended(desk.commit(blotter_id)).state == "SUCCEEDED"
    assert desk.status(blotter_id) == "COMMITTED"
    assert desk.faces_sent(blotter_id) == faces_of(40)
    desk.books.agree()


def disturb(desk, job_id, kill):
    """Kill the worker of a running job, restart Redis and take the database away; return what was asked.

    That is another blotter, of which nobody can be told while Redis is away.
    """
    fence = desk.job(job_id).fence
    kill(desk.worker())
    until(lambda: desk.job(job_id).fence > fence, "another worker")
    desk.done(job_id, LINES // 3)
    desk.engine.redis.stop()
    unsent = desk.ask(3)
    time.sleep(0.5)
    desk.engine.redis.again()  # it has kept nothing
    desk.done(job_id, LINES * 2 // 3)
    desk.line.cut()
    time.sleep(AWAY_SECONDS)
    assert desk.job(job_id).done < LINES
    desk.line.join()
    return unsent


def kill_between(pid):
    os.kill(pid, signal.SIGKILL)


def kill_while_an_order_is_out(desk):
    """Return what kills a worker when the vendor has its order, and has not said so."""

    def is_out():
        count = desk.simulator.report()["operations"][names.POST_ORDER]
        return "slow_body" in count["faults"]

    def kill(pid):
        slow = {"operation": names.POST_ORDER, "kind": "slow_body", "seconds": ANSWER_SECONDS, "pieces": 2}
        desk.simulator.put(slow)
        until(is_out, "an order without an answer")
        time.sleep(TAKEN_SECONDS)
        os.kill(pid, signal.SIGKILL)
        desk.simulator.put()

    return kill


def test_whatever_happens_each_line_is_previewed_once_and_committed_once(desk):
    blotter_id, job_id = desk.ask(LINES)
    desk.done(job_id, LINES // 10)
    small, small_job = disturb(desk, job_id, kill_between)
    job = desk.ended(job_id)
    assert (job.state, job.done) == ("SUCCEEDED", LINES)
    assert desk.ended(small_job).state == "SUCCEEDED"
    assert desk.statuses(blotter_id) == {"PREVIEWED": LINES}
    assert desk.status(blotter_id) == "READY"
    told = desk.previews_told_of()
    assert Counter(told[each] for each in desk.allocations(blotter_id)) == {1: LINES}

    job_id = desk.commit(blotter_id)
    desk.done(job_id, LINES // 10)
    _, unsent_job = disturb(desk, job_id, kill_while_an_order_is_out(desk))
    job = desk.ended(job_id)
    assert (job.state, job.done) == ("SUCCEEDED", LINES)
    assert desk.ended(unsent_job).state == "SUCCEEDED"
    assert desk.statuses(blotter_id) == {"SUBMITTED": LINES}
    assert desk.status(blotter_id) == "COMMITTED"
    assert desk.faces_sent(blotter_id) == faces_of(LINES)
    assert desk.statuses(small) == {"PREVIEWED": 3}
    desk.books.agree()

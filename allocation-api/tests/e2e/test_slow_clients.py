"""Clients that are slow or greedy, fifty of each kind at a time: a good client and a stop do not notice."""

from __future__ import annotations

import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from aladdin_simulator.wire import operations as names
from tests.e2e.bad_clients import KINDS, BadClients
from tests.e2e.many_processes import ManyProcesses
from tests.e2e.server_process import Server
from tests.e2e.simulator_process import MAX_WAIT_SECONDS
from tests.support.waiting import until

pytestmark = pytest.mark.slow

AT_A_TIME = 50
MAX_SECONDS = 1.0
ASKED = 10
QUICK = {"HEADER_SECONDS": "2", "BODY_SECONDS": "2", "ANSWER_SECONDS": "2", "IDLE_SECONDS": "2"}
STOP_SECONDS = 20
"""Far below the grace, which is 100 s by default."""


@pytest.fixture
def bad():
    """Make bad clients that are gone after the test."""
    made = []

    def make(server, kind, count=AT_A_TIME):
        made.append(BadClients(server.port, kind, count))
        return made[-1]

    yield make
    for each in made:
        each.close()


def times_of(client, number=ASKED):
    """How long so many requests take, each on a connection of its own, one after the other."""
    took = []
    for _ in range(number):
        begun = time.monotonic()
        answer = httpx.get(f"{client.base_url}auth/me", headers=client.headers)
        took.append(time.monotonic() - begun)
        assert answer.status_code == 200
        time.sleep(0.05)
    return took


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = Server(tmp_path_factory.mktemp("slow"), LOG_LEVEL="WARNING").start()
    yield made
    made.stop()
    lines = [json.loads(line) for line in made.log.read_text().splitlines() if line.startswith("{")]
    assert [line for line in lines if line["level"] == "error"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_good_client_is_answered_beside_bad_ones(server, log_in, bad, kind):
    client = log_in(server)
    bad(server, kind)
    took = times_of(client)
    assert statistics.median(took) < MAX_SECONDS, took
    assert max(took) < MAX_SECONDS, took


def test_a_good_client_is_answered_beside_bad_ones_of_every_kind(server, log_in, bad):
    client = log_in(server)
    for kind in KINDS:
        bad(server, kind)
    took = times_of(client, 3 * ASKED)
    assert statistics.median(took) < MAX_SECONDS, took


def test_bad_clients_are_gone_after_their_deadlines(make_server, bad):
    server = make_server(**QUICK).start()
    held = {kind: bad(server, kind, 5) for kind in KINDS}
    until(lambda: not any(each.open() for each in held.values()), "the end of all bad connections")


def test_at_the_limit_of_connections_good_clients_are_served(make_server, log_in, bad):
    server = make_server(MAX_CONNECTIONS="100", HEADER_SECONDS="600").start()
    client = log_in(server)
    idle = bad(server, "silence", 150)
    assert max(times_of(client)) < MAX_SECONDS
    assert idle.open() <= 100


@pytest.mark.parametrize("pause", [0.02, 0.04, 0.06])
def test_a_stop_does_not_wait_for_readers_whose_answers_begin_with_it(make_server, bad, pause):
    """What the system buffers for a client that reads nothing is no progress of that client."""
    server = make_server(THREADS="4").start()
    bad(server, "unread_answers", 20)
    time.sleep(pause)
    begun = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begun < STOP_SECONDS


def test_a_stop_does_not_wait_for_bad_clients_but_for_a_commit(tmp_path, bad):
    """The commit waits for its vendor when the stop begins; it is finished and answered."""
    many = ManyProcesses(tmp_path, WORKERS="2")
    try:
        allocation_id = many.client.preview()
        for kind in KINDS:
            bad(many.server, kind, 20)
        many.simulator.reset()
        many.simulator.put({"operation": names.POST_ORDER, "kind": "latency", "seconds": 2.0})
        with ThreadPoolExecutor(1) as pool:
            committed = pool.submit(many.client.commit, allocation_id)
            until(lambda: names.POST_ORDER in many.simulator.received(), "the order under way")
            begun = time.monotonic()
            assert many.server.stop() == 0
            assert time.monotonic() - begun < STOP_SECONDS
            answer = committed.result(MAX_WAIT_SECONDS)
        assert (answer.status_code, answer.json()["status"]) == (200, "SUCCESS")
        assert answer.headers["Connection"] == "close"
        many.books.agree()
    finally:
        many.close()

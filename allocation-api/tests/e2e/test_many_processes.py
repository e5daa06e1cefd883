"""Several serving processes over one database: one order for each allocation, also when processes die."""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import pytest

from aladdin_simulator.wire import operations as names
from tests.e2e.many_processes import WORKERS, ManyProcesses, at_once
from tests.e2e.server_process import Server
from tests.e2e.simulator_process import GOLDEN, MAX_WAIT_SECONDS
from tests.e2e.trading_desk import GONE, Client, environment_of, roomy_book, vendor_of
from tests.support.waiting import answered, until

pytestmark = pytest.mark.slow

COMMITTERS = 50
LOST = 100
ROUNDS = 100
CASH = 1_000_000
IN_FLIGHT = 20
QUICK = {
    "ALADDIN_TIMEOUT_SECONDS": "3",
    "ORDER_SETTLE_SECONDS": "1",
    "ORDER_LEASE_SECONDS": "4",
    "RECOVERY_SECONDS": "1",
}
"""The shortest times that the settings allow, and two seconds for what comes before the sending."""


@pytest.fixture
def start(tmp_path):
    started = []

    def make(**more):
        started.append(ManyProcesses(tmp_path, **more))
        return started[-1]

    yield make
    for each in started:
        each.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """A server that no test stops."""
    made = ManyProcesses(tmp_path_factory.mktemp("many"))
    yield made
    made.close()


@pytest.fixture
def many(shared):
    shared.simulator.reset()
    return shared


# --- starting and stopping ----------------------------------------------------------------------------------


def test_all_processes_start_on_a_new_database_say_so_once_and_end_together(tmp_path):
    simulator = vendor_of(tmp_path, roomy_book(tmp_path))
    url = f"sqlite:///{tmp_path / 'new.db'}"
    server = Server(tmp_path, **environment_of(simulator, DATABASE_URL=url, WORKERS=str(WORKERS)))
    try:
        server.start()
        Client(server.root).close()
        group = os.getpgid(server.pid)
        assert server.stop() == 0
        with pytest.raises(ProcessLookupError):
            os.killpg(group, 0)
        said = server.log.read_text().splitlines()
        assert [line for line in said if "Allocator" in line] == said
        assert len(said) == 1
    finally:
        if server.is_running():
            server.stop(signal.SIGKILL)
        simulator.kill()


def test_a_stop_waits_for_the_commits_under_way(start):
    many = start()
    allocation_id = many.client.preview()
    many.simulator.reset()
    many.simulator.put({"operation": names.POST_ORDER, "kind": "latency", "seconds": 1.0})
    with ThreadPoolExecutor(1) as pool:
        committed = pool.submit(many.client.commit, allocation_id)
        until(lambda: names.POST_ORDER in many.simulator.received(), "the order under way")
        assert many.server.stop() == 0
        answer = committed.result(MAX_WAIT_SECONDS)
    assert (answer.status_code, answer.json()["status"]) == (200, "SUCCESS")
    many.books.agree()
    assert many.books.statuses() == {allocation_id: "SUBMITTED"}


# --- the same preview, the same cash ------------------------------------------------------------------------


def test_of_many_who_commit_one_preview_at_once_one_sends_it(many):
    allocation_id = many.client.preview()
    answers = at_once(*[lambda: many.client.commit(allocation_id)] * COMMITTERS)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: COMMITTERS - 1}
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"ALREADY_COMMITTED"}
    assert many.simulator.received()[names.POST_ORDER] == 1
    many.books.agree()


def small_book(folder):
    """A book of many accounts that can pay for one order each, every account in a group of its own."""
    book = json.loads(GOLDEN.read_text())
    template = book["accounts"][0] | {"cash": CASH}
    ids = [f"ACC{number:03}" for number in range(ROUNDS)]
    book["accounts"] = [template | {"account_id": each, "account_name": each} for each in ids]
    book["groups"] = [
        book["groups"][0] | {"group_id": f"G{each}", "group_name": each, "accounts": [each]} for each in ids
    ]
    file = folder / "small.json"
    file.write_text(json.dumps(book))
    return file, [f"G{each}" for each in ids]


def test_of_two_previews_for_the_same_cash_one_is_sent(start, tmp_path):
    book, groups = small_book(tmp_path)
    many = start(book=book, groups=groups)
    # Each buys for more than half of what the account has.
    faces = (600_000, 700_000)
    for group in groups:
        ids = [many.client.preview(face, (group,)) for face in faces]
        both = at_once(*[lambda each=each: answered(lambda: many.client.commit(each)) for each in ids])
        assert sorted(answer.status_code for answer in both) == [200, 409], [a.text for a in both]
        (refused,) = [answer.json() for answer in both if answer.status_code == 409]
        assert refused["accounts"][0]["account_id"] == group.removeprefix("G"), refused
        (cash,) = many.client.http.get(f"/v1/cash/{group.removeprefix('G')}").json()["cash_positions"]
        assert 0 <= cash["available_cash"] < cash["settled_cash"] == CASH
    assert many.books.agree() == {"SUBMITTED": ROUNDS, "PREVIEWED": ROUNDS}
    assert many.simulator.received()[names.POST_ORDER] == ROUNDS


def test_answers_that_are_lost_a_hundred_times(many):
    many.simulator.put({"operation": names.POST_ORDER, "kind": "reset_after"})
    for number in range(1, LOST + 1):
        allocation_id = many.client.preview()
        answer = many.client.commit(allocation_id)
        assert (answer.status_code, answer.json()["status"]) == (200, "SUCCESS"), answer.text
        assert many.simulator.received()[names.POST_ORDER] == number
        assert many.books.sent()[allocation_id] == 1
    many.books.agree()


# --- processes that die -------------------------------------------------------------------------------------


def test_what_a_killed_worker_leaves_is_settled_by_the_others(start):
    many = start(**QUICK)
    allocation_id = many.client.preview()
    many.simulator.reset()
    many.simulator.put(
        {"operation": names.POST_ORDER, "kind": "slow_body", "seconds": 2.5, "pieces": 2, "times": 1}
    )
    connection = HTTPConnection("127.0.0.1", many.server.port, timeout=MAX_WAIT_SECONDS)
    headers = {**many.client.http.headers, "Content-Type": "application/json"}
    body = json.dumps({"override_warnings": True})
    connection.request("POST", f"/v1/allocations/{allocation_id}/commit", body, headers)
    until(lambda: many.simulator.taken(names.POST_ORDER) == 1, "the order at the vendor")
    os.kill(many.worker_of(connection.sock.getsockname()[1]), signal.SIGKILL)
    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()
    assert many.client.settled(allocation_id) == "SUBMITTED"
    assert many.simulator.received()[names.POST_ORDER] == 1
    many.books.agree()


def test_a_server_that_is_killed_as_a_whole_settles_when_it_is_back(start):
    many = start(**QUICK)
    ids = [many.client.preview() for _ in range(IN_FLIGHT)]
    many.simulator.reset()
    many.simulator.put({"operation": names.POST_ORDER, "kind": "latency", "seconds": 0.1})

    def commit(allocation_id):
        try:
            return many.client.commit(allocation_id)
        except GONE:
            return None

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        committed = list(pool.map(lambda each: pool.submit(commit, each), ids))
        until(lambda: many.simulator.received().get(names.POST_ORDER, 0) >= IN_FLIGHT // 4, "orders")
        many.server.stop(signal.SIGKILL)
        answers = {each: answer.result() for each, answer in zip(ids, committed, strict=True)}
    many.simulator.settled(names.POST_ORDER)
    assert None in answers.values()
    many.server.start()
    for allocation_id, answer in answers.items():
        status = many.client.settled(allocation_id)
        if answer is not None:
            assert (answer.status_code == 200) == (status == "SUBMITTED")
    many.books.agree()

"""Two serving processes and a worker on one Redis: one set of quotas, one book, through a Redis that dies."""

from __future__ import annotations

import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest

from tests.e2e.many_processes import ManyProcesses
from tests.e2e.server_process import Server
from tests.e2e.simulator_process import MAX_WAIT_SECONDS
from tests.e2e.small_quotas import QUOTA
from tests.e2e.timed_simulator import TimedSimulator, most_within
from tests.e2e.trading_desk import roomy_book
from tests.e2e.vendor_client import BOND, GROUP, LOGIN_OPTIONS
from tests.support.redis_server import RedisServer
from tests.support.waiting import until

pytestmark = pytest.mark.slow

WINDOW_SECONDS = 8
ON_THE_WAY_SECONDS = 0.5
"""Calls are counted when they leave, and here when they come."""

SPENT = (503, "VENDOR_QUOTA_SPENT")
READS = ("/position", "/members", "/node", "/security-master", "/assets", "/ratings", "/orders:filter")
LINE = {
    "order": {"security_id": BOND, "side": "BUY", "quantity": 8000},
    "allocation_method": "PRO_RATA",
    "portfolio_groups": [GROUP],
}


class User:
    """A logged-in client with one connection, so that its requests all go to one process."""

    def __init__(self, many, headers):
        self.http = httpx.Client(
            base_url=f"{many.server.root}/v1",
            timeout=MAX_WAIT_SECONDS,
            headers=headers,
            limits=httpx.Limits(max_connections=1, keepalive_expiry=None),
        )
        answer = self.http.get("/auth/me")
        port = answer.extensions["network_stream"].get_extra_info("client_addr")[1]
        self.pid = many.worker_of(port)

    def preview(self):
        return self.http.post("/allocations/preview", json=LINE)

    def commit(self, allocation_id):
        return self.http.post(f"/allocations/{allocation_id}/commit", json={"override_warnings": True})

    def cancel(self, order_id):
        return self.http.request("DELETE", f"/orders/{order_id}", json={"reason": "Changed my mind"})

    def blotter(self):
        return self.http.post("/blotters", json={"lines": [LINE]})


class Desk:
    """Two serving processes and one worker, each with its Redis and its timed vendor."""

    def __init__(self, folder, **more):
        self.redis = RedisServer.start(folder)
        book = roomy_book(folder)
        self.simulator = TimedSimulator(folder, *LOGIN_OPTIONS, "--scenario", str(book))
        self.many = ManyProcesses(
            folder,
            book=book,
            simulator=self.simulator,
            command=("-m", "tests.e2e.small_quotas", "run"),
            WORKERS="2",
            JOB_WORKERS="1",
            JOB_ENGINE="celery",
            REDIS_URL=self.redis.url,
            LOG_LEVEL="WARNING",
            **more,
        )
        self.worker = Server(
            folder, command=("-m", "tests.e2e.small_quotas", "worker"), **self.many.environment
        )
        self.worker.begin()
        self._users = []

    def users(self, count):
        """So many users of each of the serving processes."""
        found = {pid: [] for pid in self.many.workers()}

        def enough():
            user = User(self.many, {"Authorization": self.many.client.http.headers["Authorization"]})
            self._users.append(user)
            found[user.pid].append(user)
            return min(map(len, found.values())) >= count

        until(enough, "connections to each process")
        return [users[:count] for users in found.values()]

    def sums(self, since=0.0):
        """How many calls of each operation came within one window at most."""
        window = WINDOW_SECONDS - ON_THE_WAY_SECONDS
        return {each: most_within(self.simulator.times(each, since), window) for each in READS}

    def logged(self, event):
        return self.many.server.log.read_text().count(event)

    def close(self):
        for user in self._users:
            user.http.close()
        if self.worker.is_running():
            self.worker.stop(signal.SIGKILL)
        self.many.close()
        self.redis.stop()


@pytest.fixture
def make(tmp_path):
    made = []

    def desk(**more):
        made.append(Desk(tmp_path, **more))
        return made[-1]

    yield desk
    for each in made:
        each.close()


class Crowd:
    """Asks without a pause, and keeps which answers came."""

    def __init__(self):
        self._pool = ThreadPoolExecutor(8)
        self._stop = Event()
        self._asking = []
        self.answers = Counter()

    def ask(self, question):
        def keep_asking():
            while not self._stop.is_set():
                answer = question()
                self.answers[answer.status_code, answer.json().get("code")] += 1

        self._asking.append(self._pool.submit(keep_asking))

    def stop(self):
        self._stop.set()
        self._pool.shutdown()
        for each in self._asking:
            each.result()


def test_the_sum_of_all_calls_stays_within_the_quota_while_redis_dies_and_comes_back(make):
    off = dict.fromkeys(
        (
            "ALADDIN_POSITIONS_CACHE_SECONDS",
            "ALADDIN_REFERENCE_CACHE_SECONDS",
            "ALADDIN_UNKNOWN_CACHE_SECONDS",
        ),
        "0",
    )
    desk = make(ALADDIN_QUOTA_SECONDS=str(WINDOW_SECONDS), **off)
    (ours, *our_crowd), (theirs, *their_crowd) = desk.users(3)
    kept = ours.preview().json()["allocation_id"]
    time.sleep(2 * WINDOW_SECONDS)  # a new Redis allows nothing for one window
    crowd, alone = Crowd(), time.monotonic()
    try:
        for user in our_crowd:
            crowd.ask(user.preview)
        time.sleep(WINDOW_SECONDS)
        # An equal part of the quota were 20; of its own the process has 8, and in the pool it finds 24.
        assert 20 < max(desk.sums(alone).values()) <= 32
        for user in their_crowd:
            crowd.ask(user.preview)
        crowd.ask(theirs.blotter)
        time.sleep(WINDOW_SECONDS)
        assert crowd.answers[SPENT]
        # Ordinary calls have 48 of 60, 8 of each process's own and 24 of the pool; the others are for orders.
        assert 36 <= max(desk.sums(time.monotonic() - WINDOW_SECONDS).values()) <= 48
        committed = ours.commit(kept).json()
        assert committed["status"] == "SUCCESS", committed
        assert ours.cancel(committed["aladdin_order_ids"][0]).json()["status"] == "SUCCESS"
        desk.redis.stop()
        time.sleep(WINDOW_SECONDS)
        assert httpx.get(f"{desk.many.server.root}/health/ready").json()["redis"] == "away"
        desk.redis.again()  # it has kept nothing
        time.sleep(2 * WINDOW_SECONDS + 10)  # the pause of who found it away, and the window of its ignorance
        back = time.monotonic() - WINDOW_SECONDS
    finally:
        crowd.stop()
    assert set(crowd.answers) == {(200, None), (202, None), SPENT}
    assert {each: most for each, most in desk.sums().items() if most > QUOTA} == {}
    # Without the pool the three processes have 8 each.
    assert max(desk.sums(back).values()) > 24
    assert desk.logged("Redis fails") == 2
    assert desk.logged("Redis works again") == 2


def test_what_one_process_reads_serves_all_until_one_of_them_sends_an_order(make):
    desk = make(
        ALADDIN_POSITIONS_CACHE_SECONDS="3600",
        ALADDIN_REFERENCE_CACHE_SECONDS="3600",
        ALADDIN_QUOTA_SECONDS="1",
    )
    (ours,), (theirs,) = desk.users(1)

    def calls():
        return len(desk.simulator.times("/position"))

    def previewed(user):
        answer = user.preview()
        assert answer.status_code == 200, answer.text
        return answer.json()

    first = previewed(ours)
    before = {ending: len(desk.simulator.times(ending)) for ending in READS if ending != "/node"}
    assert previewed(theirs)["allocations"] == first["allocations"]
    assert {ending: len(desk.simulator.times(ending)) for ending in before} == before
    blotter = theirs.blotter().json()["blotter_id"]
    until(lambda: theirs.http.get(f"/blotters/{blotter}").json()["status"] == "READY", "the blotter")
    # Positions of a blotter are those of its own reading, for all of its lines.
    own = {ending: calls + (ending in {"/position", "/members"}) for ending, calls in before.items()}
    assert {ending: len(desk.simulator.times(ending)) for ending in before} == own

    assert ours.commit(first["allocation_id"]).json()["status"] == "SUCCESS"
    sent = calls()
    after = cash_of(previewed(theirs))
    assert calls() == sent + 1
    # The order of 8,000 took its part of each account's cash, which the process that did not send it sees.
    assert after == {line["account_id"]: line["post_trade_cash"] for line in first["allocations"]}
    assert cash_of(previewed(ours)) == after
    assert calls() == sent + 1


def cash_of(preview):
    return {line["account_id"]: line["available_cash"] for line in preview["allocations"]}

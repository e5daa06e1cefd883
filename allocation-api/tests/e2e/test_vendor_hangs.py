"""While as many requests as may wait for a vendor that hangs, everybody else is answered within a second."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from aladdin_simulator.wire import operations as names
from tests.e2e.server_process import Server
from tests.e2e.trading_desk import GONE, Client, describe_accounts, environment_of, roomy_book, vendor_of
from tests.e2e.vendor_client import BOND, GROUP
from tests.support.waiting import until

pytestmark = pytest.mark.slow

HANGS_SECONDS = 25
MAX_SECONDS = 1.0
THREADS = 8
CALLERS = 24
"""Clients who ask the vendor at the same time: three for each thread."""


@pytest.fixture
def vendor(tmp_path):
    simulator = vendor_of(tmp_path, roomy_book(tmp_path))
    yield simulator
    simulator.kill()


@pytest.fixture
def server(tmp_path, vendor):
    url = f"sqlite:///{tmp_path / 'allocator.db'}"
    describe_accounts(url, tmp_path / "book.json")
    environment = environment_of(
        vendor, DATABASE_URL=url, THREADS=str(THREADS), ALADDIN_POSITIONS_CACHE_SECONDS="0"
    )
    running = Server(tmp_path, **environment).start(alive="/health/live")
    yield running
    running.stop(9)


@pytest.fixture
def client(server):
    made = Client(server.root)
    yield made
    made.close()


def timed(answer):
    """The answer, and how long it took."""
    began = time.monotonic()
    found = answer()
    return found, time.monotonic() - began


def asked(client, number):
    """One of many who ask for what needs the vendor; the status, or None where nobody answers any more."""
    order = {"security_id": BOND, "side": "BUY", "quantity": 8000}
    body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": [GROUP]}
    try:
        if number % 2:
            answer = client.http.get(f"/v1/positions/ACC00{1 + number % 4}")
        else:
            answer = client.http.post("/v1/allocations/preview", json=body)
    except GONE:
        return None
    return answer.status_code, answer.json().get("code")


def others(server, client):
    """What must be answered whatever the vendor does."""
    demo = {"username": "demo_user", "password": "demo_password"}
    return {
        "live": lambda: httpx.get(f"{server.root}/health/live", timeout=HANGS_SECONDS),
        "login": lambda: httpx.post(f"{server.root}/v1/auth/login", json=demo, timeout=HANGS_SECONDS),
        "me": lambda: client.http.get("/v1/auth/me"),
    }


def test_health_login_and_cancellations_are_answered_while_the_vendor_hangs(server, vendor, client):
    asks = others(server, client)
    usual = {what: timed(ask)[1] for what, ask in asks.items()}  # a busy machine needs a while for a hash
    (first, second) = (client.commit(client.preview()).json()["aladdin_order_ids"][0] for _ in range(2))
    reason = {"reason": "the market has moved"}
    usual["cancel"] = timed(lambda: client.http.request("DELETE", f"/v1/orders/{first}", json=reason))[1]
    vendor.put({"operation": names.GET_POSITIONS, "kind": "latency", "seconds": HANGS_SECONDS})
    slowest = dict.fromkeys(usual, 0.0)
    with ThreadPoolExecutor(CALLERS + THREADS) as pool:
        began = time.monotonic()
        callers = [pool.submit(asked, client, number) for number in range(CALLERS)]
        # At once, too, when all of them have just come in.
        slowest["live"] = timed(asks["live"])[1]
        until(lambda: sum(each.done() for each in callers) == CALLERS - (THREADS - 3), "refusals")
        for _ in range(5):
            more = [pool.submit(asked, client, number) for number in range(THREADS)]
            for what, ask in asks.items():
                answer, took = timed(ask)
                assert answer.status_code == 200, answer.text
                slowest[what] = max(slowest[what], took)
            assert {each.result() for each in more} == {(503, "SERVICE_BUSY")}
        cancelled, slowest["cancel"] = timed(
            lambda: client.http.request("DELETE", f"/v1/orders/{second}", json=reason)
        )
        assert cancelled.status_code == 200, cancelled.text
        # None of those who wait for the vendor was answered meanwhile: it was hanging all the time.
        assert time.monotonic() - began < HANGS_SECONDS
        assert sum(not each.done() for each in callers) == THREADS - 3
        assert {each.result() for each in callers if each.done()} == {(503, "SERVICE_BUSY")}
        server.stop(9)
    assert all(took < MAX_SECONDS + 2 * usual[what] for what, took in slowest.items()), (slowest, usual)


def test_probes_of_readiness_hold_no_thread_for_long(server, vendor):
    vendor.put({"operation": "*", "kind": "latency", "seconds": HANGS_SECONDS})
    limits = httpx.Limits(max_connections=None)
    with (
        httpx.Client(base_url=server.root, timeout=2 * HANGS_SECONDS, limits=limits) as http,
        ThreadPoolExecutor(2 * THREADS) as pool,
    ):
        usual = timed(lambda: http.get("/health/live"))[1]
        probes = [pool.submit(http.get, "/health/ready") for _ in range(2 * THREADS)]
        answer, took = timed(lambda: http.get("/health/live"))
        assert answer.status_code == 200
        assert {each.result().status_code for each in probes} == {503}
    assert took < MAX_SECONDS + 2 * usual

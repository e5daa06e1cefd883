"""While as many requests as may wait for a vendor that hangs, everybody else is answered within a second."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from aladdin_simulator.wire import operations as names
from tests.e2e.server_process import Server
from tests.e2e.trading_desk import (
    GONE,
    Client,
    describe_accounts,
    environment_of,
    roomy_book,
    until,
    vendor_of,
)
from tests.e2e.vendor_client import BOND, GROUP

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


def test_health_login_and_cancellations_are_answered_while_the_vendor_hangs(server, vendor, client):
    committed = client.commit(client.preview())
    (order_id,) = committed.json()["aladdin_order_ids"]
    vendor.put({"operation": names.GET_POSITIONS, "kind": "latency", "seconds": HANGS_SECONDS})
    http = httpx.Client(base_url=server.root, timeout=2 * HANGS_SECONDS)
    demo = {"username": "demo_user", "password": "demo_password"}
    with ThreadPoolExecutor(CALLERS) as pool:
        began = time.monotonic()
        callers = [pool.submit(asked, client, number) for number in range(CALLERS)]
        # At once, too, when all of them have just come in.
        slowest = {"live": timed(lambda: http.get("/health/live"))[1]}
        until(lambda: sum(each.done() for each in callers) == CALLERS - (THREADS - 3), "refusals")
        refused_after = time.monotonic() - began
        for _ in range(5):
            more = [pool.submit(asked, client, number) for number in range(THREADS)]
            for what, ask in {
                "live": lambda: http.get("/health/live"),
                "login": lambda: http.post("/v1/auth/login", json=demo),
                "me": lambda: client.http.get("/v1/auth/me"),
            }.items():
                answer, took = timed(ask)
                assert answer.status_code == 200, answer.text
                slowest[what] = max(slowest.get(what, 0.0), took)
            assert {each.result() for each in more} == {(503, "SERVICE_BUSY")}
        reason = {"reason": "the market has moved"}
        cancelled, took = timed(lambda: client.http.request("DELETE", f"/v1/orders/{order_id}", json=reason))
        assert cancelled.status_code == 200, cancelled.text
        slowest["cancel"] = took
        # None of those who wait for the vendor has been answered meanwhile: it was hanging all the time.
        assert time.monotonic() - began < HANGS_SECONDS
        assert sum(not each.done() for each in callers) == THREADS - 3
        assert {each.result() for each in callers if each.done()} == {(503, "SERVICE_BUSY")}
        assert refused_after < 3 * MAX_SECONDS
        assert max(slowest.values()) < MAX_SECONDS, slowest
        server.stop(9)
    http.close()


def test_probes_of_readiness_hold_no_thread_for_long(server, vendor):
    vendor.put({"operation": "*", "kind": "latency", "seconds": HANGS_SECONDS})
    http = httpx.Client(base_url=server.root, timeout=2 * HANGS_SECONDS)

    def probe(_):
        return http.get("/health/ready").status_code

    with ThreadPoolExecutor(2 * THREADS) as pool:
        probes = [pool.submit(probe, number) for number in range(2 * THREADS)]
        answer, took = timed(lambda: http.get("/health/live"))
        assert answer.status_code == 200
        assert took < MAX_SECONDS
        assert {each.result() for each in probes} == {503}
    http.close()

"""Processes that are killed at any moment, and what is there of their orders afterwards."""

from __future__ import annotations

import signal
import threading
import time
from http import HTTPStatus

import httpx
import pytest

from tests.e2e.simulator_process import (
    BODY,
    GOLDEN,
    MAX_WAIT_SECONDS,
    ORDER_POST,
    SimulatorProcess,
    vendor_headers,
)
from tests.support.signing import SIGNING_KEY

pytestmark = pytest.mark.slow

ROUNDS = 6
POSTERS = 4
FIND = "/api/trading/order-management/order/v1/orders:filter"
POSITION = "/api/portfolio-mgmt/positions/v1/position?portGroup=GOLDEN&posType=SOD%2BTrades%2BOrders"


class Posters:
    """Clients that post orders of two slices as fast as they can; `acknowledged` are those with an answer."""

    def __init__(self, url):
        self._url = url
        self._stopped = threading.Event()
        self.acknowledged = []
        self.ends = []
        self._threads = [threading.Thread(target=self._post, args=(n,)) for n in range(POSTERS)]
        for thread in self._threads:
            thread.start()

    def _post(self, number):
        with httpx.Client(base_url=self._url, timeout=MAX_WAIT_SECONDS) as client:
            for count in range(10_000):
                if self._stopped.is_set():
                    return
                slices = [
                    {"portfolioReference": {"portfolioTicker": ticker}, "quantity": 1000 * (number + 1)}
                    for ticker in ("ACC001", "ACC002")
                ]
                reference = {"accountCode": "X", "externalId1": f"{self._url}-{number}-{count}"}
                order = BODY["order"] | {
                    "face": 2000 * (number + 1),
                    "orderDetails": slices,
                    "externalOrderReference": reference,
                }
                try:
                    answer = client.post(ORDER_POST, json={"order": order}, headers=vendor_headers())
                except httpx.TransportError as error:
                    self.ends.append(repr(error))
                    return
                if answer.status_code != HTTPStatus.OK:
                    self.ends.append(answer.text)
                    return
                self.acknowledged.append(answer.json()["results"][0]["output"]["order"])

    def stop(self):
        self._stopped.set()
        for thread in self._threads:
            thread.join(MAX_WAIT_SECONDS)


def test_no_acknowledged_order_is_lost_and_none_is_half_there(tmp_path):
    options = ("--scenario", str(GOLDEN), "--journal", str(tmp_path / "journal.db"))
    acknowledged = {}
    for number in range(ROUNDS):
        simulator = SimulatorProcess(tmp_path, *options)
        posters = Posters(simulator.url)
        deadline = time.monotonic() + MAX_WAIT_SECONDS
        while len(posters.acknowledged) < 10 + 7 * number:
            assert time.monotonic() < deadline, simulator.log()
            assert not posters.ends, (posters.ends, simulator.log())
            time.sleep(0.005)
        simulator.kill()
        posters.stop()
        new = {order["id"]: order for order in posters.acknowledged}
        assert len(new) == len(posters.acknowledged)
        assert not new.keys() & acknowledged.keys()
        acknowledged |= new
    simulator = SimulatorProcess(tmp_path, *options)
    try:
        lines = simulator.orders()
        ids = [line["id"] for line in lines]
        assert len(set(ids)) == len(ids)
        assert acknowledged.keys() <= set(ids)
        # One order of each poster may have been taken without an answer, in every round.
        assert len(ids) <= len(acknowledged) + ROUNDS * POSTERS
        query = {"query": {"orderIdCriterion": {"ids": ids}}}
        found = simulator.client.post(FIND, json=query, headers=vendor_headers()).json()["orders"]
        for order in found:
            assert order == acknowledged.get(order["id"], order)
            assert sum(each["quantity"] for each in order["orderDetails"]) == order["face"]
            assert len(order["orderDetails"]) == 2
        rows = simulator.get(POSITION).json()
        ordered = sum(r["posQuantity"] for r in rows if r["posSource"] == "ORD" and r["secGroup"] == "BND")
        assert ordered == sum(order["face"] for order in found)
    finally:
        simulator.kill()


def test_the_mock_desk_goes_on_after_a_kill(make_server, log_in, tmp_path):
    """Cash, positions and the order itself, seen over the service before and after."""
    journal = tmp_path / "desk-aladdin.db"
    server = make_server(
        MOCK_DATA_SCENARIO=str(GOLDEN),
        MOCK_JOURNAL=str(journal),
        MOCK_FILL_SECONDS="4",
        ALADDIN_POSITIONS_CACHE_SECONDS="0",
        JWT_SECRET_KEY=SIGNING_KEY,
    )
    client = log_in(server.start())
    body = {
        "order": {"security_id": "912828YW4", "side": "BUY", "quantity": 2_000_000},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["GOLDEN"],
    }
    allocation = client.post("allocations/preview", json=body).json()["allocation_id"]
    committed = client.post(f"allocations/{allocation}/commit", json={"override_warnings": True}).json()
    (order_id,) = committed["aladdin_order_ids"]
    server.stop(signal.SIGKILL)
    server.start()
    deadline = time.monotonic() + MAX_WAIT_SECONDS
    while (shown := client.get(f"orders/{order_id}").json())["status"] != "Booked":
        assert shown["status"] in {"Open", "Active"}, shown
        assert time.monotonic() < deadline
        time.sleep(0.2)
    paths = [f"positions/{account}?as_of=SOD%2BTrades" for account in ("ACC001", "ACC002")]
    booked = [client.get(path).json() for path in paths]
    server.stop(signal.SIGKILL)
    server.start()
    assert [client.get(path).json() for path in paths] == booked
    assert client.get(f"orders/{order_id}").json()["filled_quantity"] == shown["filled_quantity"] == 2_000_000

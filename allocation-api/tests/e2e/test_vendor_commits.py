"""Commits through the whole service, over a real socket, while the vendor's `order:post` fails in every way.

What the server counted decides: one request, at most one order, and nothing sent again that may have arrived.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

import httpx
import pytest
from flask import Response

from aladdin_simulator.wire import operations as names
from app.services.aladdin.errors import (
    OrderOutcomeUnknown,
    VendorDenied,
    VendorNotFound,
    VendorRejected,
    VendorThrottled,
)
from tests.contract.validation import ContractClient
from tests.e2e.fault_ways import name_of, ways_of
from tests.e2e.simulator_process import GOLDEN, MAX_WAIT_SECONDS
from tests.e2e.vendor_client import BOND, GROUP, settings_of
from tests.support.desk import Desk
from tests.support.waiting import answered

pytestmark = pytest.mark.slow

SECONDS = 3
"""The shortest time for a call that the settings allow."""

COMMITTERS = 8


@dataclass(frozen=True)
class Outcome:
    """What a commit comes to: the answer's status and word, and the allocation's state."""

    status: int
    word: str
    state: str


SENT = Outcome(200, "SUCCESS", "SUBMITTED")
PENDING = Outcome(200, "PENDING_COMPLIANCE", "SUBMITTED")
REFUSED = Outcome(200, "FAILED", "FAILED")
UNKNOWN = Outcome(503, "ORDER_OUTCOME_UNKNOWN", "UNKNOWN")
NOT_SENT = {
    VendorDenied: Outcome(502, "VENDOR_DENIED", "PREVIEWED"),
    VendorThrottled: Outcome(503, "VENDOR_THROTTLED", "PREVIEWED"),
}


def outcome_of(kind, way):
    """An order that the vendor has is adopted, whatever became of the answer; one that comes later is not."""
    if way.writes is None:
        return PENDING if kind == "compliance_timeout" else SENT
    if way.writes is OrderOutcomeUnknown:
        return SENT if way.taken and not (kind == "latency" and way.slow) else UNKNOWN
    if way.writes in {VendorRejected, VendorNotFound}:
        return REFUSED
    return NOT_SENT[way.writes]


@pytest.fixture
def make_desk(simulator, tmp_path):
    """Make the service's desk, with the simulator's process as its vendor; settings may be added."""
    with httpx.HTTPTransport() as transport:

        def make(**more):
            settings = settings_of(simulator, ALADDIN_TIMEOUT_SECONDS=str(SECONDS), **more)
            return Desk(tmp_path, scenario=GOLDEN, transport=transport, **settings)

        yield make


@pytest.fixture
def desk(make_desk):
    return make_desk()


@pytest.fixture
def allocation_id(desk):
    found = desk.preview(BOND, 8000, groups=[GROUP])
    assert found["summary"]["unallocated"] == 0
    return found["allocation_id"]


def commit(desk, allocation_id, outcome):
    """Commit, and see that the answer and the stored state are the outcome's."""
    path = f"allocations/{allocation_id}"
    answer = desk.post(f"{path}/commit", {"override_warnings": True}, status=outcome.status)
    assert answer["status" if outcome.status == 200 else "code"] == outcome.word
    assert desk.get(path)["status"] == outcome.state
    return answer


def orders_of(simulator, allocation_id):
    """The vendor's orders that were sent for an allocation."""
    return [order for order in simulator.orders() if order["externalId1"] == allocation_id]


@pytest.mark.parametrize(
    ("kind", "way"),
    [pytest.param(kind, way, id=name_of(kind, way)) for kind, way in ways_of(names.POST_ORDER)],
)
def test_a_commit_whose_order_is_hit(simulator, desk, allocation_id, kind, way):
    expected = outcome_of(kind, way)
    simulator.put(way.fault(kind, names.POST_ORDER, patience=SECONDS, times=1))
    answer = commit(desk, allocation_id, expected)
    count = simulator.settled(names.POST_ORDER)
    sent = 2 if way.renews else 1
    assert (count["received"], count["orders_taken"]) == (sent, int(way.taken))
    orders = orders_of(simulator, allocation_id)
    assert len(orders) == int(way.taken)
    if expected.word in {"SUCCESS", "PENDING_COMPLIANCE"}:
        assert answer["aladdin_order_ids"] == [orders[0]["id"]]
        listed = desk.get("orders", allocation_id=allocation_id)["orders"]
        assert [order["order_id"] for order in listed] == [orders[0]["id"]]
    if expected.state == "PREVIEWED":
        # The vendor has said that nothing was done: the same preview may go out after all.
        commit(desk, allocation_id, SENT)
        assert simulator.settled(names.POST_ORDER)["received"] == sent + 1
        assert len(orders_of(simulator, allocation_id)) == 1
    again = desk.post(f"allocations/{allocation_id}/commit", {"override_warnings": True}, status=409)
    assert again["code"] == "ALREADY_COMMITTED"
    count = simulator.settled(names.POST_ORDER)
    assert count["received"] == sent + (expected.state == "PREVIEWED")
    assert len(orders_of(simulator, allocation_id)) <= 1


def test_a_lost_order_is_adopted_by_its_external_id_when_the_search_comes_through_at_last(
    simulator, desk, allocation_id
):
    simulator.put(
        {"operation": names.POST_ORDER, "kind": "reset_after", "times": 1},
        {"operation": names.FILTER_ORDERS, "kind": "reset_before", "times": 1},
        {"operation": names.FILTER_ORDERS, "kind": "truncated_json", "times": 1},
    )
    simulator.client.delete("/simulator/requests")
    answer = commit(desk, allocation_id, SENT)
    assert answer["aladdin_order_ids"] == [order["id"] for order in orders_of(simulator, allocation_id)]
    received = simulator.received()
    assert (received[names.POST_ORDER], received[names.FILTER_ORDERS]) == (1, 3)


@pytest.mark.parametrize(
    "search",
    [
        {"kind": "status", "status": 503},
        {"kind": "reset_before"},
        {"kind": "cut_body"},
        {"kind": "not_json"},
        {"kind": "status", "status": 403},
        {"kind": "expired_token"},
        {"kind": "empty_results"},
    ],
    ids=lambda search: f"{search['kind']} {search.get('status', '')}".strip(),
)
def test_a_lost_order_that_cannot_be_found_stays_unknown(simulator, desk, allocation_id, search):
    """Neither a search that fails nor one that shows nothing says that the order did not arrive."""
    simulator.put(
        {"operation": names.POST_ORDER, "kind": "reset_after", "times": 1},
        {"operation": names.FILTER_ORDERS, **search},
    )
    commit(desk, allocation_id, UNKNOWN)
    simulator.client.delete("/simulator/faults")
    again = desk.post(f"allocations/{allocation_id}/commit", {"override_warnings": True}, status=409)
    assert again["code"] == "ALREADY_COMMITTED"
    count = simulator.settled(names.POST_ORDER)
    assert (count["received"], count["orders_taken"]) == (1, 1)


def test_an_order_whose_every_token_is_refused_can_be_sent_later(simulator, desk, allocation_id):
    simulator.put({"operation": names.POST_ORDER, "kind": "expired_token"})
    commit(desk, allocation_id, NOT_SENT[VendorDenied])
    assert simulator.settled(names.POST_ORDER)["received"] == 2
    assert orders_of(simulator, allocation_id) == []
    simulator.client.delete("/simulator/faults")
    commit(desk, allocation_id, SENT)
    assert len(orders_of(simulator, allocation_id)) == 1


def test_an_order_whose_token_ended_and_cannot_be_renewed_was_not_sent(simulator, desk, allocation_id):
    simulator.put(
        {"operation": names.POST_ORDER, "kind": "expired_token", "times": 1},
        {"operation": names.TOKEN, "kind": "status", "status": 503},
    )
    commit(desk, allocation_id, Outcome(503, "VENDOR_LOGIN_FAILED", "PREVIEWED"))
    count = simulator.settled(names.POST_ORDER)
    assert (count["received"], count["orders_taken"]) == (1, 0)
    simulator.client.delete("/simulator/faults")
    commit(desk, allocation_id, SENT)
    assert len(orders_of(simulator, allocation_id)) == 1


@pytest.mark.parametrize("kind", ["reset_before", "reset_after"])
def test_of_many_who_commit_at_once_while_the_answer_is_lost_one_sends(simulator, desk, allocation_id, kind):
    simulator.put({"operation": names.POST_ORDER, "kind": kind})
    barrier = Barrier(COMMITTERS)

    def attempt(_):
        client = ContractClient(desk.app, Response)
        barrier.wait(MAX_WAIT_SECONDS)
        path = f"/v1/allocations/{allocation_id}/commit"
        body = {"override_warnings": True}
        return answered(lambda: client.post(path, json=body, headers=desk.headers)).status_code

    with ThreadPoolExecutor(COMMITTERS) as pool:
        statuses = sorted(pool.map(attempt, range(COMMITTERS)))
    is_found = kind == "reset_after"
    assert statuses == sorted([200 if is_found else 503] + [409] * (COMMITTERS - 1))
    assert simulator.settled(names.POST_ORDER)["received"] == 1
    assert len(orders_of(simulator, allocation_id)) == is_found


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        pytest.param(kind, way, id=name_of(kind, way))
        for kind, way in ways_of(names.POST_ORDER)
        if not way.slow
    ],
)
def test_a_what_if_that_is_hit_places_nothing_and_is_not_repeated(simulator, make_desk, kind, way):
    """The preview comes all the same; a check without an answer is said in it."""
    desk = make_desk(ALADDIN_WHAT_IF="true")
    before = [order["id"] for order in simulator.orders()]  # those of other tests may move on
    simulator.put(way.fault(kind, names.POST_ORDER, times=1))
    found = desk.preview(BOND, 8000, groups=[GROUP])
    warned = [warning for warning in found["warnings"] if warning["type"] == "COMPLIANCE"]
    assert bool(warned) is (way.writes is not None or kind == "compliance_timeout")
    count = simulator.settled(names.POST_ORDER)
    assert (count["received"], count["orders_taken"]) == (2 if way.renews else 1, 0)
    assert [order["id"] for order in simulator.orders()] == before


def test_the_check_before_an_order_reads_through_faults_and_sends_nothing_when_it_cannot(
    simulator, desk, allocation_id
):
    simulator.put({"operation": names.GET_POSITIONS, "kind": "status", "status": 500})
    commit(desk, allocation_id, Outcome(503, "VENDOR_FAILED", "PREVIEWED"))
    assert simulator.settled(names.POST_ORDER)["received"] == 0
    simulator.put({"operation": names.GET_POSITIONS, "kind": "cut_body", "times": 1})
    commit(desk, allocation_id, SENT)
    assert len(orders_of(simulator, allocation_id)) == 1


def test_a_book_that_comes_back_empty_lets_no_order_out(simulator, desk, allocation_id):
    simulator.put({"operation": names.GET_POSITIONS, "kind": "empty_results"})
    commit(desk, allocation_id, Outcome(409, "PRICE_MOVED", "PREVIEWED"))
    assert simulator.settled(names.POST_ORDER)["received"] == 0

"""What users are told of the connection to Aladdin: quotas, circuit breakers, waiting requests."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from aladdin_simulator import create_simulator, load_book
from app.services.aladdin import operations
from app.services.aladdin.breaker import MAX_FAILURES
from app.services.aladdin.operations import OPERATIONS, Operation
from app.services.requests.gate import Errand
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire
from tests.support.saga import BOND, commit, preview


class Wire(FaultyWire):
    """A vendor whose positions can be out of reach."""

    away = False

    def handle_request(self, request):
        if self.away and request.url.path.endswith("/position"):
            raise httpx.ConnectError("no route", request=request)
        return super().handle_request(request)


@pytest.fixture
def wire():
    return Wire(create_simulator(load_book(str(GOLDEN_BOOK))))


@pytest.fixture
def desk(tmp_path, wire):
    return Desk(
        tmp_path,
        scenario=GOLDEN_BOOK,
        transport=wire,
        ALADDIN_QUOTA_SECONDS="3600",
        ALADDIN_POSITIONS_CACHE_SECONDS="0",
        ALADDIN_READ_ATTEMPTS="1",
        THREADS="8",
    )


def state(desk):
    shown = desk.get("system/vendor")
    return {one.pop("name"): one for one in shown.pop("apis")}, shown


def test_every_operation_is_shown_with_its_quota_and_nothing_is_asked(desk, wire):
    asked = len(wire.paths)
    found, shown = state(desk)
    assert shown == {"window_seconds": 3600, "waiting_requests": 0, "max_vendor_requests": 5}
    assert {name: one["quota_per_window"] for name, one in found.items()} == {
        "getPositions": 500,
        "GetPortfolioGroupNode": 100,
        "GetPortfolioGroupMembers": 100,
        "getSecurityData": 500,
        "getRatings": 500,
        "getAnalytics": 500,
        "PostOrder": 3000,
        "CancelOrder": 3000,
        "BatchPostOrders": 250,
        "BatchCancelOrders": 250,
        "GetLongrunningOperation": 1000,
        "FilterOrders": 500,
    }
    for one in found.values():
        assert (one["circuit"], one["retry_at"], one["order_circuit"], one["order_retry_at"]) == (
            "CLOSED",
            None,
            "CLOSED",
            None,
        )
    assert len(wire.paths) == asked


def test_calls_are_counted_by_operation(desk):
    before, _ = state(desk)
    commit(desk, preview(desk))
    after, _ = state(desk)
    assert before["PostOrder"]["used"] == 0
    assert after["PostOrder"]["used"] == 1
    assert after["getPositions"]["used"] > before["getPositions"]["used"]
    assert after["CancelOrder"]["used"] == 0


def test_an_api_that_fails_is_shown_as_suspended_until_it_is_tried_again(desk, wire):
    preview(desk)
    wire.away = True
    for _ in range(MAX_FAILURES):
        desk.preview(BOND, 1_000_000, groups=["GOLDEN"], status=503)
    found, _ = state(desk)
    positions = found["getPositions"]
    assert (positions["circuit"], positions["order_circuit"]) == ("OPEN", "CLOSED")
    left = datetime.fromisoformat(positions["retry_at"]) - desk.clock()
    assert 0 < left.total_seconds() <= 10
    assert positions["order_retry_at"] is None
    assert {name for name, one in found.items() if one["circuit"] != "CLOSED"} == {"getPositions"}


def test_requests_that_ask_the_vendor_are_counted(desk):
    gate = desk.services.requests.gate
    with gate.passing(Errand.READ), gate.passing(Errand.CANCEL):
        assert state(desk)[1]["waiting_requests"] == 2
    assert state(desk)[1]["waiting_requests"] == 0


def test_no_operation_is_left_out():
    assert set(OPERATIONS) == {one for one in vars(operations).values() if isinstance(one, Operation)}

"""Block orders over the wire: sending, changing and cancelling them."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import httpx
import pytest

from app.core.errors import Conflict
from app.services.aladdin.errors import OrderOutcomeUnknown, VendorNotFound, VendorRejected
from app.services.aladdin.mapping.orders import OrderDefaults
from app.services.domain.block_order import (
    BlockOrder,
    CheckState,
    ComplianceViolation,
    PostedOrder,
    PostedSlice,
    Slice,
    VendorCheck,
)
from app.services.domain.side import Side
from tests.unit.aladdin.fake_vendor import CANCEL, FILTER, POST, FakeVendor
from tests.unit.aladdin.order_samples import ORDER, POSTED, page, stored

VIOLATION = ComplianceViolation(
    violation_id="555",
    rule_id="MAX_ISSUER_5PCT",
    severity="WARNING",
    action_status="Action Required",
    description="issuer weight",
    account_ids=("CORE-A1", "CORE-A2"),
)


# --- sending ------------------------------------------------------------------------------------------------


def test_an_allocation_is_one_order_with_one_detail_for_each_account(vendor: FakeVendor) -> None:
    vendor.answers(POST, POSTED)
    vendor.orders().post_order(ORDER)
    assert vendor.bodies(POST) == [
        {
            "order": {
                "assetId": "999999AA3",
                "transactionType": "BUY",
                "face": 5000000,
                "orderType": "Limit",
                "tradingLimitType": "Price",
                "tradingLimitValue": 98.9,
                "orderDate": "2025-06-05",
                "tradeDate": "2025-06-05",
                "settleDate": "2025-06-06",
                "settleCurrencyCode": "USD",
                "basketId": "ALLOC-7f3c2d10",
                "externalOrderReference": {"accountCode": "12345", "externalId1": "ALLOC-7f3c2d10-1"},
                "orderComments": [{"orderCommentKey": "General", "orderCommentValue": "pro-rata"}],
                "orderDetails": [
                    {"portfolioReference": {"portfolioTicker": "CORE-A1"}, "quantity": 3000000},
                    {"portfolioReference": {"portfolioTicker": "CORE-A2"}, "quantity": 2000000},
                ],
            },
            "postOrderConfig": {"whatIf": False, "runCompliance": True, "complianceTimeout": "20s"},
        }
    ]
    assert b'"tradingLimitValue":98.90' in vendor.requests[0].content
    assert vendor.requests[0].headers["Content-Type"] == "application/json"


def test_a_sell_at_market_leaves_out_what_is_not_set(vendor: FakeVendor) -> None:
    vendor.answers(POST, POSTED)
    slices = (Slice("CORE-A1", Decimal("1500.5")),)
    order = BlockOrder("X", Side.SELL, Decimal("1500.5"), date(2025, 6, 6), "E-1", "B-1", slices)
    defaults = OrderDefaults(sell="SLL", pm_initials="ABC", compliance_timeout_seconds=5)
    vendor.orders(defaults=defaults).post_order(order)
    (body,) = vendor.bodies(POST)
    assert body == {
        "order": {
            "assetId": "X",
            "transactionType": "SLL",
            "face": 1500.5,
            "orderType": "Market",
            "settleDate": "2025-06-06",
            "basketId": "B-1",
            "pmInitials": "ABC",
            "externalOrderReference": {"accountCode": "12345", "externalId1": "E-1"},
            "orderDetails": [{"portfolioReference": {"portfolioTicker": "CORE-A1"}, "quantity": 1500.5}],
        },
        "postOrderConfig": {"whatIf": False, "runCompliance": True, "complianceTimeout": "5s"},
    }


def test_what_the_vendor_says_of_the_order_comes_back(vendor: FakeVendor) -> None:
    vendor.answers(POST, POSTED)
    assert vendor.orders().post_order(ORDER) == PostedOrder(
        order_id="90001",
        status="Open",
        security_id="999999AA3",
        side=Side.BUY,
        face=Decimal(5000000),
        filled_face=Decimal(0),
        average_price=None,
        settlement_date=date(2025, 6, 6),
        external_id="ALLOC-7f3c2d10-1",
        basket_id="ALLOC-7f3c2d10",
        touch_count=1,
        entered_at=datetime(2025, 6, 5, 13, 30, 2, tzinfo=UTC),
        modified_at=None,
        slices=(
            PostedSlice("CORE-A1", "4101", 1, Decimal(3000000), Decimal(0)),
            PostedSlice("CORE-A2", "4102", 2, Decimal(2000000), Decimal(0)),
        ),
        violations=(VIOLATION,),
    )


def test_an_odd_date_number_or_list_does_not_hide_a_live_order(vendor: FakeVendor) -> None:
    order = {"id": 90001, "entryTime": "yesterday", "settleDate": "soon", "orderDetails": None, "face": "NaN"}
    output = {"order": order | {"modifyTime": "2025-06-05T09:00:00"}, "complianceViolations": None}
    vendor.answers(POST, {"results": [{"output": output}]})
    posted = vendor.orders().post_order(ORDER)
    assert (posted.order_id, posted.entered_at, posted.modified_at) == ("90001", None, None)
    assert (posted.settlement_date, posted.slices, posted.side, posted.face) == (None, (), None, None)


def test_a_what_if_places_nothing_and_returns_the_violations(vendor: FakeVendor) -> None:
    vendor.answers(POST, POSTED.replace('"id": "90001", ', ""))
    assert vendor.orders().check(ORDER) == VendorCheck(CheckState.FINISHED, (VIOLATION,))
    (body,) = vendor.bodies(POST)
    assert body["postOrderConfig"]["whatIf"] is True
    assert body["postOrderConfig"]["complianceTimeout"] == "20s"


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Compl Pending", CheckState.PENDING),
        ("", CheckState.PENDING),
        (None, CheckState.PENDING),
        ("Rejected", CheckState.REFUSED),
    ],
)
def test_a_what_if_that_does_not_say_that_compliance_passed_is_no_pass(
    vendor: FakeVendor, status: str | None, state: CheckState
) -> None:
    answer = json.loads(POSTED)
    answer["results"][0]["output"]["order"]["orderStatus"] = status
    vendor.answers(POST, answer)
    found = vendor.orders().check(ORDER)
    assert (found.state, found.violations) == (state, (VIOLATION,))
    assert found.reason


def test_a_what_if_answered_without_an_order_is_pending(vendor: FakeVendor) -> None:
    vendor.answers(POST, {"results": [{"output": {}}]})
    assert vendor.orders().check(ORDER).state is CheckState.PENDING


# --- cancelling ---------------------------------------------------------------------------------------------


def test_a_cancellation_says_why_and_returns_the_order(vendor: FakeVendor) -> None:
    vendor.answers(
        CANCEL, '{"results": [{"output": {"id": "90001", "orderStatus": "Canceled", "touchCount": 3}}]}'
    )
    order = vendor.orders().cancel_order("90001", "PM withdrew")
    assert (order.order_id, order.status, order.touch_count, order.face) == ("90001", "Canceled", 3, None)
    comment = {"orderCommentKey": "General", "orderCommentValue": "PM withdrew"}
    assert vendor.bodies(CANCEL) == [{"orderId": "90001", "orderComments": [comment]}]


def test_a_cancellation_that_is_refused_is_an_error(vendor: FakeVendor) -> None:
    vendor.answers(CANCEL, {"results": [{"error": {"code": 9, "message": "order is booked"}}]})
    with pytest.raises(VendorRejected, match="order is booked"):
        vendor.orders().cancel_order("90001", "")
    assert vendor.bodies(CANCEL) == [{"orderId": "90001"}]


# --- changing -----------------------------------------------------------------------------------------------


def test_a_change_sends_the_full_writable_set_back(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored()))
    vendor.answers(POST, POSTED)
    slices = [Slice("CORE-A3", Decimal(1_000_000)), Slice("CORE-A1", Decimal(2_500_000))]
    vendor.orders().modify_order("90001", slices=slices, touch_count=3, comment="smaller")
    (body,) = vendor.bodies(POST)
    assert body["postOrderConfig"] == {"whatIf": False, "runCompliance": True, "complianceTimeout": "20s"}
    assert body["order"] == {
        "id": "90001",
        "assetId": "999999AA3",
        "transactionType": "BUY",
        "face": 3500000,
        "orderType": "Limit",
        "tradingLimitType": "Price",
        "tradingLimitValue": 98.9,
        "traderInitials": "XYZ",
        "orderComments": [
            {"orderCommentKey": "General", "orderCommentValue": "pro-rata"},
            {"orderCommentKey": "General", "orderCommentValue": "smaller"},
        ],
        "orderCustomFields": [{"customFieldLabel": "DESK", "customFieldValue": "IG"}],
        "orderDetails": [
            {
                "orderDetailId": 1,
                "portfolioReference": {"portfolioId": "4101", "portfolioTicker": "CORE-A1"},
                "quantity": 2500000,
                "strategyId": 8,
            },
            {
                "orderDetailId": 2,
                "portfolioReference": {"portfolioId": "4102", "portfolioTicker": "CORE-A2"},
                "quantity": 0,
            },
            {"portfolioReference": {"portfolioTicker": "CORE-A3"}, "quantity": 1000000},
        ],
    }


def test_an_order_touched_by_someone_else_is_not_changed(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored()))
    with pytest.raises(Conflict, match="touch count 3, expected 2"):
        vendor.orders().modify_order("90001", slices=[Slice("CORE-A1", Decimal(1))], touch_count=2)
    assert vendor.bodies(POST) == []


@pytest.mark.parametrize("portfolio", [{"portfolioTicker": "CORE-A1"}, {"portfolioId": "4101"}])
def test_an_order_whose_slices_are_not_one_for_each_account_is_not_changed(
    vendor: FakeVendor, portfolio: dict[str, str]
) -> None:
    details = [{"portfolioReference": {"portfolioTicker": "CORE-A1"}}, {"portfolioReference": portfolio}]
    vendor.answers(FILTER, page(stored(orderDetails=details)))
    with pytest.raises(Conflict, match="orderDetails"):
        vendor.orders().modify_order("90001", slices=[Slice("CORE-A1", Decimal(1))], touch_count=None)
    assert vendor.bodies(POST) == []


def test_a_change_of_an_unknown_order_is_not_found(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page())
    with pytest.raises(VendorNotFound, match="order 90001"):
        vendor.orders().modify_order("90001", slices=[Slice("CORE-A1", Decimal(1))], touch_count=None)


def test_a_change_with_a_lost_answer_leaves_the_outcome_unknown(vendor: FakeVendor) -> None:
    vendor.answers(FILTER, page(stored()))
    vendor.fails(POST, httpx.ReadTimeout)
    with pytest.raises(OrderOutcomeUnknown):
        vendor.orders().modify_order("90001", slices=[Slice("CORE-A1", Decimal(1))], touch_count=3)
    assert len(vendor.bodies(POST)) == 1

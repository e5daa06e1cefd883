from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.simulator.vendor import COMPANY, HEADERS, ORDERS, TREASURY, Vendor, order_body, slice_of

INVALID, NOT_FOUND, WRONG_STATE = 3, 5, 9

# --- a new order --------------------------------------------------------------------------------------------


def test_a_posted_order_is_open_and_priced(vendor):
    """500,000 at 98.5 is 492,500.00, with 0.25 per 100 accrued: 1,250.00."""
    order = vendor.posted(
        orderType="Limit", tradingLimitType="Price", tradingLimitValue=98.6, pmInitials="ABC"
    )
    assert order == {
        "id": "90001",
        "orderStatus": "Open",
        "version": 1,
        "touchCount": 1,
        "assetId": TREASURY,
        "transactionType": "BUY",
        "face": 500_000,
        "orderType": "Limit",
        "tradingLimitType": "Price",
        "tradingLimitValue": Decimal("98.6"),
        "pmInitials": "ABC",
        "orderDate": "2026-06-30",
        "ownerType": "OWNER_TYPE_PM",
        "marketPrice": Decimal("98.5"),
        "marketYield": Decimal("4.1"),
        "principal": 492_500,
        "interest": 1_250,
        "factor": 1,
        "fillAmount": 0,
        "averagePrice": 0,
        "entryTime": "2026-06-30T14:05:30Z",
        "modifyTime": "2026-06-30T14:05:30Z",
        "orderDetails": [
            {
                "orderDetailId": 1,
                "portfolioReference": {"portfolioId": "10001", "portfolioTicker": "ACC001"},
                "quantity": 300_000,
                "quantityBooked": 0,
                "version": 1,
                "modifyTime": "2026-06-30T14:05:30Z",
            },
            {
                "orderDetailId": 2,
                "portfolioReference": {"portfolioId": "10002", "portfolioTicker": "ACC002"},
                "quantity": 200_000,
                "quantityBooked": 0,
                "version": 1,
                "modifyTime": "2026-06-30T14:05:30Z",
            },
        ],
    }


def test_ids_count_up_and_the_same_external_id_does_not_stop_a_second_order(vendor):
    reference = {"accountCode": "12345", "externalId1": "ALLOC-1"}
    ids = [vendor.posted(externalOrderReference=reference)["id"] for _ in range(2)]
    assert ids == ["90001", "90002"]
    assert vendor.found("externalIdCriterion", externalId1="ALLOC-1", accountCode="12345") == ids


@pytest.mark.parametrize(
    "fields",
    [
        {"assetId": None, "assetReference": {"isin": "US912828YW42"}},
        {"assetId": None, "assetReference": {"snpCusip": TREASURY}},
    ],
)
def test_the_asset_may_be_named_by_a_public_id(vendor, fields):
    assert vendor.posted(**fields)["assetId"] == TREASURY


def test_the_code_of_a_portfolio_wins_over_its_ticker(vendor):
    reference = {"portfolioId": "10003", "portfolioTicker": "ACC001"}
    order = vendor.posted(orderDetails=[{"portfolioReference": reference, "quantity": 500_000}])
    (detail,) = order["orderDetails"]
    assert detail["portfolioReference"] == {"portfolioId": "10003", "portfolioTicker": "ACC003"}


def test_face_may_be_left_out(vendor):
    assert vendor.posted(face=None)["face"] == 500_000


def test_a_long_basket_id_is_cut_off_silently(vendor):
    assert vendor.posted(basketId="B" * 70)["basketId"] == "B" * 64


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"assetId": "000000000"}, "assetId: '000000000' is not known"),
        ({"assetId": None}, "assetId: the order names no asset"),
        ({"assetId": None, "assetReference": {"sedol": "B0YQ5W0"}}, "assetId: the order names no asset"),
        ({"transactionType": "SHORT"}, "transactionType: 'SHORT' is not BUY or SELL"),
        ({"transactionType": None}, "transactionType: None is not BUY or SELL"),
        ({"orderDetails": []}, "orderDetails: at least one slice is needed"),
        ({"orderDetails": None}, "orderDetails: at least one slice is needed"),
        ({"face": 400_000}, "face: 400000 is not the sum of the slices, 500000"),
        (
            {"orderDetails": [slice_of("ACC009", 500_000)]},
            "orderDetails[0].portfolioReference: 'ACC009' is not",
        ),
        (
            {"orderDetails": [slice_of("ALPHA", 500_000)]},
            "orderDetails[0].portfolioReference: 'ALPHA' is not",
        ),
        ({"orderDetails": [{"quantity": 500_000}]}, "orderDetails[0]: portfolio is required"),
        ({"orderDetails": [slice_of("ACC001", 0)]}, "orderDetails[0].quantity: 0 is not positive"),
        ({"orderDetails": [slice_of("ACC001", -5)]}, "orderDetails[0].quantity: -5 is not between 0 and"),
        (
            {"orderDetails": [slice_of("ACC001", 1e14)]},
            "orderDetails[0].quantity: 1e+14 is not between 0 and",
        ),
        (
            {"orderDetails": [slice_of("ACC001", 500_000, orderDetailId=1)]},
            "orderDetails[0].orderDetailId: 1 is not a slice of this order",
        ),
        (
            {"externalOrderReference": {"accountCode": "1", "externalId1": "E" * 65}},
            "externalOrderReference.externalId1: longer than 64 characters",
        ),
    ],
)
def test_what_the_desk_refuses_comes_inside_a_200(vendor, fields, message):
    code, said = vendor.refusal(**fields)
    assert code == INVALID
    assert said.startswith(message)
    assert vendor.found("portfolioGroupCriterion", portfolioGroupTicker="TOP") == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"order": order_body(id=90001)},
        {"order": order_body(orderStatus="Open")},
        {"order": order_body(colour="red")},
        {"order": order_body(face="500000")},
        {"order": order_body(settleDate="tomorrow")},
        {"order": order_body(ownerType="ME")},
        {"order": order_body(), "postOrderConfig": {}},
        {"order": order_body(), "postOrderConfig": {"whatIf": False, "complianceTimeout": "20"}},
        {"order": order_body(), "idempotencyKey": "1"},
    ],
)
def test_what_cannot_be_read_is_a_400(vendor, body):
    assert vendor.post("order:post", body, status=400)["code"] == "INVALID_ARGUMENT"


def test_a_body_that_is_not_json_is_a_400(vendor):
    for body in (b"", b"{", b"\xff", b'{"order": {"face": NaN}}', b'{"order": {"face": 1e999}}'):
        answer = vendor.client.post(f"{ORDERS}/order:post", data=body, headers=HEADERS)
        assert answer.status_code == 400, body


def test_what_if_keeps_nothing(vendor):
    output = vendor.order(config={"whatIf": True, "runCompliance": True})["output"]
    assert "id" not in output["order"]
    assert output["order"]["principal"] == 492_500
    assert vendor.found("portfolioGroupCriterion", portfolioGroupTicker="TOP") == []
    assert vendor.rows("TOP", "SOD+Trades+Orders") == vendor.rows("TOP")
    assert vendor.posted()["id"] == "90001"


# --- what a live order does to positions --------------------------------------------------------------------


def test_a_live_buy_adds_a_row_of_the_bond_and_one_of_cash(vendor):
    """300,000 at 98.75 dirty costs 296,250.00 of ACC001's 5,000,000.00."""
    vendor.posted()
    rows = vendor.rows("ACC001", "SOD+Trades+Orders")
    held, cash, bought, paid = rows
    assert [row["posSource"] for row in rows] == ["EOD", "EOD", "ORD", "ORD"]
    assert (held["posQuantity"], cash["mktValue"]) == (1_000_000, 5_000_000)
    assert (bought["assetId"], bought["posQuantity"], bought["mktValue"]) == (TREASURY, 300_000, 296_250)
    assert (bought["orderId"], bought["orderStatus"], bought["tradeTranType"]) == (90001, "Open", "BUY")
    assert (paid["secGroup"], paid["mktValue"], paid["orderId"]) == ("CASH", -296_250, 90001)
    assert {row["cashComputed"] for row in rows} == {4_703_750}
    assert {row["portfolioNAVComputed"] for row in rows} == {5_987_500} == {sum(r["mktValue"] for r in rows)}
    assert {row["portfolioNAV"] for row in rows} == {100_000_000}


@pytest.mark.parametrize("pos_type", ["EOD", "SOD", "SOD+Trades"])
def test_other_position_types_do_not_see_orders(vendor, pos_type):
    before = vendor.rows("TOP", pos_type)
    vendor.posted()
    assert vendor.rows("TOP", pos_type) == before


def test_a_live_sale_is_negative_and_brings_cash(vendor):
    vendor.posted(
        transactionType="SELL", face=None, orderDetails=[slice_of("ACC003", 100_000)], assetId=COMPANY
    )
    rows = vendor.rows("ACC003", "SOD+Trades+Orders")
    sold, paid = (row for row in rows if row["posSource"] == "ORD")
    assert (sold["posQuantity"], sold["mktValue"], sold["accruedInterest"]) == (-100_000, -101_500, -500)
    assert (paid["mktValue"], paid["cashComputed"]) == (101_500, 3_101_500)
    assert sum(row["posQuantity"] for row in rows if row["assetId"] == COMPANY) == 150_000


def test_orders_of_one_account_leave_the_others_alone(vendor):
    before = vendor.rows("BETA", "SOD+Trades+Orders")
    vendor.posted(face=None, orderDetails=[slice_of("ACC001", 300_000)])
    assert vendor.rows("BETA", "SOD+Trades+Orders") == before


def test_cash_falls_with_every_live_order_and_comes_back_when_one_is_canceled(vendor):
    def cash() -> Decimal:
        return vendor.rows("ACC001", "SOD+Trades+Orders")[0]["cashComputed"]

    first, _ = vendor.posted(), vendor.posted()
    assert cash() == 4_407_500
    vendor.post("order:cancel", {"orderId": first["id"]})
    assert cash() == 4_703_750


# --- changing and canceling ---------------------------------------------------------------------------------


def test_a_change_replaces_the_slices_and_touches_the_order(vendor):
    vendor.posted(basketId="B1")
    vendor.now += timedelta(minutes=5)
    changed = vendor.posted(
        id="90001",
        face=350_000,
        assetId=None,
        transactionType=None,
        pmInitials="XYZ",
        orderDetails=[
            {"orderDetailId": 1, "quantity": 250_000},
            slice_of("ACC003", 100_000),
        ],
    )
    assert (changed["id"], changed["orderStatus"], changed["version"], changed["touchCount"]) == (
        "90001",
        "Open",
        2,
        2,
    )
    assert (changed["assetId"], changed["basketId"], changed["pmInitials"]) == (TREASURY, "B1", "XYZ")
    assert (changed["face"], changed["principal"]) == (350_000, 344_750)
    assert (changed["entryTime"], changed["modifyTime"]) == ("2026-06-30T14:05:30Z", "2026-06-30T14:10:30Z")
    assert [
        (d["orderDetailId"], d["portfolioReference"]["portfolioTicker"], d["quantity"], d["version"])
        for d in changed["orderDetails"]
    ] == [(1, "ACC001", 250_000, 2), (3, "ACC003", 100_000, 1)]
    assert [row["posSource"] for row in vendor.rows("ACC002", "SOD+Trades+Orders")] == ["EOD", "EOD"]


def test_a_slice_may_go_down_to_zero_and_then_counts_no_more(vendor):
    vendor.posted()
    details = [{"orderDetailId": 1, "quantity": 0}, {"orderDetailId": 2, "quantity": 200_000}]
    assert vendor.posted(id="90001", face=200_000, orderDetails=details)["face"] == 200_000
    assert all(row["posSource"] == "EOD" for row in vendor.rows("ACC001", "SOD+Trades+Orders"))


def test_a_change_without_slices_keeps_them(vendor):
    order = vendor.posted()
    changed = vendor.posted(id="90001", face=None, orderDetails=None, urgency="1")
    assert (changed["orderDetails"], changed["urgency"]) == (order["orderDetails"], "1")


def test_a_what_if_change_keeps_the_order_as_it_was(vendor):
    order = vendor.posted()
    details = [{"orderDetailId": 1, "quantity": 100_000}]
    tried = vendor.order(config={"whatIf": True}, id="90001", face=100_000, orderDetails=details)["output"][
        "order"
    ]
    assert (tried["id"], tried["face"]) == ("90001", 100_000)
    kept = vendor.post("orders:filter", {"query": {"orderIdCriterion": {"ids": ["90001"]}}})["orders"]
    assert kept == [order]


@pytest.mark.parametrize(
    ("fields", "code", "message"),
    [
        ({"id": "1"}, NOT_FOUND, "no order 1"),
        ({"id": ""}, NOT_FOUND, "no order "),
        ({"assetId": COMPANY}, INVALID, "assetId: the asset of an order cannot change"),
        ({"transactionType": "SELL"}, INVALID, "transactionType: the side of an order cannot change"),
        ({"face": 1}, INVALID, "face: 1 is not the sum of the slices, 500000"),
        ({"orderDetails": []}, INVALID, "orderDetails: at least one slice is needed"),
        (
            {"orderDetails": [{"orderDetailId": 7, "quantity": 500_000}]},
            INVALID,
            "orderDetails[0].orderDetailId: 7 is not a slice of this order",
        ),
        (
            {"orderDetails": [{"orderDetailId": 1, "quantity": 250_000}] * 2},
            INVALID,
            "orderDetails: an orderDetailId occurs twice",
        ),
        (
            {"orderDetails": [slice_of("ACC002", 500_000, orderDetailId=1)]},
            INVALID,
            "orderDetails[0].portfolioReference: the portfolio of a slice cannot change",
        ),
        (
            {"orderDetails": [{"orderDetailId": 1, "quantity": 0}], "face": 0},
            INVALID,
            "face: the slices add up to nothing",
        ),
        ({"orderDetails": [{"orderDetailId": 1}]}, INVALID, "orderDetails[0]: quantity is required"),
    ],
)
def test_changes_that_the_desk_refuses(vendor, fields, code, message):
    order = vendor.posted()
    body = {"id": "90001", "orderDetails": None} | fields
    assert vendor.refusal(**body) == (code, message)
    answer = vendor.post("orders:filter", {"query": {"orderIdCriterion": {"ids": ["90001"]}}})
    assert answer["orders"] == [order]


def test_a_canceled_order_says_why_and_cannot_be_touched_again(vendor):
    vendor.posted(orderComments=[{"orderCommentKey": "General", "orderCommentValue": "first"}])
    comment = {"orderCommentKey": "General", "orderCommentValue": "PM withdrew"}
    (result,) = vendor.post("order:cancel", {"orderId": "90001", "orderComments": [comment]})["results"]
    order = result["output"]
    assert (order["id"], order["orderStatus"], order["touchCount"]) == ("90001", "Canceled", 2)
    assert [c["orderCommentValue"] for c in order["orderComments"]] == ["first", "PM withdrew"]
    (again,) = vendor.post("order:cancel", {"orderId": "90001"})["results"]
    assert again == {
        "error": {"code": WRONG_STATE, "message": "order 90001 is Canceled and cannot be canceled"}
    }
    assert vendor.refusal(id="90001") == (WRONG_STATE, "order 90001 is Canceled and cannot be changed")


def test_an_order_is_canceled_by_its_external_id_the_oldest_live_one_first(vendor):
    reference = {"accountCode": "12345", "externalId1": "ALLOC-1"}
    for _ in range(2):
        vendor.posted(externalOrderReference=reference)
    results = [vendor.post("order:cancel", {"externalReference": reference})["results"][0] for _ in range(3)]
    assert [r["output"]["id"] for r in results[:2]] == ["90001", "90002"]
    assert results[2]["error"]["code"] == WRONG_STATE


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"orderId": "1"}, NOT_FOUND),
        ({"externalReference": {"accountCode": "1", "externalId1": "X"}}, NOT_FOUND),
        ({}, INVALID),
    ],
)
def test_cancellations_that_find_nothing(vendor, body, code):
    (result,) = vendor.post("order:cancel", body)["results"]
    assert result["error"]["code"] == code


def test_a_reason_is_a_comment_and_no_field(vendor):
    assert (
        vendor.post("order:cancel", {"orderId": "1", "reason": "late"}, status=400)["code"]
        == "INVALID_ARGUMENT"
    )


def test_orders_of_many_threads_get_ids_of_their_own(tmp_path, default_book):
    vendor = Vendor(default_book)
    cusip = default_book.securities[0].cusip
    fields = {"assetId": cusip, "face": None, "orderDetails": [slice_of("OPN-001", 200_000)]}
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: vendor.posted(**fields)["id"], range(80)))
    assert sorted(ids) == [str(90001 + number) for number in range(80)]
    account = default_book.accounts[-2]
    bond = default_book.bond_by_cusip[cusip]
    (row, *_) = vendor.rows("OPN-001", "SOD+Trades+Orders")
    assert row["cashComputed"] == account.cash - 80 * bond.market_value(Decimal(200_000))


def test_a_day_order_of_the_last_day_there_is_does_not_expire(vendor):
    vendor.posted(expirationType="Day", orderDate="9999-12-31")
    assert vendor.state()["orderStatus"] == "Open"

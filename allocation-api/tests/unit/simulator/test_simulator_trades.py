"""What is filled, as positions and cash. The amounts are worked out here from the order's own fields."""

from __future__ import annotations

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from tests.unit.simulator.vendor import COMPANY, FILL_SECONDS, TREASURY, Vendor, seen_at, slice_of, small_book

ACCRUED = {TREASURY: Decimal("0.25"), COMPANY: Decimal("0.5")}
PRICE = {TREASURY: Decimal("98.5"), COMPANY: Decimal(101)}
ALL, TRADES = "SOD+Trades+Orders", "SOD+Trades"


@pytest.fixture
def desk(tmp_path) -> Vendor:
    return Vendor(small_book(tmp_path), fill_seconds=FILL_SECONDS, seed=3)


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), rounding=ROUND_HALF_EVEN)


def paid(face: Decimal, price: Decimal, cusip: str) -> Decimal:
    return cents(face * (price + ACCRUED[cusip]) / 100)


def totals(rows) -> tuple[Decimal, Decimal]:
    """Return cash and computed NAV, which all rows must repeat."""
    (cash,) = {row["cashComputed"] for row in rows}
    (nav,) = {row["portfolioNAVComputed"] for row in rows}
    return cash, nav


def moments(desk: Vendor):
    """Yield the order at moments of its whole life."""
    for second in range(0, FILL_SECONDS + 1, 20):
        yield seen_at(desk, second)


@pytest.mark.parametrize(
    ("side", "cusip", "account", "face", "cash_before"),
    [
        ("BUY", TREASURY, "ACC001", 300_000, 5_000_000),
        ("SELL", COMPANY, "ACC003", 123_000, 3_000_000),
        ("BUY", COMPANY, "ACC004", 77_700, 1_000_000),
    ],
)
def test_cash_and_nav_move_with_trades_to_the_cent(desk, side, cusip, account, face, cash_before):
    sign = 1 if side == "BUY" else -1
    close = desk.rows(account)
    _, nav_before = totals(close)
    desk.posted(assetId=cusip, transactionType=side, face=None, orderDetails=[slice_of(account, face)])
    filled = set()
    for order in moments(desk):
        booked = order["fillAmount"]
        filled.add(booked)
        spent = sign * paid(booked, order["averagePrice"], cusip) if booked else Decimal(0)
        worth = sign * paid(booked, PRICE[cusip], cusip)
        rest = sign * paid(face - booked, PRICE[cusip], cusip)
        assert totals(desk.rows(account, TRADES)) == (cash_before - spent, nav_before + worth - spent)
        assert totals(desk.rows(account, ALL)) == (cash_before - spent - rest, nav_before + worth - spent)
        for pos_type in (TRADES, ALL):
            rows = desk.rows(account, pos_type)
            assert sum(row["mktValue"] for row in rows) == rows[0]["portfolioNAVComputed"]
            assert {row["portfolioNAV"] for row in rows} == {close[0]["portfolioNAV"]}
        assert desk.rows(account, "SOD") == desk.rows(account, "EOD") == close
    assert len(filled) > 3


def test_a_filled_part_is_a_trade_and_the_rest_an_order(desk):
    desk.posted()
    order = next(order for order in moments(desk) if 0 < order["fillAmount"] < order["face"])
    booked = order["orderDetails"][0]["quantityBooked"]
    trades = [row for row in desk.rows("ACC001", TRADES) if row["posSource"] != "EOD"]
    bond, cash = trades
    assert {row["posSource"] for row in trades} == {"TRD"}
    assert (bond["assetId"], bond["posQuantity"], bond["curPar"]) == (TREASURY, booked, booked)
    assert (bond["orderId"], bond["tradeTranType"], "orderStatus" in bond) == (90001, "BUY", False)
    assert bond["mktValue"] == paid(booked, PRICE[TREASURY], TREASURY)
    assert cash["mktValue"] == -paid(booked, order["averagePrice"], TREASURY)
    everything = [row for row in desk.rows("ACC001", ALL) if row["posSource"] != "EOD"]
    assert everything[0]["posQuantity"] == booked
    assert [row["posSource"] for row in everything] == ["TRD", "TRD", "ORD", "ORD"]
    rest = everything[2]
    assert (rest["posQuantity"], rest["orderStatus"]) == (300_000 - booked, "Active")


def test_a_booked_order_has_no_open_rest(desk):
    desk.posted()
    desk.now += timedelta(seconds=FILL_SECONDS)
    sources = [row["posSource"] for row in desk.rows("ACC001", ALL)]
    assert sources == ["EOD", "EOD", "TRD", "TRD"]


def test_a_canceled_order_leaves_its_trades_and_no_more(desk):
    desk.posted()
    next(order for order in moments(desk) if 0 < order["fillAmount"] < order["face"])
    traded = desk.rows("ACC001", TRADES)
    assert len(desk.rows("ACC001", ALL)) == len(traded) + 2
    desk.post("order:cancel", {"orderId": "90001"})
    assert desk.rows("ACC001", ALL) == desk.rows("ACC001", TRADES) == traded


def test_two_orders_of_one_account_add_up(desk):
    for _ in range(2):
        desk.posted()
    desk.now += timedelta(seconds=FILL_SECONDS)
    spent = sum(
        paid(Decimal(300_000), desk.state(number)["averagePrice"], TREASURY) for number in ("90001", "90002")
    )
    rows = desk.rows("ACC001", TRADES)
    assert totals(rows)[0] == 5_000_000 - spent
    assert sum(row["posQuantity"] for row in rows if row["assetId"] == TREASURY) == 1_600_000


def test_a_fill_counts_as_a_modification(desk):
    desk.posted()
    order = next(order for order in moments(desk) if order["fillAmount"])
    day, moment = order["modifyTime"].split("T")
    hour, minute = (int(part) for part in moment.split(":")[:2])
    since = {"filterDate": day, "hour": hour, "minute": minute}
    criterion = {"portfolioGroupTicker": "TOP", "modifiedTimeRange": {"startTimeRange": since}}
    assert minute > 5
    assert desk.found("portfolioModifiedTimeCriterion", **criterion) == ["90001"]
    desk.now = desk.now.replace(hour=15, minute=30)
    since["minute"], since["hour"] = 0, 15
    assert desk.found("portfolioModifiedTimeCriterion", **criterion) == []


def test_orders_are_found_by_the_status_that_fills_give_them(desk):
    desk.posted(basketId="B1")
    option = {"portfolioIds": ["10001"]}

    def by_group(*statuses: str) -> list[str]:
        return desk.found("portfolioGroupCriterion", portfolioGroupTicker="TOP", orderStatuses=list(statuses))

    assert (by_group("Open"), by_group("Active")) == (["90001"], [])
    desk.now += timedelta(seconds=FILL_SECONDS // 5)
    assert (by_group("Open"), by_group("Active")) == ([], ["90001"])
    assert desk.found("basketIdCriterion", basketIds=["B1"], portStatusOption=option) == ["90001"]
    desk.now += timedelta(seconds=FILL_SECONDS)
    assert by_group() == []
    assert desk.found("basketIdCriterion", basketIds=["B1"], portStatusOption=option) == []
    assert desk.found("basketIdCriterion", basketIds=["B1"], orderDate="2026-06-30") == ["90001"]

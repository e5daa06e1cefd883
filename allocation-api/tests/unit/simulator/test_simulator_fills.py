from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aladdin_simulator import create_simulator, load_book
from tests.unit.simulator.vendor import COMPANY, FILL_SECONDS, TREASURY, Vendor, book_entry, seen_at, slice_of

LOT = 1000
WRONG_STATE, INVALID = 9, 3


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    file = tmp_path_factory.mktemp("book") / "book.json"
    file.write_text(json.dumps(book_entry()))
    return load_book(str(file))


@pytest.fixture
def desk(book) -> Vendor:
    """A simulator whose orders fill within 300 seconds."""
    return Vendor(book, fill_seconds=FILL_SECONDS)


def states(vendor: Vendor, order_id: str = "90001", every: int = 1):
    """Return the different states of an order that somebody sees who asks every so many seconds."""
    seen = [seen_at(vendor, second, order_id) for second in range(0, FILL_SECONDS + 1, every)]
    return [state for state, before in zip(seen, [None, *seen], strict=False) if state != before]


def booked(order) -> list[Decimal]:
    return [detail["quantityBooked"] for detail in order["orderDetails"]]


def shares_of(order, per_cent: int) -> list[float]:
    return [float(detail["quantity"]) * per_cent / 100 for detail in order["orderDetails"]]


# --- an order by itself -------------------------------------------------------------------------------------


def test_an_order_goes_from_open_over_active_to_booked(desk):
    desk.posted()
    life = states(desk)
    assert [state["orderStatus"] for state in life[:2]] == ["Open", "Active"]
    assert life[-1]["orderStatus"] == "Booked"
    assert {state["orderStatus"] for state in life[2:-1]} == {"Active"}
    assert 3 <= len(life[2:]) <= 5
    assert [state["version"] for state in life] == list(range(1, len(life) + 1))
    assert [state["touchCount"] for state in life] == [state["version"] for state in life]
    assert life[0]["fillAmount"] == life[1]["fillAmount"] == 0
    assert "activeTime" not in life[0]
    assert {state["activeTime"] for state in life[1:]} == {life[1]["modifyTime"]}
    moments = [state["modifyTime"] for state in life]
    assert moments == sorted(set(moments))


def test_nothing_fills_before_a_fifth_of_the_time_and_nothing_is_open_after_it(desk):
    desk.posted()
    assert seen_at(desk, FILL_SECONDS / 5)["fillAmount"] == 0
    done = seen_at(desk, FILL_SECONDS)
    assert (done["orderStatus"], done["fillAmount"]) == ("Booked", 500_000)
    assert booked(done) == [300_000, 200_000]


def test_without_fill_seconds_an_order_stays_open(vendor):
    order = vendor.posted()
    vendor.now += timedelta(days=300)
    assert vendor.state() == order


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan"), 1e12])
def test_impossible_fill_seconds_are_refused(book, seconds):
    with pytest.raises(ValueError, match="fill_seconds"):
        create_simulator(book, fill_seconds=seconds)


orders = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 10_000),
        "side": st.sampled_from(["BUY", "SELL"]),
        "lots": st.lists(st.integers(1, 900), min_size=1, max_size=4),
        "odd": st.integers(0, 999),
        "asset": st.sampled_from([TREASURY, COMPANY]),
    }
)


def placed(book, case) -> Vendor:
    """Return a simulator with one order; its first slice may be off the grid of lots."""
    vendor = Vendor(book, fill_seconds=FILL_SECONDS, seed=case["seed"])
    faces = [lots * LOT for lots in case["lots"]]
    faces[0] += case["odd"]
    details = [slice_of(f"ACC00{number}", face) for number, face in enumerate(faces, start=1)]
    vendor.posted(assetId=case["asset"], transactionType=case["side"], face=sum(faces), orderDetails=details)
    return vendor


@given(orders)
def test_fills_only_grow_add_up_and_stay_within_each_slice(book, case):
    life = states(placed(book, case), every=6)
    before = [Decimal(0)] * len(case["lots"])
    for state in life:
        assert sum(booked(state)) == state["fillAmount"]
        for had, detail in zip(before, state["orderDetails"], strict=True):
            assert had <= detail["quantityBooked"] <= detail["quantity"]
        before = booked(state)
    assert life[-1]["orderStatus"] == "Booked"
    assert life[-1]["fillAmount"] == life[-1]["face"]


@given(orders)
def test_partial_fills_are_whole_lots_in_proportion(book, case):
    """There is one part of the order such that every slice is filled up to it, to the lot below."""
    for state in states(placed(book, case), every=6):
        if state["orderStatus"] == "Active" and state["fillAmount"]:
            assert all(amount % LOT == 0 for amount in booked(state))
            fits = [
                per_cent
                for per_cent in range(101)
                if all(
                    0 <= share - float(amount) < LOT
                    for share, amount in zip(shares_of(state, per_cent), booked(state), strict=True)
                )
            ]
            assert fits


@given(orders, st.lists(st.integers(0, FILL_SECONDS + 60), min_size=1, max_size=12))
def test_the_state_depends_on_the_moment_alone(book, case, moments):
    """Whoever asks at other times or in another order sees the same."""
    asked_at_random = placed(book, case)
    seen = [seen_at(asked_at_random, moment) for moment in moments]
    for moment, state in zip(moments, seen, strict=True):
        assert seen_at(placed(book, case), moment) == state


@given(orders)
def test_prices_are_near_the_market_and_averaged_by_face(book, case):
    life = states(placed(book, case), every=6)
    market = life[0]["marketPrice"]
    for earlier, later in pairwise(life):
        if amount := later["fillAmount"] - earlier["fillAmount"]:
            spent = (
                later["averagePrice"] * later["fillAmount"] - earlier["averagePrice"] * earlier["fillAmount"]
            )
            price = spent / amount
            slack = Decimal("0.0001") + Decimal("0.000001") * later["fillAmount"] / amount
            assert abs(price - market) <= market / 1000 + slack


def test_another_seed_or_order_fills_otherwise(book):
    lives = []
    for seed in (1, 1, 2):
        desk = Vendor(book, fill_seconds=FILL_SECONDS, seed=seed)
        desk.posted()
        desk.posted()
        lives.append([[s["fillAmount"] for s in states(desk, number)] for number in ("90001", "90002")])
    assert lives[0] == lives[1] != lives[2]
    assert lives[0][0] != lives[0][1]


@pytest.mark.parametrize(
    ("side", "limit", "worst"), [("BUY", 98.4, max), ("SELL", 98.6, min), ("BUY", 98.4999999, max)]
)
def test_no_fill_is_worse_than_the_limit(book, side, limit, worst):
    for seed in range(20):
        desk = Vendor(book, fill_seconds=FILL_SECONDS, seed=seed)
        desk.posted(
            transactionType=side, orderType="Limit", tradingLimitType="Price", tradingLimitValue=limit
        )
        average = seen_at(desk, FILL_SECONDS)["averagePrice"]
        assert worst(average, Decimal(str(limit))) == Decimal(str(limit))


def test_a_price_limit_needs_a_price(desk):
    message = "tradingLimitValue: 0.0 is not a price between 1e-06 and 1e+09"
    assert desk.refusal(tradingLimitType="Price", tradingLimitValue=0) == (INVALID, message)
    for value in (None, 1e-300, 1e300):
        assert desk.refusal(tradingLimitType="Price", tradingLimitValue=value)[0] == INVALID
    desk.posted(tradingLimitType="Price", tradingLimitValue=98)
    assert desk.refusal(id="90001", tradingLimitValue=-1)[0] == INVALID


# --- touches in between -------------------------------------------------------------------------------------


def partly_filled(desk: Vendor, **fields):
    """Post an order and wait until some of it is booked but not all."""
    desk.posted(**fields)
    for second in range(FILL_SECONDS):
        state = seen_at(desk, second)
        if 0 < state["fillAmount"] < state["face"] and all(booked(state)):
            return state
    raise AssertionError("the order was never filled in part")


def test_a_change_keeps_what_is_filled_and_the_rest_fills_in_time(desk):
    before = partly_filled(desk)
    details = [{"orderDetailId": 1, "quantity": 350_000}, {"orderDetailId": 2, "quantity": 200_000}]
    changed = desk.posted(id="90001", face=550_000, orderDetails=details)
    for name in ("fillAmount", "averagePrice", "orderStatus", "activeTime"):
        assert changed[name] == before[name]
    assert booked(changed) == booked(before)
    assert changed["version"] == before["version"] + 1
    done = seen_at(desk, FILL_SECONDS)
    assert (done["orderStatus"], done["fillAmount"], booked(done)) == ("Booked", 550_000, [350_000, 200_000])


def test_a_change_down_to_what_is_filled_books_the_order(desk):
    before = partly_filled(desk)
    details = [{"orderDetailId": n, "quantity": int(q)} for n, q in enumerate(booked(before), start=1)]
    changed = desk.posted(id="90001", face=int(before["fillAmount"]), orderDetails=details)
    assert changed["orderStatus"] == "Booked"
    assert seen_at(desk, FILL_SECONDS) == changed


def test_a_change_below_what_is_filled_is_refused(desk):
    before = partly_filled(desk)
    first, _ = booked(before)
    details = [
        {"orderDetailId": 1, "quantity": int(first) - LOT},
        {"orderDetailId": 2, "quantity": 200_000},
    ]
    code, message = desk.refusal(id="90001", face=None, orderDetails=details)
    assert (code, message.startswith("orderDetails[0].quantity:")) == (INVALID, True)
    code, message = desk.refusal(id="90001", face=None, orderDetails=details[1:])
    assert (code, message) == (INVALID, f"orderDetails: slice 1 has {float(first):g} booked and must stay")
    assert desk.state() == before


def test_a_slice_that_comes_with_a_change_is_filled_as_well(desk):
    partly_filled(desk)
    details = [
        {"orderDetailId": 1, "quantity": 300_000},
        {"orderDetailId": 2, "quantity": 200_000},
        slice_of("ACC003", 40_500),
    ]
    assert booked(desk.posted(id="90001", face=None, orderDetails=details))[2] == 0
    assert booked(seen_at(desk, FILL_SECONDS)) == [300_000, 200_000, 40_500]


def test_a_canceled_order_keeps_what_is_filled_and_fills_no_more(desk):
    before = partly_filled(desk)
    (result,) = desk.post("order:cancel", {"orderId": "90001"})["results"]
    canceled = result["output"]
    assert (canceled["orderStatus"], booked(canceled)) == ("Canceled", booked(before))
    assert canceled["averagePrice"] == before["averagePrice"]
    assert seen_at(desk, 10 * FILL_SECONDS) == canceled


def test_a_booked_order_can_be_neither_changed_nor_canceled(desk):
    desk.posted()
    desk.now += timedelta(seconds=FILL_SECONDS)
    assert desk.refusal(id="90001") == (WRONG_STATE, "order 90001 is Booked and cannot be changed")
    (result,) = desk.post("order:cancel", {"orderId": "90001"})["results"]
    assert result["error"] == {"code": WRONG_STATE, "message": "order 90001 is Booked and cannot be canceled"}


@given(
    st.integers(0, 1000),
    st.lists(st.tuples(st.integers(0, 290), st.integers(1, 400)), min_size=1, max_size=4),
)
def test_changes_at_any_time_never_lose_a_fill_and_the_rest_is_booked(book, seed, changes):
    desk = Vendor(book, fill_seconds=FILL_SECONDS, seed=seed)
    desk.posted()
    for second, lots in sorted(changes):
        before = seen_at(desk, second)
        if before["orderStatus"] == "Booked":
            continue
        faces = [max(lots * LOT, int(amount)) for amount in booked(before)]
        details = [{"orderDetailId": n, "quantity": face} for n, face in enumerate(faces, start=1)]
        after = desk.posted(id="90001", face=sum(faces), orderDetails=details)
        assert booked(after) == booked(before)
    done = seen_at(desk, FILL_SECONDS)
    assert done["orderStatus"] == "Booked"
    assert done["fillAmount"] == done["face"] == sum(booked(done))
    assert booked(done) == [detail["quantity"] for detail in done["orderDetails"]]


# --- day orders ---------------------------------------------------------------------------------------------


def test_a_day_order_expires_at_midnight_after_its_order_date(vendor):
    order = vendor.posted(expirationType="Day")
    vendor.now = vendor.now.replace(hour=23, minute=59, second=59)
    assert vendor.state() == order
    vendor.now += timedelta(seconds=1)
    expired = vendor.state()
    assert (expired["orderStatus"], expired["touchCount"]) == ("Expired", 2)
    assert expired["modifyTime"] == "2026-07-01T00:00:00Z"
    assert vendor.refusal(id="90001") == (WRONG_STATE, "order 90001 is Expired and cannot be changed")


def test_an_expired_order_keeps_what_is_filled(book):
    desk = Vendor(book, fill_seconds=100_000)
    order = desk.posted(expirationType="Day")
    desk.now = desk.now.replace(hour=23, minute=59, second=59)
    before = desk.state()
    desk.now += timedelta(days=3)
    expired = desk.state()
    assert expired["orderStatus"] == "Expired"
    assert 0 < before["fillAmount"] == expired["fillAmount"] < order["face"]


@pytest.mark.parametrize(("fields", "last_day"), [({}, 30), ({"orderDate": "2026-07-02"}, 2)])
def test_a_day_order_is_good_for_its_order_date(vendor, fields, last_day):
    vendor.posted(expirationType="Day", **fields)
    month = 6 if last_day == 30 else 7
    vendor.now = vendor.now.replace(month=month, day=last_day, hour=23)
    assert vendor.state()["orderStatus"] == "Open"
    vendor.now += timedelta(hours=1)
    assert vendor.state()["orderStatus"] == "Expired"


def test_an_order_that_is_good_till_cancel_does_not_expire(vendor):
    vendor.posted(expirationType="Good Till Cancel")
    vendor.now += timedelta(days=30)
    assert vendor.state()["orderStatus"] == "Open"


def test_an_order_may_become_a_day_order_and_cease_to_be_one(vendor):
    vendor.posted(expirationType="Day")
    vendor.posted(id="90001", expirationType="Good Till Cancel")
    vendor.now += timedelta(days=2)
    assert vendor.posted(id="90001", expirationType="Day")["orderStatus"] == "Open"
    vendor.now += timedelta(days=1)
    assert vendor.state()["orderStatus"] == "Expired"


# --- compliance that times out ------------------------------------------------------------------------------


def test_an_order_whose_compliance_times_out_is_pending_and_then_open(vendor):
    vendor.compliance_times_out = True
    assert vendor.posted()["orderStatus"] == "Compl Pending"
    vendor.now += timedelta(seconds=29)
    assert vendor.state()["orderStatus"] == "Compl Pending"
    assert vendor.found("portfolioGroupCriterion", portfolioGroupTicker="TOP") == ["90001"]
    assert vendor.rows("ACC001", "SOD+Trades+Orders")[-1]["orderStatus"] == "Compl Pending"
    vendor.now += timedelta(seconds=1)
    assert (vendor.state()["orderStatus"], vendor.state()["touchCount"]) == ("Open", 2)


def test_a_pending_order_fills_after_its_release(desk):
    desk.compliance_times_out = True
    desk.posted()
    life = states(desk)
    assert [state["orderStatus"] for state in life[:3]] == ["Compl Pending", "Open", "Active"]
    assert life[-1]["orderStatus"] == "Booked"


def test_a_change_whose_compliance_times_out_holds_the_order_up(desk):
    """It is booked all the same, though the time of all its steps passes while it is held up."""
    desk.posted()
    before = seen_at(desk, FILL_SECONDS - 20)
    assert 0 < before["fillAmount"] < before["face"]
    details = [{"orderDetailId": 1, "quantity": 900_000}, {"orderDetailId": 2, "quantity": 200_000}]
    desk.compliance_times_out = True
    pending = desk.posted(id="90001", face=1_100_000, orderDetails=details)
    assert (pending["orderStatus"], pending["activeTime"]) == ("Compl Pending", before["activeTime"])
    assert seen_at(desk, FILL_SECONDS + 5) == pending
    desk.compliance_times_out = False
    again = desk.posted(id="90001", face=1_100_000, orderDetails=details)
    assert (again["orderStatus"], booked(again)) == ("Active", booked(before))
    assert seen_at(desk, FILL_SECONDS + 10)["orderStatus"] == "Booked"


def test_a_change_that_is_held_up_is_booked_after_its_release(desk):
    desk.posted()
    seen_at(desk, FILL_SECONDS - 20)
    desk.compliance_times_out = True
    pending = desk.posted(id="90001", face=None, orderDetails=None)
    assert seen_at(desk, FILL_SECONDS + 9) == pending
    done = seen_at(desk, FILL_SECONDS + 10)
    assert (done["orderStatus"], done["fillAmount"]) == ("Booked", 500_000)


def test_compliance_that_does_not_run_cannot_time_out(vendor):
    vendor.compliance_times_out = True
    config = {"whatIf": False, "runCompliance": False}
    assert vendor.order(config=config)["output"]["order"]["orderStatus"] == "Open"


def test_a_what_if_whose_compliance_times_out_says_so_and_keeps_nothing(vendor):
    vendor.compliance_times_out = True
    result = vendor.order(config={"whatIf": True})["output"]
    assert (result["order"]["orderStatus"], "id" in result["order"]) == ("Compl Pending", False)
    assert "complianceViolations" not in result
    assert vendor.found("portfolioGroupCriterion", portfolioGroupTicker="TOP") == []

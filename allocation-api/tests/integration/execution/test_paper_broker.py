"""The paper broker in numbers, with its faults, over restarts and with several callers at once.

The golden numbers are worked out by hand: with a price of 100 and a spread of 10 basis points an asset is
bought at 100.05 and sold at 99.95; a fee of 10 basis points of 200.10 is 0.2001, which is 0.20.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.domain.side import Side
from app.services.execution.errors import BrokerNotFound, BrokerOutcomeUnknown, BrokerRefused
from app.services.execution.types import OrderState
from tests.support.brokers import PaperRig, new_order
from tests.support.profiles import examples


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    made = PaperRig(tmp_path_factory.mktemp("paper"))
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _plain(rig):
    rig.prices.of = {"BTC": Decimal(100), "ETH": Decimal(10)}
    rig.open_account()


def balance(rig):
    (found,) = rig.broker.balances(rig.account_id)
    return found


def test_a_round_trip_to_the_cent(rig):
    bought = rig.broker.place(rig.account_id, new_order(quantity="2"))
    assert (bought.average_price, bought.fee.amount) == (Decimal("100.05"), Decimal("0.20"))
    assert balance(rig).cash == Decimal("9799.70")  # 10,000 - 200.10 - 0.20
    (holding,) = rig.broker.holdings(rig.account_id)
    assert holding.average_price == Decimal("100.05")
    sold = rig.broker.place(rig.account_id, new_order(Side.SELL, "0.5"))
    # 0.5 x 99.95 = 49.975, half to even 49.98; 10 basis points of it are 0.04998, so 0.05.
    assert (sold.average_price, sold.fee.amount) == (Decimal("99.95"), Decimal("0.05"))
    assert balance(rig).cash == Decimal("9849.63")  # 9,799.70 + 49.98 - 0.05
    (holding,) = rig.broker.holdings(rig.account_id)
    assert holding.quantity == Decimal("1.5")


def test_an_open_purchase_takes_buying_power_and_no_cash(rig):
    rig.broker.place(rig.account_id, new_order(quantity="10", limit="90"))
    # 10 x 90 = 900, and 0.90 of fee.
    assert (balance(rig).cash, balance(rig).buying_power) == (10_000, Decimal("9099.10"))
    with pytest.raises(BrokerRefused, match=r"9099\.10"):
        rig.broker.place(rig.account_id, new_order(quantity="91"))


def test_an_open_sale_takes_its_units(rig):
    rig.broker.place(rig.account_id, new_order(quantity="2"))
    rig.broker.place(rig.account_id, new_order(Side.SELL, "1.5", "120"))
    with pytest.raises(BrokerRefused, match=r"0\.5 BTC"):
        rig.broker.place(rig.account_id, new_order(Side.SELL, "1"))


def test_an_order_that_fills_in_parts_is_cancelled_in_between(rig):
    rig.open_account(partial_rate=1.0)
    placed = rig.broker.place(rig.account_id, new_order(quantity="3"))
    assert (placed.state, placed.filled_quantity) == (OrderState.PARTIALLY_FILLED, Decimal("1.5"))
    rig.clock.after(29)
    assert rig.broker.order(rig.account_id, placed.broker_order_id).filled_quantity == Decimal("1.5")
    rig.broker.cancel(rig.account_id, placed.broker_order_id)
    rig.clock.after(60)
    found = rig.broker.order(rig.account_id, placed.broker_order_id)
    assert (found.state, found.filled_quantity) == (OrderState.CANCELLED, Decimal("1.5"))
    (holding,) = rig.broker.holdings(rig.account_id)
    assert holding.quantity == Decimal("1.5")
    assert balance(rig).buying_power == balance(rig).cash


def test_the_second_part_fills_at_the_price_of_its_time(rig):
    rig.open_account(partial_rate=1.0, spread_bps=Decimal(0), fee_bps=Decimal(0))
    placed = rig.broker.place(rig.account_id, new_order(quantity="2"))
    rig.set_price("BTC", "110")
    rig.clock.after(30)
    found = rig.broker.order(rig.account_id, placed.broker_order_id)
    assert (found.state, found.average_price) == (OrderState.FILLED, Decimal(105))
    assert balance(rig).cash == 10_000 - 210


def test_an_order_waits_as_long_as_the_account_s_latency(rig):
    rig.open_account(latency_seconds=5)
    placed = rig.broker.place(rig.account_id, new_order())
    assert placed.state is OrderState.OPEN
    rig.clock.after(4)
    assert rig.broker.order(rig.account_id, placed.broker_order_id).state is OrderState.OPEN
    rig.clock.after(1)
    assert rig.broker.order(rig.account_id, placed.broker_order_id).state is OrderState.FILLED


def test_a_price_that_ran_away_ends_the_order_and_overdraws_nothing(rig):
    rig.open_account(latency_seconds=5)
    placed = rig.broker.place(rig.account_id, new_order(quantity="99"))
    rig.set_price("BTC", "102")
    rig.clock.after(5)
    found = rig.broker.order(rig.account_id, placed.broker_order_id)
    assert (found.state, found.filled_quantity) == (OrderState.CANCELLED, 0)
    assert "cash" in found.reason
    assert balance(rig).cash == 10_000


def test_a_price_that_is_gone_leaves_the_order_open(rig):
    placed = rig.broker.place(rig.account_id, new_order(quantity="1", limit="90"))
    del rig.prices.of["BTC"]
    assert rig.broker.order(rig.account_id, placed.broker_order_id).state is OrderState.OPEN


def test_an_order_of_one_client_order_id_is_taken_once(rig):
    asked = new_order()
    first = rig.broker.place(rig.account_id, asked)
    assert rig.broker.place(rig.account_id, asked) == first
    assert rig.orders_taken() == 1
    rig.lose_answers()
    with pytest.raises(BrokerOutcomeUnknown):
        rig.broker.place(rig.account_id, asked)
    rig.broker.place(rig.account_id, asked)
    assert rig.orders_taken() == 1


def test_a_rejected_order_stays_rejected_when_it_is_asked_for_again(rig):
    rig.reject_orders()
    asked = new_order()
    for _ in range(2):
        with pytest.raises(BrokerRefused):
            rig.broker.place(rig.account_id, asked)
    (listed,) = rig.broker.orders(rig.account_id)
    assert listed.state is OrderState.REJECTED


def test_accounts_are_their_owner_s_alone(rig):
    stranger = rig.broker_of("ben")
    assert stranger.accounts() == ()
    placed = rig.broker.place(rig.account_id, new_order(quantity="1", limit="90"))
    for work in (
        lambda: stranger.balances(rig.account_id),
        lambda: stranger.place(rig.account_id, new_order()),
        lambda: stranger.order(rig.account_id, placed.broker_order_id),
        lambda: stranger.cancel(rig.account_id, placed.broker_order_id),
    ):
        with pytest.raises(BrokerNotFound):
            work()
    mine = rig.account_id
    rig.open_account()
    with pytest.raises(BrokerNotFound):  # of another account of the same owner
        rig.broker.order(rig.account_id, placed.broker_order_id)
    assert rig.broker.order(mine, placed.broker_order_id).state is OrderState.OPEN


def faulty_day(rig):
    """What became of twenty orders at an account where anything may happen."""
    rig.open_account(seed=7, rejection_rate=0.3, partial_rate=0.4, lost_answer_rate=0.3)
    outcomes = []
    for number in range(20):
        try:
            placed = rig.broker.place(rig.account_id, new_order(quantity="1", client_order_id=f"{number}"))
            outcomes.append(placed.state)
        except (BrokerRefused, BrokerOutcomeUnknown) as error:
            outcomes.append(error.code)
    return outcomes, balance(rig), rig.broker.holdings(rig.account_id)


def test_the_same_seed_makes_the_same_day(rig):
    first, second = faulty_day(rig), faulty_day(rig)
    assert first == second
    assert set(first[0]) == {"BROKER_REFUSED", "BROKER_OUTCOME_UNKNOWN", "FILLED", "PARTIALLY_FILLED"}


def test_a_restart_keeps_everything(tmp_path):
    rig = PaperRig(tmp_path, partial_rate=1.0)
    placed = rig.broker.place(rig.account_id, new_order(quantity="3"))
    before = rig.broker.balances(rig.account_id), rig.broker.holdings(rig.account_id)
    rig.database.close()
    again = PaperRig.__new__(PaperRig)
    again.__dict__.update(rig.__dict__)
    again.broker = rig.broker_of("anna")
    assert (again.broker.balances(rig.account_id), again.broker.holdings(rig.account_id)) == before
    rig.clock.after(30)
    assert again.broker.order(rig.account_id, placed.broker_order_id).state is OrderState.FILLED
    again.close()


def test_callers_at_once_spend_no_cent_twice(rig):
    """Of ten who each want a fifth of the cash, four get it: the fifth lacks the fees."""
    rig.open_account(fee_bps=Decimal(10), spread_bps=Decimal(0))

    def buy(_):
        try:
            return rig.broker.place(rig.account_id, new_order(quantity="20")).state
        except BrokerRefused:
            return None

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(buy, range(10)))
    assert outcomes.count(OrderState.FILLED) == 4
    assert balance(rig).cash == 10_000 - 4 * 2_002


def test_readers_at_once_fill_an_order_once(rig):
    rig.open_account(latency_seconds=5, spread_bps=Decimal(0), fee_bps=Decimal(0))
    placed = rig.broker.place(rig.account_id, new_order(quantity="1"))
    rig.clock.after(5)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: rig.broker.order(rig.account_id, placed.broker_order_id), range(8)))
    assert {each.state for each in found} == {OrderState.FILLED}
    assert balance(rig).cash == 9_900


orders = st.lists(
    st.tuples(
        st.sampled_from(Side),
        st.sampled_from(("BTC", "ETH")),
        st.decimals("0.00000001", "60", places=8),
        st.none() | st.decimals("5", "150", places=2),
        st.sampled_from((None, "80", "100", "130")),
    ),
    max_size=12,
)


@examples(200)
@given(orders)
def test_whatever_is_asked_cash_and_units_stay_at_zero_or_above_and_add_up(rig, asked):
    """Cash is what the fills say, each to the cent, and nothing is sold that is not there."""
    rig.open_account(seed=3, partial_rate=0.5, rejection_rate=0.1)
    for side, symbol, quantity, limit, price in asked:
        if price is not None:
            rig.set_price("BTC", price)
        try:
            rig.broker.place(rig.account_id, new_order(side, quantity, limit, symbol=symbol))
        except BrokerRefused:
            continue
        rig.clock.after(31)
    now = balance(rig)
    assert 0 <= now.buying_power <= now.cash
    held = {each.symbol: each.quantity for each in rig.broker.holdings(rig.account_id)}
    listed = rig.broker.orders(rig.account_id)
    assert all(each.filled_quantity <= each.quantity for each in listed)
    for symbol in ("BTC", "ETH"):
        sums = {
            side: sum(each.filled_quantity for each in listed if (each.symbol, each.side) == (symbol, side))
            for side in Side
        }
        assert held.get(symbol, 0) == sums[Side.BUY] - sums[Side.SELL] >= 0
    spent = sum(
        each.fee.amount + (1 if each.side is Side.BUY else -1) * each.filled_quantity * each.average_price
        for each in listed
        if each.average_price is not None
    )
    # Each order has two fills at most, each rounded to the cent once, and an average to ten decimals.
    assert abs(10_000 - now.cash - spent) <= Decimal("0.02") * (len(listed) + 1)

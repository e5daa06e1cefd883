"""The contract of the broker port: what every adapter does alike. A new adapter is a rig more in `RIGS`."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services.domain.side import Side
from app.services.execution.errors import BrokerNotFound, BrokerOutcomeUnknown, BrokerRefused
from app.services.execution.types import FeeSource, OrderState
from tests.support.brokers import PaperRig, SnapTradeRig, new_order

RIGS = {"paper": PaperRig, "snaptrade": SnapTradeRig}


@pytest.fixture(params=RIGS)
def rig(request, tmp_path):
    made = RIGS[request.param](tmp_path)
    yield made
    made.close()


def cash_of(rig):
    (balance,) = rig.broker.balances(rig.account_id)
    return balance.cash


def test_the_account_is_listed_with_its_cash_and_nothing_else(rig):
    (account,) = [each for each in rig.broker.accounts() if each.account_id == rig.account_id]
    assert account.name
    (balance,) = rig.broker.balances(rig.account_id)
    assert (balance.currency, balance.cash) == ("USD", Decimal(10_000))
    assert rig.broker.holdings(rig.account_id) == ()
    assert rig.broker.orders(rig.account_id) == ()


def test_a_quote_is_around_the_price(rig):
    quote = rig.broker.quote(rig.account_id, "BTC", "USD")
    assert quote.bid < 100 < quote.ask
    assert quote.mid == 100
    assert (quote.symbol, quote.currency) == ("BTC", "USD")


def test_what_is_not_there_is_not_found_or_refused(rig):
    with pytest.raises(BrokerRefused):
        rig.broker.quote(rig.account_id, "NOSUCH", "USD")
    with pytest.raises(BrokerRefused):
        rig.broker.quote(rig.account_id, "BTC", "XXX")
    with pytest.raises(BrokerRefused):
        rig.broker.place(rig.account_id, new_order(symbol="NOSUCH"))
    with pytest.raises(BrokerNotFound):
        rig.broker.order(rig.account_id, "11111111-1111-4111-8111-111111111111")
    with pytest.raises(BrokerNotFound):
        rig.broker.balances("22222222-2222-4222-8222-222222222222")
    assert rig.orders_taken() == 0


def test_a_preview_states_cost_and_who_says_the_fee_and_places_nothing(rig):
    preview = rig.broker.preview(rig.account_id, new_order(quantity="2"))
    assert preview.price == preview.quote.ask
    assert preview.notional == (2 * preview.quote.ask).quantize(Decimal("0.01"))
    assert preview.fee.source is FeeSource.BROKER
    assert preview.fee.currency == "USD"
    assert preview.fee.amount > 0
    assert rig.broker.preview(rig.account_id, new_order(quantity="2", limit="90")).notional == 180
    assert rig.orders_taken() == 0


def test_a_fee_that_nobody_states_is_unknown_and_not_zero(rig):
    # R29.2
    rig.state_no_fees()
    preview = rig.broker.preview(rig.account_id, new_order())
    placed = rig.broker.place(rig.account_id, new_order())
    for fee in (preview.fee, placed.fee, rig.broker.order(rig.account_id, placed.broker_order_id).fee):
        assert fee.source is FeeSource.UNKNOWN
        assert fee.amount is None


def test_a_market_order_is_filled_and_held_and_paid(rig):
    asked = new_order(quantity="2")
    placed = rig.broker.place(rig.account_id, asked)
    found = rig.broker.order(rig.account_id, placed.broker_order_id)
    assert found.state is OrderState.FILLED
    assert found.is_for(asked)
    assert found.filled_quantity == 2
    assert found.average_price == rig.broker.quote(rig.account_id, "BTC", "USD").ask
    (holding,) = rig.broker.holdings(rig.account_id)
    assert (holding.symbol, holding.quantity) == ("BTC", 2)
    assert cash_of(rig) <= 10_000 - 2 * found.average_price
    sold = rig.broker.place(rig.account_id, new_order(Side.SELL, "2"))
    assert rig.broker.order(rig.account_id, sold.broker_order_id).state is OrderState.FILLED
    assert rig.broker.holdings(rig.account_id) == ()
    assert cash_of(rig) < 10_000  # the spread is lost, and the fees


def test_a_limit_order_waits_for_its_price(rig):
    placed = rig.broker.place(rig.account_id, new_order(quantity="1", limit="90"))
    assert rig.broker.order(rig.account_id, placed.broker_order_id).state is OrderState.OPEN
    assert [each.broker_order_id for each in rig.broker.orders(rig.account_id)] == [placed.broker_order_id]
    rig.set_price("BTC", "80")
    found = rig.broker.order(rig.account_id, placed.broker_order_id)
    assert found.state is OrderState.FILLED
    assert 80 < found.average_price <= 90


def test_an_open_order_is_cancelled_once(rig):
    placed = rig.broker.place(rig.account_id, new_order(quantity="1", limit="90"))
    rig.broker.cancel(rig.account_id, placed.broker_order_id)
    assert rig.broker.order(rig.account_id, placed.broker_order_id).state is OrderState.CANCELLED
    with pytest.raises(BrokerRefused):
        rig.broker.cancel(rig.account_id, placed.broker_order_id)
    rig.set_price("BTC", "80")
    assert rig.broker.order(rig.account_id, placed.broker_order_id).filled_quantity == 0
    assert cash_of(rig) == 10_000


@pytest.mark.parametrize("order", [new_order(quantity="101"), new_order(Side.SELL, "1")])
def test_what_cannot_be_paid_or_delivered_is_refused(rig, order):
    with pytest.raises(BrokerRefused):
        rig.broker.place(rig.account_id, order)
    assert [each for each in rig.broker.orders(rig.account_id) if not each.state.is_final] == []
    assert cash_of(rig) == 10_000


def test_an_order_that_the_broker_rejects_trades_nothing(rig):
    rig.reject_orders()
    with pytest.raises(BrokerRefused):
        rig.broker.place(rig.account_id, new_order())
    assert rig.broker.holdings(rig.account_id) == ()


def test_a_lost_answer_is_an_unknown_outcome_and_the_listing_tells(rig):
    """The adapter sends once: whether there is an order, only the list of orders says."""
    rig.lose_answers()
    asked, other = new_order(quantity="3"), new_order(quantity="4")
    with pytest.raises(BrokerOutcomeUnknown):
        rig.broker.place(rig.account_id, asked)
    assert rig.orders_taken() == 1
    (listed,) = rig.broker.orders(rig.account_id)
    assert listed.is_for(asked)
    assert not listed.is_for(other)

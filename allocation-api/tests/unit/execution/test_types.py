"""Values of the broker port refuse what would mislead."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from app.services.domain.side import Side
from app.services.execution.types import (
    UNKNOWN_FEE,
    BrokerOrder,
    Fee,
    FeeSource,
    OrderState,
    OrderType,
    money,
    part_of,
)
from tests.support.brokers import new_order


@pytest.mark.parametrize(
    "fee",
    [
        (None, "USD", FeeSource.BROKER),
        (Decimal(), None, FeeSource.BROKER),
        (Decimal(), "USD", FeeSource.UNKNOWN),
        (Decimal(1), None, FeeSource.UNKNOWN),
    ],
)
def test_a_fee_is_stated_or_unknown(fee):
    with pytest.raises(ValueError, match="unknown"):
        Fee(*fee)


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_an_order_is_of_something(quantity):
    with pytest.raises(ValueError, match="above 0"):
        new_order(quantity=quantity)


@pytest.mark.parametrize("change", [{"type": OrderType.LIMIT}, {"limit_price": Decimal(1)}])
def test_a_limit_goes_with_a_limit_order(change):
    with pytest.raises(ValueError, match="limit"):
        replace(new_order(), **change)


LISTED = BrokerOrder(
    "b", None, "BTC", Side.BUY, OrderType.LIMIT, Decimal("2.0"), Decimal(90), OrderState.OPEN,
    Decimal(), None, UNKNOWN_FEE, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("change", "is_match"),
    [
        ({}, True),
        ({"symbol": "ETH"}, False),
        ({"side": Side.SELL}, False),
        ({"type": OrderType.MARKET}, False),
        ({"quantity": Decimal("2.1")}, False),
        ({"quantity": None}, True),
        ({"symbol": None, "side": None, "type": None, "limit_price": None}, True),
        ({"limit_price": Decimal(91)}, False),
        ({"client_order_id": "other"}, False),
        ({"client_order_id": "mine", "symbol": "ETH"}, True),
    ],
)
def test_an_order_is_recognised_by_its_id_or_by_all_of_its_terms(change, is_match):
    asked = new_order(quantity="2", limit="90", client_order_id="mine")
    assert replace(LISTED, **change).is_for(asked) is is_match


def test_what_is_not_stated_may_be_and_size_and_price_do_not_matter_to_a_resemblance():
    asked = new_order(quantity="2", limit="90")
    for change in (
        {},
        {"quantity": Decimal(9)},
        {"limit_price": Decimal(1)},
        {"symbol": None},
        {"side": None},
    ):
        assert replace(LISTED, **change).resembles(asked)
    for change in ({"symbol": "ETH"}, {"side": Side.SELL}):
        assert not replace(LISTED, **change).resembles(asked)


def test_the_states_in_which_nothing_more_trades():
    assert {state for state in OrderState if state.is_final} == {"FILLED", "CANCELLED", "REJECTED"}


def test_money_is_rounded_once_half_to_even():
    assert money(Decimal("0.5"), Decimal("99.95")) == Decimal("49.98")  # 49.975
    assert money(Decimal("0.5"), Decimal("99.93")) == Decimal("49.96")  # 49.965
    assert part_of(Decimal("200.10"), Decimal(10)) == Decimal("0.20")

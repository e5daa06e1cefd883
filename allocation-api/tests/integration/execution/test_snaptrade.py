"""SnapTrade's adapter under faults: what is sent once, what is known afterwards, and what is never told."""

from __future__ import annotations

import logging
import socket
import traceback
from decimal import Decimal

import pytest
from snaptrade_client.model.account_order_record_status import AccountOrderRecordStatus

from app.services.domain.side import Side
from app.services.execution.errors import (
    BrokerCredentialsExpired,
    BrokerError,
    BrokerOutcomeUnknown,
    BrokerRateLimited,
    BrokerRefused,
    BrokerUnavailable,
    BrokerUnexpected,
)
from app.services.execution.snaptrade.answers import STATES, OrderAnswer, QuoteAnswer, number
from app.services.execution.snaptrade.broker import SnapTradeBroker
from app.services.execution.snaptrade.session import SnapTradeClient, SnapTradeSession, SnapTradeUser, decoded
from app.services.execution.types import OrderState, OrderType
from tests.support.brokers import SnapTradeRig, new_order

SECRETS = ("user-7f1c", "secret-5b0e2a94", "consumer-key-of-tests")


@pytest.fixture(scope="module")
def rig():
    made = SnapTradeRig()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _new_account(rig):
    rig.account_id = rig.standin.exchange.open_account()
    rig.standin.requests.clear()


def is_told(error, caplog, capsys):
    """Which secrets an error, its trace, the logs of all libraries or the output have."""
    told = "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
    told += caplog.text + "".join(capsys.readouterr())
    return [secret for secret in SECRETS if secret in told]


@pytest.mark.parametrize("fault", ["lost", "dropped", "failed", "garbled"])
def test_an_order_without_a_usable_answer_is_sent_once_and_unknown(rig, fault):
    asked = new_order(quantity="1.25", limit="90")
    with rig.standin.failing(fault), pytest.raises(BrokerOutcomeUnknown):
        rig.broker.place(rig.account_id, asked)
    assert rig.standin.requests["place"] == 1
    listed = [each for each in rig.broker.orders(rig.account_id) if each.is_for(asked)]
    assert len(listed) == rig.orders_taken() == (0 if fault == "dropped" else 1)


def test_a_rate_limit_says_when_to_come_again_and_nothing_is_repeated(rig):
    with rig.standin.failing("limited"), pytest.raises(BrokerRateLimited) as caught:
        rig.broker.place(rig.account_id, new_order())
    assert caught.value.retry_after == 7
    with rig.standin.failing("limited", "orders"), pytest.raises(BrokerRateLimited) as caught:
        rig.broker.orders(rig.account_id)
    assert caught.value.retry_after == 7
    assert rig.standin.requests == {"place": 1, "orders": 1}
    assert rig.orders_taken() == 0


def test_reads_fail_as_unavailable_or_unexpected(rig):
    for fault in ("lost", "dropped", "failed"):
        with rig.standin.failing(fault, "orders"), pytest.raises(BrokerUnavailable):
            rig.broker.orders(rig.account_id)
    with rig.standin.failing("garbled", "orders"), pytest.raises(BrokerUnexpected):
        rig.broker.orders(rig.account_id)
    assert rig.standin.requests["orders"] == 4


def test_what_the_list_of_now_says_counts_over_the_list_of_yesterday(rig, monkeypatch):
    placed = rig.broker.place(rig.account_id, new_order(quantity="1", limit="90"))
    old = {"brokerage_order_id": "old", "status": "CANCELED", "action": "BUY"}
    stale = {"brokerage_order_id": placed.broker_order_id, "status": "PENDING", "action": "BUY"}
    monkeypatch.setattr(rig.standin, "yesterday", [old, stale])
    rig.broker.cancel(rig.account_id, placed.broker_order_id)
    states = {each.broker_order_id: each.state for each in rig.broker.orders(rig.account_id)}
    assert states == {"old": OrderState.CANCELLED, placed.broker_order_id: OrderState.CANCELLED}


def test_a_list_that_may_not_have_all_is_no_list(rig, monkeypatch):
    monkeypatch.setattr("app.services.execution.snaptrade.broker.MAX_RECENT_ORDERS", 2)
    rig.broker.place(rig.account_id, new_order(quantity="1", limit="90"))
    assert len(rig.broker.orders(rig.account_id)) == 1
    rig.broker.place(rig.account_id, new_order(quantity="1", limit="90"))
    with pytest.raises(BrokerUnexpected, match="may be more"):
        rig.broker.orders(rig.account_id)


def test_credentials_that_are_not_accepted_are_told_apart(rig):
    with rig.standin.failing("expired"), pytest.raises(BrokerCredentialsExpired):
        rig.broker.place(rig.account_id, new_order())
    stranger = rig.broker_of(SnapTradeUser("nobody", "nothing"))
    with pytest.raises(BrokerCredentialsExpired):
        stranger.accounts()
    assert rig.orders_taken() == 0


def test_a_server_that_is_not_there_was_sent_nothing():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    client = SnapTradeClient(f"http://127.0.0.1:{port}", "c", "k", 1)
    broker = SnapTradeBroker(SnapTradeSession(client, SnapTradeUser("u", "s")))
    with pytest.raises(BrokerUnavailable) as caught:
        broker.place("917c8734-8470-4a3e-a18f-57c3f2ee6631", new_order())
    assert "not reached" in caught.value.detail


def test_an_answer_that_does_not_come_ends_the_call():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = SnapTradeClient(f"http://127.0.0.1:{listener.getsockname()[1]}", "c", "k", 1)
        broker = SnapTradeBroker(SnapTradeSession(client, SnapTradeUser("u", "s")))
        with pytest.raises(BrokerOutcomeUnknown):
            broker.place("917c8734-8470-4a3e-a18f-57c3f2ee6631", new_order())


@pytest.mark.parametrize("fault", ["lost", "dropped", "failed", "garbled", "limited", "expired", None])
def test_no_error_and_no_log_tells_the_user_s_secret(rig, fault, caplog, capsys):
    """With every logger at DEBUG, and a server that quotes what it was sent."""
    order = new_order(quantity="999999") if fault is None else new_order()
    with caplog.at_level(logging.DEBUG), rig.standin.failing(fault), pytest.raises(BrokerError) as caught:
        rig.broker.place(rig.account_id, order)
    assert rig.standin.requests["place"] == 1
    assert is_told(caught.value, caplog, capsys) == []


def test_a_refusal_says_why(rig):
    with pytest.raises(BrokerRefused, match=r"rejects the order \(user \*\*\*, \*\*\*\)"):
        rig.broker.place(rig.account_id, new_order(quantity="999999"))


def test_clients_and_users_print_no_secret():
    shown = repr(SnapTradeClient("https://x", "c", "key", 1)) + repr(SnapTradeUser("the-user", "the-secret"))
    assert not any(secret in shown for secret in ("key=", "the-user", "the-secret"))


def test_every_published_state_is_named_or_unrecognised():
    names = set(AccountOrderRecordStatus.MetaOapg.enum_value_to_name)
    assert names - STATES.keys() == {"NONE", "STOPPED"}
    assert STATES.keys() <= names
    assert OrderAnswer("1", status="NEW_ONE").value().state is OrderState.UNRECOGNISED


def test_what_an_order_does_not_state_is_none():
    found = OrderAnswer("1", action="SELL_SHORT", order_type="StopLimit").value()
    assert (found.side, found.type, found.symbol, found.quantity) == (None, None, None, None)
    found = OrderAnswer("1", action="sell", order_type="Limit", total_quantity="0.10").value()
    assert (found.side, found.type, found.quantity) == (Side.SELL, OrderType.LIMIT, Decimal("0.1"))


@pytest.mark.parametrize("text", ["", "NaN", "1e999999999", "one", "Infinity"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(BrokerUnexpected):
        number(text)


def test_numbers_are_read_to_the_decimals_that_are_stored():
    assert number("12345678901234567890.123456789012345678") == Decimal(
        "12345678901234567890.123456789012345678"
    )
    assert number("0.33333333333333333333") == Decimal("0.333333333333333333")
    assert number("0") == 0


@pytest.mark.parametrize(("bid", "ask"), [("0", "1"), ("2", "1"), ("-1", "1")])
def test_a_quote_that_contradicts_itself_is_refused(bid, ask):
    with pytest.raises(BrokerUnexpected):
        QuoteAnswer(bid, ask).value("BTC", "USD")


@pytest.mark.parametrize("content", [b"", b"\xff", b"[1]", b'[{"id":1}]', b"{}"])
def test_an_answer_of_another_shape_is_refused(content):
    with pytest.raises(BrokerUnexpected):
        decoded(content, list[OrderAnswer])

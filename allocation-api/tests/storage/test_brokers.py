"""The paper broker and orders to brokers on each database: exact units, and no order or cent twice."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.core.database import new_id
from app.models import BrokerOrderRow
from app.services.audit.trail import AuditService, EntityType
from app.services.domain.caller import Caller
from app.services.execution.accounts import BrokerAccounts, PaperWish
from app.services.execution.brokers import Brokers
from app.services.execution.credentials import CredentialVault
from app.services.execution.errors import BrokerAccountUnsettled, BrokerLimitExceeded, BrokerRefused
from app.services.execution.ledger import OrderLedger
from app.services.execution.limits import BrokerLimits
from app.services.execution.order_values import BrokerOrderStatus
from app.services.execution.paper.matching import PaperTerms
from app.services.execution.types import BrokerOrder, Fee, FeeSource, OrderState
from app.services.safety.emergency_stop import EmergencyStop
from tests.support.brokers import ManualClock, Prices, new_order

CALLER = Caller("u", "anna", frozenset({"brokers:connect", "brokers:trade"}), "r")
EXACT_PRICE = Decimal("12345678.123456789012345678")


class Room:
    """Accounts and ledger on a database, as one process has them."""

    def __init__(self, database):
        clock = ManualClock()
        audit, vault = AuditService(database, clock), CredentialVault([])
        self.brokers = Brokers(database, Prices(BTC="100"), vault, None, clock)
        self.accounts = BrokerAccounts(database, audit, self.brokers, vault, clock)
        stop = EmergencyStop(database, audit, clock, halted=False)
        limits = BrokerLimits(10_000, 10_000, 100)
        self.ledger = OrderLedger(database, audit, stop, limits, clock, settle_seconds=60)
        self.audit = audit
        made = self.accounts.connect_paper(PaperWish("Paper", "USD", Decimal(10_000), PaperTerms()), CALLER)
        self.account = self.accounts.load(made.account_id, CALLER)
        self.broker = self.brokers.of(self.account)

    def admit(self, order):
        preview = self.broker.preview(self.account.external_id, order)
        return self.ledger.admit(self.account, order, preview, {"before"}, CALLER)


@pytest.fixture
def room(database):
    return Room(database)


def test_callers_at_once_spend_no_cent_twice(room):
    def buy(_):
        try:
            return room.broker.place(room.account.external_id, new_order(quantity="30")).state
        except BrokerRefused:
            return None

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(buy, range(4)))
    assert outcomes.count(OrderState.FILLED) == 3
    (balance,) = room.broker.balances(room.account.external_id)
    assert balance.cash == 10_000 - 3 * (Decimal("3001.50") + Decimal("3.00"))


def test_of_orders_at_once_one_is_let_out(room):
    def admit(_):
        try:
            return room.admit(new_order(quantity="1")).status
        except BrokerAccountUnsettled as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(admit, range(4)))
    assert outcomes == ["BROKER_ACCOUNT_UNSETTLED"] * 3 + ["SENDING"]


def test_an_order_comes_back_exactly_is_evidence_and_counts_for_the_day(database, room):
    order = new_order(quantity="0.000000000000000001", limit=f"{EXACT_PRICE}")
    order = replace(order, client_order_id=new_id())
    preview = replace(room.broker.preview(room.account.external_id, new_order(quantity="90")))
    room.ledger.admit(room.account, order, preview, {"b", "a"}, CALLER)
    found = BrokerOrder(
        "at broker", order.client_order_id, "BTC", order.side, order.type, order.quantity,
        order.limit_price, OrderState.FILLED, order.quantity, EXACT_PRICE,
        Fee(Decimal("0.000000000000000003"), "BTC", FeeSource.BROKER), None,
    )  # fmt: skip
    expected = (BrokerOrderStatus.SENDING,)
    kept = room.ledger.settle(order.client_order_id, expected, BrokerOrderStatus.FILLED, CALLER, found=found)
    assert kept == room.ledger.find(order.client_order_id)
    assert (kept.quantity, kept.average_price) == (Decimal("0.000000000000000001"), EXACT_PRICE)
    assert (kept.fee, kept.fee_currency) == (Decimal("0.000000000000000003"), "BTC")
    assert (
        room.ledger.settle(order.client_order_id, expected, BrokerOrderStatus.FAILED, None).status
        is BrokerOrderStatus.FILLED
    )
    with database.read() as session:
        row = session.scalars(select(BrokerOrderRow)).one()
        assert json.loads(row.known_ids) == ["a", "b"]
        assert room.audit.row_breaks(session, EntityType.BROKER_ORDER, row.id) == ()
        assert room.audit.row_breaks(session, EntityType.BROKER_ACCOUNT, row.account_id) == ()
    with pytest.raises(BrokerLimitExceeded):  # 90 x 100.05 = 9,004.50 of 10,000
        room.admit(new_order(quantity="10"))
    assert room.admit(new_order(quantity="9")).status is BrokerOrderStatus.SENDING


def test_accounts_are_paged_and_disconnected(room):
    for _ in range(2):
        room.accounts.connect_paper(PaperWish("P", "USD", Decimal(1), PaperTerms()), CALLER)
    first = room.accounts.list(CALLER, cursor=None, limit=2)
    rest = room.accounts.list(CALLER, cursor=first.next_cursor, limit=2)
    ids = [each.account_id for each in (*first.items, *rest.items)]
    assert len(set(ids)) == 3
    assert room.accounts.disconnect(ids[0], CALLER).state == "DISCONNECTED"

"""Execution at brokers: accounts and orders, over the adapters that the settings give access to."""

from __future__ import annotations

from app.core.jobs.embedded import Job, Where
from app.services.execution.accounts import BrokerAccounts
from app.services.execution.brokers import Brokers
from app.services.execution.credentials import CredentialVault
from app.services.execution.gateway import BrokerGateway
from app.services.execution.ledger import OrderLedger
from app.services.execution.limits import BrokerLimits
from app.services.execution.prices import HistoryPrices
from app.wiring.container import Execution, Room, Services

FOLLOW_SECONDS = 30
"""Period of the job that settles and follows orders: one list of each account that has any."""

ROTATION_SECONDS = 3_600
"""Period of the job that encrypts credentials under the first key."""


def build(house: Services) -> Room[Execution]:
    """Build accounts and gateway, and the jobs that follow orders and a rotation of keys."""
    settings = house.settings.execution
    vault = CredentialVault(settings.credential_keys)
    prices = HistoryPrices(house.market_history.history)
    brokers = Brokers(house.database, prices, vault, settings.snaptrade, house.clock)
    accounts = BrokerAccounts(house.database, house.audit, brokers, vault, house.clock)
    limits = BrokerLimits(settings.max_order_notional, settings.max_daily_turnover, settings.max_slippage_bps)
    ledger = OrderLedger(
        house.database,
        house.audit,
        house.safety.stop,
        limits,
        house.clock,
        settle_seconds=settings.settle_seconds,
    )
    gateway = BrokerGateway(accounts, brokers, ledger, limits)
    return Room(
        Execution(accounts, gateway, ledger),
        jobs=(
            Job("broker-orders", FOLLOW_SECONDS, gateway.follow_all, Where.LEADER),
            Job("broker-keys", ROTATION_SECONDS, accounts.rotate_keys, Where.SCHEDULE),
        ),
    )

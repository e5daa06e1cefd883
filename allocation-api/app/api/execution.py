"""Execution at brokers: accounts."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.idempotency import is_resumed, reservation
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.core.errors import NotFound
from app.core.security import Permission
from app.schemas.execution import (
    BrokerAccountContentSchema,
    BrokerAccountPageQuery,
    BrokerAccountPageQuerySchema,
    BrokerAccountPageSchema,
    BrokerAccountSchema,
    PaperAccountSchema,
    SnapTradeAccountSchema,
)
from app.services.execution.accounts import AccountContent, ConnectedAccount, PaperWish, SnapTradeWish
from app.services.execution.errors import (
    BrokerAccountDisconnected,
    BrokerAccountLimit,
    BrokerAccountTaken,
    BrokerCredentialsExpired,
    BrokerNotConfigured,
    BrokerNotFound,
    BrokerRateLimited,
    BrokerRefused,
    BrokerUnavailable,
    BrokerUnexpected,
    CredentialKeyMissing,
    CredentialsUnreadable,
)
from app.utils.paging import Page

PAPER = {"name": "Paper money", "cash": 100_000, "partial_rate": 0.2, "seed": 7}
SNAPTRADE = {
    "name": "Kraken",
    "currency": "USD",
    "external_id": "917c8734-8470-4a3e-a18f-57c3f2ee6631",
    "user_id": "desk-7",
    "user_secret": "adf2aa34-8219-40f7-a6b3-60156985cc61",
}

READ_ERRORS = (
    BrokerUnavailable,
    BrokerRateLimited,
    BrokerUnexpected,
    BrokerRefused,
    BrokerNotFound,
    BrokerCredentialsExpired,
)
"""What asking a broker may fail with."""

ACCESS_ERRORS = (
    BrokerAccountDisconnected,
    BrokerNotConfigured,
    CredentialKeyMissing,
    CredentialsUnreadable,
)
"""Why a broker cannot be asked at all."""

brokers = Namespace("brokers", "Accounts at brokers", path="/brokers")


@brokers.route("/accounts")
class BrokerAccountsEndpoint(Endpoint):
    """Accounts at brokers."""

    @operation(
        "listBrokerAccounts",
        Permission.BROKERS_READ,
        query=BrokerAccountPageQuerySchema,
        returns=BrokerAccountPageSchema,
        addition=True,
    )
    def get(self, query: BrokerAccountPageQuery) -> Page[ConnectedAccount]:
        """List your accounts at brokers, the last connected first."""
        return services().execution.accounts.list(caller(), cursor=query.cursor, limit=query.limit)


@brokers.route("/paper/accounts")
class PaperAccountsEndpoint(Endpoint):
    """Accounts at the paper broker."""

    @operation(
        "connectPaperAccount",
        Permission.BROKERS_CONNECT,
        body=PaperAccountSchema,
        returns=BrokerAccountSchema,
        fails=(BrokerAccountLimit,),
        addition=True,
        idempotent=True,
        examples={"fills in parts": PAPER},
    )
    def post(self, body: PaperWish) -> ConnectedAccount:
        """Open an account with simulated money at the paper broker, and connect it.

        It trades at the last close of market history, with spread, fees, partial fills, rejections and lost
        answers as asked for.
        """
        key = reservation()
        return services().execution.accounts.connect_paper(
            body, caller(), key=key.key_id if key else None, resumed=is_resumed()
        )


@brokers.route("/snaptrade/accounts")
class SnapTradeAccountsEndpoint(Endpoint):
    """Accounts at SnapTrade."""

    @operation(
        "connectSnapTradeAccount",
        Permission.BROKERS_CONNECT,
        body=SnapTradeAccountSchema,
        returns=BrokerAccountSchema,
        fails=(
            *READ_ERRORS,
            BrokerNotConfigured,
            CredentialKeyMissing,
            BrokerAccountTaken,
            BrokerAccountLimit,
        ),
        addition=True,
        idempotent=True,
        cost=5,
        examples={"an account": SNAPTRADE},
    )
    def post(self, body: SnapTradeWish) -> ConnectedAccount:
        """Connect an account that SnapTrade shows for a user's credentials, which are stored encrypted."""
        key = reservation()
        return services().execution.accounts.connect_snaptrade(
            body, caller(), key=key.key_id if key else None, resumed=is_resumed()
        )


@brokers.route("/accounts/<broker_account_id>")
class BrokerAccountEndpoint(Endpoint):
    """One account at a broker."""

    @operation(
        "getBrokerAccount",
        Permission.BROKERS_READ,
        returns=BrokerAccountContentSchema,
        fails=(NotFound, *READ_ERRORS, *ACCESS_ERRORS),
        addition=True,
        cost=2,
    )
    def get(self, broker_account_id: str) -> AccountContent:
        """Show what one of your accounts has, as its broker says now."""
        return services().execution.accounts.content(broker_account_id, caller())

    @operation(
        "disconnectBrokerAccount",
        Permission.BROKERS_CONNECT,
        returns=BrokerAccountSchema,
        fails=(NotFound,),
        addition=True,
    )
    def delete(self, broker_account_id: str) -> ConnectedAccount:
        """Disconnect one of your accounts, and forget its credentials.

        What is open at the broker stays there. Asked again, nothing more is done.
        """
        return services().execution.accounts.disconnect(broker_account_id, caller())

"""The brokers that the settings give access to, and the adapter of each account."""

from __future__ import annotations

from app.core.clock import Clock
from app.core.config.execution import SnapTradeSettings
from app.core.database import Database
from app.models import BrokerAccountRow
from app.services.execution.broker import Broker
from app.services.execution.credentials import CredentialVault
from app.services.execution.errors import BrokerAccountDisconnected, BrokerNotConfigured
from app.services.execution.paper.broker import PaperBroker, PriceSource
from app.services.execution.snaptrade.broker import SnapTradeBroker
from app.services.execution.snaptrade.session import SnapTradeClient, SnapTradeSession, SnapTradeUser
from app.services.execution.types import BrokerKind


class Brokers:
    """Makes adapters; each is for one thread and one piece of work."""

    def __init__(
        self,
        database: Database,
        prices: PriceSource,
        vault: CredentialVault,
        snaptrade: SnapTradeSettings | None,
        clock: Clock,
    ) -> None:
        self._database = database
        self._prices = prices
        self._vault = vault
        self._snaptrade = snaptrade
        self._clock = clock

    def of(self, account: BrokerAccountRow) -> Broker:
        """Return the adapter of a connected account.

        Raises
        ------
        BrokerAccountDisconnected, BrokerNotConfigured, CredentialKeyMissing, CredentialsUnreadable
            When there is none.
        """
        if account.disconnected_at is not None:
            raise BrokerAccountDisconnected("The account was disconnected. Connect it again")
        match BrokerKind(account.broker):
            case BrokerKind.PAPER:
                return self.paper(account.user_id)
            case BrokerKind.SNAPTRADE:
                return self.snaptrade(self._vault.open(account.id, account.credentials or ""))

    def paper(self, user_id: str) -> PaperBroker:
        """Return the paper broker of a user."""
        return PaperBroker(self._database, self._prices, self._clock, user_id)

    def snaptrade(self, user: SnapTradeUser) -> SnapTradeBroker:
        """Return SnapTrade for a user of this service's client.

        Raises
        ------
        BrokerNotConfigured
            When the settings have no client.
        """
        if self._snaptrade is None:
            raise BrokerNotConfigured(
                "SnapTrade is not configured: set SNAPTRADE_CLIENT_ID and SNAPTRADE_CONSUMER_KEY"
            )
        found = self._snaptrade
        client = SnapTradeClient(found.url, found.client_id, found.consumer_key, found.seconds)
        return SnapTradeBroker(SnapTradeSession(client, user))

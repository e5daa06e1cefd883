"""Accounts of users at brokers: connected, read through the port, and disconnected; each change is audited.

Each user sees the own ones. An account at a broker has one connection at a time: two would not know each
other's orders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database, id_of, new_id, rows_changed
from app.core.errors import FieldError, InvalidRequest, NotFound
from app.core.security import Permission
from app.models import EXECUTION_LOCK, BrokerAccountRow
from app.models.lock import serialise
from app.services.audit.trail import Action, AuditService, EntityType, everything
from app.services.domain.caller import Caller, require
from app.services.execution.brokers import Brokers
from app.services.execution.credentials import CredentialVault
from app.services.execution.errors import BrokerAccountLimit, BrokerAccountTaken
from app.services.execution.paper.matching import PaperTerms
from app.services.execution.snaptrade.session import SnapTradeUser
from app.services.execution.types import Balance, BrokerKind, Holding
from app.utils.paging import Page, page

MAX_ACCOUNTS = 50
"""Accounts that a user may have connected."""


class AccountState(StrEnum):
    """State of a connection."""

    CONNECTED = "CONNECTED"
    DISCONNECTED = "DISCONNECTED"


@dataclass(frozen=True, slots=True)
class PaperWish:
    """A paper account to be opened."""

    name: str
    currency: str
    cash: Decimal
    terms: PaperTerms


@dataclass(frozen=True, slots=True)
class SnapTradeWish:
    """An account at SnapTrade to be connected: by its id there, for a user of this service's client."""

    name: str
    currency: str
    external_id: str
    user: SnapTradeUser


@dataclass(frozen=True, slots=True)
class ConnectedAccount:
    """An account at a broker as its user sees it; nothing of its credentials."""

    account_id: str
    broker: BrokerKind
    external_id: str
    name: str
    currency: str
    is_paper: bool
    state: AccountState
    connected_at: datetime
    disconnected_at: datetime | None


@dataclass(frozen=True, slots=True)
class AccountContent:
    """What an account has, as its broker says now."""

    account_id: str
    is_paper: bool
    balances: tuple[Balance, ...]
    holdings: tuple[Holding, ...]
    as_of: datetime


class BrokerAccounts:
    """Connects accounts, reads them, and disconnects them."""

    def __init__(
        self, database: Database, audit: AuditService, brokers: Brokers, vault: CredentialVault, clock: Clock
    ) -> None:
        self._database = database
        self._audit = audit
        self._brokers = brokers
        self._vault = vault
        self._clock = clock

    def list(self, caller: Caller, *, cursor: str | None, limit: int) -> Page[ConnectedAccount]:
        """Return a page of the caller's accounts, the last connected first."""
        query = select(BrokerAccountRow).where(BrokerAccountRow.user_id == caller.user_id)
        order = (BrokerAccountRow.connected_at, BrokerAccountRow.id)
        with self._database.read() as session:
            return page(session, query, order, cursor, limit, shown)

    def content(self, account_id: str, caller: Caller) -> AccountContent:
        """Return balances and holdings, asked of the broker now.

        Raises
        ------
        NotFound
            When the caller has no such account.
        BrokerError, BrokerAccountDisconnected, BrokerNotConfigured
            When the broker cannot be asked.
        CredentialKeyMissing, CredentialsUnreadable
            When the credentials cannot be read.
        """
        row = self.load(account_id, caller)
        broker = self._brokers.of(row)
        balances, holdings = broker.balances(row.external_id), broker.holdings(row.external_id)
        return AccountContent(row.id, row.is_paper, balances, holdings, self._clock())

    def load(self, account_id: str, caller: Caller) -> BrokerAccountRow:
        """Return the row of an account of the caller.

        Raises
        ------
        NotFound
            When the caller has none of this id.
        """
        with self._database.read() as session:
            return own_account(session, account_id, caller)

    def connect_paper(
        self, wish: PaperWish, caller: Caller, *, key: str | None = None, resumed: bool = False
    ) -> ConnectedAccount:
        """Open an account at the paper broker and connect it.

        Parameters
        ----------
        key
            Id of the idempotency key of the request; an earlier attempt at it that is `resumed` here may have
            connected the account.

        Raises
        ------
        BrokerAccountLimit
            When the caller has `MAX_ACCOUNTS` already.
        """
        external_id = new_id()

        def open_account(session: Session) -> None:
            self._brokers.paper(caller.user_id).add_account(
                session, external_id, wish.name, wish.currency, wish.cash, wish.terms
            )

        row = self._row(wish.name, wish.currency, caller, BrokerKind.PAPER, external_id, key)
        return self._connect(row, caller, open_account, None, resumed=resumed)

    def connect_snaptrade(
        self, wish: SnapTradeWish, caller: Caller, *, key: str | None = None, resumed: bool = False
    ) -> ConnectedAccount:
        """Connect an account of a user at SnapTrade, after SnapTrade has shown it for these credentials.

        Raises
        ------
        CredentialKeyMissing, BrokerNotConfigured
            Before SnapTrade is asked.
        InvalidRequest
            When SnapTrade shows no such account.
        BrokerAccountTaken, BrokerAccountLimit
            When it is connected, or the caller has `MAX_ACCOUNTS` already.
        BrokerError
            When SnapTrade cannot be asked, or does not accept the credentials.
        """
        require(caller, Permission.BROKERS_CONNECT)
        self._vault.check()
        shown_there = {each.account_id: each for each in self._brokers.snaptrade(wish.user).accounts()}
        if wish.external_id not in shown_there:
            message = "SnapTrade shows no account of this id for these credentials."
            raise InvalidRequest.of(FieldError("external_id", message))
        row = self._row(wish.name, wish.currency, caller, BrokerKind.SNAPTRADE, wish.external_id, key)
        row.is_paper = shown_there[wish.external_id].is_paper
        return self._connect(row, caller, lambda _: None, wish.user, resumed=resumed)

    def disconnect(self, account_id: str, caller: Caller) -> ConnectedAccount:
        """Disconnect an account and forget its credentials; asked again, nothing more is done.

        What is open at the broker stays there.

        Raises
        ------
        NotFound
            When the caller has none of this id.
        """
        require(caller, Permission.BROKERS_CONNECT)

        def store(session: Session) -> ConnectedAccount:
            serialise(session, EXECUTION_LOCK)
            row = own_account(session, account_id, caller)
            if row.state == AccountState.CONNECTED:
                row.state, row.credentials = AccountState.DISCONNECTED, None
                row.disconnected_at = self._clock()
                session.flush()
                self._record(session, Action.BROKER_ACCOUNT_DISCONNECTED, row, caller)
            return shown(row)

        return self._database.retried(store)

    def rotate_keys(self) -> None:
        """Encrypt under the first key what is not yet; credentials that no key opens stay as they are."""
        with self._database.read() as session:
            kept = select(BrokerAccountRow).where(BrokerAccountRow.credentials.is_not(None))
            tokens = {row.id: row.credentials or "" for row in session.scalars(kept)}
        for account_id, token in tokens.items():
            self._reseal(account_id, token)

    # --- inside ---------------------------------------------------------------------------------------------

    def _reseal(self, account_id: str, token: str) -> None:
        sealed = self._vault.resealed(account_id, token)
        if sealed is None:
            return
        unmoved = update(BrokerAccountRow).where(
            BrokerAccountRow.id == account_id, BrokerAccountRow.credentials == token
        )
        changed = unmoved.values(credentials=sealed)
        self._database.retried(lambda session: rows_changed(session, changed))

    def _row(
        self, name: str, currency: str, caller: Caller, broker: BrokerKind, external_id: str, key: str | None
    ) -> BrokerAccountRow:
        return BrokerAccountRow(
            id=new_id() if key is None else id_of("broker-account", key),
            user_id=caller.user_id,
            username=caller.username,
            broker=broker,
            external_id=external_id,
            name=name,
            currency=currency,
            is_paper=True,
            state=AccountState.CONNECTED,
            credentials=None,
            connected_at=self._clock(),
            disconnected_at=None,
        )

    def _connect(
        self,
        row: BrokerAccountRow,
        caller: Caller,
        alongside: Callable[[Session], None],
        user: SnapTradeUser | None,
        *,
        resumed: bool,
    ) -> ConnectedAccount:
        require(caller, Permission.BROKERS_CONNECT)
        columns = {column.name: getattr(row, column.name) for column in BrokerAccountRow.__table__.columns}

        def store(session: Session) -> ConnectedAccount:
            serialise(session, EXECUTION_LOCK)
            earlier = session.get(BrokerAccountRow, columns["id"])
            if earlier is not None and resumed:
                return shown(earlier)
            own_id = columns["id"] if earlier is None else new_id()  # of a request whose key was forgotten
            sealed = None if user is None else self._vault.seal(own_id, user)
            self._check_free(session, row, caller)
            alongside(session)
            stored = BrokerAccountRow(**{**columns, "id": own_id, "credentials": sealed})
            session.add(stored)
            session.flush()
            self._record(session, Action.BROKER_ACCOUNT_CONNECTED, stored, caller)
            return shown(stored)

        return self._database.retried(store)

    def _check_free(self, session: Session, row: BrokerAccountRow, caller: Caller) -> None:
        connected = BrokerAccountRow.state == AccountState.CONNECTED
        own = select(func.count()).select_from(BrokerAccountRow)
        own = own.where(connected, BrokerAccountRow.user_id == caller.user_id)
        if (session.scalar(own) or 0) >= MAX_ACCOUNTS:
            raise BrokerAccountLimit(f"You have {MAX_ACCOUNTS} accounts connected. Disconnect one first")
        same = select(BrokerAccountRow.id).where(
            connected, BrokerAccountRow.broker == row.broker, BrokerAccountRow.external_id == row.external_id
        )
        if session.scalar(same.limit(1)) is not None:
            raise BrokerAccountTaken("This account is connected already, by you or by another user")

    def _record(self, session: Session, action: Action, row: BrokerAccountRow, caller: Caller) -> None:
        self._audit.record_for(
            session,
            action,
            caller,
            EntityType.BROKER_ACCOUNT,
            row.id,
            after={"broker": row.broker, "name": row.name, "state": row.state, "is_paper": row.is_paper},
            rows=everything(EntityType.BROKER_ACCOUNT),
        )


def own_account(session: Session, account_id: str, caller: Caller) -> BrokerAccountRow:
    """Return an account of the caller.

    Raises
    ------
    NotFound
        When the caller has none of this id.
    """
    row = session.get(BrokerAccountRow, account_id)
    if row is None or row.user_id != caller.user_id:
        raise NotFound(f"You have no account {account_id!r} at a broker")
    return row


def shown(row: BrokerAccountRow) -> ConnectedAccount:
    """Return an account as its user sees it."""
    return ConnectedAccount(
        account_id=row.id,
        broker=BrokerKind(row.broker),
        external_id=row.external_id,
        name=row.name,
        currency=row.currency,
        is_paper=row.is_paper,
        state=AccountState(row.state),
        connected_at=row.connected_at,
        disconnected_at=row.disconnected_at,
    )

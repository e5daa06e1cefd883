"""Positions and cash of one account, read from the vendor."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core.errors import NotFound
from app.services.aladdin.cached_book import BookReader
from app.services.aladdin.errors import VendorNotFound
from app.services.domain.book import AsOf, Holding
from app.services.domain.identifiers import is_identifier
from app.services.domain.positions import AccountPositions
from app.services.visibility.visibility import Visibility
from app.utils.parallel import side_by_side


@dataclass(frozen=True, slots=True)
class Position:
    """One position of an account; `quantity` and `settled_quantity` are face, `price` is clean."""

    account_id: str
    cusip: str
    description: str | None
    quantity: Decimal
    settled_quantity: Decimal
    price: Decimal | None
    market_value: Decimal | None
    duration: float | None
    spread_duration: float | None
    oas: float | None


@dataclass(frozen=True, slots=True)
class Positions:
    """An account's positions on one basis (`AsOf`); NAV in the account's currency."""

    account_id: str
    as_of: AsOf
    reference_date: date | None
    nav: Decimal | None
    positions: tuple[Position, ...]


@dataclass(frozen=True, slots=True)
class CashPosition:
    """Cash before (`settled_cash`) and after (`available_cash`) today's trades and live orders."""

    account_id: str
    currency: str
    settled_cash: Decimal | None
    available_cash: Decimal | None


class MarketDataService:
    """Reads the positions and cash of one account from the vendor."""

    def __init__(self, book: BookReader, pool: ThreadPoolExecutor) -> None:
        self._book = book
        self._pool = pool

    def positions(self, account_id: str, as_of: AsOf, visible: Visibility) -> Positions:
        """Return the positions of an account, sorted by CUSIP.

        Raises
        ------
        NotFound
            When the vendor does not know the account, or it is not visible.
        """
        found = self._account(account_id, as_of, visible)
        return Positions(
            account_id=account_id,
            as_of=as_of,
            reference_date=found.reference_date,
            nav=found.nav,
            positions=tuple(
                _position(h) for h in sorted(found.holdings, key=lambda holding: holding.security_id)
            ),
        )

    def cash(self, account_id: str, visible: Visibility) -> tuple[CashPosition, ...]:
        """Return the cash of an account: at the start of the day, and after today's trades and live orders.

        Raises
        ------
        NotFound
            When the vendor does not know the account, or it is not visible.
        """
        with side_by_side(self._pool) as begin:
            settled_read = begin(self._account, account_id, AsOf.SOD, visible)
            available = self._account(account_id, AsOf.TRADES_AND_ORDERS, visible)
            settled = settled_read.result()
        return (CashPosition(account_id, available.currency or "", settled.cash, available.cash),)

    def _account(self, account_id: str, as_of: AsOf, visible: Visibility) -> AccountPositions:
        # A limited user asks Aladdin for visible accounts alone, so that the time of a refusal tells nothing.
        account = None
        if is_identifier(account_id) and visible.account(account_id):
            account = read_account(self._book, account_id, as_of)
        if account is None:
            raise NotFound(f"There is no account {account_id!r}")
        return account


def read_account(book: BookReader, account_id: str, as_of: AsOf) -> AccountPositions | None:
    """Return one account with its holdings; None where the vendor knows no account of this id.

    For a group's ticker the vendor returns the accounts under it: only the account itself counts.
    """
    try:
        found = book.positions([account_id], as_of)
    except VendorNotFound:
        return None
    return next((p for p in found if p.account_id == account_id), None)


def _position(holding: Holding) -> Position:
    return Position(
        account_id=holding.account_id,
        cusip=holding.security_id,
        description=holding.description,
        quantity=holding.face,
        settled_quantity=holding.settled_face,
        price=holding.price.clean if holding.price else None,
        market_value=holding.market_value,
        duration=holding.duration,
        spread_duration=holding.spread_duration,
        oas=holding.oas,
    )

"""Who holds a bond, by the positions that previews use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.domain.book import AsOf
from app.services.domain.positions import AccountPositions, market_value


@dataclass(frozen=True, slots=True)
class Holder:
    """An account's position in a bond: face, money in the account's currency, share of NAV as a fraction."""

    account_id: str
    account_name: str
    quantity: Decimal
    market_value: Decimal | None
    percent_of_nav: float | None


@dataclass(frozen=True, slots=True)
class Holders:
    """The accounts that hold a bond on one basis (`AsOf`), the largest position first."""

    security_id: str
    as_of: AsOf
    reference_date: date | None
    total_quantity: Decimal
    holders: tuple[Holder, ...]


def holders_of(
    security_id: str, positions: Iterable[AccountPositions], names: Mapping[str, str], as_of: AsOf
) -> Holders:
    """Return the accounts with a position in a bond; equal positions by account id."""
    holding = [account for account in positions if _face(account, security_id)]
    found = [_holder(account, security_id, names.get(account.account_id)) for account in holding]
    return Holders(
        security_id=security_id,
        as_of=as_of,
        reference_date=max((a.reference_date for a in holding if a.reference_date), default=None),
        total_quantity=sum((h.quantity for h in found), Decimal(0)),
        holders=tuple(sorted(found, key=lambda h: (-h.quantity, h.account_id))),
    )


def _face(account: AccountPositions, security_id: str) -> Decimal:
    return sum((h.face for h in account.of_security(security_id)), Decimal(0))


def _holder(account: AccountPositions, security_id: str, name: str | None) -> Holder:
    held = account.of_security(security_id)
    value = None if any(h.market_value is None for h in held) else market_value(held)
    nav = account.nav if account.nav is not None and account.nav > 0 else None
    return Holder(
        account_id=account.account_id,
        account_name=name or account.account_id,
        quantity=_face(account, security_id),
        market_value=value,
        percent_of_nav=None if value is None or nav is None else float(value / nav),
    )

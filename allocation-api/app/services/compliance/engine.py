"""Compliance engine: applies the rules to every account of an order, and the limits to the order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from msgspec import Struct

from app.services.compliance.rules import (
    ISSUE_OWNERSHIP,
    PRICE_DEVIATION,
    RULES,
    Explanation,
    Finding,
    FindingKind,
    OrderContext,
)
from app.services.domain.account import AccountInput
from app.services.domain.side import Side


class AccountVerdict(Struct, frozen=True):
    """Compliance result of one account: exclusion, tightest cap and flags."""

    excluded: Finding | None
    cap: Finding | None
    flags: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class ComplianceVerdict:
    """Compliance result of an order: by account, in the order given, and the cap on all together."""

    accounts: tuple[AccountVerdict, ...]
    total: Finding | None


def check(accounts: Sequence[AccountInput], order: OrderContext) -> ComplianceVerdict:
    """Return the compliance result of every account, in the order given, and of the order as a whole."""
    return ComplianceVerdict(
        accounts=tuple(_account(account, order) for account in accounts),
        total=issue_ownership(accounts, order),
    )


def _account(account: AccountInput, order: OrderContext) -> AccountVerdict:
    findings = [f for rule in RULES if (f := rule.judge(account, order)) is not None]
    capped = [f for f in findings if f.kind is FindingKind.CAPPED and f.cap is not None]
    return AccountVerdict(
        excluded=next((f for f in findings if f.kind is FindingKind.EXCLUDED), None),
        cap=min(capped, key=lambda f: f.cap or 0, default=None),
        flags=tuple(f for f in findings if f.kind is FindingKind.FLAGGED),
    )


def issue_ownership(accounts: Sequence[AccountInput], order: OrderContext) -> Finding | None:
    """Cap the face that all accounts together may buy: a fraction of the amount issued (R5.5).

    The accounts of all requested groups count as one holder, the strictest reading of the limit.
    """
    if order.side is Side.SELL:
        return None
    limit = order.limit(ISSUE_OWNERSHIP, "")
    issued = order.security.amount_issued
    if issued is None:
        message = "The share of the issue cannot be checked: its amount issued is unknown"
        return Finding(ISSUE_OWNERSHIP, FindingKind.CAPPED, lambda: Explanation(message), cap=0)
    held = sum((account.held_face for account in accounts), Decimal(0))
    room = int(max(limit * issued - held, Decimal(0)).to_integral_value(ROUND_FLOOR))
    explanation = Explanation(
        f"The accounts together may hold at most {limit:.2%} of the issue; {held / issued:.2%} is already",
        {
            "limit": float(limit),
            "held_face": float(held),
            "amount_issued": float(issued),
            "max_quantity": room,
        },
    )
    return Finding(ISSUE_OWNERSHIP, FindingKind.CAPPED, lambda: explanation, cap=room)


def price_deviation(given: Decimal, market: Decimal | None, order: OrderContext) -> Finding | None:
    """Flag a request's price that is further from the market price than the limit allows (R2.4).

    The limit is a fraction of the market price. Without a market price the request's price is flagged too.
    """
    limit = order.limit(PRICE_DEVIATION, "")
    if market is None:
        unknown = Explanation(
            "The given price cannot be compared: no account holds the bond, so Aladdin has none",
            {"price": float(given)},
        )
        return Finding(PRICE_DEVIATION, FindingKind.FLAGGED, lambda: unknown)
    deviation = abs(given - market) / market
    if deviation <= limit:
        return None
    far = Explanation(
        f"The given price of {given} is {deviation:.2%} away from Aladdin's {market}",
        {"price": float(given), "market_price": float(market), "deviation": float(deviation)},
    )
    return Finding(PRICE_DEVIATION, FindingKind.FLAGGED, lambda: far)

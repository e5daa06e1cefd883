"""Money as whole cents, in which plans are exact."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal

CENTS = 100


def cents(value: Decimal) -> int:
    """Return money of at most two decimals in cents."""
    return int(value * CENTS)


def floored_cents(value: Decimal) -> int:
    """Return the most whole cents that are not above the money."""
    return int((value * CENTS).to_integral_value(ROUND_FLOOR))


def money(amount: int) -> Decimal:
    """Return cents as money."""
    return Decimal(amount) / CENTS

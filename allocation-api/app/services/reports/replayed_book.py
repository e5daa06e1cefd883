"""The book that orders would have met, had the orders before them been shared otherwise (R15.8).

A snapshot has the book with what earlier orders really gave. What another rule gives an account more or less
moves its cash, its positions and its metrics by the slope of that order, to first order as in the split
itself. Without this, minimum dispersion would mend the same accounts again with every order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TypeVar

from app.services.allocations.capacity import cost_per_face
from app.services.allocations.types import PreviewInputs
from app.services.domain import exposures
from app.services.domain.account import AccountInput
from app.services.domain.side import Side

Key = TypeVar("Key", str, str | None)

ZERO = Decimal(0)


@dataclass(slots=True)
class _Moved:
    """What an account has more than its snapshots say: money, metrics, and by bond and issuer."""

    value: Decimal = ZERO
    spread_duration: float = 0.0
    duration: float = 0.0
    oas: float = 0.0
    dts: float = 0.0
    held: dict[str, Decimal] = field(default_factory=dict)
    sold: dict[str, Decimal] = field(default_factory=dict)
    value_of: dict[str, Decimal] = field(default_factory=dict)
    value_of_issuer: dict[str | None, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class ReplayedBook:
    """Accumulates by account what orders gave it more than was recorded."""

    _accounts: dict[str, _Moved] = field(default_factory=dict)

    def move(self, inputs: PreviewInputs, more: Mapping[str, Decimal]) -> None:
        """Take an order into account that gave accounts so much more face than was recorded."""
        sign = 1 if inputs.request.order.side is Side.BUY else -1
        for account in inputs.accounts:
            face = more.get(account.account_id, ZERO)
            if face:
                moved = self._accounts.setdefault(account.account_id, _Moved())
                _add(moved, inputs, account, sign * face)

    def inputs(self, inputs: PreviewInputs) -> PreviewInputs:
        """Return the inputs of an order with its accounts as they would have been."""
        accounts = tuple(self._account(account, inputs) for account in inputs.accounts)
        return replace(inputs, accounts=accounts)

    def _account(self, account: AccountInput, inputs: PreviewInputs) -> AccountInput:
        moved = self._accounts.get(account.account_id)
        if moved is None:
            return account
        bond = inputs.security
        held = moved.held.get(bond.security_id, ZERO)
        return replace(
            account,
            cash=None if account.cash is None else account.cash - moved.value,
            market_value=account.market_value + moved.value,
            spread_duration=_plus(account.spread_duration, moved.spread_duration),
            duration=_plus(account.duration, moved.duration),
            oas=_plus(account.oas, moved.oas),
            dts=_plus(account.dts, moved.dts),
            held_face=max(account.held_face + held, ZERO),
            held_market_value=account.held_market_value + moved.value_of.get(bond.security_id, ZERO),
            settled_face=max(account.settled_face - moved.sold.get(bond.security_id, ZERO), ZERO),
            issuer_market_value=account.issuer_market_value + moved.value_of_issuer.get(bond.issuer_id, ZERO),
        )


def _add(moved: _Moved, inputs: PreviewInputs, account: AccountInput, face: Decimal) -> None:
    """Add face of an order's bond, negative where it is sold."""
    bond, known, value = inputs.security, inputs.analytics, cost_per_face(inputs) * face
    moved.value += value
    _increase(moved.held, bond.security_id, face)
    if inputs.request.order.side is Side.SELL:  # what is bought may not have settled yet
        _increase(moved.sold, bond.security_id, -face)
    _increase(moved.value_of, bond.security_id, value)
    _increase(moved.value_of_issuer, bond.issuer_id, value)
    if account.nav:
        weight = float(value) / float(account.nav)
        moved.spread_duration += weight * (known.spread_duration or 0.0)
        moved.duration += weight * (known.duration or 0.0)
        moved.oas += weight * (known.oas or 0.0)
        moved.dts += weight * (exposures.dts(known) or 0.0)


def _increase(amounts: dict[Key, Decimal], key: Key, by: Decimal) -> None:
    amounts[key] = amounts.get(key, ZERO) + by


def _plus(value: float | None, by: float) -> float | None:
    return None if value is None else value + by

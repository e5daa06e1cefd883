"""Sizes of the positions of generated accounts.

Weights stay within common compliance limits: no issuer other than the Treasury reaches 5 % of an account, no
security 10 %, and no account owns over 2 % of an issue. Within these they are tilted to long or short bonds
to reach the account's spread duration.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from aladdin_simulator import sectors
from aladdin_simulator.book import Account, Bond, Position, to_cents
from aladdin_simulator.universe.selection import Draft, length

_TREASURY_CAP = 0.095
_ISSUER_CAP = 0.046
_ISSUE_SHARE_CAP = 0.02
_TILT = (-3.0, 3.0)
_TILT_STEPS = 10


def invest(draft: Draft) -> Account:
    """Return the draft's account; its cash and positions add up to its NAV to the cent."""
    bonds = sorted(draft.bonds, key=lambda bond: bond.cusip)
    invested = draft.size * (1 - draft.cash_share)
    weights = _weights(draft, bonds)
    faces = [_face(bond, weight * invested) for bond, weight in zip(bonds, weights, strict=True)]
    cash = to_cents(Decimal(draft.size * draft.cash_share))
    return Account(
        account_id=draft.client.account_id,
        account_name=draft.client.account_name,
        currency="USD",
        nav=sum((bond.market_value(face) for bond, face in zip(bonds, faces, strict=True)), cash),
        cash=cash,
        restrictions=draft.client.restrictions,
        benchmark=None,
        positions=tuple(Position(bond.cusip, face) for bond, face in zip(bonds, faces, strict=True)),
    )


def _weights(draft: Draft, bonds: Sequence[Bond]) -> list[float]:
    """Return weights with about the draft's target spread duration, by bisection on the tilt."""
    rng = draft.rng
    treasury_share = rng.uniform(*draft.mandate.treasury_share)
    base = [rng.uniform(0.6, 1.4) * _popularity(bond) for bond in bonds]
    caps = [_cap(draft, bond) for bond in bonds]
    low, high = _TILT
    for _ in range(_TILT_STEPS):
        tilt = (low + high) / 2
        weights = _capped(_tilted(base, bonds, tilt, treasury_share), caps)
        reached = sum(
            weight * (bond.spread_duration or 0.0) for weight, bond in zip(weights, bonds, strict=True)
        )
        low, high = (tilt, high) if reached * (1 - draft.cash_share) < draft.target else (low, tilt)
    return weights


def _tilted(base: Sequence[float], bonds: Sequence[Bond], tilt: float, treasury_share: float) -> list[float]:
    """Tilt weights to long bonds (positive) or short ones; Treasuries sum to their share, all to one."""
    raw = [weight * math.exp(tilt * length(bond)) for weight, bond in zip(base, bonds, strict=True)]
    treasuries = sum(
        weight for weight, bond in zip(raw, bonds, strict=True) if bond.sector == sectors.GOVERNMENT
    )
    others = sum(raw) - treasuries
    return [
        weight
        * (
            treasury_share / treasuries
            if bond.sector == sectors.GOVERNMENT
            else (1 - treasury_share) / others
        )
        for weight, bond in zip(raw, bonds, strict=True)
    ]


def _popularity(bond: Bond) -> float:
    """Return the factor by which larger issues are held more."""
    return math.sqrt(float(bond.amount_issued) / 1e9)


def _cap(draft: Draft, bond: Bond) -> float:
    """Return the largest weight that the bond may have."""
    if bond.sector == sectors.GOVERNMENT:
        return _TREASURY_CAP
    return min(_ISSUER_CAP, _ISSUE_SHARE_CAP * float(bond.amount_issued) / draft.size)


def _capped(weights: Sequence[float], caps: Sequence[float]) -> list[float]:
    """Cap weights that sum to one, and redistribute the excess to the rest in proportion (water-filling)."""
    result = list(weights)
    free = set(range(len(weights)))
    while over := {index for index in free if result[index] > caps[index]}:
        free -= over
        for index in over:
            result[index] = caps[index]
        left = 1.0 - sum(result[index] for index in range(len(result)) if index not in free)
        total = sum(weights[index] for index in sorted(free))
        for index in free:
            result[index] = weights[index] * left / total
    return result


def _face(bond: Bond, amount: float) -> Decimal:
    """Return the face on the bond's grid that `amount` of money buys, at least the minimum piece."""
    steps = int(amount / float(bond.dirty_price) * 100 / bond.increment)
    return Decimal(max(steps * bond.increment, bond.min_piece))

"""How much of each chosen bond a generated account holds.

Weights stay under what a compliance registry would object to: no issuer other than the Treasury reaches 5 %
of an account, no security 10 %, and no account owns over 2 % of an issue. Within that they lean to long or
short bonds as far as it takes to reach the account's spread duration.
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
_LEAN = (-3.0, 3.0)
_LEAN_STEPS = 10


def invest(draft: Draft) -> Account:
    """Turn a draft into an account whose cash and positions add up to its NAV to the cent."""
    bonds = sorted(draft.bonds, key=lambda bond: bond.cusip)
    invested = draft.size * (1 - draft.cash_share)
    weights = _aimed(draft, bonds)
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


def _aimed(draft: Draft, bonds: Sequence[Bond]) -> list[float]:
    """Return weights whose spread duration is about the draft's target, by bisection on the lean."""
    rng = draft.rng
    treasury_share = rng.uniform(*draft.mandate.treasury_share)
    base = [rng.uniform(0.6, 1.4) * _popularity(bond) for bond in bonds]
    caps = [_cap(draft, bond) for bond in bonds]
    low, high = _LEAN
    for _ in range(_LEAN_STEPS):
        lean = (low + high) / 2
        weights = _capped(_leaning(base, bonds, lean, treasury_share), caps)
        reached = sum(
            weight * (bond.spread_duration or 0.0) for weight, bond in zip(weights, bonds, strict=True)
        )
        low, high = (lean, high) if reached * (1 - draft.cash_share) < draft.target else (low, lean)
    return weights


def _leaning(base: Sequence[float], bonds: Sequence[Bond], lean: float, treasury_share: float) -> list[float]:
    """Lean weights to long bonds (positive) or short ones; Treasuries add up to their share, all to one."""
    raw = [weight * math.exp(lean * length(bond)) for weight, bond in zip(base, bonds, strict=True)]
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
    """Return how much larger issues are held more."""
    return math.sqrt(float(bond.amount_issued) / 1e9)


def _cap(draft: Draft, bond: Bond) -> float:
    """Return the largest weight that the bond may have."""
    if bond.sector == sectors.GOVERNMENT:
        return _TREASURY_CAP
    return min(_ISSUER_CAP, _ISSUE_SHARE_CAP * float(bond.amount_issued) / draft.size)


def _capped(weights: Sequence[float], caps: Sequence[float]) -> list[float]:
    """Cut weights that add up to one off at their caps; what is cut off goes to the rest in proportion."""
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

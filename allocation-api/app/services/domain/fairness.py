"""Fairness over time: the desk's written policy, what accounts are entitled to, and the ledger's balances.

Amounts are face. A balance is what an account is owed: entitled less received over all orders of a scope and
side, so the balances of one scope and side sum to zero (R15).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_FLOOR, Context, Decimal
from enum import StrEnum
from hashlib import sha256
from urllib.parse import quote

from app.core.numbers import CENT, FACE_UNIT
from app.services.domain.side import Side

MAX_SCOPE_CHARACTERS = 255
"""Length up to which a scope's id names its groups; a longer one is a digest of them."""

_EXACT = Context(prec=60)
_HALF = Decimal("0.5")


class FairnessMode(StrEnum):
    """PER_ORDER: each order is split by itself. LEDGER: by what accounts are owed over all orders."""

    PER_ORDER = "PER_ORDER"
    LEDGER = "LEDGER"


class EntitlementWeights(StrEnum):
    """What entitlements are in proportion to: NAV, nothing (EQUAL), or the weights that the policy states."""

    NAV = "NAV"
    EQUAL = "EQUAL"
    STATED = "STATED"


class LedgerScope(StrEnum):
    """GROUP: one ledger for the groups of an order. SECTOR: one for each sector of bonds within them."""

    GROUP = "GROUP"
    SECTOR = "SECTOR"


class Carry(StrEnum):
    """YEARLY_RESET: balances begin each calendar year at zero. HALF_LIFE: they halve in so many days."""

    YEARLY_RESET = "YEARLY_RESET"
    HALF_LIFE = "HALF_LIFE"


@dataclass(frozen=True, slots=True)
class FairnessPolicy:
    """Pre-trade allocation statement: how the desk shares orders over time, fixed before the order.

    `mode` is the desk's default of a preview. `fairness_weight` (lambda, at least 0) trades dispersion for
    fairness in the method that optimises; None lets the method choose. With STATED weights an account without
    one is not eligible. `statement` is the same in words, for an examiner.

    Raises
    ------
    ValueError
        Where a half-life has no days of at least 1, or days are given without one.
    """

    policy_id: str
    version: int
    mode: FairnessMode = FairnessMode.PER_ORDER
    weights: EntitlementWeights = EntitlementWeights.NAV
    stated_weights: dict[str, Decimal] = field(default_factory=dict)
    scope: LedgerScope = LedgerScope.GROUP
    carry: Carry = Carry.YEARLY_RESET
    half_life_days: int | None = None
    fairness_weight: float | None = None
    statement: str = ""
    created_at: datetime | None = None
    created_by: str | None = None

    def __post_init__(self) -> None:
        days = self.half_life_days
        if (self.carry is Carry.HALF_LIFE) != (days is not None) or (days is not None and days < 1):
            raise ValueError(f"carry {self.carry} does not go with a half-life of {days} days")

    def weight_of(self, account_id: str, nav: Decimal | None) -> Decimal | None:
        """Return the weight of an account that could take something; None where it is not eligible."""
        match self.weights:
            case EntitlementWeights.NAV:
                weight = None if nav is None else nav.quantize(CENT)
            case EntitlementWeights.EQUAL:
                weight = Decimal(1)
            case EntitlementWeights.STATED:
                weight = self.stated_weights.get(account_id)
        return weight if weight is not None and weight > 0 else None


DEFAULT_POLICY = FairnessPolicy(
    policy_id="default",
    version=0,
    statement=(
        "Each order is split by itself. Every account of the requested groups that could take a part is "
        "entitled to a share in proportion to its net asset value; what it got and what it was entitled to "
        "are recorded, and balances begin each calendar year at zero."
    ),
)
"""Policy in force until the desk states its own."""


@dataclass(frozen=True, slots=True)
class LedgerState:
    """Balances of one scope and side, by account id, carried to a business date; none before any order.

    `as_of` is the business date of the last order that moved the ledger.
    """

    scope_id: str
    side: Side
    as_of: date | None = None
    balances: tuple[tuple[str, Decimal], ...] = ()

    @property
    def by_account(self) -> dict[str, Decimal]:
        """Return the balances by account id."""
        return dict(self.balances)


@dataclass(frozen=True, slots=True)
class FairnessInputs:
    """What of fairness a preview is made with: the policy in force, and the ledger before the order."""

    policy: FairnessPolicy
    state: LedgerState


def scope_of(policy: FairnessPolicy, groups: Iterable[str], sector: str | None) -> str:
    """Return the id of an order's ledger: that of its set of groups, by SECTOR of the bond's sector as well.

    Groups are sorted and escaped, so the id depends on the set alone and different sets have different ids.
    """
    named = "+".join(quote(group, safe=" ") for group in sorted(set(groups)))
    if policy.scope is LedgerScope.SECTOR:
        named += "/" + quote(sector or "", safe=" ")
    if len(named) <= MAX_SCOPE_CHARACTERS:
        return named
    return f"sha256:{sha256(named.encode()).hexdigest()}"


def entitlements(total: Decimal, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Share a face in proportion to weights by largest remainder, exactly to the unit of face (R15.2).

    Parameters
    ----------
    total : Decimal
        Face to share, not negative, a multiple of 0.0001.
    weights : mapping
        Weight by account id, not negative.

    Returns
    -------
    dict
        Face by account id, sorted; they add up to `total`, each within one unit of its exact share. Ties go
        by account id.

    Raises
    ------
    ValueError
        Where there is something to share and no positive weight.
    """
    accounts = sorted(weights)
    scale = -min((int(weights[a].as_tuple().exponent) for a in accounts), default=0)
    whole = {a: int(weights[a].scaleb(max(scale, 0), _EXACT)) for a in accounts}
    units, all_weights = int(total / FACE_UNIT), sum(whole.values())
    if all_weights == 0:
        if units:
            raise ValueError("there is no positive weight to share by")
        return dict.fromkeys(accounts, Decimal(0))
    shares = {a: divmod(units * whole[a], all_weights) for a in accounts}
    left = units - sum(share for share, _ in shares.values())
    first = set(sorted(accounts, key=lambda a: (-shares[a][1], a))[:left])
    return {a: (shares[a][0] + (a in first)) * FACE_UNIT for a in accounts}


def carried(
    balances: Mapping[str, Decimal], begin: date, end: date, policy: FairnessPolicy
) -> dict[str, Decimal]:
    """Carry balances from one business date to a later one (R15.4).

    By a yearly reset they are zero on the first order of a new calendar year. By a half-life they halve in
    `half_life_days`, rounded to the unit of face by largest remainder so that their sum is halved as well:
    where it was zero it stays zero. To the same or an earlier date nothing changes.
    """
    if end <= begin:
        return dict(balances)
    if policy.half_life_days is None:
        same_year = begin.year == end.year
        return dict(balances) if same_year else dict.fromkeys(balances, Decimal(0))
    half_lives = Decimal((end - begin).days) / Decimal(policy.half_life_days)
    return _scaled(balances, _EXACT.power(_HALF, half_lives))


def _scaled(balances: Mapping[str, Decimal], factor: Decimal) -> dict[str, Decimal]:
    """Multiply balances by a factor, rounded so that they add up to their rounded sum."""
    exact = {a: _EXACT.multiply(balance, factor) for a, balance in sorted(balances.items())}
    down = {a: value.quantize(FACE_UNIT, ROUND_FLOOR, _EXACT) for a, value in exact.items()}
    total = _EXACT.multiply(sum(balances.values(), Decimal(0)), factor).quantize(FACE_UNIT, context=_EXACT)
    left = int((total - sum(down.values(), Decimal(0))) / FACE_UNIT)
    first = set(sorted(exact, key=lambda a: (down[a] - exact[a], a))[:left])
    return {a: down[a] + (FACE_UNIT if a in first else 0) for a in exact}

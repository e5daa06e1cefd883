"""Fairness statistics of allocations: filled against entitled face, prices paid, and first-day gains.

Only what was filled counts: an order without a fill gave nobody anything, and is only counted (R13.5).

Entitled quantity (R13.1): over the comparable allocations, the sum of the total filled times the account's
base over that of all eligible accounts (`max_quantity` > 0). The base is the weight by policy (R15.1), NAV
where the allocation is older than the ledger. An allocation is comparable where every account's
`max_quantity` and every eligible account's base is known (R13.2); the others are only counted.

The ledger's own report counts orders by business date, with slices while they work, and shares to the unit of
face; this one counts what is filled, of orders sent in the period.

First-day gain (R13.3): the market price at the end of the trade date lies above the block's average price in
a buy, below it in a sale.

Own price: the block's average price times the account's principal per face over that of all accounts, so that
the factor of an amortising bond cancels. A difference that the rounding of principals to the cent explains is
none (R13.6).

P-value (R13.4): Fisher's exact test against all allocations of the period. The account's own are part of
them, and the accounts of one block share one outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from app.core.numbers import CENT, FACE_UNIT
from app.services.domain.side import Side
from app.services.reports.views import AccountFairness, FairnessReport, Gains, Period

PRICE = SHARE = Decimal("0.0000000001")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One account in one allocation; amounts are face. `base` and `max_quantity` are None where not stored.

    `asked` is its slice of the order after every change, `base` what entitlements are in proportion to.
    """

    account_id: str
    asked: Decimal
    base: Decimal | None
    max_quantity: Decimal | None
    filled: Decimal = ZERO
    principal: Decimal = ZERO

    @property
    def eligible(self) -> bool:
        """Whether the account could have taken something; False also where that is unknown."""
        return self.max_quantity is not None and self.max_quantity > 0

    @property
    def weight(self) -> Decimal:
        """Pro-rata weight: the base of an eligible account, else 0; never negative."""
        return max(self.base or ZERO, ZERO) if self.eligible else ZERO


@dataclass(frozen=True, slots=True)
class AllocationFacts:
    """One committed allocation; `average_price` is the block's, None while nothing is filled.

    `lines` are None where it is unknown what was filled for the accounts. `provisional` says that it may
    change.
    """

    side: Side
    average_price: Decimal | None
    first_day_price: Decimal | None
    lines: tuple[LineFacts, ...] | None
    provisional: bool = False

    @property
    def gained(self) -> bool | None:
        """Whether the allocation had a first-day gain; None where a price is unknown (R13.3)."""
        if self.average_price is None or self.first_day_price is None:
            return None
        if self.side is Side.BUY:
            return self.first_day_price > self.average_price
        return self.first_day_price < self.average_price


@dataclass(slots=True)
class _Count:
    """Counts allocations by their first-day gain."""

    gained: int = 0
    known: int = 0
    unknown: int = 0

    def add(self, gained: bool | None) -> None:  # noqa: FBT001 - the counted value
        self.unknown += gained is None
        self.known += gained is not None
        self.gained += gained is True

    def gains(self) -> Gains:
        return Gains(self.gained, self.known, self.unknown, ratio(Decimal(self.gained), Decimal(self.known)))


@dataclass(slots=True)
class _Sums:
    """Running sums of one account."""

    allocations: int = 0
    not_comparable: int = 0
    asked: Decimal = ZERO
    filled: Decimal = ZERO
    total: Decimal = ZERO
    comparable: Decimal = ZERO
    comparable_total: Decimal = ZERO
    entitled: Decimal = ZERO
    priced: Decimal = ZERO
    at_own_price: Decimal = ZERO
    at_block_price: Decimal = ZERO
    count: _Count = field(default_factory=_Count)


def fairness(period: Period, zone: str, allocations: Iterable[AllocationFacts]) -> FairnessReport:
    """Return the fairness report, in one pass over the allocations (R13.1, R13.2, R13.5)."""
    accounts: dict[str, _Sums] = {}
    count = _Count()
    made, provisional, not_filled, not_known, not_comparable = 0, 0, 0, 0, 0
    asked, filled = ZERO, ZERO
    for facts in allocations:
        if facts.lines is None:
            not_known += 1
            continue
        block = _Block.of(facts, facts.lines)
        if block.filled == 0:
            not_filled += 1
            continue
        made += 1
        provisional += facts.provisional
        asked += sum((line.asked for line in facts.lines), ZERO)
        filled += block.filled
        count.add(facts.gained)
        not_comparable += block.base is None
        for line in facts.lines:
            _add(accounts, line, block)
    overall = count.gains()
    names = sorted(accounts)
    p_values = _p_values(overall, [accounts[name].count for name in names])
    return FairnessReport(
        period=period,
        time_zone=zone,
        allocations=made,
        provisional=provisional,
        not_filled=not_filled,
        not_known=not_known,
        not_comparable=not_comparable,
        asked_quantity=asked,
        filled_quantity=filled,
        gains=overall,
        accounts=tuple(_account(name, accounts[name], p) for name, p in zip(names, p_values, strict=True)),
    )


@dataclass(frozen=True, slots=True)
class _Block:
    """What the accounts of one allocation share; `base` is None where it is not comparable."""

    average_price: Decimal | None
    gained: bool | None
    filled: Decimal
    principal: Decimal
    shares: int
    base: Decimal | None

    @classmethod
    def of(cls, facts: AllocationFacts, lines: Sequence[LineFacts]) -> _Block:
        return cls(
            average_price=facts.average_price,
            gained=facts.gained,
            filled=sum((line.filled for line in lines), ZERO),
            principal=sum((line.principal for line in lines), ZERO),
            shares=sum(line.filled > 0 for line in lines),
            base=_eligible_base(lines),
        )

    def own_price(self, line: LineFacts) -> Decimal | None:
        """Return the price that an account paid; the block's within the rounding of principals."""
        # R13.6
        if self.average_price is None or self.principal <= 0:
            return None
        part = line.filled / self.filled
        expected = self.principal * part
        rounding = CENT / 2 * (1 + self.shares * part)
        if abs(line.principal - expected) <= rounding:
            return self.average_price
        return self.average_price * line.principal / expected


def _add(accounts: dict[str, _Sums], line: LineFacts, block: _Block) -> None:
    """Add one account's line of an allocation to its sums."""
    takes_part = line.asked > 0 or line.filled > 0 or line.eligible
    if not takes_part and line.max_quantity is not None:
        return
    sums = accounts.setdefault(line.account_id, _Sums())
    if block.base is None:
        sums.not_comparable += 1
    elif takes_part:
        sums.comparable += line.filled
        sums.comparable_total += block.filled
        sums.entitled += block.filled * line.weight / block.base
    if takes_part:
        sums.allocations += 1
        sums.asked += line.asked
        sums.filled += line.filled
        sums.total += block.filled
    if line.filled > 0:
        price = block.own_price(line)
        if price is not None and block.average_price is not None:
            sums.priced += line.filled
            sums.at_own_price += price * line.filled
            sums.at_block_price += block.average_price * line.filled
        sums.count.add(block.gained)


def _eligible_base(lines: Sequence[LineFacts]) -> Decimal | None:
    """Return the base of all eligible accounts; None where it is not positive or data is missing."""
    if any(line.max_quantity is None or (line.eligible and line.base is None) for line in lines):
        return None
    base = sum((line.weight for line in lines), ZERO)
    return base if base > 0 else None


def _account(account_id: str, sums: _Sums, p_value: float | None) -> AccountFairness:
    known = sums.comparable_total > 0
    difference = sums.comparable - sums.entitled
    price = sums.at_own_price / sums.priced if sums.priced else None
    block = sums.at_block_price / sums.priced if sums.priced else None
    difference_price = None if price is None or block is None else price - block
    return AccountFairness(
        account_id=account_id,
        account_name=None,
        allocations=sums.allocations,
        not_comparable=sums.not_comparable,
        asked_quantity=sums.asked,
        filled_quantity=sums.filled,
        entitled_quantity=sums.entitled.quantize(FACE_UNIT) if known else None,
        fill_ratio=ratio(sums.filled, sums.asked),
        total_quantity=sums.total,
        share=ratio(sums.filled, sums.total),
        comparable_quantity=sums.comparable,
        comparable_total=sums.comparable_total,
        pro_rata_share=ratio(sums.entitled, sums.comparable_total),
        entitlement_ratio=ratio(sums.comparable, sums.entitled),
        difference_quantity=difference.quantize(FACE_UNIT) if known else None,
        difference_percentage_points=ratio(100 * difference, sums.comparable_total),
        average_price=price and price.quantize(PRICE),
        block_average_price=block and block.quantize(PRICE),
        price_difference=None if difference_price is None else difference_price.quantize(PRICE),
        price_difference_bp=ratio(10_000 * difference_price, block)
        if difference_price is not None and block
        else None,
        gains=sums.count.gains(),
        gain_p_value=p_value,
    )


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part / whole to ten decimal places; None where `whole` is 0."""
    return (part / whole).quantize(SHARE) if whole else None


def _p_values(overall: Gains, accounts: Sequence[_Count]) -> list[float | None]:
    """Return each account's p-value by Fisher's exact test; None without a known outcome (R13.4).

    Under the null hypothesis an account's allocations are drawn at random from all of the period, so its
    gains are hypergeometric. Two-sided: twice the smaller tail, at most 1.
    """
    gained = np.array([count.gained for count in accounts])
    known = np.array([count.known for count in accounts])
    if not overall.known or not accounts:
        return [None] * len(accounts)
    from scipy.stats import hypergeom  # noqa: PLC0415 - a quarter of the start, and only this report asks

    distribution = hypergeom(overall.known, overall.gained, known)
    p = np.minimum(1.0, 2 * np.minimum(distribution.sf(gained - 1), distribution.cdf(gained)))
    return [float(value) if count.known else None for value, count in zip(p, accounts, strict=True)]

"""Fairness statistics of allocations: allocated against expected face, prices paid, and first-day gains.

Expected quantity (R13.1): over the comparable allocations, the sum of the total allocated times the account's
NAV over the NAV of all eligible accounts (`max_quantity` > 0). An allocation is comparable where every
account's `max_quantity` and every eligible account's NAV is known (R13.2); the others are only counted.

First-day gain (R13.3): the market price at the end of the trade date lies above the block's average price in
a buy, below it in a sale.

Own price: the block's average price times the account's principal per face over that of all accounts, so that
the factor of an amortising bond cancels.

P-value (R13.4): Fisher's exact test against all allocations of the period. The account's own are part of
them, and the accounts of one block share one outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from app.core.columns import FACE_UNIT
from app.services.domain.side import Side
from app.services.reports.views import AccountFairness, FairnessReport, Gains, Period

PRICE = SHARE = Decimal("0.0000000001")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One account in one allocation; amounts are face. `nav` and `max_quantity` are None where not stored."""

    account_id: str
    allocated: int
    nav: Decimal | None
    max_quantity: int | None
    filled: Decimal = ZERO
    principal: Decimal = ZERO

    @property
    def eligible(self) -> bool:
        """Whether the account could have taken something; False also where that is unknown."""
        return self.max_quantity is not None and self.max_quantity > 0

    @property
    def weight(self) -> Decimal:
        """Pro-rata weight: the NAV of an eligible account, else 0; never negative."""
        return max(self.nav or ZERO, ZERO) if self.eligible else ZERO


@dataclass(frozen=True, slots=True)
class AllocationFacts:
    """One committed allocation; `average_price` is the block's, None while nothing is filled."""

    side: Side
    average_price: Decimal | None
    first_day_price: Decimal | None
    lines: tuple[LineFacts, ...]

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
    allocated: int = 0
    total: int = 0
    comparable: int = 0
    comparable_total: int = 0
    expected: Decimal = ZERO
    filled: Decimal = ZERO
    priced: Decimal = ZERO
    at_own_price: Decimal = ZERO
    at_block_price: Decimal = ZERO
    count: _Count = field(default_factory=_Count)


def fairness(period: Period, allocations: Iterable[AllocationFacts]) -> FairnessReport:
    """Return the fairness report, in one pass over the allocations (R13.1, R13.2)."""
    accounts: dict[str, _Sums] = {}
    count, made, not_comparable, allocated, filled = _Count(), 0, 0, 0, ZERO
    for facts in allocations:
        made += 1
        allocated += sum(line.allocated for line in facts.lines)
        done = sum((line.filled for line in facts.lines), ZERO)
        filled += done
        if done > 0:
            count.add(facts.gained)
        not_comparable += not _add(accounts, facts)
    overall = count.gains()
    names = sorted(accounts)
    p_values = _p_values(overall, [accounts[name].count for name in names])
    return FairnessReport(
        period=period,
        allocations=made,
        not_comparable=not_comparable,
        allocated_quantity=allocated,
        filled_quantity=filled,
        gains=overall,
        accounts=tuple(_account(name, accounts[name], p) for name, p in zip(names, p_values, strict=True)),
    )


def _add(accounts: dict[str, _Sums], facts: AllocationFacts) -> bool:
    """Add one allocation to the sums of its accounts; return whether it is comparable."""
    total = sum(line.allocated for line in facts.lines)
    nav = _eligible_nav(facts.lines)
    filled = sum((line.filled for line in facts.lines), ZERO)
    principal = sum((line.principal for line in facts.lines), ZERO)
    for line in facts.lines:
        takes_part = line.allocated > 0 or line.eligible
        if not takes_part and line.max_quantity is not None:
            continue
        sums = accounts.setdefault(line.account_id, _Sums())
        if nav is None:
            sums.not_comparable += 1
        elif takes_part:
            sums.comparable += line.allocated
            sums.comparable_total += total
            sums.expected += total * line.weight / nav
        if takes_part:
            sums.allocations += 1
            sums.allocated += line.allocated
            sums.total += total
        if line.filled > 0:
            sums.filled += line.filled
            if facts.average_price is not None and principal > 0:
                sums.priced += line.filled
                sums.at_own_price += facts.average_price * line.principal * filled / principal
                sums.at_block_price += facts.average_price * line.filled
            sums.count.add(facts.gained)
    return nav is not None


def _eligible_nav(lines: Sequence[LineFacts]) -> Decimal | None:
    """Return the NAV of all eligible accounts; None where it is not positive or data is missing."""
    if any(line.max_quantity is None or (line.eligible and line.nav is None) for line in lines):
        return None
    nav = sum((line.weight for line in lines), ZERO)
    return nav if nav > 0 else None


def _account(account_id: str, sums: _Sums, p_value: float | None) -> AccountFairness:
    known = sums.comparable_total > 0
    difference = sums.comparable - sums.expected
    price = sums.at_own_price / sums.priced if sums.priced else None
    block = sums.at_block_price / sums.priced if sums.priced else None
    difference_price = None if price is None or block is None else price - block
    return AccountFairness(
        account_id=account_id,
        allocations=sums.allocations,
        not_comparable=sums.not_comparable,
        allocated_quantity=sums.allocated,
        total_quantity=sums.total,
        share=ratio(Decimal(sums.allocated), Decimal(sums.total)),
        comparable_quantity=sums.comparable,
        comparable_total=sums.comparable_total,
        expected_quantity=sums.expected.quantize(FACE_UNIT) if known else None,
        pro_rata_share=ratio(sums.expected, Decimal(sums.comparable_total)),
        difference_quantity=difference.quantize(FACE_UNIT) if known else None,
        difference_percentage_points=ratio(100 * difference, Decimal(sums.comparable_total)),
        filled_quantity=sums.filled,
        fill_ratio=ratio(sums.filled, Decimal(sums.allocated)),
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

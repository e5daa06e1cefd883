"""Limits of the vault: a rule set over the weights of a whole portfolio and the trades towards them (R25.9).

Rules are small classes behind one protocol, listed in `VAULT_RULES`; all of them judge, so that everything
wrong is told at once. They fail closed: what cannot be checked is a violation. A warning violates nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

FULL = Decimal(100)


class VaultCode(StrEnum):
    """What a finding is about; DUPLICATE_REALLOCATION is a warning, all others are violations."""

    ASSET_COUNT_EXCEEDED = "ASSET_COUNT_EXCEEDED"
    MIN_ALLOCATION_VIOLATED = "MIN_ALLOCATION_VIOLATED"
    MAX_ALLOCATION_VIOLATED = "MAX_ALLOCATION_VIOLATED"
    DAILY_CHANGE_EXCEEDED = "DAILY_CHANGE_EXCEEDED"
    TOTAL_ALLOCATION_INVALID = "TOTAL_ALLOCATION_INVALID"
    MAX_TRANSACTION_VALUE_EXCEEDED = "MAX_TRANSACTION_VALUE_EXCEEDED"
    INSUFFICIENT_LIQUIDITY = "INSUFFICIENT_LIQUIDITY"
    DUPLICATE_REALLOCATION = "DUPLICATE_REALLOCATION"


class VaultSeverity(StrEnum):
    """Whether a finding keeps the trades from being made."""

    VIOLATION = "VIOLATION"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class VaultLimits:
    """The limits: percentages of the portfolio, points of a percentage, and money."""

    max_assets: int = 20
    min_percent: Decimal = Decimal(1)
    max_percent: Decimal = Decimal(50)
    max_daily_change_points: Decimal = Decimal(15)
    total_tolerance_points: Decimal = Decimal("0.01")
    max_transaction_value: Decimal = Decimal(1_000_000)
    duplicate_points: Decimal = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class VaultReallocation:
    """Weights that a portfolio is to have, and the trades towards them.

    Parameters
    ----------
    proposed, current, day_start : mapping of str to Decimal
        Percent by asset: those that are proposed, those of now, and those at the start of the day, which what
        was changed earlier in the day counts from. An asset that is missing has 0.
    transactions : mapping of str to Decimal
        Money of each trade, above 0, by asset.
    liquidity : mapping of str to Decimal
        Money that can be traded by asset; an asset that is missing cannot be shown to be liquid.
    """

    proposed: Mapping[str, Decimal]
    current: Mapping[str, Decimal]
    day_start: Mapping[str, Decimal]
    transactions: Mapping[str, Decimal] = field(default_factory=dict)
    liquidity: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VaultFinding:
    """A limit that is violated, or a warning; `value` is what the limit is compared with, None if unknown."""

    code: VaultCode
    severity: VaultSeverity
    message: str
    asset: str | None
    value: Decimal | None
    limit: Decimal


class VaultRule(Protocol):
    """One limit."""

    def judge(self, of: VaultReallocation, limits: VaultLimits) -> Iterator[VaultFinding]:
        """Yield what is found."""


class AssetCount:
    """At most so many assets have a weight."""

    def judge(self, of: VaultReallocation, limits: VaultLimits) -> Iterator[VaultFinding]:
        """Count the assets whose weight is not 0."""
        count = Decimal(sum(1 for weight in of.proposed.values() if weight))
        if count > limits.max_assets:
            words = f"There are {count} assets; at most {limits.max_assets} are allowed."
            yield _violation(VaultCode.ASSET_COUNT_EXCEEDED, words, None, count, Decimal(limits.max_assets))


class AllocationBounds:
    """Each weight that is not 0 lies within bounds."""

    def judge(self, of: VaultReallocation, limits: VaultLimits) -> Iterator[VaultFinding]:
        """Compare each weight with both bounds."""
        for asset, weight in of.proposed.items():
            if weight and weight < limits.min_percent:
                words = f"{asset} has {weight:f} %; at least {limits.min_percent:f} % are required, or none."
                yield _violation(VaultCode.MIN_ALLOCATION_VIOLATED, words, asset, weight, limits.min_percent)
            if weight > limits.max_percent:
                words = f"{asset} has {weight:f} %; at most {limits.max_percent:f} % are allowed."
                yield _violation(VaultCode.MAX_ALLOCATION_VIOLATED, words, asset, weight, limits.max_percent)


class DailyChange:
    """No weight is further from that at the start of the day than so many points."""

    def judge(self, of: VaultReallocation, limits: VaultLimits) -> Iterator[VaultFinding]:
        """Compare each weight, of assets that are sold entirely as well."""
        limit = limits.max_daily_change_points
        for asset, change in _changes(of.proposed, of.day_start):
            if change > limit:
                words = f"{asset} changes by {change:f} points in a day; at most {limit:f} are allowed."
                yield _violation(VaultCode.DAILY_CHANGE_EXCEEDED, words, asset, change, limit)


class TotalAllocation:
    """Weights add up to 100 %, up to a tolerance."""

    def judge(self, of: VaultReallocation, limits: VaultLimits) -> Iterator[VaultFinding]:
        """Add up the weights."""
        total = sum(of.proposed.values(), Decimal(0))
        if abs(total - FULL) > limits.total_tolerance_points:
            words = f"The weights add up to {total:f} %, not to 100 %."
            yield _violation(VaultCode.TOTAL_ALLOCATION_INVALID, words, None, total, FULL)


class TransactionValue:
    """No trade is larger than so much money."""

    def judge(self, of: VaultReallocation, limits: VaultLimits) -> Iterator[VaultFinding]:
        """Compare each trade."""
        limit = limits.max_transaction_value
        for asset, value in of.transactions.items():
            if value > limit:
                words = f"The trade of {asset} is of {value:,.2f}; at most {limit:,.2f} are allowed."
                yield _violation(VaultCode.MAX_TRANSACTION_VALUE_EXCEEDED, words, asset, value, limit)


class TransactionLiquidity:
    """No trade is larger than what can be traded; where that is not known, it is."""

    def judge(self, of: VaultReallocation, limits: VaultLimits) -> Iterator[VaultFinding]:  # noqa: ARG002
        """Compare each trade with the liquidity of its asset."""
        for asset, value in of.transactions.items():
            room = of.liquidity.get(asset)
            if room is None:
                words = f"It is not known how much of {asset} can be traded."
                yield _violation(VaultCode.INSUFFICIENT_LIQUIDITY, words, asset, None, value)
            elif value > room:
                words = f"The trade of {asset} is of {value:,.2f}; {room:,.2f} can be traded."
                yield _violation(VaultCode.INSUFFICIENT_LIQUIDITY, words, asset, value, room)


class Duplicate:
    """A reallocation changes something: a warning where every weight stays as it is, up to a tolerance."""

    def judge(self, of: VaultReallocation, limits: VaultLimits) -> Iterator[VaultFinding]:
        """Compare all weights with those of now."""
        largest = max((change for _, change in _changes(of.proposed, of.current)), default=Decimal(0))
        limit = limits.duplicate_points
        if largest <= limit:
            words = f"No weight changes by more than {limit:f} points."
            yield VaultFinding(
                VaultCode.DUPLICATE_REALLOCATION, VaultSeverity.WARNING, words, None, largest, limit
            )


VAULT_RULES: tuple[VaultRule, ...] = (
    AssetCount(),
    AllocationBounds(),
    DailyChange(),
    TotalAllocation(),
    TransactionValue(),
    TransactionLiquidity(),
    Duplicate(),
)
"""Registry of the rules, in the order in which findings are reported."""


def check_vault(of: VaultReallocation, limits: VaultLimits | None = None) -> tuple[VaultFinding, ...]:
    """Return what all rules find; without a violation the reallocation is allowed."""
    return tuple(found for rule in VAULT_RULES for found in rule.judge(of, limits or VaultLimits()))


def _changes(proposed: Mapping[str, Decimal], before: Mapping[str, Decimal]) -> Iterator[tuple[str, Decimal]]:
    for asset in dict.fromkeys((*proposed, *before)):
        yield asset, abs(proposed.get(asset, Decimal(0)) - before.get(asset, Decimal(0)))


def _violation(
    code: VaultCode, message: str, asset: str | None, value: Decimal | None, limit: Decimal
) -> VaultFinding:
    return VaultFinding(code, VaultSeverity.VIOLATION, message, asset, value, limit)

"""What is asked about drift, and what is answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.services.drift.targets import DEFAULT_TARGETS, DEFAULT_THRESHOLD
from app.services.kernels.rebalancing import ClassDrift, Drift, Mode


class TradeAction(StrEnum):
    """What to do with an asset class."""

    BUY = "BUY"
    SELL = "SELL"
    HOLD = "HOLD"


class DriftWarningType(StrEnum):
    """What a reader of the numbers should know."""

    SHORT_POSITION = "SHORT_POSITION"
    HOLDINGS_DIFFER = "HOLDINGS_DIFFER"
    UNKNOWN_CLASS = "UNKNOWN_CLASS"
    MISSING_NAV = "MISSING_NAV"
    MISSING_CASH = "MISSING_CASH"
    MISSING_MARKET_VALUE = "MISSING_MARKET_VALUE"
    MISSING_CLASS = "MISSING_CLASS"
    MISSING_METRIC = "MISSING_METRIC"
    MISSING_BENCHMARK = "MISSING_BENCHMARK"
    MIXED_CURRENCIES = "MIXED_CURRENCIES"


@dataclass(frozen=True, slots=True)
class Holding:
    """A holding of a portfolio, with its value in money; below zero for a short position."""

    symbol: str
    asset_class: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Portfolio:
    """A portfolio as the caller states it, and what it aims at."""

    portfolio_value: Decimal
    holdings: tuple[Holding, ...] = ()
    threshold: Decimal = DEFAULT_THRESHOLD
    targets: Mapping[str, Decimal] = field(default_factory=lambda: DEFAULT_TARGETS)


@dataclass(frozen=True, slots=True)
class DriftWarning:
    """A warning in words, with the symbols or the amount that it is about."""

    type: DriftWarningType
    message: str
    symbols: tuple[str, ...] = ()
    difference: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ClassReport:
    """An asset class with its holdings."""

    drift: ClassDrift
    assets: tuple[Holding, ...]


@dataclass(frozen=True, slots=True)
class RebalancingAction:
    """What brings a class that is out of its band to its target, whatever the others do."""

    asset_class: str
    action: TradeAction
    amount: Decimal
    current_percent: Decimal
    target_percent: Decimal
    drift: Decimal


@dataclass(frozen=True, slots=True)
class BalancedAction:
    """Trade of a class among balanced ones, its drift afterwards in points, and why."""

    asset_class: str
    action: TradeAction
    amount: Decimal
    drift_after: Decimal
    is_out_after: bool
    explanation: str


@dataclass(frozen=True, slots=True)
class DriftReport:
    """Drift of a portfolio at a moment; `classes` are in the order of the targets."""

    portfolio: Portfolio
    timestamp: datetime
    drift: Drift
    classes: tuple[ClassReport, ...]
    warnings: tuple[DriftWarning, ...]

    @property
    def actions(self) -> tuple[RebalancingAction, ...]:
        """Return one action for each class out of its band; they need not balance."""
        return tuple(
            RebalancingAction(
                each.asset_class,
                TradeAction.SELL if each.difference > 0 else TradeAction.BUY,
                abs(each.difference),
                each.current_percent,
                each.target_percent,
                each.difference_percent,
            )
            for each in self.drift.classes
            if each.is_out
        )

    @property
    def alerts(self) -> tuple[str, ...]:
        """Return one sentence for each class out of its band."""
        return tuple(
            f"{each.asset_class.upper()}: {'over' if each.difference > 0 else 'under'}-allocated by "
            f"{abs(each.difference_percent):.2f}% (current: {each.current_percent:.2f}%, "
            f"target: {each.target_percent:.2f}%)"
            for each in self.drift.classes
            if each.is_out
        )

    @property
    def by_size(self) -> tuple[ClassDrift, ...]:
        """Return the classes, the largest drift first, ties in their own order."""
        return tuple(sorted(self.drift.classes, key=lambda each: -abs(each.difference_percent)))


@dataclass(frozen=True, slots=True)
class Balanced:
    """A report, and trades that balance; `left_over` is free cash that no trade takes."""

    report: DriftReport
    mode: Mode
    actions: tuple[BalancedAction, ...]
    free_cash: Decimal
    left_over: Decimal

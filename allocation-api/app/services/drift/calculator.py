"""Drift of a portfolio that the caller states: holdings by asset class against targets (R19)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.core.clock import Clock
from app.services.drift.explained import explanation
from app.services.drift.targets import UNCLASSIFIED
from app.services.drift.types import (
    Balanced,
    BalancedAction,
    ClassReport,
    DriftReport,
    DriftWarning,
    DriftWarningType,
    Holding,
    Portfolio,
    TradeAction,
)
from app.services.kernels.rebalancing import (
    Balance,
    ClassDrift,
    Mode,
    Sleeve,
    Trade,
    TradeRules,
    balance,
    measure,
)

MAX_DIFFERENCE = Decimal("0.005")
"""Part of the portfolio's value by which the holdings may differ from it without a warning."""


class DriftCalculator:
    """Measures what it is given; reads nothing and stores nothing."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def report(self, portfolio: Portfolio) -> DriftReport:
        """Return the drift of each asset class, and of the portfolio."""
        assets = _by_class(portfolio)
        drift = measure(_sleeves(portfolio, assets), portfolio.portfolio_value)
        classes = tuple(ClassReport(each, assets[each.asset_class]) for each in drift.classes)
        return DriftReport(portfolio, self._clock(), drift, classes, _warnings(portfolio, assets))

    def balanced(self, portfolio: Portfolio, mode: Mode, rules: TradeRules) -> Balanced:
        """Return the drift with trades whose purchases are paid by sales and free cash."""
        report = self.report(portfolio)
        sleeves = _sleeves(portfolio, _by_class(portfolio))
        found = balance(sleeves, portfolio.portfolio_value, mode, rules)
        pairs = zip(report.drift.classes, found.trades, strict=True)
        actions = tuple(_action(drift, trade, mode, portfolio.threshold) for drift, trade in pairs)
        return Balanced(report, mode, actions, found.free_cash, _left_over(found))

    @staticmethod
    def targets(portfolio: Portfolio) -> dict[str, Decimal]:
        """Return the target of each class in money."""
        return {name: portfolio.portfolio_value * part / 100 for name, part in portfolio.targets.items()}


def _by_class(portfolio: Portfolio) -> dict[str, tuple[Holding, ...]]:
    found: dict[str, list[Holding]] = {name: [] for name in portfolio.targets}
    for holding in portfolio.holdings:
        known = holding.asset_class in portfolio.targets
        found.setdefault(holding.asset_class if known else UNCLASSIFIED, []).append(holding)
    return {name: tuple(holdings) for name, holdings in found.items()}


def _sleeves(portfolio: Portfolio, assets: Mapping[str, Sequence[Holding]]) -> tuple[Sleeve, ...]:
    return tuple(
        Sleeve(
            name,
            sum((each.value for each in holdings), Decimal(0)),
            portfolio.targets.get(name, Decimal(0)),
            portfolio.threshold,
        )
        for name, holdings in assets.items()
    )


def _warnings(portfolio: Portfolio, assets: Mapping[str, Sequence[Holding]]) -> tuple[DriftWarning, ...]:
    found = []
    unknown = tuple(each.symbol for each in assets.get(UNCLASSIFIED, ()) if each.asset_class != UNCLASSIFIED)
    if unknown:
        found.append(
            DriftWarning(
                DriftWarningType.UNKNOWN_CLASS,
                f"The asset class of {', '.join(unknown)} has no target: shown as {UNCLASSIFIED}, target 0.",
                unknown,
            )
        )
    short = tuple(each.symbol for each in portfolio.holdings if each.value < 0)
    if short:
        found.append(
            DriftWarning(
                DriftWarningType.SHORT_POSITION,
                f"Values below zero are counted as short positions: {', '.join(short)}.",
                short,
            )
        )
    held = sum((each.value for each in portfolio.holdings), Decimal(0))
    difference = held - portfolio.portfolio_value
    if portfolio.holdings and abs(difference) > MAX_DIFFERENCE * portfolio.portfolio_value:
        found.append(
            DriftWarning(
                DriftWarningType.HOLDINGS_DIFFER,
                f"The holdings are worth {held:,.2f}, the portfolio {portfolio.portfolio_value:,.2f}: "
                f"{abs(difference):,.2f} {'too much' if difference > 0 else 'counts as free cash'}.",
                difference=difference,
            )
        )
    return tuple(found)


def _action(drift: ClassDrift, trade: Trade, mode: Mode, threshold: Decimal) -> BalancedAction:
    action = TradeAction.HOLD
    if trade.amount:
        action = TradeAction.BUY if trade.amount > 0 else TradeAction.SELL
    return BalancedAction(
        trade.asset_class,
        action,
        abs(trade.amount),
        trade.drift_after,
        trade.is_out_after,
        explanation(drift, trade, mode, threshold),
    )


def _left_over(found: Balance) -> Decimal:
    return found.free_cash - found.spent

"""What an evaluation came to, from the kernels' plan in cents (R25.6)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from app.services.domain.side import Side
from app.services.kernels.reallocation import (
    Holding,
    Plan,
    UtilizationReport,
    estimated_impact,
    measure,
)
from app.services.kernels.rebalancing.drift import decimal
from app.services.reallocation.evaluation import Evaluation
from app.services.reallocation.money import money
from app.services.reallocation.types import (
    MAX_ADJUSTMENTS,
    OUTPUTS,
    AssetUtilization,
    DirectionChanges,
    LiquidityMetrics,
    PlannedTrade,
    PortfolioHolding,
    PortfolioState,
    ReallocationOutcome,
    ReallocationReason,
    ReallocationStatus,
    ReallocationSummary,
    ReasonGiven,
    UtilizationMetrics,
    UtilizationState,
)
from app.services.reallocation.vault import vault_report


def outcome_of(found: Evaluation) -> ReallocationOutcome:
    """Return the outcome; purchases are sales and the cash used, to the cent."""
    status = _status(found)
    after = [
        Holding(each.asset, each.current + trade, each.target)
        for each, trade in zip(found.holdings, found.trades, strict=True)
    ]
    trades = tuple(sorted(_trades(found), key=lambda trade: trade.side is Side.BUY))
    used = money(found.plan.cash_used if found.plan else 0)
    impact, unknown = _impact(found)
    return ReallocationOutcome(
        status=status,
        output=OUTPUTS[status],
        reasons=tuple(_reasons(found, status, unknown)),
        current_portfolio=_portfolio({each.asset: each.current for each in found.holdings}),
        target_portfolio=_portfolio({each.asset: each.target for each in found.holdings}),
        utilization_metrics=UtilizationMetrics(
            _utilization(found.before), _utilization(measure(after, Fraction(found.asked.threshold)))
        ),
        trades=trades,
        cash_used=used,
        cash_after=found.asked.cash - used,
        liquidity_metrics=LiquidityMetrics(
            fully_matched=status in {ReallocationStatus.MATCHED, ReallocationStatus.NOT_NEEDED},
            estimated_market_impact=impact,
            total_reallocation_amount=money(found.plan.total if found.plan else 0),
            liquidity_shortfall=money(found.plan.shortfall if found.plan else 0),
            by_asset=found.liquidity.shown,
        ),
        risk_metrics=found.risk,
        reallocation_summary=_summary(trades),
        vault=vault_report(found),
        service_answer=found.liquidity.answer,
    )


def _status(found: Evaluation) -> ReallocationStatus:
    if found.plan is None:
        return ReallocationStatus.NOT_NEEDED
    if found.liquidity.is_service_away and any(found.plan.wanted):
        return ReallocationStatus.PARTIAL
    return ReallocationStatus(found.plan.status.value)


def _trades(found: Evaluation) -> Iterator[PlannedTrade]:
    if found.plan is None:
        return
    for each, trade, wanted in zip(found.holdings, found.plan.trades, found.plan.wanted, strict=True):
        if trade:
            side = Side.BUY if trade > 0 else Side.SELL
            yield PlannedTrade(each.asset, side, money(abs(trade)), money(abs(wanted)))


def _impact(found: Evaluation) -> tuple[Decimal | None, tuple[str, ...]]:
    """Return the impact of all trades whose market is known, None without any, and the other assets."""
    known = [found.markets.get(each.asset) for each in found.holdings]
    markets = [each.market if each else None for each in known]
    unknown = tuple(
        each.asset
        for each, trade, market in zip(found.holdings, found.trades, markets, strict=True)
        if trade and market is None
    )
    if any(found.trades) and len(unknown) == sum(1 for trade in found.trades if trade):
        return None, unknown
    impact = estimated_impact(found.trades, markets, found.asked.impact_coefficient)
    return (money(round(impact)) if math.isfinite(impact) else None), unknown


def _reasons(
    found: Evaluation, status: ReallocationStatus, without_impact: tuple[str, ...]
) -> Iterator[ReasonGiven]:
    if found.plan is not None and status is not ReallocationStatus.MATCHED:
        yield from _shortfalls(found, found.plan)
    if without_impact:
        words = "The market impact is not estimated: there is no volume, or no price that moves."
        yield ReasonGiven(ReallocationReason.MARKET_IMPACT_UNKNOWN, words, without_impact)
    if found.why_no_risk is not None:
        yield ReasonGiven(ReallocationReason.RISK_UNKNOWN, found.why_no_risk)


def _shortfalls(found: Evaluation, plan: Plan) -> Iterator[ReasonGiven]:
    if not any(plan.wanted):
        words = f"No trade reaches the minimum of {found.asked.minimum_trade:,.2f}."
        yield ReasonGiven(ReallocationReason.BELOW_MINIMUM_TRADE, words)
        return
    answer = found.liquidity.answer
    if answer is not None and answer.fault is not None:
        words = f"The liquidity service has no answer, so that nothing is known to match. {answer.fault}"
        yield ReasonGiven(ReallocationReason.LIQUIDITY_SERVICE_UNAVAILABLE, words, answer.assets)
    wanted = dict(zip((each.asset for each in found.holdings), plan.wanted, strict=True))
    rooms = found.liquidity.rooms
    unknown = tuple(asset for asset, trade in wanted.items() if trade and rooms[asset] is None)
    if unknown:
        words = "It is not known what can be traded: state liquidity, import volumes, or say assume_liquid."
        yield ReasonGiven(ReallocationReason.LIQUIDITY_UNKNOWN, words, unknown)
    short = tuple(asset for asset, trade in wanted.items() if (rooms[asset] or 0) < abs(trade))
    short = tuple(asset for asset in short if asset not in unknown)
    if short:
        words = f"Less can be traded than the target asks for; {money(plan.shortfall):,.2f} are missing."
        yield ReasonGiven(ReallocationReason.INSUFFICIENT_LIQUIDITY, words, short)


def _portfolio(values: Mapping[str, int]) -> PortfolioState:
    total = sum(values.values())
    return PortfolioState(
        money(total),
        tuple(
            PortfolioHolding(asset, decimal(Fraction(value, total)) if total else Decimal(0), money(value))
            for asset, value in values.items()
        ),
    )


def _utilization(report: UtilizationReport) -> UtilizationState:
    def shown(number: Fraction | None) -> Decimal | None:
        return None if number is None else decimal(number)

    return UtilizationState(
        shown(report.overall),
        shown(report.worst),
        tuple(
            AssetUtilization(each.asset, shown(each.ratio), decimal(each.difference), each.is_out)
            for each in report.assets
        ),
    )


def _summary(trades: Sequence[PlannedTrade]) -> ReallocationSummary:
    bought = sum(trade.side is Side.BUY for trade in trades)
    largest = sorted(trades, key=lambda trade: (-trade.amount, trade.asset))[:MAX_ADJUSTMENTS]
    return ReallocationSummary(len(trades), DirectionChanges(bought, len(trades) - bought), tuple(largest))

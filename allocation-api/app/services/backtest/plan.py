"""A request as the kernel takes it: market, strategy and plan, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from app.core.errors import FieldError, InvalidRequest
from app.services.backtest.types import (
    MAX_TRADES,
    BacktestData,
    BacktestRequest,
    StrategyType,
)
from app.services.kernels.allocation.problem import FloatArray
from app.services.kernels.backtest import (
    BuyAndHold,
    Costs,
    FixedWeights,
    Market,
    Optimization,
    Plan,
    Rebalancing,
    Simulation,
    Strategy,
)
from app.services.kernels.backtest.market import MIN_PERIOD_ROWS
from app.services.kernels.optimization import Group, Infeasible, InvalidProblem
from app.services.kernels.risk import Panel, RiskError
from app.services.market_history import store
from app.services.market_history.bars import OPEN, VOLUME, day_number
from app.services.market_history.errors import TooFewPrices, UnknownAsset, field_errors, measurable
from app.services.market_history.series import Common, common, dates_of
from app.services.market_history.service import MarketHistory
from app.services.market_history.types import MarketPeriod, SeriesFrequency
from app.services.risk.sample import periods_of_year

_FIELDS = {
    "lower": "constraints.lower_bound",
    "upper": "constraints.upper_bound",
    "max_turnover": "constraints.max_turnover",
    "radius": "strategy.parameters.radius",
    "assets": "assets",
}


MIN_CALENDAR_ROWS = 28
"""Days whose weekdays tell the calendar at least: four weeks of one that has weekends."""


@dataclass(frozen=True, slots=True, eq=False)
class Prices:
    """Prices on the days that all assets and the benchmark have; `names` are the columns of `shared`.

    `last_updated` repeats them, other than a moment that was asked for and is still to come.
    """

    names: tuple[str, ...]
    shared: Common
    opens: FloatArray
    volumes: FloatArray
    start: int
    sources: list[str]
    last_updated: datetime


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A backtest that can be run; `benchmark` are closes on the rows of the market."""

    simulation: Simulation
    benchmark: FloatArray | None
    data: BacktestData
    risk_free_rate: float


def read(history: MarketHistory, asked: BacktestRequest) -> Prices:
    """Return the prices that a request is about, as they were known at its `known_at`.

    Raises
    ------
    InvalidRequest, UnknownAsset, TooFewPrices
        With the fields of the request.
    """
    names = tuple(dict.fromkeys((*asked.assets, *([asked.benchmark] if asked.benchmark else ()))))
    fields = {asked.benchmark: "benchmark"} if asked.benchmark and asked.benchmark not in asked.assets else {}
    try:
        known = history.known(names, asked.known_at, fields)
    except UnknownAsset as error:
        if wrong := [*_wrong_names(asked)]:
            raise InvalidRequest.of(*wrong, *error.errors) from error
        raise
    bars = {name: each.bars.between(None, asked.end_date) for name, each in known.items()}
    shared = common(bars, MarketPeriod.MAX)
    start = 0 if asked.start_date is None else int(np.searchsorted(shared.days, day_number(asked.start_date)))
    opens, volumes = (
        np.column_stack(
            [
                bars[name].values[column, np.searchsorted(bars[name].days, shared.days)]
                for name in asked.assets
            ]
        )
        for column in (OPEN, VOLUME)
    )
    arrived = store.last_arrival(known.values())
    sources = store.sources_of(known.values())
    return Prices(names, shared, opens, volumes, start, sources, arrived)


def prepare(prices: Prices, asked: BacktestRequest) -> Prepared:
    """Return what a request comes to by its prices.

    Raises
    ------
    InvalidRequest, TooFewPrices, NotMeasurable
        With the fields of the request.
    """
    if wrong := [*_wrong_names(asked)]:
        raise InvalidRequest.of(*wrong)
    shared, count = prices.shared, len(asked.assets)
    if len(shared.days) - prices.start < MIN_PERIOD_ROWS:
        raise _too_few(len(shared.days) - prices.start)
    periods = asked.periods_per_year or _periods(asked, prices)
    with measurable(lambda _: "assets"):
        closes = shared.prices[:, :count]
        market = Market.of(asked.assets, shared.days, closes, prices.opens, prices.volumes, prices.start)
        costs = Costs(asked.strategy.transaction_costs, asked.strategy.market_impact)
        plan = Plan(asked.initial_capital, asked.strategy.rebalancing_frequency, costs)
    simulation = _simulation(market, strategy_of(asked, periods), plan)
    if len(simulation.rows) * count > MAX_TRADES:
        text = f"{len(simulation.rows)} decisions about {count} assets are more than {MAX_TRADES:,} together."
        raise InvalidRequest.of(FieldError("strategy.rebalancing_frequency", text))
    first, last = dates_of(market.days[[simulation.first, -1]])
    data = BacktestData(
        first,
        last,
        len(market.days) - 1 - simulation.first,
        simulation.first,
        shared.left_out,
        periods,
        prices.sources,
        prices.last_updated,
        prices.last_updated,
    )
    benchmark = None if asked.benchmark is None else shared.prices[:, prices.names.index(asked.benchmark)]
    return Prepared(simulation, benchmark, data, asked.risk_free_rate)


def _periods(asked: BacktestRequest, prices: Prices) -> int:
    """Return the trading days of a year by the days of the backtest, and four weeks before its end at least.

    Earlier prices may be of other weekdays: a stock's before a coin's, or an index' before its future's.
    """
    days, parameters = prices.shared.days, asked.strategy.parameters
    seen = parameters.min_window if parameters.weights is None else 0
    first = min(max(prices.start, seen), len(days) - MIN_CALENDAR_ROWS)
    return periods_of_year(days[max(first, 0) :], SeriesFrequency.DAILY)


def _simulation(market: Market, strategy: Strategy, plan: Plan) -> Simulation:
    try:
        return Simulation(market, strategy, plan)
    except RiskError as error:
        raise TooFewPrices(str(error), errors=[FieldError("start_date", error.faults[0].message)]) from error


def _too_few(count: int) -> TooFewPrices:
    found = f"All assets have a price on {max(count, 0)} days from start_date to end_date"
    text = f"{found}; {MIN_PERIOD_ROWS} are needed."
    return TooFewPrices(text, errors=[FieldError("start_date", text)])


def strategy_of(asked: BacktestRequest, periods: int) -> Strategy:
    """Return the strategy that a request asks for: what a live rebalancing hands the window of today.

    Raises
    ------
    InvalidRequest
        For limits that cannot hold together whatever the prices are.
    """
    stated, parameters = asked.strategy, asked.strategy.parameters
    fixed = None if parameters.weights is None else _array(asked, parameters.weights)
    if fixed is not None and stated.type is StrategyType.BUY_AND_HOLD:
        return BuyAndHold(fixed)
    if fixed is not None and stated.type is StrategyType.FIXED_WEIGHTS:
        return FixedWeights(fixed)
    target = _optimization(asked, periods) if fixed is None else FixedWeights(fixed)
    if stated.type is StrategyType.REBALANCING:
        return Rebalancing(target, parameters.threshold)
    return target


def _optimization(asked: BacktestRequest, periods: int) -> Optimization:
    parameters, limits = asked.strategy.parameters, asked.constraints
    places = {name: at for at, name in enumerate(asked.assets)}
    groups = tuple(
        Group(
            name,
            tuple(places[each] for each in limits.groups[name]),
            between.min,
            between.max,
        )
        for name, between in limits.group_constraints.items()
    )
    goal = parameters.target_return
    found = Optimization(
        objective=parameters.objective,
        measure=parameters.risk_measure,
        lower=limits.lower_bound,
        upper=limits.upper_bound,
        groups=groups,
        max_turnover=limits.max_turnover,
        target_return=None if goal is None else goal / periods,
        risk_free_rate=asked.risk_free_rate / periods,
        risk_aversion=parameters.risk_aversion,
        tail=1.0 - parameters.confidence,
        radius=parameters.radius,
        threshold=parameters.minimum_acceptable_return,
        window=parameters.window,
        min_window=parameters.min_window,
    )
    try:
        found.check(asked.assets)
    except InvalidProblem as error:
        errors = [FieldError(_FIELDS.get(each.field, "constraints"), each.message) for each in error.faults]
        raise InvalidRequest.of(*errors) from error
    except Infeasible as error:
        raise InvalidRequest.of(FieldError("constraints", str(error))) from error
    return found


def _wrong_names(asked: BacktestRequest) -> Iterator[FieldError]:
    """Yield what is wrong with weights and groups whatever the prices are."""
    parameters = asked.strategy.parameters
    if parameters.weights is not None:
        yield from _wrong_weights(asked.assets, parameters.weights)
    if parameters.min_window > parameters.window:
        yield FieldError("strategy.parameters.min_window", f"At most the window, {parameters.window}.")
    yield from _wrong_groups(asked)


def _wrong_weights(assets: tuple[str, ...], weights: dict[str, float]) -> Iterator[FieldError]:
    field = "strategy.parameters.weights"
    try:
        Panel(np.empty((0, len(assets))), assets).weights(weights)
    except RiskError as error:
        yield from field_errors(error, lambda asset: f"{field}.{asset}" if asset else field)


def _wrong_groups(asked: BacktestRequest) -> Iterator[FieldError]:
    limits = asked.constraints
    for name, members in limits.groups.items():
        for each in members:
            if each not in asked.assets:
                yield FieldError(f"constraints.groups.{name}", f"{each} is none of the assets.")
    for name in limits.group_constraints:
        if name not in limits.groups:
            yield FieldError(f"constraints.group_constraints.{name}", "There is no such group.")


def _array(asked: BacktestRequest, weights: dict[str, float]) -> FloatArray:
    return np.array([weights.get(name, 0.0) for name in asked.assets])

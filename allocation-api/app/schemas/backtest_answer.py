"""Backtests: what is answered."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.schemas.kit.base import ResponseSchema, added
from app.schemas.kit.fields import Code, IsoDate, Number, UtcTime
from app.schemas.kit.paging import NextCursorSchema
from app.schemas.market_history_fields import Column
from app.services.backtest.types import BacktestStatus, ChartType, StrategyType
from app.services.domain.side import Side
from app.services.kernels.backtest import Figure, RebalancingFrequency, SkippedReason
from app.services.kernels.optimization import Measure, Objective
from app.services.kernels.risk import FaultKind

_FIGURES = {
    Figure.TOTAL_RETURN: ("Return over all days.", 0.42),
    Figure.ANNUALIZED_RETURN: ("Annualised return, compounded.", 0.07),
    Figure.VOLATILITY: ("Standard deviation of a year.", 0.11),
    Figure.SHARPE_RATIO: ("Sharpe ratio of a year.", 0.64),
    Figure.SORTINO_RATIO: ("Sortino ratio of a year.", 0.9),
    Figure.MAX_DRAWDOWN: ("Part of the highest value that was lost at most; positive.", 0.18),
    Figure.CALMAR_RATIO: ("Annualised return over the maximum drawdown.", 0.39),
    Figure.BETA: ("Beta against the benchmark.", 0.6),
    Figure.ALPHA: ("Annualised Jensen's alpha.", 0.01),
    Figure.TRACKING_ERROR: ("Standard deviation of the difference to the benchmark, of a year.", 0.06),
    Figure.INFORMATION_RATIO: ("Mean over standard deviation of that difference, of a year.", 0.2),
    Figure.TURNOVER: ("Half of what was traded over the value, of a year, after the first purchase.", 0.3),
    Figure.WIN_RATE: ("Share of the days with a return above 0.", 0.53),
    Figure.VAR: ("Historical value at risk of a day at 95 %; losses are positive.", 0.011),
    Figure.CVAR: ("Mean of the worst 5 % of the days; losses are positive.", 0.016),
    Figure.PROBABILISTIC_SHARPE: ("Probability that the true Sharpe ratio is above 0.", 0.97),
}


def number_or_null(text: str, example: float, **more: Any) -> Number:
    """Return the field of a figure that may be none."""
    return Number(allow_none=True, metadata=added(text, example=example), **more)


def _figures() -> dict[str, fields.Field[Any]]:
    return {
        figure.value: number_or_null(text, example, attribute=f"figures.{figure}")
        for figure, (text, example) in _FIGURES.items()
    }


def _undefined() -> fields.Dict:
    return fields.Dict(
        keys=fields.String(),
        values=Code(FaultKind),
        metadata=added("Why figures are null, by name.", example={"beta": "REQUIRED"}),
    )


def _values(text: str, example: list[float | None], *, allow_none: bool = False) -> Column:
    return Column(Number(allow_none=True), allow_none=allow_none, metadata=added(text, example=example))


def _days(text: str) -> fields.List[Any]:
    return fields.List(IsoDate(), metadata=added(text, example=["2021-01-04"]))


class SharpeIntervalSchema(ResponseSchema):
    """The stationary bootstrap's interval of the Sharpe ratio, with what repeats it."""

    low = Number(metadata=added("Lower end.", example=0.1))
    high = Number(metadata=added("Upper end.", example=1.2))
    confidence = Number(metadata=added("Part of the samples that lie within.", example=0.95))
    samples = fields.Integer(metadata=added("Samples.", example=2000))
    block_length = Number(metadata=added("Mean length of a block, in days.", example=4.2))
    seed = fields.Integer(metadata=added("Seed of the generator.", example=20170217))


_SummaryFigures = ResponseSchema.from_dict(_figures(), name="BacktestFiguresSchema")


class BacktestSummarySchema(_SummaryFigures):  # type: ignore[valid-type, misc]
    """Figures of a backtest after costs; one that is null is explained in `undefined`."""

    initial_capital = Number(metadata=added("Initial capital.", example=1000000))
    final_value = Number(metadata=added("Final value.", example=1420000))
    total_costs = Number(metadata=added("Costs of all trades, impact included.", example=2300))
    trade_count = fields.Integer(metadata=added("Transactions.", example=120))
    undefined = _undefined()
    sharpe_interval = fields.Nested(
        SharpeIntervalSchema,
        allow_none=True,
        metadata=added("How sure the Sharpe ratio is; null where it has no interval."),
    )


class ShownParametersSchema(ResponseSchema):
    """Parameters of a strategy."""

    weights = fields.Dict(
        keys=fields.String(),
        values=Number(),
        allow_none=True,
        metadata=added("Weight by asset.", example={"EQ-US-LARGE": 0.6}),
    )
    objective = Code(Objective, metadata=added("What is optimised.", example="MinRisk"))
    risk_measure = Code(Measure, metadata=added("How risk is measured.", example="MV"))
    window = fields.Integer(metadata=added("Returns that it sees.", example=252))
    min_window = fields.Integer(metadata=added("Returns without which it does not begin.", example=60))
    threshold = Number(metadata=added("Distance of a weight that is left as it is.", example=0.05))
    target_return = number_or_null("Least expected return of a year.", 0.05)
    risk_aversion = Number(metadata=added("Weight of the risk.", example=1))
    confidence = Number(metadata=added("Of CVaR, EVaR, CDaR and EDaR.", example=0.95))
    radius = Number(metadata=added("Of the Wasserstein ball.", example=0))
    minimum_acceptable_return = Number(metadata=added("Of FLPM and SLPM, of a day.", example=0))


class ShownStrategySchema(ResponseSchema):
    """A strategy."""

    type = Code(StrategyType, metadata=added("Type.", example="fixed_weights"))
    parameters = fields.Nested(ShownParametersSchema, metadata=added("Parameters."))
    rebalancing_frequency = Code(RebalancingFrequency, metadata=added("How often it decides."))
    transaction_costs = Number(metadata=added("Per unit of money traded.", example=0.001))
    market_impact = Number(metadata=added("Of the square-root impact.", example=0))


class ShownGroupLimitsSchema(ResponseSchema):
    """Limits of a group."""

    min = number_or_null("Least weight together.", 0.1)
    max = number_or_null("Most weight together.", 0.4)


class ShownConstraintsSchema(ResponseSchema):
    """Limits of an optimisation."""

    lower_bound = Number(metadata=added("Least weight of an asset.", example=0))
    upper_bound = Number(metadata=added("Most weight of an asset.", example=1))
    groups = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), metadata=added("Assets by group.")
    )
    group_constraints = fields.Dict(
        keys=fields.String(), values=fields.Nested(ShownGroupLimitsSchema), metadata=added("Limits by group.")
    )
    max_turnover = number_or_null("Most of half of what weights change by.", 0.2)


class ShownBacktestRequestSchema(ResponseSchema):
    """What was asked for; sent again it gives the same numbers."""

    name = fields.String(allow_none=True, metadata=added("What it is called.", example="60/40"))
    strategy = fields.Nested(ShownStrategySchema, metadata=added("The strategy."))
    assets = fields.List(fields.String(), metadata=added("Assets.", example=["EQ-US-LARGE"]))
    start_date = IsoDate(allow_none=True, metadata=added("First day.", example="2021-01-04"))
    end_date = IsoDate(allow_none=True, metadata=added("Last day.", example="2025-12-31"))
    initial_capital = Number(metadata=added("Initial capital.", example=1000000))
    benchmark = fields.String(allow_none=True, metadata=added("Benchmark.", example="EQ-US-LARGE"))
    constraints = fields.Nested(ShownConstraintsSchema, metadata=added("Limits of an optimisation."))
    risk_free_rate = Number(metadata=added("Risk-free rate of a year.", example=0.02))
    periods_per_year = fields.Integer(allow_none=True, metadata=added("Trading days of a year."))
    known_at = UtcTime(allow_none=True, metadata=added("Moment whose knowledge counts, in UTC."))


class SubmittedBacktestSchema(ResponseSchema):
    """A backtest that was asked for: its job runs it."""

    backtest_id = fields.String(metadata=added("Its id.", format="backtest-id"))
    job_id = fields.String(metadata=added("Id of its job.", format="job-id"))
    status = Code(BacktestStatus, metadata=added("State of its job.", example="PENDING"))


class BacktestViewSchema(SubmittedBacktestSchema):
    """A backtest as a list shows it."""

    name = fields.String(allow_none=True, metadata=added("What it is called.", example="60/40"))
    grid_id = fields.String(allow_none=True, metadata=added("Its grid; null where it is of none."))
    created_at = UtcTime(metadata=added("When it was asked for, in UTC."))
    created_by = fields.String(metadata=added("Who asked for it.", example="demo_user"))
    request = fields.Nested(ShownBacktestRequestSchema, metadata=added("What was asked for."))
    summary = fields.Nested(
        BacktestSummarySchema, allow_none=True, metadata=added("Figures; null while there is no result.")
    )
    error = fields.String(allow_none=True, metadata=added("Why its job failed; null where it has not."))


class BacktestPageSchema(NextCursorSchema):
    """A page of backtests, newest first."""

    backtests = fields.List(
        fields.Nested(BacktestViewSchema), attribute="items", metadata=added("The backtests.")
    )


class DeletedBacktestSchema(ResponseSchema):
    """What was deleted."""

    backtest_id = fields.String(metadata=added("Id of the backtest.", format="backtest-id"))


class BacktestDataSchema(ResponseSchema):
    """What the prices were."""

    start_date = IsoDate(metadata=added("Day of the first decision.", example="2021-01-04"))
    end_date = IsoDate(metadata=added("Last day.", example="2025-12-31"))
    return_count = fields.Integer(metadata=added("Returns.", example=1303))
    history_count = fields.Integer(metadata=added("Days before the first decision.", example=252))
    left_out = fields.Integer(metadata=added("Days that were left out: only some have a price.", example=0))
    periods_per_year = fields.Integer(metadata=added("Trading days of a year.", example=252))
    source = fields.List(fields.String(), metadata=added("Sources of the prices.", example=["demo"]))
    last_updated = UtcTime(metadata=added("When the last price arrived, in UTC."))
    known_at = UtcTime(metadata=added("Sent as known_at, it repeats this backtest, in UTC."))


class BacktestTimeSeriesSchema(ResponseSchema):
    """One number for each of `dates`; the first day is that of the first decision, in cash."""

    dates = _days("Trading days.")
    portfolio_values = _values("Value at the close.", [1000000, 1000950.5])
    cash = _values("Cash in it.", [1000000, 0])
    returns = _values("Return from the day before; null on the first day.", [None, 0.00095])
    drawdowns = _values("Drawdown, the part of the highest value so far that is lost.", [0, 0])
    benchmark_values = _values(
        "The same money in the benchmark; null without one.", [1000000, 1001000], allow_none=True
    )
    benchmark_returns = _values("Returns of the benchmark; null without one.", [None, 0.001], allow_none=True)


class BacktestTransactionSchema(ResponseSchema):
    """One trade of an asset."""

    date = IsoDate(metadata=added("Day, the one after the decision.", example="2021-01-05"))
    asset = fields.String(metadata=added("Asset.", example="EQ-US-LARGE"))
    action = Code(Side, metadata=added("BUY or SELL.", example="BUY"))
    quantity = Number(metadata=added("Units.", example=5996.2))
    price = Number(metadata=added("Open of the day, or its close where there is none.", example=100))
    cost = Number(metadata=added("Costs, impact included.", example=599.6))
    weight = Number(metadata=added("Its weight after the trades of the day.", example=0.6))


class BacktestAllocationSchema(ResponseSchema):
    """Weights after the trades of a day."""

    date = IsoDate(metadata=added("Day.", example="2021-01-05"))
    weights = fields.Dict(
        keys=fields.String(), values=Number(), metadata=added("By asset.", example={"EQ-US-LARGE": 0.6})
    )


class BacktestSkippedSchema(ResponseSchema):
    """A decision that was not made, for no portfolio was best: what was held stayed."""

    date = IsoDate(metadata=added("Day.", example="2022-03-01"))
    reason = Code(SkippedReason, metadata=added("Why.", example="NO_EXCESS_RETURN"))
    message = fields.String(metadata=added("The same in words."))


class BacktestChartSeriesSchema(ResponseSchema):
    """A line of a chart."""

    name = fields.String(metadata=added("Name.", example="portfolio"))
    values = _values("One for each of the chart's dates.", [1000000, 1000950.5])


class BacktestChartSchema(ResponseSchema):
    """A chart ready to be plotted."""

    name = fields.String(metadata=added("wealth, drawdown, weights or costs.", example="wealth"))
    title = fields.String(metadata=added("Title.", example="Value of the portfolio"))
    type = Code(ChartType, metadata=added("How it is drawn.", example="line"))
    dates = _days("Its horizontal axis.")
    series = fields.List(fields.Nested(BacktestChartSeriesSchema), metadata=added("Its lines."))


class BacktestSchema(BacktestViewSchema):
    """A backtest with its result; null and empty while there is none."""

    data = fields.Nested(BacktestDataSchema, allow_none=True, metadata=added("What the prices were."))
    time_series = fields.Nested(
        BacktestTimeSeriesSchema, allow_none=True, metadata=added("One number for each day.")
    )
    transactions = fields.List(
        fields.Nested(BacktestTransactionSchema), metadata=added("The first 5,000 trades, oldest first.")
    )
    transaction_count = fields.Integer(metadata=added("All trades.", example=120))
    period_allocations = fields.List(
        fields.Nested(BacktestAllocationSchema), metadata=added("Weights after each day of trades.")
    )
    skipped = fields.List(
        fields.Nested(BacktestSkippedSchema), metadata=added("Decisions that were not made.")
    )
    charts = fields.List(
        fields.Nested(BacktestChartSchema), metadata=added("Charts; empty without a result.")
    )
    versions = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata=added("Libraries that the last digits may depend on.", example={"numpy": "2.4.0"}),
    )


class BacktestTransactionsSchema(ResponseSchema):
    """All trades of a backtest, oldest first."""

    transactions = fields.List(fields.Nested(BacktestTransactionSchema), metadata=added("The trades."))


class BacktestDayTableSchema(ResponseSchema):
    """One day of a backtest, as a row of a table."""

    date = IsoDate(metadata=added("Trading day.", example="2021-01-05"))
    portfolio_value = Number(metadata=added("Value at the close.", example=1000950.5))
    cash = Number(metadata=added("Cash in it.", example=0))
    portfolio_return = number_or_null("Return from the day before.", 0.00095)
    drawdown = Number(metadata=added("Drawdown, the part of the highest value so far that is lost.", example=0))
    benchmark_value = number_or_null("The same money in the benchmark.", 1001000)
    benchmark_return = number_or_null("Return of the benchmark.", 0.001)


_ComparedFigures = ResponseSchema.from_dict(_figures(), name="BacktestComparedFiguresSchema")


class ComparedBacktestSchema(_ComparedFigures):  # type: ignore[valid-type, misc]
    """A backtest over the days that all have; figures of trades and of a benchmark are in its summary."""

    backtest_id = fields.String(metadata=added("Its id.", format="backtest-id"))
    name = fields.String(allow_none=True, metadata=added("What it is called."))
    summary = fields.Nested(BacktestSummarySchema, metadata=added("Figures over its own days."))
    undefined = _undefined()
    wealth = _values("Value, 1 on the first day.", [1, 1.01])


class BacktestComparisonSchema(ResponseSchema):
    """Backtests side by side, over the days that all of them have."""

    dates = _days("Those days.")
    backtests = fields.List(fields.Nested(ComparedBacktestSchema), metadata=added("In the order asked for."))
    correlation = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=Number(allow_none=True)),
        metadata=added("Correlation of their returns, by id and id; null where one does not vary."),
    )

"""Backtests: what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, added
from app.schemas.kit.fields import Code, Entries, Identifiers, IsoDate, Real, Text, WholeNumber
from app.schemas.kit.paging import PagingSchema
from app.schemas.market_history_fields import EXAMPLE_ASSETS, JsonList, Symbol, assets_in_body, known_at
from app.services.backtest.types import (
    MAX_COMPARED,
    BacktestConstraints,
    BacktestRequest,
    GroupLimits,
    StrategyParameters,
    StrategyRequest,
    StrategyType,
)
from app.services.kernels.backtest import RebalancingFrequency
from app.services.kernels.backtest.strategies import MIN_WINDOW, THRESHOLD, WINDOW
from app.services.kernels.optimization import Measure, Objective
from app.services.market_history.types import MAX_ASSETS

MAX_WINDOW = 2_520
MAX_GROUPS = 20

_SUPPORTED = ", ".join(each for each in StrategyType if each is not StrategyType.REGIME)
_TYPE = (
    "fixed_weights: back to weights at each decision. buy_and_hold: bought once. optimization: optimised "
    "over the trailing window at each decision. rebalancing: one target, by weights or by an optimisation, "
    "and trades when a weight is further from it than threshold. regime is not supported yet."
)
_WEIGHTS = "Weight by asset, as parts of 1 that add up to 1; of fixed_weights, buy_and_hold and rebalancing."
_FREQUENCY = "A decision is made on the first trading day of each; the trade is on the next trading day."
_IMPACT = "c of the square-root impact c x daily volatility x sqrt(quantity / average volume); 0 is none."
_NEED_WEIGHTS = {StrategyType.FIXED_WEIGHTS, StrategyType.BUY_AND_HOLD}


class StrategyParametersSchema(RequestSchema):
    """Parameters of strategies."""

    makes = StrategyParameters

    weights = Entries(
        Symbol(),
        Real("-100", "100"),
        Length(1, MAX_ASSETS, error=f"Between 1 and {MAX_ASSETS} assets are expected."),
        load_default=None,
        metadata=added(_WEIGHTS, example={EXAMPLE_ASSETS[0]: 0.6, EXAMPLE_ASSETS[1]: 0.4}),
    )
    objective = Code(
        Objective, load_default=Objective.MIN_RISK, metadata=added("What is optimised.", example="MinRisk")
    )
    risk_measure = Code(
        Measure, load_default=Measure.MV, metadata=added("How its risk is measured.", example="MV")
    )
    window = WholeNumber(
        2, MAX_WINDOW, load_default=WINDOW, metadata=added("Returns that it sees.", example=WINDOW)
    )
    min_window = WholeNumber(
        2,
        MAX_WINDOW,
        load_default=MIN_WINDOW,
        metadata=added("Returns without which it does not begin.", example=MIN_WINDOW),
    )
    threshold = Real(
        "0",
        "0.99",
        load_default=THRESHOLD,
        metadata=added("Of rebalancing: distance of a weight that is left as it is.", example=THRESHOLD),
    )
    target_return = Real(
        "-10", "10", load_default=None, metadata=added("Least expected return of a year.", example=0.05)
    )
    risk_aversion = Real(
        "0", "1000000", load_default=1.0, metadata=added("Of Utility: weight of the risk.", example=1)
    )
    confidence = Real(
        "0.5", "0.9999", load_default=0.95, metadata=added("Of CVaR, EVaR, CDaR and EDaR.", example=0.95)
    )
    radius = Real(
        "0",
        "1",
        load_default=0.0,
        metadata=added(
            "Of the Wasserstein ball around the sample, per day; 0 is none. Of MV and CVaR.", example=0
        ),
    )
    minimum_acceptable_return = Real(
        "-1",
        "1",
        load_default=0.0,
        metadata=added("Of FLPM and SLPM: return of a day below which is a loss.", example=0),
    )


class BacktestStrategySchema(RequestSchema):
    """A strategy, how often it decides, and what its trades cost."""

    makes = StrategyRequest

    type = Code(StrategyType, required=True, metadata=added(_TYPE, example="fixed_weights"))
    parameters = fields.Nested(
        StrategyParametersSchema,
        load_default=StrategyParameters,
        metadata=added("Parameters; each type uses its own."),
    )
    rebalancing_frequency = Code(
        RebalancingFrequency,
        load_default=RebalancingFrequency.MONTHLY,
        metadata=added(_FREQUENCY, example="monthly"),
    )
    transaction_costs = Real(
        "0", "0.5", load_default=0.001, metadata=added("Per unit of money traded.", example=0.001)
    )
    market_impact = Real("0", "100", load_default=0.0, metadata=added(_IMPACT, example=0))

    @validates_schema(skip_on_field_errors=True)
    def consistent(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what is not supported, and weights where there must be or cannot be any."""
        kind, has_weights = data["type"], data["parameters"].weights is not None
        if kind is StrategyType.REGIME:
            text = f"The strategy regime is not supported yet: {_SUPPORTED} are."
            raise ValidationError({"type": [text]})
        if kind in _NEED_WEIGHTS and not has_weights:
            raise ValidationError({"parameters": {"weights": [f"{kind} needs weights."]}})
        if kind is StrategyType.OPTIMIZATION and has_weights:
            raise ValidationError({"parameters": {"weights": ["optimization finds its weights itself."]}})


class BacktestGroupLimitsSchema(RequestSchema):
    """Limits of a group of assets."""

    makes = GroupLimits

    min = Real("-100", "100", load_default=None, metadata=added("Least weight together.", example=0.1))
    max = Real("-100", "100", load_default=None, metadata=added("Most weight together.", example=0.4))


class BacktestConstraintsSchema(RequestSchema):
    """Limits of an optimisation."""

    makes = BacktestConstraints

    lower_bound = Real("-100", "1", load_default=0.0, metadata=added("Least weight of an asset.", example=0))
    upper_bound = Real("-1", "100", load_default=1.0, metadata=added("Most weight of an asset.", example=1))
    groups = Entries(
        Text(least=1, most=64),
        JsonList(Symbol(), most=MAX_ASSETS),
        Length(0, MAX_GROUPS, error=f"At most {MAX_GROUPS} groups are expected."),
        load_default=dict,
        metadata=added("Assets by the name of their group.", example={"equities": [EXAMPLE_ASSETS[0]]}),
    )
    group_constraints = Entries(
        Text(least=1, most=64),
        fields.Nested(BacktestGroupLimitsSchema),
        Length(0, MAX_GROUPS, error=f"At most {MAX_GROUPS} groups are expected."),
        load_default=dict,
        metadata=added("Limits by the name of a group.", example={"equities": {"max": 0.6}}),
    )
    max_turnover = Real(
        "0",
        "100",
        load_default=None,
        metadata=added("Most of half of what weights change by, after the first purchase.", example=0.2),
    )


class BacktestRequestSchema(RequestSchema):
    """A backtest."""

    makes = BacktestRequest

    name = Text(least=1, most=100, load_default=None, metadata=added("What it is called.", example="60/40"))
    strategy = fields.Nested(BacktestStrategySchema, required=True, metadata=added("The strategy."))
    assets = assets_in_body()
    start_date = IsoDate(
        load_default=None,
        metadata=added("First day; earlier prices are what the strategy has seen. By default the first."),
    )
    end_date = IsoDate(load_default=None, metadata=added("Last day, by default the last there is."))
    initial_capital = Real(
        "0.01", "1000000000000000", load_default=1e6, metadata=added("Initial capital.", example=1000000)
    )
    benchmark = Symbol(load_default=None, metadata=added("Asset that it is compared with."))
    constraints = fields.Nested(
        BacktestConstraintsSchema,
        load_default=BacktestConstraints,
        metadata=added("Limits of an optimisation."),
    )
    risk_free_rate = Real(
        "-1", "1", load_default=0.0, metadata=added("Risk-free rate of a year, as a fraction.", example=0.02)
    )
    periods_per_year = WholeNumber(
        1,
        366,
        load_default=None,
        metadata=added(
            "Trading days of a year. By default 252, or 365 where weekends have prices.", example=252
        ),
    )
    known_at = known_at()

    @validates_schema(skip_on_field_errors=True)
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a span that ends before it begins."""
        first: date | None = data["start_date"]
        last: date | None = data["end_date"]
        if first and last and first > last:
            raise ValidationError("The date lies before start_date.", "end_date")


@dataclass(frozen=True, slots=True)
class BacktestPageQuery:
    """Which page of backtests."""

    cursor: str | None
    limit: int


class BacktestPageQuerySchema(PagingSchema):
    """Which page of backtests."""

    makes = BacktestPageQuery


@dataclass(frozen=True, slots=True)
class ComparisonQuery:
    """Which backtests are compared."""

    backtest_ids: tuple[str, ...]


class BacktestComparisonQuerySchema(RequestSchema):
    """Which backtests are compared."""

    makes = ComparisonQuery

    backtest_ids = Identifiers(
        "backtest-id",
        most=MAX_COMPARED,
        required=True,
        metadata=added(f"Ids of backtests with a result, at most {MAX_COMPARED}, separated by commas."),
    )

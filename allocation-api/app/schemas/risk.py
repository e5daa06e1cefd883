"""Risk of a portfolio: what is asked."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, added
from app.schemas.kit.fields import Code, Entries, Real, WholeNumber
from app.schemas.market_history import DaysSchema
from app.schemas.market_history_fields import EXAMPLE_ASSETS, JsonList, Symbol
from app.services.kernels.risk.covariance import DECAY, CovarianceMethod
from app.services.market_history.types import MAX_ASSETS
from app.services.risk.types import (
    NEED_BENCHMARK,
    RiskFigure,
    RiskRequest,
    RollingFigure,
    RollingRequest,
    WindowsRequest,
)

MAX_LEVELS = 5
MAX_WINDOW = 5_000
MAX_WINDOWS = 50

_ENTRIES = f"Between 1 and {MAX_ASSETS} assets are expected."
_PERIODS = (
    "Periods of a year. By default 252 of daily prices, 365 where there are prices on weekends too, "
    "52 of weekly and 12 of monthly ones."
)


class WorstWindowsSchema(RequestSchema):
    """The worst windows of the past."""

    makes = WindowsRequest

    periods = WholeNumber(1, MAX_WINDOW, required=True, metadata=added("Periods of a window.", example=21))
    count = WholeNumber(1, MAX_WINDOWS, load_default=5, metadata=added("Windows at most.", example=5))


class RollingSchema(RequestSchema):
    """Measures over windows that roll along the period."""

    makes = RollingRequest

    window = WholeNumber(2, MAX_WINDOW, required=True, metadata=added("Periods of a window.", example=63))
    measures = JsonList(
        Code(RollingFigure),
        most=len(RollingFigure),
        load_default=(RollingFigure.VOLATILITY,),
        metadata=added("Measures; VaR and CVaR are at the first of `levels`.", example=["volatility"]),
    )


class RiskRequestSchema(DaysSchema):
    """A portfolio, the days that it is measured on, and what is measured."""

    makes = RiskRequest

    weights = Entries(
        Symbol(),
        Real("-100", "100"),
        Length(1, MAX_ASSETS, error=_ENTRIES),
        required=True,
        metadata=added(
            "Weight by symbol, as parts of 1: they add up to 1. Below 0 is sold short.",
            example={EXAMPLE_ASSETS[0]: 0.6, EXAMPLE_ASSETS[1]: 0.4},
        ),
    )
    benchmark = Symbol(load_default=None, metadata=added("Asset that the portfolio is compared with."))
    measures = JsonList(
        Code(RiskFigure),
        most=len(RiskFigure),
        load_default=tuple(RiskFigure),
        metadata=added("Measures, by default all.", example=["volatility", "CVaR"]),
    )
    levels = JsonList(
        Real("0.5", "0.9999"),
        most=MAX_LEVELS,
        load_default=(0.95,),
        metadata=added("Confidence of measures of the tail: 0.95 is the worst 5 %.", example=[0.95, 0.99]),
    )
    covariance = Code(
        CovarianceMethod,
        load_default=CovarianceMethod.SAMPLE,
        metadata=added("Estimate behind the volatility and its contributions.", example="sample"),
    )
    decay = Real(
        "0.5", "0.9999", load_default=DECAY, metadata=added("Decay of ewma for each period.", example=0.94)
    )
    risk_free_rate = Real(
        "-1", "1", load_default=0.0, metadata=added("Risk-free rate of a year, as a fraction.", example=0.02)
    )
    target_return = Real(
        "-1",
        "1",
        load_default=0.0,
        metadata=added("Return of a period that FLPM, SLPM, Sortino and Omega count from.", example=0),
    )
    periods_per_year = WholeNumber(1, 366, load_default=None, metadata=added(_PERIODS, example=252))
    shocks = Entries(
        Symbol(),
        Real("-1", "1000"),
        Length(1, MAX_ASSETS, error=_ENTRIES),
        load_default=None,
        metadata=added(
            "Return that each of these assets is given at once; the others stay.",
            example={EXAMPLE_ASSETS[0]: -0.2},
        ),
    )
    worst_windows = fields.Nested(
        WorstWindowsSchema, load_default=None, metadata=added("Worst windows of the past, if asked for.")
    )
    rolling = fields.Nested(RollingSchema, load_default=None, metadata=added("Rolling series, if asked for."))

    @validates_schema
    def comparable(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse measures against a benchmark without one."""
        asked: RollingRequest | None = data["rolling"]
        needing = [each for each in (asked.measures if asked else ()) if each in NEED_BENCHMARK]
        if needing and data["benchmark"] is None:
            raise ValidationError(f"{', '.join(needing)} needs a benchmark.", "benchmark")

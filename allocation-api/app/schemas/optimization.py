"""Optimised portfolios: what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, added
from app.schemas.kit.fields import Code, Entries, Real, Text, WholeNumber
from app.schemas.market_history import DaysSchema
from app.schemas.market_history_fields import EXAMPLE_ASSETS, JsonList, Symbol
from app.services.kernels.optimization import WITH_DISTRIBUTIONS, Measure
from app.services.kernels.risk.covariance import DECAY, CovarianceMethod
from app.services.market_history.types import MAX_ASSETS
from app.services.optimization.types import (
    RULES,
    GroupLimit,
    OptimizationRequest,
    PortfolioConstraints,
    PortfolioModel,
    PortfolioObjective,
    PortfolioView,
)

MAX_POINTS = 50
MAX_VIEWS = 50
MAX_FACTORS = 10
MAX_GROUPS = 50

_ONE, _OTHER, _THIRD = EXAMPLE_ASSETS
_ENTRIES = f"Between 1 and {MAX_ASSETS} assets are expected."
GROUPS = Length(0, MAX_GROUPS, error=f"At most {MAX_GROUPS} groups are expected.")
_MODEL = (
    "Classic: mean and covariance of the returns. BL: returns implied by the market's weights, moved by "
    "views. FM: least-squares regression on factors, for MV alone."
)
_MEASURE = (
    "MV: standard deviation. MAD, MSV: distances to the mean; FLPM, SLPM: below `threshold`; MSV and SLPM "
    "are roots. CVaR, EVaR, WR: tail and largest loss. MDD, ADD, CDaR, EDaR, UCI: drawdowns of added returns."
)
_OBJECTIVE = (
    "RiskParity gives equal shares of the risk, HRP halves it down a tree; both are rules for MV, "
    "without constraints."
)
_COST = "Cost per unit bought or sold, as a fraction; it comes off the expected return of a year."
_RADIUS = (
    "Radius of a Wasserstein ball about the sample, as a return of a period; the worst distribution counts."
)
_SUM = 1e-6


class GroupLimitSchema(RequestSchema):
    """Least and most of a group."""

    makes = GroupLimit

    min = Real("-10", "10", load_default=None, metadata=added("Least.", example=0.2))
    max = Real("-10", "10", load_default=None, metadata=added("Most.", example=0.5))


class PortfolioConstraintsSchema(RequestSchema):
    """Limits of weights, which sum to 1."""

    makes = PortfolioConstraints

    lower_bound = Real(
        "-1", "1", load_default=0.0, metadata=added("Least of each asset; below 0 is short.", example=0)
    )
    upper_bound = Real("0", "10", load_default=0.3, metadata=added("Most of each asset.", example=0.3))
    groups = Entries(
        Text(least=1, most=64),
        JsonList(Symbol(), most=MAX_ASSETS),
        GROUPS,
        load_default=dict,
        metadata=added("Assets by the name of a group.", example={"bonds": [_OTHER]}),
    )
    group_constraints = Entries(
        Text(least=1, most=64),
        fields.Nested(GroupLimitSchema),
        GROUPS,
        load_default=dict,
        metadata=added("Limits by the name of a group.", example={"bonds": {"min": 0.1, "max": 0.5}}),
    )
    max_turnover = Real(
        "0", "100", load_default=None, metadata=added("Most of half of what weights change by.", example=0.2)
    )
    target_return = Real(
        "-10",
        "10",
        load_default=None,
        metadata=added("Least expected return of a year after costs.", example=0.05),
    )
    max_assets = WholeNumber(1, MAX_ASSETS, load_default=None, metadata=added("Assets at most.", example=10))
    min_weight = Real(
        "0", "1", load_default=0.0, metadata=added("Least of an asset that is held at all.", example=0.02)
    )

    @validates_schema
    def coherent(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse limits of groups that are not there, and choices among assets that are sold short."""
        wrong: dict[str, Any] = {}
        unknown = [name for name in data["group_constraints"] if name not in data["groups"]]
        if unknown:
            wrong["group_constraints"] = {name: ["There is no group of this name."] for name in unknown}
        if data["lower_bound"] > data["upper_bound"]:
            wrong["lower_bound"] = ["It is above upper_bound."]
        if (data["max_assets"] or data["min_weight"]) and data["lower_bound"] < 0:
            wrong["lower_bound"] = ["It must be 0 at least with max_assets or min_weight."]
        if wrong:
            raise ValidationError(wrong)


class PortfolioViewSchema(RequestSchema):
    """What a portfolio is expected to earn."""

    makes = PortfolioView

    weights = Entries(
        Symbol(),
        Real("-10", "10"),
        Length(1, MAX_ASSETS, error=_ENTRIES),
        required=True,
        metadata=added("1 for an asset; 1 and -1 for one against another.", example={_ONE: 1, _OTHER: -1}),
    )
    expected_return = Real(
        "-10", "10", required=True, metadata=added("Expected return of a year.", example=0.03)
    )
    uncertainty = Real(
        "0",
        "10",
        load_default=None,
        metadata=added("Standard deviation of that; by default as of the prior. 0: certain.", example=0.01),
    )


def _default_constraints() -> PortfolioConstraints:
    return PortfolioConstraints(0.0, 0.3, {}, {}, None, None, None, 0.0)


class OptimizationRequestSchema(DaysSchema):
    """Assets, days, and what portfolio is sought; rates are of a year."""

    makes = OptimizationRequest

    assets = JsonList(
        Symbol(), most=MAX_ASSETS, required=True, metadata=added("Assets.", example=[_ONE, _OTHER, _THIRD])
    )
    model = Code(
        PortfolioModel, load_default=PortfolioModel.CLASSIC, metadata=added(_MODEL, example="Classic")
    )
    risk_measure = Code(Measure, load_default=Measure.MV, metadata=added(_MEASURE, example="CVaR"))
    objective = Code(
        PortfolioObjective,
        load_default=PortfolioObjective.SHARPE,
        metadata=added(_OBJECTIVE, example="MinRisk"),
    )
    risk_free_rate = Real("-1", "1", load_default=0.0, metadata=added("Risk-free rate.", example=0.02))
    constraints = fields.Nested(
        PortfolioConstraintsSchema,
        load_default=None,
        metadata=added("Limits of weights; without them each asset has from 0 to 0.3."),
    )
    level = Real(
        "0.5", "0.9999", load_default=0.95, metadata=added("Confidence of the tail: 0.95 is the worst 5 %.")
    )
    threshold = Real(
        "-1", "1", load_default=0.0, metadata=added("Return of a period that FLPM and SLPM count from.")
    )
    radius = Real("0", "10", load_default=0.0, metadata=added(_RADIUS, example=0))
    risk_aversion = Real(
        "0",
        "1000000",
        load_default=1.0,
        metadata=added("Weight of the risk of a period in Utility; of its square for MV, MSV and SLPM."),
    )
    covariance = Code(
        CovarianceMethod,
        load_default=CovarianceMethod.SAMPLE,
        metadata=added("Estimate of the covariance, for MV; FM has its own.", example="sample"),
    )
    decay = Real("0.5", "0.9999", load_default=DECAY, metadata=added("Decay of ewma for each period."))
    periods_per_year = WholeNumber(
        1, 366, load_default=None, metadata=added("Periods of a year; by default the calendar's.")
    )
    current_weights = Entries(
        Symbol(),
        Real("-10", "10"),
        Length(0, MAX_ASSETS, error=_ENTRIES),
        load_default=dict,
        metadata=added("Weights that are held, for a turnover and for costs.", example={_ONE: 1}),
    )
    transaction_cost = Real("0", "1", load_default=0.0, metadata=added(_COST, example=0))
    views = fields.List(
        fields.Nested(PortfolioViewSchema),
        load_default=tuple,
        validate=Length(0, MAX_VIEWS),
        metadata=added("Views, for BL."),
    )
    market_weights = Entries(
        Symbol(),
        Real("0", "1"),
        Length(0, MAX_ASSETS, error=_ENTRIES),
        load_default=dict,
        metadata=added("Weights of the market, for BL; by default alike.", example={_ONE: 0.6, _OTHER: 0.4}),
    )
    market_risk_aversion = Real(
        "0", "1000", load_default=2.5, metadata=added("Risk aversion of the market in a year, for BL.")
    )
    tau = Real("0", "1", load_default=0.05, metadata=added("How unsure the prior is, for BL."))
    factors = JsonList(
        Symbol(),
        most=MAX_FACTORS,
        least=0,
        load_default=(),
        metadata=added("Symbols whose returns are factors, for FM.", example=[_ONE]),
    )
    frontier_points = WholeNumber(
        0,
        MAX_POINTS,
        load_default=10,
        metadata=added(
            "Points of the efficient frontier, which knows no max_assets and min_weight; 0: none."
        ),
    )

    @validates_schema
    def supported(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what does not go together, all of it at once."""
        wrong: dict[str, list[str]] = {}
        for field, message in (*_unknown(data), *_combinations(data), *_rule(data), *_needs(data)):
            wrong.setdefault(field, []).append(message)
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """Turn the validated fields into the value object; limits are the default where none are stated."""
        if data["constraints"] is None and data["objective"] not in RULES:
            data["constraints"] = _default_constraints()
        data["views"] = tuple(data["views"])
        return self.makes(**data)


def _unknown(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield where assets are named that are not among the assets."""
    assets, limits = set(data["assets"]), data["constraints"]
    named: list[tuple[str, Any]] = [
        ("current_weights", data["current_weights"]),
        ("market_weights", data["market_weights"]),
        *((f"views.{at}.weights", view.weights) for at, view in enumerate(data["views"])),
    ]
    if limits is not None:
        named += [(f"constraints.groups.{name}", members) for name, members in limits.groups.items()]
    for field, symbols in named:
        if outside := [symbol for symbol in symbols if symbol not in assets]:
            yield field, f"Not among the assets: {', '.join(outside[:5])}."
    if both := [symbol for symbol in data["factors"] if symbol in assets]:
        yield "factors", f"A factor cannot be an asset too: {', '.join(both)}."


def _combinations(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a model or measure does not support."""
    model, measure = data["model"], data["risk_measure"]
    if model is PortfolioModel.FACTOR and measure is not Measure.MV:
        yield "model", f"FM supports MV: factors give no scenarios for {measure}."
    if data["covariance"] is not CovarianceMethod.SAMPLE:
        if measure is not Measure.MV:
            yield "covariance", f"{measure} knows no covariance: it is for MV."
        if model is PortfolioModel.FACTOR:
            yield "covariance", "FM has that of its factors: leave it out."
    if data["radius"] and measure not in WITH_DISTRIBUTIONS:
        yield "radius", f"The worst distribution is known for {' and '.join(WITH_DISTRIBUTIONS)}."


def _rule(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what an objective that is a rule does not support."""
    measure, objective = data["risk_measure"], data["objective"]
    if objective in RULES:
        if measure is not Measure.MV:
            yield "risk_measure", f"{objective} supports MV."
        if data["constraints"] is not None:
            yield "constraints", f"{objective} takes none: its weights are a rule's."
        for field in ("radius", "transaction_cost"):
            if data[field]:
                yield field, f"{objective} takes none."


def _needs(data: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is missing for what is asked, and what belongs to another model."""
    model, limits = data["model"], data["constraints"]
    is_black_litterman = model is PortfolioModel.BLACK_LITTERMAN
    if model is PortfolioModel.FACTOR and not data["factors"]:
        yield "factors", "FM needs one at least."
    if model is not PortfolioModel.FACTOR and data["factors"]:
        yield "factors", f"They are for FM, not for {model}."
    for field in ("views", "market_weights"):
        if data[field] and not is_black_litterman:
            yield field, f"They are for BL, not for {model}."
    if data["market_weights"] and abs(sum(data["market_weights"].values()) - 1) > _SUM:
        yield "market_weights", "They must sum to 1."
    if not data["current_weights"]:
        if data["transaction_cost"]:
            yield "current_weights", "They are needed for transaction_cost."
        if limits is not None and limits.max_turnover is not None:
            yield "current_weights", "They are needed for max_turnover."
    if data["frontier_points"] == 1:
        yield "frontier_points", "0, or 2 at least, is expected."

"""Parameters of the methods, in the request for a preview."""

from __future__ import annotations

from typing import Any

from marshmallow import fields
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, added, doc, widened
from app.schemas.kit.fields import (
    Code,
    Flag,
    Identifier,
    Number,
    Real,
    WholeNumber,
)
from app.services.allocations.request import BaseMetric, Parameters, TargetMetric
from app.services.domain.fairness import FairnessMode
from app.services.kernels.allocation.owed import MAX_FAIRNESS_WEIGHT
from app.services.kernels.allocation.problem import Solver, Weighting

MAX_ACCOUNTS = 10_000
_PARAMETERS = Parameters()


class ByAccount(fields.Dict):
    """A JSON object of numbers by account id."""

    def __init__(self, values: Number, **more: Any) -> None:
        super().__init__(
            keys=Identifier(),
            values=values,
            validate=Length(max=MAX_ACCOUNTS, error=f"At most {MAX_ACCOUNTS:,} accounts are accepted."),
            **more,
        )


class ParametersSchema(RequestSchema):
    """Parameters of the methods; see each for the method that reads it."""

    makes = Parameters

    base_metric = Code(
        BaseMetric,
        load_default=_PARAMETERS.base_metric,
        metadata=widened(
            "PRO_RATA: what the shares are proportional to.", ["MARKET_VALUE", "POSITION"], example="NAV"
        ),
    )
    base_amounts = ByAccount(
        Number("0", "1000000000000000"),
        load_default=_PARAMETERS.base_amounts,
        metadata=added("PRO_RATA with base_metric CUSTOM, and only there: an amount for each account."),
    )
    weights = ByAccount(
        Number("0", "1"),
        load_default=_PARAMETERS.weights,
        metadata=doc("CUSTOM_WEIGHTS, and only there: a weight for each account; they sum to 1."),
    )
    redistribute = Flag(
        load_default=_PARAMETERS.redistribute,
        metadata=added("CUSTOM_WEIGHTS: give what an account cannot take to the others.", example=False),
    )
    target_metric = Code(
        TargetMetric,
        load_default=_PARAMETERS.target_metric,
        metadata=widened(
            "The metric whose dispersion is reported, and minimised by MIN_DISPERSION.",
            ["DURATION", "OAS", "DTS"],
            example="ACTIVE_SPREAD_DURATION",
        ),
    )
    weighting = Code(
        Weighting,
        load_default=_PARAMETERS.weighting,
        metadata=added("How accounts count in the dispersion.", example="EQUAL"),
    )
    solver = Code(
        Solver,
        load_default=_PARAMETERS.solver,
        metadata=added("MIN_DISPERSION: which solver.", example="EXACT"),
    )
    tolerance = Real(
        "0.000000001",
        "1000000",
        load_default=_PARAMETERS.tolerance,
        metadata=doc(
            "Largest acceptable deviation from the mean: years; for OAS and DTS hundreds of basis points.",
            example=0.05,
        ),
    )
    max_iterations = WholeNumber(
        1,
        100_000,
        load_default=_PARAMETERS.max_iterations,
        metadata=doc("MIN_DISPERSION with SLSQP: most iterations.", example=1000),
    )
    fairness = Code(
        FairnessMode,
        load_default=_PARAMETERS.fairness,
        allow_none=True,
        metadata=added(
            "Whether what accounts are owed from earlier orders counts: PER_ORDER or LEDGER. Null or left "
            "out: as the fairness policy says.",
            example="LEDGER",
        ),
    )
    fairness_weight = Real(
        "0",
        f"{MAX_FAIRNESS_WEIGHT:.0f}",
        load_default=_PARAMETERS.fairness_weight,
        allow_none=True,
        metadata=added(
            "MIN_DISPERSION with LEDGER: lambda, how much what is owed counts beside the dispersion; 0 is "
            "the least dispersion. Null or left out: the policy's."
        ),
    )
    max_dispersion_cost = Real(
        "0",
        "1000",
        load_default=_PARAMETERS.max_dispersion_cost,
        allow_none=True,
        metadata=added(
            "MIN_DISPERSION with LEDGER, instead of fairness_weight: the greatest weight whose standard "
            "deviation is at most this fraction above the least, 0.1 for 10 %."
        ),
    )

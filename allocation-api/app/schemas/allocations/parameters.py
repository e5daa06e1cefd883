"""Parameters of the methods, in the request for a preview."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.allocations.stated_amounts import StatedAmountSchema
from app.schemas.kit.base import RequestSchema, added, doc, repeated, widened
from app.schemas.kit.fields import (
    MAX_AMOUNT,
    Code,
    Entries,
    Flag,
    Identifier,
    Number,
    Real,
    WholeNumber,
)
from app.services.allocations.request import BaseMetric, Parameters, RemainderHandling, TargetMetric
from app.services.domain.fairness import FairnessMode
from app.services.kernels.allocation.owed import MAX_FAIRNESS_WEIGHT
from app.services.kernels.allocation.problem import Solver, Weighting

MAX_ACCOUNTS = 10_000
MAX_TIERS = 20
MAX_LAMBDA = f"{MAX_FAIRNESS_WEIGHT:.0f}"
_PARAMETERS = Parameters()


class ByAccount(Entries):
    """A JSON object of values by account id."""

    def __init__(self, values: fields.Field[Any], *, least: int | None = None, **more: Any) -> None:
        expected = f"At most {MAX_ACCOUNTS:,} accounts are accepted."
        if least:
            expected = f"Between {least:,} and {MAX_ACCOUNTS:,} accounts are expected."
        super().__init__(
            Identifier("account-id"), values, Length(least, MAX_ACCOUNTS, error=expected), **more
        )


class ParametersSchema(RequestSchema):
    """Parameters of the methods; see each for the method that reads it."""

    makes = Parameters

    base_metric = Code(
        BaseMetric,
        load_default=_PARAMETERS.base_metric,
        metadata=widened(
            "PRO_RATA: what the shares are proportional to. EQUAL: one each. CASH: available cash. GAP: face "
            "that would bring the account's target metric to its benchmark; nothing where it is past it. "
            "ORDER_SIZE: the account's own order in base_amounts, which it never exceeds.",
            ["MARKET_VALUE", "POSITION", "EQUAL", "CASH", "GAP", "ORDER_SIZE"],
            example="NAV",
        ),
    )
    base_amounts = ByAccount(
        Number("0", MAX_AMOUNT),
        load_default=_PARAMETERS.base_amounts,
        metadata=added(
            "PRO_RATA with base_metric CUSTOM or ORDER_SIZE, and only there: an amount for each account; "
            "with ORDER_SIZE the face of its own order."
        ),
    )
    weights = ByAccount(
        Number("0", MAX_AMOUNT),
        load_default=_PARAMETERS.weights,
        metadata=doc(
            "CUSTOM_WEIGHTS, and only there: a weight for each account; each at most 1, and they sum to 1, "
            "unless normalize is true."
        ),
    )
    normalize = Flag(
        load_default=_PARAMETERS.normalize,
        metadata=added(
            "CUSTOM_WEIGHTS: scale weights of any positive sum to 1, such as 60 and 40, or 1, 1 and 1.",
            example=False,
        ),
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
    allocations = fields.List(
        fields.Nested(StatedAmountSchema),
        load_default=_PARAMETERS.allocations,
        validate=Length(max=MAX_ACCOUNTS, error=f"At most {MAX_ACCOUNTS:,} accounts are accepted."),
        metadata=added(
            "CUSTOM_WEIGHTS, instead of weights: what accounts are to get, each named once.",
        ),
    )
    remainder_handling = Code(
        RemainderHandling,
        load_default=_PARAMETERS.remainder_handling,
        metadata=added(
            "With allocations: what these leave of the order goes by NAV or equally to accounts that are not "
            "named, or stays.",
            example="NONE",
        ),
    )
    allow_partial = Flag(
        load_default=_PARAMETERS.allow_partial,
        metadata=added(
            "With allocations: an account that cannot get all of its amount gets a part. Otherwise nothing.",
            example=False,
        ),
    )

    tiers = fields.List(
        fields.List(
            Identifier("account-id"),
            validate=Length(1, MAX_ACCOUNTS, error=f"Between 1 and {MAX_ACCOUNTS:,} accounts are expected."),
            metadata={"uniqueItems": True},
        ),
        load_default=_PARAMETERS.tiers,
        validate=Length(max=MAX_TIERS, error=f"At most {MAX_TIERS} tiers are accepted."),
        metadata=added(
            "PRO_RATA and MIN_DISPERSION: account ids by tier. The first tier is served by the method before "
            "the second, and so on; accounts in none come last. Of MIN_DISPERSION each tier is proved by "
            "itself: the proof that is shown is the last tier's, its status the worst of all."
        ),
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
        MAX_LAMBDA,
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

    @validates_schema
    def each_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an account for which two amounts are stated."""
        again = repeated([amount.account_id for amount in data["allocations"]])
        if again:
            words = {"account_id": ["The account is named twice."]}
            raise ValidationError({"allocations": dict.fromkeys(again, words)})

    @validates_schema(skip_on_field_errors=False)
    def each_weight(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a weight above 1 where the weights are not normalised."""
        if data.get("normalize", False):
            return
        above = [account for account, weight in data.get("weights", {}).items() if weight > 1]
        words = "A weight of at most 1 is expected, unless normalize is true."
        if above:
            raise ValidationError({"weights": {account: [words] for account in above}})

    @validates_schema
    def tiers_name_each_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an account that is in the tiers twice."""
        places = [(i, j) for i, tier in enumerate(data["tiers"]) for j in range(len(tier))]
        twice: dict[int, dict[int, list[str]]] = {}
        for again in repeated([account for tier in data["tiers"] for account in tier]):
            i, j = places[again]
            twice.setdefault(i, {})[j] = ["The account is in the tiers twice."]
        if twice:
            raise ValidationError({"tiers": twice})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Parameters:
        """Turn the validated fields into the value object."""
        lists = {
            "allocations": tuple(data["allocations"]),
            "tiers": tuple(tuple(tier) for tier in data["tiers"]),
        }
        return Parameters(**{**data, **lists})

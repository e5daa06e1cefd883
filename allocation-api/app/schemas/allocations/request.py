"""The request for a preview: types, bounds, and what may go together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.allocations.constraints import ConstraintsSchema
from app.schemas.allocations.fairness import fairness_problems
from app.schemas.allocations.parameters import ParametersSchema
from app.schemas.kit.base import RequestSchema, added, doc
from app.schemas.kit.fields import (
    MAX_FACE,
    Code,
    FaceNumber,
    Identifier,
    IsoDate,
    Number,
    SecurityId,
)
from app.services.allocations.request import (
    BaseMetric,
    Constraints,
    OrderRequest,
    Parameters,
    PreviewRequest,
)
from app.services.domain.face import face_decimals
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method

MAX_GROUPS = 100
WEIGHT_TOLERANCE = Decimal("1e-6")


class OrderRequestSchema(RequestSchema):
    """The block order to split (R1.1)."""

    makes = OrderRequest

    security_id = SecurityId(required=True, metadata=doc("CUSIP or ISIN of the bond.", example="91282CKF7"))
    side = Code(Side, required=True, metadata=doc("Which way to trade.", example="BUY"))
    quantity = FaceNumber(
        1,
        MAX_FACE,
        required=True,
        metadata=doc(
            "Face to split, in the bond's currency. A whole number, but for a sale that takes a position "
            "with cents of face whole.",
            example=8000000,
        ),
    )
    settlement_date = IsoDate(
        load_default=None,
        allow_none=True,
        metadata=doc("Settlement date, from the business date on; standard settlement when left out."),
    )
    price = Number(
        "0.0001",
        "1000",
        load_default=None,
        allow_none=True,
        metadata=added(
            "Clean price per 100 of face instead of the market's; accrued interest stays.", example=98.5
        ),
    )


class PreviewRequestSchema(RequestSchema):
    """A block order, the accounts to split it over, and how."""

    makes = PreviewRequest

    order = fields.Nested(OrderRequestSchema, required=True, metadata=doc("The block order."))
    method = Code(
        Method,
        required=True,
        data_key="allocation_method",
        metadata=doc("How to split it.", example="PRO_RATA"),
    )
    portfolio_groups = fields.List(
        Identifier("portfolio-group-id"),
        required=True,
        validate=Length(1, MAX_GROUPS, error=f"Between 1 and {MAX_GROUPS} groups are expected."),
        metadata=doc(
            "Groups whose accounts take part; each group once.", example=["PUBLICPRE"], uniqueItems=True
        ),
    )
    parameters = fields.Nested(
        ParametersSchema, load_default=Parameters, metadata=doc("Parameters of the method.")
    )
    constraints = fields.Nested(
        ConstraintsSchema, load_default=Constraints, metadata=doc("Limits of this request.")
    )

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse parameters that contradict each other or the method."""
        parameters: Parameters = data["parameters"]
        problems = {
            "base_amounts": _base_amounts_problem(data["method"], parameters),
            "weights": _weights_problem(data["method"], parameters),
            **fairness_problems(data["method"], parameters),
        }
        found: dict[str, Any] = {name: [text] for name, text in problems.items() if text}
        found |= _excluded_with_a_share(parameters, data["constraints"])
        errors: dict[str, Any] = {"parameters": found} if found else {}
        if data["order"].side is Side.BUY and face_decimals(data["order"].quantity):
            errors["order"] = {"quantity": [f"A whole number from 1 to {MAX_FACE:,} is expected."]}
        if len(set(data["portfolio_groups"])) < len(data["portfolio_groups"]):
            errors["portfolio_groups"] = ["A group is named twice."]
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> PreviewRequest:
        """Turn the validated fields into the value object."""
        return PreviewRequest(**{**data, "portfolio_groups": tuple(data["portfolio_groups"])})


def _base_amounts_problem(method: Method, parameters: Parameters) -> str | None:
    if method is not Method.PRO_RATA or parameters.base_metric is not BaseMetric.CUSTOM:
        return "Only PRO_RATA with base_metric CUSTOM uses amounts." if parameters.base_amounts else None
    if not any(parameters.base_amounts.values()):
        return "base_metric CUSTOM needs an amount above 0 for at least one account."
    return None


def _weights_problem(method: Method, parameters: Parameters) -> str | None:
    if method is not Method.CUSTOM_WEIGHTS:
        return f"{method} does not use weights." if parameters.weights else None
    return _sum_problem(list(parameters.weights.values()))


def _excluded_with_a_share(parameters: Parameters, constraints: Constraints) -> dict[str, Any]:
    # R4.7
    found: dict[str, Any] = {}
    for name, amounts in (("weights", parameters.weights), ("base_amounts", parameters.base_amounts)):
        both = [account for account in sorted(constraints.excluded) if amounts.get(account)]
        if both:
            found[name] = {a: ["The account is excluded, so it cannot have a share."] for a in both}
    return found


def _sum_problem(weights: Sequence[Decimal]) -> str | None:
    # R7.1
    if not weights:
        return "CUSTOM_WEIGHTS needs a weight for each account that takes part."
    total = sum(weights, Decimal(0))
    if abs(total - 1) > WEIGHT_TOLERANCE:
        return f"Weights must sum to 1, give or take {WEIGHT_TOLERANCE:f}; these sum to {total:f}."
    return None

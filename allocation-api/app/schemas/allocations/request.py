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
from app.schemas.allocations.stated_amounts import limits_beside_amounts, stated_problems
from app.schemas.allocations.wishes import NavFraction
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
    TargetMetric,
)
from app.services.domain.face import face_decimals
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method

MAX_GROUPS = 100
WEIGHT_TOLERANCE = Decimal("1e-6")
SIZES = ("quantity", "notional", "percent_of_nav")


class OrderRequestSchema(RequestSchema):
    """The block order to split (R1.1)."""

    makes = OrderRequest

    security_id = SecurityId(required=True, metadata=doc("CUSIP or ISIN of the bond.", example="91282CKF7"))
    side = Code(Side, required=True, metadata=doc("Which way to trade.", example="BUY"))
    quantity = FaceNumber(
        1,
        MAX_FACE,
        load_default=None,
        allow_none=False,
        metadata=doc(
            "Face to split, in the bond's currency. A whole number, but for a sale that takes a position "
            "with cents of face whole. Exactly one of quantity, notional and percent_of_nav is given.",
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
    notional = Number(
        "0.01",
        "1000000000000",
        load_default=None,
        allow_none=True,
        metadata=added(
            "Principal to trade instead of a quantity, without accrued interest, in the bond's currency: the "
            "most face on the grid that is worth no more at the price of the preview.",
            example=2000000,
        ),
    )
    percent_of_nav = NavFraction(
        above="0",
        load_default=None,
        allow_none=True,
        metadata=added(
            "Principal to trade instead of a quantity, as a fraction of the NAV of all accounts that are not "
            "excluded by the request: 0.05 means 5 %. Then as notional.",
            example=0.05,
        ),
    )

    @validates_schema
    def one_size(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an order without a size, or with several."""
        given = [name for name in SIZES if data.get(name)]
        words = "Exactly one of quantity, notional and percent_of_nav is expected"
        if not given:
            raise ValidationError({"quantity": [f"{words}; none is given."]})
        if len(given) > 1:
            raise ValidationError({name: [f"{words}; {' and '.join(given)} are given."] for name in given})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> OrderRequest:
        """Turn the validated fields into the value object."""
        return OrderRequest(**{**data, "quantity": data["quantity"] or 0})


def groups_field() -> fields.List[Any]:
    """Return the field of the groups whose accounts an order is split over."""
    return fields.List(
        Identifier("portfolio-group-id"),
        required=True,
        validate=Length(1, MAX_GROUPS, error=f"Between 1 and {MAX_GROUPS} groups are expected."),
        metadata=doc(
            "Groups whose accounts take part; each group once.", example=["PUBLICPRE"], uniqueItems=True
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
    portfolio_groups = groups_field()
    parameters = fields.Nested(
        ParametersSchema, load_default=Parameters, metadata=doc("Parameters of the method.")
    )
    constraints = fields.Nested(
        ConstraintsSchema,
        load_default=lambda: Constraints(leave_tradable=True),
        metadata=doc("Limits and wishes of this request."),
    )

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse parameters that contradict each other or the method."""
        parameters: Parameters = data["parameters"]
        problems = {
            "base_amounts": _base_amounts_problem(data["method"], parameters),
            "weights": _weights_problem(data["method"], parameters),
            "normalize": _normalize_problem(data["method"], parameters),
            "base_metric": _base_metric_problem(data["method"], parameters),
            **stated_problems(data["method"], parameters),
            **fairness_problems(data["method"], parameters),
        }
        found: dict[str, Any] = {name: [text] for name, text in problems.items() if text}
        found |= _excluded_with_a_share(parameters, data["constraints"])
        found |= _tiers_problem(data["method"], parameters, data["constraints"])
        errors: dict[str, Any] = {"parameters": found} if found else {}
        limits = limits_beside_amounts(parameters, data["constraints"])
        if limits:
            errors["constraints"] = {"account_limits": limits}
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
    metric = parameters.base_metric
    if method is not Method.PRO_RATA or metric not in (BaseMetric.CUSTOM, BaseMetric.ORDER_SIZE):
        uses = "Only PRO_RATA with base_metric CUSTOM or ORDER_SIZE uses amounts."
        return uses if parameters.base_amounts else None
    if not any(parameters.base_amounts.values()):
        return f"base_metric {metric} needs an amount above 0 for at least one account."
    return None


def _base_metric_problem(method: Method, parameters: Parameters) -> str | None:
    # R6.6
    if method is not Method.PRO_RATA or parameters.base_metric is not BaseMetric.GAP:
        return None
    if parameters.target_metric is TargetMetric.DTS:
        return "No account has a benchmark of DTS, so there is no GAP; choose another target_metric."
    return None


def _tiers_problem(method: Method, parameters: Parameters, constraints: Constraints) -> dict[str, Any]:
    # R6.8
    if parameters.tiers and method is Method.CUSTOM_WEIGHTS:
        return {"tiers": ["CUSTOM_WEIGHTS does not use tiers."]}
    out: dict[int, Any] = {}
    for i, tier in enumerate(parameters.tiers):
        for j, account in enumerate(tier):
            if account in constraints.excluded:
                out.setdefault(i, {})[j] = ["The account is excluded, so it cannot be served."]
    return {"tiers": out} if out else {}


def _weights_problem(method: Method, parameters: Parameters) -> str | None:
    if method is not Method.CUSTOM_WEIGHTS:
        return f"{method} does not use weights." if parameters.weights else None
    if parameters.allocations:
        return "Either weights or allocations are expected, not both." if parameters.weights else None
    return _sum_problem(list(parameters.weights.values()), normalize=parameters.normalize)


def _normalize_problem(method: Method, parameters: Parameters) -> str | None:
    if parameters.normalize and method is not Method.CUSTOM_WEIGHTS:
        return f"{method} does not use weights."
    return None


def _excluded_with_a_share(parameters: Parameters, constraints: Constraints) -> dict[str, Any]:
    # R4.7
    found: dict[str, Any] = {}
    for name, amounts in (("weights", parameters.weights), ("base_amounts", parameters.base_amounts)):
        both = [account for account in sorted(constraints.excluded) if amounts.get(account)]
        if both:
            found[name] = {a: ["The account is excluded, so it cannot have a share."] for a in both}
    named = {
        i: {"account_id": ["The account is excluded, so it cannot have a share."]}
        for i, amount in enumerate(parameters.allocations)
        if amount.account_id in constraints.excluded
    }
    if named:
        found["allocations"] = named
    return found


def _sum_problem(weights: Sequence[Decimal], *, normalize: bool) -> str | None:
    # R7.1, R7.5
    if not weights:
        return "CUSTOM_WEIGHTS needs a weight for each account that takes part, or allocations."
    total = sum(weights, Decimal(0))
    if normalize:
        return None if total > 0 else "At least one weight above 0 is expected."
    if abs(total - 1) > WEIGHT_TOLERANCE:
        return (
            f"Weights must sum to 1, give or take {WEIGHT_TOLERANCE:f}; these sum to {total:f}. "
            "With normalize they are scaled to 1."
        )
    return None

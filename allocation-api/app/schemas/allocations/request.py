"""The request for a preview: types, bounds, and what may go together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, added, doc, widened
from app.schemas.kit.fields import (
    MAX_FACE,
    Code,
    FaceNumber,
    Flag,
    Identifier,
    IsoDate,
    Number,
    Real,
    SecurityId,
    Text,
    WholeNumber,
)
from app.services.allocations.types import (
    BaseMetric,
    Constraints,
    Exclusion,
    OrderRequest,
    Parameters,
    PreviewRequest,
    TargetMetric,
)
from app.services.domain.face import face_decimals
from app.services.domain.side import Side
from app.services.kernels.allocation.problem import Solver, Weighting
from app.services.kernels.allocation.registry import Method

MAX_GROUPS = 100
MAX_ACCOUNTS = 10_000
WEIGHT_TOLERANCE = Decimal("1e-6")
_PARAMETERS = Parameters()
_CONSTRAINTS = Constraints()


class ByAccount(fields.Dict):
    """A JSON object of numbers by account id."""

    def __init__(self, values: Number, **more: Any) -> None:
        super().__init__(
            keys=Identifier(),
            values=values,
            validate=Length(max=MAX_ACCOUNTS, error=f"At most {MAX_ACCOUNTS:,} accounts are accepted."),
            **more,
        )


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


class ExclusionSchema(RequestSchema):
    """An account that gets nothing of this order, and why."""

    makes = Exclusion

    account_id = Identifier(
        "account-id", required=True, metadata=doc("Account of the groups.", example="PPR-004")
    )
    reason = Text(
        least=1, most=200, required=True, metadata=doc("Why; kept and shown.", example="Client asked to wait")
    )


class ConstraintsSchema(RequestSchema):
    """Limits that the request sets itself."""

    makes = Constraints

    respect_cash = Flag(
        load_default=_CONSTRAINTS.respect_cash,
        metadata=doc("BUY: no account spends more than its available cash.", example=True),
    )
    min_allocation = WholeNumber(
        0,
        MAX_FACE,
        load_default=_CONSTRAINTS.min_allocation,
        metadata=doc("Smallest face that an account may get; the bond's own holds too.", example=1000),
    )
    compliance_check = Flag(
        load_default=_CONSTRAINTS.compliance_check,
        metadata=doc("Apply the compliance rules; false needs compliance:bypass.", example=True),
    )
    round_to_denomination = Flag(
        load_default=_CONSTRAINTS.round_to_denomination,
        metadata=added("Allocate on the bond's grid of increments.", example=True),
    )
    exclude_accounts = fields.List(
        fields.Nested(ExclusionSchema),
        load_default=_CONSTRAINTS.exclude_accounts,
        validate=Length(max=MAX_ACCOUNTS, error=f"At most {MAX_ACCOUNTS:,} accounts are accepted."),
        metadata=added("Accounts that get nothing of this order, each once, with the reason."),
    )

    @validates_schema
    def each_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an account that is excluded twice."""
        seen: set[str] = set()
        twice: dict[int, Any] = {}
        for i, exclusion in enumerate(data.get("exclude_accounts", ())):
            if exclusion.account_id in seen:
                twice[i] = {"account_id": ["The account is excluded twice."]}
            seen.add(exclusion.account_id)
        if twice:
            raise ValidationError({"exclude_accounts": twice})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Constraints:
        """Turn the validated fields into the value object."""
        return Constraints(**{**data, "exclude_accounts": tuple(data["exclude_accounts"])})


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

"""Comparisons of several splits of one order as they enter and leave the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.core.errors import DataMissing, InvalidRequest
from app.schemas.accounts import BenchmarkSchema
from app.schemas.allocations.answers import (
    ItemErrorSchema,
    PricedOrderSchema,
    UsedConstraintsSchema,
    UsedParametersSchema,
)
from app.schemas.allocations.constraints import ConstraintsSchema
from app.schemas.allocations.parameters import ParametersSchema
from app.schemas.allocations.request import OrderRequestSchema, PreviewRequestSchema, groups_field
from app.schemas.allocations.rows import ReasonSchema, SummarySchema, WarningSchema
from app.schemas.audit import BreakSchema
from app.schemas.kit.base import RequestSchema, ResponseSchema, closed, doc, repeated
from app.schemas.kit.fields import Code, Number, Real, Text, UtcTime
from app.schemas.kit.problem import FieldErrorSchema
from app.services.allocations.compared import (
    MAX_VARIANTS,
    ComparedAccount,
    ComparisonRequest,
    StoredComparison,
    Variant,
)
from app.services.allocations.errors import SolverError
from app.services.allocations.request import Parameters
from app.services.kernels.allocation.registry import Method

MAX_NAME_CHARACTERS = 64

PROBLEM_CODES = (InvalidRequest.code, DataMissing.code, SolverError.code)
_RULES = PreviewRequestSchema()


class VariantSchema(RequestSchema):
    """One way to split the order."""

    makes = Variant

    name = Text(
        least=1,
        most=MAX_NAME_CHARACTERS,
        load_default=lambda: "",
        metadata=doc(
            "What to call it, each name once; one without a name is called by its place: 1, 2, ...",
            example="by NAV",
        ),
    )
    method = Code(
        Method,
        required=True,
        data_key="allocation_method",
        metadata=doc("How to split the order.", example="PRO_RATA"),
    )
    parameters = fields.Nested(
        ParametersSchema, load_default=Parameters, metadata=doc("Parameters of the method.")
    )
    constraints = fields.Nested(
        ConstraintsSchema,
        load_default=None,
        allow_none=True,
        metadata=doc("Limits and wishes of this variant, in place of those of the comparison."),
    )


class ComparisonRequestSchema(RequestSchema):
    """A block order, the accounts to split it over, and the ways to do it that are compared."""

    makes = ComparisonRequest

    order = fields.Nested(OrderRequestSchema, required=True, metadata=doc("The block order."))
    portfolio_groups = groups_field()
    constraints = fields.Nested(
        ConstraintsSchema,
        load_default=lambda: ConstraintsSchema().load({}),
        metadata=doc("Limits and wishes of all variants that state none of their own."),
    )
    variants = fields.List(
        fields.Nested(VariantSchema),
        required=True,
        validate=Length(1, MAX_VARIANTS, error=f"Between 1 and {MAX_VARIANTS} variants are expected."),
        metadata=doc("The ways to split the order."),
    )

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what a request for a variant alone would be refused for, and names that are not unique."""
        errors: dict[str, Any] = {}
        wrong: dict[int, dict[str, Any]] = {}
        for place, found in _problems(data):
            variant: dict[str, Any] = {
                key: found.pop(key) for key in ("parameters", "constraints") if key in found
            }
            errors |= found
            if variant:
                wrong[place] = variant
        for place in repeated(_names(data["variants"])):
            wrong.setdefault(place, {})["name"] = ["Another variant has this name."]
        if wrong:
            errors["variants"] = wrong
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ComparisonRequest:
        """Turn the validated fields into the value object; every variant gets a name."""
        variants = tuple(
            Variant(name, variant.method, variant.parameters, variant.constraints)
            for name, variant in zip(_names(data["variants"]), data["variants"], strict=True)
        )
        groups = tuple(data["portfolio_groups"])
        return ComparisonRequest(**{**data, "variants": variants, "portfolio_groups": groups})


def _problems(data: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for place, variant in enumerate(data["variants"]):
        alone = {
            "order": data["order"],
            "method": variant.method,
            "portfolio_groups": data["portfolio_groups"],
            "parameters": variant.parameters,
            "constraints": data["constraints"] if variant.constraints is None else variant.constraints,
        }
        try:
            _RULES.together(alone)
        except ValidationError as error:
            yield place, error.messages_dict


def _names(variants: list[Variant]) -> list[str]:
    return [variant.name or str(place) for place, variant in enumerate(variants, start=1)]


@dataclass(frozen=True, slots=True)
class VariantName:
    """The variant of a comparison that is chosen."""

    variant: str


class ChoiceSchema(RequestSchema):
    """Which variant is chosen."""

    makes = VariantName

    variant = Text(
        least=1,
        most=MAX_NAME_CHARACTERS,
        required=True,
        metadata=doc("Name of the variant.", example="by NAV"),
    )


class VariantProblemSchema(ResponseSchema):
    """Why a variant has no split, as a request for it alone would have been refused."""

    code = fields.String(
        metadata=doc(
            "Kind of problem.",
            example=DataMissing.code,
            **closed("VariantProblemCode", "Why a variant has no split.", PROBLEM_CODES),
        )
    )
    title = fields.String(metadata=doc("The kind of problem in words."))
    detail = fields.String(metadata=doc("What is the matter."))
    errors = fields.List(
        fields.Nested(FieldErrorSchema),
        metadata=doc("The fields at fault, as in a preview of this variant alone; empty where none is."),
    )


class ShownVariantSchema(ResponseSchema):
    """A variant: its totals and warnings, or its problem."""

    name = fields.String(metadata=doc("What it is called.", example="by NAV"))
    allocation_method = Code(
        Method, attribute="request.method", metadata=doc("How the order was split.", example="PRO_RATA")
    )
    parameters = fields.Nested(
        UsedParametersSchema, attribute="request.parameters", metadata=doc("Parameters, defaults filled in.")
    )
    constraints = fields.Nested(
        UsedConstraintsSchema,
        attribute="request.constraints",
        metadata=doc("Limits and wishes, defaults filled in."),
    )
    summary = fields.Nested(
        SummarySchema, allow_none=True, metadata=doc("Totals and dispersion; null where there is a problem.")
    )
    warnings = fields.List(fields.Nested(WarningSchema), metadata=doc("What to have seen before committing."))
    milliseconds = Real(metadata=doc("How long the split took to compute.", example=12.5))
    problem = fields.Nested(
        VariantProblemSchema,
        allow_none=True,
        metadata=doc("Why it was not computed; null where it was."),
    )
    allocation_id = fields.String(
        allow_none=True, metadata=doc("The preview that it was made; null where it was not chosen.")
    )


class CellSchema(ResponseSchema):
    """What one account gets by one variant."""

    variant = fields.String(metadata=doc("Name of the variant.", example="by NAV"))
    allocated_quantity = Number(metadata=doc("Face; 0 when it gets nothing.", example=400000))
    pre_trade_metric = Real(
        allow_none=True, metadata=doc("The variant's target metric before the trade.", example=0.1)
    )
    post_trade_metric = Real(
        allow_none=True,
        metadata=doc("The variant's target metric after the trade; null where it is unknown.", example=0.12),
    )
    reason = fields.Nested(
        ReasonSchema, allow_none=True, metadata=doc("Why the account gets nothing; null when it gets some.")
    )


class ComparedAccountSchema(ResponseSchema):
    """One account, side by side."""

    account_id = fields.String(metadata=doc("Account id.", example="PPR-001"))
    account_name = fields.String(metadata=doc("Account name."))
    nav = Number(allow_none=True, metadata=doc("Net asset value before the trade.", example=100000000))
    benchmark_metrics = fields.Nested(
        BenchmarkSchema, attribute="benchmark", metadata=doc("The account's benchmark as it was then.")
    )
    variants = fields.List(
        fields.Nested(CellSchema, allow_none=True),
        metadata=doc("What it gets by each variant, in their order; null for one that has a problem."),
    )


class ComparisonSchema(ResponseSchema):
    """Several splits of one order from one reading of the book: always the numbers that were shown first."""

    comparison_id = fields.String(metadata=doc("Id of the comparison."))
    timestamp = UtcTime(attribute="created_at", metadata=doc("When it was computed, in UTC."))
    expires_at = UtcTime(metadata=doc("Until when a variant can be chosen, and committed."))
    created_by = fields.String(metadata=doc("Who asked for it.", example="demo_user"))
    order = fields.Nested(PricedOrderSchema, metadata=doc("The block order."))
    portfolio_groups = fields.List(fields.String(), metadata=doc("Groups that took part."))
    constraints = fields.Nested(
        UsedConstraintsSchema, metadata=doc("Limits and wishes that the variants share.")
    )
    variants = fields.List(fields.Nested(ShownVariantSchema), metadata=doc("The variants: columns."))
    allocations = fields.List(
        fields.Nested(ComparedAccountSchema), metadata=doc("Every account of the groups: rows.")
    )
    errors = fields.List(
        fields.Nested(ItemErrorSchema), metadata=doc("Assets or accounts for which Aladdin gave an error.")
    )
    evidence_breaks = fields.List(
        fields.Nested(BreakSchema),
        metadata=doc("Where what is stored is not as the audit trail has it; empty where all is."),
    )


def comparison_columns(comparison: StoredComparison) -> Schema:
    """Return the columns of a comparison as a table: the account, and three for each variant."""
    columns: dict[str, fields.Field[Any]] = {
        "account_id": fields.String(),
        "account_name": fields.String(),
        "nav": Number(),
    }
    for place, variant in enumerate(comparison.variants):
        columns[f"{variant.name}: allocated_quantity"] = Number(attribute=f"face_{place}")
        columns[f"{variant.name}: post_trade_metric"] = Real(attribute=f"metric_{place}")
        columns[f"{variant.name}: reason"] = fields.String(attribute=f"reason_{place}")
    return Schema.from_dict(columns)()


def comparison_line(account: ComparedAccount) -> Mapping[str, object]:
    """Return one account's row under those columns; empty cells for a variant without a split."""
    line: dict[str, object] = {
        "account_id": account.account_id,
        "account_name": account.account_name,
        "nav": account.nav,
    }
    for place, cell in enumerate(account.variants):
        line[f"face_{place}"] = cell.allocated_quantity if cell else None
        line[f"metric_{place}"] = cell.post_trade_metric if cell else None
        line[f"reason_{place}"] = cell.reason.code if cell and cell.reason else None
    return line

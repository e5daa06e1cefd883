"""Stated amounts: what the request for a preview says of them, and what is counted of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.core.numbers import FACE_UNIT
from app.schemas.kit.base import RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import MAX_AMOUNT, Code, Identifier, Number, WholeNumber
from app.services.allocations.request import (
    Constraints,
    Parameters,
    RemainderHandling,
    StatedAmount,
    StatedType,
)
from app.services.allocations.stated_amounts import MAX_PRIORITY
from app.services.kernels.allocation.registry import Method


class StatedAmountSchema(RequestSchema):
    """What one account is to get of the order, in money, as a fraction of it or in face (R7.6)."""

    makes = StatedAmount

    account_id = Identifier(
        "account-id", required=True, metadata=doc("Account of the groups.", example="PPR-001")
    )
    type = Code(
        StatedType,
        required=True,
        metadata=doc(
            "Unit of the values. DOLLAR_AMOUNT: money, which the settlement amount does not exceed. "
            "PERCENTAGE: a fraction of the order, 0.25 for 25 %. QUANTITY: face.",
            example="DOLLAR_AMOUNT",
        ),
    )
    value = Number(
        above="0",
        most=MAX_AMOUNT,
        required=True,
        metadata=doc("What the account is to get.", example=2000000),
    )
    min_value = Number(
        "0",
        MAX_AMOUNT,
        load_default=None,
        allow_none=True,
        metadata=doc("Where less would come out, the account gets nothing.", example=500000),
    )
    max_value = Number(
        above="0",
        most=MAX_AMOUNT,
        load_default=None,
        allow_none=True,
        metadata=doc(
            "Bound of what the account has with its part of the remainder. Without it the account stays at "
            "`value`, unless every account is named.",
            example=3000000,
        ),
    )
    priority = WholeNumber(
        0,
        MAX_PRIORITY,
        load_default=None,
        allow_none=True,
        metadata=doc("Smaller is served before larger, and accounts without one at last.", example=1),
    )

    @validates_schema
    def in_range(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse percentages above the whole, face too fine, and bounds that leave out the value."""
        values = {name: data[name] for name in ("value", "min_value", "max_value") if data[name] is not None}
        found: dict[str, str] = {}
        if data["type"] is StatedType.PERCENTAGE:
            found = {
                name: f"A fraction of the order is expected, at most 1: 0.25 is 25 %, not {_text(value)}."
                for name, value in values.items()
                if value > 1
            }
        if data["type"] is StatedType.QUANTITY:
            found = {
                name: "A face with at most four decimals is expected."
                for name, value in values.items()
                if value != value.quantize(FACE_UNIT)
            }
        value, least, most = data["value"], data["min_value"], data["max_value"]
        if least is not None and least > value and "min_value" not in found:
            found["min_value"] = f"At most the value, {_text(value)}, is expected."
        if most is not None and most < value and "max_value" not in found:
            found["max_value"] = f"At least the value, {_text(value)}, is expected."
        if found:
            raise ValidationError({name: [text] for name, text in found.items()})


class AllocationBreakdownSchema(ResponseSchema):
    """Accounts that get some face, by what it is."""

    dollar_amount_count = fields.Integer(metadata=added("Of a DOLLAR_AMOUNT.", example=2))
    percentage_count = fields.Integer(metadata=added("Of a PERCENTAGE.", example=1))
    quantity_count = fields.Integer(metadata=added("Of a QUANTITY.", example=0))
    remainder_count = fields.Integer(metadata=added("Of the remainder.", example=9))


def stated_problems(method: Method, parameters: Parameters) -> dict[str, str]:
    """Return what contradicts the method or another parameter, by parameter."""
    # R7.6
    if parameters.allocations:
        if method is not Method.CUSTOM_WEIGHTS:
            return {"allocations": f"{method} does not use stated amounts."}
        of_weights = {
            "redistribute": "With allocations, remainder_handling says who gets the rest.",
            "normalize": "With allocations there are no weights to scale.",
        }
        return {name: words for name, words in of_weights.items() if getattr(parameters, name)}
    words = "Only CUSTOM_WEIGHTS with allocations uses this."
    wishes = {
        "remainder_handling": parameters.remainder_handling is not RemainderHandling.NONE,
        "allow_partial": parameters.allow_partial,
    }
    return {name: words for name, is_wished in wishes.items() if is_wished}


def limits_beside_amounts(parameters: Parameters, constraints: Constraints) -> dict[str, Any]:
    """Return what is wrong with limits that say what an account gets, as stated amounts do."""
    # R7.8
    if not parameters.allocations:
        return {}
    forced = "With allocations no limit can force an account in: state its amount, with a min_value, instead."
    both = "An amount is stated for the account: leave out one of the two."
    named = {amount.account_id for amount in parameters.allocations}
    found: dict[str, Any] = {}
    for account_id, limit in constraints.account_limits.items():
        if limit.least:
            found[account_id] = {"min" if limit.fixed is None else "fixed": [forced]}
        elif limit.fixed is not None and account_id in named:
            found[account_id] = {"fixed": [both]}
    return found


def _text(value: Decimal) -> str:
    return f"{value:,f}"

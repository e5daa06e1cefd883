"""Limits that the request for a preview sets itself."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.allocations.parameters import MAX_ACCOUNTS, ByAccount
from app.schemas.allocations.wishes import AccountLimitSchema, CashReserveSchema
from app.schemas.kit.base import RequestSchema, added, doc, repeated
from app.schemas.kit.fields import (
    MAX_FACE,
    Flag,
    Identifier,
    Text,
    WholeNumber,
)
from app.services.allocations.request import Constraints, Exclusion

_CONSTRAINTS = Constraints()


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
    account_limits = ByAccount(
        fields.Nested(AccountLimitSchema),
        load_default=_CONSTRAINTS.account_limits,
        metadata=added("Bounds on what single accounts get, in face; one that cannot be met is refused."),
    )
    cash_reserve = fields.Nested(
        CashReserveSchema,
        load_default=None,
        allow_none=True,
        metadata=added(
            "BUY: cash that stays in each account; an account's reference data may hold more back. Not with "
            "respect_cash false."
        ),
    )
    leave_tradable = Flag(
        load_default=True,
        metadata=added(
            "SELL: what stays of a position is nothing or at least the bond's minimum piece; with false, "
            "less is warned of.",
            example=True,
        ),
    )
    round_to = WholeNumber(
        1,
        MAX_FACE,
        load_default=None,
        allow_none=True,
        metadata=added("Amounts are multiples of this face, itself one of the bond's increment."),
    )
    round_to_above_only = Flag(
        load_default=_CONSTRAINTS.round_to_above_only,
        metadata=added("round_to holds only for amounts above it.", example=False),
    )

    @validates_schema
    def each_once(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an account that is excluded twice."""
        again = repeated([exclusion.account_id for exclusion in data["exclude_accounts"]])
        if again:
            words = {"account_id": ["The account is excluded twice."]}
            raise ValidationError({"exclude_accounts": dict.fromkeys(again, words)})

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a reserve of cash where cash does not count, and a way of rounding without a step."""
        found = {}
        if data["cash_reserve"] is not None and not data["respect_cash"]:
            found["cash_reserve"] = [
                "With respect_cash false no cash is kept back: leave out one of the two."
            ]
        if data["round_to_above_only"] and data["round_to"] is None:
            found["round_to_above_only"] = ["It says how round_to holds, and there is no round_to."]
        if found:
            raise ValidationError(found)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Constraints:
        """Turn the validated fields into the value object."""
        return Constraints(**{**data, "exclude_accounts": tuple(data["exclude_accounts"])})

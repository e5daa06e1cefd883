"""Problem documents of commits: an allocation, its warnings, its accounts and the market have moved on."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from app.schemas.allocations.decisions import WARNING_ID
from app.schemas.kit.base import StrictSchema, doc
from app.schemas.kit.fields import Code, Number
from app.schemas.kit.problem import CaseSchema
from app.services.allocations.store import AllocationStatus
from app.services.allocations.types import WarningType
from app.services.trading.errors import (
    AccountsUnsettled,
    AlreadyCommitted,
    BookChanged,
    NotPendingApproval,
    NotUnknown,
    PriceMoved,
    SettlementContradicted,
    WarningsNotOverridden,
)


class AlreadyCommittedProblemSchema(CaseSchema):
    """The allocation is in another state."""

    of = frozenset({AlreadyCommitted, NotPendingApproval, NotUnknown})

    allocation_status = Code(AllocationStatus, metadata=doc("State of the allocation.", example="SUBMITTED"))


class SettlementContradictedProblemSchema(CaseSchema):
    """Aladdin shows otherwise; each member is there where it is known."""

    of = frozenset({SettlementContradicted})

    order_id = fields.String(metadata=doc("Aladdin's id of the order that it shows.", example="9001"))
    external_id = fields.String(metadata=doc("Our id of the order."))
    order_ids = fields.List(fields.String(), metadata=doc("Aladdin's ids, where it shows several."))


class SeenWarningSchema(StrictSchema):
    """A warning that nobody has acknowledged or overridden."""

    warning_id = fields.String(required=True, metadata=doc("Id by which it is acknowledged."))
    type = Code(WarningType, required=True, metadata=doc("Kind of warning."))
    account_id = fields.String(
        required=True, allow_none=True, metadata=doc("The account; null for the whole order.")
    )


class WarningsNotOverriddenProblemSchema(CaseSchema):
    """The preview carries warnings."""

    of = frozenset({WarningsNotOverridden})

    warnings = fields.List(
        fields.Nested(SeenWarningSchema),
        required=True,
        metadata=doc(
            "The warnings that are open.",
            example=[{"warning_id": WARNING_ID, "type": "INSUFFICIENT_CASH", "account_id": "PPR-001"}],
        ),
    )


class AccountDifferenceSchema(StrictSchema):
    """What an account can take now, beside what it was to take; money in the account's currency."""

    account_id = fields.String(required=True, metadata=doc("Account id."))
    max_quantity = Number(
        required=True, metadata=doc("Face that it can take now; of a larger order, further tradable face.")
    )
    allocated_quantity = Number(metadata=doc("Of a commit: face that the preview gave it."))
    additional_quantity = Number(metadata=doc("Of a larger order: further face that it would get."))
    feasible = fields.Boolean(metadata=doc("Whether it can still take its part."))
    previewed_settlement_amount = Number(metadata=doc("Notional and accrued interest at the preview."))
    settlement_amount = Number(metadata=doc("The same now."))
    previewed_available_cash = Number(allow_none=True, metadata=doc("Available cash at the preview."))
    available_cash = Number(allow_none=True, metadata=doc("The same now."))


_DIFFERENCE: dict[str, Any] = {
    "account_id": "PPR-001",
    "allocated_quantity": 400000,
    "max_quantity": 250000,
    "feasible": False,
    "previewed_settlement_amount": 398800,
    "settlement_amount": 398800,
    "previewed_available_cash": 5000000,
    "available_cash": 249250,
}


class BookChangedProblemSchema(CaseSchema):
    """The accounts have changed since the preview."""

    of = frozenset({BookChanged})

    accounts = fields.List(
        fields.Nested(AccountDifferenceSchema),
        metadata=doc("The accounts that differ.", example=[_DIFFERENCE]),
    )
    total = Number(metadata=doc("Face of the order, or that a change asks for.", example=8000000))
    max_total = Number(
        metadata=doc(
            "Of a commit: face that all accounts can take together. Of a larger order: a quantity that the "
            "order can be changed to, the largest that was found.",
            example=7850000,
        )
    )
    additional = Number(metadata=doc("Of a larger order: further face that is asked for."))
    max_additional = Number(
        metadata=doc("Of a larger order: further face up to max_total, shared in proportion to the slices.")
    )


class PriceMovedProblemSchema(CaseSchema):
    """The market has moved since the preview; clean prices per 100 of face, null where there is none."""

    of = frozenset({PriceMoved})

    accounts = fields.List(
        fields.Nested(AccountDifferenceSchema),
        required=True,
        metadata=doc("The accounts that differ.", example=[]),
    )
    previewed_market_price = Number(
        required=True, allow_none=True, metadata=doc("Market price at the preview.", example=98.5)
    )
    market_price = Number(required=True, allow_none=True, metadata=doc("Market price now.", example=101.25))


class UnsettledAccountSchema(StrictSchema):
    """An account with a part in another allocation that is being committed."""

    account_id = fields.String(required=True, metadata=doc("Account id."))
    allocation_id = fields.String(required=True, metadata=doc("The other allocation."))
    allocation_status = Code(AllocationStatus, required=True, metadata=doc("Its state."))


class AccountsUnsettledProblemSchema(CaseSchema):
    """Other orders for these accounts are not settled."""

    of = frozenset({AccountsUnsettled})

    accounts = fields.List(
        fields.Nested(UnsettledAccountSchema),
        required=True,
        metadata=doc(
            "The accounts, and in which allocations.",
            example=[
                {
                    "account_id": "PPR-001",
                    "allocation_id": "9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11",
                    "allocation_status": "COMMITTING",
                }
            ],
        ),
    )

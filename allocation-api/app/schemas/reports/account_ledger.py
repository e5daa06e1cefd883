"""What one account is owed in the fairness ledgers."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, IsoDate, Number, QueryNumber, Real, UtcTime
from app.services.domain.side import Side
from app.services.fairness.ledger import EntryKind

_PIECES = "in minimum pieces of the last order of the ledger"


@dataclass(frozen=True, slots=True)
class AccountBalancesQuery:
    """How many entries."""

    limit: int


class AccountBalancesQuerySchema(RequestSchema):
    """How much is shown."""

    makes = AccountBalancesQuery

    limit = QueryNumber(1, 200, load_default=50, metadata=added("At most so many entries.", example=50))


class OwedBalanceSchema(ResponseSchema):
    """What the account is owed in one ledger, carried to the business date."""

    scope = fields.String(
        attribute="ledger.scope_id", metadata=added("The scope of the ledger.", example="PUBLICPRE")
    )
    side = Code(Side, attribute="ledger.side", metadata=added("The side of the ledger.", example="BUY"))
    as_of = IsoDate(allow_none=True, metadata=added("Business date of the last order that moved it."))
    balance = Number(metadata=added("Face that it is owed; negative: it has had too much.", example=10000))
    pieces = Real(metadata=added(f"The same {_PIECES}.", example=0.1))
    bound = Number(
        metadata=added("Greatest balance of any account of the ledger, by size, in face.", example=120000)
    )
    bound_pieces = Real(metadata=added(f"The same {_PIECES}.", example=1.2))


class LedgerEntrySchema(ResponseSchema):
    """One entry of the account in a ledger, in face."""

    scope = fields.String(
        attribute="ledger.scope_id", metadata=added("The scope of the ledger.", example="PUBLICPRE")
    )
    side = Code(Side, attribute="ledger.side", metadata=added("The side of the ledger.", example="BUY"))
    kind = Code(
        EntryKind,
        metadata=added(
            "CREDIT: an order is entered. CORRECTION: it adds something else by now. CARRY: balances are "
            "carried to a later date.",
            example="CREDIT",
        ),
    )
    order_id = fields.String(metadata=added("Aladdin's id of the order that wrote it.", example="9001"))
    allocation_id = fields.String(metadata=added("Its allocation."))
    policy_id = fields.String(metadata=added("The fairness policy that it was made by.", example="default"))
    business_date = IsoDate(metadata=added("Business date that it counts from."))
    created_at = UtcTime(metadata=added("When it was written, in UTC."))
    entitled_quantity = Number(attribute="entitled", metadata=added("Face that the account is entitled to."))
    received_quantity = Number(attribute="received", metadata=added("Face that it received."))
    amount = Number(metadata=added("What it adds to the balance.", example=10000))


class AccountBalancesSchema(ResponseSchema):
    """What the fairness ledgers owe one account."""

    account_id = fields.String(metadata=added("Account id.", example="PPR-001"))
    business_date = IsoDate(metadata=added("The day that balances are carried to."))
    balances = fields.List(fields.Nested(OwedBalanceSchema), metadata=added("By scope and side."))
    entries = fields.List(fields.Nested(LedgerEntrySchema), metadata=added("Newest first."))

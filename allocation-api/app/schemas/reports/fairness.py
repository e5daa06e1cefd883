"""How fairly what was filled in a period was shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import fields, post_load

from app.schemas.kit.base import IntervalSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, Identifier, IsoDate, Number
from app.schemas.kit.tables import CsvSchema, TableFormat, TableQuery, TableSchema
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.views import Period


class AccountFairnessSchema(ResponseSchema):
    """What one account got in the period, beside what it was entitled to, and how it fared.

    Over the allocations of which something was filled; ratios are of what was filled.
    """

    account_id = fields.String(metadata=doc("The account.", example="PPR-001"))
    account_name = fields.String(allow_none=True, metadata=doc("Its name; null where that is unknown."))
    allocations = fields.Integer(metadata=doc("Allocations in which it got or could have taken something."))
    not_comparable = fields.Integer(
        metadata=doc(
            "Of its lines, those without entitlement: its weight or what it could take was not kept."
        )
    )
    asked_quantity = Number(
        metadata=doc("Face of its slices of the orders, after every change of them.", example=400000)
    )
    filled_quantity = Number(metadata=doc("Face filled for it.", example=400000))
    entitled_quantity = Number(
        allow_none=True,
        metadata=doc(
            "Sum over the comparable allocations of the face filled for all x its weight / that of all "
            "accounts that could have taken something: by the fairness policy, NAV before the ledger.",
            example=380000,
        ),
    )
    fill_ratio = Number(allow_none=True, metadata=doc("filled_quantity / asked_quantity, a fraction."))
    total_quantity = Number(metadata=doc("Face filled for all accounts, in `allocations`."))
    share = Number(allow_none=True, metadata=doc("filled_quantity / total_quantity, a fraction."))
    comparable_quantity = Number(metadata=doc("Face filled for it where comparable."))
    comparable_total = Number(metadata=doc("Face filled for all in those allocations."))
    pro_rata_share = Number(allow_none=True, metadata=doc("entitled_quantity / comparable_total."))
    entitlement_ratio = Number(
        allow_none=True, metadata=doc("comparable_quantity / entitled_quantity, a fraction.")
    )
    difference_quantity = Number(
        allow_none=True, metadata=doc("comparable_quantity - entitled_quantity, in face.")
    )
    difference_percentage_points = Number(
        allow_none=True, metadata=doc("difference_quantity / comparable_total, in percentage points.")
    )
    average_price = Number(allow_none=True, metadata=doc("Average clean price of its fills, by face."))
    block_average_price = Number(
        allow_none=True, metadata=doc("Average price of the blocks that it took part in, by its filled face.")
    )
    price_difference = Number(
        allow_none=True, metadata=doc("average_price - block_average_price, per 100 of face.")
    )
    price_difference_bp = Number(
        allow_none=True, metadata=doc("price_difference in basis points of the block's price.")
    )
    gained = fields.Integer(
        attribute="gains.gained",
        metadata=doc("Of its filled allocations, those with a first-day gain."),
    )
    gain_known = fields.Integer(
        attribute="gains.known", metadata=doc("Of its filled allocations, those with a first-day price.")
    )
    gain_unknown = fields.Integer(attribute="gains.unknown", metadata=doc("Those without one."))
    gain_rate = Number(attribute="gains.rate", allow_none=True, metadata=doc("gained / gain_known."))
    gain_p_value = fields.Float(
        allow_none=True,
        metadata=doc(
            "How likely a record at least as one-sided would be, had its allocations been drawn at random "
            "from all of the period (hypergeometric, two-sided). Of many accounts some are low by chance."
        ),
    )


class FairnessSchema(ResponseSchema):
    """How fairly what was filled of the allocations of a period was shared."""

    date_from = IsoDate(attribute="period.date_from", metadata=doc("First business date."))
    date_to = IsoDate(attribute="period.date_to", metadata=doc("Last business date."))
    time_zone = fields.String(
        metadata=doc("The desk's time zone, in which its dates begin and end.", example="America/New_York")
    )
    allocations = fields.Integer(metadata=doc("Allocations of whose order something was filled."))
    provisional = fields.Integer(
        metadata=doc("Of these, those whose fills may change: the order works, or is not seen booked yet.")
    )
    not_filled = fields.Integer(metadata=doc("Left out: nothing of the order was filled."))
    not_known = fields.Integer(
        metadata=doc(
            "Left out: it is not known what was filled for the accounts, or Aladdin has booked otherwise."
        )
    )
    not_comparable = fields.Integer(metadata=doc("Of `allocations`, those without entitlements."))
    asked_quantity = Number(metadata=doc("Face of the orders, after every change of them."))
    filled_quantity = Number(metadata=doc("Face that was filled in all."))
    gained = fields.Integer(
        attribute="gains.gained", metadata=doc("Filled allocations with a first-day gain.")
    )
    gain_known = fields.Integer(
        attribute="gains.known", metadata=doc("Filled allocations with a first-day price.")
    )
    gain_unknown = fields.Integer(attribute="gains.unknown", metadata=doc("Those without one."))
    gain_rate = Number(attribute="gains.rate", allow_none=True, metadata=doc("gained / gain_known."))
    accounts = fields.List(fields.Nested(AccountFairnessSchema), metadata=doc("By account id."))


@dataclass(frozen=True, slots=True)
class FairnessQuery:
    """Period and format of a fairness report."""

    period: Period
    table: TableQuery


class PeriodSchema(IntervalSchema):
    """Which committed allocations a fairness report is about."""

    makes = Period

    date_from = IsoDate(
        required=True,
        metadata=added("Sent on this day of the desk's time zone or later.", example="2026-07-01"),
    )
    date_to = IsoDate(
        required=True,
        metadata=added("Sent on this day of the desk's time zone or earlier.", example="2026-09-30"),
    )
    group_id = Identifier("portfolio-group-id", load_default=None, metadata=added("A group that took part."))
    side = Code(Side, load_default=None, metadata=added("Which way."))
    method = Code(Method, load_default=None, metadata=added("How it was split."))


class FairnessQuerySchema(PeriodSchema, TableSchema):
    """Which committed allocations a fairness report is about, and in which format."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> FairnessQuery:
        """Split what was read into period and format."""
        table = TableQuery(data.pop("format"), data.pop("bom"))
        return FairnessQuery(Period(**data), table)


class FairnessCsvSchema(PeriodSchema, CsvSchema):
    """Which committed allocations a fairness report is about, and how CSV is wanted."""

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> FairnessQuery:
        """Split what was read into period and format."""
        table = TableQuery(TableFormat.CSV, data.pop("bom"))
        return FairnessQuery(Period(**data), table)

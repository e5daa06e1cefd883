"""The fairness ledger over a period, and its orders split again by another rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.schemas.allocations.parameters import MAX_LAMBDA
from app.schemas.audit import BreakSchema
from app.schemas.kit.base import IntervalSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, Identifier, IsoDate, Number, QueryReal
from app.schemas.kit.tables import TableQuery, TableSchema
from app.services.allocations.types import ReasonCode
from app.services.domain.fairness import FairnessMode
from app.services.domain.side import Side
from app.services.reports.fairness_replay import Rule
from app.services.reports.ledger_views import LedgerPeriod

_PIECES = "in minimum pieces of the order after which it stood"


class PeakSchema(ResponseSchema):
    """The greatest balance after an order, by size; without any it is 0 of no account."""

    quantity = Number(metadata=added("Its size in face, never negative.", example=210000))
    pieces = fields.Float(metadata=added(f"Its size {_PIECES}.", example=2.1))
    scope = fields.String(allow_none=True, metadata=added("The scope of its ledger.", example="PUBLICPRE"))
    side = Code(Side, allow_none=True, metadata=added("The side of its ledger.", example="BUY"))
    account_id = fields.String(allow_none=True, metadata=added("The account.", example="PPR-001"))
    business_date = IsoDate(
        allow_none=True, metadata=added("Business date of the order.", example="2026-06-30")
    )
    order_id = fields.String(allow_none=True, metadata=added("The order.", example="9001"))


class LeftOutSchema(ResponseSchema):
    """Orders that an account was not eligible for, for one reason."""

    reason_code = Code(
        ReasonCode, allow_none=True, metadata=added("Why; null where the policy alone gives it no weight.")
    )
    orders = fields.Integer(metadata=added("How many.", example=3))


class NamedExclusionSchema(ResponseSchema):
    """An order that an account was excluded from by name."""

    order_id = fields.String(metadata=added("The order.", example="9001"))
    business_date = IsoDate(metadata=added("Its business date.", example="2026-06-30"))
    reason = fields.String(metadata=added("The reason that the request gave.", example="client asked"))


class AccountLedgerSchema(ResponseSchema):
    """One account in one ledger over the period.

    balance_end is balance_start + carried + entitled_quantity - received_quantity.
    """

    account_id = fields.String(metadata=added("The account.", example="PPR-001"))
    account_name = fields.String(allow_none=True, metadata=added("Its name; null where that is unknown."))
    scope = fields.String(metadata=added("The scope of the ledger.", example="PUBLICPRE"))
    side = Code(Side, metadata=added("The side of the ledger.", example="BUY"))
    entitled_quantity = Number(
        attribute="entitled", metadata=added("Face that the policy entitled it to.", example=400000)
    )
    received_quantity = Number(
        attribute="received",
        metadata=added(
            "Face that it received: filled for it, while an order works its slice.", example=390000
        ),
    )
    ratio = Number(
        allow_none=True, metadata=added("received_quantity / entitled_quantity; null where that is 0.")
    )
    balance_start = Number(metadata=added("Owed at the beginning of the first day; negative: too much had."))
    carried = Number(
        metadata=added("What resets and half-lives added in the period, so that the balances follow.")
    )
    balance_end = Number(metadata=added("Owed after the last order of the period.", example=10000))
    greatest_shortfall = Number(
        attribute="greatest_shortfall.quantity", metadata=added("The most it was owed after an order.")
    )
    greatest_shortfall_pieces = fields.Float(
        attribute="greatest_shortfall.pieces", metadata=added(f"The same {_PIECES}.")
    )
    greatest_shortfall_date = IsoDate(
        attribute="greatest_shortfall.business_date",
        allow_none=True,
        metadata=added("Business date of that order; null where it was never owed anything."),
    )
    greatest_shortfall_order_id = fields.String(
        attribute="greatest_shortfall.order_id", allow_none=True, metadata=added("That order.")
    )
    greatest_excess = Number(
        attribute="greatest_excess.quantity",
        metadata=added("The most it had had too much after an order, not negative."),
    )
    greatest_excess_pieces = fields.Float(
        attribute="greatest_excess.pieces", metadata=added(f"The same {_PIECES}.")
    )
    greatest_excess_date = IsoDate(
        attribute="greatest_excess.business_date",
        allow_none=True,
        metadata=added("Business date of that order; null where it never had too much."),
    )
    greatest_excess_order_id = fields.String(
        attribute="greatest_excess.order_id", allow_none=True, metadata=added("That order.")
    )
    orders_eligible = fields.Integer(metadata=added("Orders of which it could have taken a part."))
    orders_with_nothing = fields.Integer(metadata=added("Of these, those that gave it nothing."))
    orders_not_eligible = fields.Integer(metadata=added("Orders that left it out before the split."))
    not_eligible = fields.List(fields.Nested(LeftOutSchema), metadata=added("These by reason, most first."))
    excluded = fields.List(
        fields.Nested(NamedExclusionSchema), metadata=added("Those whose request excluded it by name.")
    )


class LedgerTotalsSchema(ResponseSchema):
    """One ledger over the period."""

    scope = fields.String(metadata=added("Its scope: the set of groups that orders were asked for."))
    side = Code(Side, metadata=added("Its side.", example="BUY"))
    orders = fields.Integer(metadata=added("Its orders in the period."))
    entitled_quantity = Number(attribute="entitled", metadata=added("Face entitled to, all accounts."))
    received_quantity = Number(attribute="received", metadata=added("Face received, all accounts."))
    balance_sum = Number(metadata=added("Sum of its balances at the end: 0, shown as a check.", example=0))
    greatest_quantity = fields.Nested(
        PeakSchema, metadata=added("Greatest balance of an account after any order, by face.")
    )
    greatest_pieces = fields.Nested(PeakSchema, metadata=added("The same by minimum pieces of that order."))


class PolicyVersionSchema(ResponseSchema):
    """A version of the fairness policy."""

    policy_id = fields.String(metadata=added("Its id.", example="default"))
    version = fields.Integer(metadata=added("Its number.", example=0))


class LedgerReportSchema(ResponseSchema):
    """What accounts were entitled to and received over a period, by the fairness ledger."""

    date_from = IsoDate(attribute="period.date_from", metadata=added("First business date."))
    date_to = IsoDate(attribute="period.date_to", metadata=added("Last business date."))
    time_zone = fields.String(
        metadata=added("The desk's time zone, whose dates these are.", example="America/New_York")
    )
    orders = fields.Integer(metadata=added("Orders that gave accounts something."))
    provisional = fields.Integer(
        metadata=added("Of these, those whose fills may change: until then their balances are provisional.")
    )
    not_filled = fields.Integer(metadata=added("Left out: the order ended without a fill."))
    before_ledger = fields.Integer(metadata=added("Left out: the order is older than the ledger."))
    greatest_quantity = fields.Nested(
        PeakSchema, metadata=added("Greatest balance of any account after any order, by face.")
    )
    greatest_pieces = fields.Nested(PeakSchema, metadata=added("The same by minimum pieces of that order."))
    balance_sum = Number(metadata=added("Sum of all balances at the end: 0, shown as a check.", example=0))
    policies = fields.List(
        fields.Nested(PolicyVersionSchema), metadata=added("Policies that the orders were made by.")
    )
    ledgers = fields.List(fields.Nested(LedgerTotalsSchema), metadata=added("By scope and side."))
    accounts = fields.List(
        fields.Nested(AccountLedgerSchema), metadata=added("By scope, side and account id.")
    )
    breaks = fields.List(
        fields.Nested(BreakSchema),
        metadata=added(
            "Stored balances of today that are not the sums of their entries; empty where all are."
        ),
    )


class AccountReplaySchema(ResponseSchema):
    """One account in one ledger, as recorded and by the other rule; both share the same entitlements."""

    account_id = fields.String(metadata=added("The account.", example="PPR-001"))
    account_name = fields.String(allow_none=True, metadata=added("Its name; null where that is unknown."))
    scope = fields.String(metadata=added("The scope of the ledger.", example="PUBLICPRE"))
    side = Code(Side, metadata=added("The side of the ledger.", example="BUY"))
    entitled_quantity = Number(attribute="entitled", metadata=added("Face that it was entitled to."))
    recorded_received = Number(metadata=added("Face that it received."))
    recorded_ratio = Number(allow_none=True, metadata=added("The same over what it was entitled to."))
    recorded_balance = Number(metadata=added("Owed after its ledger's last order."))
    replayed_received = Number(metadata=added("Face that it would have received by the rule."))
    replayed_ratio = Number(allow_none=True, metadata=added("The same over what it was entitled to."))
    replayed_balance = Number(metadata=added("Owed after the last order, by the rule."))


class NotRecomputedSchema(ResponseSchema):
    """An order that the rule could not split, which counts as it was recorded."""

    order_id = fields.String(metadata=added("The order.", example="9001"))
    allocation_id = fields.String(metadata=added("Its allocation."))
    business_date = IsoDate(metadata=added("Its business date.", example="2026-06-30"))
    reason = fields.String(metadata=added("Why not."))


class ReplayTotalsSchema(ResponseSchema):
    """One side of the comparison."""

    accounts_with_nothing = fields.Integer(
        metadata=added("Accounts that were entitled to something and got nothing all period.", example=0)
    )
    greatest_quantity = fields.Nested(
        PeakSchema, metadata=added("Greatest balance of an account after any order, by face.")
    )
    greatest_pieces = fields.Nested(PeakSchema, metadata=added("The same by minimum pieces of that order."))


class LedgerReplaySchema(ResponseSchema):
    """The orders of a period as they were recorded, and as another rule splits them."""

    date_from = IsoDate(attribute="period.date_from", metadata=added("First business date."))
    date_to = IsoDate(attribute="period.date_to", metadata=added("Last business date."))
    time_zone = fields.String(
        metadata=added("The desk's time zone, whose dates these are.", example="America/New_York")
    )
    rule = Code(FairnessMode, metadata=added("The rule that orders were split by again."))
    fairness_weight = Number(
        allow_none=True, metadata=added("The fairness weight that was asked for; null without.")
    )
    orders = fields.Integer(metadata=added("Orders that gave accounts something."))
    recomputed = fields.Integer(metadata=added("Of these, those that were split again."))
    kept = fields.Integer(
        metadata=added("Of these, those by stated weights or a base of their own, which no rule moves.")
    )
    before_ledger = fields.Integer(metadata=added("Left out: the order is older than the ledger."))
    not_recomputed = fields.List(
        fields.Nested(NotRecomputedSchema), metadata=added("Of `orders`, those that the rule cannot split.")
    )
    recorded = fields.Nested(ReplayTotalsSchema, metadata=added("As recorded."))
    replayed = fields.Nested(ReplayTotalsSchema, metadata=added("By the rule."))
    message = fields.String(
        metadata=added(
            "The difference in one sentence.",
            example="Had this been per order: 1 of 31 accounts would have had nothing of what they were "
            "entitled to (recorded: 0), and the greatest balance would have been 212.0 pieces "
            "(recorded: 2.1).",
        )
    )
    accounts = fields.List(
        fields.Nested(AccountReplaySchema), metadata=added("By scope, side and account id.")
    )


@dataclass(frozen=True, slots=True)
class LedgerQuery:
    """Ledgers, period and format of a report."""

    period: LedgerPeriod
    table: TableQuery


@dataclass(frozen=True, slots=True)
class ReplayQuery:
    """Ledgers and period, the rule to split their orders by, and the format."""

    period: LedgerPeriod
    rule: Rule
    table: TableQuery


class LedgerPeriodSchema(IntervalSchema, TableSchema):
    """Which ledgers a report is about, over which days, and in which format."""

    date_from = IsoDate(
        required=True, metadata=added("First business date of the orders.", example="2026-01-01")
    )
    date_to = IsoDate(
        required=True, metadata=added("Last business date of the orders.", example="2026-12-31")
    )
    group_id = Identifier(
        "portfolio-group-id",
        load_default=None,
        metadata=added("Ledgers of orders that were asked for this group, alone or with others."),
    )
    side = Code(Side, load_default=None, metadata=added("Which way."))


class LedgerQuerySchema(LedgerPeriodSchema):
    """Which ledgers a report is about, over which days, and in which format."""

    makes = LedgerQuery

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LedgerQuery:
        """Split what was read into period and format."""
        table = TableQuery(data.pop("format"), data.pop("bom"))
        return LedgerQuery(LedgerPeriod(**data), table)


class ReplayQuerySchema(LedgerPeriodSchema):
    """Which ledgers and days, by which rule their orders are split again, and in which format."""

    makes = ReplayQuery

    rule = Code(FairnessMode, required=True, metadata=added("The rule to split by.", example="PER_ORDER"))
    fairness_weight = QueryReal(
        "0",
        MAX_LAMBDA,
        load_default=None,
        metadata=added("With rule LEDGER: the fairness weight of orders by minimum dispersion."),
    )

    @validates_schema
    def weight_belongs(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a weight that the rule does not have."""
        if data["fairness_weight"] is not None and data["rule"] is not FairnessMode.LEDGER:
            raise ValidationError("PER_ORDER takes no fairness weight; only LEDGER does.", "fairness_weight")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ReplayQuery:
        """Split what was read into period, rule and format."""
        table = TableQuery(data.pop("format"), data.pop("bom"))
        rule = Rule(data.pop("rule"), data.pop("fairness_weight"))
        return ReplayQuery(LedgerPeriod(**data), rule, table)

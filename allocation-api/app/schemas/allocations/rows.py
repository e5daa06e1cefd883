"""The parts of a preview: one account, the totals, a warning."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.accounts import BenchmarkSchema
from app.schemas.allocations.decisions import WARNING_ID
from app.schemas.allocations.fairness import FairnessSummarySchema
from app.schemas.allocations.stated_amounts import AllocationBreakdownSchema
from app.schemas.kit.base import ResponseSchema, added, doc, widened
from app.schemas.kit.fields import Code, Number, Real
from app.services.allocations.request import StatedType, TargetMetric
from app.services.allocations.types import AllocationSource, ReasonCode, WarningType
from app.services.kernels.allocation.problem import ProofStatus, Solver, Weighting


class AccountMetricsSchema(ResponseSchema):
    """Metrics of one account; null where data is missing."""

    active_spread_duration = Real(
        allow_none=True, metadata=doc("Spread duration less the benchmark's, in years.", example=0.12)
    )
    contribution_to_duration = Real(
        allow_none=True, metadata=doc("This bond's part of the account's duration, in years.", example=0.03)
    )
    spread_duration = Real(allow_none=True, metadata=added("Spread duration in years.", example=4.9))
    duration = Real(allow_none=True, metadata=added("Duration in years.", example=5.2))
    oas = Real(allow_none=True, metadata=added("Option-adjusted spread in basis points.", example=92))
    dts = Real(allow_none=True, metadata=added("Spread duration x OAS, years x basis points.", example=450))


class ReasonSchema(ResponseSchema):
    """Why an account gets nothing."""

    code = Code(ReasonCode, metadata=added("For programs.", example="INSUFFICIENT_CASH"))
    message = fields.String(metadata=added("For people."))


class AccountAllocationSchema(ResponseSchema):
    """One account's part of the order; money in the account's currency."""

    account_id = fields.String(metadata=doc("Account id.", example="PPR-001"))
    account_name = fields.String(metadata=doc("Account name."))
    allocated_quantity = Number(metadata=doc("Face; 0 when it gets nothing.", example=400000))
    allocated_notional = Number(
        metadata=doc("Face x clean price / 100 x factor, to the cent.", example=394000)
    )
    available_cash = Number(allow_none=True, metadata=doc("Cash before the trade.", example=5000000))
    post_trade_cash = Number(allow_none=True, metadata=doc("Cash after the trade.", example=4606000))
    pre_trade_metrics = fields.Nested(AccountMetricsSchema, metadata=doc("Metrics before the trade."))
    post_trade_metrics = fields.Nested(AccountMetricsSchema, metadata=doc("Metrics after the trade."))
    accrued_interest = Number(metadata=added("settlement_amount - allocated_notional.", example=4800))
    settlement_amount = Number(
        metadata=added("Face x (clean price + accrued) / 100 x factor, to the cent.", example=398800)
    )
    max_quantity = Number(metadata=added("Face that the account could take.", example=5000000))
    nav = Number(allow_none=True, metadata=added("Net asset value before the trade.", example=100000000))
    benchmark_metrics = fields.Nested(
        BenchmarkSchema,
        attribute="benchmark",
        metadata=added("The account's benchmark as it was at the preview."),
    )
    reason = fields.Nested(
        ReasonSchema, allow_none=True, metadata=added("Why the account gets nothing; null when it gets some.")
    )
    entitlement_weight = Number(
        allow_none=True,
        metadata=added(
            "Weight of its entitlement by the fairness policy; null where it could not have taken a part.",
            example=100000000,
        ),
    )
    requested_type = Code(
        StatedType,
        allow_none=True,
        metadata=added(
            "Unit of what is stated for the account; null where nothing is.", example="PERCENTAGE"
        ),
    )
    requested_value = Number(allow_none=True, metadata=added("What is stated for it.", example=0.25))
    requested_quantity = Number(
        allow_none=True, metadata=added("The same in face, down to the grid.", example=2000000)
    )
    allocation_source = Code(
        AllocationSource,
        allow_none=True,
        metadata=added(
            "Stated amounts: DIRECT, as stated; PRO_RATA, cut in proportion, its priority asking for more "
            "than was left; REMAINDER, of what the stated amounts left. Null for nothing.",
            example="DIRECT",
        ),
    )
    owed_before = Number(
        allow_none=True,
        metadata=added(
            "Face owed before the order: its balance in the fairness ledger and its part of what is placed; "
            "negative where it has had too much, null in previews from before the ledger.",
            example=250000,
        ),
    )
    owed_after = Number(
        allow_none=True,
        metadata=added("The same less what it gets: its balance after the order.", example=-150000),
    )
    fairness_weight = Real(
        allow_none=True,
        metadata=added("lambda of this account, where MIN_DISPERSION weighed what is owed; else null."),
    )


class DispersionMetricsSchema(ResponseSchema):
    """Dispersion of the target metric over all accounts, in the metric's unit."""

    pre_trade_std_dev = Real(metadata=doc("Standard deviation before the trade.", example=0.2586))
    post_trade_std_dev = Real(metadata=doc("Standard deviation after the trade.", example=0.1973))
    improvement = Real(metadata=doc("(before - after) / before, a fraction.", example=0.237))
    max_deviation = Real(metadata=added("Largest deviation from the mean after the trade.", example=0.3))
    min_deviation = Real(metadata=added("Smallest deviation from the mean after the trade.", example=0.01))
    target_value = Real(metadata=added("The mean after the trade.", example=5.19))
    within_tolerance = fields.Boolean(metadata=added("Whether max_deviation is within the tolerance."))
    target_metric = Code(TargetMetric, metadata=added("The metric."))
    weighting = Code(Weighting, metadata=added("How accounts count."))


class OptimalitySchema(ResponseSchema):
    """How good the minimum-dispersion answer is proved to be."""

    status = Code(ProofStatus, metadata=added("What is known about the answer.", example="OPTIMAL"))
    lower_bound_std_dev = Real(allow_none=True, metadata=added("No split has a smaller deviation than this."))
    gap = Real(allow_none=True, metadata=added("Distance from the bound, as a fraction."))
    kkt_residual = Real(allow_none=True, metadata=added("Residual of the optimality conditions."))
    solver = Code(Solver, metadata=added("The solver.", example="SLSQP"))
    iterations = fields.Integer(metadata=added("Iterations."))
    reason = fields.String(allow_none=True, metadata=added("Why the status is what it is."))
    objective_std_dev = Real(
        allow_none=True,
        metadata=added(
            "Root of what was minimised, which bound and gap are of: the standard deviation, with fairness "
            "LEDGER also what is owed. Null in previews from before the ledger."
        ),
    )


class SummarySchema(ResponseSchema):
    """Totals of a preview."""

    total_allocated = Number(metadata=doc("Face that is allocated.", example=8000000))
    unallocated = Number(metadata=doc("Face that is not.", example=0))
    allocation_rate = Real(metadata=doc("Allocated face as a fraction of the order.", example=1))
    accounts_allocated = fields.Integer(metadata=doc("Accounts that get some.", example=12))
    accounts_skipped = fields.Integer(metadata=doc("Accounts that get nothing.", example=0))
    dispersion_metrics = fields.Nested(DispersionMetricsSchema, metadata=doc("Dispersion of the metric."))
    total_notional = Number(metadata=added("Sum of the notionals.", example=7880000))
    total_settlement_amount = Number(metadata=added("Sum of the settlement amounts.", example=7976000))
    optimality = fields.Nested(
        OptimalitySchema, allow_none=True, metadata=added("MIN_DISPERSION only; null for other methods.")
    )
    direct_allocations = Number(
        allow_none=True,
        metadata=added("Stated amounts only: face that went out as stated.", example=6000000),
    )
    remainder_allocations = Number(
        allow_none=True, metadata=added("Stated amounts only: face of the remainder.", example=2000000)
    )
    allocation_breakdown = fields.Nested(
        AllocationBreakdownSchema,
        allow_none=True,
        metadata=added("Stated amounts only: accounts by what they got."),
    )
    fairness = fields.Nested(
        FairnessSummarySchema,
        allow_none=True,
        metadata=added("Fairness over orders; null in previews from before the ledger."),
    )


class WarningSchema(ResponseSchema):
    """Something to have seen before committing."""

    type = Code(
        WarningType,
        metadata=widened(
            "Kind of warning.",
            [
                "INSUFFICIENT_POSITION",
                "ROUNDING",
                "STALE_DATA",
                "MISSING_DATA",
                "ALLOCATION_DIFFERENT",
                "STATED_AMOUNT",
                "LIMITED_BY_REQUEST",
            ],
            example="INSUFFICIENT_CASH",
        ),
    )
    warning_id = fields.String(
        metadata=added("Id by which a commit acknowledges it: a hash of its content.", example=WARNING_ID)
    )
    account_id = fields.String(allow_none=True, metadata=doc("The account; null for the whole order."))
    message = fields.String(metadata=doc("What is the matter."))
    details = fields.Dict(
        keys=fields.String(),
        metadata=added(
            "The numbers behind it. With source ALADDIN it comes from Aladdin's compliance: rule_id, "
            "severity, description and action_status are its words, or state and reason say why it has none."
        ),
    )

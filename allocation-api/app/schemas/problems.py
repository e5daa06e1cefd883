"""Problem documents with members of their own, one schema for the errors that share them."""

from __future__ import annotations

from marshmallow import fields

from app.core.errors import AllocatorError, Conflict, Forbidden, NotReady
from app.core.security import Permission
from app.schemas.allocations.decisions import WARNING_ID
from app.schemas.kit.base import StrictSchema, doc
from app.schemas.kit.fields import Code, Number
from app.schemas.kit.problem import CaseSchema
from app.schemas.trading_problems import (
    AccountsUnsettledProblemSchema,
    AlreadyCommittedProblemSchema,
    BookChangedProblemSchema,
    PriceMovedProblemSchema,
    SettlementContradictedProblemSchema,
    WarningsNotOverriddenProblemSchema,
)
from app.services.aladdin.errors import VendorError
from app.services.audit.errors import EvidenceBroken
from app.services.blotters.errors import BlotterChanged
from app.services.drift.errors import TargetsChanged, TargetsNotPending, TargetsPending
from app.services.events.errors import MonitorChanged, RecalculationRunning
from app.services.execution.errors import BrokerAccountUnsettled, BrokerOutcomeUnknown
from app.services.fairness.errors import PolicyChanged
from app.services.proposals.errors import BlotterMade
from app.services.reports.of_record import AllocationDifferent


def error_classes(base: type[AllocatorError] = AllocatorError) -> set[type[AllocatorError]]:
    """Return an error class with all that derive from it: the tree holds whatever is imported."""
    return {base}.union(*(error_classes(below) for below in base.__subclasses__()))


class ForbiddenProblemSchema(CaseSchema):
    """The token lacks a permission."""

    of = frozenset({Forbidden})

    permission = Code(Permission, required=True, metadata=doc("What the user would need."))


class NotReadyProblemSchema(CaseSchema):
    """The service cannot work at the moment; only `health/ready` says which part fails."""

    of = frozenset({NotReady})

    mode = fields.String(metadata=doc("Where the data comes from.", example="mock", enum=["mock", "real"]))
    database = fields.String(metadata=doc("ok, or `failed:` and the kind of failure.", example="ok"))
    aladdin = fields.String(
        metadata=doc(
            "ok, or `failed:` and a code, or `unknown:` and why.", example="failed: VENDOR_UNREACHED"
        ),
    )
    redis = fields.String(
        allow_none=True,
        metadata=doc("ok or away, which leaves the service ready; null where it is not used.", example="ok"),
    )


class ConflictProblemSchema(CaseSchema):
    """The thing is not in a state in which this can be done."""

    of = frozenset({Conflict})

    order_id = fields.String(metadata=doc("Aladdin's id of the order."))
    order_status = fields.String(metadata=doc("The order's status, in Aladdin's own words."))
    touch_count = fields.Integer(
        allow_none=True, metadata=doc("Aladdin's count of the order's changes, as it is now.")
    )
    min_quantity = Number(metadata=doc("Face below which the order cannot go."))


class BrokenRowSchema(StrictSchema):
    """A row or record that is not as it was recorded."""

    table = fields.String(
        required=True, allow_none=True, metadata=doc("Table of the row; null for a record.")
    )
    column = fields.String(required=True, allow_none=True, metadata=doc("Column that was changed."))
    message = fields.String(required=True, metadata=doc("The same in words."))


class EvidenceBrokenProblemSchema(CaseSchema):
    """What is stored is not as the audit trail has it."""

    of = frozenset({EvidenceBroken})

    breaks = fields.List(
        fields.Nested(BrokenRowSchema),
        required=True,
        metadata=doc(
            "What differs; audit/verify gives the values.",
            example=[
                {
                    "table": "allocations",
                    "column": "result",
                    "message": "allocations.result is not as recorded",
                }
            ],
        ),
    )


class AllocationDifferentProblemSchema(CaseSchema):
    """What is filled of an order that is over, and what Aladdin has booked of it, differ."""

    of = frozenset({AllocationDifferent})

    order_id = fields.String(required=True, metadata=doc("Aladdin's id of the order.", example="9001"))
    filled_quantity = Number(required=True, metadata=doc("Face that is filled.", example=11000))
    booked_quantity = Number(
        required=True,
        allow_none=True,
        metadata=doc("Face that Aladdin has booked for all accounts; null where unknown.", example=9000),
    )


class PolicyChangedProblemSchema(CaseSchema):
    """Another fairness policy is in force than the one that was to be replaced."""

    of = frozenset({PolicyChanged})

    version = fields.Integer(required=True, metadata=doc("The version in force.", example=2))
    policy_id = fields.String(
        required=True, metadata=doc("Its id.", example="9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11")
    )


class BlotterChangedProblemSchema(CaseSchema):
    """Other lines of a blotter have an open preview than those that were to be committed."""

    of = frozenset({BlotterChanged})

    lines = fields.List(
        fields.Integer(),
        required=True,
        metadata=doc("Numbers of the lines that were not named, and have an open preview.", example=[4, 7]),
    )


class TargetsProblemSchema(CaseSchema):
    """The target set has another newest version than the one that was read, or one that waits."""

    of = frozenset({TargetsChanged, TargetsPending})

    version = fields.Integer(
        required=True, metadata=doc("Number of the newest version, 0 where there is none.", example=2)
    )
    target_set_id = fields.String(
        required=True,
        allow_none=True,
        metadata=doc(
            "Id of the target set; null where there is none.", example="9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11"
        ),
    )


class TargetsNotPendingProblemSchema(CaseSchema):
    """The version of a target set does not wait for an approval."""

    of = frozenset({TargetsNotPending})

    pending_version = fields.Integer(
        required=True,
        allow_none=True,
        metadata=doc("The version that waits; null where none does.", example=2),
    )


class BlotterMadeProblemSchema(CaseSchema):
    """Another proposal of the same account or group has become a blotter on this business date."""

    of = frozenset({BlotterMade})

    blotter_id = fields.String(
        required=True,
        allow_none=True,
        metadata=doc("The newest such blotter; null where none is visible.", example=WARNING_ID),
    )


class BrokerOrderProblemSchema(CaseSchema):
    """What became of an order to a broker is not known, or keeps the next one from being sent."""

    of = frozenset({BrokerOutcomeUnknown, BrokerAccountUnsettled})

    order_id = fields.String(
        required=True, metadata=doc("The order.", example="9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11")
    )


class RecalculationRunningProblemSchema(CaseSchema):
    """A job of the portfolio has not ended."""

    of = frozenset({RecalculationRunning})

    job_id = fields.String(
        required=True, metadata=doc("The job.", example="9b2f5e0c-7f0e-4c41-8b9e-0f6f4e4f7a11")
    )


class MonitorChangedProblemSchema(CaseSchema):
    """Another version of the configuration is stored than the one that was read."""

    of = frozenset({MonitorChanged})

    version = fields.Integer(required=True, metadata=doc("The version that is stored.", example=2))


class VendorProblemSchema(CaseSchema):
    """Aladdin did not do what was asked for; each member is there where it is known."""

    of = frozenset(error_classes(VendorError))

    operation = fields.String(metadata=doc("Aladdin's operation."))
    vendor_request_id = fields.String(metadata=doc("Our id of the request to Aladdin."))
    vendor_status = fields.Integer(metadata=doc("HTTP status of Aladdin's answer."))
    vendor_code = fields.Raw(metadata=doc("Aladdin's code.", anyOf=[{"type": "string"}, {"type": "integer"}]))
    field = fields.String(metadata=doc("The field of Aladdin's answer that is at fault."))
    account_id = fields.String(metadata=doc("The account that it is about."))
    order_id = fields.String(metadata=doc("Aladdin's id of the order that it is about."))
    external_id = fields.String(metadata=doc("Our id of the order that it is about."))
    order_ids = fields.List(fields.String(), metadata=doc("Aladdin's ids of the orders found instead."))
    api = fields.String(metadata=doc("The API of Aladdin that is left alone for a while."))
    operation_id = fields.String(metadata=doc("Aladdin's id of the operation that runs."))


class PlainProblemSchema(CaseSchema):
    """A problem without members of its own."""

    of = frozenset()


CASES: tuple[type[CaseSchema], ...] = (
    ForbiddenProblemSchema,
    NotReadyProblemSchema,
    ConflictProblemSchema,
    AlreadyCommittedProblemSchema,
    SettlementContradictedProblemSchema,
    WarningsNotOverriddenProblemSchema,
    EvidenceBrokenProblemSchema,
    BookChangedProblemSchema,
    PriceMovedProblemSchema,
    AccountsUnsettledProblemSchema,
    AllocationDifferentProblemSchema,
    PolicyChangedProblemSchema,
    BlotterChangedProblemSchema,
    TargetsProblemSchema,
    TargetsNotPendingProblemSchema,
    BlotterMadeProblemSchema,
    BrokerOrderProblemSchema,
    RecalculationRunningProblemSchema,
    MonitorChangedProblemSchema,
    VendorProblemSchema,
)


def case_of(error: type[AllocatorError]) -> type[CaseSchema]:
    """Return the schema of an error's problem document."""
    return next((case for case in CASES if error in case.of), PlainProblemSchema)

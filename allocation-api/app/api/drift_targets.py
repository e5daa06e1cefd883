"""Target sets: what accounts, groups and portfolios aim at, in versions."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import Access, caller
from app.api.kit.vendor_errors import VENDOR_ERRORS
from app.api.kit.visibility import visible
from app.core.errors import NotFound
from app.core.security import Permission
from app.schemas.drift.target_sets import (
    DecideTargets,
    DecideTargetsSchema,
    EndTargets,
    EndTargetsSchema,
    StateTargetsSchema,
    TargetPage,
    TargetPageQuerySchema,
    TargetSetPageSchema,
    TargetSetSchema,
)
from app.services.drift.errors import TargetsChanged, TargetsNotPending, TargetsPending
from app.services.drift.target_types import Decision, StatedTargets, TargetSet
from app.services.trading.errors import FourEyes, NotYours
from app.utils.paging import Page

STATED = {
    "scope": "GROUP",
    "scope_id": "PUBLICPRE",
    "version": 0,
    "comment": "The group's guideline",
}
CLASSES = {
    **STATED,
    "dimension": "ASSET_CLASS",
    "targets": [
        {"key": "bonds", "target_percent": 97, "band_absolute": 2},
        {"key": "cash", "target_percent": 3, "band_relative": 50},
    ],
}
METRIC = {
    **STATED,
    "dimension": "METRIC",
    "metric_targets": [
        {"metric": "DURATION", "relative_to": "BENCHMARK", "target": 0, "band_absolute": 0.25},
    ],
}

target_sets = Namespace("target-sets", "What accounts and groups aim at", path="/drift/target-sets")


@target_sets.route("")
class TargetSetsEndpoint(Endpoint):
    """All target sets."""

    @operation(
        "listTargetSets",
        Access.LOGGED_IN,
        query=TargetPageQuerySchema,
        returns=TargetSetPageSchema,
        addition=True,
    )
    def get(self, query: TargetPage) -> Page[TargetSet]:
        """List target sets, newest first, each with the version that is in force."""
        sets = services().drift.target_sets
        return sets.list(query.filters, visible(), cursor=query.cursor, limit=query.limit)

    @operation(
        "stateTargets",
        Permission.TARGETS_WRITE,
        body=StateTargetsSchema,
        returns=TargetSetSchema,
        fails=(*VENDOR_ERRORS, TargetsChanged, TargetsPending),
        addition=True,
        idempotent=True,
        examples={"asset classes of a group": CLASSES, "duration against the benchmark": METRIC},
    )
    def post(self, body: StatedTargets) -> TargetSet:
        """State targets of an account, a group or a portfolio, the first ones or a new version of them.

        There is one set for each scope and dimension. Versions are kept and never changed, and each is in the
        audit trail. An account's own targets go before those of its group. Where the desk works with four
        eyes, a version does not hold before another user has approved it.
        """
        return services().drift.target_sets.state(body, caller(), visible())


@target_sets.route("/<target_set_id>")
class TargetSetEndpoint(Endpoint):
    """One target set."""

    @operation("getTargetSet", Access.LOGGED_IN, returns=TargetSetSchema, fails=(NotFound,), addition=True)
    def get(self, target_set_id: str) -> TargetSet:
        """Show a target set with all its versions."""
        return services().drift.target_sets.get(target_set_id, visible())


@target_sets.route("/<target_set_id>/retire")
class RetireTargetsEndpoint(Endpoint):
    """The end of a target set."""

    @operation(
        "retireTargets",
        Permission.TARGETS_WRITE,
        body=EndTargetsSchema,
        returns=TargetSetSchema,
        fails=(NotFound, TargetsChanged, TargetsPending),
        addition=True,
        idempotent=True,
        examples={"now": {"version": 1, "comment": "The account is closed"}},
    )
    def post(self, target_set_id: str, body: EndTargets) -> TargetSet:
        """End a target set by a version without targets; nothing is deleted, and another may follow."""
        return services().drift.target_sets.end(
            target_set_id,
            version=body.version,
            effective_from=body.effective_from,
            comment=body.comment,
            caller=caller(),
            visible=visible(),
        )


def _decided(target_set_id: str, decision: Decision, body: DecideTargets) -> TargetSet:
    return services().drift.target_sets.decide(
        target_set_id,
        decision,
        version=body.version,
        comment=body.comment,
        caller=caller(),
        visible=visible(),
    )


@target_sets.route("/<target_set_id>/approve")
class ApproveTargetsEndpoint(Endpoint):
    """Approvals of target sets."""

    @operation(
        "approveTargets",
        Permission.TARGETS_WRITE,
        body=DecideTargetsSchema,
        returns=TargetSetSchema,
        fails=(NotFound, TargetsNotPending, FourEyes),
        addition=True,
        idempotent=True,
        examples={"as agreed": {"version": 1, "comment": "As agreed"}},
    )
    def post(self, target_set_id: str, body: DecideTargets) -> TargetSet:
        """Approve a version that another user stated; it holds from its first day on, or from today."""
        return _decided(target_set_id, Decision.APPROVED, body)


@target_sets.route("/<target_set_id>/reject")
class RejectTargetsEndpoint(Endpoint):
    """Rejections of target sets."""

    @operation(
        "rejectTargets",
        Permission.TARGETS_WRITE,
        body=DecideTargetsSchema,
        returns=TargetSetSchema,
        fails=(NotFound, TargetsNotPending, FourEyes),
        addition=True,
        idempotent=True,
        examples={"another day": {"version": 1, "comment": "Not before the mandate is signed"}},
    )
    def post(self, target_set_id: str, body: DecideTargets) -> TargetSet:
        """Reject a version that another user stated, for good."""
        return _decided(target_set_id, Decision.REJECTED, body)


@target_sets.route("/<target_set_id>/withdraw")
class WithdrawTargetsEndpoint(Endpoint):
    """Withdrawals of target sets."""

    @operation(
        "withdrawTargets",
        Permission.TARGETS_WRITE,
        body=DecideTargetsSchema,
        returns=TargetSetSchema,
        fails=(NotFound, TargetsNotPending, NotYours),
        addition=True,
        idempotent=True,
        examples={"a mistake": {"version": 1, "comment": "A typing error"}},
    )
    def post(self, target_set_id: str, body: DecideTargets) -> TargetSet:
        """Take back a version of your own that waits for its approval."""
        return _decided(target_set_id, Decision.WITHDRAWN, body)

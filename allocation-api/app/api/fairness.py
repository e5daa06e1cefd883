"""The fairness policy of the desk."""

from __future__ import annotations

from flask_restx import Namespace

from app.api.kit.context import services
from app.api.kit.operation import Endpoint, operation
from app.api.kit.tokens import caller
from app.api.kit.visibility import visible
from app.core.errors import NotFound
from app.core.security import Permission
from app.schemas.fairness import (
    FairnessPolicyPageSchema,
    FairnessPolicySchema,
    PolicyPage,
    PolicyPageQuerySchema,
    PolicyQuery,
    PolicyQuerySchema,
    PutPolicy,
    PutPolicySchema,
)
from app.services.domain.fairness import FairnessPolicy
from app.services.fairness.errors import PolicyChanged
from app.utils.paging import Page

fairness = Namespace("fairness", "How orders are shared over time", path="/fairness")


@fairness.route("/policy")
class FairnessPolicyEndpoint(Endpoint):
    """The policy."""

    @operation(
        "getFairnessPolicy",
        Permission.ALLOCATIONS_READ,
        query=PolicyQuerySchema,
        returns=FairnessPolicySchema,
        fails=(NotFound,),
        addition=True,
    )
    def get(self, query: PolicyQuery) -> FairnessPolicy:
        """Show the fairness policy that is in force, or an earlier version by id or number."""
        policies = services().fairness.policies
        return policies.get(visible(), policy_id=query.policy_id, version=query.version)

    @operation(
        "putFairnessPolicy",
        Permission.FAIRNESS_POLICY,
        body=PutPolicySchema,
        returns=FairnessPolicySchema,
        fails=(PolicyChanged,),
        addition=True,
        idempotent=True,
        whole_desk=True,
        examples={
            "ledger": {
                "version": 0,
                "mode": "LEDGER",
                "statement": "Orders are shared in proportion to NAV; a shortfall is carried into the next.",
            }
        },
    )
    def put(self, body: PutPolicy) -> FairnessPolicy:
        """Put a new version of the fairness policy in force, for previews made after it.

        Versions are kept and never changed, and both the old and the new one are in the audit trail. What was
        previewed before keeps the policy that was in force then.
        """
        return services().fairness.policies.put(body.policy, body.version, caller())


@fairness.route("/policies")
class FairnessPoliciesEndpoint(Endpoint):
    """All versions of the policy."""

    @operation(
        "listFairnessPolicies",
        Permission.ALLOCATIONS_READ,
        query=PolicyPageQuerySchema,
        returns=FairnessPolicyPageSchema,
        addition=True,
    )
    def get(self, query: PolicyPage) -> Page[FairnessPolicy]:
        """List the versions that the desk has stated, newest first."""
        return services().fairness.policies.history(visible(), cursor=query.cursor, limit=query.limit)

"""The fairness policy: the desk's written statement of how orders are shared over time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from app.schemas.allocations.parameters import MAX_LAMBDA, ByAccount
from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import (
    MAX_AMOUNT,
    Code,
    Identifier,
    Number,
    QueryNumber,
    Real,
    Text,
    UtcTime,
    WholeNumber,
)
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.domain.fairness import (
    DEFAULT_POLICY,
    Carry,
    EntitlementWeights,
    FairnessMode,
    FairnessPolicy,
    LedgerScope,
)

MAX_VERSION = 1_000_000
MAX_HALF_LIFE_DAYS = 3_660
MAX_WEIGHT_DECIMALS = 8

_WEIGHTS = "What entitlements are in proportion to: NAV, EQUAL parts, or STATED weights."
_SCOPE = "What has a ledger of its own. GROUP: each set of portfolio groups. SECTOR: each sector within one."
_CARRY = (
    "How balances are carried to later dates. YEARLY_RESET: to zero with the first order of a calendar year. "
    "HALF_LIFE: halved in half_life_days."
)


class StatedWeight(Number):
    """A weight above zero with as many decimals as the ledger keeps."""

    def __init__(self) -> None:
        super().__init__(
            most=MAX_AMOUNT,
            above="0",
            metadata=added("The account's weight.", multipleOf=10.0**-MAX_WEIGHT_DECIMALS),
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        number = super()._deserialize(value, attr, data, **kwargs)
        exponent = number.normalize().as_tuple().exponent
        if isinstance(exponent, int) and -exponent > MAX_WEIGHT_DECIMALS:
            raise ValidationError(f"A number with at most {MAX_WEIGHT_DECIMALS} decimals is expected.")
        return number


@dataclass(frozen=True, slots=True)
class PutPolicy:
    """A policy to put in force, and the version that it replaces."""

    policy: FairnessPolicy
    version: int


class PutPolicySchema(RequestSchema):
    """A fairness policy to put in force in the place of the one that is."""

    makes = PutPolicy

    version = WholeNumber(
        0,
        MAX_VERSION,
        required=True,
        metadata=added("Version in force as you read it: when another is, the answer is 409.", example=0),
    )
    mode = Code(
        FairnessMode,
        load_default=DEFAULT_POLICY.mode,
        metadata=added("What previews use whose request does not say.", example="LEDGER"),
    )
    weights = Code(
        EntitlementWeights,
        load_default=DEFAULT_POLICY.weights,
        metadata=added(_WEIGHTS, example="NAV"),
    )
    stated_weights = ByAccount(
        StatedWeight(),
        load_default=DEFAULT_POLICY.stated_weights,
        metadata=added("With weights STATED, and only there: an account without one is not eligible."),
    )
    scope = Code(
        LedgerScope,
        load_default=DEFAULT_POLICY.scope,
        metadata=added(_SCOPE, example="GROUP"),
    )
    carry = Code(
        Carry,
        load_default=DEFAULT_POLICY.carry,
        metadata=added(_CARRY, example="YEARLY_RESET"),
    )
    half_life_days = WholeNumber(
        1,
        MAX_HALF_LIFE_DAYS,
        load_default=None,
        allow_none=True,
        metadata=added("With carry HALF_LIFE, and only there: days in which a balance halves."),
    )
    fairness_weight = Real(
        "0",
        MAX_LAMBDA,
        load_default=None,
        allow_none=True,
        metadata=added(
            "MIN_DISPERSION with LEDGER: how much fairness counts against dispersion; null lets the method "
            "choose it."
        ),
    )
    statement = Text(
        least=1,
        most=4000,
        required=True,
        metadata=added(
            "The policy in words, for an examiner.",
            example="Orders are shared in proportion to NAV; a shortfall is carried into the next order.",
        ),
    )

    @validates_schema
    def parts_agree(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse members that the chosen weights and carry do not have, and miss those that they need."""
        is_stated = data["weights"] is EntitlementWeights.STATED
        halves = data["carry"] is Carry.HALF_LIFE
        errors = {}
        if is_stated and not data["stated_weights"]:
            errors["stated_weights"] = ["Weights STATED need a weight for at least one account."]
        if not is_stated and data["stated_weights"]:
            errors["stated_weights"] = [f"Weights {data['weights']} take none; only STATED does."]
        if halves and data["half_life_days"] is None:
            errors["half_life_days"] = ["Carry HALF_LIFE needs the days in which a balance halves."]
        if not halves and data["half_life_days"] is not None:
            errors["half_life_days"] = [f"Carry {data['carry']} takes none; only HALF_LIFE does."]
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> PutPolicy:
        """Return the policy, whose id, number, time and user are set when it is stored."""
        version = data.pop("version")
        return PutPolicy(FairnessPolicy(policy_id="", version=version + 1, **data), version)


class FairnessPolicySchema(ResponseSchema):
    """A version of the fairness policy."""

    policy_id = fields.String(metadata=added("Its id, which previews name.", example="default"))
    version = fields.Integer(
        metadata=added(
            "Its number, from 1; 0 is built in, and in force before the desk states its own.", example=0
        )
    )
    mode = Code(
        FairnessMode, metadata=added("What previews use whose request does not say.", example="PER_ORDER")
    )
    weights = Code(EntitlementWeights, metadata=added(_WEIGHTS, example="NAV"))
    stated_weights = fields.Dict(
        keys=fields.String(), values=Number(), metadata=added("Weights by account id, with weights STATED.")
    )
    scope = Code(LedgerScope, metadata=added(_SCOPE, example="GROUP"))
    carry = Code(Carry, metadata=added(_CARRY, example="YEARLY_RESET"))
    half_life_days = fields.Integer(
        allow_none=True, metadata=added("Days in which a balance halves; null without a half-life.")
    )
    fairness_weight = Number(
        allow_none=True,
        metadata=added("How much fairness counts against dispersion; null where the method chooses it."),
    )
    statement = fields.String(metadata=added("The policy in words."))
    created_at = UtcTime(allow_none=True, metadata=added("When it was stated, in UTC; null of version 0."))
    created_by = fields.String(
        allow_none=True, metadata=added("Who stated it; null of version 0.", example="demo_supervisor")
    )


class FairnessPolicyPageSchema(NextCursorSchema):
    """A page of the versions that the desk has stated, newest first."""

    policies = fields.List(
        fields.Nested(FairnessPolicySchema), attribute="items", metadata=added("The versions.")
    )


@dataclass(frozen=True, slots=True)
class PolicyQuery:
    """Which version of the policy."""

    policy_id: str | None
    version: int | None


class PolicyQuerySchema(RequestSchema):
    """Which version of the policy; without either the one in force."""

    makes = PolicyQuery

    policy_id = Identifier("fairness-policy-id", load_default=None, metadata=added("The version of this id."))
    version = QueryNumber(
        0, MAX_VERSION, load_default=None, metadata=added("The version of this number.", example=0)
    )


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """A page of versions."""

    cursor: str | None
    limit: int


class PolicyPageQuerySchema(PagingSchema):
    """Which page of the versions."""

    makes = PolicyPage

"""What accounts could take of an order, as it enters and leaves the service."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, post_load, validates_schema

from app.schemas.allocations.answers import PricedOrderSchema
from app.schemas.allocations.constraints import ConstraintsSchema
from app.schemas.allocations.request import OrderRequestSchema, PreviewRequestSchema, groups_field
from app.schemas.allocations.rows import ReasonSchema
from app.schemas.kit.base import RequestSchema, ResponseSchema, doc
from app.schemas.kit.fields import Number
from app.services.allocations.request import Constraints, Parameters, PreviewRequest
from app.services.kernels.allocation.registry import Method

_RULES = PreviewRequestSchema()


class CapacityRequestSchema(RequestSchema):
    """A block order and the groups whose accounts could take part in it."""

    makes = PreviewRequest

    order = fields.Nested(OrderRequestSchema, required=True, metadata=doc("The block order."))
    portfolio_groups = groups_field()
    constraints = fields.Nested(
        ConstraintsSchema,
        load_default=lambda: Constraints(leave_tradable=True),
        metadata=doc("Limits and wishes, as in a preview."),
    )

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse what a preview is refused for."""
        _RULES.together({**data, "method": Method.PRO_RATA, "parameters": Parameters()})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> PreviewRequest:
        """Turn the validated fields into the request for a preview pro rata by NAV."""
        groups = tuple(data["portfolio_groups"])
        return PreviewRequest(**{**data, "method": Method.PRO_RATA, "portfolio_groups": groups})


class AccountTakesSchema(ResponseSchema):
    """What one account could take of the order."""

    account_id = fields.String(metadata=doc("Account id.", example="PPR-001"))
    account_name = fields.String(metadata=doc("Account name."))
    group_ids = fields.List(fields.String(), metadata=doc("Those of the groups that it is under."))
    nav = Number(allow_none=True, metadata=doc("Net asset value.", example=100000000))
    max_quantity = Number(
        metadata=doc(
            "Face that it could take, at most the order: max_quantity of a preview. It may lie off the grid.",
            example=5000000,
        )
    )
    reason = fields.Nested(
        ReasonSchema,
        allow_none=True,
        metadata=doc("What holds it below the order; null where it could take all of it."),
    )


class GroupTakesSchema(ResponseSchema):
    """What the accounts of one group could take of the order."""

    group_id = fields.String(metadata=doc("Group id.", example="PUBLICPRE"))
    group_name = fields.String(metadata=doc("Group name."))
    account_count = fields.Integer(metadata=doc("Number of accounts.", example=12))
    nav = Number(
        allow_none=True,
        metadata=doc(
            "Sum of their NAVs; null when one is not known or currencies differ.", example=1200000000
        ),
    )
    eligible_accounts = fields.Integer(metadata=doc("Accounts that could take a lot.", example=11))
    capacity = Number(
        metadata=doc("Face that they could take together, if no other group took part.", example=8000000)
    )


class OrderCapacitySchema(ResponseSchema):
    """What accounts, groups and all together could take of an order."""

    order = fields.Nested(PricedOrderSchema, metadata=doc("The block order as it was priced."))
    groups = fields.List(fields.Nested(GroupTakesSchema), metadata=doc("The groups, by id."))
    accounts = fields.List(fields.Nested(AccountTakesSchema), metadata=doc("Their accounts, by id."))
    capacity = Number(
        metadata=doc("Face that all accounts could take together, at most the order.", example=8000000)
    )
    reason = fields.Nested(
        ReasonSchema,
        allow_none=True,
        metadata=doc("What compliance says of the whole order where that caps it; else null."),
    )

"""Portfolio groups and their accounts."""

from __future__ import annotations

from marshmallow import fields

from app.schemas.base import ResponseSchema, added, doc
from app.schemas.fields import IsoDate, Number, Real


class AccountNameSchema(ResponseSchema):
    """An account in a list."""

    account_id = fields.String(metadata=doc("Account id.", example="PPR-001"))
    account_name = fields.String(metadata=doc("Account name."))


class BenchmarkSchema(ResponseSchema):
    """Benchmark values; null where there is no benchmark."""

    spread_duration = Real(allow_none=True, metadata=added("Spread duration in years.", example=4.8))
    duration = Real(allow_none=True, metadata=added("Duration in years.", example=5.6))
    oas = Real(allow_none=True, metadata=added("Option-adjusted spread in basis points.", example=85))


class PortfolioGroupSchema(ResponseSchema):
    """A portfolio group with all accounts under it, nested groups walked."""

    group_id = fields.String(metadata=doc("Group id.", example="PUBLICPRE"))
    group_name = fields.String(metadata=doc("Group name."))
    account_count = fields.Integer(metadata=doc("Number of accounts.", example=12))
    accounts = fields.List(fields.Nested(AccountNameSchema), metadata=doc("The accounts, sorted by id."))
    description = fields.String(metadata=added("What the group is."))
    strategy = fields.String(metadata=added("Investment strategy."))
    manager = fields.String(metadata=added("Portfolio manager."))
    created_date = IsoDate(allow_none=True, metadata=added("When the group was set up."))
    benchmark = fields.Nested(
        BenchmarkSchema, metadata=added("Benchmark of accounts that have none of their own.")
    )


class PortfolioGroupsSchema(ResponseSchema):
    """All portfolio groups."""

    portfolio_groups = fields.List(fields.Nested(PortfolioGroupSchema), metadata=doc("The groups."))


class GroupAccountSchema(ResponseSchema):
    """An account with NAV, cash and risk. Money in the account's currency, durations in years."""

    account_id = fields.String(metadata=doc("Account id.", example="PPR-001"))
    account_name = fields.String(metadata=doc("Account name."))
    strategy = fields.String(metadata=doc("Strategy of the account's group."))
    currency = fields.String(allow_none=True, metadata=doc("Currency.", example="USD"))
    restrictions = fields.List(fields.String(), metadata=doc("Codes of the restrictions that hold."))
    nav = Number(allow_none=True, metadata=doc("Net asset value.", example=100000000))
    cash = Number(allow_none=True, metadata=doc("Available cash.", example=5000000))
    market_value = Number(metadata=doc("Market value of the positions, accrued included."))
    position_count = fields.Integer(metadata=doc("Number of positions.", example=24))
    duration = Real(allow_none=True, metadata=doc("Duration.", example=5.1))
    oas = Real(allow_none=True, metadata=doc("Option-adjusted spread in basis points.", example=95))
    spread_duration = Real(allow_none=True, metadata=doc("Spread duration.", example=4.9))
    benchmark_spread_duration = Real(
        allow_none=True, metadata=doc("Spread duration of the benchmark.", example=4.8)
    )
    active_spread_duration = Real(
        allow_none=True, metadata=doc("Spread duration less the benchmark's.", example=0.1)
    )
    benchmark = fields.Nested(BenchmarkSchema, metadata=doc("Benchmark of the account."))


class GroupAccountsSchema(ResponseSchema):
    """The accounts of one group."""

    accounts = fields.List(fields.Nested(GroupAccountSchema), metadata=doc("The accounts, sorted by id."))

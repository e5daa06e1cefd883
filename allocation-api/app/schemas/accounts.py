"""Portfolio groups, their accounts, an account's positions and cash, and the desk's reference data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, post_load

from app.schemas.kit.base import RequestSchema, ResponseSchema, StrictSchema, added, doc, widened
from app.schemas.kit.fields import Code, Flag, IsoDate, Number, QueryFlag, Real, Text, is_encodable
from app.services.accounts.reference_load import LoadRequest
from app.services.accounts.reference_report import MAX_CHANGES, ChangeKind
from app.services.domain.book import AsOf


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
    total_nav = Number(
        allow_none=True,
        metadata=added(
            "Sum of the accounts' NAVs; null when one is not known or currencies differ.", example=1200000000
        ),
    )
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
    restrictions_stated = fields.Boolean(
        metadata=added(
            "false: reference data states neither restrictions nor that there are none, so the account gets "
            "nothing where compliance is checked.",
            example=True,
        )
    )
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
    cash_reserve = Number(
        allow_none=True,
        metadata=added(
            "Cash that reference data keeps back of purchases; null where that needs an unknown NAV.",
            example=500000,
        ),
    )


class GroupAccountsSchema(ResponseSchema):
    """The accounts of one group."""

    accounts = fields.List(fields.Nested(GroupAccountSchema), metadata=doc("The accounts, sorted by id."))


class GroupNameSchema(ResponseSchema):
    """A portfolio group in a list."""

    group_id = fields.String(metadata=added("Group id.", example="PUBLICPRE"))
    group_name = fields.String(metadata=added("Group name."))


class AccountSchema(GroupAccountSchema):
    """An account with NAV, cash, risk and its groups. Money in its currency, durations in years."""

    portfolio_groups = fields.List(
        fields.Nested(GroupNameSchema),
        metadata=added("The groups that it is under, nested ones included, as far as you may see them."),
    )


class AsOfField(fields.String):
    """Basis of positions; a plus that a URL turned into a blank is read as the plus it was."""

    OFFERED: ClassVar[tuple[str, ...]] = (AsOf.SOD.value, AsOf.EOD.value, AsOf.TRADES.value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).replace(" ", "+")
        if text not in self.OFFERED:
            raise ValidationError(f"Must be one of: {', '.join(self.OFFERED)}.")
        return AsOf(text)


@dataclass(frozen=True, slots=True)
class PositionsQuery:
    """Which basis of positions."""

    as_of: AsOf


class PositionsQuerySchema(RequestSchema):
    """Which positions: start of day, end of day, or start of day with today's trades."""

    makes = PositionsQuery

    as_of = AsOfField(
        load_default=AsOf.SOD,
        metadata={
            **widened("Basis of the positions.", ["EOD", "SOD+Trades"], example="SOD"),
            "enum": list(AsOfField.OFFERED),
        },
    )


class PositionSchema(ResponseSchema):
    """One position; money in the account's currency, durations in years."""

    account_id = fields.String(metadata=doc("Account id."))
    cusip = fields.String(metadata=doc("CUSIP.", example="91282CKF7"))
    quantity = Number(metadata=doc("Face.", example=1000000))
    market_value = Number(allow_none=True, metadata=doc("Market value, accrued included."))
    duration = Real(allow_none=True, metadata=doc("Duration of the bond."))
    spread_duration = Real(allow_none=True, metadata=doc("Spread duration of the bond."))
    description = fields.String(allow_none=True, metadata=added("Short description of the bond."))
    settled_quantity = Number(metadata=added("Face that is settled and not yet being sold."))
    price = Number(allow_none=True, metadata=added("Clean price per 100 of face."))
    oas = Real(allow_none=True, metadata=added("Option-adjusted spread in basis points."))


class PositionsSchema(ResponseSchema):
    """An account's positions on one basis."""

    positions = fields.List(fields.Nested(PositionSchema), metadata=doc("The positions."))
    account_id = fields.String(metadata=added("Account id."))
    as_of = Code(AsOf, metadata=added("Basis.", example="SOD"))
    reference_date = IsoDate(allow_none=True, metadata=added("Date of the positions."))
    nav = Number(allow_none=True, metadata=added("Net asset value."))


class CashPositionSchema(ResponseSchema):
    """Cash in one currency."""

    currency = fields.String(metadata=doc("Currency.", example="USD"))
    settled_cash = Number(allow_none=True, metadata=doc("Cash before today's trades and live orders."))
    available_cash = Number(allow_none=True, metadata=doc("Cash after today's trades and live orders."))
    account_id = fields.String(metadata=added("Account id."))


class CashPositionsSchema(ResponseSchema):
    """An account's cash."""

    cash_positions = fields.List(fields.Nested(CashPositionSchema), metadata=doc("Cash by currency."))


_COMMENT = "Why the data changes, for the audit trail; needed unless it is a dry run."
_REMOVE = "true: stored rows that a file does not have are removed. false: they stay."
_DRY_RUN = "true: nothing is stored, and the answer says what would change."


@dataclass(frozen=True, slots=True)
class LoadQuery:
    """How one file is loaded."""

    comment: str
    remove: bool
    dry_run: bool


class LoadQuerySchema(RequestSchema):
    """How one file is loaded."""

    makes = LoadQuery

    comment = Text(load_default="", metadata=doc(_COMMENT, example="New mandate"))
    remove = QueryFlag(load_default=False, metadata=doc(_REMOVE, example=False))
    dry_run = QueryFlag(load_default=False, metadata=doc(_DRY_RUN, example=True))


class FilesSchema(StrictSchema):
    """Files by name; those that are left out stay as they are."""

    groups = fields.String(validate=is_encodable, metadata=doc("groups.csv."))
    accounts = fields.String(validate=is_encodable, metadata=doc("accounts.csv."))
    restrictions = fields.String(validate=is_encodable, metadata=doc("restrictions.csv."))
    benchmarks = fields.String(validate=is_encodable, metadata=doc("benchmarks.csv."))
    securities = fields.String(validate=is_encodable, metadata=doc("securities.csv."))
    limits = fields.String(validate=is_encodable, metadata=doc("limits.csv."))


class LoadRequestSchema(RequestSchema):
    """Files to load together."""

    files = fields.Nested(FilesSchema, required=True, metadata=doc("The files, as text."))
    comment = Text(load_default="", metadata=doc(_COMMENT, example="New mandate"))
    remove = Flag(load_default=False, metadata=doc(_REMOVE, example=False))
    dry_run = Flag(load_default=False, metadata=doc(_DRY_RUN, example=True))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LoadRequest:
        """Encode the files as they would have been sent alone."""
        files = {name: text.encode() for name, text in data.pop("files").items()}
        return LoadRequest(files, **data)


class ReferenceChangeSchema(ResponseSchema):
    """One change of a row."""

    kind = Code(
        ChangeKind,
        metadata=doc("ADDED, CHANGED, REMOVED; NOT_IN_FILE: the row stays, and the file does not have it."),
    )
    key = fields.String(metadata=doc("Key of the row.", example="PPR-001"))
    column = fields.String(allow_none=True, metadata=doc("Column of a changed value.", example="currency"))
    before = fields.String(allow_none=True, metadata=doc("The value before, as a file has it."))
    after = fields.String(allow_none=True, metadata=doc("The value after, as a file has it."))


class LoadedFileSchema(ResponseSchema):
    """What loading one file does."""

    file = fields.String(metadata=doc("Its name.", example="accounts"))
    sha256 = fields.String(metadata=doc("SHA-256 of its bytes."))
    rows = fields.Integer(metadata=doc("Rows of the file.", example=31))
    added = fields.Integer(metadata=doc("Rows that are new.", example=2))
    changed = fields.Integer(metadata=doc("Rows with other values.", example=1))
    removed = fields.Integer(metadata=doc("Rows that are removed.", example=0))
    not_in_file = fields.Integer(metadata=doc("Stored rows that it does not have, and that stay."))
    changes = fields.List(
        fields.Nested(ReferenceChangeSchema),
        attribute="first_changes",
        metadata=doc(f"The first {MAX_CHANGES:,} changes, and of a changed row one for each column."),
    )


class LoadWarningSchema(ResponseSchema):
    """An account that can be loaded as it is, and will not do what a desk may expect."""

    file = fields.String(metadata=added("The file.", example="accounts"))
    line = fields.Integer(
        allow_none=True, metadata=added("Its line; null of a stored row that the file does not have.")
    )
    column = fields.String(allow_none=True, metadata=added("The column.", example="account_id"))
    message = fields.String(metadata=added("What will happen, and what to do."))


class LoadReportSchema(ResponseSchema):
    """What loading reference data did, or would do."""

    warnings = fields.List(
        fields.Nested(LoadWarningSchema),
        attribute="first_warnings",
        metadata=added(f"Accounts whose restrictions are not stated, the first {MAX_CHANGES:,}."),
    )
    files = fields.List(fields.Nested(LoadedFileSchema), metadata=doc("The files."))
    audit_id = fields.String(
        allow_none=True, metadata=doc("The audit record; null where nothing was stored.")
    )

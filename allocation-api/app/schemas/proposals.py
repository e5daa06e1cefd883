"""Rebalancing proposals."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, ResponseSchema, added, repeated
from app.schemas.kit.fields import (
    MAX_AMOUNT,
    Code,
    Flag,
    Identifier,
    IsoDate,
    Number,
    SecurityId,
    UtcTime,
)
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.services.domain.side import Side
from app.services.drift.target_types import TargetDimension
from app.services.kernels.proposals import Obstacle, ProposalMode, ProposalStatus
from app.services.proposals.types import (
    MAX_CANDIDATES,
    CandidateSource,
    ClassOutcome,
    LeftOutReason,
    ProposalRequest,
    ProposalScope,
)

MAX_SECONDS = "20"

_MODE = (
    "full: into the bands, then as near to the targets as single trades come. to_band: into the bands. "
    "buy_only: the same by spending cash, nothing is sold. cash_raise: sales until amount can leave."
)
_CANDIDATES = (
    "Bonds to trade. held: those that the accounts hold, or that their targets of securities name. buy_list: "
    "held ones are sold, those of security_ids bought. one: the bond of security_ids alone."
)
_AMOUNT = "With cash_raise alone: cash that has to be there to leave, over all accounts, shared by NAV."
_TURNOVER = "Most of half of what an account buys and sells, in percent of its NAV."
_COST = "Most that all trades cost, in money, shared by NAV; needs cost_per_100."
_SECONDS = "Seconds for all of it, reading of bonds included; then the best that was found is the answer."


class ProposalRequestSchema(RequestSchema):
    """Trades that are to be found."""

    scope = Code(ProposalScope, required=True, metadata=added("Whose trades.", example="GROUP"))
    scope_id = Identifier(required=True, metadata=added("Id of the account or group.", example="PUBLICPRE"))
    mode = Code(ProposalMode, load_default=ProposalMode.TO_BAND, metadata=added(_MODE, example="to_band"))
    amount = Number(
        "0",
        MAX_AMOUNT,
        above="0",
        load_default=None,
        allow_none=True,
        metadata=added(_AMOUNT, example=500000),
    )
    minimum_trade = Number(
        "0",
        MAX_AMOUNT,
        load_default=Decimal(0),
        metadata=added("Least money of a trade of an account.", example=10000),
    )
    maximum_turnover_percent = Number(
        "0", "1000", load_default=None, allow_none=True, metadata=added(_TURNOVER, example=10)
    )
    maximum_cost = Number("0", MAX_AMOUNT, load_default=None, allow_none=True, metadata=added(_COST))
    cost_per_100 = Number(
        "0", "100", load_default=Decimal(0), metadata=added("Cost of a trade per 100 of face.", example=0.05)
    )
    candidates = Code(
        CandidateSource, load_default=CandidateSource.HELD, metadata=added(_CANDIDATES, example="held")
    )
    security_ids = fields.List(
        SecurityId(),
        load_default=list,
        validate=Length(0, MAX_CANDIDATES, error=f"At most {MAX_CANDIDATES} bonds are accepted."),
        metadata=added("CUSIPs or ISINs, with buy_list and one."),
    )
    time_limit_seconds = Number(
        "0", MAX_SECONDS, above="0", load_default=Decimal(5), metadata=added(_SECONDS, example=5)
    )

    @validates_schema(skip_on_field_errors=True)
    def agrees(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse fields that contradict each other, all errors at once."""
        errors = _contradictions(data)
        if errors:
            raise ValidationError(errors)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ProposalRequest:
        """Return the request."""
        return ProposalRequest(**{**data, "security_ids": tuple(data["security_ids"])})


def _contradictions(data: dict[str, Any]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    raises = data["mode"] is ProposalMode.CASH_RAISE
    if raises and data["amount"] is None:
        errors["amount"] = ["State how much cash is to be raised."]
    if not raises and data["amount"] is not None:
        errors["amount"] = ["An amount is of the mode cash_raise alone."]
    if data["maximum_cost"] is not None and not data["cost_per_100"]:
        errors["cost_per_100"] = ["State what trades cost, since maximum_cost limits it."]
    source, listed = data["candidates"], data["security_ids"]
    if source is CandidateSource.HELD and listed:
        errors["security_ids"] = ["Bonds are named with buy_list or one alone."]
    if source is CandidateSource.ONE and len(listed) != 1:
        errors["security_ids"] = ["Name one bond."]
    if source is CandidateSource.BUY_LIST and not listed:
        errors["security_ids"] = ["Name the bonds to buy."]
    if repeated(listed):
        errors.setdefault("security_ids", []).append("A bond is named twice.")
    return errors


@dataclass(frozen=True, slots=True)
class ProposalBlotter:
    """The wish for the blotter of a proposal."""

    in_addition: bool


class ProposalBlotterSchema(RequestSchema):
    """The wish for the blotter of a proposal."""

    makes = ProposalBlotter

    in_addition = Flag(
        load_default=False,
        metadata=added(
            "Make it although another proposal of the same account or group has become a blotter on this "
            "business date: both trade.",
            example=True,
        ),
    )


class ProposalAskedSchema(ResponseSchema):
    """What was asked for."""

    scope = Code(ProposalScope, metadata=added("Whose trades.", example="GROUP"))
    scope_id = fields.String(metadata=added("Id of the account or group.", example="PUBLICPRE"))
    mode = Code(ProposalMode, metadata=added(_MODE, example="to_band"))
    amount = Number(allow_none=True, metadata=added(_AMOUNT))
    minimum_trade = Number(metadata=added("Least money of a trade of an account.", example=10000))
    maximum_turnover_percent = Number(allow_none=True, metadata=added(_TURNOVER, example=10))
    maximum_cost = Number(allow_none=True, metadata=added(_COST))
    cost_per_100 = Number(metadata=added("Cost of a trade per 100 of face.", example=0.05))
    candidates = Code(CandidateSource, metadata=added(_CANDIDATES, example="held"))
    security_ids = fields.List(fields.String(), metadata=added("CUSIPs or ISINs, with buy_list and one."))
    time_limit_seconds = Number(metadata=added(_SECONDS, example=5))


class ProposalStageSchema(ResponseSchema):
    """One number of what is best, in the order of importance."""

    name = fields.String(
        metadata=added(
            "accounts_back, shortfall of what is to be raised, excess beyond the bands, distance from the "
            "targets, block_orders, allocations, turnover.",
            example="block_orders",
        )
    )
    reached = Number(metadata=added("What the trades come to.", example=3))
    bound = Number(
        allow_none=True,
        metadata=added("What nothing betters; null where an earlier stage is not proved.", example=3),
    )
    gap = Number(allow_none=True, metadata=added("Their difference, as a part of reached.", example=0))


class ProposedSliceSchema(ResponseSchema):
    """The part of an account."""

    account_id = fields.String(metadata=added("The account.", example="PPR-001"))
    quantity = Number(metadata=added("Its face.", example=500000))
    money = Number(metadata=added("About what that settles at.", example=497500))


class ProposedOrderSchema(ResponseSchema):
    """One block order."""

    security_id = fields.String(metadata=added("The bond.", example="91282CKF7"))
    side = Code(Side, metadata=added("BUY or SELL.", example="BUY"))
    quantity = Number(metadata=added("Face of all accounts.", example=2000000))
    money = Number(metadata=added("About what that settles at.", example=1990000))
    accounts = fields.List(fields.Nested(ProposedSliceSchema), metadata=added("The part of each account."))


class ProposedClassSchema(ResponseSchema):
    """A class or metric of an account before and after; in percent of NAV, a metric in years."""

    target_set_id = fields.String(metadata=added("Id of the target set."))
    target_version = fields.Integer(metadata=added("Its version that was in force.", example=2))
    dimension = Code(TargetDimension, metadata=added("Its dimension.", example="SECTOR"))
    key = fields.String(metadata=added("The class or metric.", example="Industrials"))
    before = Number(metadata=added("Before the trades.", example=36))
    after = Number(metadata=added("After them.", example=41))
    target = Number(metadata=added("Target.", example=45))
    low = Number(metadata=added("Lower edge of the band.", example=40.5))
    high = Number(metadata=added("Upper edge of the band.", example=49.5))
    trade = Number(metadata=added("What it moves by, in money; of a metric in money times years."))
    outcome = Code(
        ClassOutcome,
        metadata=added(
            "WITHIN the band before and after, BACK in it, CLOSER to it, or OUT as before.", example="BACK"
        ),
    )
    explanation = fields.String(metadata=added("Why, in one sentence."))


class ProposedAccountSchema(ResponseSchema):
    """An account before and after."""

    account_id = fields.String(metadata=added("The account.", example="PPR-001"))
    account_name = fields.String(metadata=added("Its name."))
    nav = Number(metadata=added("NAV that shares are of.", example=100000000))
    reference_date = IsoDate(allow_none=True, metadata=added("Date of its positions.", example="2026-06-30"))
    is_back_before = fields.Boolean(metadata=added("Whether it is within its bands without any trade."))
    is_back = fields.Boolean(metadata=added("Whether it is within its bands afterwards."))
    obstacle = Code(
        Obstacle,
        allow_none=True,
        metadata=added("What keeps it from coming back; null where it does.", example="TURNOVER"),
    )
    cash_before = Number(metadata=added("Cash less what live orders reserve of it, and less what leaves."))
    cash_after = Number(metadata=added("The same after the trades."))
    turnover = Number(metadata=added("Half of what it buys and sells, in money."))
    cost = Number(metadata=added("What its trades cost."))
    explanation = fields.String(metadata=added("Whether and why it comes back, in one sentence."))
    classes = fields.List(fields.Nested(ProposedClassSchema), metadata=added("Class by class."))


class NotProposedSchema(ResponseSchema):
    """A bond or an account that takes no part."""

    id = fields.String(metadata=added("The bond or account.", example="91282CKF7"))
    code = Code(LeftOutReason, metadata=added("Why, for programs.", example="DATA_MISSING"))
    message = fields.String(metadata=added("Why, in words."))


class ProposalOutcomeSchema(ResponseSchema):
    """What a proposal came to."""

    portfolio_groups = fields.List(
        fields.String(), metadata=added("Groups that its orders are split over.", example=["PUBLICPRE"])
    )
    stages = fields.List(
        fields.Nested(ProposalStageSchema),
        metadata=added("What was reached and proved, in order of importance."),
    )
    orders = fields.List(fields.Nested(ProposedOrderSchema), metadata=added("Block orders, sales first."))
    accounts = fields.List(fields.Nested(ProposedAccountSchema), metadata=added("Accounts before and after."))
    left_out = fields.List(
        fields.Nested(NotProposedSchema), metadata=added("Bonds and accounts that take no part, with why.")
    )
    data_as_of = UtcTime(metadata=added("When positions were asked for."))
    reference_date = IsoDate(
        allow_none=True, metadata=added("Oldest date of the positions.", example="2026-06-30")
    )


class ProposalSummarySchema(ResponseSchema):
    """A proposal in a list."""

    proposal_id = fields.String(metadata=added("Id of the proposal."))
    created_at = UtcTime(metadata=added("When it was made."))
    created_by = fields.String(metadata=added("Who asked for it.", example="pm_smith"))
    request = fields.Nested(ProposalAskedSchema, metadata=added("What was asked for."))
    status = Code(
        ProposalStatus,
        metadata=added(
            "OPTIMAL: proved. TIME_LIMIT: the stages say what may be missing. INFEASIBLE: not all accounts "
            "can come back; the trades are the nearest.",
            example="OPTIMAL",
        ),
    )
    accounts_back = fields.Integer(metadata=added("Accounts within their bands afterwards.", example=7))
    account_count = fields.Integer(metadata=added("Accounts with targets.", example=8))
    order_count = fields.Integer(metadata=added("Block orders.", example=3))
    blotter_id = fields.String(
        allow_none=True, metadata=added("Id of the blotter that was made of it; null where none was.")
    )


class ProposalSchema(ProposalSummarySchema):
    """A proposal with its trades."""

    outcome = fields.Nested(ProposalOutcomeSchema, metadata=added("What it came to."))


class ProposalPageSchema(NextCursorSchema):
    """A page of proposals."""

    proposals = fields.List(
        fields.Nested(ProposalSummarySchema), attribute="items", metadata=added("Proposals, newest first.")
    )


@dataclass(frozen=True, slots=True)
class ProposalPageQuery:
    """Which page of proposals."""

    cursor: str | None
    limit: int


class ProposalPageQuerySchema(PagingSchema):
    """Which page of proposals."""

    makes = ProposalPageQuery

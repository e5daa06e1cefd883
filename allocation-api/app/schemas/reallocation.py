"""Reallocation: what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, validates_schema
from marshmallow.validate import Length

from app.schemas.kit.base import RequestSchema, added
from app.schemas.kit.fields import (
    MAX_AMOUNT,
    Code,
    Entries,
    Flag,
    Identifier,
    Number,
    Real,
    SecurityId,
    WholeNumber,
)
from app.schemas.kit.paging import PagingSchema
from app.schemas.market_history import DaysSchema
from app.schemas.market_history_fields import EXAMPLE_ASSETS, JsonList, Symbol
from app.services.domain.face import face_decimals
from app.services.reallocation.types import (
    MAX_ASSETS,
    MAX_TOTAL,
    BlotterWish,
    ReallocationRequest,
    TargetObjective,
)

MONEY_DECIMALS = 2
MAX_GROUPS = 50
MAX_VOLUME_DAYS = 260

_ENTRIES = f"Between 1 and {MAX_ASSETS} assets are expected."
_TARGETS = ("target", "target_weights", "target_set_id", "target_objective")
_ONE_TARGET = f"Give one of {', '.join(_TARGETS)}."


class MoneyNumber(Number):
    """Money in whole cents."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        number = super()._deserialize(value, attr, data, **kwargs)
        if face_decimals(number) > MONEY_DECIMALS:
            raise ValidationError("Money of at most two decimals is expected.")
        return number


def _by_asset(values: Number, text: str, example: dict[str, Any], **more: Any) -> Entries:
    return Entries(
        Symbol(), values, Length(1, MAX_ASSETS, error=_ENTRIES), metadata=added(text, example=example), **more
    )


class ReallocationRequestSchema(DaysSchema):
    """A portfolio, its target, and what limits the trades; the days are those that risk is measured on."""

    makes = ReallocationRequest

    current = _by_asset(
        MoneyNumber("0", MAX_AMOUNT),
        "Value held of each asset, in money.",
        {EXAMPLE_ASSETS[0]: 180, EXAMPLE_ASSETS[1]: 120},
        required=True,
    )
    target = _by_asset(
        MoneyNumber("0", MAX_AMOUNT),
        "Target value of each asset; they add up to what is held and `cash`.",
        {EXAMPLE_ASSETS[0]: 200, EXAMPLE_ASSETS[1]: 100},
        load_default=None,
    )
    target_weights = _by_asset(
        Number("0", "1"),
        "Or their weights as parts of 1, which add up to 1.",
        {EXAMPLE_ASSETS[0]: 0.6, EXAMPLE_ASSETS[1]: 0.4},
        load_default=None,
    )
    target_set_id = Identifier(
        load_default=None, metadata=added("Or a stored target set, whose classes are the assets.")
    )
    target_objective = Code(
        TargetObjective,
        load_default=None,
        metadata=added(
            "Or the weights of the assets held that are best by the days' returns, from 0 to 1.",
            example="MinRisk",
        ),
    )
    cash = MoneyNumber(
        "0",
        MAX_AMOUNT,
        load_default=Decimal(0),
        metadata=added("Free cash that is to be invested, too.", example=0),
    )
    threshold = Number(
        "0",
        "1",
        load_default=Decimal("0.05"),
        metadata=added("Distance of current over target from 1 that is left alone.", example=0.05),
    )
    minimum_trade = MoneyNumber(
        "0", MAX_AMOUNT, load_default=Decimal(0), metadata=added("Least money of a trade.", example=0)
    )
    participation = Number(
        "0",
        "1",
        above="0",
        load_default=Decimal("0.1"),
        metadata=added("Part of the average daily volume that can be traded.", example=0.1),
    )
    volume_days = WholeNumber(
        1,
        MAX_VOLUME_DAYS,
        load_default=20,
        metadata=added("Last days with prices that the volume is the average of.", example=20),
    )
    liquidity = _by_asset(
        Number("0", MAX_AMOUNT),
        "Money that can be traded of an asset, where that is known better than by volume.",
        {EXAMPLE_ASSETS[0]: 50},
        load_default=None,
    )
    assume_liquid = Flag(
        load_default=False,
        metadata=added(
            "Take an asset of which nobody knows what can be traded as liquid; else none of it is.",
            example=False,
        ),
    )
    impact_coefficient = Real(
        "0",
        "100",
        load_default=1.0,
        metadata=added("c of the market impact c x sigma x sqrt(q / ADV).", example=1),
    )
    vault_limits = Flag(
        load_default=False,
        metadata=added(
            "Check the limits of the vault, too; while one is violated, no blotter is made.", example=True
        ),
    )
    day_start_weights = _by_asset(
        Number("0", "1"),
        "With vault_limits: weights at the start of the day, which its change counts from; else those held.",
        {EXAMPLE_ASSETS[0]: 0.6, EXAMPLE_ASSETS[1]: 0.4},
        load_default=None,
    )
    risk_free_rate = Real(
        "-1", "1", load_default=0.0, metadata=added("Risk-free rate of a year, as a fraction.", example=0.02)
    )

    @validates_schema
    def has_one_target(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse none and several targets, and a portfolio without any money, or with too much."""
        errors: dict[str, list[str]] = {}
        given = [name for name in _TARGETS if data.get(name) is not None]
        if len(given) != 1:
            errors = {name: [_ONE_TARGET] for name in given or _TARGETS[:1]}
        if "current" in data and "cash" in data:
            total = sum(data["current"].values(), data["cash"])
            if not total:
                errors["current"] = ["Something is held, or there is cash."]
            if total > MAX_TOTAL:
                errors["current"] = [f"With the cash it is {total:,.2f}; at most {MAX_TOTAL:,} is accepted."]
        if data.get("day_start_weights") is not None and not data.get("vault_limits"):
            errors["day_start_weights"] = ["They belong to vault_limits."]
        if errors:
            raise ValidationError(errors)


class ReallocationBlotterSchema(RequestSchema):
    """How the trades become orders."""

    makes = BlotterWish

    portfolio_groups = JsonList(
        Identifier("portfolio-group-id"),
        most=MAX_GROUPS,
        required=True,
        metadata=added("Groups that each order is split over, by NAV.", example=["PUBLICPRE"]),
    )
    securities = Entries(
        Symbol(),
        SecurityId(),
        Length(1, MAX_ASSETS, error=_ENTRIES),
        required=True,
        metadata=added(
            "CUSIP or ISIN of the bond that each traded asset is traded in.",
            example={EXAMPLE_ASSETS[0]: "91282CKF7"},
        ),
    )


@dataclass(frozen=True, slots=True)
class ReallocationPageQuery:
    """Which page of reallocations."""

    cursor: str | None
    limit: int


class ReallocationPageQuerySchema(PagingSchema):
    """Which page of reallocations."""

    makes = ReallocationPageQuery

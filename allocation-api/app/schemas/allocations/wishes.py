"""Wishes of a request about single accounts and their cash."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, validates_schema

from app.schemas.kit.base import RequestSchema, added
from app.schemas.kit.fields import MAX_AMOUNT, MAX_FACE, FaceNumber, Number
from app.services.allocations.request import AccountLimit
from app.services.domain.cash_reserve import CashReserve


class NavFraction(Number):
    """A fraction of NAV up to 1, with a word to those who mean per cent."""

    def __init__(self, *, above: str | None = None, **more: Any) -> None:
        super().__init__("0", "1", above=above, **more)
        least = "from 0" if above is None else f"above {above}"
        self.bounds.error = f"A fraction of NAV {least} to 1 is expected: 0.05 means 5 %."


class AccountLimitSchema(RequestSchema):
    """Bounds on the face that one account gets: min, max or both; or fixed, which is both (R4.8)."""

    makes = AccountLimit

    min = FaceNumber(
        0,
        MAX_FACE,
        load_default=None,
        allow_none=True,
        metadata=added("Least face: the account gets no less.", example=100000),
    )
    max = FaceNumber(
        0,
        MAX_FACE,
        load_default=None,
        allow_none=True,
        metadata=added("Most face; with 0 it gets nothing.", example=500000),
    )
    fixed = FaceNumber(
        0,
        MAX_FACE,
        load_default=None,
        allow_none=True,
        metadata=added("Just this face, with neither min nor max."),
    )

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a fixed face beside bounds, and a minimum above the maximum."""
        least, most, fixed = data["min"], data["max"], data["fixed"]
        if fixed is not None:
            beside = [name for name in ("min", "max") if data[name] is not None]
            if beside:
                raise ValidationError({name: ["fixed stands alone: leave this out."] for name in beside})
        elif least is None and most is None:
            raise ValidationError("At least one of min, max and fixed is expected.")
        elif least is not None and most is not None and least > most:
            raise ValidationError(f"The minimum of {least:,} is above the maximum of {most:,}.", "min")


class CashReserveSchema(RequestSchema):
    """Cash that stays in each account after a purchase, as money or as a fraction of its NAV (R4.9)."""

    makes = CashReserve

    amount = Number(
        "0",
        MAX_AMOUNT,
        load_default=None,
        allow_none=True,
        metadata=added("Money in the account's currency.", example=250000),
    )
    percent_of_nav = NavFraction(
        load_default=None,
        allow_none=True,
        metadata=added("Fraction of the account's NAV: 0.02 means 2 %."),
    )

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse both, and neither."""
        if (data["amount"] is None) == (data["percent_of_nav"] is None):
            raise ValidationError("Exactly one of amount and percent_of_nav is expected.")

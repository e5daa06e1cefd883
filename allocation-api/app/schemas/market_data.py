"""Positions and cash of an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from marshmallow import ValidationError, fields

from app.schemas.base import RequestSchema, ResponseSchema, added, doc, widened
from app.schemas.fields import IsoDate, Number, Real
from app.services.domain.book import AsOf


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
    as_of = fields.Enum(AsOf, by_value=fields.String, metadata=added("Basis.", example="SOD"))
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

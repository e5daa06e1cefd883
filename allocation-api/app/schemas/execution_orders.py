"""Orders to brokers: what is asked for, what is expected, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validates_schema

from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, Number, UtcTime
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.schemas.market_history_fields import Symbol
from app.services.domain.face import face_decimals
from app.services.domain.side import Side
from app.services.execution.order_values import BrokerOrderStatus, OrderWish
from app.services.execution.types import FeeSource, OrderType

MAX_QUANTITY = "1000000000000"
QUANTITY_DECIMALS = 8

_PAPER = "Whether its money is simulated."


class UnitsNumber(Number):
    """Units or a price of an asset, of at most eight decimals."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        number = super()._deserialize(value, attr, data, **kwargs)
        if face_decimals(number) > QUANTITY_DECIMALS:
            raise ValidationError("A number of at most eight decimals is expected.")
        return number


class BrokerOrderWishSchema(RequestSchema):
    """An order, good until it is cancelled."""

    makes = OrderWish

    symbol = Symbol(required=True, metadata=added("The asset.", example="EQ-US-LARGE"))
    side = Code(Side, required=True, metadata=added("BUY or SELL.", example="BUY"))
    type = Code(OrderType, required=True, metadata=added("MARKET or LIMIT.", example="MARKET"))
    quantity = UnitsNumber(
        most=MAX_QUANTITY, above="0", required=True, metadata=added("Units of the asset.", example=2)
    )
    limit_price = UnitsNumber(
        most=MAX_QUANTITY,
        above="0",
        load_default=None,
        allow_none=True,
        metadata=added("Of a limit order: the price of a unit in the account's currency.", example=None),
    )

    @validates_schema
    def limit_goes_with_type(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a limit order without a price, and a market order with one."""
        has_limit = data["limit_price"] is not None
        if has_limit and data["type"] is OrderType.MARKET:
            raise ValidationError("A market order has no limit.", "limit_price")
        if not has_limit and data["type"] is OrderType.LIMIT:
            raise ValidationError("A limit order needs its limit.", "limit_price")


class BrokerOrderPreviewSchema(ResponseSchema):
    """What an order is expected to cost or to bring, by its broker."""

    account_id = fields.String(metadata=added("Id of the account.", format="broker-account-id"))
    is_paper = fields.Boolean(metadata=added(_PAPER, example=True))
    bid = Number(attribute="preview.quote.bid", metadata=added("What a unit is sold to.", example=99.95))
    ask = Number(attribute="preview.quote.ask", metadata=added("What a unit is bought from.", example=100.05))
    quoted_at = UtcTime(
        attribute="preview.quote.at",
        allow_none=True,
        metadata=added("When the quote was made, in UTC; null where the broker does not say."),
    )
    price = Number(
        attribute="preview.price", metadata=added("The quote's side, or the limit.", example=100.05)
    )
    notional = Number(attribute="preview.notional", metadata=added("Money of all units.", example=200.1))
    slippage_bps = Number(
        metadata=added("How much worse than the middle of the quote, in basis points.", example=5)
    )
    fee = Number(
        attribute="preview.fee.amount",
        allow_none=True,
        metadata=added("The fee; null where it is unknown, which is not 0.", example=0.2),
    )
    fee_currency = fields.String(
        attribute="preview.fee.currency", allow_none=True, metadata=added("Its currency.", example="USD")
    )
    fee_source = Code(
        FeeSource, attribute="preview.fee.source", metadata=added("Who states it.", example="BROKER")
    )


class BrokerOrderSchema(ResponseSchema):
    """An order to a broker."""

    order_id = fields.String(metadata=added("Its id here.", format="broker-order-id"))
    account_id = fields.String(metadata=added("Id of the account.", format="broker-account-id"))
    is_paper = fields.Boolean(metadata=added(_PAPER, example=True))
    symbol = fields.String(metadata=added("The asset.", example="EQ-US-LARGE"))
    currency = fields.String(metadata=added("What it is paid in.", example="USD"))
    side = Code(Side, metadata=added("BUY or SELL.", example="BUY"))
    type = Code(OrderType, metadata=added("MARKET or LIMIT.", example="MARKET"))
    quantity = Number(metadata=added("Units that were asked for.", example=2))
    limit_price = Number(allow_none=True, metadata=added("Its limit; null without one."))
    notional = Number(metadata=added("What it was expected to be worth.", example=200.1))
    status = Code(
        BrokerOrderStatus,
        metadata=added(
            "SENDING: no answer yet. UNKNOWN: it may be at the broker, and is looked for. FAILED: it surely "
            "is not. The others are the broker's; UNRECOGNISED may still trade.",
            example="FILLED",
        ),
    )
    reason = fields.String(allow_none=True, metadata=added("Why, where there is something to say."))
    broker_order_id = fields.String(allow_none=True, metadata=added("Its id at the broker."))
    filled_quantity = Number(metadata=added("Units that were traded.", example=2))
    average_price = Number(allow_none=True, metadata=added("What one of them has cost.", example=100.05))
    fee = Number(allow_none=True, metadata=added("The fee so far; null where it is unknown, which is not 0."))
    fee_currency = fields.String(allow_none=True, metadata=added("Its currency.", example="USD"))
    fee_source = Code(FeeSource, metadata=added("Who states the fee.", example="BROKER"))
    created_at = UtcTime(metadata=added("When it was let out, in UTC."))
    updated_at = UtcTime(metadata=added("When something last changed, in UTC."))
    created_by = fields.String(metadata=added("Who asked for it.", example="demo_user"))


class BrokerOrderPageSchema(NextCursorSchema):
    """A page of orders."""

    orders = fields.List(
        fields.Nested(BrokerOrderSchema), attribute="items", metadata=added("Orders, newest first.")
    )


@dataclass(frozen=True, slots=True)
class BrokerOrderPageQuery:
    """Which page of orders."""

    cursor: str | None
    limit: int


class BrokerOrderPageQuerySchema(PagingSchema):
    """Which page of orders."""

    makes = BrokerOrderPageQuery

"""Accounts at brokers: what is connected, and what they have."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import fields, post_load

from app.schemas.kit.base import RequestSchema, ResponseSchema, added
from app.schemas.kit.fields import Code, Flag, Number, Pattern, Real, Text, UtcTime, WholeNumber
from app.schemas.kit.paging import NextCursorSchema, PagingSchema
from app.schemas.reallocation import MoneyNumber
from app.services.execution.accounts import AccountState, PaperWish, SnapTradeWish
from app.services.execution.paper.matching import PaperTerms
from app.services.execution.snaptrade.session import SnapTradeUser
from app.services.execution.types import BrokerKind

MAX_SEED = 2_147_483_647
MAX_LATENCY_SECONDS = 3_600
MAX_BASIS_POINTS = "1000"
MAX_CASH = "1000000000000"

_UUID = r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
_NAMES = "A name for your screens."


class CurrencyCode(fields.String):
    """A currency that orders are paid in, by its code."""

    def __init__(self, **more: Any) -> None:
        super().__init__(validate=Pattern(r"^[A-Z]{3,5}$", "A code like USD is expected."), **more)


def _name() -> Text:
    return Text(least=1, most=64, required=True, metadata=added(_NAMES, example="Paper money"))


def _rate(text: str) -> Real:
    return Real("0", "1", load_default=0.0, metadata=added(text, example=0))


class PaperAccountSchema(RequestSchema):
    """An account at the paper broker: its money, and how it trades."""

    makes = PaperWish

    name = _name()
    currency = CurrencyCode(
        load_default="USD",
        metadata=added("Its currency, that of the prices of market history.", example="USD"),
    )
    cash = MoneyNumber(
        "0.01", MAX_CASH, required=True, metadata=added("What it begins with.", example=100_000)
    )
    seed = WholeNumber(
        0,
        MAX_SEED,
        load_default=0,
        metadata=added("The same seed makes the same of the same orders.", example=7),
    )
    spread_bps = Number(
        "0",
        MAX_BASIS_POINTS,
        load_default=Decimal(10),
        metadata=added("Basis points between bid and ask.", example=10),
    )
    fee_bps = Number(
        "0",
        MAX_BASIS_POINTS,
        load_default=Decimal(10),
        metadata=added("Basis points of what is traded.", example=10),
    )
    states_fees = Flag(
        load_default=True, metadata=added("false: fees are taken and not stated, so they are unknown.")
    )
    rejection_rate = _rate("Part of the orders that is refused.")
    partial_rate = _rate("Part of the orders that fills in two halves.")
    lost_answer_rate = _rate("Part of the orders that is taken without an answer.")
    latency_seconds = WholeNumber(
        0,
        MAX_LATENCY_SECONDS,
        load_default=0,
        metadata=added("Seconds before an order may trade.", example=0),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> PaperWish:
        """Put its terms together."""
        name, currency, cash = (data.pop(each) for each in ("name", "currency", "cash"))
        return PaperWish(name, currency, cash, PaperTerms(**data))


class SnapTradeAccountSchema(RequestSchema):
    """An account that SnapTrade shows for a user. The credentials are stored encrypted, and never shown."""

    makes = SnapTradeWish

    name = _name()
    currency = CurrencyCode(
        required=True, metadata=added("The currency that its orders are paid in.", example="USD")
    )
    external_id = fields.String(
        required=True,
        validate=Pattern(_UUID, "An id like 917c8734-8470-4a3e-a18f-57c3f2ee6631 is expected."),
        metadata=added("Its id at SnapTrade.", example="917c8734-8470-4a3e-a18f-57c3f2ee6631"),
    )
    user_id = Text(least=1, most=128, required=True, metadata=added("The user's id at SnapTrade."))
    user_secret = Text(
        least=1, most=256, required=True, metadata=added("The user's secret at SnapTrade.", format="password")
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> SnapTradeWish:
        """Put the credentials together."""
        user = SnapTradeUser(data.pop("user_id"), data.pop("user_secret"))
        return SnapTradeWish(**data, user=user)


class BrokerAccountSchema(ResponseSchema):
    """An account at a broker."""

    account_id = fields.String(metadata=added("Its id here.", format="broker-account-id"))
    broker = Code(BrokerKind, metadata=added("The broker, or who stands between.", example="PAPER"))
    external_id = fields.String(metadata=added("Its id at the broker."))
    name = fields.String(metadata=added(_NAMES, example="Paper money"))
    currency = fields.String(metadata=added("What its orders are paid in.", example="USD"))
    is_paper = fields.Boolean(metadata=added("Whether its money is simulated.", example=True))
    state = Code(AccountState, metadata=added("CONNECTED, or DISCONNECTED and without credentials."))
    connected_at = UtcTime(metadata=added("When it was connected, in UTC."))
    disconnected_at = UtcTime(allow_none=True, metadata=added("When it was disconnected, in UTC."))


class BrokerAccountPageSchema(NextCursorSchema):
    """A page of accounts."""

    accounts = fields.List(
        fields.Nested(BrokerAccountSchema),
        attribute="items",
        metadata=added("Your accounts, the last connected first."),
    )


@dataclass(frozen=True, slots=True)
class BrokerAccountPageQuery:
    """Which page of accounts."""

    cursor: str | None
    limit: int


class BrokerAccountPageQuerySchema(PagingSchema):
    """Which page of accounts."""

    makes = BrokerAccountPageQuery


class BrokerBalanceSchema(ResponseSchema):
    """Cash in a currency."""

    currency = fields.String(metadata=added("The currency.", example="USD"))
    cash = Number(
        allow_none=True, metadata=added("The cash; null where the broker does not say.", example=100)
    )
    buying_power = Number(
        allow_none=True, metadata=added("What can be spent; null where the broker does not say.", example=100)
    )


class BrokerHoldingSchema(ResponseSchema):
    """Units of an asset."""

    symbol = fields.String(metadata=added("The asset, as the broker calls it.", example="BTC"))
    quantity = Number(metadata=added("Units.", example=0.5))
    average_price = Number(
        allow_none=True, metadata=added("What one has cost; null where the broker does not say.", example=100)
    )
    currency = fields.String(allow_none=True, metadata=added("Currency of the price.", example="USD"))


class BrokerAccountContentSchema(ResponseSchema):
    """What an account has, as its broker says now."""

    account_id = fields.String(metadata=added("Its id here.", format="broker-account-id"))
    is_paper = fields.Boolean(metadata=added("Whether its money is simulated.", example=True))
    balances = fields.List(fields.Nested(BrokerBalanceSchema), metadata=added("Cash by currency."))
    holdings = fields.List(fields.Nested(BrokerHoldingSchema), metadata=added("Assets, cash apart."))
    as_of = UtcTime(metadata=added("When the broker was asked, in UTC."))

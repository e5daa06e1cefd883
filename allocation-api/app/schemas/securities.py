"""Bonds: search, terms, analytics."""

from __future__ import annotations

from dataclasses import dataclass

from marshmallow import fields

from app.schemas.kit.base import RequestSchema, ResponseSchema, added, doc
from app.schemas.kit.fields import Code, Identifiers, IsoDate, Number, QueryNumber, Real, SearchText
from app.services.domain.book import AsOf

MAX_GROUPS = 100
"""Portfolio groups of which one request reads positions."""


@dataclass(frozen=True, slots=True)
class Search:
    """Words to look for, and how many bonds at most."""

    query: str
    limit: int


class SearchSchema(RequestSchema):
    """A search for bonds."""

    makes = Search

    query = SearchText(
        least=1,
        most=100,
        required=True,
        metadata=doc("CUSIP, ISIN, ticker, issuer or words of the description.", example="treasury"),
    )
    limit = QueryNumber(1, 100, load_default=20, metadata=added("At most so many bonds.", example=20))


class SecurityHitSchema(ResponseSchema):
    """A bond in a search result."""

    cusip = fields.String(metadata=doc("CUSIP.", example="91282CKF7"))
    ticker = fields.String(allow_none=True, metadata=doc("Issuer's ticker.", example="T"))
    description = fields.String(metadata=doc("Short description."))
    coupon = Number(allow_none=True, metadata=doc("Coupon in per cent a year.", example=4.25))
    maturity = IsoDate(allow_none=True, metadata=doc("Maturity date.", example="2033-11-15"))
    duration = Real(allow_none=True, metadata=doc("Option-adjusted duration in years.", example=6.2))
    oas = Real(allow_none=True, metadata=doc("Option-adjusted spread in basis points.", example=95))
    min_denomination = fields.Integer(metadata=doc("Smallest tradable face.", example=1000))
    isin = fields.String(allow_none=True, metadata=added("ISIN.", example="US91282CKF76"))
    issuer = fields.String(allow_none=True, metadata=added("Issuer's name."))
    sector = fields.String(allow_none=True, metadata=added("Sector."))
    rating = fields.String(allow_none=True, metadata=added("Rating.", example="AA+"))
    country = fields.String(allow_none=True, metadata=added("Country of risk.", example="US"))
    currency = fields.String(metadata=added("Currency.", example="USD"))
    spread_duration = Real(allow_none=True, metadata=added("Spread duration in years.", example=6.1))
    increment = fields.Integer(metadata=added("Step of face above the smallest piece.", example=1000))


class SecuritiesSchema(ResponseSchema):
    """Bonds that match, the best match first."""

    securities = fields.List(fields.Nested(SecurityHitSchema), metadata=doc("The bonds."))


class SecurityDetailSchema(ResponseSchema):
    """All terms of a bond, with its price."""

    cusip = fields.String(attribute="hit.cusip", metadata=doc("CUSIP.", example="91282CKF7"))
    isin = fields.String(attribute="hit.isin", allow_none=True, metadata=doc("ISIN."))
    ticker = fields.String(attribute="hit.ticker", allow_none=True, metadata=doc("Issuer's ticker."))
    description = fields.String(attribute="hit.description", metadata=doc("Short description."))
    issuer = fields.String(attribute="hit.issuer", allow_none=True, metadata=doc("Issuer's name."))
    sector = fields.String(attribute="hit.sector", allow_none=True, metadata=doc("Sector."))
    rating = fields.String(attribute="hit.rating", allow_none=True, metadata=doc("Rating."))
    country = fields.String(attribute="hit.country", allow_none=True, metadata=doc("Country of risk."))
    currency = fields.String(attribute="hit.currency", metadata=doc("Currency.", example="USD"))
    coupon = Number(attribute="hit.coupon", allow_none=True, metadata=doc("Coupon in per cent a year."))
    maturity = IsoDate(attribute="hit.maturity", allow_none=True, metadata=doc("Maturity date."))
    duration = Real(attribute="hit.duration", allow_none=True, metadata=doc("Duration in years."))
    spread_duration = Real(
        attribute="hit.spread_duration", allow_none=True, metadata=doc("Spread duration in years.")
    )
    oas = Real(attribute="hit.oas", allow_none=True, metadata=doc("Option-adjusted spread in basis points."))
    min_denomination = fields.Integer(
        attribute="hit.min_denomination", metadata=doc("Smallest tradable face.", example=1000)
    )
    increment = fields.Integer(
        attribute="hit.increment", metadata=doc("Step of face above the smallest piece.", example=1000)
    )
    day_count = fields.String(allow_none=True, metadata=doc("Day count convention.", example="30/360"))
    coupon_frequency = fields.Integer(allow_none=True, metadata=doc("Coupons a year.", example=2))
    issue_date = IsoDate(allow_none=True, metadata=doc("Issue date."))
    amount_issued = Number(allow_none=True, metadata=doc("Face issued.", example=1000000000))
    settle_days = fields.Integer(metadata=doc("Business days to standard settlement.", example=1))
    factor = Number(metadata=doc("Current over original face.", example=1))
    price = Number(allow_none=True, metadata=doc("Clean price per 100 of face.", example=98.75))
    price_date = IsoDate(allow_none=True, metadata=doc("Date of the price."))


class SecurityAnalyticsSchema(ResponseSchema):
    """Risk numbers of a bond on one date."""

    cusip = fields.String(metadata=doc("CUSIP.", example="91282CKF7"))
    risk_date = IsoDate(allow_none=True, metadata=doc("Date of the numbers."))
    price = Number(allow_none=True, metadata=doc("Clean price per 100 of face.", example=98.75))
    accrued = Number(allow_none=True, metadata=doc("Accrued per 100 of face.", example=1.2))
    yield_to_maturity = Real(allow_none=True, metadata=doc("Yield to maturity in per cent.", example=4.4))
    duration = Real(allow_none=True, metadata=doc("Option-adjusted duration in years.", example=6.2))
    spread_duration = Real(allow_none=True, metadata=doc("Spread duration in years.", example=6.1))
    convexity = Real(allow_none=True, metadata=doc("Convexity.", example=0.45))
    oas = Real(allow_none=True, metadata=doc("Option-adjusted spread in basis points.", example=95))
    dts = Real(allow_none=True, metadata=doc("Spread duration x OAS, in years x basis points.", example=580))
    dv01 = Real(allow_none=True, metadata=doc("Price value of a basis point per 100 of face.", example=0.061))


@dataclass(frozen=True, slots=True)
class HoldersQuery:
    """Of which portfolio groups; None for all that are visible."""

    group_id: tuple[str, ...] | None


class HoldersQuerySchema(RequestSchema):
    """Whose positions."""

    makes = HoldersQuery

    group_id = Identifiers(
        "portfolio-group-id",
        most=MAX_GROUPS,
        load_default=None,
        metadata=doc(
            "Accounts of these portfolio groups alone, by commas; left out for all that you may see.",
            example="PUBLICPRE",
        ),
    )


class HolderSchema(ResponseSchema):
    """An account that holds the bond; money in the account's currency."""

    account_id = fields.String(metadata=doc("Account id.", example="PPR-001"))
    account_name = fields.String(metadata=doc("Account name."))
    quantity = Number(metadata=doc("Face, today's trades and live orders included.", example=1000000))
    market_value = Number(
        allow_none=True, metadata=doc("Market value, accrued included; null where Aladdin has none.")
    )
    percent_of_nav = Real(
        allow_none=True,
        metadata=doc(
            "Market value as a fraction of the account's NAV: 0.05 means 5 %; null where one is unknown.",
            example=0.0125,
        ),
    )


class HoldersSchema(ResponseSchema):
    """Who holds a bond, the largest position first."""

    security_id = fields.String(metadata=doc("The bond, by Aladdin's id.", example="91282CKF7"))
    as_of = Code(AsOf, metadata=doc("Basis of the positions.", example="SOD+Trades+Orders"))
    reference_date = IsoDate(allow_none=True, metadata=doc("Date of the positions; null where none is held."))
    total_quantity = Number(metadata=doc("Face of all of them.", example=12000000))
    holders = fields.List(fields.Nested(HolderSchema), metadata=doc("The accounts."))

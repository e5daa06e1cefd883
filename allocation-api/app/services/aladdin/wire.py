"""The vendor's JSON as typed structs: only the fields that we use, in snake case.

Answers ignore unknown fields, and every field that the vendor does not guarantee is optional. Money, prices
and faces are `Decimal`, risk numbers `float`; ids come as strings in one API and as integers in another, so
they are `str | int` here and become strings in the mapping. Bodies omit fields that are not set.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from msgspec import Raw, Struct, field
from msgspec.json import Encoder

WireId = str | int
Number = str | int | float


class Answer(Struct, rename="camel", kw_only=True):
    """Base of the structs that the vendor sends."""


class Body(Struct, rename="camel", kw_only=True, omit_defaults=True):
    """Base of the structs that we send."""


encode = Encoder(decimal_format="number").encode


class Fault(Answer):
    """An error: string code in HTTP errors and `errors` maps, integer (google.rpc) for an order in a 200."""

    code: WireId
    message: str | None = None


# --- portfolio groups ---------------------------------------------------------------------------------------


class GroupNode(Answer):
    """A portfolio or a group; only a group has children."""

    portfolio_ticker: str
    portfolio_id: WireId | None = None
    child_portfolio_ids: tuple[WireId, ...] | None = None


class GroupNodes(Answer):
    """Members of a group."""

    nodes: tuple[GroupNode, ...]


# --- positions ----------------------------------------------------------------------------------------------


class PositionRow(Answer, gc=False):
    """One row of `/position`: part of one account's position in one asset, and the account's totals."""

    portfolio_name: str | None = None
    base_ccy: str | None = None
    pos_source: str | None = None
    reference_date: date | None = None
    asset_id: str | None = None
    isin: str | None = None
    sec_ticker: str | None = None
    sec_desc1: str | None = None
    sec_group: str | None = None
    issuer_id: WireId | None = None
    issuer_long_name: str | None = None
    ccy: str | None = None
    pos_quantity: Decimal | None = None
    cur_par: Decimal | None = None
    factor: Decimal | None = None
    price: Decimal | None = None
    price_date: date | None = None
    price_source: str | None = None
    price_as_pct: str | None = None
    accrued_interest: Decimal | None = None
    mkt_value: Decimal | None = None
    oad: float | None = None
    spread_dur: float | None = None
    oas: float | None = None
    portfolio_nav: Decimal | None = field(name="portfolioNAV", default=None)
    portfolio_nav_computed: Decimal | None = field(name="portfolioNAVComputed", default=None)
    cash_computed: Decimal | None = None
    local_base_fx_rate: Decimal | None = None
    is_rate_flipped: bool | None = None


# --- security master ----------------------------------------------------------------------------------------


class MasterAnswer(Answer):
    """Assets by id, then by a type key of the tenant's; each record is decoded separately."""

    asset_by_asset_id: dict[str, dict[str, Raw]]
    errors: dict[str, Fault] = field(default_factory=dict)


class Identifier(Answer):
    """Another id of an asset; `code` is its kind (I is the ISIN)."""

    code: str
    identifier: str


class IdentifierSet(Answer):
    """Wrapper of the vendor's."""

    records: tuple[Identifier, ...] = field(name="cusip2Record", default=())


class Rating(Answer):
    """One agency's rating, valid from a date."""

    agency_id: int
    value: str
    date: str = ""


class RatingSet(Answer):
    """Wrapper of the vendor's."""

    records: tuple[Rating, ...] = field(name="ratingRecord", default=())


class Sector(Answer):
    """A class in one of several classifications; level 1 is the broadest."""

    type: str
    code: str
    level: int = 1


class SectorSet(Answer):
    """Wrapper of the vendor's."""

    records: tuple[Sector, ...] = field(name="sectorRecord", default=())


class AssetRecord(Answer):
    """Terms of one asset. Coupon and frequency are strings by the specification and may come as numbers."""

    cusip: str | None = None
    ticker: str | None = None
    desc_instmt: str | None = None
    issuer_id: WireId | None = None
    currency: str | None = None
    country: str | None = None
    risk_country: str | None = None
    cpn_type: str | None = None
    coupon_fix: Number | None = None
    coupon_float: Number | None = None
    coup_freq: Number | None = None
    date_conv: str | None = None
    issue_dt: date | None = None
    accrual_dt: date | None = None
    first_pay_dt: date | None = None
    last_regular_pmt: date | None = None
    flag_eom: str | None = None
    pmt_freq_type: str | None = None
    exclude_ai: str | None = None
    maturity: date | None = None
    min_trd_size: Decimal | None = None
    min_lot_size: Decimal | None = None
    amt_isu: Decimal | None = None
    settle_days: float | None = None
    pd_factor: Decimal | None = None
    cusip2_set: IdentifierSet | None = None
    rating_set: RatingSet | None = None
    sector_set: SectorSet | None = None


class RatingsAnswer(Answer):
    """Rating histories by asset id; each record is decoded separately."""

    ratings_by_asset_id: dict[str, Raw]
    errors: dict[str, Fault] = field(default_factory=dict)


class RatingChange(Answer):
    """A rating of one agency, and the day from which it is valid."""

    credit_rating: str
    effective_date: str


class AgencyHistory(Answer):
    """The ratings of one agency."""

    agency_id: int
    rating: tuple[RatingChange, ...]


class RatingHistory(Answer):
    """The ratings of one asset or issuer, by agency."""

    ratings_by_agency_id: dict[str, AgencyHistory]


# --- security analytics -------------------------------------------------------------------------------------


class AnalyticsAnswer(Answer):
    """Risk by asset id; each record is decoded separately."""

    risk_by_asset_id: dict[str, Raw]
    errors: dict[str, Fault] = field(default_factory=dict)


class RiskRecord(Answer):
    """Risk numbers of one asset in one currency."""

    risk_date: date | None = None
    oad: float | None = None
    spread_duration: float | None = None
    oas: float | None = None
    oac: float | None = None
    yield_to_maturity: float | None = None
    accrued_interest: Decimal | None = None


class AssetRisk(Answer):
    """Risk of one asset by currency code, or under the literal ALL."""

    risk_by_currency: dict[str, RiskRecord]

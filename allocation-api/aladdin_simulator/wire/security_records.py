"""The vendor's records of one bond: master record, ratings and risk numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from aladdin_simulator.book import Bond
from aladdin_simulator.pricing import SETTLE_DAYS
from aladdin_simulator.wire.messages import Message
from bonds.schedule import Schedule
from bonds.terms import DayCount, InterestUnknownError, Terms

_DATE_CONVENTIONS = {
    DayCount.ACT_ACT: "ACTACT",
    DayCount.THIRTY_360: "D30360",
    DayCount.THIRTY_E_360: "30E360",
    DayCount.ACT_360: "ACT360",
    DayCount.ACT_365: "ACT365",
    DayCount.ACT_366: "ACT366",
}


class IdRecord(Message, frozen=True):
    """One further identifier; `code` I is an ISIN."""

    code: str
    identifier: str


class IdSet(Message, frozen=True):
    """The wrapper of the further identifiers."""

    cusip2_record: list[IdRecord]


class MasterRating(Message, frozen=True):
    """The rating of one agency in the agency's notation; the agency is in two fields."""

    agency_id: int
    agy: int
    date: date
    value: str


class RatingSet(Message, frozen=True):
    """The wrapper of the ratings."""

    rating_record: list[MasterRating]


class SectorRecord(Message, frozen=True):
    """One classification."""

    type: str
    level: int
    code: str


class SectorSet(Message, frozen=True):
    """The wrapper of the classifications."""

    sector_record: list[SectorRecord]


class AssetRecord(Message, frozen=True):
    """The master record of a bond. Fixed coupon and frequency are strings at the vendor."""

    cusip: str
    cusip_type: str
    ticker: str
    desc_instmt: str
    issuer_id: str
    sm_sec_group: str
    sm_sec_type: str
    currency: str
    country: str
    risk_country: str
    cpn_type: str
    coupon_fix: str
    coup_freq: str
    date_conv: str
    maturity: date
    min_trd_size: int
    min_lot_size: int
    price_as_pct: str
    amt_isu: Decimal
    flag144a: str
    settle_days: int
    sector_set: SectorSet
    cusip2_set: IdSet | None = None
    rating_set: RatingSet | None = None
    flag_eom: str | None = None
    issue_dt: date | None = None
    first_pay_dt: date | None = None
    last_regular_pmt: date | None = None


class HistoricRating(Message, frozen=True):
    """A rating, and the day from which it is valid."""

    credit_rating: str
    effective_date: date


class AgencyRatings(Message, frozen=True):
    """The rating history of one agency."""

    agency_id: int
    rating: list[HistoricRating]


class AssetRatings(Message, frozen=True):
    """The ratings of one asset by agency id."""

    asset_id: str
    ratings_by_agency_id: dict[str, AgencyRatings]


class Factor(Message, frozen=True):
    """Current face over original face, valid from `effective_date`."""

    factor: int
    effective_date: date
    sec_group: str
    sec_type: str


class AssetFactors(Message, frozen=True):
    """The factor history of one asset by date."""

    asset_id: str
    factor_by_effective_date: dict[str, Factor]


class Risk(Message, frozen=True):
    """Risk numbers; `accrued_interest` is per 100 of face here, yields are in per cent."""

    currency: str
    risk_date: date
    source: str
    purpose: str
    oad: float
    oac: float
    convexity: float
    yield_to_maturity: float
    yield_to_worst: float
    accrued_interest: Decimal
    spread_duration: float | None = None
    oas: float | None = None


class AssetRisk(Message, frozen=True):
    """The risk numbers of one asset by currency."""

    asset_id: str
    risk_by_currency: dict[str, Risk]


def asset_record(bond: Bond, as_of: date) -> AssetRecord:
    """Return the master record of a bond."""
    ratings = [
        MasterRating(agency_id=agency, agy=agency, date=_rated_since(bond, as_of), value=value)
        for agency, value in bond.ratings.items()
    ]
    is_cusip = bond.cusip[:3].isdigit() and not bond.cusip.startswith("99")
    return AssetRecord(
        cusip=bond.cusip,
        cusip_type="CUSIP" if is_cusip else "DUMMY",
        ticker=bond.ticker,
        desc_instmt=bond.description,
        issuer_id=bond.issuer_id,
        sm_sec_group="BND",
        sm_sec_type=bond.kind,
        currency=bond.currency,
        country=bond.country,
        risk_country=bond.risk_country,
        cpn_type="F" if bond.coupon else "Z",
        coupon_fix=f"{bond.coupon:f}",
        coup_freq=str(bond.terms.frequency),
        date_conv=_DATE_CONVENTIONS[bond.day_count],
        maturity=bond.maturity,
        flag_eom=_flag_eom(bond.terms),
        issue_dt=bond.issue_date,
        first_pay_dt=bond.terms.first_coupon,
        last_regular_pmt=bond.terms.last_coupon,
        min_trd_size=bond.min_piece,
        min_lot_size=bond.increment,
        price_as_pct="Y",
        amt_isu=bond.amount_issued,
        flag144a="Y" if bond.private_144a else "N",
        settle_days=SETTLE_DAYS,
        cusip2_set=IdSet(cusip2_record=[IdRecord(code="I", identifier=bond.isin)]) if bond.isin else None,
        sector_set=SectorSet(sector_record=[SectorRecord(type="GICS", level=1, code=bond.sector)]),
        rating_set=RatingSet(rating_record=ratings) if ratings else None,
    )


def asset_ratings(bond: Bond, as_of: date) -> AssetRatings:
    """Return the rating history of a bond: one rating per agency."""
    since = _rated_since(bond, as_of)
    return AssetRatings(
        asset_id=bond.cusip,
        ratings_by_agency_id={
            str(agency): AgencyRatings(
                agency_id=agency, rating=[HistoricRating(credit_rating=value, effective_date=since)]
            )
            for agency, value in bond.ratings.items()
        },
    )


def asset_factors(bond: Bond, as_of: date) -> AssetFactors:
    """Return the factor of a bond that does not amortize: 1 since its issue, else since the book's date."""
    since = bond.issue_date or as_of
    factor = Factor(factor=1, effective_date=since, sec_group="BND", sec_type=f"BND_{bond.kind}")
    return AssetFactors(asset_id=bond.cusip, factor_by_effective_date={since.isoformat(): factor})


def asset_risk(bond: Bond, as_of: date, hierarchy: str) -> AssetRisk:
    """Return the risk numbers of a bond in its currency; a bullet bond's yield to worst is to maturity."""
    risk = Risk(
        currency=bond.currency,
        risk_date=as_of,
        source="SIMULATOR",
        purpose=hierarchy,
        oad=bond.duration,
        oac=bond.convexity,
        convexity=bond.convexity,
        yield_to_maturity=bond.yield_to_maturity,
        yield_to_worst=bond.yield_to_maturity,
        accrued_interest=bond.accrued,
        spread_duration=bond.spread_duration,
        oas=bond.oas,
    )
    return AssetRisk(asset_id=bond.cusip, risk_by_currency={bond.currency: risk})


def _flag_eom(terms: Terms) -> str | None:
    try:
        return "Y" if Schedule.of(terms).pays_at_month_end else "N"
    except InterestUnknownError:
        return None


def _rated_since(bond: Bond, as_of: date) -> date:
    return bond.issue_date or as_of

"""The generated bonds: about two hundred, deterministic by seed, priced on one curve."""

from __future__ import annotations

import calendar
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from aladdin_simulator import ratings
from aladdin_simulator.book import Bond
from aladdin_simulator.identifiers import cusip_of, isin_of
from aladdin_simulator.pricing import Market, par_yield, quoted
from aladdin_simulator.universe import issuers
from aladdin_simulator.universe.issuers import Bucket, Issuer, kind_of
from bonds.schedule import ends_month
from bonds.terms import DayCount, Terms

_MILLION = 1_000_000
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

_TREASURY_TICKER = "T"
_NOTES = Issuer("91282C", _TREASURY_TICKER, "US Treasury", "GOVT", "AA+")
_LONG_BONDS = Issuer("912810", _TREASURY_TICKER, "US Treasury", "GOVT", "AA+")
_MAX_NOTE_YEARS = 10
# Original term and age, in years: the newest issue of every term and a choice of older ones.
_TREASURIES = (
    *((2, 0.1), (2, 0.6), (3, 0.1), (3, 0.8), (3, 1.6), (5, 0.1), (5, 0.9), (5, 1.7), (5, 3.2)),
    *((7, 0.1), (7, 1.2), (7, 2.4), (7, 4.3), (10, 0.2), (10, 1.3), (10, 2.2), (10, 4.1), (10, 6.4)),
    *((20, 0.2), (20, 1.8), (20, 3.7), (20, 5.9), (30, 0.2), (30, 1.9), (30, 4.4), (30, 8.6), (30, 12.9)),
)

_ORIGINAL_TERMS = (3, 5, 7, 10, 15, 20, 30)
_SPREAD_BY_RATING: Mapping[str, float] = dict(
    zip(
        ratings.SCALE[:17],
        (35, 42, 48, 56, 66, 76, 88, 104, 124, 155, 195, 240, 290, 350, 430, 540, 760),
        strict=True,
    )
)
_SPREAD_BY_SECTOR = {"AGENCY": -30.0, "SOVEREIGN": 10.0, "BANKING": 8.0, "TOBACCO": 18.0, "REAL_ESTATE": 15.0}


_MIN_PIECE_144A = 200_000
_MIN_PIECE_TREASURY = 1_000
_INCREMENT = 1_000


@dataclass(frozen=True, slots=True)
class _Programme:
    """Issuance of a bucket's issuers.

    `rungs` are ranges of remaining years, one bond of each issuer in each; `size` the range of an issue's
    size in USD millions; `premium` a spread in basis points on top of the rating's.
    """

    rungs: tuple[tuple[float, float], ...]
    size: tuple[int, int]
    min_piece: int
    premium: float = 0.0


_PROGRAMMES = {
    Bucket.AGENCY: _Programme(((1.5, 4.0), (4.0, 9.0), (9.0, 14.0)), (2_000, 6_000), 1_000),
    Bucket.GRADE: _Programme(((1.5, 4.8), (4.8, 9.7), (13.0, 29.5)), (1_500, 5_000), 2_000),
    Bucket.YIELD: _Programme(((2.0, 4.8), (4.8, 7.8)), (750, 2_000), 2_000),
    Bucket.EMERGING: _Programme(((2.5, 9.5), (11.0, 28.0)), (1_500, 4_000), 200_000, premium=35.0),
}


@dataclass(frozen=True, slots=True)
class _Borrower:
    """An issuer with its present credit spread at ten years, in basis points."""

    issuer: Issuer
    programme: _Programme
    spread: float
    private_144a: bool


@dataclass(frozen=True, slots=True)
class _Issue:
    """One bond before pricing; `spread` is the OAS in basis points that it is priced at."""

    issuer: Issuer
    serial: str
    coupon: Decimal
    issue_date: date
    maturity: date
    day_count: DayCount
    min_piece: int
    amount_issued: Decimal
    private_144a: bool
    spread: float


def build_universe(seed: int, as_of: date, market: Market) -> tuple[Bond, ...]:
    """Return the generated bonds, priced on `market` and ordered by CUSIP."""
    rng = random.Random(f"universe {seed}")
    issues = [*_treasuries(rng, as_of), *_credits(rng, as_of)]
    return tuple(sorted((_priced(issue, market) for issue in issues), key=lambda bond: bond.cusip))


def _treasuries(rng: random.Random, as_of: date) -> Iterator[_Issue]:
    for number, (term, age) in enumerate(_TREASURIES):
        issuer = _NOTES if term <= _MAX_NOTE_YEARS else _LONG_BONDS
        maturity = _in_years(as_of, term - age, day=15 if term >= _MAX_NOTE_YEARS else 31)
        # The newest issues have coupons near today's yields; older ones near those of their issue date.
        drift = 0.0 if age < 1 else rng.uniform(-3.0, 0.5)
        yield _Issue(
            issuer=issuer,
            serial="KL"[number // len(_LETTERS)] + _LETTERS[number % len(_LETTERS)],
            coupon=_eighths(max(par_yield(term) + drift, 0.5)),
            issue_date=_years_before(maturity, term),
            maturity=maturity,
            day_count=DayCount.ACT_ACT,
            min_piece=_MIN_PIECE_TREASURY,
            amount_issued=Decimal(rng.randint(38, 70) * 1_000 * _MILLION),
            private_144a=False,
            spread=rng.uniform(-1.5, 3.0),
        )


def _credits(rng: random.Random, as_of: date) -> Iterator[_Issue]:
    for issuer in (
        *issuers.AGENCIES,
        *issuers.INVESTMENT_GRADE_COMPANIES,
        *issuers.HIGH_YIELD_COMPANIES,
        *issuers.EMERGING_ISSUERS,
    ):
        programme = _PROGRAMMES[issuer.bucket]
        rating_spread = _SPREAD_BY_RATING[issuer.rating] + _SPREAD_BY_SECTOR.get(issuer.sector, 0.0)
        borrower = _Borrower(
            issuer=issuer,
            programme=programme,
            spread=(rating_spread + programme.premium) * rng.uniform(0.92, 1.08),
            private_144a=issuer.bucket is Bucket.YIELD and rng.random() < 1 / 3,
        )
        for number in range(len(programme.rungs)):
            yield _credit_issue(rng, as_of, borrower, number)


def _credit_issue(rng: random.Random, as_of: date, borrower: _Borrower, number: int) -> _Issue:
    """Draw the bond of a borrower on the rung `number` of its programme."""
    programme = borrower.programme
    remaining = rng.uniform(*programme.rungs[number])
    term = next(years for years in _ORIGINAL_TERMS if years > remaining + 0.1)
    maturity = _in_years(as_of, remaining, day=rng.choice((1, 15)))
    slope = 0.75 + 0.25 * min(remaining, 10.0) / 10 + 0.1 * max(remaining - 10.0, 0.0) / 20
    return _Issue(
        issuer=borrower.issuer,
        serial="A" + _LETTERS[number],
        coupon=_eighths(max(par_yield(term) + borrower.spread / 100 + rng.uniform(-1.75, 0.75), 0.5)),
        issue_date=_years_before(maturity, term),
        maturity=maturity,
        day_count=DayCount.THIRTY_360,
        min_piece=_MIN_PIECE_144A if borrower.private_144a else programme.min_piece,
        amount_issued=Decimal(rng.randrange(programme.size[0], programme.size[1] + 1, 250) * _MILLION),
        private_144a=borrower.private_144a,
        spread=borrower.spread * slope + rng.uniform(-4.0, 4.0),
    )


def _priced(issue: _Issue, market: Market) -> Bond:
    """Price an issue at its spread, round the price, and compute its numbers from the rounded price."""
    terms = Terms(issue.coupon, issue.maturity, issue.day_count, start=issue.issue_date)
    model_price = market.clean_price(terms, issue.spread)
    issuer = issue.issuer
    is_treasury = issuer.bucket is Bucket.TREASURY
    price = quoted(model_price, treasury=is_treasury)
    numbers = market.numbers(terms, price)
    cusip = cusip_of(issuer.prefix + issue.serial)
    return Bond(
        cusip=cusip,
        isin=isin_of(issuer.country, cusip),
        ticker=issuer.ticker,
        description=f"{issuer.name} {issue.coupon.normalize():f} {issue.maturity:%m/%d/%Y}",
        issuer=issuer.name,
        issuer_id="UST" if is_treasury else issuer.prefix,
        kind=kind_of(issuer.sector),
        sector=issuer.sector,
        country=issuer.country,
        risk_country=issuer.risk_country,
        rating=issuer.rating,
        ratings=ratings.agency_ratings(issuer.rating),
        currency="USD",
        terms=terms,
        min_piece=issue.min_piece,
        increment=_INCREMENT,
        amount_issued=issue.amount_issued,
        private_144a=issue.private_144a,
        price=price,
        settlement=market.settlement,
        accrued=numbers.accrued,
        yield_to_maturity=numbers.yield_to_maturity,
        duration=numbers.duration,
        spread_duration=numbers.spread_duration,
        convexity=numbers.convexity,
        oas=numbers.oas,
    )


def _eighths(rate: float) -> Decimal:
    """Round a coupon to the next eighth of a per cent."""
    return Decimal(round(rate * 8)) / 8


def _in_years(start: date, years: float, *, day: int) -> date:
    """Return the date about `years` after `start` that falls on `day`, or on the month's last if it is 31."""
    around = start + timedelta(days=round(years * 365.25))
    return around.replace(day=min(day, calendar.monthrange(around.year, around.month)[1]))


def _years_before(day: date, years: int) -> date:
    """Return the same day `years` earlier; the last of February stays the last of February."""
    last = calendar.monthrange(day.year - years, day.month)[1]
    return day.replace(year=day.year - years, day=last if ends_month(day) else day.day)

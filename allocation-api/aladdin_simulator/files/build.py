"""A book of its entries: bonds with their numbers, accounts, groups and limits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from aladdin_simulator.book import (
    Account,
    Benchmark,
    Bond,
    Position,
    ReferenceGroup,
    ReferenceLimit,
    exact,
    to_cents,
)
from aladdin_simulator.files.format import (
    AccountEntry,
    BenchmarkEntry,
    GroupEntry,
    LimitEntry,
    RatingsEntry,
    SecurityEntry,
)
from aladdin_simulator.identifiers import isin_of
from aladdin_simulator.pricing import Market
from aladdin_simulator.ratings import FITCH, MOODYS, NOT_RATED, STANDARD_AND_POORS, agency_ratings, composite
from aladdin_simulator.universe.issuers import kind_of


def bond_of(entry: SecurityEntry, market: Market) -> Bond:
    """Return the bond of an entry; numbers that are left out are computed from terms and price.

    Raises
    ------
    PricingError
        If they cannot be.
    """
    terms, price = entry.terms(), exact(entry.price)
    accrued, bond_yield = entry.accrued, entry.yield_
    duration, convexity = entry.duration, entry.convexity
    if accrued is None or bond_yield is None or duration is None or convexity is None:
        computed = market.numbers(terms, price)
        accrued = float(computed.accrued) if accrued is None else accrued
        bond_yield = computed.yield_to_maturity if bond_yield is None else bond_yield
        duration = computed.duration if duration is None else duration
        convexity = computed.convexity if convexity is None else convexity
    ratings = _ratings(entry)
    return Bond(
        cusip=entry.cusip,
        isin=isin_of(entry.country, entry.cusip),
        ticker=entry.ticker,
        description=entry.description,
        issuer=entry.issuer,
        issuer_id=entry.issuer_id,
        kind=kind_of(entry.sector),
        sector=entry.sector,
        country=entry.country,
        risk_country=entry.country,
        rating=composite(ratings),
        ratings=ratings,
        currency=entry.currency,
        terms=terms,
        min_piece=entry.min_piece,
        increment=entry.increment,
        amount_issued=exact(entry.amount_issued),
        private_144a=False,
        price=price,
        settlement=market.settlement,
        accrued=exact(accrued),
        yield_to_maturity=bond_yield,
        duration=duration,
        spread_duration=entry.spread_duration,
        convexity=convexity,
        oas=entry.oas,
    )


def account_of(entry: AccountEntry, bonds: Mapping[str, Bond]) -> Account:
    """Return the account of an entry; a NAV that is left out is cash plus market value."""
    cash, reserve = to_cents(exact(entry.cash)), entry.cash_reserve_percent
    return Account(
        account_id=entry.account_id,
        account_name=entry.account_name,
        currency=entry.currency,
        nav=cash + holdings_value(entry, bonds) if entry.nav is None else to_cents(exact(entry.nav)),
        cash=cash,
        restrictions=tuple(entry.restrictions),
        benchmark=_benchmark(entry.benchmark),
        positions=tuple(Position(each.cusip, exact(each.face)) for each in entry.positions),
        cash_reserve_percent=None if reserve is None else exact(reserve),
    )


def holdings_value(entry: AccountEntry, bonds: Mapping[str, Bond]) -> Decimal:
    """Return the market value with accrued of an entry's positions."""
    values = (bonds[each.cusip].market_value(exact(each.face)) for each in entry.positions)
    return sum(values, Decimal(0))


def group_of(entry: GroupEntry) -> ReferenceGroup:
    """Return the group of an entry."""
    return ReferenceGroup(
        group_id=entry.group_id,
        group_name=entry.group_name,
        description=entry.description,
        strategy=entry.strategy,
        manager=entry.manager,
        created_date=entry.created_date,
        benchmark=_benchmark(entry.benchmark),
        member_ids=tuple(entry.accounts),
    )


def limit_of(entry: LimitEntry) -> ReferenceLimit:
    """Return the limit of an entry."""
    return ReferenceLimit(entry.code, entry.scope, entry.scope_id, exact(entry.value))


def _ratings(entry: SecurityEntry) -> Mapping[int, str]:
    if entry.ratings is None:
        return agency_ratings(entry.rating or NOT_RATED)
    stated: RatingsEntry = entry.ratings
    by_agency = {MOODYS: stated.moodys, STANDARD_AND_POORS: stated.sp, FITCH: stated.fitch}
    return {agency: value for agency, value in by_agency.items() if value is not None}


def _benchmark(entry: BenchmarkEntry | None) -> Benchmark | None:
    return None if entry is None else Benchmark(entry.spread_duration, entry.duration, entry.oas)

"""Loader of book files: a desk's own accounts as JSON, validated strictly."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from aladdin_simulator.book import (
    Account,
    Benchmark,
    Bond,
    Position,
    ReferenceGroup,
    SimulatorBook,
    exact,
    to_cents,
)
from aladdin_simulator.files.checks import check_book
from aladdin_simulator.files.format import AccountEntry, BenchmarkEntry, BookEntry, GroupEntry, SecurityEntry
from aladdin_simulator.files.json_source import JsonSource
from aladdin_simulator.identifiers import isin_of
from aladdin_simulator.pricing import Market, PricingError
from aladdin_simulator.universe.issuers import kind_of
from bonds.terms import Terms


def load_book_file(path: Path) -> SimulatorBook:
    """Read a book file.

    Raises
    ------
    BookError
        If the file cannot be read, is not JSON, or has an unknown key or an invalid value. The message names
        the file, the line, and the path of the value.
    """
    source = JsonSource.read(path)
    entry = source.parse(BookEntry)
    check_book(source, entry)
    market = Market(entry.as_of)
    bonds = [_bond(source, number, each, market) for number, each in enumerate(entry.securities)]
    by_cusip = {bond.cusip: bond for bond in bonds}
    return SimulatorBook(
        as_of=entry.as_of,
        groups=tuple(_group(group) for group in entry.groups),
        accounts=tuple(_account(account, by_cusip) for account in entry.accounts),
        securities=tuple(bonds),
    )


def _bond(source: JsonSource, number: int, entry: SecurityEntry, market: Market) -> Bond:
    """Build a bond from its entry; numbers that are left out are computed from terms and price."""
    terms, price = _terms(entry), exact(entry.price)
    accrued, bond_yield = entry.accrued, entry.yield_
    duration, convexity = entry.duration, entry.convexity
    if accrued is None or bond_yield is None or duration is None or convexity is None:
        try:
            computed = market.numbers(terms, price)
        except PricingError as error:
            left_out = "accrued, yield, duration or convexity is left out and cannot be computed"
            raise source.error(("securities", number), f"{left_out}: {error}") from error
        accrued = float(computed.accrued) if accrued is None else accrued
        bond_yield = computed.yield_to_maturity if bond_yield is None else bond_yield
        duration = computed.duration if duration is None else duration
        convexity = computed.convexity if convexity is None else convexity
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
        rating=entry.rating,
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


def _terms(entry: SecurityEntry) -> Terms:
    return Terms(
        coupon=exact(entry.coupon),
        maturity=entry.maturity,
        day_count=entry.day_count,
        frequency=entry.frequency,
        start=entry.issue_date,
        first_coupon=entry.first_coupon,
        last_coupon=entry.last_coupon,
        pays_at_month_end=entry.pays_at_month_end,
        ex_dividend_days=entry.ex_dividend_days,
    )


def _account(entry: AccountEntry, bonds: Mapping[str, Bond]) -> Account:
    positions = tuple(Position(each.cusip, exact(each.face)) for each in entry.positions)
    cash = to_cents(exact(entry.cash))
    value = sum((bonds[position.cusip].market_value(position.face) for position in positions), Decimal(0))
    return Account(
        account_id=entry.account_id,
        account_name=entry.account_name,
        currency=entry.currency,
        nav=cash + value if entry.nav is None else to_cents(exact(entry.nav)),
        cash=cash,
        restrictions=tuple(entry.restrictions),
        benchmark=_benchmark(entry.benchmark),
        positions=positions,
    )


def _group(entry: GroupEntry) -> ReferenceGroup:
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


def _benchmark(entry: BenchmarkEntry | None) -> Benchmark | None:
    return None if entry is None else Benchmark(entry.spread_duration, entry.duration, entry.oas)

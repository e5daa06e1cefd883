"""Reference data of the desk: names, strategies, restrictions, benchmarks, limits; search index of bonds.

An account's benchmark is its own, else that of the group that lists it directly (R1.4), so results do not
depend on the requested parent group.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Row, delete, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.core.config import SettingsError
from app.core.database import Base, insert_many
from app.core.errors import DataMissing
from app.core.numbers import number_text
from app.models import (
    ADDED,
    COMPUTED,
    AccountRow,
    LimitRow,
    PortfolioGroupRow,
    ReferenceSourceRow,
    SecurityRow,
)
from app.services.accounts.reference_restrictions import column_of_book, stated
from app.services.compliance.rules import DEFAULT_LIMITS
from app.services.domain.account import Limit, LimitScope
from app.services.domain.book import Benchmark
from app.services.domain.cash_reserve import CashReserve
from app.services.domain.search_words import index_text
from app.services.domain.security_ids import as_written_by_agency, is_isin
from app.utils.chunks import MAX_IDS_PER_QUERY, chunks


@dataclass(frozen=True, slots=True)
class GroupReference:
    """Reference data of a portfolio group."""

    group_id: str
    group_name: str
    description: str
    strategy: str
    manager: str
    created_date: date | None
    benchmark: Benchmark


@dataclass(frozen=True, slots=True)
class AccountReference:
    """Reference data of an account; `home_group_id` is the group that lists it directly.

    `restrictions` are None where nobody has stated them, nor that there are none: it gets nothing then.
    """

    account_id: str
    account_name: str
    home_group_id: str | None
    currency: str | None
    restrictions: tuple[str, ...] | None
    benchmark: Benchmark
    cash_reserve: CashReserve = field(default_factory=CashReserve)


@dataclass(frozen=True, slots=True)
class SecurityReference:
    """A bond in the search index."""

    security_id: str
    isin: str | None
    ticker: str | None
    description: str
    issuer: str | None
    issuer_id: str | None
    sector: str | None
    country: str | None
    rating: str | None
    coupon: Decimal | None
    maturity: date | None
    currency: str


@dataclass(frozen=True, slots=True)
class ReferenceBook:
    """All reference data of a desk, to be loaded into the tables."""

    groups: tuple[GroupReference, ...]
    accounts: tuple[AccountReference, ...]
    securities: tuple[SecurityReference, ...]
    limits: tuple[Limit, ...] = ()


MOCK = "mock"
MOCK_LIMITS = "mock limits"
REFERENCE_TABLES = (PortfolioGroupRow, AccountRow, SecurityRow)


BENCHMARK_COLUMNS = ("spread_duration", "duration", "oas")


def _columns_of(table: type[Base]) -> Sequence[InstrumentedAttribute[Any]]:
    """Return the columns of what the desk states, without those that are computed from them."""
    return [getattr(table, c.name) for c in table.__table__.columns if not c.info.get(COMPUTED)]


# Columns instead of objects, and each statement built once: both are a good part of a preview's time.
_GROUPS = select(*_columns_of(PortfolioGroupRow)).order_by(PortfolioGroupRow.group_id)
_ACCOUNTS = select(
    AccountRow.account_id,
    AccountRow.account_name,
    AccountRow.home_group_id,
    AccountRow.currency,
    AccountRow.restrictions,
    AccountRow.cash_reserve_amount,
    AccountRow.cash_reserve_percent,
    *(
        func.coalesce(getattr(AccountRow, name), getattr(PortfolioGroupRow, name))
        for name in (f"benchmark_{column}" for column in BENCHMARK_COLUMNS)
    ),
).outerjoin(PortfolioGroupRow, AccountRow.home_group_id == PortfolioGroupRow.group_id)
_LIMITS = select(LimitRow.code, LimitRow.scope, LimitRow.scope_id, LimitRow.value).order_by(
    LimitRow.code, LimitRow.scope, LimitRow.scope_id
)
SECURITIES = select(*_columns_of(SecurityRow))


def load_mock(session: Session, book: ReferenceBook) -> None:
    """Replace the reference data by that of a simulated book.

    Its limits join the default ones. A book without any leaves limits alone that no book has loaded.

    Raises
    ------
    SettingsError
        When the tables hold anything else than what a simulated book put there: real data is never deleted.
    """
    marker = session.get(ReferenceSourceRow, MOCK)
    present = _digest(session)
    if present != (marker.digest if marker else _digest_of([])):
        raise SettingsError(
            "MOCK_ALADDIN_DATA would replace reference data in the database of DATABASE_URL that is real or "
            "was changed by hand. Use another database for mock data"
        )
    for table in REFERENCE_TABLES:
        session.execute(delete(table))
    insert_many(session, PortfolioGroupRow, [_columns(g) for g in book.groups])
    accounts = [_columns(a, restrictions=column_of_book(a.restrictions)) for a in book.accounts]
    insert_many(session, AccountRow, accounts)
    insert_many(session, SecurityRow, [_columns(s, search_text=search_text(s)) for s in book.securities])
    session.expire_all()
    session.merge(ReferenceSourceRow(source=MOCK, digest=_digest(session)))
    _load_limits(session, book.limits)


def _load_limits(session: Session, stated: Sequence[Limit]) -> None:
    marker = session.get(ReferenceSourceRow, MOCK_LIMITS)
    if not stated and marker is None:
        return
    present = _limits_digest(limits(session))
    if present not in (_limits_digest(()), _limits_digest(DEFAULT_LIMITS), marker.digest if marker else None):
        raise SettingsError(
            "The book of MOCK_DATA_SCENARIO would replace compliance limits that were changed by hand. Use "
            "another database for it"
        )
    joined = {(x.code, x.scope, x.scope_id): x for x in (*DEFAULT_LIMITS, *stated)}
    session.execute(delete(LimitRow))
    insert_many(session, LimitRow, [_columns(limit) for limit in joined.values()])
    digest = _limits_digest(joined.values())
    session.merge(ReferenceSourceRow(source=MOCK_LIMITS, digest=digest))


def _limits_digest(known: Iterable[Limit]) -> str:
    return _digest_of(sorted(f"{x.code} {x.scope} {x.scope_id} {number_text(x.value)}" for x in known))


def refuse_mock(session: Session) -> None:
    """Check that the database does not hold the reference data of a simulated book.

    Raises
    ------
    SettingsError
        When it does: its accounts and restrictions are invented.
    """
    if session.get(ReferenceSourceRow, MOCK) is not None:
        raise SettingsError(
            "MOCK_ALADDIN_DATA is false, but the database of DATABASE_URL holds the reference data of a "
            "simulated book. Use another database for real data"
        )


def _digest(session: Session) -> str:
    rows = []
    for table in REFERENCE_TABLES:
        columns = _columns_of(table)
        later = [bool(column.info.get(ADDED)) for column in columns]
        found = session.execute(select(*columns))
        rows += sorted(repr((table.__tablename__, *_stated(row, later))) for row in found)
    return _digest_of(rows)


def _stated(row: Row[Any], later: Sequence[bool]) -> Iterator[object]:
    """Yield the values of a row, without columns that came later where they hold nothing."""
    return (
        value for value, came_later in zip(row, later, strict=True) if value is not None or not came_later
    )


def _digest_of(rows: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def add_groups(session: Session, group_ids: Collection[str]) -> None:
    """Add the groups that have no reference data yet, with their ticker as name."""
    known = {g.group_id for g in groups(session)}
    for group_id in sorted(set(group_ids) - known):
        bare = GroupReference(group_id, group_id, "", "", "", None, Benchmark())
        session.add(PortfolioGroupRow(**_columns(bare)))


def groups(session: Session) -> tuple[GroupReference, ...]:
    """Return all portfolio groups, by id."""
    return tuple(_group(row) for row in session.execute(_GROUPS))


def accounts(session: Session, account_ids: Collection[str]) -> dict[str, AccountReference]:
    """Return the reference data of accounts by id; unknown ones are absent.

    A benchmark value that the account does not have is its home group's (R1.4).
    """
    return {
        account_id: AccountReference(
            account_id,
            name,
            home,
            currency,
            stated(codes),
            Benchmark(*benchmark),
            CashReserve(amount, percent),
        )
        for chunk in chunks(sorted(account_ids), MAX_IDS_PER_QUERY)
        for account_id, name, home, currency, codes, amount, percent, *benchmark in session.execute(
            _ACCOUNTS.where(AccountRow.account_id.in_(chunk))
        )
    }


def limits(session: Session) -> tuple[Limit, ...]:
    """Return all compliance limits, in a fixed order.

    Raises
    ------
    DataMissing
        When a limit has an unknown scope, so that it is not known which accounts it limits.
    """
    rows = session.execute(_LIMITS)
    return tuple(Limit(code, _scope(code, scope), scope_id, value) for code, scope, scope_id, value in rows)


def _scope(code: str, scope: str) -> LimitScope:
    try:
        return LimitScope(scope)
    except ValueError:
        known = ", ".join(LimitScope)
        raise DataMissing(
            f"The limit {code} has the unknown scope {scope!r}: it must be one of {known}"
        ) from None


def descriptions(session: Session, security_ids: Collection[str]) -> dict[str, str]:
    """Return the descriptions of bonds by id; those that are not in the search index are absent."""
    row = SecurityRow
    return {
        security_id: description
        for chunk in chunks(sorted(security_ids), MAX_IDS_PER_QUERY)
        for security_id, description in session.execute(
            select(row.security_id, row.description).where(row.security_id.in_(chunk))
        )
    }


def security(session: Session, security_id: str) -> SecurityReference | None:
    """Return a bond of the search index by CUSIP or ISIN; None if it is not there."""
    wanted = security_id.upper()
    by_isin = SECURITIES.where(SecurityRow.isin == wanted).order_by(SecurityRow.security_id)
    row = (
        session.execute(SECURITIES.where(SecurityRow.security_id == wanted)).first()
        or session.execute(by_isin).first()
    )
    return None if row is None else copied(SecurityReference, row)


def securities(session: Session, security_ids: Collection[str]) -> dict[str, SecurityReference]:
    """Return the bonds of the search index by id; those that are not in it are absent."""
    return {
        row.security_id: copied(SecurityReference, row)
        for chunk in chunks(sorted(security_ids), MAX_IDS_PER_QUERY)
        for row in session.execute(SECURITIES.where(SecurityRow.security_id.in_(chunk)))
    }


def ids_of(session: Session, names: Collection[str]) -> dict[str, str]:
    """Return the vendor's ids of bonds of the search index by CUSIP or ISIN; other names are absent."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(names), MAX_IDS_PER_QUERY):
        of_isin = select(SecurityRow.isin, SecurityRow.security_id).where(SecurityRow.isin.in_(chunk))
        for isin, security_id in session.execute(of_isin.order_by(SecurityRow.security_id)):
            found.setdefault(str(isin), security_id)
        of_id = select(SecurityRow.security_id).where(SecurityRow.security_id.in_(chunk))
        found |= {name: name for name in session.scalars(of_id)}
    return found


def canonical_id(session: Session, security_id: str) -> str:
    """Return the vendor's id of a bond by CUSIP or ISIN; an unknown id is returned in capitals."""
    known = security(session, security_id)
    return known.security_id if known else security_id.upper()


def id_fault(security: SecurityReference) -> str | None:
    """Return why a bond is refused: stored ids are as their agencies write them."""
    if as_written_by_agency(security.security_id) != security.security_id:
        return f"its id has blanks, dashes or lower case: {security.security_id!r}"
    if security.isin is not None and not is_isin(security.isin):
        return f"it has no valid ISIN: {security.isin!r}"
    return None


def search_text(security: SecurityReference) -> str:
    """Return the text that `app.services.accounts.search` finds a bond by; none where an id is not valid."""
    if id_fault(security) is not None:
        return ""
    words = [security.security_id, security.isin, security.ticker, security.issuer, security.description]
    return index_text(words, security.coupon, security.maturity)


T = TypeVar("T")


def copied(kind: Callable[..., T], source: object, **other: object) -> T:
    """Return a value object with the attributes of `source` of the same names; `other` overrides them."""
    names = (f.name for f in fields(kind))  # type: ignore[arg-type]
    return kind(**{name: getattr(source, name) for name in names if name not in other}, **other)


def _group(row: Row[Any]) -> GroupReference:
    benchmark = Benchmark(*(getattr(row, f"benchmark_{name}") for name in BENCHMARK_COLUMNS))
    return copied(GroupReference, row, benchmark=benchmark)


def _columns(
    source: GroupReference | AccountReference | SecurityReference | Limit, **other: object
) -> dict[str, object]:
    """Return the columns of a row: the fields of `source`, its benchmark and cash reserve flattened."""
    columns = {f.name: getattr(source, f.name) for f in fields(source)} | other
    benchmark = columns.pop("benchmark", None)
    if benchmark is not None:
        columns |= {f"benchmark_{name}": getattr(benchmark, name) for name in BENCHMARK_COLUMNS}
    reserve = columns.pop("cash_reserve", None)
    if isinstance(reserve, CashReserve):
        columns |= {"cash_reserve_amount": reserve.amount, "cash_reserve_percent": reserve.percent_of_nav}
    return columns

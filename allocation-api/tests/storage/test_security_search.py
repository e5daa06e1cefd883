"""The search index on each database: filled by the migration, by a start, and read alike by all."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import delete, insert, inspect, select, table

from app.core import migrate
from app.models import ReferenceSourceRow, SecurityRow
from app.services.accounts import reference, search
from app.services.accounts.reference import ReferenceBook, SecurityReference

BONDS = (
    SecurityReference(
        security_id="D12345AA8",
        isin=None,
        ticker="BUERO",
        description="+B\u00fcro, GmbH 3.5 03/01/2031",
        issuer="+B\u00fcro, GmbH",
        issuer_id="B",
        sector=None,
        country="DE",
        rating=None,
        coupon=Decimal("3.50000000"),
        maturity=date(2031, 3, 1),
        currency="EUR",
    ),
    SecurityReference(
        security_id="912810TA6",
        isin="US912810TA60",
        ticker="T",
        description="US Treasury 4.125 2033",
        issuer="US Treasury",
        issuer_id="UST",
        sector="GOVT",
        country="US",
        rating="AA+",
        coupon=Decimal("4.12500000"),
        maturity=date(2033, 11, 15),
        currency="USD",
    ),
)
QUERIES = {
    "D12345AA8": ("b\u00fcro", "BURO", "B\u00dcRO", "B\u00fcro,", "+B\u00fcro, GmbH", "gmbh bur", "3.5 31"),
    "912810TA6": ("t 4.125 33", "33 T", "treas 2033", "us912810ta60", "912810-TA-6"),
}


def columns_at_0006(bond):
    names = [c.name for c in SecurityRow.__table__.columns if c.name != "search_text"]
    return {name: getattr(bond, name) for name in names}


def found(database, query):
    with database.read() as session:
        return [s.security_id for s in search.search(session, query, 9)]


def check_all(database):
    for security_id, queries in QUERIES.items():
        for query in queries:
            assert found(database, query) == [security_id], query


def test_the_migration_fills_it_for_bonds_that_are_there(empty):
    migrate.upgrade(empty, "0006")
    columns = [c for c in SecurityRow.__table__.columns if c.name != "search_text"]
    old = table("securities", *(c._copy() for c in columns))
    with empty.write() as session:
        session.execute(insert(old), [columns_at_0006(b) for b in BONDS])
    migrate.upgrade(empty)
    check_all(empty)
    migrate.downgrade(empty, "0006")
    assert "search_text" not in {c["name"] for c in inspect(empty.engine).get_columns("securities")}
    migrate.upgrade(empty)
    check_all(empty)


def test_a_start_fills_it_for_bonds_that_the_desk_loads(database):
    with database.write() as session:
        session.execute(insert(SecurityRow), [columns_at_0006(b) for b in BONDS])
    check_all(database)
    with database.write() as session:
        search.fill_index(session)
        assert session.scalars(select(SecurityRow.search_text)).all().count(None) == 0
    check_all(database)


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
def test_a_mock_of_before_the_migration_is_still_replaced(empty):
    """The digest of mock data that an earlier version stored is of the columns that it knew."""
    migrate.upgrade(empty, "0006")
    migrate.upgrade(empty)
    book = ReferenceBook((), (), BONDS)
    with empty.write() as session:
        reference.load_mock(session, book)
        before = session.get(ReferenceSourceRow, reference.MOCK).digest
    with empty.write() as session:
        session.execute(delete(SecurityRow))
        session.execute(insert(SecurityRow), [columns_at_0006(b) for b in BONDS])
    with empty.write() as session:
        reference.load_mock(session, book)
        assert session.get(ReferenceSourceRow, reference.MOCK).digest == before
    check_all(empty)

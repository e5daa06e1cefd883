"""What is read back equals what was written, to the last digit and character, on each database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects.postgresql import dialect as postgresql_dialect
from sqlalchemy.dialects.sqlite import dialect as sqlite_dialect

from app.core.columns import Exact
from app.core.database import new_id
from app.models import (
    AccountRow,
    AllocationLineRow,
    AllocationRow,
    AuditRow,
    LimitRow,
    OrderRow,
    SecurityRow,
    UserRow,
)
from app.services.accounts import reference
from app.services.allocations import snapshot
from app.services.domain.cash_reserve import CashReserve
from tests.storage.rows import MOMENT, allocation, order
from tests.support.profiles import examples

BATCHES = examples(
    8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
MOST = Decimal("9999999999999999999999.99")
LARGE = Decimal("12345678901234567890.1234")
MONEY = [MOST, -MOST, Decimal("0.01"), Decimal("-0.01"), Decimal(0), Decimal("12345678901234567890.12")]
TEXTS = (
    "",
    " ",
    "a'b",
    'a"b',
    "a\\b",
    "\\n",
    "100 %",
    "%s %(x)s",
    ":name",
    "é漢😀",
    "tab\tline\nend",
    "--",
    ";",
)


def stored_allocation(database, **other):
    values = allocation(**other)
    with database.write() as session:
        session.add(AllocationRow(**values))
    return values["id"]


def numbers(digits, places):
    bound = 10**digits - 1
    return st.integers(-bound, bound).map(lambda n: Decimal(n).scaleb(-places))


@BATCHES
@given(st.lists(numbers(24, 2), min_size=1, max_size=40))
def test_money_through_core(database, amounts):
    amounts = MONEY + amounts
    key = stored_allocation(database)
    rows = [
        {
            "allocation_id": key,
            "account_id": f"{i:03}",
            "allocated_quantity": i,
            "allocated_notional": amount,
            "settlement_amount": -amount,
            "nav": amount if i % 2 else None,
        }
        for i, amount in enumerate(amounts)
    ]
    with database.write() as session:
        session.execute(insert(AllocationLineRow), rows)
    line = AllocationLineRow
    columns = select(line.allocated_notional, line.settlement_amount, line.nav)
    with database.read() as session:
        found = session.execute(columns.where(line.allocation_id == key).order_by(line.account_id)).all()
    assert [tuple(row) for row in found] == [
        (amount, -amount, amount if i % 2 else None) for i, amount in enumerate(amounts)
    ]
    assert all(value.as_tuple().exponent == -2 for row in found for value in row if value is not None)


@BATCHES
@given(st.lists(st.tuples(numbers(24, 4), numbers(24, 10)), min_size=1, max_size=10))
def test_quantities_and_prices_through_the_orm(database, pairs):
    extremes = [(Decimal(10) ** 20 - Decimal("0.0001"), Decimal(10) ** 14 - Decimal("1E-10"))]
    pairs = [*extremes, (Decimal("0.0001"), Decimal("1E-10")), *pairs]
    key = stored_allocation(database)
    rows = [
        order(key, quantity=quantity, filled_quantity=-quantity, average_price=price)
        for quantity, price in pairs
    ]
    with database.write() as session:
        session.add_all([OrderRow(**row) for row in rows])
    with database.read() as session:
        found = {
            r.order_id: r for r in session.scalars(select(OrderRow).where(OrderRow.allocation_id == key))
        }
    for row in rows:
        read = found[row["order_id"]]
        assert (read.quantity, read.filled_quantity, read.average_price) == (
            row["quantity"],
            row["filled_quantity"],
            row["average_price"],
        )


def test_a_number_is_found_by_its_value_and_changed_where_it_stands(database):
    key = stored_allocation(database)
    with database.write() as session:
        session.add(OrderRow(**order(key, order_id="one", quantity=LARGE)))
    unmoved = OrderRow.quantity == LARGE + Decimal("0.00000")
    with database.write() as session:
        moved = session.execute(update(OrderRow).where(unmoved).values(quantity=7, average_price=None))
        assert moved.rowcount == 1
        assert session.execute(update(OrderRow).where(unmoved).values(quantity=8)).rowcount == 0
    with database.read() as session:
        assert session.scalars(select(OrderRow.quantity).where(OrderRow.quantity.in_([7]))).all() == [7]


@pytest.mark.parametrize(
    "value", [0.5, Decimal("0.005"), MOST + Decimal("0.01"), Decimal("NaN"), Decimal("Infinity"), "1.00"]
)
@pytest.mark.parametrize("dialect", [sqlite_dialect(), postgresql_dialect()], ids=["sqlite", "postgresql"])
def test_what_cannot_be_kept_exactly_is_refused(value, dialect):
    with pytest.raises((TypeError, ValueError), match="number"):
        Exact(24, 2).process_bind_param(value, dialect)


@pytest.mark.parametrize("dialect", [sqlite_dialect(), postgresql_dialect()], ids=["sqlite", "postgresql"])
def test_a_sum_that_went_through_doubles_is_refused(dialect):
    with pytest.raises(TypeError, match="float for an exact number"):
        Exact(24, 2).process_result_value(0.3, dialect)


def test_sql_neither_orders_nor_adds_exact_numbers():
    for wrong in (
        lambda: OrderRow.quantity > 1,
        lambda: OrderRow.quantity + 1,
        lambda: select(OrderRow).order_by(OrderRow.quantity.desc()),
    ):
        with pytest.raises(TypeError, match="in Python"):
            wrong()


@BATCHES
@given(
    st.lists(
        st.tuples(
            st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)),  # noqa: DTZ001 - gets its zone below
            st.integers(-14 * 60, 14 * 60),
            st.integers(-(2**63), 2**63 - 1),
            st.dates(date(1900, 1, 1), date(2300, 1, 1)),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_moments_days_and_whole_numbers(database, samples):
    samples = [(datetime(2026, 6, 30, 23, 59, 59, 999999), 330, 2**63 - 1, date(2028, 2, 29)), *samples]  # noqa: DTZ001
    rows = []
    for local, minutes, number, day in samples:
        at = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
        key = stored_allocation(database, created_at=at, quantity=number, total_allocated=-(number + 1))
        rows.append((key, at, number, order(key, settlement_date=day, trade_date=None, updated_at=at)))
    with database.write() as session:
        session.execute(insert(OrderRow), [row for *_, row in rows])
    with database.read() as session:
        for key, at, number, row in rows:
            found = session.get(AllocationRow, key)
            assert (found.created_at, found.quantity, found.total_allocated) == (at, number, -(number + 1))
            assert found.created_at.tzinfo is UTC
            read = session.get(OrderRow, row["order_id"])
            assert (read.settlement_date, read.trade_date, read.updated_at) == (
                row["settlement_date"],
                None,
                at,
            )


def test_truth_values_and_nothing(database):
    rest = {"password_hash": "x", "created_at": MOMENT}
    with database.write() as session:
        for name, active in (("yes", True), ("no", False)):
            session.add(UserRow(id=name, username=name, active=active, **rest))
    with database.read() as session:
        assert session.get(UserRow, "yes").active is True
        assert session.get(UserRow, "no").active is False
        assert session.scalars(select(UserRow.id).where(UserRow.active)).all() == ["yes"]


FLOATS = [0.1, 1e-17, 5e-324, 1.7976931348623157e308, -0.0, 1 / 3, 2.0**53 + 2, 1e22, 123456.789]


@BATCHES
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_doubles(database, values):
    values = FLOATS + values
    prefix = new_id()
    with database.write() as session:
        session.execute(
            insert(AccountRow),
            [
                {
                    "account_id": f"{prefix}{i:03}",
                    "account_name": "n",
                    "restrictions": "",
                    "benchmark_duration": value,
                }
                for i, value in enumerate(values)
            ],
        )
    with database.read() as session:
        query = select(AccountRow.benchmark_duration).where(AccountRow.account_id.startswith(prefix))
        found = session.scalars(query.order_by(AccountRow.account_id)).all()
    assert found == values


def test_a_cash_reserve_is_read_as_it_was_stated(database):
    # R4.9
    amount, percent = Decimal("250000.25"), Decimal("0.02000001")
    stated = {"amount": (amount, None), "both": (amount, percent), "neither": (None, None)}
    prefix = new_id()
    with database.write() as session:
        for name, (kept, part) in stated.items():
            reserve = {"cash_reserve_amount": kept, "cash_reserve_percent": part}
            session.add(
                AccountRow(account_id=f"{prefix}{name}", account_name="n", restrictions="", **reserve)
            )
    with database.read() as session:
        found = reference.accounts(session, [f"{prefix}{name}" for name in stated])
    assert {name: found[f"{prefix}{name}"].cash_reserve for name in stated} == {
        name: CashReserve(*reserve) for name, reserve in stated.items()
    }


def test_texts_to_the_last_character(database):
    rows = [
        AuditRow(
            id=f"{i:03}",
            at=MOMENT,
            username="ann",
            action="LOGIN",
            entity_type="user",
            entity_id="e",
            request_id="r",
            before=None if i % 2 else written,
            after=written,
            day="2026-06-30",
            sequence=i,
            previous_hash="0" * 64,
            hash="0" * 64,
        )
        for i, written in enumerate(TEXTS)
    ]
    with database.write() as session:
        session.add_all(rows)
    with database.read() as session:
        found = session.execute(select(AuditRow.before, AuditRow.after).order_by(AuditRow.sequence)).all()
    assert [tuple(row) for row in found] == [(None if i % 2 else t, t) for i, t in enumerate(TEXTS)]


# --- documents ----------------------------------------------------------------------------------------------


AWKWARD = {
    "z": FLOATS,
    "a": [2**53 + 1, 2**63, -(2**70), 0, 10**40],
    "empty": ["", {}, [], None, True, False],
    "text": [*TEXTS, "\u0001\u001f", "</script>", "1.50", "null", "\u2028"],
    "Key with space": {"b": 1, "a": {"z": 1, "y": [1.0, 1, "1"]}},
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


def documents(database, key):
    with database.read() as session:
        row = session.get(AllocationRow, key)
        return row.snapshot, row.result, row.commit_result


@BATCHES
@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_documents_come_back_byte_for_byte(database, drawn):
    for value in (drawn, AWKWARD):
        plain = (
            json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()
        )
        spaced = json.dumps(value, indent=1)
        key = stored_allocation(database, snapshot=plain, result=spaced)
        assert documents(database, key) == (plain, spaced, None)


def test_a_large_document_has_the_hash_that_it_had(database):
    accounts = [
        {"account_id": f"ACC-{i}", "nav": f"{i}.10", "oas": i / 7, "name": "é'\\%"} for i in range(15_000)
    ]
    taken = snapshot.encode({"accounts": accounts})
    assert len(taken) > 1_000_000
    key = stored_allocation(database, snapshot=taken, snapshot_sha256=snapshot.digest(taken))
    read, _, _ = documents(database, key)
    assert snapshot.digest(read) == snapshot.digest(taken)


def test_documents_are_changed_through_core_and_orm(database):
    key, other = stored_allocation(database), stored_allocation(database)
    with database.write() as session:
        wanted = update(AllocationRow).where(AllocationRow.id == key, AllocationRow.commit_result.is_(None))
        assert session.execute(wanted.values(commit_result='{"b":1,"a":0.1}')).rowcount == 1
        session.get(AllocationRow, other).commit_result = '{"z": [1.0]}'
    assert documents(database, key)[2] == '{"b":1,"a":0.1}'
    assert documents(database, other)[2] == '{"z": [1.0]}'
    with database.write() as session:
        session.get(AllocationRow, key).commit_result = None
    with database.read() as session:
        missing = select(func.count()).where(AllocationRow.commit_result.is_(None))
        assert session.scalar(missing.select_from(AllocationRow)) == 1


def test_many_documents_in_one_insert(database):
    rows = [allocation(snapshot=f'{{"n": {i}.50}}', result="[]") for i in range(3)]
    with database.write() as session:
        session.execute(insert(AllocationRow), rows)
    assert [documents(database, row["id"])[0] for row in rows] == [row["snapshot"] for row in rows]


@pytest.mark.parametrize("server", ["snowflake"], indirect=True)
def test_a_document_can_be_asked_in_sql_on_snowflake(database):
    stored_allocation(database, snapshot='{"accounts":[{"account_id":"ACC-1","nav":"10.50","held":1500000}]}')
    first = "snapshot:document.accounts[0]"
    query = text(f"SELECT {first}.account_id::string, {first}.held::number FROM allocations")  # noqa: S608
    with database.read() as session:
        assert session.execute(query).one() == ("ACC-1", 1_500_000)


def test_reference_numbers(database):
    with database.write() as session:
        session.add(LimitRow(code="c", scope="s", scope_id="i", value=Decimal("0.12345678")))
        session.add(SecurityRow(security_id="S", description="d", currency="USD", coupon=Decimal("4.25")))
    with database.read() as session:
        assert session.scalar(select(LimitRow.value)) == Decimal("0.12345678")
        assert str(session.scalar(select(SecurityRow.coupon))) == "4.25000000"

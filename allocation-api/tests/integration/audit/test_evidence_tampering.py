"""Whatever is done to a row that is evidence is found, and named by table, key and column.

The cases are made from the tables themselves, so a new table or column is either recorded or named here.
"""

# ruff: noqa: S608 - the statements are made of names of our tables

from __future__ import annotations

import pytest
from sqlalchemy import BigInteger, Boolean, Date, Integer, Numeric, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

import app.models
from app.core.columns import Exact, UtcDateTime
from app.core.database import Base
from app.services.audit.evidence import EVIDENCE, NOT_EVIDENCE
from app.services.audit.verification import verify
from tests.support.orders import BOND, OrderDesk

EXEMPT = {("allocations", "settle_after"), ("broker_accounts", "credentials")}
"""Columns of evidence that are not recorded: a lease that is renewed, and secrets that are sealed anew."""

TABLES = {name: table for name, table in Base.metadata.tables.items() if name not in NOT_EVIDENCE}
COLUMNS = [(name, c.name) for name, table in TABLES.items() for c in table.columns]
KEYS = {name: [c.name for c in table.primary_key.columns] for name, table in TABLES.items()}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A desk's database with a policy, previews, orders, fills, targets, plans and a stop."""
    folder = tmp_path_factory.mktemp("evidence")
    desk = OrderDesk(folder, DRIFT_FOUR_EYES="true")
    desk.state_policy()
    order_id = desk.partly_filled()
    desk.order_shown(order_id)
    desk.clock.pass_by(20)
    shown = desk.order_shown(order_id)
    assert shown["filled_quantity"] > 0
    sent = desk.client.get(f"/v1/allocations/{shown['allocation_id']}/fix", headers=desk.headers)
    assert sent.status_code == 200, sent.text
    other = desk.order()
    desk.cancel(other)
    desk.compare(BOND, 1_000_000, {"allocation_method": "PRO_RATA"}, groups=["GOLDEN"])
    state_targets(desk)
    desk.post("drift/proposals", {"scope": "GROUP", "scope_id": "GOLDEN"})
    desk.post("reallocation/evaluate", {"current": {"A": 1}, "target": {"A": 1}})
    paper = desk.post("brokers/paper/accounts", {"name": "Paper", "cash": 100_000})
    order = {"symbol": "CM-GOLD", "side": "BUY", "type": "MARKET", "quantity": 1}
    desk.post(f"brokers/accounts/{paper['account_id']}/orders", order)
    desk.post("system/emergency-stop", {"reason": "Prices are wrong"})
    return folder / "allocator.db"


def state_targets(desk):
    """State targets, which the supervisor approves."""
    body = {"scope": "GROUP", "scope_id": "GOLDEN", "dimension": "ASSET_CLASS", "version": 0, "comment": "x"}
    made = desk.post("drift/target-sets", {**body, "targets": [{"key": "bonds", "target_percent": 100}]})
    headers = {"Authorization": f"Bearer {desk.login('demo_supervisor')['access_token']}"}
    path = f"drift/target-sets/{made['target_set_id']}/approve"
    desk.call("POST", path, json={"version": 1}, headers=headers)


class Evidence:
    """A connection over which rows are tampered with; what is done is rolled back in the end."""

    def __init__(self, connection):
        self.connection = connection

    def do(self, statement, *values):
        done = self.connection.exec_driver_sql(statement, values)
        assert done.rowcount > 0, "nothing was tampered with"

    def verified(self):
        with Session(self.connection, autoflush=False) as session:
            return verify(session)

    def found(self):
        return [(b.damage, b.table, b.column) for b in self.verified().breaks]

    def one(self, table):
        """The rowid and the key of a row of the table."""
        names = ", ".join(KEYS[table])
        query = f"SELECT rowid, {names} FROM {table} ORDER BY rowid DESC LIMIT 1"
        rowid, *key = self.connection.exec_driver_sql(query).one()
        return rowid, dict(zip(KEYS[table], map(str, key), strict=True))


@pytest.fixture
def evidence(file):
    engine = create_engine(f"sqlite:///{file}", poolclass=StaticPool)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        yield Evidence(connection)
        connection.rollback()
    engine.dispose()


def other_value(table, column):
    """SQL for a value that the column does not have in that row."""
    kind = TABLES[table].columns[column].type
    if isinstance(kind, Boolean):
        return f"1 - {column}"
    if isinstance(kind, BigInteger | Integer):
        return f"coalesce({column}, 0) + 1"
    if isinstance(kind, Exact | Numeric):
        return f"'7{'7'}.{'7' * kind.scale}'"
    if isinstance(kind, UtcDateTime):
        return "'2001-02-03 04:05:06.000007'"
    if isinstance(kind, Date):
        return "'2001-02-03'"
    return f"coalesce({column}, '') || '0'"


def test_every_table_is_evidence_or_has_a_reason_not_to_be():
    assert app.models.AllocationRow.__tablename__ in TABLES
    assert TABLES.keys() == {table.name for table in EVIDENCE}
    assert all(NOT_EVIDENCE.values())
    assert NOT_EVIDENCE.keys() <= Base.metadata.tables.keys()


def test_the_columns_that_are_not_recorded_are_these_and_have_a_reason():
    exempt = {(table.name, name): reason for table in EVIDENCE for name, reason in table.exempt.items()}
    assert exempt.keys() == EXEMPT
    assert all(exempt.values())


def test_untouched_it_is_whole(evidence):
    found = evidence.verified()
    assert found.breaks == ()
    counts = [
        evidence.connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one() for name in TABLES
    ]
    assert min(counts) > 0, "a table without rows is not tried"
    assert (found.rows, found.rows_unrecorded) == (sum(counts), 0)
    assert found.rows_since is not None


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=map(".".join, COLUMNS))
def test_a_changed_value_is_found_and_named(evidence, table, column):
    rowid, key = evidence.one(table)
    new = other_value(table, column)
    evidence.do(f"UPDATE {table} SET {column} = {new} WHERE rowid = ?", rowid)
    value = evidence.connection.exec_driver_sql(
        f"SELECT {column} FROM {table} WHERE rowid = ?", (rowid,)
    ).scalar_one()
    breaks = [b for b in evidence.verified().breaks if b.table == table]
    if (table, column) in EXEMPT:
        assert breaks == []
    elif column in KEYS[table]:
        assert {b.damage for b in breaks} >= {"ROW_REMOVED", "ROW_INSERTED"}
        assert key in [b.key for b in breaks if b.damage == "ROW_REMOVED"]
        assert {**key, column: str(value)} in [b.key for b in breaks if b.damage == "ROW_INSERTED"]
    else:
        (broken,) = breaks
        assert (broken.damage, broken.key, broken.column) == ("ROW_CHANGED", key, column)
        assert broken.recorded != broken.found
        assert broken.audit_id is not None


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_gone_is_found(evidence, table):
    rowid, key = evidence.one(table)
    evidence.do(f"DELETE FROM {table} WHERE rowid = ?", rowid)
    gone = [b.key for b in evidence.verified().breaks if (b.damage, b.table) == ("ROW_REMOVED", table)]
    assert gone == [key]


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_was_added_is_found(evidence, table):
    rowid, _ = evidence.one(table)
    last = KEYS[table][-1]
    names = ", ".join(c.name for c in TABLES[table].columns)
    copied = ", ".join(
        other_value(table, c.name) if c.name == last else c.name for c in TABLES[table].columns
    )
    evidence.do(f"INSERT INTO {table} ({names}) SELECT {copied} FROM {table} WHERE rowid = ?", rowid)
    assert ("ROW_INSERTED", table, None) in evidence.found()


def test_two_previews_whose_inputs_and_results_were_exchanged_are_found(evidence):
    query = "SELECT id, snapshot, snapshot_sha256, result FROM allocations ORDER BY id LIMIT 2"
    one, two = (tuple(row) for row in evidence.connection.exec_driver_sql(query))
    for row, key in ((one, two[0]), (two, one[0])):
        change = "UPDATE allocations SET snapshot = ?, snapshot_sha256 = ?, result = ? WHERE id = ?"
        evidence.do(change, *row[1:], key)
    found = {(b.key["id"], b.column) for b in evidence.verified().breaks}
    assert {(key, "snapshot") for key in (one[0], two[0])} <= found


def test_what_was_removed_with_its_record_is_still_missed(evidence):
    rowid, _ = evidence.one("order_fill_lines")
    evidence.do("DELETE FROM order_fill_lines WHERE rowid = ?", rowid)
    evidence.do("DELETE FROM audit_events WHERE action = 'FILL_RECORDED'")
    assert "REMOVED" in {damage for damage, _, _ in evidence.found()}

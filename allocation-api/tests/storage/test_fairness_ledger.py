"""The ledger of entitlements under orders that change, on each database."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event, insert, select, text

from app.core.database import insert_many
from app.models import FairnessBalanceRow, OrderRow
from app.services.audit.balances import wrong_balances
from app.services.domain.caller import Caller
from app.services.domain.fairness import DEFAULT_POLICY, Carry, FairnessPolicy, LedgerState
from app.services.domain.side import Side
from app.services.fairness.recompute import disagreements, rebuild_balances
from tests.support.fairness import LedgerDesk, recomputed, some
from tests.support.statements import sent_by

A, B, C = "A", "B", "C"
CALLER = Caller("user-1", "ann", frozenset(), "request-1")
EQUAL = {A: Decimal(1), B: Decimal(1)}
FACES = {A: Decimal(600_000), B: Decimal(200_000)}


@pytest.fixture
def desk(database):
    return LedgerDesk(database)


def owed(desk, side="BUY", scope="CORE"):
    return {a: face for (s, d, a), face in desk.balances().items() if (s, d) == (scope, side)}


def sound(desk):
    """Entries and balances agree with each other and with the orders."""
    with desk.database.read() as session:
        return not list(wrong_balances(session)) and not list(disagreements(session))


def test_a_commit_enters_what_is_owed_and_a_partial_end_corrects_it(desk):
    """R15.5: the example. 800,000 are 400,000 each; 400,000 filled are 200,000 each."""
    desk.commit("o", FACES, EQUAL)
    assert owed(desk) == {A: -200_000, B: 200_000}
    desk.fill("o", {A: Decimal(300_000), B: Decimal(100_000)})
    assert owed(desk) == {A: -200_000, B: 200_000}  # it works: the slices count
    desk.fill("o", {A: Decimal(300_000), B: Decimal(100_000)}, status="Canceled", state="OF_RECORD")
    assert owed(desk) == {A: -100_000, B: 100_000}
    assert [(e.sequence, e.kind, e.account_id, e.entitled, e.received, e.amount) for e in desk.entries()] == [
        (1, "CREDIT", A, 400_000, 600_000, -200_000),
        (1, "CREDIT", B, 400_000, 200_000, 200_000),
        (2, "CORRECTION", A, -200_000, -300_000, 100_000),
        (2, "CORRECTION", B, -200_000, -100_000, -100_000),
    ]
    assert sound(desk)


def test_settling_again_enters_nothing(desk):
    desk.commit("o", FACES, EQUAL)
    before = len(desk.entries())
    desk.settle("o")
    assert len(desk.entries()) == before


def test_an_order_that_ends_without_a_fill_leaves_the_ledger_as_if_it_had_not_been(desk):
    """R15.5"""
    desk.commit("kept", FACES, EQUAL)
    before = owed(desk)
    desk.commit("gone", {A: Decimal(5_000), C: Decimal("0.0003")}, {A: Decimal(3), C: Decimal(7)})
    assert owed(desk) != before
    desk.fill("gone", {}, status="Canceled", state="OF_RECORD")
    assert some(owed(desk)) == before
    assert sound(desk)


def test_what_aladdin_booked_counts_where_it_differs(desk):
    """R15.5, R12.6: 900,000 booked, of them 100,000 for an account that was not eligible: 450,000 each."""
    desk.commit("o", FACES, EQUAL)
    booked = {A: Decimal(800_000), C: Decimal(100_000)}
    desk.fill("o", FACES, status="Booked", state="DIFFERENT", booked=booked)
    assert owed(desk) == {A: -350_000, B: 450_000, C: -100_000}
    assert sound(desk)


def test_a_booking_that_lags_behind_the_fills_does_not_count_yet(desk):
    """R15.5: 800,000 are filled and nothing is booked; later all is, as it was filled."""
    desk.commit("o", FACES, EQUAL)
    nothing = {A: Decimal(0), B: Decimal(0)}
    desk.fill("o", FACES, status="Booked", state="DIFFERENT", booked=nothing)
    assert owed(desk) == {A: -200_000, B: 200_000}
    desk.fill("o", FACES, status="Booked", state="OF_RECORD", booked=FACES)
    assert owed(desk) == {A: -200_000, B: 200_000}
    assert {e.sequence for e in desk.entries()} == {1}


def test_changed_slices_are_entered(desk):
    desk.commit("o", FACES, EQUAL)
    desk.reslice("o", {A: Decimal(100_000), B: Decimal(100_000)})
    assert owed(desk) == {A: 0, B: 0}


def test_without_an_eligible_account_nobody_is_owed_anything(desk):
    desk.commit("o", FACES, {})
    assert owed(desk) == {A: 0, B: 0}
    assert sound(desk)


def test_an_allocation_from_before_the_ledger_is_in_none(desk):
    desk.commit("old", FACES, EQUAL, scope=None, policy=None)
    assert desk.entries() == []
    assert desk.balances() == {}


def test_buys_and_sales_and_scopes_have_ledgers_of_their_own(desk):
    """R15.3"""
    desk.commit("b", FACES, EQUAL)
    desk.commit("s", FACES, EQUAL, side="SELL")
    desk.commit("x", {A: Decimal(10)}, EQUAL, scope="CORE/Energy")
    assert owed(desk) == owed(desk, side="SELL") == {A: -200_000, B: 200_000}
    assert owed(desk, scope="CORE/Energy") == {A: -5, B: 5}


def test_a_new_year_begins_at_zero_also_for_late_corrections(desk):
    """R15.4, R15.5: a December order that is cancelled in January owes nobody anything by then."""
    desk.commit("december", FACES, EQUAL, day=date(2026, 12, 30))
    desk.commit("january", {A: Decimal(100), B: Decimal(300)}, EQUAL, day=date(2027, 1, 4))
    assert owed(desk) == {A: 100, B: -100}
    carries = [(e.account_id, e.amount, e.entitled) for e in desk.entries("january") if e.kind == "CARRY"]
    assert carries == [(A, 200_000, 0), (B, -200_000, 0)]
    desk.fill("december", {}, status="Canceled", state="OF_RECORD")
    assert owed(desk) == {A: 100, B: -100}
    assert sound(desk)


def half_life(desk, days):
    wanted = FairnessPolicy("", 1, carry=Carry.HALF_LIFE, half_life_days=days, statement="Halves.")
    return desk.policies.put(wanted, 0, CALLER).policy_id


def test_a_half_life_is_applied_at_each_order_and_to_late_corrections(desk):
    """R15.4: 200,000 owed are 100,000 after 30 days; of an order taken back half of it is left to take."""
    policy = half_life(desk, 30)
    desk.commit("one", FACES, EQUAL, day=date(2026, 3, 1), policy=policy)
    desk.commit("two", {A: Decimal(100), B: Decimal(300)}, EQUAL, day=date(2026, 3, 31), policy=policy)
    assert owed(desk) == {A: -99_900, B: 99_900}
    desk.fill("one", {}, status="Canceled", state="OF_RECORD")
    assert owed(desk) == {A: 100, B: -100}
    assert sound(desk)


def test_the_state_is_carried_to_the_day_that_asks(desk):
    policy = half_life(desk, 30)
    desk.commit("one", FACES, EQUAL, day=date(2026, 3, 1), policy=policy)
    with desk.database.read() as session:
        halved = desk.policies.in_force(session)
        found = desk.ledger.state(session, "CORE", Side.BUY, halved, date(2026, 3, 31))
        yearly = desk.ledger.state(session, "CORE", Side.BUY, DEFAULT_POLICY, date(2027, 1, 4))
        other = desk.ledger.state(session, "NONE", Side.BUY, halved, date(2026, 3, 31))
    assert found == LedgerState(
        "CORE", Side.BUY, date(2026, 3, 1), ((A, Decimal(-100_000)), (B, Decimal(100_000)))
    )
    assert some(yearly.by_account) == {}
    assert other == LedgerState("NONE", Side.BUY)


def test_two_commits_at_once_leave_one_chain_and_right_sums(desk, another):
    """Both may be the first of their ledger, so neither finds a row to lock."""
    desks = (desk, LedgerDesk(another))
    together = threading.Barrier(4)

    def contend(number):
        together.wait()
        desks[number % 2].commit(f"o{number}", {A: Decimal(100 + number)}, EQUAL)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(contend, range(4)))
    assert owed(desk) == {A: Decimal(-203), B: Decimal(203)}  # half of 100 + 101 + 102 + 103 = 406
    assert some(recomputed(desk.database)) == some(desk.balances())
    with desk.database.read() as session:
        rows = session.scalars(select(FairnessBalanceRow)).all()
    assert len(rows) == 2
    assert sound(desk)


@pytest.mark.parametrize(
    "failing", ["INSERT INTO fairness_entries", "INSERT INTO fairness_balances", "audit"]
)
def test_a_unit_that_fails_leaves_neither_the_order_nor_entries(desk, failing):
    def fail(_connection, _cursor, statement, *_rest):
        if failing in statement.replace('"', "").replace("audit_events", "audit"):
            raise RuntimeError("killed")

    event.listen(desk.database.engine, "before_cursor_execute", fail)
    try:
        with pytest.raises(RuntimeError):
            desk.commit("o", FACES, EQUAL)
    finally:
        event.remove(desk.database.engine, "before_cursor_execute", fail)
    with desk.database.read() as session:
        assert session.scalars(select(OrderRow.order_id)).all() == []
    assert desk.entries() == []
    assert desk.balances() == {}


def test_balances_that_were_changed_are_found_and_rebuilt(desk):
    desk.commit("o", FACES, EQUAL)
    before = desk.balances()
    with desk.database.write() as session:
        session.execute(text("UPDATE fairness_balances SET balance = '7.0000' WHERE account_id = 'A'"))
        session.execute(text("DELETE FROM fairness_balances WHERE account_id = 'B'"))
        values = {"scope_id": "CORE", "side": "BUY", "account_id": C, "balance": Decimal(1)}
        session.execute(insert(FairnessBalanceRow), [values | {"as_of": date(2026, 3, 2)}])
    with desk.database.read() as session:
        found = [
            (b.damage, b.key["account_id"], b.column, b.recorded, b.found) for b in wrong_balances(session)
        ]
    assert found == [
        ("ROW_CHANGED", A, "balance", "-200000", "7"),
        ("ROW_REMOVED", B, None, None, None),
        ("ROW_INSERTED", C, None, None, None),
    ]
    assert desk.database.retried(rebuild_balances) == 2
    assert desk.balances() == before
    assert sound(desk)


def test_a_balance_of_a_large_ledger_is_one_statement_over_the_key(desk, server):
    """A thousand accounts in fifty ledgers: 10,000 orders would leave no more rows than these."""
    scopes, accounts = 50, 1_000
    rows = [
        {
            "scope_id": f"S{s:02}",
            "side": "BUY",
            "account_id": f"{a:04}",
            "balance": Decimal(a - 500),
            "as_of": date(2026, 3, 2),
        }
        for s in range(scopes)
        for a in range(accounts)
    ]
    with desk.database.write() as session:
        insert_many(session, FairnessBalanceRow, rows)
    with desk.database.read() as session:
        sent = sent_by(desk.database.engine)
        found = desk.ledger.state(session, "S07", Side.BUY, DEFAULT_POLICY, date(2026, 3, 3))
    assert len(sent) == 1
    assert len(found.balances) == accounts
    assert found.balances[0] == ("0000", Decimal(-500))
    if desk.database.engine.dialect.name == "sqlite":
        with desk.database.engine.connect() as connection:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sent[0]}", ("S07", "BUY")).all()
        assert "SEARCH fairness_balances USING INDEX" in str(plan)

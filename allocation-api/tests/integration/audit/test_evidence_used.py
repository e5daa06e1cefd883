"""What of an allocation or its order is not as it was recorded is shown where it is read, and never leaves.

Each case changes what is stored past the service, as somebody with write access to the database may.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.bookings import first_fill, fix, record_desk
from tests.support.orders import OrderDesk


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


@pytest.fixture
def filled(desk):
    """Two orders that are filled, as (order id, allocation id)."""
    orders = [desk.order(1_000_000), desk.order(1_200_000)]
    desk.clock.pass_by(600)
    shown = [desk.order_shown(order_id) for order_id in orders]
    assert [(s["filled_quantity"], s["allocation_state"]) for s in shown] == [
        (1_000_000, "OF_RECORD"),
        (1_200_000, "OF_RECORD"),
    ]
    return [(s["order_id"], s["allocation_id"]) for s in shown]


def tamper(desk, statement, *rounds):
    """Run a statement with each tuple of values, in one transaction."""
    with desk.services.database.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for values in rounds or [()]:
            assert connection.exec_driver_sql(statement, values).rowcount > 0


def exchange(desk, table, column, one, other):
    update = f"UPDATE {table} SET {column} = ? WHERE {column} = ?"  # noqa: S608 - our own names
    tamper(desk, update, ("-", one), (one, other), (other, "-"))


def broken(answer):
    return {(b["table"], b["column"]) for b in answer["evidence_breaks"]}


def sent(desk, allocation_id):
    return desk.get(f"allocations/{allocation_id}/fix/messages")["messages"]


PRINCIPAL = "UPDATE order_fill_lines SET principal = ? WHERE order_id = ? AND account_id = ?"


def test_a_principal_that_was_changed_is_shown_and_does_not_leave(desk, filled):
    order_id, allocation_id = filled[0]
    before = fix(desk, order_id)
    part = desk.fills(order_id)["fills"][-1]["allocations"][0]
    tamper(desk, PRINCIPAL, ("1.00", order_id, part["account_id"]))
    named = {("order_fill_lines", "principal")}
    assert broken(desk.order_shown(order_id)) == named
    assert broken(desk.fills(order_id)) == named
    assert broken(desk.get(f"allocations/{allocation_id}")) == named
    again = desk.post(f"allocations/{allocation_id}/replay")
    assert (again["identical"], broken(again), again["differences"]) == (False, named, [])
    refused = fix(desk, order_id, status=409)
    assert (refused["code"], refused["breaks"][0]["column"]) == ("EVIDENCE_BROKEN", "principal")
    assert (
        desk.get(f"allocations/{allocation_id}/fix", readable="true", status=409)["code"] == "EVIDENCE_BROKEN"
    )
    assert len(sent(desk, allocation_id)) == 1
    # Put right again, nothing is broken, and the message is the one that left.
    principal = f"{Decimal(str(part['principal'])):.2f}"
    tamper(desk, PRINCIPAL, (principal, order_id, part["account_id"]))
    assert broken(desk.fills(order_id)) == set()
    assert fix(desk, order_id) == before


@pytest.mark.parametrize(
    ("table", "column", "named"),
    [
        ("orders", "allocation_id", {("orders", "allocation_id")}),
        ("order_fills", "order_id", {("order_fills", "filled_quantity")}),
        ("order_fill_lines", "order_id", {("order_fill_lines", "filled_quantity")}),
    ],
)
def test_rows_that_two_orders_exchanged_are_shown_in_both_allocations(desk, filled, table, column, named):
    ids = [pair[column == "allocation_id"] for pair in filled]
    exchange(desk, table, column, *ids)
    for _, allocation_id in filled:
        assert named <= broken(desk.get(f"allocations/{allocation_id}"))
        refused = desk.get(f"allocations/{allocation_id}/fix", status=409)
        assert refused["code"] == "EVIDENCE_BROKEN"
        assert sent(desk, allocation_id) == []


def test_an_order_that_is_gone_is_missed_by_its_allocation(desk, filled):
    (order_id, allocation_id), _ = filled
    for table in ("fairness_entries", "order_fill_lines", "order_fills", "order_slices", "orders"):
        tamper(desk, f"DELETE FROM {table} WHERE order_id = ?", (order_id,))  # noqa: S608 - our own names
    breaks = desk.get(f"allocations/{allocation_id}")["evidence_breaks"]
    assert {(b["damage"], b["table"]) for b in breaks} >= {("ROW_REMOVED", "orders")}


def test_a_message_that_is_not_stored_as_it_left_is_not_given_again(desk, filled):
    (order_id, allocation_id), (_, other) = filled
    fix(desk, order_id)
    (kept,) = sent(desk, allocation_id)
    changed = "UPDATE fix_messages SET message = replace(message, '54=1', '54=2') WHERE allocation_id = ?"
    tamper(desk, changed, (allocation_id,))
    path = f"allocations/{allocation_id}/fix"
    assert desk.get(f"{path}/messages/{kept['alloc_id']}", status=409)["code"] == "EVIDENCE_BROKEN"
    assert desk.get(path, status=409)["breaks"][0]["table"] == "fix_messages"
    assert len(sent(desk, allocation_id)) == 1
    # The other allocation is as it was.
    assert broken(desk.get(f"allocations/{other}")) == set()


def test_an_order_that_is_not_as_recorded_is_not_changed_and_can_be_cancelled(tmp_path):
    desk = record_desk(tmp_path)
    order_id = first_fill(desk)
    tamper(desk, "UPDATE order_fill_lines SET filled_quantity = '0.0000' WHERE account_id = 'A'")
    refused = desk.change(order_id, 20_000, status=409)
    assert (refused["code"], refused["breaks"][0]["table"]) == ("EVIDENCE_BROKEN", "order_fill_lines")
    assert desk.audited(order_id, "MODIFY_REFUSED")[0]["after"]["code"] == "EVIDENCE_BROKEN"
    assert desk.cancel(order_id)["status"] == "SUCCESS"
    assert broken(desk.order_shown(order_id)) == {("order_fill_lines", "filled_quantity")}

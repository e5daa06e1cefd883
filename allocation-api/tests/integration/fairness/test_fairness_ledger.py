"""The ledger of entitlements through commits, fills, changes and ends of orders at the simulated vendor."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from app.cli import fairness
from app.models import FairnessBalanceRow, FairnessEntryRow
from tests.support import bookings, saga
from tests.support.bookings import edited, first_fill, record_desk
from tests.support.commands import run_command
from tests.support.fairness import recomputed, some
from tests.support.orders import OrderDesk

EXCLUDED = {"exclude_accounts": [{"account_id": "ACC002", "reason": "client asked"}]}


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


def balances(desk):
    row = FairnessBalanceRow
    query = select(row.scope_id, row.side, row.account_id, row.balance)
    with desk.services.database.read() as session:
        return {tuple(key): face for *key, face in session.execute(query)}


def entries(desk, order_id):
    query = select(FairnessEntryRow).where(FairnessEntryRow.order_id == order_id)
    with desk.services.database.read() as session:
        return session.scalars(query.order_by(FairnessEntryRow.sequence, FairnessEntryRow.account_id)).all()


def check(desk):
    """Balances are those of another calculation and sum to zero, and the trail is whole."""
    found = balances(desk)
    assert some(found) == some(recomputed(desk.services.database))
    for ledger in {key[:2] for key in found}:
        assert sum(face for key, face in found.items() if key[:2] == ledger) == 0
    verified = desk.get("audit/verify")
    assert verified["whole"] is True, verified["breaks"]
    assert verified["rows_unrecorded"] == 0


def owed(desk, side="BUY"):
    return {account: face for (_, d, account), face in balances(desk).items() if d == side}


def test_a_commit_enters_the_order(desk):
    """R15.5: one entry for each eligible account, in the audit record of the order."""
    order_id = desk.order(constraints=EXCLUDED)
    made = {e.account_id: (e.kind, e.entitled - e.received, e.amount) for e in entries(desk, order_id)}
    assert set(made) == {"ACC001", "ACC003", "ACC004"}  # the excluded account is entitled to nothing
    assert all(kind == "CREDIT" and difference == amount for kind, difference, amount in made.values())
    (record,) = desk.audited(order_id, "ORDER_RECORDED")
    assert len(record["after"]["rows"]["fairness_entries"]["values"]) == 3
    check(desk)


def test_a_preview_alone_enters_nothing(desk):
    desk.preview(bookings.BOND, 3_800_000, groups=["GOLDEN"])
    assert balances(desk) == {}


def test_an_order_cancelled_before_any_fill_leaves_the_ledger_as_if_it_had_not_been(desk):
    """R15.5"""
    desk.order(3_000_000, method="CUSTOM_WEIGHTS", parameters={"weights": {"ACC001": 1}})
    before = owed(desk)
    assert some(before)
    other = desk.order(700_000, method="CUSTOM_WEIGHTS", parameters={"weights": {"ACC003": 1}})
    assert owed(desk) != before
    desk.cancel(other)
    assert owed(desk) == before
    check(desk)


def test_an_order_that_is_filled_in_part_and_cancelled_counts_by_what_was_filled(desk):
    """R15.5"""
    order_id = desk.partly_filled(method="CUSTOM_WEIGHTS", parameters={"weights": {"ACC001": 1}})
    assert owed(desk)["ACC001"] == -2_800_000  # entitled to a million of 3.8
    desk.cancel(order_id)
    filled = desk.order_shown(order_id)["filled_quantity"]
    assert 0 < filled < 3_800_000
    assert owed(desk)["ACC001"] == (Decimal(filled) * 100 / 380 - filled).quantize(Decimal("0.0001"))
    check(desk)


def test_a_changed_order_counts_by_its_new_slices(desk):
    order_id = desk.order(3_800_000, method="CUSTOM_WEIGHTS", parameters={"weights": {"ACC001": 1}})
    desk.change(order_id, 1_900_000)
    assert owed(desk)["ACC001"] == -1_400_000  # entitled to half a million of 1.9
    assert [e.kind for e in entries(desk, order_id) if e.sequence == 2] == ["CORRECTION"] * 4
    check(desk)


def test_what_aladdin_booked_differently_is_what_accounts_received(tmp_path):
    """R15.5, R12.6: NAV is in proportion to the slices, so ours were fair, and the booking is not."""
    desk = record_desk(tmp_path)
    order_id = first_fill(desk)
    assert not some(owed(desk, "SELL"))
    desk.cancel(order_id)
    desk.order_shown(order_id)
    # 11,000 by weights of 10 and five times 3 of 25: 4,400 and 1,320 each, booked were 6,000 and 1,000 each.
    assert owed(desk, "SELL") == {"A": -1_600, **dict.fromkeys("BCDEF", 320)}
    check(desk)


def test_a_change_at_aladdin_is_entered(tmp_path):
    desk = record_desk(tmp_path)
    order_id = first_fill(desk)
    edited(desk, orderStatus="Canceled", orderDetails=bookings.booking(A=11_000))
    desk.services.periodic.do("watch")
    assert owed(desk, "SELL") == {"A": 4_400 - 11_000, **dict.fromkeys("BCDEF", 1_320)}
    assert desk.order_shown(order_id)["allocation_state"] == "OF_RECORD"
    check(desk)


def test_an_order_that_recovery_finds_is_entered_once(tmp_path):
    desk, other = saga.desks(tmp_path)
    allocation_id = saga.preview(desk)
    desk.wire.faults.update({saga.POST: "lost", saga.FILTER: "away"})
    saga.commit(desk, allocation_id, status=503)
    assert balances(desk) == {}
    desk.wire.faults.clear()
    desk.clock.ahead += saga.LEASE
    saga.settle(other)
    saga.settle(desk)
    assert saga.status(desk, allocation_id) == "SUBMITTED"
    found = balances(desk)
    assert len(found) == 4
    assert some(found) == some(recomputed(desk.services.database))


def test_a_refused_order_enters_nothing(tmp_path):
    (desk,) = saga.desks(tmp_path, 1)
    desk.wire.faults[saga.POST] = "refused"
    saga.commit(desk, saga.preview(desk))
    assert balances(desk) == {}


@pytest.mark.parametrize("seed", range(4))
def test_whatever_becomes_of_orders_the_ledger_is_what_orders_and_fills_say(tmp_path, seed):
    """R15.5: random commits, fills, changes and cancellations, each checked by another calculation."""
    choose = random.Random(seed)
    desk = OrderDesk(tmp_path, seed=seed, fill_seconds=100)
    open_orders = []
    for _ in range(14):
        action = choose.choice(["order", "order", "change", "cancel", "wait"])
        if action == "order" or not open_orders:
            account = choose.choice(["ACC001", "ACC002", "ACC003"])
            how = {"method": "CUSTOM_WEIGHTS", "parameters": {"weights": {account: 1}}}
            how = choose.choice([how, {}, {"constraints": EXCLUDED}])
            open_orders.append(desk.order(choose.randrange(100, 400) * 1_000, **how))
        elif action == "wait":
            desk.clock.pass_by(choose.randrange(60))
        else:
            order_id = choose.choice(open_orders)
            shown = desk.order_shown(order_id)
            is_open = 0 <= shown["filled_quantity"] < shown["quantity"]
            if action == "change" and is_open:
                desk.change(
                    order_id, max(shown["filled_quantity"] + 50_000, shown["quantity"] // 2_000 * 1_000)
                )
            elif is_open:
                desk.cancel(order_id)
                open_orders.remove(order_id)
        desk.services.periodic.do("watch")
        assert some(balances(desk)) == some(recomputed(desk.services.database))
    desk.clock.pass_by(1_000)
    desk.services.periodic.do("watch")
    check(desk)


# --- the command --------------------------------------------------------------------------------------------


def tamper(desk, statement):
    with desk.services.database.write() as session:
        session.execute(text(statement))


def test_the_command_recomputes_finds_and_rebuilds(desk, monkeypatch):
    desk.order(3_800_000, method="CUSTOM_WEIGHTS", parameters={"weights": {"ACC001": 1}})
    monkeypatch.setattr(fairness, "load_settings", lambda: desk.settings)
    assert run_command(fairness.command)[0] == 0
    tamper(desk, "UPDATE fairness_balances SET balance = '5.0000' WHERE account_id = 'ACC001'")
    assert desk.get("audit/verify")["whole"] is False
    status, out, _ = run_command(fairness.command)
    assert status == 1
    assert "entries -2800000, stored 5" in out
    status, out, _ = run_command(fairness.command, "--rebuild")
    assert status == 0
    assert "4 balances rebuilt from entries" in out
    check(desk)
    tamper(desk, "UPDATE order_slices SET quantity = '1.0000' WHERE account_id = 'ACC001'")
    status, out, _ = run_command(fairness.command)
    assert status == 1
    assert "recomputed" in out


def test_the_command_says_that_it_cannot_read(monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'none' / 'x.db'}")
    monkeypatch.setenv("FLASK_ENV", "development")
    status, _, err = run_command(fairness.command)
    assert status == 2
    assert "Cannot recompute the ledger" in err

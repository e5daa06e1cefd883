"""Requests under an `Idempotency-Key` on the whole application: done once, answered as often as asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import event, select

from app.models import AllocationRow, IdempotencyKeyRow, UserGrantRow, UserRow
from tests.support.desk import GOLDEN_BOOK, FaultyWire
from tests.support.keyed import (
    BOND,
    CANCEL,
    FILTER,
    LEASE,
    POST,
    QUANTITY,
    audited,
    code,
    committed,
    is_replayed,
    make_desk,
    preview,
    rows,
    send,
)
from tests.support.users import set_user


@pytest.fixture
def desk(tmp_path):
    return make_desk(tmp_path, FaultyWire.over(GOLDEN_BOOK))


@pytest.fixture
def other(desk, tmp_path):
    """A second process on the same database, with the same vendor and clock."""
    return make_desk(tmp_path, desk.wire, desk.clock, JWT_SECRET_KEY=desk.settings.access.jwt_secret_key)


# --- the same answer ----------------------------------------------------------------------------------------


def test_a_preview_is_made_once(desk):
    body = {
        "order": {"security_id": BOND, "side": "BUY", "quantity": QUANTITY},
        "allocation_method": "PRO_RATA",
        "portfolio_groups": ["GOLDEN"],
    }
    first, second = (send(desk, "POST", "allocations/preview", body) for _ in range(2))
    assert first.status_code == 200
    assert first.get_data() == second.get_data()
    assert (is_replayed(first), is_replayed(second)) == (False, True)
    assert len(rows(desk, AllocationRow)) == 1


def test_a_commit_is_made_once_and_answered_by_another_process_and_after_a_restart(desk, other, tmp_path):
    path = f"{preview(desk)}/commit"
    first = send(desk, "POST", path, {})
    assert first.get_json()["status"] == "SUCCESS"
    restarted = make_desk(tmp_path, desk.wire, desk.clock)
    for each in (desk, other, restarted):
        again = send(each, "POST", path, {})
        assert is_replayed(again)
        assert (again.status_code, again.get_data()) == (200, first.get_data())
    assert desk.wire.count(POST) == 1
    assert len(audited(desk, "COMMIT")) == 1
    assert code(send(desk, "POST", path, {}, key="another")) == (409, "ALREADY_COMMITTED")


def test_a_change_and_a_cancellation_are_made_once(desk):
    path = committed(desk)
    body = {"quantity": QUANTITY, "comment": "again"}
    changed = [send(desk, "PUT", path, body, "m") for _ in range(2)]
    gone = [send(desk, "DELETE", path, {"reason": "market"}, "c") for _ in range(2)]
    assert [a.status_code for a in (*changed, *gone)] == [200] * 4
    assert gone[0].get_data() == gone[1].get_data()
    assert changed[0].get_data() == changed[1].get_data()
    assert desk.wire.count(CANCEL) == 1
    assert len(audited(desk, "MODIFY")) == len(audited(desk, "CANCEL")) == 1


def test_a_refusal_stays_although_the_state_has_changed(desk):
    path = preview(desk)
    desk.clock.ahead += desk.settings.allocations.preview_lifetime
    first = send(desk, "POST", f"{path}/commit", {})
    assert code(first) == (409, "PREVIEW_EXPIRED")
    desk.clock.ahead = timedelta()
    again = send(desk, "POST", f"{path}/commit", {})
    assert is_replayed(again)
    assert again.get_data() == first.get_data()
    assert len(audited(desk, "COMMIT_REFUSED")) == 1
    assert send(desk, "POST", f"{path}/commit", {}, key="new").status_code == 200


def test_a_key_belongs_to_its_user(desk):
    with desk.services.database.write() as session:
        demo = session.scalars(select(UserRow).where(UserRow.username == "demo_user")).unique().one()
        session.add(
            UserRow(
                id="user-2",
                username="ann",
                password_hash=demo.password_hash,
                grants=[UserGrantRow(kind=grant.kind, name=grant.name) for grant in demo.grants],
                active=True,
                created_at=demo.created_at,
            )
        )
    first, second = preview(desk), preview(desk)
    mine = send(desk, "POST", f"{first}/commit", {})
    ann = desk.login("ann")["access_token"]
    hers = send(desk, "POST", f"{second}/commit", {}, Authorization=f"Bearer {ann}")
    assert (mine.status_code, hers.status_code) == (200, 200)
    assert not is_replayed(hers)
    assert {row.user_id for row in rows(desk, IdempotencyKeyRow)} >= {"user-2"}
    assert all(row.id != "k" and len(row.id) == 64 for row in rows(desk, IdempotencyKeyRow))


# --- at the same time ---------------------------------------------------------------------------------------


def test_fifty_at_once_place_one_order(desk, other):
    path = f"{preview(desk)}/commit"
    barrier = Barrier(50)

    def commit(n):
        barrier.wait(60)
        return send((desk, other)[n % 2], "POST", path, {})

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(commit, range(50)))
    done = [a for a in answers if a.status_code == 200]
    assert {code(a) for a in answers if a.status_code != 200} <= {(409, "IDEMPOTENCY_KEY_IN_USE")}
    assert len({a.get_data() for a in done}) == 1
    assert sum(not is_replayed(a) for a in done) == 1
    assert desk.wire.count(POST) == 1
    assert is_replayed(send(other, "POST", path, {}))


@pytest.mark.parametrize("same_process", [True, False])
def test_while_a_request_is_under_way_its_key_is_in_use(desk, other, same_process):
    path = f"{preview(desk)}/commit"
    arrived, go_on = Event(), Event()

    def wait(_):
        arrived.set()
        assert go_on.wait(60)

    desk.wire.edits[POST] = wait
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, desk, "POST", path, {})
        assert arrived.wait(60)
        meanwhile = send(desk if same_process else other, "POST", path, {})
        go_on.set()
        assert first.result(60).status_code == 200
    assert code(meanwhile) == (409, "IDEMPOTENCY_KEY_IN_USE")
    assert int(meanwhile.headers["Retry-After"]) > 0
    assert is_replayed(send(other, "POST", path, {}))
    assert desk.wire.count(POST) == 1


def test_who_is_taken_for_dead_and_lives_places_no_second_order(desk, other):
    path = f"{preview(desk)}/commit"
    arrived, go_on = Event(), Event()

    def wait(_):
        arrived.set()
        assert go_on.wait(60)

    desk.wire.edits[POST] = wait
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, desk, "POST", path, {})
        assert arrived.wait(60)
        desk.clock.ahead += LEASE
        second = send(other, "POST", path, {})
        go_on.set()
        done = first.result(60)
    assert code(second) == (409, "IDEMPOTENCY_KEY_IN_USE")
    assert done.status_code == 200
    assert send(other, "POST", path, {}).get_json() == done.get_json()
    assert is_replayed(send(desk, "POST", path, {}))
    assert desk.wire.count(POST) == 1


def test_who_comes_too_late_to_claim_is_not_told_that_somebody_else_committed(desk, other):
    path = f"{preview(desk)}/commit"
    begun, overtaking = [], []

    def overtake(_connection, _cursor, statement, *_):
        """After the key is reserved, and before anything else is written, let another process do it all."""
        if statement != "BEGIN IMMEDIATE":
            return
        begun.append(statement)
        if len(begun) == 2:
            desk.clock.ahead += LEASE
            with ThreadPoolExecutor(1) as pool:
                overtaking.append(pool.submit(send, other, "POST", path, {}).result(60))

    engine = desk.services.database.engine
    event.listen(engine, "before_cursor_execute", overtake)
    try:
        late = send(desk, "POST", path, {})
    finally:
        event.remove(engine, "before_cursor_execute", overtake)
    assert overtaking[0].get_json()["status"] == "SUCCESS"
    assert code(late) == (409, "IDEMPOTENCY_KEY_IN_USE")
    again = send(desk, "POST", path, {})
    assert is_replayed(again)
    assert again.get_data() == overtaking[0].get_data()
    assert desk.wire.count(POST) == 1


# --- nothing decided ----------------------------------------------------------------------------------------


def test_after_a_vendor_who_is_away_the_key_is_free_for_the_same_request_alone(desk):
    path = f"{preview(desk)}/commit"
    desk.wire.faults[POST] = "unreached"
    assert code(send(desk, "POST", path, {})) == (503, "VENDOR_UNREACHED")
    desk.wire.faults.clear()
    assert code(send(desk, "POST", path, {"comment": "x"})) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert send(desk, "POST", path, {}).get_json()["status"] == "SUCCESS"
    assert is_replayed(send(desk, "POST", path, {}))


def test_a_permission_given_later_lets_the_same_request_pass(desk):
    path = f"{preview(desk)}/commit"

    def grant(permissions):
        set_user(desk.services.database, permissions=permissions)

    whole = ["allocations:read", "allocations:commit"]
    grant(["allocations:read"])
    assert send(desk, "POST", path, {}).status_code == 403
    grant(whole)
    assert not is_replayed(send(desk, "POST", path, {}))
    assert desk.wire.count(POST) == 1


def test_an_unknown_outcome_is_answered_from_the_state(desk):
    path = f"{preview(desk)}/commit"
    desk.wire.faults.update({POST: "lost", FILTER: "away"})
    assert code(send(desk, "POST", path, {})) == (503, "ORDER_OUTCOME_UNKNOWN")
    desk.wire.faults.clear()
    assert code(send(desk, "POST", path, {})) == (503, "ORDER_OUTCOME_UNKNOWN")
    assert code(send(desk, "POST", path, {}, key="another")) == (409, "ALREADY_COMMITTED")
    assert desk.wire.count(POST) == 1

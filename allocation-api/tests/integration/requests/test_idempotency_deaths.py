"""Requests under an `Idempotency-Key` whose process died, or whose answer could not be kept."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest
from sqlalchemy import event

from app.models import IdempotencyKeyRow
from tests.support.desk import GOLDEN_BOOK, FaultyWire, TestClock
from tests.support.keyed import (
    CANCEL,
    FILTER,
    LEASE,
    POST,
    QUANTITY,
    Died,
    audited,
    code,
    committed,
    dying,
    is_replayed,
    make_desk,
    preview,
    revive,
    rows,
    send,
)


@pytest.fixture
def desk(tmp_path):
    return make_desk(tmp_path, FaultyWire.over(GOLDEN_BOOK))


@pytest.fixture
def other(desk, tmp_path):
    """A second process on the same database, with the same vendor and clock."""
    return make_desk(tmp_path, desk.wire, desk.clock, JWT_SECRET_KEY=desk.settings.access.jwt_secret_key)


# --- a process that died ------------------------------------------------------------------------------------


def die(desk, *request):
    whole = dying(desk)
    with pytest.raises(Died):
        send(desk, *request)
    revive(desk, whole)


def test_who_died_holds_the_key_until_the_time_is_over(desk, other):
    request = ("POST", f"{preview(desk)}/commit", {})
    die(desk, *request)
    assert code(send(other, *request)) == (409, "IDEMPOTENCY_KEY_IN_USE")
    desk.clock.ahead += LEASE
    done = send(other, *request)
    assert done.get_json()["status"] == "SUCCESS"
    assert desk.wire.count(POST) == 1
    assert is_replayed(send(desk, *request))


def test_a_dead_commit_is_answered_with_what_is_recorded(desk):
    path = preview(desk)
    die(desk, "POST", f"{path}/commit", {"comment": "mine"})
    desk.clock.ahead += LEASE
    again = send(desk, "POST", f"{path}/commit", {"comment": "mine"}).get_json()
    assert again == desk.get(path)["commit"]
    assert len(audited(desk, "COMMIT")) == 1


def test_a_dead_commit_under_another_key_is_no_success(desk):
    path = f"{preview(desk)}/commit"
    die(desk, "POST", path, {})
    desk.clock.ahead += LEASE
    assert code(send(desk, "POST", path, {}, key="another")) == (409, "ALREADY_COMMITTED")


def test_a_commit_that_died_on_its_way_is_in_use_until_it_is_settled(desk):
    path = f"{preview(desk)}/commit"

    def die_at_the_vendor(_):
        raise Died

    desk.wire.edits[POST] = die_at_the_vendor
    with pytest.raises(Died):
        send(desk, "POST", path, {})
    desk.wire.edits.clear()
    desk.clock.ahead += LEASE
    assert code(send(desk, "POST", path, {})) == (409, "IDEMPOTENCY_KEY_IN_USE")
    assert code(send(desk, "POST", path, {})) == (409, "IDEMPOTENCY_KEY_IN_USE")
    assert desk.wire.count(POST) == 1


def test_a_cancellation_that_was_made_before_its_process_died_is_a_success(desk):
    path = committed(desk)
    request = ("DELETE", path, {"reason": "market"})
    die(desk, *request)
    desk.clock.ahead += LEASE
    again = send(desk, *request)
    assert again.get_json()["status"] == "SUCCESS"
    assert desk.get(f"audit/{again.get_json()['audit_id']}")["action"] == "CANCEL"
    assert desk.wire.count(CANCEL) == len(audited(desk, "CANCEL_INTENDED")) == 1
    assert code(send(desk, *request, "another"))[0] == 409


def test_a_change_that_was_made_before_its_process_died_is_a_success(desk):
    path = committed(desk)
    request = ("PUT", path, {"quantity": QUANTITY // 2})
    die(desk, *request)
    calls = len(desk.wire.calls)
    desk.clock.ahead += LEASE
    again = send(desk, *request)
    assert again.get_json()["status"] == "SUCCESS"
    assert {name for name, _ in desk.wire.calls[calls:]} == {FILTER}
    assert desk.get(path)["quantity"] == QUANTITY // 2
    assert len(audited(desk, "MODIFY")) == 2
    assert len(audited(desk, "MODIFY_INTENDED")) == 1  # the second try sent nothing


def test_a_change_that_was_not_made_before_its_process_died_is_made(desk):
    path = committed(desk)
    request = ("PUT", path, {"quantity": QUANTITY // 2})
    desk.wire.edits[FILTER] = _die
    with pytest.raises(Died):
        send(desk, *request)
    desk.wire.edits.clear()
    desk.clock.ahead += LEASE
    assert send(desk, *request).get_json()["status"] == "SUCCESS"
    assert desk.get(path)["quantity"] == QUANTITY // 2


def _die(_):
    raise Died


# --- storing fails, time passes -----------------------------------------------------------------------------


def test_an_answer_that_cannot_be_stored_is_given_all_the_same(desk):
    path = f"{preview(desk)}/commit"

    def fail(_connection, _cursor, statement, *_):
        if statement.startswith("UPDATE idempotency_keys"):
            raise sqlite3.OperationalError("disk I/O error")

    engine = desk.services.database.engine
    event.listen(engine, "before_cursor_execute", fail)
    try:
        first = send(desk, "POST", path, {})
    finally:
        event.remove(engine, "before_cursor_execute", fail)
    assert first.status_code == 200
    assert code(send(desk, "POST", path, {})) == (409, "IDEMPOTENCY_KEY_IN_USE")
    desk.clock.ahead += LEASE
    assert send(desk, "POST", path, {}).get_json() == first.get_json()
    assert desk.wire.count(POST) == 1


def test_old_keys_are_forgotten_and_young_ones_are_not(desk):
    path = f"{preview(desk)}/commit"
    send(desk, "POST", path, {}, "old")
    desk.clock.ahead += desk.settings.requests.idempotency_lifetime - timedelta(seconds=60)
    desk.services.periodic.do("forget-keys")
    desk.token = desk.login()["access_token"]  # the session of yesterday is over
    send(desk, "POST", "allocations/none/commit", {}, "young")
    assert len(rows(desk, IdempotencyKeyRow)) == 2
    desk.clock.ahead += timedelta(seconds=60)
    desk.services.periodic.do("forget-keys")
    (left,) = rows(desk, IdempotencyKeyRow)
    assert left.status == 404


def test_a_key_that_is_held_is_not_forgotten(tmp_path):
    clock = TestClock()
    desk = make_desk(
        tmp_path, FaultyWire.over(GOLDEN_BOOK), clock, IDEMPOTENCY_HOURS="1", ORDER_LEASE_SECONDS="7200"
    )
    keys = desk.services.requests.idempotency
    held = keys.reserve("u", "k", "f" * 64)
    clock.ahead += desk.settings.requests.idempotency_lifetime
    keys.forget_old()
    assert [row.token for row in rows(desk, IdempotencyKeyRow)] == [held.token]

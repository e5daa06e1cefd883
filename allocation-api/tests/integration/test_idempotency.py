"""Requests under an `Idempotency-Key` on the whole application: done once, answered as often as asked."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import event, select, update

from app.models import AllocationRow, IdempotencyKeyRow, UserRow
from app.services.idempotency import IdempotencyService
from tests.conftest import GOLDEN_BOOK, Desk, FaultyWire, TestClock

POST, CANCEL, FILTER = "/order:post", "/order:cancel", "/orders:filter"
BOND = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
QUANTITY = 3_800_000
LEASE = timedelta(seconds=100)


class Died(BaseException):
    """The process ends here."""


class DyingKeys(IdempotencyService):
    """Dies before the answer is stored."""

    def keep(self, reservation, answer):
        raise Died


def make_desk(folder, wire, clock=None, **settings):
    """A desk on a file of this test, whatever is configured: tests choose the same keys."""
    url = f"sqlite:///{folder / 'keys.db'}"
    made = Desk(folder, scenario=GOLDEN_BOOK, transport=wire, clock=clock, DATABASE_URL=url, **settings)
    made.wire = wire
    return made


@pytest.fixture
def desk(tmp_path):
    return make_desk(tmp_path, FaultyWire.over(GOLDEN_BOOK))


@pytest.fixture
def other(desk, tmp_path):
    """A second process on the same database, with the same vendor and clock."""
    return make_desk(tmp_path, desk.wire, desk.clock, JWT_SECRET_KEY=desk.settings.jwt_secret_key)


def send(desk, method, path, body, key="k", **headers):
    """Send under a key; the answer whole, whatever its status."""
    headers = {**desk.headers, "Idempotency-Key": key, **headers}
    return desk.client.open(f"/v1/{path}", method=method, json=body, headers=headers)


def preview(desk):
    return f"allocations/{desk.preview(BOND, QUANTITY, groups=['GOLDEN'])['allocation_id']}"


def committed(desk):
    done = desk.post(f"{preview(desk)}/commit")
    return f"orders/{done['aladdin_order_ids'][0]}"


def dying(desk):
    """Let the process die after the work and before the answer is stored."""
    return _replaced(desk, DyingKeys)


def _replaced(desk, kind):
    whole = desk.services.idempotency
    made = kind(
        desk.services.audit._database, desk.clock, hold=LEASE, lifetime=desk.settings.idempotency_lifetime
    )
    object.__setattr__(desk.services, "idempotency", made)
    return whole


def revive(desk, whole):
    object.__setattr__(desk.services, "idempotency", whole)


def is_replayed(answer):
    return answer.headers.get("Idempotency-Replayed") == "true"


def code(answer):
    return answer.status_code, answer.get_json()["code"]


def rows(desk, kind):
    with desk.services.audit._database.read() as session:
        return session.scalars(select(kind)).all()


def audited(desk, action):
    return desk.get("audit", action=action)["audit_records"]


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
    desk.clock.ahead += desk.settings.preview_lifetime
    first = send(desk, "POST", f"{path}/commit", {})
    assert code(first) == (409, "PREVIEW_EXPIRED")
    desk.clock.ahead = timedelta()
    again = send(desk, "POST", f"{path}/commit", {})
    assert is_replayed(again)
    assert again.get_data() == first.get_data()
    assert len(audited(desk, "COMMIT_REFUSED")) == 1
    assert send(desk, "POST", f"{path}/commit", {}, key="new").status_code == 200


def test_a_key_belongs_to_its_user(desk):
    with desk.services.audit._database.write() as session:
        demo = session.scalar(select(UserRow).where(UserRow.username == "demo_user"))
        session.add(
            UserRow(
                id="user-2",
                username="ann",
                password_hash=demo.password_hash,
                permissions=demo.permissions,
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

    engine = desk.services.audit._database.engine
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
        with desk.services.audit._database.write() as session:
            session.execute(update(UserRow).values(permissions=permissions))

    whole = rows(desk, UserRow)[0].permissions
    grant(whole.replace("allocations:commit", ""))
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

    engine = desk.services.audit._database.engine
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
    desk.clock.ahead += desk.settings.idempotency_lifetime - timedelta(seconds=60)
    desk.services.keeper.do("forget-keys")
    send(desk, "POST", "allocations/none/commit", {}, "young")
    assert len(rows(desk, IdempotencyKeyRow)) == 2
    desk.clock.ahead += timedelta(seconds=60)
    desk.services.keeper.do("forget-keys")
    (left,) = rows(desk, IdempotencyKeyRow)
    assert left.status == 404


def test_a_key_that_is_held_is_not_forgotten(tmp_path):
    clock = TestClock()
    desk = make_desk(
        tmp_path, FaultyWire.over(GOLDEN_BOOK), clock, IDEMPOTENCY_HOURS="1", ORDER_LEASE_SECONDS="7200"
    )
    keys = desk.services.idempotency
    held = keys.reserve("u", "k", "f" * 64)
    clock.ahead += desk.settings.idempotency_lifetime
    keys.forget_old()
    assert [row.token for row in rows(desk, IdempotencyKeyRow)] == [held.token]

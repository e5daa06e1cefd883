"""A database that fails at any step and comes back: nothing half-written, no order sent twice."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.models import AllocationGroupRow, AllocationLineRow, AllocationRow, OrderRow
from app.services.visibility.visibility import EVERYTHING
from tests.support.database_faults import SECRET, Fault, FaultyDatabase
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

pytestmark = pytest.mark.slow

POST = "/order:post"
BOND = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
BODY = {
    "order": {"security_id": BOND, "side": "BUY", "quantity": 3_800_000},
    "allocation_method": "PRO_RATA",
    "portfolio_groups": ["GOLDEN"],
}
ACCOUNTS = 4
RECOVERABLE = {"COMMITTING", "UNKNOWN"}
REACHED = {
    Fault.ONCE: {"PREVIEWED", "UNKNOWN", "SUBMITTED"},
    Fault.FROM_THEN_ON: {"PREVIEWED", "COMMITTING", "SUBMITTED"},
    Fault.LOST: {"PREVIEWED", "SUBMITTED"},
}


@pytest.fixture
def desk(tmp_path):
    wire = FaultyWire.over(GOLDEN_BOOK)
    url = f"sqlite:///{tmp_path / 'faults.db'}"
    # A login that the database failed counts as a wrong one: nothing says that its password was right.
    more = {"LOGIN_MAX_FAILURES": "100", "LOGIN_MAX_FAILURES_PER_ADDRESS": "100"}
    made = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire, DATABASE_URL=url, **more)
    made.wire = wire
    made.database = FaultyDatabase(made.services.database.engine)
    return made


def send(desk, path, body, key=None, method="POST"):
    headers = {**desk.headers, **({"Idempotency-Key": key} if key else {})}
    return desk.client.open(f"/v1/{path}", method=method, json=body, headers=headers)


def preview(desk):
    return desk.post("allocations/preview", BODY)["allocation_id"]


def rounds(desk, at_least):
    """Count 1, 2, 3... until a round in which the fault was not met any more, because the work was over."""
    n = 0
    while n == 0 or desk.database.hit:
        n += 1
        yield n
    assert n > at_least


def is_unavailable(answer):
    """Whether it is the problem document of a database that fails, without a word of the driver's."""
    assert answer.status_code == 503
    assert SECRET not in answer.text
    assert "SELECT" not in answer.text.upper().replace("SELECTED", "")
    problem = answer.get_json()
    if problem["code"] != "DATABASE_UNAVAILABLE":
        return False
    assert int(answer.headers["Retry-After"]) > 0
    return True


def stored(desk, kind):
    with desk.services.database.read() as session:
        return session.scalars(select(kind)).all()


def allocation(desk, allocation_id):
    documents = (undefer(AllocationRow.commit_intent), undefer(AllocationRow.commit_result))
    with desk.services.database.read() as session:
        return session.get(AllocationRow, allocation_id, options=documents)


def audited(desk, action, entity_id):
    found = desk.services.audit.list(EVERYTHING, action=action, entity_id=entity_id, limit=200).items
    return [record.after for record in found]


def check_previews_are_whole(desk):
    groups = Counter(row.allocation_id for row in stored(desk, AllocationGroupRow))
    lines = Counter(row.allocation_id for row in stored(desk, AllocationLineRow))
    previews = [row.id for row in stored(desk, AllocationRow)]
    assert groups == dict.fromkeys(previews, 1)
    assert lines == dict.fromkeys(previews, ACCOUNTS)
    for each in previews:
        assert len(audited(desk, "PREVIEW", each)) == 1
    assert desk.get("audit/verify")["whole"] is True


# --- previews -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("keyed", [False, True])
def test_a_preview_fails_whole_at_every_step_and_works_again(desk, fault, keyed):
    for n in rounds(desk, 1 if fault is Fault.LOST else 15):
        before = len(stored(desk, AllocationRow))
        key = f"preview-{n}" if keyed else None
        with desk.database.failing(n, fault):
            answer = send(desk, "allocations/preview", BODY, key)
        kept = len(stored(desk, AllocationRow)) - before
        if answer.status_code == 200:  # the failure came after the work, or did not come at all
            assert keyed or not desk.database.hit
            assert kept == 1
            continue
        assert is_unavailable(answer)
        assert kept == 0 or fault is Fault.LOST
    check_previews_are_whole(desk)
    assert preview(desk)


# --- commits ------------------------------------------------------------------------------------------------


def check_commit(desk, allocation_id, answer, posts):
    """Check one commit during which the database failed: what it answered against what is stored and sent."""
    row = allocation(desk, allocation_id)
    found = desk.services.aladdin.orders.order_by_external_id(allocation_id)
    orders = [o for o in stored(desk, OrderRow) if o.allocation_id == allocation_id]
    assert posts <= 1
    assert (found is not None) == (posts == 1)
    if answer.status_code == 200:
        assert (row.status, posts) == ("SUBMITTED", 1)
    elif is_unavailable(answer):
        assert row.status != "SUBMITTED"
        assert posts == 0
    else:
        assert answer.get_json()["code"] == "ORDER_OUTCOME_UNKNOWN"
        assert posts == 1
    if row.status == "SUBMITTED":
        assert [o.order_id for o in orders] == [found.order_id]
        assert row.commit_result is not None
        assert [after["status"] for after in audited(desk, "COMMIT", allocation_id)] == ["SUBMITTED"]
    else:
        assert orders == []
        assert posts == 0 or row.status in RECOVERABLE
        assert row.status == "PREVIEWED" or (row.status in RECOVERABLE and row.commit_intent is not None)
    if row.status == "UNKNOWN":
        assert [after["status"] for after in audited(desk, "COMMIT", allocation_id)] == ["UNKNOWN"]
    if row.status in RECOVERABLE:
        assert row.settle_after is not None
    return row


def settled(desk, allocation_id):
    """Return the allocation after its claim has run out and what was left of it is settled."""
    desk.clock.ahead += timedelta(seconds=desk.settings.trading.lease_seconds)
    desk.services.periodic.do("settle")
    row = allocation(desk, allocation_id)
    assert row.status in {"PREVIEWED", "SUBMITTED"}
    return row


def give_back(desk, allocation_id):
    """Cancel the one order that there is by now, so that the next round has the same cash."""
    found = desk.services.aladdin.orders.order_by_external_id(allocation_id)
    assert [o.order_id for o in stored(desk, OrderRow) if o.allocation_id == allocation_id] == [
        found.order_id
    ]
    desk.call("DELETE", f"orders/{found.order_id}", json={"reason": "next round"})


@pytest.mark.parametrize("fault", Fault)
def test_a_commit_leaves_a_state_to_recover_from_at_every_step(desk, fault):
    seen = set()
    for n in rounds(desk, 2 if fault is Fault.LOST else 15):
        allocation_id, before = preview(desk), desk.wire.count(POST)
        with desk.database.failing(n, fault):
            answer = send(desk, f"allocations/{allocation_id}/commit", {})
        seen.add(check_commit(desk, allocation_id, answer, desk.wire.count(POST) - before).status)
        if fault is Fault.LOST:  # then nobody has to wait until something runs out
            lock = desk.desk_lock()
            lock.release(lock.acquire(0))
        if settled(desk, allocation_id).status == "PREVIEWED":
            assert desk.post(f"allocations/{allocation_id}/commit")["status"] == "SUCCESS"
        assert desk.wire.count(POST) - before == 1
        give_back(desk, allocation_id)
    assert seen == REACHED[fault]
    check_previews_are_whole(desk)


@pytest.mark.parametrize("fault", Fault)
def test_a_commit_tried_again_under_its_key_places_no_second_order(desk, fault):
    seen = set()
    for n in rounds(desk, 4 if fault is Fault.LOST else 20):
        allocation_id, before, key = preview(desk), desk.wire.count(POST), f"commit-{n}"
        path = f"allocations/{allocation_id}/commit"
        with desk.database.failing(n, fault):
            first = send(desk, path, {}, key)
        row = check_commit(desk, allocation_id, first, desk.wire.count(POST) - before)
        seen.add(row.status)
        if row.status in RECOVERABLE:
            early = send(desk, path, {}, key).get_json()
            assert early["code"] in {"ORDER_OUTCOME_UNKNOWN", "IDEMPOTENCY_KEY_IN_USE"}
        settled(desk, allocation_id)
        again = send(desk, path, {}, key)
        assert again.get_json() == desk.get(f"allocations/{allocation_id}")["commit"]
        assert again.get_json()["status"] == "SUCCESS"
        assert desk.wire.count(POST) - before == 1
        give_back(desk, allocation_id)
    assert seen == REACHED[fault] | {"PREVIEWED"}  # the reservation's end, too
    assert desk.get("audit/verify")["whole"] is True


def test_a_refusal_that_cannot_be_audited_is_not_given(desk):
    allocation_id = preview(desk)
    desk.clock.ahead += desk.settings.allocations.preview_lifetime
    for n in rounds(desk, 5):
        with desk.database.failing(n, Fault.ONCE):
            answer = send(desk, f"allocations/{allocation_id}/commit", {})
        if desk.database.hit:
            assert is_unavailable(answer)
    assert answer.get_json()["code"] == "PREVIEW_EXPIRED"
    assert len(audited(desk, "COMMIT_REFUSED", allocation_id)) == 1


# --- changes and cancellations ------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize(
    ("method", "body", "call", "action"),
    [
        ("DELETE", {"reason": "market"}, "/order:cancel", "CANCEL"),
        ("PUT", {"quantity": 1_900_000}, POST, "MODIFY"),
    ],
)
def test_a_change_tried_again_under_its_key_is_made_once(desk, fault, method, body, call, action):
    seen = set()
    for n in rounds(desk, 3 if fault is Fault.LOST else 15):
        (order_id,) = desk.post(f"allocations/{preview(desk)}/commit")["aladdin_order_ids"]
        before, key = desk.wire.count(call), f"change-{n}"
        with desk.database.failing(n, fault):
            first = send(desk, f"orders/{order_id}", body, key, method)
        made = desk.wire.count(call) - before
        assert len(audited(desk, f"{action}_INTENDED", order_id)) >= made  # before anything leaves
        if first.status_code != 200:
            assert made == (0 if is_unavailable(first) else 1)
            assert made == 0 or first.get_json()["code"] == "ORDER_OUTCOME_UNKNOWN"
        seen.add((first.status_code, made))
        desk.clock.ahead += timedelta(seconds=desk.settings.trading.lease_seconds)
        again = send(desk, f"orders/{order_id}", body, key, method)
        assert (again.status_code, again.get_json()["status"]) == (200, "SUCCESS")
        assert desk.wire.count(call) - before == 1
        if method == "PUT":
            desk.call("DELETE", f"orders/{order_id}", json={"reason": "next round"})
    assert seen == {(200, 1), (503, 0), (503, 1)}
    assert desk.get("audit/verify")["whole"] is True


# --- logging in ---------------------------------------------------------------------------------------------


def test_nobody_comes_in_or_is_refused_without_an_audit_record(desk):
    for password, status in (("demo_password", 200), ("wrong", 401)):
        for n in rounds(desk, 5):
            body = {"username": "demo_user", "password": password}
            with desk.database.failing(n, Fault.ONCE):
                answer = desk.client.post("/v1/auth/login", json=body)
            if desk.database.hit:
                assert is_unavailable(answer)
        assert answer.status_code == status
    # At least: a right password is recorded before its session is stored, which may fail as well.
    assert len(audited(desk, "LOGIN", "demo_user")) >= 2
    assert len(audited(desk, "LOGIN_REFUSED", "demo_user")) == 1

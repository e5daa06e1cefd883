"""Allocations that stay UNKNOWN are settled by two users, and by what Aladdin shows."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest

from app.core.security import Permission
from app.services.domain.block_order import BlockOrder, Slice
from app.services.domain.side import Side
from tests.support import saga
from tests.support.deciding import OTHER, THIRD, ask, hold
from tests.support.desk import TODAY
from tests.support.saga import FILTER, POST, at_vendor, commit, preview, records, settle, status

WORD = {"outcome": "NOT_SENT", "reason": "Aladdin's desk found nothing"}


@pytest.fixture
def desk(tmp_path):
    return saga.desks(tmp_path, 1)[0]


def unknown(desk, fault, quantity=3_800_000):
    """Commit a preview whose answer is lost, without any way to look the order up; its time is over."""
    allocation_id = preview(desk, quantity)
    desk.wire.faults = {POST: fault, FILTER: "away"}
    commit(desk, allocation_id, status=503)
    desk.wire.faults = {}
    desk.clock.ahead += saga.LEASE
    assert status(desk, allocation_id) == "UNKNOWN"
    return allocation_id


def say(desk, allocation_id, username, status=200, **word):
    return ask(desk, username, f"allocations/{allocation_id}/settle", {**WORD, **word}, status=status)


def sent(order_id):
    return {"outcome": "SENT", "order_id": order_id, "reason": "found by its basket"}


def code(problem):
    return problem["code"]


def test_two_users_declare_that_nothing_was_sent(desk):
    # R10.14
    allocation_id = unknown(desk, "away")
    proposed = say(desk, allocation_id, OTHER)
    assert (proposed["status"], proposed["settlement"]["confirmed_by"]) == ("UNKNOWN", None)
    done = say(desk, allocation_id, THIRD, reason="agreed on the phone")
    assert (done["status"], done["commit"]["status"]) == ("FAILED", "FAILED")
    assert (done["settlement"]["proposed_by"], done["settlement"]["confirmed_by"]) == (OTHER, THIRD)
    assert OTHER in done["commit"]["message"]
    assert THIRD in done["commit"]["message"]
    (record,) = records(desk, allocation_id, "COMMIT_SETTLED")
    assert record["username"] == THIRD
    assert (record["after"]["proposed_by"], record["after"]["settled_as"]) == (OTHER, "NOT_SENT")
    assert record["after"]["confirmed_reason"] == "agreed on the phone"
    assert [r["username"] for r in records(desk, allocation_id, "SETTLEMENT_PROPOSED")] == [OTHER]
    # The accounts are free again.
    assert commit(desk, preview(desk))["status"] == "SUCCESS"
    assert desk.get("audit/verify")["whole"] is True


def test_two_users_adopt_an_order_that_aladdin_shows(desk):
    # R10.14
    allocation_id = unknown(desk, "lost")
    order_id = at_vendor(desk, allocation_id).order_id
    proposed = say(desk, allocation_id, OTHER, **sent(order_id))
    assert proposed["settlement"]["order_quantity"] == 3_800_000
    done = say(desk, allocation_id, THIRD, **sent(order_id))
    assert (done["status"], done["commit"]["aladdin_order_ids"]) == ("SUBMITTED", [order_id])
    saga.check_one_order(desk, allocation_id)
    assert desk.get(f"orders/{order_id}")["allocation_id"] == allocation_id


def test_an_order_that_was_entered_by_hand_is_adopted(desk):
    # R10.14
    allocation_id = unknown(desk, "lost")
    order_id = at_vendor(desk, allocation_id).order_id
    desk.wire.edits = {FILTER: entered_by_hand(desk)}
    say(desk, allocation_id, OTHER, **sent(order_id))
    assert say(desk, allocation_id, THIRD, **sent(order_id))["status"] == "SUBMITTED"


def test_an_order_without_our_id_is_not_adopted_beside_one_with_it(desk):
    # R10.14
    by_hand = desk.services.aladdin.orders.post_order(
        BlockOrder(
            security_id=saga.BOND,
            side=Side.BUY,
            face=Decimal(380_000),
            settlement_date=TODAY + timedelta(days=1),
            external_id="BY-HAND",
            basket_id="BY-HAND",
            slices=(Slice("ACC001", Decimal(380_000)),),
        )
    ).order_id
    allocation_id = unknown(desk, "lost", 380_000)
    desk.wire.edits = {FILTER: entered_by_hand(desk, hidden=False)}
    refused = say(desk, allocation_id, OTHER, 409, **sent(by_hand))
    assert code(refused) == "SETTLEMENT_CONTRADICTED"
    assert refused["order_id"] == at_vendor(desk, allocation_id).order_id


def entered_by_hand(desk, *, hidden=True):
    """Orders that a search by their ids shows without ours; `hidden` ones a search by ours does not find."""

    def edit(answer):
        if b"externalIdCriterion" not in desk.wire.calls[-1][1]:
            for order in answer["orders"]:
                del order["externalOrderReference"]
        elif hidden:
            answer["orders"].clear()

    return edit


def test_nobody_confirms_what_he_proposed(desk):
    # R10.14
    allocation_id = unknown(desk, "away")
    say(desk, allocation_id, OTHER)
    assert code(say(desk, allocation_id, OTHER, 403)) == "FOUR_EYES"
    assert status(desk, allocation_id) == "UNKNOWN"


def test_the_two_say_the_same(desk):
    # R10.14
    allocation_id = unknown(desk, "lost")
    order_id = at_vendor(desk, allocation_id).order_id
    say(desk, allocation_id, OTHER, **sent(order_id))
    refused = say(desk, allocation_id, THIRD, 409)
    assert code(refused) == "SETTLEMENT_DIFFERS"
    assert order_id in refused["detail"]
    assert code(say(desk, allocation_id, THIRD, 409, **sent("424242"))) == "SETTLEMENT_DIFFERS"
    assert status(desk, allocation_id) == "UNKNOWN"
    assert [r["username"] for r in records(desk, allocation_id, "SETTLEMENT_REFUSED")] == [THIRD, THIRD]


def test_a_proposal_is_rejected_and_another_is_made(desk):
    # R10.14
    allocation_id = unknown(desk, "lost")
    order_id = at_vendor(desk, allocation_id).order_id
    path = f"allocations/{allocation_id}/settle/reject"
    assert code(ask(desk, OTHER, path, {"reason": "none"}, status=409)) == "SETTLEMENT_DIFFERS"
    say(desk, allocation_id, OTHER, **sent(order_id))
    assert ask(desk, THIRD, path, {"reason": "of another day"})["settlement"] is None
    say(desk, allocation_id, THIRD, **sent(order_id))
    assert say(desk, allocation_id, OTHER, **sent(order_id))["status"] == "SUBMITTED"
    assert [r["username"] for r in records(desk, allocation_id, "SETTLEMENT_REJECTED")] == [THIRD]
    assert desk.get("audit/verify")["whole"] is True


def test_what_aladdin_shows_was_sent_whatever_people_say(desk):
    # R10.14
    allocation_id = unknown(desk, "lost")
    refused = say(desk, allocation_id, OTHER, 409)
    assert code(refused) == "SETTLEMENT_CONTRADICTED"
    assert refused["order_id"] == at_vendor(desk, allocation_id).order_id


def test_an_order_that_arrives_between_the_two_is_not_declared_unsent(desk):
    # R10.14
    allocation_id = unknown(desk, "lost")
    desk.wire.edits = {FILTER: lambda answer: answer["orders"].clear()}
    say(desk, allocation_id, OTHER)
    desk.wire.edits = {}
    assert code(say(desk, allocation_id, THIRD, 409)) == "SETTLEMENT_CONTRADICTED"
    assert status(desk, allocation_id) == "UNKNOWN"


def test_nothing_is_declared_unsent_while_aladdin_does_not_answer(desk):
    # R10.14
    allocation_id = unknown(desk, "away")
    say(desk, allocation_id, OTHER)
    desk.wire.faults = {FILTER: "away"}
    assert code(say(desk, allocation_id, THIRD, 504)) == "VENDOR_TIMED_OUT"
    desk.wire.faults = {}
    assert status(desk, allocation_id) == "UNKNOWN"


def test_the_order_must_be_of_this_allocation(desk):
    # R10.14
    (known,) = commit(desk, preview(desk, 380_000))["aladdin_order_ids"]
    allocation_id = unknown(desk, "away", 380_000)
    problem = say(desk, allocation_id, OTHER, 422, **sent(known))
    assert [error["field"] for error in problem["errors"]] == ["order_id"]
    problem = say(desk, allocation_id, OTHER, 422, **sent("424242"))
    assert problem["errors"][0]["message"] == "Aladdin has no such order."


@pytest.mark.parametrize(
    ("change", "words"),
    [({"assetId": "91282CKF7"}, "order of 91282CKF7"), ({"transactionType": "SELL"}, "to BUY")],
)
def test_the_order_must_be_of_this_bond_and_side(desk, change, words):
    # R10.14
    allocation_id = unknown(desk, "lost")
    order_id = at_vendor(desk, allocation_id).order_id
    desk.wire.order = change
    problem = say(desk, allocation_id, OTHER, 422, **sent(order_id))
    assert words in problem["errors"][0]["message"]


def test_the_recovery_job_has_its_time_first(desk):
    # R10.14
    allocation_id = preview(desk)
    desk.wire.faults = {POST: "away", FILTER: "away"}
    commit(desk, allocation_id, status=503)
    desk.wire.faults = {}
    headers = {"Authorization": f"Bearer {desk.login(OTHER)['access_token']}"}
    answer = desk.client.post(f"/v1/allocations/{allocation_id}/settle", json=WORD, headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "SETTLEMENT_TOO_EARLY")
    # ORDER_SETTLE_SECONDS is the timeout and 10 s more.
    most = desk.settings.trading.settle_seconds
    assert most - 10 < int(answer.headers["Retry-After"]) <= most


def test_only_what_is_unknown_is_settled(desk):
    # R10.14
    previewed = preview(desk)
    refused = say(desk, previewed, OTHER, 409)
    assert (code(refused), refused["allocation_status"]) == ("NOT_UNKNOWN", "PREVIEWED")
    allocation_id = unknown(desk, "lost")
    settle(desk)
    assert status(desk, allocation_id) == "SUBMITTED"
    assert code(say(desk, allocation_id, OTHER, 409)) == "NOT_UNKNOWN"


def test_settling_needs_its_own_permission(desk):
    allocation_id = unknown(desk, "away")
    assert say(desk, allocation_id, "demo_user", 403)["permission"] == "allocations:settle"


@pytest.mark.parametrize(
    "word",
    [
        {"outcome": "SENT", "reason": "seen"},
        {"outcome": "NOT_SENT", "order_id": "9001", "reason": "seen"},
    ],
)
def test_an_order_is_named_for_sent_alone(desk, word):
    problem = ask(desk, OTHER, f"allocations/{preview(desk)}/settle", word, status=422)
    assert [error["field"] for error in problem["errors"]] == ["order_id"]


def test_of_two_who_confirm_at_once_one_settles(tmp_path):
    # R10.14
    first, second = saga.desks(tmp_path)
    hold(first, "demo_user", *Permission)
    hold(first, THIRD, *Permission)
    allocation_id = unknown(first, "lost")
    order_id = at_vendor(first, allocation_id).order_id
    say(first, allocation_id, OTHER, **sent(order_id))
    barrier = Barrier(2)

    def confirm(desk, username):
        headers = {"Authorization": f"Bearer {desk.login(username)['access_token']}"}
        path = f"/v1/allocations/{allocation_id}/settle"
        barrier.wait()
        return desk.app.test_client().post(path, json=sent(order_id), headers=headers).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(confirm, (first, second), ("demo_user", THIRD)))
    assert answers == [200, 409]
    assert len(records(first, allocation_id, "COMMIT_SETTLED")) == 1
    saga.check_one_order(first, allocation_id)

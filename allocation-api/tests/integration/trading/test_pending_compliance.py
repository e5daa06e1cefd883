"""Orders that Aladdin has before its compliance has finished, and the time that compliance is given."""

from __future__ import annotations

import json

import pytest

from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

POST, FILTER = "/order:post", "/orders:filter"
PENDING = "Compl Pending"


def make_desk(folder, **settings):
    wire = FaultyWire.over(GOLDEN_BOOK)
    made = Desk(folder, scenario=GOLDEN_BOOK, transport=wire, **settings)
    made.wire = wire
    return made


@pytest.fixture
def desk(tmp_path):
    """A desk whose vendor can be slow with its compliance."""
    return make_desk(tmp_path)


def preview(desk):
    bond = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
    return desk.preview(bond, 3_800_000, groups=["GOLDEN"])["allocation_id"]


def with_status(desk, status):
    return desk.call("GET", f"orders?status={status}")["orders"]


def audited(desk, action, entity_id):
    (record,) = desk.get("audit", entity_id=entity_id, action=action)["audit_records"]
    return record["after"]


def check_pending(desk, allocation_id, done):
    """What a commit says of an order that is at Aladdin and not through compliance."""
    (order_id,) = done["aladdin_order_ids"]
    assert done["status"] == "PENDING_COMPLIANCE"
    assert {(line["status"], line["aladdin_order_id"]) for line in done["allocations"]} == {
        ("PENDING_COMPLIANCE", order_id)
    }
    assert "compliance check has not finished" in done["message"]
    assert f"GET /v1/orders/{order_id}" in done["message"]
    stored = desk.get(f"allocations/{allocation_id}")
    assert (stored["status"], stored["commit"]) == ("SUBMITTED", done)
    after = audited(desk, "COMMIT", allocation_id)
    assert (after["status"], after["outcome"]) == ("SUBMITTED", "PENDING_COMPLIANCE")
    assert after["message"] == done["message"]
    return order_id


def test_a_commit_whose_compliance_is_not_finished_is_no_success_yet(desk):
    allocation_id = preview(desk)
    desk.wire.status = PENDING
    check_pending(desk, allocation_id, desk.post(f"allocations/{allocation_id}/commit"))
    assert desk.wire.count(POST) == 1


def test_an_order_found_again_after_a_lost_answer_may_be_pending_too(desk):
    allocation_id = preview(desk)
    desk.wire.faults[POST], desk.wire.order = "lost", {"orderStatus": PENDING}
    check_pending(desk, allocation_id, desk.post(f"allocations/{allocation_id}/commit"))


def test_the_order_shows_the_vendor_s_word_until_compliance_is_through(desk):
    allocation_id = preview(desk)
    desk.wire.status, desk.wire.order = PENDING, {"orderStatus": PENDING}
    (order_id,) = desk.post(f"allocations/{allocation_id}/commit")["aladdin_order_ids"]
    assert desk.get(f"orders/{order_id}")["status"] == PENDING
    assert [o["order_id"] for o in with_status(desk, PENDING)] == [order_id]
    desk.wire.order = {"orderStatus": "Open"}
    assert desk.get(f"orders/{order_id}")["status"] == "Open"
    assert with_status(desk, PENDING) == []


def test_a_change_whose_compliance_is_not_finished_is_no_success_yet(desk):
    allocation_id = preview(desk)
    (order_id,) = desk.post(f"allocations/{allocation_id}/commit")["aladdin_order_ids"]
    desk.wire.status = PENDING
    done = desk.call("PUT", f"orders/{order_id}", json={"quantity": 1_900_000, "comment": "Smaller"})
    assert (done["status"], done["aladdin_order_id"]) == ("PENDING_COMPLIANCE", order_id)
    assert "Aladdin changed the order to 1,900,000 face" in done["message"]
    assert "compliance check has not finished" in done["message"]
    after = audited(desk, "MODIFY", order_id)
    assert (after["outcome"], after["status"], after["quantity"]) == (
        "PENDING_COMPLIANCE",
        PENDING,
        1_900_000,
    )


def test_an_order_that_was_pending_can_be_cancelled(desk):
    allocation_id = preview(desk)
    desk.wire.status = PENDING
    (order_id,) = desk.post(f"allocations/{allocation_id}/commit")["aladdin_order_ids"]
    done = desk.call("DELETE", f"orders/{order_id}", json={"reason": "Too slow"})
    assert done["status"] == "SUCCESS"
    assert desk.get(f"allocations/{allocation_id}")["status"] == "CANCELLED"


@pytest.mark.parametrize("seconds", [3, 30, 600])
def test_compliance_is_always_given_less_time_than_the_call(tmp_path, seconds):
    desk = make_desk(tmp_path, ALADDIN_TIMEOUT_SECONDS=str(seconds), ALADDIN_WHAT_IF="true")
    allocation_id = preview(desk)
    (order_id,) = desk.post(f"allocations/{allocation_id}/commit")["aladdin_order_ids"]
    desk.call("PUT", f"orders/{order_id}", json={"quantity": 1_900_000})
    asked, posted, changed = (
        json.loads(body)["postOrderConfig"] for name, body in desk.wire.calls if name == POST
    )
    assert [c["whatIf"] for c in (asked, posted, changed)] == [True, False, False]
    for config in (asked, posted, changed):
        assert config["runCompliance"] is True
        assert config["complianceTimeout"].endswith("s")
        assert 0 < int(config["complianceTimeout"][:-1]) < seconds

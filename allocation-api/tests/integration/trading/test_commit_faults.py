"""Commit when the vendor refuses, is away, or its answer is lost: nothing doubled, nothing forgotten."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.core.database import WriteConflictError
from app.models import AuditHeadRow
from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

POST, FILTER = "/order:post", "/orders:filter"


@pytest.fixture
def desk(tmp_path):
    """A desk whose vendor can be told to fail."""
    wire = FaultyWire.over(GOLDEN_BOOK)
    made = Desk(tmp_path, scenario=GOLDEN_BOOK, transport=wire)
    made.wire = wire
    return made


@pytest.fixture
def preview(desk):
    bond = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
    found = desk.preview(bond, 3_800_000, groups=["GOLDEN"])
    assert found["warnings"] == []
    return f"allocations/{found['allocation_id']}"


def test_a_lost_answer_is_found_again_by_its_external_id(desk, preview):
    # R10.7
    desk.wire.faults[POST] = "lost"
    done = desk.post(f"{preview}/commit")
    assert done["status"] == "SUCCESS"
    assert desk.wire.count(POST) == 1
    (order_id,) = done["aladdin_order_ids"]
    desk.wire.faults.clear()
    assert desk.get(f"orders/{order_id}")["quantity"] == 3_800_000


@pytest.mark.parametrize("looking", [None, "away"])
def test_an_answer_that_never_comes_leaves_the_outcome_unknown(desk, preview, looking):
    desk.wire.faults.update({POST: "away", FILTER: looking})
    refused = desk.post(f"{preview}/commit", status=503)
    assert refused["code"] == "ORDER_OUTCOME_UNKNOWN"
    desk.wire.faults.clear()
    assert desk.get(preview)["status"] == "UNKNOWN"
    again = desk.post(f"{preview}/commit", status=409)
    assert again["code"] == "ALREADY_COMMITTED"
    assert desk.wire.count(POST) == 1
    record = desk.get("audit", entity_id=preview.split("/")[1], action="COMMIT")["audit_records"][0]
    assert record["after"]["status"] == "UNKNOWN"


def test_an_order_that_was_never_sent_can_be_sent_again(desk, preview):
    desk.wire.faults[POST] = "unreached"
    refused = desk.post(f"{preview}/commit", status=503)
    assert refused["code"] == "VENDOR_UNREACHED"
    assert desk.get(preview)["status"] == "PREVIEWED"
    desk.wire.faults.clear()
    assert desk.post(f"{preview}/commit")["status"] == "SUCCESS"


def test_a_refusal_is_recorded_with_its_reason(desk, preview):
    desk.wire.faults[POST] = "refused"
    done = desk.post(f"{preview}/commit")
    assert done["status"] == "FAILED"
    assert done["aladdin_order_ids"] == []
    assert {line["status"] for line in done["allocations"]} == {"FAILED"}
    assert "market closed" in done["message"]
    assert desk.get(preview)["status"] == "FAILED"
    assert desk.get("orders", allocation_id=preview.split("/")[1])["orders"] == []


def test_the_emergency_stop_sends_nothing_and_lets_cancel_pass(tmp_path):
    # R10.6
    desk = Desk(tmp_path, scenario=GOLDEN_BOOK, TRADING_HALTED="true")
    bond = json.loads(GOLDEN_BOOK.read_text())["securities"][0]["cusip"]
    found = desk.preview(bond, 3_800_000, groups=["GOLDEN"])
    refused = desk.post(f"allocations/{found['allocation_id']}/commit", status=409)
    assert refused["code"] == "TRADING_HALTED"
    assert desk.get(f"allocations/{found['allocation_id']}")["status"] == "PREVIEWED"


@pytest.mark.parametrize("losses", [1, 5])
def test_an_order_sent_keeps_its_record_when_its_unit_loses(desk, preview, losses):
    left = [losses]
    database = desk.services.database
    waited = []
    database._sleep = waited.append

    def lose(state):
        """Let somebody else move the end of the audit trail whenever a sent order is recorded."""
        heads = state.is_update and state.statement.table.name == AuditHeadRow.__tablename__
        if heads and desk.wire.count(POST) and left[0]:
            left[0] -= 1
            raise WriteConflictError("somebody else was faster")

    event.listen(Session, "do_orm_execute", lose)
    try:
        done = desk.post(f"{preview}/commit")
    finally:
        event.remove(Session, "do_orm_execute", lose)
    assert done["status"] == "SUCCESS"
    assert desk.wire.count(POST) == 1
    assert len(waited) == losses
    assert desk.get(f"audit/{done['audit_id']}")["after"]["status"] == "SUBMITTED"
    assert desk.get(preview)["status"] == "SUBMITTED"
    assert desk.get("audit/verify")["whole"] is True

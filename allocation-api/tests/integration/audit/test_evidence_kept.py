"""The trail follows every lawful change of a row, and no later record takes over what was tampered with."""

from __future__ import annotations

import pytest

from app.cli import limits
from app.models import AllocationRow
from tests.support.commands import run_command
from tests.support.orders import BOND, OrderDesk
from tests.support.tampering import replace_in


@pytest.fixture
def desk(tmp_path):
    return OrderDesk(tmp_path)


def tamper(desk, statement):
    with desk.services.database.engine.begin() as connection:
        assert connection.exec_driver_sql(statement).rowcount > 0


def found(desk):
    return {(b["table"], b["column"]) for b in desk.get("audit/verify")["breaks"]}


def end(desk, order_id):
    """Cancel an order, unless it has been filled meanwhile."""
    answer = desk.client.delete(f"/v1/orders/{order_id}", json={"reason": "over"}, headers=desk.headers)
    assert answer.status_code in {200, 409}, answer.text


def test_a_preview_may_expire_when_its_time_has_come_and_not_before(desk):
    desk.order()
    desk.preview(BOND, 1_000_000, groups=["GOLDEN"])
    tamper(desk, "UPDATE allocations SET status = 'EXPIRED' WHERE status = 'PREVIEWED'")
    assert found(desk) == {("allocations", "status")}
    desk.clock.pass_by(3600)
    assert found(desk) == set()


def test_the_job_that_expires_previews_leaves_all_as_recorded(desk):
    desk.order()
    preview = desk.preview(BOND, 1_000_000, groups=["GOLDEN"])
    desk.clock.pass_by(3600)
    desk.services.periodic.do("expire")
    assert desk.get(f"allocations/{preview['allocation_id']}")["status"] == "EXPIRED"
    assert found(desk) == set()


@pytest.mark.parametrize("fault", ["unreached", "away", "refused", "lost"])
def test_however_a_commit_ends_all_is_as_recorded(desk, fault):
    desk.wire.faults["/order:post"] = fault
    preview = desk.preview(BOND, 3_800_000, groups=["GOLDEN"])
    path = f"/v1/allocations/{preview['allocation_id']}/commit"
    desk.client.post(path, json={"override_warnings": True}, headers=desk.headers)
    assert found(desk) == set()
    desk.wire.faults.clear()
    desk.clock.pass_by(600)
    desk.services.periodic.do("settle")
    assert found(desk) == set()


def test_changes_fills_and_a_cancellation_leave_all_as_recorded(desk):
    order_id = desk.partly_filled()
    desk.order_shown(order_id)
    assert found(desk) == set()
    desk.change(order_id, 3_700_000, comment="less")
    assert found(desk) == set()
    desk.clock.pass_by(30)
    desk.order_shown(order_id)
    end(desk, order_id)
    desk.order_shown(order_id)
    assert found(desk) == set()


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("orders", "created_by", "'nobody'"),
        ("orders", "external_id", "'other'"),
        ("orders", "settlement_date", "'2001-02-03'"),
        ("order_slices", "quantity", "'1.0000'"),
        ("order_fill_lines", "principal", "'1.00'"),
        ("order_fills", "average_price", "'1.0000000000'"),
        ("allocations", "username", "'nobody'"),
        ("allocations", "commit_result", "replace(commit_result, '1', '2')"),
        ("allocation_lines", "nav", "'1.00'"),
    ],
)
def test_a_later_record_does_not_take_over_what_was_tampered_with(desk, table, column, value):
    order_id = desk.partly_filled()
    desk.order_shown(order_id)
    tamper(desk, f"UPDATE {table} SET {column} = {value}")  # noqa: S608 - our own names
    desk.clock.pass_by(30)
    desk.order_shown(order_id)
    end(desk, order_id)
    # Aladdin's word replaces slices, so they are right again; everything else stays found.
    expected = set() if table == "order_slices" else {(table, column)}
    assert expected <= found(desk)
    assert {part for part, _ in found(desk)} <= {table}


def test_a_preview_that_was_tampered_with_is_not_sent(desk):
    preview = desk.preview(BOND, 3_800_000, groups=["GOLDEN"])
    replace_in(desk.services.database, AllocationRow.result, 'quantity":', 'quantity":1')
    path = f"allocations/{preview['allocation_id']}/commit"
    refused = desk.post(path, {"override_warnings": True}, status=409)
    assert refused["code"] == "EVIDENCE_BROKEN"
    assert desk.wire.count("/order:post") == 0
    assert ("allocations", "result") in found(desk)


def test_limits_that_are_changed_are_found_until_they_are_recorded(desk, monkeypatch):
    tamper(desk, "UPDATE compliance_limits SET value = '0.90000000' WHERE code = 'ISSUE_OWNERSHIP'")
    assert found(desk) == {("compliance_limits", "value")}
    monkeypatch.setattr(limits, "load_settings", lambda: desk.settings)
    status, out, _ = run_command(limits.command, "ann", "the new guideline")
    assert status == 0
    assert found(desk) == set()
    newest = desk.get("audit", action="LIMITS_RECORDED")["audit_records"][0]
    assert (newest["username"], newest["after"]["comment"]) == ("ann", "the new guideline")
    assert newest["audit_id"] in out


def test_a_comment_on_limits_that_does_not_show_as_it_is_is_refused(desk, monkeypatch):
    monkeypatch.setattr(limits, "load_settings", lambda: desk.settings)
    status, out, complaint = run_command(limits.command, "ann", "the \u202enew guideline")
    assert status == 2
    assert "U+202E" in out + complaint
    assert desk.get("audit", action="LIMITS_RECORDED", username="ann")["audit_records"] == []


def test_limits_are_not_recorded_without_a_name_or_a_reason(desk, monkeypatch):
    monkeypatch.setattr(limits, "load_settings", lambda: desk.settings)
    assert [run_command(limits.command, *words)[0] for words in ((" ", "why"), ("ann", ""))] == [2, 2]

"""Two people at two browsers: an approval, and one preview that both want to commit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations


@pytest.fixture(scope="module")
def settings():
    """Commits above fifteen million wait for another user. No fill changes the cash in between."""
    return {"APPROVAL_ABOVE_NOTIONAL": "15000000", "MOCK_FILL_SECONDS": "0"}


def _ask(desk):
    """Commit what needs an approval, and return the id of the allocation."""
    desk.make_preview(face="20mm")
    desk.button("Commit").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text("This needs the approval of another user.")
    assert violations(desk.page) == []
    desk.button("Ask for approval").click()
    expect(desk.result).to_contain_text("Waits for the approval of another user. Nothing was sent.")
    assert violations(desk.page) == []
    link = desk.result.locator("a[href*='/allocations/']")
    return link.get_attribute("data-copy")


def _open_waiting(desk, allocation):
    """Look at one of the allocations that wait."""
    desk.open("Approvals")
    waiting = desk.page.get_by_role("table", name="Waiting for approval")
    waiting.get_by_role("link", name=allocation[:8]).click()
    expect(desk.page.get_by_role("heading", name=f"Allocation {allocation[:8]}")).to_be_focused()


def _open_own(desk, allocation):
    """Follow the link of the result to the allocation, which is read again by itself there."""
    desk.result.locator("a[href*='/allocations/']").click()
    expect(desk.page.get_by_text("It waits for another user")).to_be_visible()


def test_another_user_approves(open_desk):
    maker, checker = open_desk(), open_desk("demo_supervisor")
    allocation = _ask(maker)
    _open_own(maker, allocation)
    _open_waiting(checker, allocation)
    assert violations(checker.page) == []
    checker.button("Approve…").click()
    expect(checker.page.get_by_role("dialog")).to_contain_text(
        "Buy 20,000,000 (twenty million) face of US Treasury"
    )
    assert violations(checker.page) == []
    checker.button("Approve and send").click()
    expect(
        checker.page.get_by_role("status").filter(has_text=re.compile(r"Approved\. Order \d+\."))
    ).to_be_visible()
    expect(checker.button("Approve…")).not_to_be_visible()
    assert violations(checker.page) == []
    expect(maker.page.get_by_role("main")).to_contain_text("Approved by demo_supervisor")
    expect(maker.result).to_contain_text("Aladdin has the order")
    assert violations(maker.page) == []


def test_another_user_refuses_with_a_reason(open_desk):
    maker, checker = open_desk(), open_desk("demo_supervisor")
    allocation = _ask(maker)
    _open_own(maker, allocation)
    _open_waiting(checker, allocation)
    checker.button("Reject…").click()
    reason = checker.page.get_by_role("textbox", name="Reason")
    checker.button("Reject").click()
    expect(reason).to_have_accessible_description("Reason is needed for the audit trail.")
    reason.fill("Too large for today")
    assert violations(checker.page) == []
    checker.button("Reject").click()
    expect(checker.page.get_by_text("Rejected. Nothing was sent.")).to_be_visible()
    assert violations(checker.page) == []
    expect(maker.page.get_by_role("main")).to_contain_text("Rejected by demo_supervisor")
    expect(maker.page.get_by_role("main")).to_contain_text('"Too large for today"')
    expect(maker.result).to_contain_text("The approval was refused. Nothing was sent.")
    assert violations(maker.page) == []


def test_who_asks_cannot_approve_but_withdraw(open_desk):
    maker = open_desk()
    allocation = _ask(maker)
    _open_waiting(maker, allocation)
    expect(maker.page.get_by_text("You asked for this commit: another user has to decide.")).to_be_visible()
    expect(maker.button("Approve…")).not_to_be_visible()
    assert violations(maker.page) == []
    maker.button("Withdraw…").click()
    maker.button("Withdraw").click()
    expect(maker.page.get_by_text("Withdrawn. It is a preview again, and nothing was sent.")).to_be_visible()
    assert violations(maker.page) == []


def test_the_second_of_two_browsers_is_told_who_was_first(open_desk):
    first, second = open_desk(), open_desk()
    first.make_preview(face="1mm")
    allocation = first.page.evaluate("JSON.parse(sessionStorage['allocator.draft']).allocationId")
    second.page.goto(f"/allocations/{allocation}")
    expect(second.button("Commit")).to_be_enabled()
    first.commit()
    order = first.order_id()
    second.commit()
    problem = second.page.get_by_role("alert", name="Not committed")
    expect(problem).to_be_focused()
    expect(problem).to_contain_text("ALREADY_COMMITTED")
    assert violations(second.page) == []
    second.button("Show its present state").click()
    expect(second.result).to_contain_text("Aladdin has the order")
    expect(second.result.get_by_role("link", name=order).first).to_be_visible()
    expect(problem).not_to_be_visible()
    expect(second.button("Commit")).not_to_be_visible()
    assert violations(second.page) == []


def test_a_preview_that_another_order_made_old_says_what_changed(open_desk):
    first, second = open_desk(), open_desk()
    second.make_preview(face="10mm", group="OPNIC")
    first.send_order(face="11mm", group="OPNIC")
    second.commit()
    problem = second.page.get_by_role("alert", name="Not committed")
    expect(problem).to_be_focused()
    expect(problem).to_contain_text("BOOK_CHANGED")
    changed = problem.get_by_role("table", name="What changed by account")
    expect(changed.get_by_role("row", name="OPN-001")).to_be_visible()
    expect(second.page.get_by_text("This preview is over. Make a new one.")).to_be_visible()
    expect(second.button("Commit")).to_be_disabled()
    expect(second.page.get_by_text("Can be committed for")).not_to_be_visible()
    assert violations(second.page) == []
    second.button("New preview with these inputs").click()
    expect(problem).not_to_be_visible()
    expect(second.page.get_by_role("main")).to_contain_text("BUY 10,000,000")
    expect(second.page.get_by_role("heading", name="3 warnings")).to_be_visible()
    second.acknowledge()
    second.commit()
    assert second.order_id().isdigit()

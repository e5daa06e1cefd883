"""Fills that come by themselves, and what history keeps of an order."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations


@pytest.fixture(scope="module")
def settings():
    """Fills that begin when the order has been opened, and are soon complete."""
    return {"MOCK_FILL_SECONDS": "20"}


def test_fills_arrive_by_themselves(open_desk):
    desk = open_desk()
    page = desk.page
    order = desk.send_order()
    desk.result.get_by_role("link", name=order).first.click()
    page.evaluate("window.sameDocument = true")
    fills = page.get_by_role("region", name="Fills")
    expect(fills.get_by_role("status")).to_contain_text("5,000,000 of 5,000,000 filled")
    newest = fills.get_by_role("table", name="Fills, newest first").get_by_role("row").nth(1)
    newest.get_by_role("button", name="6 accounts").click()
    expect(fills.get_by_role("row", name="BIG6-01")).to_be_visible()
    expect(page.get_by_text("The order is over")).to_be_visible()
    assert page.evaluate("window.sameDocument") is True
    assert violations(page) == []
    desk.open("Orders")
    desk.button("All").click()
    row = page.get_by_role("grid", name="Orders").get_by_role("row", name=order)
    expect(row).to_contain_text("5,000,000 (100%)")
    expect(row).to_contain_text("Of record")


def test_history_keeps_the_split_and_computes_it_again(open_desk):
    desk = open_desk()
    page = desk.page
    order = desk.send_order(face="1mm")
    desk.open("History")
    row = page.get_by_role("grid", name="Allocations").get_by_role("row", name=order)
    expect(row).to_be_visible()
    assert violations(page) == []
    row.get_by_role("link").first.click()
    expect(page.get_by_role("grid", name="Allocation by account")).to_contain_text("BIG6-01")
    part = page.get_by_role("tabpanel")
    page.get_by_role("tab", name="Replay").click()
    part.get_by_role("button", name="Replay").click()
    expect(part.get_by_role("status", name="Result of the replay")).to_contain_text(
        "Identical: every number is the same"
    )
    assert violations(page) == []
    page.get_by_role("tab", name="FIX").click()
    expect(part.get_by_role("region", name="FIX message")).to_contain_text("35=J")
    assert violations(page) == []
    page.get_by_role("tab", name="Audit").click()
    expect(part).to_contain_text("demo_user")
    assert violations(page) == []

"""Orders at Aladdin that are changed and cancelled, alone and together."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations


@pytest.fixture(scope="module")
def settings():
    """Orders that never fill: a fill in between would have to be looked at before a change."""
    return {"MOCK_FILL_SECONDS": "0"}


def _act_on(desk, order, action):
    """Choose from the menu of an order's row."""
    desk.button(f"Actions of order {order}").click()
    expect(desk.page.get_by_role("menu", name=f"Actions of order {order}")).to_be_visible()
    assert violations(desk.page) == []
    desk.page.get_by_role("menuitem", name=action).click()


def test_an_order_is_changed_and_then_cancelled(open_desk):
    desk = open_desk()
    page = desk.page
    order = desk.send_order()
    desk.open("Orders")
    row = page.get_by_role("grid", name="Orders").get_by_role("row", name=order)
    expect(row).to_contain_text("5,000,000")
    assert violations(page) == []

    _act_on(desk, order, "Modify…")
    dialog = page.get_by_role("dialog", name=f"Modify order {order}")
    expect(dialog.get_by_text("Type the new face.")).to_be_visible()
    expect(desk.button("Modify")).to_be_disabled()
    dialog.get_by_role("textbox", name="New face").fill("4.5mm")
    expect(dialog).to_contain_text("5,000,000 becomes 4,500,000")
    assert violations(page) == []
    desk.button("Modify").click()
    expect(page.get_by_text("The order was changed")).to_be_visible()
    expect(desk.button("Close")).to_be_focused()
    assert violations(page) == []
    desk.button("Close").click()
    expect(row).to_contain_text("4,500,000")

    _act_on(desk, order, "Cancel…")
    page.get_by_role("textbox", name="Reason").fill("Price ran away")
    assert violations(page) == []
    desk.button(f"Cancel order {order}").click()
    expect(page.get_by_role("table", name="Result by order")).to_contain_text("Cancelled")
    desk.button("Close").click()
    expect(row).not_to_be_visible()
    desk.button("All").click()
    expect(row).to_contain_text("Canceled")  # Aladdin's own word
    row.get_by_role("link", name=order).click()
    expect(page.get_by_text("The order is over")).to_be_visible()
    expect(desk.button("Modify…")).to_be_disabled()
    assert violations(page) == []


def test_a_cancellation_needs_a_reason(open_desk):
    desk = open_desk()
    order = desk.send_order(face="1mm")
    desk.result.get_by_role("link", name=order).first.click()
    expect(desk.page.get_by_role("heading", name=f"Order {order}")).to_be_visible()
    desk.button("Cancel…").click()
    desk.button(f"Cancel order {order}").click()
    reason = desk.page.get_by_role("textbox", name="Reason")
    expect(reason).to_be_focused()
    expect(reason).to_have_accessible_description("Reason is needed for the audit trail.")
    assert violations(desk.page) == []
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).not_to_be_visible()
    expect(desk.button("Cancel…")).to_be_focused()
    expect(desk.button("Cancel…")).to_be_enabled()


def test_several_orders_are_cancelled_together(open_desk):
    desk = open_desk()
    page = desk.page
    orders = [desk.send_order(face="1mm")]
    desk.button("Next order").click()
    orders.append(desk.send_order(face="2mm"))
    desk.open("Orders")
    grid = page.get_by_role("grid", name="Orders")
    for order in orders:
        grid.get_by_role("row", name=order).get_by_role("checkbox").check()
    chosen = page.get_by_role("region", name="Selected orders")
    expect(chosen).to_contain_text("2 orders selected")
    assert violations(page) == []
    chosen.get_by_role("button", name="Cancel…").click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{orders[1]}: + Buy 2,000,000 of US Treasury")
    page.get_by_role("textbox", name="Reason").fill("Client withdrew")
    desk.button("Cancel 2 orders").click()
    results = page.get_by_role("table", name="Result by order")
    for order in orders:
        expect(results.get_by_role("row", name=order)).to_contain_text("Cancelled")
    expect(page.get_by_role("dialog").get_by_role("status")).to_have_text("2 of 2 cancelled")
    assert violations(page) == []
    desk.button("Close").click()
    for order in orders:
        expect(grid.get_by_role("row", name=order)).not_to_be_visible()
    expect(chosen).not_to_be_visible()

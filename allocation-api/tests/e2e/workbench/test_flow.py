"""From order entry to the order at Aladdin: by mouse, by keyboard alone, each method, wishes and warnings."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.desk import BARRED, TREASURY

ALL_ALLOCATED = "Total of 6 accounts: 5,000,000 face allocated to 6, 0 skipped, 0 unallocated."
ONE_GETS_ALL = "Total of 6 accounts: 5,000,000 face allocated to 1, 5 skipped, 0 unallocated."
CONFIRMED = "Buy 5,000,000 (five million) face of US Treasury 4 11/30/2027 (91282CKB6) for 6 accounts, "


def test_by_mouse(open_desk):
    desk = open_desk()
    desk.make_preview()
    expect(desk.total()).to_have_text(ALL_ALLOCATED)
    desk.button("Commit").click()
    expect(desk.page.get_by_role("dialog")).to_contain_text(CONFIRMED)
    desk.button("Send order").click()
    order = desk.order_id()
    assert order.isdigit()
    desk.button("Next order").click()
    expect(desk.page.get_by_role("combobox", name="Bond")).to_be_focused()
    expect(desk.page.get_by_role("combobox", name="Bond")).to_have_value("")


def _tab_to(page, locator):
    """Press Tab until the element has the focus, as somebody without a mouse would."""
    for _ in range(60):
        if locator.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {locator}")


def test_by_keyboard_alone(open_desk):
    desk = open_desk()
    page, keys = desk.page, desk.page.keyboard
    expect(page.get_by_role("combobox", name="Bond")).to_be_focused()
    keys.type(TREASURY)
    expect(page.get_by_role("option", name=TREASURY)).to_be_visible()
    keys.press("Enter")
    _tab_to(page, page.get_by_role("textbox", name="Face"))
    keys.type("5mm")
    _tab_to(page, page.get_by_role("checkbox", name="BIG6"))
    keys.press("Space")
    keys.press("Control+Enter")
    expect(page.get_by_role("radiogroup", name="Allocation method")).to_be_visible()
    _tab_to(page, page.get_by_role("radio", name="Pro-rata"))
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(page.get_by_role("radio", name="Min dispersion")).to_be_checked()
    keys.press("Control+Enter")
    expect(desk.button("Commit")).to_be_enabled()
    keys.press("Control+Enter")
    expect(page.get_by_role("textbox", name="Comment")).to_be_focused()
    keys.type("By keyboard")
    keys.press("Enter")
    desk.order_id()
    expect(desk.button("Next order")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("combobox", name="Bond")).to_be_focused()


def test_a_commit_that_is_not_wanted_is_closed_by_escape(open_desk):
    desk = open_desk()
    desk.make_preview()
    desk.button("Commit").click()
    expect(desk.page.get_by_role("dialog")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.page.get_by_role("dialog")).not_to_be_visible()
    expect(desk.button("Commit")).to_be_focused()
    expect(desk.result).not_to_be_visible()


def test_each_method_says_what_it_did(open_desk):
    desk = open_desk()
    desk.enter()
    desk.next()
    for method, said, total in (
        ("Pro-rata", "Pro-rata gives shares in proportion to NAV.", ALL_ALLOCATED),
        ("Min dispersion", "no split of these lots is closer than", ONE_GETS_ALL),
        ("Custom weights", "weights", ALL_ALLOCATED),
    ):
        desk.choose(method)
        if method == "Custom weights":
            expect(desk.button("Preview")).to_be_disabled()
            desk.button("Equal").click()
        desk.preview()
        expect(desk.page.get_by_role("region", name="Dispersion")).to_contain_text(
            re.compile(re.escape(said), re.IGNORECASE)
        )
        expect(desk.total()).to_have_text(total)
        desk.page.get_by_role("link", name="Back", exact=True).click()


def test_wishes_of_the_order_are_kept(open_desk):
    desk = open_desk()
    page = desk.page
    desk.enter()
    desk.next()
    desk.button("Wishes of this order").click()
    page.get_by_role("combobox", name="Accounts to exclude").fill("BIG6-02")
    page.get_by_role("option", name="BIG6-02").click()
    page.get_by_role("textbox", name="Reason").fill("Client asked")
    page.get_by_role("textbox", name="Reason").press("Enter")
    expect(page.get_by_role("table", name="Excluded accounts")).to_contain_text("Client asked")
    page.get_by_role("textbox", name="Multiples of").fill("50k")
    page.reload()
    expect(page.get_by_role("region", name="Wishes of this order")).to_contain_text(
        "1 account excluded, amounts are multiples of 50,000"
    )
    desk.preview()
    expect(desk.total()).to_have_text(
        "Total of 6 accounts: 5,000,000 face allocated to 5, 1 skipped, 0 unallocated."
    )
    row = page.get_by_role("grid", name="Allocation by account").get_by_role("row", name="BIG6-02")
    expect(row).to_contain_text("Excluded by you")


def test_warnings_are_acknowledged_one_by_one(open_desk):
    desk = open_desk()
    page = desk.page
    desk.make_preview(bond=BARRED, group="PUBLICPRE")
    expect(page.get_by_role("heading", name="4 warnings")).to_be_visible()
    expect(desk.button("Commit")).to_be_disabled()
    expect(page.get_by_text("Acknowledge 4 more warnings.")).to_be_visible()
    page.get_by_role("checkbox", name="Acknowledge all 3 of Compliance").check()
    page.get_by_role("checkbox", name=re.compile("Acknowledge Min lot size of PPR-008")).check()
    expect(desk.button("Commit")).to_be_enabled()
    assert violations(page) == []
    desk.button("Commit").click()
    expect(page.get_by_role("dialog")).to_contain_text("4 of 4 warnings acknowledged.")
    assert violations(page) == []
    desk.button("Send order").click()
    desk.order_id()


def test_a_quantity_is_set_in_place_and_taken_back(open_desk):
    desk = open_desk()
    desk.make_preview()
    grid = desk.page.get_by_role("grid", name="Allocation by account")
    cell = grid.get_by_role("row", name="BIG6-01").get_by_role("gridcell").nth(2)
    before = cell.inner_text()
    cell.dblclick()
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.type("1mm")
    desk.page.keyboard.press("Enter")
    expect(cell).to_contain_text("1,000,000")
    expect(desk.total()).to_have_text(ALL_ALLOCATED)
    desk.button("Undo").click()
    expect(cell).to_contain_text(before)

"""Logging in, staying in over a reload, logging out."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations


def test_login_reload_and_logout(page, log_in_at):
    page.goto("/orders")
    expect(page.get_by_role("button", name="Log in", exact=True)).to_be_visible()
    assert violations(page) == []
    log_in_at(page)
    expect(page).to_have_title("Orders · Allocator")
    page.reload()
    expect(page).to_have_title("Orders · Allocator")
    expect(page.get_by_role("heading", name="Orders", exact=True)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="User menu of demo_user").click()
    page.get_by_role("menuitem", name="Log out").click()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Log in")).to_be_visible()

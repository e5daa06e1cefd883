"""What users of each role see, what is hidden from them, and what a refused page says."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations
from tests.support.users import PASSWORD

USERS = {
    "compliance": {"roles": ["compliance"]},
    "auditor": {"roles": ["auditor"]},
    "read_only": {"roles": ["read_only"]},
    "limited": {"roles": ["portfolio_manager"], "groups": ["BIG6"]},
    "administrator": {"roles": ["administrator"]},
}
"""The users that the administrator adds, by the name that they log in with."""

SETTLED_MILLISECONDS = 1_000

PAGES = {
    "compliance": [
        "Orders",
        "Blotters",
        "Approvals",
        "History",
        "Accounts",
        "Drift",
        "Optimise",
        "Market data",
        "Backtest",
        "Risk",
        "Monitor",
        "Alerts",
        "Fairness",
        "Audit",
        "System",
    ],
    "auditor": [
        "Orders",
        "Blotters",
        "History",
        "Accounts",
        "Drift",
        "Optimise",
        "Market data",
        "Backtest",
        "Risk",
        "Monitor",
        "Alerts",
        "Fairness",
        "Audit",
        "System",
    ],
    "read_only": [
        "Orders",
        "Blotters",
        "History",
        "Accounts",
        "Drift",
        "Optimise",
        "Market data",
        "Backtest",
        "Risk",
        "Monitor",
        "Alerts",
        "Fairness",
        "System",
    ],
    "limited": [
        "Workbench",
        "Compare",
        "Orders",
        "Blotters",
        "Approvals",
        "History",
        "Accounts",
        "Drift",
        "Optimise",
        "Market data",
        "Backtest",
        "Risk",
        "Monitor",
        "Alerts",
        "Fairness",
        "Audit",
        "Jobs",
        "System",
    ],
    "administrator": [
        "Approvals",
        "Accounts",
        "Drift",
        "Optimise",
        "Market data",
        "Backtest",
        "Risk",
        "Monitor",
        "Alerts",
        "Audit",
        "Admin",
        "Jobs",
        "System",
    ],
}
"""What each finds in the navigation."""

PREVIEW = {
    "/workbench": "allocations:preview",
    "/compare": "allocations:preview",
    "/blotters/new": "allocations:preview",
    "/drift/proposals/new": "allocations:preview",
}
REFUSED = {
    "compliance": {**PREVIEW, "/admin": "users:manage"},
    "auditor": {**PREVIEW, "/approvals": "allocations:approve", "/admin": "users:manage"},
    "read_only": {
        **PREVIEW,
        "/audit": "audit:read",
        "/audit/1": "audit:read",
        "/admin/users/1": "users:manage",
    },
    "limited": {"/admin": "users:manage"},
    "administrator": {
        "/workbench": "allocations:preview",
        "/compare": "allocations:read",
        "/orders": "orders:read",
        "/orders/1": "orders:read",
        "/blotters": "allocations:read",
        "/blotters/1": "allocations:read",
        "/allocations": "allocations:read",
        "/allocations/1": "allocations:read",
        "/fairness": "reports:read",
        "/fairness?tab=policy": "allocations:read",
        "/drift?tab=proposals": "allocations:read",
        "/drift/proposals/1": "allocations:read",
    },
}
"""Addresses of pages that each may not see, with the permission that is missing."""


@pytest.fixture(scope="module")
def settings():
    """Orders stay open."""
    return {"MOCK_FILL_SECONDS": "0"}


@pytest.fixture(scope="module", autouse=True)
def users(api):
    """The users, made by the administrator."""
    admin = api("demo_admin")
    for username, rights in USERS.items():
        added = admin.post("/admin/users", json={"username": username, "password": PASSWORD, **rights})
        assert added.is_success, added.text


@pytest.fixture(scope="module")
def orders(api, users):
    """An order of the group that the limited user sees, and one of another group, by their groups."""
    made = {}
    manager = api("demo_user")
    for group in ("BIG6", "OPNIC"):
        asked = {
            "order": {"security_id": "91282CKB6", "side": "BUY", "quantity": 1_000_000},
            "portfolio_groups": [group],
            "allocation_method": "PRO_RATA",
        }
        preview = manager.post(
            "/allocations/preview", json=asked, headers={"Idempotency-Key": f"make-{group}"}
        )
        assert preview.is_success, preview.text
        allocation = preview.json()["allocation_id"]
        committed = manager.post(
            f"/allocations/{allocation}/commit", json={}, headers={"Idempotency-Key": f"send-{group}"}
        )
        made[group] = {"allocation": allocation, "order": committed.json()["aladdin_order_ids"][0]}
    return made


@pytest.fixture
def open_as(open_desk):
    """Open the workbench as one of the users, and keep what the service refuses to the page."""

    def open_at(username, **options):
        desk = open_desk(username, password=PASSWORD, **options)
        desk.refused = []
        desk.page.on(
            "response",
            lambda answer: answer.status >= 400 and desk.refused.append(f"{answer.status} {answer.url}"),
        )
        return desk

    return open_at


GRIDS_ARE_FILLED = """() => [...document.querySelectorAll('.ag-root')].every(
    grid => grid.querySelector('.ag-row, .ag-overlay-no-rows-wrapper'))"""


def _look(desk):
    """See that the page is there whole, and nothing on it failed or was refused."""
    page = desk.page
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".MuiSkeleton-root")).to_have_count(0)
    page.wait_for_function(GRIDS_ARE_FILLED)
    expect(page.get_by_role("main").locator(".MuiAlert-colorError")).to_have_count(0)
    expect(page.get_by_role("heading", name="This page failed")).to_have_count(0)
    assert desk.refused == []
    if violations(page):  # a part that is loaded meanwhile hides the page for a moment
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.wait_for_timeout(SETTLED_MILLISECONDS)
    assert violations(page) == [], page.url


def _go(desk, path):
    desk.page.goto(path)
    expect(desk.page.get_by_role("navigation", name="Pages")).to_be_visible()


@pytest.mark.parametrize("username", USERS)
def test_pages_that_a_role_sees(open_as, orders, username):
    desk = open_as(username)
    links = desk.page.get_by_role("navigation", name="Pages").get_by_role("link")
    expect(links).to_have_text(PAGES[username])
    expect(desk.page.get_by_role("heading", level=1)).to_have_text(PAGES[username][0])
    for name in PAGES[username]:
        desk.open(name)
        expect(desk.page.get_by_role("heading", level=1)).to_have_text(name)
        _look(desk)


@pytest.mark.parametrize("username", USERS)
def test_a_refused_page_says_which_permission_is_missing(open_as, username):
    desk = open_as(username)
    for path, permission in REFUSED[username].items():
        _go(desk, path)
        expect(desk.page.get_by_role("main")).to_contain_text("You may not see this")
        expect(desk.page.get_by_role("main").locator("code").first).to_have_text(permission)
        _look(desk)


@pytest.mark.parametrize("username", ["compliance", "auditor", "read_only"])
def test_who_may_only_read_finds_nothing_to_change(open_as, orders, username):
    desk = open_as(username)
    ids = orders["BIG6"]
    for path in (f"/orders/{ids['order']}", f"/allocations/{ids['allocation']}", "/accounts/BIG6-01"):
        _go(desk, path)
        _look(desk)
        for action in ("Modify…", "Cancel…", "Commit", "Use these inputs again", "Order this bond"):
            expect(desk.button(action)).to_have_count(0)
    _go(desk, "/orders")
    expect(desk.page.get_by_role("row", name=ids["order"])).to_be_visible()
    expect(desk.page.get_by_role("checkbox")).to_have_count(0)


def test_only_who_may_stop_trading_can_press_the_button(open_as):
    for username, may in (("compliance", True), ("auditor", False), ("read_only", False)):
        desk = open_as(username, path="/system")
        stop = desk.button("Stop trading")
        if may:
            expect(stop).to_be_enabled()
        else:
            expect(stop).to_be_disabled()
            expect(desk.page.get_by_text("It needs trading:stop.")).to_be_visible()


def test_who_is_limited_to_a_group_finds_nothing_of_others(open_as, orders):
    desk = open_as("limited")
    page = desk.page
    expect(page.get_by_role("checkbox", name="BIG6")).to_be_visible()
    expect(page.get_by_role("checkbox", name="OPNIC")).to_have_count(0)
    _go(desk, "/orders")
    grid = page.get_by_role("grid", name="Orders")
    expect(grid.get_by_role("row", name=orders["BIG6"]["order"])).to_be_visible()
    expect(grid.get_by_role("row", name=orders["OPNIC"]["order"])).to_have_count(0)
    _look(desk)
    for path, what in (
        (f"/orders/{orders['OPNIC']['order']}", "order"),
        (f"/allocations/{orders['OPNIC']['allocation']}", "allocation"),
        ("/accounts/OPN-001", "account"),
    ):
        _go(desk, path)
        expect(page.get_by_text(f"There is no such {what}")).to_be_visible()
        expect(page.get_by_text("Or it is of a portfolio group that you may not see.")).to_be_visible()
        desk.refused = [each for each in desk.refused if not each.startswith("404 ")]
        _look(desk)
    _go(desk, "/audit?tab=chain")
    expect(page.get_by_text("It is about the whole desk, and you are limited to BIG6.")).to_be_visible()
    _look(desk)

"""From a group that has drifted to one that has not, by clicks alone: alert, proposal, blotter, fills."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.desk import SLOW

GROUP = "PUBLICPRE"
LOOK = 2 * SLOW
"""Milliseconds for what a look at drift finds, which is due each minute."""


@pytest.fixture(scope="module")
def settings():
    """Drift is looked at each minute, a worker previews and commits, and orders are filled soon."""
    return {"ALERT_DRIFT_MINUTES": "1", "JOB_WORKERS": "1", "MOCK_FILL_SECONDS": "6"}


@pytest.fixture
def drifted(api):
    """Targets that 10 of the 12 accounts of the group are away from."""
    targets = [
        {"key": "bonds", "target_percent": 97, "band_absolute": 0.5},
        {"key": "cash", "target_percent": 3},
    ]
    scope = {"scope": "GROUP", "scope_id": GROUP, "dimension": "ASSET_CLASS"}
    body = {**scope, "version": 0, "comment": "The guideline", "targets": targets}
    answer = api("demo_supervisor").post("/drift/target-sets", json=body)
    assert answer.is_success, answer.text


def _read_the_alert(desk):
    """Come from the bell to an alert about an account, and to its drift; return the alert's path."""
    page = desk.page
    bell = page.get_by_role("button", name=re.compile(r"^Notifications, [1-9]\d* unread$"))
    expect(bell).to_be_visible(timeout=LOOK)
    bell.click()
    notices = page.get_by_role("dialog", name="Notifications")
    notices.get_by_role("link", name=re.compile(r"^\d+ alerts are new$")).click()
    grid = page.get_by_role("grid", name="Alerts")
    grid.get_by_role("link").first.click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text(re.compile("^Alert: (Needs rebalancing|Class out of its band)$"))
    path = page.url
    page.get_by_role("link", name="Open what it is about").click()
    expect(title).to_have_text(re.compile(r"^Drift of PPR-\d{3}$"))
    expect(page.get_by_text("needs rebalancing", exact=True)).to_be_visible()
    return path


def _propose(desk):
    """Propose trades for the group, and make a blotter of them; return the number of its orders."""
    page = desk.page
    page.goto(f"/drift/groups/{GROUP}")
    expect(page.get_by_text("needs rebalancing", exact=True)).to_be_visible()
    page.get_by_role("link", name="Propose trades").click()
    desk.button("Propose trades").click()
    expect(page.get_by_text("All 12 accounts are within the bands by ")).to_be_visible()
    count = page.get_by_role("table", name="Block orders").locator("tbody tr").count()
    desk.button("Make blotter").click()
    page.get_by_role("dialog").get_by_role("button", name="Make blotter").click()
    expect(page.get_by_text(re.compile("^Ready · by"))).to_be_visible()
    return count


def _commit(desk, count):
    """Send all orders, without a warning to accept."""
    page = desk.page
    desk.button("Commit").click()
    dialog = page.get_by_role("dialog", name="Commit this blotter?")
    expect(dialog.get_by_role("checkbox")).to_have_count(0)
    dialog.get_by_role("button", name=re.compile(rf"^Send {count} orders?$")).click()
    expect(page.get_by_text("Aladdin has the order of every line.")).to_be_visible()
    lines = page.get_by_role("grid", name="Lines of the blotter")
    expect(lines.get_by_role("gridcell", name="Sent", exact=True)).to_have_count(count)


def _see_filled(desk, count):
    """See that all orders are filled whole."""
    page = desk.page
    desk.open("Orders")
    desk.button("All").click()
    orders = page.get_by_role("grid", name="Orders")
    expect(orders.get_by_role("gridcell", name=re.compile(r"\(100%\)$"))).to_have_count(count)


def test_drift_is_read_traded_away_and_gone(open_desk, drifted):
    desk = open_desk()
    page = desk.page
    alert = _read_the_alert(desk)
    count = _propose(desk)
    _commit(desk, count)
    _see_filled(desk, count)

    page.goto(f"/drift/groups/{GROUP}")
    expect(page.get_by_text("within its bands", exact=True)).to_be_visible()
    heat = page.get_by_role("grid", name="Drift of the accounts by class")
    expect(heat.get_by_role("gridcell", name=re.compile(r"^[+-]\d+\.\d\d$")).first).to_be_visible()
    expect(heat.get_by_role("gridcell", name=re.compile(r"\*$"))).to_have_count(0)
    assert violations(page) == []

    page.goto(alert)
    history = page.get_by_role("table", name="History")
    resolved = history.get_by_role("row").last
    expect(resolved).to_contain_text("Resolved: the finding is gone", timeout=LOOK)
    desk.open("Alerts")
    expect(page.get_by_text("No alert is open")).to_be_visible(timeout=LOOK)
    assert violations(page) == []

"""Alerts: found, told, acknowledged and resolved; channels, and what they could not deliver."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations
from tests.support.receivers import web_receiver


@pytest.fixture(scope="module")
def settings():
    """The service looks each second; a message that fails once is given up."""
    return {
        "ALERT_LOOK_SECONDS": "1",
        "ALERT_SEND_ATTEMPTS": "1",
        "ALERT_SEND_SECONDS": "5",
        "MOCK_FILL_SECONDS": "0",
    }


@pytest.fixture(scope="module")
def web():
    with web_receiver() as receiver:
        yield receiver


@pytest.fixture
def stopped(api):
    """Trading is stopped, for an emergency to be told of; returns how another user opens it again."""
    assert api("demo_user").post("/system/emergency-stop", json={"reason": "Prices look wrong"}).is_success
    reset = {"reason": "Prices are right"}
    supervisor = api("demo_supervisor")
    yield lambda: supervisor.post("/system/emergency-stop/reset", json=reset).raise_for_status()
    supervisor.post("/system/emergency-stop/reset", json=reset)


def _act(page, grid, action):
    """Open the menu of the first row, and choose."""
    page.get_by_role("grid", name=grid).get_by_role("button", name=re.compile("^Actions")).first.click()
    page.get_by_role("menuitem", name=action).click()


def _add(desk, web):
    """Add a webhook, with all fields wrong at first."""
    page = desk.page
    expect(page.get_by_text("No channels yet")).to_be_visible()
    assert violations(page) == []
    desk.button("Add channel").click()
    dialog = page.get_by_role("dialog", name="Add channel")
    dialog.get_by_role("textbox", name="Quiet from").fill("25:00")
    dialog.get_by_role("button", name="Add channel").click()
    for words in (
        "Type a name.",
        "Type at least one recipient, then Enter.",
        "Type a time such as 22:00.",
        "Type both times, or neither.",
    ):
        expect(dialog.get_by_text(words)).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("combobox", name="Kind").click()
    page.get_by_role("option", name="Webhook").click()
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Desk chat")
    dialog.get_by_role("textbox", name="Address").fill("https://elsewhere.example.com/hook")
    dialog.get_by_role("textbox", name="Quiet from").fill("22:00")
    dialog.get_by_role("textbox", name="Quiet to").fill("07:00")
    dialog.get_by_role("button", name="Add channel").click()
    expect(dialog.get_by_role("textbox", name="Address")).to_have_attribute("aria-invalid", "true")
    assert violations(page) == []
    dialog.get_by_role("textbox", name="Address").fill(f"http://127.0.0.1:{web.port}/hook")
    dialog.get_by_role("button", name="Add channel").click()
    expect(dialog).to_have_count(0)


def test_channels_are_kept_and_tried(open_desk, api, web):
    desk = open_desk("demo_admin", path="/alerts?tab=channels")
    page = desk.page
    _add(desk, web)
    grid = page.get_by_role("grid", name="Channels")
    expect(grid.get_by_role("gridcell", name="At once; quiet 22:00 to 07:00")).to_be_visible()
    assert violations(page) == []

    _act(page, "Channels", "Send a test…")
    dialog = page.get_by_role("dialog", name="Test of channel Desk chat")
    web.says = 503
    dialog.get_by_role("button", name="Send a test").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Not delivered: the receiver failed or is busy.")
    assert violations(page) == []
    web.says = 200
    dialog.get_by_role("button", name="Send another test").click()
    expect(dialog.get_by_role("alert")).to_contain_text("The receiver took it, in ")
    assert [path for path, _, _ in web.taken] == ["/hook"]
    dialog.get_by_role("button", name="Back").click()

    _act(page, "Channels", "Edit…")
    dialog = page.get_by_role("dialog", name="Edit channel Desk chat")
    dialog.get_by_role("combobox", name="When it tells").click()
    page.get_by_role("option", name="Each hour, in one message").click()
    admin = api("demo_admin")
    (kept,) = admin.get("/alerts/channels").json()["channels"]
    terms = {name: kept[name] for name in ("name", "kind", "url", "version")}
    assert admin.put(f"/alerts/channels/{kept['channel_id']}", json=terms).is_success
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Somebody was first: close this and begin with the new terms")).to_be_visible()
    dialog.get_by_role("button", name="Back").click()
    page.reload()
    expect(page.get_by_role("grid", name="Channels").get_by_text("At once", exact=True)).to_be_visible()
    _act(page, "Channels", "Delete…")
    dialog = page.get_by_role("dialog", name="Delete channel Desk chat?")
    assert violations(page) == []
    dialog.get_by_role("button", name="Delete the channel").click()
    expect(page.get_by_text("No channels yet")).to_be_visible()


def test_an_emergency_is_told_acknowledged_and_over(open_desk, stopped):
    desk = open_desk(path="/alerts")
    page = desk.page
    grid = page.get_by_role("grid", name="Alerts")
    expect(grid.get_by_role("gridcell", name="Emergency", exact=True)).to_be_visible()
    new = grid.get_by_role("gridcell", name="Open · new", exact=True)
    expect(new).to_have_count(1)
    expect(page.get_by_role("button", name=re.compile(r"^Notifications, [1-9]\d* unread$"))).to_be_visible()
    alerts = page.get_by_role("navigation", name="Pages").get_by_role("link", name="Alerts", exact=True)
    expect(alerts).to_have_attribute("aria-description", "1 new")
    assert violations(page) == []
    desk.button("Notifications", exact=False).click()
    expect(page.get_by_role("dialog", name="Notifications")).to_contain_text("1 alert is new")
    page.keyboard.press("Escape")
    desk.button("Mark 1 as read").click()
    expect(new).to_have_count(0)
    expect(alerts).not_to_have_attribute("aria-description", "1 new")

    grid.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Alert: Trading stopped")
    desk.button("Acknowledge").click()
    dialog = page.get_by_role("dialog", name="Acknowledge this alert?")
    dialog.get_by_role("button", name="Acknowledge").click()
    expect(dialog.get_by_text("Note is needed for the audit trail.")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("textbox", name="Note").fill("Asking the vendor")
    dialog.get_by_role("button", name="Acknowledge").click()
    history = page.get_by_role("table", name="History")
    expect(history.get_by_role("row").last).to_contain_text("Acknowledged by demo_user")
    expect(history.get_by_role("row").last).to_contain_text("Asking the vendor")
    expect(desk.button("Acknowledge")).to_have_count(0)
    assert violations(page) == []

    stopped()
    expect(history.get_by_role("row").last).to_contain_text("Resolved: the finding is gone")
    page.goto("/alerts?state=RESOLVED&severity=EMERGENCY")
    expect(page.get_by_role("grid", name="Alerts").get_by_text("Resolved").first).to_be_visible()


def test_who_is_second_is_told_who_has_acknowledged(open_desk, api, stopped):
    desk = open_desk(path="/alerts")
    page = desk.page
    expect(page.get_by_role("gridcell", name="Emergency", exact=True)).to_be_visible()
    _act(page, "Alerts", "Acknowledge…")
    found = api("demo_admin").get("/alerts", params={"state": "OPEN"}).json()["alerts"]
    (alert,) = [each for each in found if each["rule"] == "TRADING_STOPPED"]
    body = {"version": alert["version"], "note": "I look after it"}
    answer = api("demo_supervisor").post(f"/alerts/{alert['alert_id']}/acknowledge", json=body)
    assert answer.is_success, answer.text
    dialog = page.get_by_role("dialog", name="Acknowledge this alert?")
    dialog.get_by_role("textbox", name="Note").fill("Me too")
    dialog.get_by_role("button", name="Acknowledge").click()
    expect(dialog).to_contain_text("demo_supervisor")
    expect(dialog.get_by_role("button", name="Acknowledge")).to_be_disabled()


@pytest.fixture
def refusing(api, web):
    """A channel whose receiver refuses what is sent, from before trading is stopped."""
    web.says = 400
    web.taken.clear()
    terms = {"name": "Pager", "kind": "WEBHOOK", "url": f"http://127.0.0.1:{web.port}/pager"}
    assert api("demo_admin").post("/alerts/channels", json=terms).is_success


def test_what_was_given_up_is_sent_again(open_desk, refusing, web, stopped):
    desk = open_desk("demo_admin", path="/alerts?tab=messages")
    page = desk.page
    grid = page.get_by_role("grid", name="Messages to channels")
    expect(grid.get_by_text("The receiver refuses it").first).to_be_visible()
    assert violations(page) == []
    web.says = 200
    _act(page, "Messages to channels", "Send again…")
    page.get_by_role("dialog").get_by_role("button", name="Send again").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto("/alerts?tab=messages&delivery=SENT")
    expect(grid.get_by_role("gridcell", name="Sent", exact=True)).to_be_visible()
    assert len(web.taken) == 1, "the alert that was refused, and was not told again by itself"

"""What comes in between: the end of a session, a service that is away, an emergency stop."""

from __future__ import annotations

import signal

from playwright.sync_api import expect

from tests.e2e.server_process import Server, free_port
from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.conftest import SETTINGS
from tests.support.signing import SIGNING_KEY


def _end_sessions_at(desk, address, api):
    """End all sessions of the user, as from another machine, while a request to an address is on its way.

    Not before it: what the page asks for by itself would find the end of the session first.
    """

    def end(route):
        assert api("demo_user").delete("/auth/sessions").is_success
        route.continue_()

    desk.page.route(address, end, times=1)


def _log_in_again(desk):
    """Log in at the dialog that an ended session shows above the page."""
    dialog = desk.page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("User name")).to_have_value("demo_user")
    expect(dialog.get_by_label("Password")).to_be_focused()
    assert violations(desk.page) == []
    desk.page.keyboard.type("demo_password")
    desk.page.keyboard.press("Enter")
    expect(dialog).not_to_be_visible()


def test_a_session_that_ends_keeps_what_was_typed(open_desk, api):
    desk = open_desk()
    desk.enter(face="7mm")
    desk.next()
    _end_sessions_at(desk, "**/v1/allocations/preview", api)
    desk.button("Preview").click()
    _log_in_again(desk)
    expect(desk.page.get_by_role("main")).to_contain_text("BUY 7,000,000")
    expect(desk.button("Commit")).to_be_enabled()
    assert violations(desk.page) == []


def test_a_commit_into_an_ended_session_is_sent_once_its_user_is_back(open_desk, api):
    desk = open_desk()
    desk.make_preview(face="3mm")
    _end_sessions_at(desk, "**/v1/allocations/*/commit", api)
    desk.commit()
    _log_in_again(desk)
    order = desk.order_id()
    desk.open("Orders")
    desk.button("All").click()
    grid = desk.page.get_by_role("grid", name="Orders")
    expect(grid.get_by_role("row", name="3,000,000")).to_have_count(1)
    expect(grid.get_by_role("row", name="3,000,000")).to_contain_text(order)


def test_a_service_that_is_away_and_comes_back(browser, open_desk, tmp_path):
    # With a key of its own, as in production: sessions outlive the restart.
    server = Server(tmp_path, PORT=str(free_port()), JWT_SECRET_KEY=SIGNING_KEY, **SETTINGS).start()
    try:
        desk = open_desk(address=server.root, allowed=("ERR_CONNECTION_REFUSED",))
        page = desk.page
        desk.enter(face="7mm")
        desk.next()
        page.wait_for_load_state("networkidle")  # the parts of the next step are loaded ahead
        server.stop(signal.SIGTERM)
        desk.button("Preview").click()
        banner = page.get_by_role("status").filter(has_text="What you typed is kept")
        refused = page.get_by_role("alert").filter(has_text="The service cannot be reached.")
        expect(banner).to_be_visible()
        expect(refused).to_be_visible()
        assert violations(page) == []
        server.start()
        expect(banner).not_to_be_visible()
        expect(page.get_by_role("main")).to_contain_text("BUY 7,000,000")
        refused.get_by_role("button", name="Try again").click()
        expect(desk.button("Commit")).to_be_enabled()
        expect(refused).not_to_be_visible()
        expect(page.get_by_role("img", name="of 6 accounts before and after the trade")).to_be_visible()
        assert violations(page) == []
    finally:
        if server.is_running():
            server.stop(signal.SIGTERM)


def test_an_emergency_stop_bars_the_commit_and_is_seen_everywhere(open_desk):
    desk, supervisor = open_desk(), open_desk("demo_supervisor")
    page = desk.page
    desk.make_preview()
    supervisor.open("System")
    supervisor.button("Stop trading").click()
    supervisor.page.get_by_role("textbox", name="Reason").fill("Prices look wrong")
    assert violations(supervisor.page) == []
    supervisor.page.get_by_role("dialog").get_by_role("button", name="Stop trading").click()
    expect(supervisor.page.get_by_role("alert").first).to_contain_text("Prices look wrong")
    expect(
        supervisor.page.get_by_text("Another user than the one who stopped it has to open it.")
    ).to_be_visible()
    assert violations(supervisor.page) == []
    expect(page.get_by_role("alert").first).to_contain_text("Trading is stopped")
    expect(page.get_by_text("Trading is stopped: no order is sent.")).to_be_visible()
    expect(desk.button("Commit")).to_be_disabled()
    assert violations(page) == []
    for name in ("Orders", "History", "Accounts"):
        desk.open(name)
        expect(page.get_by_role("alert").first).to_contain_text("Prices look wrong")

    page.goto("/workbench/preview")
    admin = open_desk("demo_admin", path="/system")
    admin.button("Open trading again").click()
    admin.page.get_by_role("textbox", name="Reason").fill("Looked at")
    assert violations(admin.page) == []
    admin.button("Open trading").click()
    expect(admin.page.get_by_text("Trading is open.")).to_be_visible()
    expect(page.get_by_text("Trading is stopped")).to_have_count(0)
    expect(desk.button("Commit")).to_be_enabled()

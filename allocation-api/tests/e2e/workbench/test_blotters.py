"""Blotters: a file with errors that is mended, run and committed; jobs that are cancelled and told of."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.desk import SLOW, TREASURY, BlotterDesk
from tests.support.users import PASSWORD
from tests.support.waiting import until

LONG = 400
"""Lines of a blotter that is still under way when it is cancelled."""

HALF_LONG = 150
"""Lines of one that is cancelled in the middle and then goes on to its end."""

PAUSE_SECONDS = 0.3
"""Between two looks at a job: looks cost time, too."""


@pytest.fixture(scope="module")
def settings():
    """Orders stay open, and there is a worker for jobs."""
    return {"MOCK_FILL_SECONDS": "0", "JOB_WORKERS": "1"}


def _cell(grid, row, column):
    return grid.locator(f".ag-row[row-index='{row}'] [col-id='{column}']")


def _long(api, lines=LONG):
    """Submit a blotter that takes a while, as another program of the user would, and return the answer."""
    line = {
        "order": {"security_id": TREASURY, "side": "BUY", "quantity": 10_000},
        "portfolio_groups": ["PUBLICPRE"],
        "allocation_method": "PRO_RATA",
    }
    answer = api("demo_user").post("/blotters", json={"lines": [line] * lines})
    assert answer.is_success, answer.text
    return answer.json()


def test_a_file_is_mended_run_and_committed(open_desk):
    desk = open_desk(path="/blotters")
    page = desk.page
    page.get_by_role("link", name="New blotter").first.click()
    blotter = BlotterDesk(desk)
    first, second, third = blotter.GOOD
    blotter.upload(first.replace("BUY", "BY"), second.replace("5000000", "many"), third)
    desk.button("Check").click()
    errors = page.get_by_role("region", name="Errors")
    expect(errors.get_by_role("status")).to_have_text("2 errors. Nothing was sent.")
    expect(errors).to_be_focused()
    expect(errors.get_by_role("listitem")).to_have_count(2)
    errors.get_by_role("button", name="Line 2, Face").click()
    expect(_cell(blotter.lines, 1, "quantity")).to_be_focused()
    expect(_cell(blotter.lines, 0, "side")).to_have_class(re.compile("cell-fault"))
    expect(_cell(blotter.lines, 2, "side")).not_to_have_class(re.compile("cell-fault"))
    assert violations(page) == []

    blotter.mend(1, "quantity", "5mm")
    expect(errors.get_by_role("status")).to_have_text("1 error. Nothing was sent.")
    blotter.mend(0, "side", "buy")
    expect(errors).to_have_count(0)
    desk.button("Check").click()
    expect(page.get_by_text("All 3 lines are good.")).to_be_visible()
    blotter.run()
    expect(page.get_by_role("button", name="Notifications, 1 unread")).to_be_visible()
    expect(page.get_by_text("3 lines; purchases: 10,000,000 of 10,000,000 face allocated")).to_be_visible()
    _cell(blotter.result, 1, "Allocated").click()
    chosen = page.get_by_role("region", name="Chosen line")
    expect(chosen).to_contain_text("Emerging markets are not allowed")
    expect(chosen.get_by_role("link", name="Open the preview")).to_be_visible()

    desk.button("Commit").click()
    dialog = page.get_by_role("dialog", name="Commit this blotter?")
    one_sale = "1 order to sell 100,000 (one hundred thousand) face."
    expect(dialog).to_contain_text(f"1 order to buy 5,000,000 (five million) face, and {one_sale}")
    expect(desk.button("Send 2 orders")).to_be_visible()
    expect(dialog).to_contain_text("This is the mock Aladdin: the orders go to the built-in simulator.")
    dialog.get_by_role("checkbox", name="Accept 4 warnings of line 2").check()
    expect(dialog).to_contain_text(f"2 orders to buy 10,000,000 (ten million) face, and {one_sale}")
    assert violations(page) == []
    desk.button("Send 3 orders").click()
    expect(page.get_by_text("Aladdin has the order of every line.")).to_be_visible()
    for row in range(3):
        expect(_cell(blotter.result, row, "Status")).to_have_text("Sent")
    assert violations(page) == []

    desk.open("Blotters")
    row = page.get_by_role("grid", name="Blotters").get_by_role("row").nth(1)
    expect(row).to_contain_text("Committed")
    expect(row).to_contain_text("3 sent")


def test_lines_are_pasted_and_kept_over_a_look_at_another_page(open_desk):
    desk = open_desk(path="/blotters/new")
    page = desk.page
    blotter = BlotterDesk(desk)
    expect(blotter.lines).to_be_visible()
    page.evaluate("navigator.clipboard.writeText('Bond\\tSide\\tFace\\n91282CKB6\\tBUY\\t1,500,000\\n')")
    desk.button("Paste from Excel").click()
    expect(page.get_by_text("1 row taken.")).to_be_visible()
    expect(_cell(blotter.lines, 0, "quantity")).to_have_text("1,500,000")
    desk.open("Orders")
    desk.open("Blotters")
    page.get_by_role("link", name="New blotter").first.click()
    expect(_cell(blotter.lines, 0, "security_id")).to_have_text("91282CKB6")
    page.reload()
    expect(_cell(blotter.lines, 0, "security_id")).to_have_text("91282CKB6")
    desk.button("Check").click()
    errors = page.get_by_role("region", name="Errors")
    expect(errors.get_by_role("listitem")).to_have_text(
        [re.compile("^Line 1, Method: "), re.compile("^Line 1, Groups: ")]
    )
    page.get_by_role("combobox", name="Method").click()
    page.get_by_role("option", name="Pro-rata").click()
    page.get_by_role("combobox", name="Groups").click()
    page.get_by_role("option", name="BIG6").click()
    page.keyboard.press("Escape")
    desk.button("Check").click()
    expect(page.get_by_text("1 line is good.")).to_be_visible()
    desk.button("Clear").click()


def test_a_job_is_followed_and_cancelled_and_told_of(open_desk, api):
    desk = open_desk(path="/jobs")
    page = desk.page
    made = _long(api)
    page.goto(f"/blotters/{made['blotter_id']}")
    work = page.get_by_role("group", name="Preview a blotter")
    expect(work).to_contain_text(re.compile(r"[1-9][0-9]* of 400 lines"))
    expect(work.get_by_role("progressbar")).to_be_visible()
    assert violations(page) == []
    desk.open("Jobs")
    row = page.get_by_role("grid", name="Jobs").get_by_role("row").nth(1)
    expect(row).to_contain_text("Running")
    page.get_by_role("button", name=re.compile("^Actions of job Preview a blotter")).first.click()
    page.get_by_role("menuitem", name="Cancel…").click()
    expect(page.get_by_role("dialog")).to_contain_text("What is done by then stays done.")
    assert violations(page) == []
    desk.button("Cancel the job").click()
    expect(row).to_contain_text("Cancelled")
    expect(page.get_by_role("status").filter(has_text="Preview a blotter: cancelled after")).to_be_visible()
    desk.button("Notifications", exact=False).click()
    notices = page.get_by_role("dialog", name="Notifications")
    expect(notices).to_contain_text("Preview a blotter: cancelled after")
    expect(notices.get_by_role("switch", name="Also as notifications of the browser")).not_to_be_checked()
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="State").click()
    page.get_by_role("option", name="Done", exact=True).click()
    expect(page.get_by_role("grid", name="Jobs")).not_to_contain_text("Cancelled")


def _cancelled(client):
    """A blotter whose job was cancelled when some of its lines were previewed."""
    made = _long(lambda _: client, HALF_LONG)
    path = f"/blotters/{made['blotter_id']}"

    job = f"/jobs/{made['job_id']}"
    until(lambda: client.get(job).json()["done"] > 0, "a line is previewed", pause=PAUSE_SECONDS)
    client.delete(job)
    until(lambda: client.get(job).json()["state"] == "ABORTED", "the job is cancelled", pause=PAUSE_SECONDS)
    return path


def _becomes(client, path, status):
    until(lambda: client.get(path).json()["status"] == status, status, SLOW / 1000, PAUSE_SECONDS)


def test_the_rest_is_previewed_after_others_were_committed(open_desk, api):
    client = api("demo_user")
    path = _cancelled(client)
    assert client.post(f"{path}/commit", json={"override_warnings": True}).is_success
    desk = open_desk(path=path)
    page = desk.page
    expect(page.get_by_text(re.compile("^Partly committed · by"))).to_be_visible(timeout=SLOW)
    expect(page.get_by_text(re.compile("lines have not been previewed"))).to_be_visible()
    assert violations(page) == []
    desk.button("Preview the rest").click()
    expect(desk.button("Preview the rest")).to_have_count(0)
    _becomes(client, path, "PARTIAL")
    counts = {each["status"]: each["count"] for each in client.get(path).json()["lines_by_status"]}
    assert sum(counts.values()) == HALF_LONG
    assert counts.keys() <= {"SUBMITTED", "PREVIEWED", "FAILED"}


def test_a_line_that_came_after_the_dialog_was_opened_is_not_sent(open_desk, api):
    client = api("demo_user")
    path = _cancelled(client)
    desk = open_desk(path=path)
    page = desk.page
    desk.button("Commit").click()
    dialog = page.get_by_role("dialog", name="Commit this blotter?")
    send = dialog.get_by_role("button", name=re.compile("^Send [0-9]+ orders?$"))
    expect(send).to_be_visible()
    override = dialog.get_by_role("checkbox", name="Override the warnings of all lines")
    if override.count():  # by what other tests have sent
        override.check()
    before = send.inner_text()
    assert client.post(f"{path}/preview").is_success
    _becomes(client, path, "READY")
    send.click()
    expect(dialog.get_by_text(re.compile("lines with an open preview are not among lines"))).to_be_visible()
    assert client.get(path).json()["commit_job_id"] is None
    desk.button("Back").click()
    expect(page.get_by_text(re.compile("lines have not been previewed"))).to_have_count(0)
    desk.button("Commit").click()
    expect(dialog).to_be_visible()
    if override.count():
        override.check()
    expect(send).not_to_have_text(before)


def test_a_joint_split_shows_what_it_saves(open_desk):
    desk = open_desk(path="/blotters/new")
    page = desk.page
    blotter = BlotterDesk(desk)
    blotter.upload(
        f"{TREASURY},BUY,5000000,MIN_DISPERSION,PUBLICPRE", "91282CKF7,BUY,8000000,PRO_RATA,PUBLICPRE"
    )
    page.get_by_role("switch", name="Joint split").check()
    desk.button("Check").click()
    errors = page.get_by_role("region", name="Errors")
    expect(errors.get_by_role("listitem")).to_have_text(
        ["Line 2, Method: A joint split needs MIN_DISPERSION in every line."]
    )
    blotter.mend(1, "allocation_method", "Min dispersion")
    blotter.run()
    joint = page.get_by_role("region", name="Joint split")
    expect(joint.get_by_role("table").get_by_role("row")).to_have_count(4)
    expect(joint).to_contain_text(re.compile("the joint split saves (nothing|0\\.[0-9]{4} years)"))
    expect(joint).to_contain_text("No split that places as much of each line is below")
    assert violations(page) == []


def test_without_a_stream_of_events_a_job_is_followed_all_the_same(open_desk, api):
    desk = open_desk()
    page = desk.page
    page.route(re.compile("/v1/jobs/.*/events"), lambda route: route.abort())
    made = _long(api, lines=40)
    page.goto(f"/blotters/{made['blotter_id']}")
    expect(page.get_by_text(re.compile("^Ready · by"))).to_be_visible()
    expect(page.get_by_role("group", name="Preview a blotter")).to_have_count(0)


def test_who_may_only_read_finds_nothing_to_run_or_commit(open_desk, api):
    made = _long(api, lines=1)
    admin = api("demo_admin")
    added = admin.post(
        "/admin/users",
        json={"username": "reader", "password": PASSWORD, "roles": ["read_only"]},
    )
    assert added.is_success, added.text
    desk = open_desk("reader", path="/blotters", password=PASSWORD)
    expect(desk.page.get_by_role("grid", name="Blotters")).to_be_visible()
    expect(desk.page.get_by_role("link", name="New blotter")).to_have_count(0)
    desk.page.goto(f"/blotters/{made['blotter_id']}")
    expect(desk.page.get_by_role("grid", name="Lines of the blotter")).to_be_visible()
    expect(desk.button("Commit")).to_have_count(0)
    assert violations(desk.page) == []

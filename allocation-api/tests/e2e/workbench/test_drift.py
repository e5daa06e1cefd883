"""Drift: targets are stated and mended, accounts out of band are found, four eyes and a second user meet."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations


@pytest.fixture(scope="module")
def settings():
    """A version of targets waits for the approval of another user."""
    return {"DRIFT_FOUR_EYES": "true"}


EDITOR = "/drift/targets?scope=GROUP&id=PUBLICPRE&dimension=ASSET_CLASS"


def _stated(api, version=0, bonds=97):
    """State targets of PUBLICPRE as another program would, with their approval."""
    targets = [
        {"key": "bonds", "target_percent": bonds, "band_absolute": 0.5},
        {"key": "cash", "target_percent": 100 - bonds},
    ]
    scope = {"scope": "GROUP", "scope_id": "PUBLICPRE", "dimension": "ASSET_CLASS"}
    body = {**scope, "version": version, "comment": "The guideline", "targets": targets}
    answer = api("demo_supervisor").post("/drift/target-sets", json=body)
    assert answer.is_success, answer.text
    made = answer.json()
    path = f"/drift/target-sets/{made['target_set_id']}/approve"
    assert api("demo_user").post(path, json={"version": made["version"]}).is_success


def _type(desk, row, column, text):
    """Type into a cell of the targets."""
    grid = desk.page.get_by_role("grid", name="Targets by class")
    place = grid.get_by_role("gridcell", name=row, exact=True).first
    index = place.locator("xpath=ancestor::*[@row-index][1]").get_attribute("row-index")
    grid.locator(f".ag-row[row-index='{index}'] [col-id='{column}']").dblclick()
    desk.page.keyboard.press("Control+a")
    desk.page.keyboard.type(text)
    desk.page.keyboard.press("Enter")


def _approve(open_desk):
    """Approve what waits, as a second user in a second browser who sees what it changes."""
    second = open_desk("demo_supervisor", path=EDITOR)
    waits = second.page.get_by_role("region", name="Version that waits for its approval")
    expect(waits).to_contain_text("Bonds: No target → 97.00 %, band 0.5 points")
    expect(waits.get_by_role("button")).to_have_text(["Approve", "Reject"])
    second.button("Approve").click()
    dialog = second.page.get_by_role("dialog", name="Approve version 1?")
    dialog.get_by_role("textbox", name="Comment").fill("As agreed")
    dialog.get_by_role("button", name="Approve").click()
    expect(waits).to_have_count(0)


def _state(desk):
    """State targets that are typed, undone and pasted over, with two fields wrong at first."""
    page = desk.page
    sum_of = page.get_by_role("group", name="Targets by class").get_by_role("status").first
    expect(sum_of).to_have_text("No targets yet: at least one is needed.")
    _type(desk, "Bonds", "target", "95")
    expect(sum_of).to_have_text("Sum 95.00 % over 1 class: 5.00 % missing to 100 %.")
    desk.button("Undo").click()
    expect(sum_of).to_have_text("No targets yet: at least one is needed.")
    desk.button("Redo").click()
    expect(desk.button("State these targets")).to_be_disabled()
    desk.button("Paste from Excel").click()
    dialog = page.get_by_role("dialog")
    lines = "Class\tTarget\nbonds\t97\t0.5\ncash\t3"
    dialog.get_by_role("textbox", name="Pasted lines").fill(lines)
    said = "2 rows read, all of them good. Line 1 is a heading and is left out."
    expect(dialog.get_by_role("status").last).to_have_text(said)
    assert violations(page) == []
    desk.button("Take 2 rows").click()
    expect(sum_of).to_have_text("Sum 100 % over 2 classes.")
    desk.button("State these targets").click()
    expect(page.get_by_text("Say why, for colleagues and examiners.")).to_be_visible()
    page.get_by_role("textbox", name="Holds from").fill("2020-01-01")
    page.get_by_role("textbox", name="Comment").fill("The guideline")
    desk.button("State these targets").click()
    expect(page.get_by_role("textbox", name="Holds from")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("textbox", name="Holds from").fill("")
    assert violations(page) == []
    desk.button("State these targets").click()


def _find(desk, api):
    """Open the worst account from the list, and return its id."""
    page = desk.page
    desk.open("Drift")
    found = api("demo_user").get("/drift/out-of-band", params={"only_out": False, "limit": 200}).json()
    rows = found["accounts"]
    out = [row for row in rows if row["needs_rebalancing"]]
    assert out, "the demo book has accounts out of band"
    worst_id = out[0]["account_id"]
    words = f"{len(out)} of {len(rows)} accounts with targets are out of band. The worst is {worst_id}: "
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
    grid = page.get_by_role("grid", name="Accounts against their targets")
    worst = grid.locator(".ag-row[row-index='0']").first
    expect(worst).to_contain_text(worst_id)
    assert violations(page) == []
    worst.get_by_role("link").click()
    return worst_id


def test_targets_are_stated_and_accounts_out_of_band_found(open_desk, api):
    desk = open_desk(path="/drift")
    page = desk.page
    expect(page.get_by_text("No targets are stated yet")).to_be_visible()
    assert violations(page) == []
    page.goto("/drift/groups/PUBLICPRE")
    expect(page.get_by_text("No targets are stated for PUBLICPRE")).to_be_visible()
    page.get_by_role("link", name="State them").click()
    _state(desk)
    waits = page.get_by_role("region", name="Version that waits for its approval")
    expect(waits).to_contain_text("Version 1, stated by demo_user, waits for another user's approval")
    expect(waits.get_by_role("button")).to_have_text(["Withdraw"])
    assert violations(page) == []
    _approve(open_desk)
    page.reload()
    expect(page.get_by_text(re.compile("^Version 1 holds since 2026-06-30"))).to_be_visible()
    versions = page.get_by_role("region", name="Versions of the targets")
    expect(versions).to_contain_text("Bonds: 97.00 %, band 0.5 points")
    assert violations(page) == []

    worst_id = _find(desk, api)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Drift of {worst_id}")
    classes = page.get_by_role("table", name="Classes by asset class")
    bonds = classes.get_by_role("row", name=re.compile("^Bonds"))
    expect(bonds).to_contain_text("97.00")
    expect(
        page.get_by_role("img", name=re.compile("^Current against target of .* Out of band: "))
    ).to_be_visible()
    expect(page.get_by_role("link", name="Group PUBLICPRE, version 1")).to_be_visible()
    assert violations(page) == []
    page.goto("/drift/groups/PUBLICPRE")
    heat = page.get_by_role("grid", name="Drift of the accounts by class")
    expect(heat.locator(".ag-row[row-index='0']").first).to_contain_text(worst_id)
    expect(heat.get_by_role("gridcell", name=re.compile(r"^[+-]\d+\.\d\d \*$")).first).to_be_visible()
    expect(page.get_by_role("table", name="Dispersion").get_by_role("row")).to_have_count(5)
    assert violations(page) == []


def test_what_was_typed_is_kept_when_somebody_was_first(open_desk, api):
    row = api("demo_user").get("/drift/target-sets", params={"scope_id": "PUBLICPRE"}).json()["target_sets"]
    version = row[0]["version"] if row else 0
    desk = open_desk(path=EDITOR)
    page = desk.page
    _type(desk, "Bonds", "target", "96")
    _type(desk, "Cash", "target", "4")
    page.get_by_role("textbox", name="Comment").fill("More cash")
    _stated(api, version, bonds=95)
    desk.button("State these targets").click()
    expect(page.get_by_text(f"demo_supervisor has stated version {version + 1} meanwhile")).to_be_visible()
    expect(page.get_by_role("textbox", name="Comment")).to_have_value("More cash")
    assert violations(page) == []
    desk.button(f"Compare with version {version + 1}").click()
    changes = page.get_by_role("table", name="What changes")
    expect(changes.get_by_role("row", name=re.compile("^Bonds 95.00 %"))).to_contain_text("96.00 %")
    desk.button("State these targets").click()
    waits = page.get_by_role("region", name="Version that waits for its approval")
    expect(waits).to_contain_text("Bonds: 95.00 %, band 0.5 points → 96.00 %")
    desk.button("Withdraw").click()
    page.get_by_role("dialog").get_by_role("button", name="Withdraw").click()
    expect(waits).to_have_count(0)
    versions = page.get_by_role("region", name="Versions of the targets")
    expect(versions.get_by_role("row").nth(1)).to_contain_text("Withdrawn")

"""Proposals: trades are asked for from the drift page, shown with what they do, and made into one blotter."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.desk import TREASURY


@pytest.fixture(scope="module")
def settings():
    """Orders stay open, and there is a worker for the previews of a blotter."""
    return {"MOCK_FILL_SECONDS": "0", "JOB_WORKERS": "1"}


@pytest.fixture(scope="module", autouse=True)
def targets(api):
    """Targets of PUBLICPRE that 10 of its 12 accounts are away from."""
    body = {
        "scope": "GROUP",
        "scope_id": "PUBLICPRE",
        "dimension": "ASSET_CLASS",
        "version": 0,
        "comment": "The guideline",
        "targets": [
            {"key": "bonds", "target_percent": 97, "band_absolute": 0.5},
            {"key": "cash", "target_percent": 3},
        ],
    }
    answer = api("demo_supervisor").post("/drift/target-sets", json=body)
    assert answer.is_success, answer.text


def _choose(page, name, option):
    page.get_by_role("combobox", name=name, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def _propose(desk):
    desk.button("Propose trades").click()
    expect(desk.page.get_by_role("heading", level=1)).to_have_text("Proposal")


def _mend(desk):
    """Ask with fields that are wrong, which are all told at once, and mend them."""
    page = desk.page
    _choose(page, "Aim", "Raise cash")
    _choose(page, "Bonds", "A buy list")
    page.get_by_role("textbox", name="Most turnover, % of NAV").fill("x")
    page.get_by_role("textbox", name="Most cost, money").fill("5k")
    desk.button("Propose trades").click()
    for words in (
        "Type how much cash is to be raised.",
        "Add the bonds to buy.",
        "Type a number from 0 to 1000, or leave it empty.",
        "Type what trades cost, since the cost is limited.",
    ):
        expect(page.get_by_text(words)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("combobox", name="Bond", exact=True).fill(TREASURY)
    page.get_by_role("option", name=TREASURY).click()
    expect(page.get_by_role("group", name="Buy list").get_by_role("button", name=TREASURY)).to_be_visible()
    _choose(page, "Aim", "To the bands")
    _choose(page, "Bonds", "Bonds that are held")
    page.get_by_role("textbox", name="Most turnover, % of NAV").fill("")
    page.get_by_role("textbox", name="Most cost, money").fill("")
    assert violations(page) == []


def _look_at(page, api):
    """See the trades, and what they do to an account: 94.47 % in bonds are less than 97 less 0.5."""
    proposal = page.url.rsplit("/", 1)[1]
    told = api("demo_user").get(f"/drift/proposals/{proposal}").json()
    expect(page.get_by_text("All 12 accounts are within the bands by ")).to_contain_text(
        f"{told['order_count']} block orders. Proved: nothing better is possible."
    )
    orders = page.get_by_role("table", name="Block orders").locator("tbody tr")
    expect(orders).to_have_count(told["order_count"])
    expect(orders.first).to_contain_text("Sell")
    grid = page.get_by_role("grid", name="Accounts before and after")
    expect(grid.get_by_role("gridcell", name="94.47 * → 96.50", exact=True)).to_be_visible()
    expect(grid.get_by_role("gridcell", name="✓ Comes back", exact=True)).to_have_count(10)
    classes = page.get_by_role("table", name="Classes of PPR-001")
    expect(classes.get_by_role("row", name=re.compile("^Bonds 94.47 96.50 97.00"))).to_contain_text(
        "✓ Back in its band"
    )
    expect(page.get_by_role("img", name=re.compile("^Shares of PPR-001 before and after"))).to_be_visible()
    _choose(page, "Account", "PPR-003")
    expect(page.get_by_role("status").filter(has_text="It is within its bands.")).to_be_visible()
    proof = page.get_by_role("table", name="What is proved")
    expect(proof.get_by_role("row", name="Accounts within their bands 12 12 Proved")).to_be_visible()
    assert violations(page) == []
    return proposal


def test_trades_are_proposed_and_become_one_blotter(open_desk, api):
    desk = open_desk(path="/drift/groups/PUBLICPRE")
    page = desk.page
    page.get_by_role("link", name="Propose trades").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Propose trades for PUBLICPRE")
    _mend(desk)
    _propose(desk)
    proposal = _look_at(page, api)
    late = open_desk(path=f"/drift/proposals/{proposal}")
    expect(late.button("Make blotter")).to_be_visible()
    desk.button("Make blotter").click()
    dialog = page.get_by_role("dialog", name="Make a blotter of this proposal?")
    expect(dialog).to_contain_text("nothing is sent before you commit")
    assert violations(page) == []
    dialog.get_by_role("button", name="Make blotter").click()
    expect(page.get_by_text(re.compile("^Ready · by"))).to_be_visible()
    blotter = page.url.rsplit("/", 1)[1]
    # Asked again, by who looks at the proposal as it was, the same blotter is the answer.
    late.button("Make blotter").click()
    late.page.get_by_role("dialog").get_by_role("button", name="Make blotter").click()
    late.page.wait_for_url(f"**/blotters/{blotter}")
    page.goto("/drift?tab=proposals")
    grid = page.get_by_role("grid", name="Proposals")
    expect(grid.get_by_role("gridcell", name="12 of 12")).to_be_visible()
    expect(grid.get_by_role("link", name=blotter[:8])).to_be_visible()
    assert violations(page) == []
    grid.get_by_role("link", name=proposal[:8]).click()
    page.get_by_role("link", name="Open the blotter").click()
    page.wait_for_url(f"**/blotters/{blotter}")


def test_what_stands_in_the_way_is_said(open_desk):
    desk = open_desk(path="/drift/accounts/PPR-001")
    page = desk.page
    page.get_by_role("link", name="Propose trades").click()
    page.get_by_role("textbox", name="Most turnover, % of NAV").fill("0.2")
    _propose(desk)
    said = page.get_by_role("alert").filter(has_text="0 of 1 account is within the bands")
    expect(said).to_contain_text("Not every account can come back: the trades are the nearest.")
    expect(page.get_by_role("gridcell", name="✕ Stays out")).to_be_visible()
    expect(page.get_by_role("gridcell", name="Most turnover")).to_be_visible()
    expect(page.get_by_role("table", name="Classes of PPR-001")).to_contain_text("▷ Closer, still out")
    assert violations(page) == []


def test_a_book_without_targets_has_no_trades_to_propose(open_desk):
    desk = open_desk(path="/drift/proposals/new?scope=GROUP&id=BIG6")
    desk.button("Propose trades").click()
    expect(desk.page.get_by_text("No targets are stated for BIG6")).to_be_visible()
    desk.page.goto("/drift/proposals/new")
    expect(desk.page.get_by_text("Choose an account or a group first")).to_be_visible()
    assert violations(desk.page) == []

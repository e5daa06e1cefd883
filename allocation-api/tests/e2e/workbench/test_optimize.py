"""Optimise and Market data: prices are imported, weights found by them, and a frontier clicked on."""

from __future__ import annotations

import re
from datetime import date, timedelta

from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations

ASSETS = ["EQ-US-LARGE", "BD-GOVT-LONG", "CM-GOLD"]
GOOD = "date,symbol,close\n2026-06-01,NEW-ASSET,100\n2026-06-02,NEW-ASSET,80\n2026-06-12,NEW-ASSET,125\n"
"""From the second price to the third are 10 days."""

WRONG = "date,symbol,close\n2026-06-01,OTHER-ASSET,100\n2026-06-01,OTHER-ASSET,101\n"
UNREADABLE = "date,symbol,close\n2026-06-31,OTHER-ASSET,100\n2026-06-30,OTHER-ASSET,much\n"


def _choose(page, *assets):
    field = page.get_by_role("combobox", name="Assets", exact=True)
    for asset in assets:
        field.fill(asset)
        page.get_by_role("option", name=asset, exact=True).click()
    field.press("Escape")


def _pick(page, label, option):
    page.get_by_role("combobox", name=label, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def _weights(page):
    """Weights in per cent by asset, as the table has them."""
    table = page.get_by_role("table", name="Weights by asset")
    # A dash stands for what is still being computed.
    expect(table).not_to_contain_text("\u2013")
    rows = table.locator("tbody tr").all()
    cells = [
        (row.get_by_role("rowheader").inner_text(), row.get_by_role("cell").all_inner_texts()) for row in rows
    ]
    return {symbol: [float(text.rstrip("%")) for text in texts] for symbol, texts in cells}


def test_a_portfolio_is_optimised_and_its_frontier_clicked_on(open_desk):
    page = open_desk(path="/optimise").page
    page.get_by_role("button", name="Optimise", exact=True).click()
    expect(page.get_by_text("Choose the assets.")).to_be_visible()
    _choose(page, *ASSETS)
    _pick(page, "Objective", "Least risk")
    # Three assets with at most 30 % each make no 100 %.
    page.get_by_role("button", name="Optimise", exact=True).click()
    expect(page.get_by_role("alert").filter(has_text="No portfolio was found")).to_contain_text(
        "constraints.upper_bound"
    )
    assert violations(page) == []
    page.get_by_role("textbox", name="Most of each asset, %").fill("60")
    page.get_by_role("button", name="Optimise", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Optimised portfolio")
    expect(page.get_by_role("alert").filter(has_text="Proved best")).to_be_visible()
    found = _weights(page)
    assert found.keys() == set(ASSETS)
    for column in (0, 2, 3):  # Weights, and shares of volatility and CVaR; rounded to hundredths.
        assert abs(sum(cells[column] for cells in found.values()) - 100) < 0.05
    assert max(cells[0] for cells in found.values()) <= 60
    assert violations(page) == []
    _frontier(page, found)
    page.get_by_role("button", name="Compute again").click()
    expect(page.get_by_text("the same to the last digit")).to_be_visible()
    page.get_by_role("switch", name="Optimise anew when its data changes").click()
    expect(page.get_by_text("New prices that matter optimise it anew")).to_be_visible()
    page.reload()
    expect(page.get_by_role("switch", name="Optimise anew when its data changes")).to_be_checked()
    page.get_by_role("link", name="Earlier portfolios").click()
    grid = page.get_by_role("grid", name="Optimised portfolios")
    expect(grid.get_by_role("gridcell", name="Least risk", exact=True)).to_have_count(1)
    assert violations(page) == []


def _frontier(page, own):
    page.locator("[data-point='19']").click()
    said = page.get_by_role("status").filter(has_text=re.compile(r"^Return .* a year at a risk of"))
    expect(said).to_be_visible()
    last = said.inner_text()
    table = page.get_by_role("table", name="Weights by asset")
    expect(table.get_by_role("columnheader", name="Chosen point")).to_be_visible()
    chosen = {symbol: cells[1] for symbol, cells in _weights(page).items()}
    assert abs(sum(chosen.values()) - 100) < 0.05
    # The other end of the frontier is not the portfolio of the least risk.
    assert max(abs(chosen[symbol] - own[symbol][0]) for symbol in own) > 1
    page.get_by_role("slider", name="Point of the frontier").press("ArrowLeft")
    expect(said).not_to_have_text(last)
    assert violations(page) == []
    page.get_by_role("button", name="This portfolio alone").click()
    expect(table.get_by_role("columnheader", name="Chosen point")).to_have_count(0)


def _upload(page, content, name="prices.csv"):
    file = {"name": name, "mimeType": "text/csv", "buffer": content.encode()}
    page.get_by_label("File of prices").set_input_files(files=[file])
    expect(page.get_by_text(name)).to_be_visible()


def test_prices_are_checked_imported_and_drawn(open_desk):
    page = open_desk(path="/market-data?tab=import").page
    do_import = page.get_by_role("button", name="Import", exact=True)
    check = page.get_by_role("button", name="Check", exact=True)
    expect(check).to_be_disabled()
    _upload(page, UNREADABLE)
    check.click()
    faults = page.get_by_role("region", name="Errors")
    expect(faults).to_contain_text("Row 2, date")
    expect(faults).to_contain_text("Row 3, close")
    _upload(page, WRONG)
    check.click()
    expect(page.get_by_text("Nothing can be imported")).to_be_visible()
    expect(page.get_by_role("table", name="Findings by row")).to_contain_text("Day twice (refused)")
    expect(do_import).to_be_disabled()
    assert violations(page) == []
    _upload(page, GOOD)
    check.click()
    expect(page.get_by_text("Good: 3 rows can be imported: 3 new")).to_be_visible()
    do_import.click()
    expect(page.get_by_text("Imported 3 rows: 3 new")).to_be_visible()
    page.get_by_role("table", name="Assets of the file").get_by_role("link", name="NEW-ASSET").click()
    words = "NEW-ASSET: 3 prices from 2026-06-01 to 2026-06-12, between 80.000 and 125.000."
    expect(page.get_by_role("img", name=words)).to_be_visible()
    gaps = page.get_by_role("table", name="Gaps, the longest first").locator("tbody tr")
    expect(gaps).to_have_count(1)
    assert gaps.get_by_role("cell").all_inner_texts() == ["2026-06-02", "2026-06-12", "10"]
    assert violations(page) == []
    page.goto("/market-data")
    grid = page.get_by_role("grid", name="Assets with prices")
    grid.get_by_role("link", name="CM-GOLD").click()
    expect(page.get_by_role("heading", name="Prices of CM-GOLD")).to_be_visible()
    assert violations(page) == []


def test_a_rule_has_no_frontier_and_who_may_not_monitor_cannot_switch(open_desk, api):
    asked = {"assets": ASSETS, "objective": "HRP"}
    headers = {"Idempotency-Key": "a-rule"}
    made = api("demo_user").post("/portfolio/optimize", json=asked, headers=headers)
    assert made.is_success, made.text
    page = open_desk("demo_admin", path="/market-data").page
    page.goto(f"/optimise/{made.json()['portfolio_id']}")
    expect(page.get_by_text("These weights are given by a rule.")).to_be_visible()
    expect(page.get_by_role("switch", name="Optimise anew when its data changes")).to_be_disabled()
    expect(page.get_by_role("img", name="Efficient frontier")).to_have_count(0)
    assert violations(page) == []


ACCOUNT = "PPR-001"


def _optimised(api, symbols):
    """Import closes, and give each symbol the same share of the risk; return the portfolio's page."""
    client = api("demo_user")
    days = [date(2026, 1, 5) + timedelta(days=at // 5 * 7 + at % 5) for at in range(40)]
    # Each goes up and down by another amount, in turns of another length.
    closes = [[100 + (n + 1) * (at // (n + 1) % 2) for at in range(40)] for n in range(len(symbols))]
    rows = [
        {"date": f"{day}", "symbol": symbol, "close": close}
        for symbol, of in zip(symbols, closes, strict=True)
        for day, close in zip(days, of, strict=True)
    ]
    for path, body in (
        ("/data/market/import", {"rows": rows}),
        ("/portfolio/optimize", {"assets": symbols, "objective": "RiskParity"}),
    ):
        answer = client.post(path, json=body)
        assert answer.is_success, answer.text
    return f"/optimise/{answer.json()['portfolio_id']}"


def _saving(page, cash):
    """Open the dialog, and choose the account, cash and a band."""
    page.get_by_role("button", name="Save as target").click()
    dialog = page.get_by_role("dialog", name="Save as target")
    expect(dialog.get_by_text("Choose whose targets they are.")).to_be_visible()
    _pick(page, "Targets of a", "Account")
    dialog.get_by_role("textbox", name="Account id").fill(ACCOUNT)
    dialog.get_by_role("textbox", name="Account id").press("Tab")
    dialog.get_by_role("textbox", name="Cash, % of NAV").fill(cash)
    dialog.get_by_role("textbox", name="Band, points").fill("1")
    return dialog


def test_what_is_no_security_cannot_be_saved_as_a_target_of_one(open_desk, api):
    page = open_desk(path=_optimised(api, ["NO-BOND-1", "NO-BOND-2"])).page
    dialog = _saving(page, "2")
    dialog.get_by_role("button", name="State these targets").click()
    why = dialog.get_by_role("alert").filter(has_text="Nothing was stated")
    expect(why).to_contain_text("NO-BOND-1, class: There is no security 'NO-BOND-1'.")
    expect(why).to_contain_text("NO-BOND-2, class: There is no security 'NO-BOND-2'.")
    assert violations(page) == []


def test_a_portfolio_becomes_targets_drift_a_proposal_and_a_blotter(open_desk, api):
    """By clicks alone, with the two largest bonds of an account."""
    held = api("demo_user").get(f"/positions/{ACCOUNT}").json()["positions"]
    largest = sorted(held, key=lambda each: -each["market_value"])[:2]
    bonds = [each["cusip"] for each in largest]
    desk = open_desk(path=_optimised(api, bonds))
    page = desk.page
    expect(page.get_by_role("region", name="What was asked for")).to_contain_text(", ".join(bonds))
    dialog = _saving(page, "4")
    changes = dialog.get_by_role("table", name="What changes")
    expect(changes.get_by_role("row", name="Cash")).to_contain_text("4.00 %, band 1 points")
    assert violations(page) == []
    dialog.get_by_role("button", name="State these targets").click()
    page.get_by_role("link", name="Open the drift").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Drift of {ACCOUNT}")
    classes = page.get_by_role("table", name="Classes by security")
    for bond in bonds:
        expect(classes.get_by_role("rowheader", name=bond)).to_be_visible()
    assert violations(page) == []
    page.get_by_role("link", name="Propose trades").click()
    desk.button("Propose trades").click()
    desk.button("Make blotter").click()
    page.get_by_role("dialog").get_by_role("button", name="Make blotter").click()
    expect(page).to_have_url(re.compile("/blotters/.+"))

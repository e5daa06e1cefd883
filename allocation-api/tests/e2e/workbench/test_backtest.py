"""Backtests, risk and monitoring at the workbench: asked for, followed, cancelled, compared, recalculated."""

from __future__ import annotations

import csv
import re

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations
from tests.e2e.workbench.desk import SLOW
from tests.e2e.workbench.states_of_research import choose_assets

STOCKS, BONDS, GOLD = "EQ-US-LARGE", "BD-GOVT-LONG", "CM-GOLD"
FIRST, LAST = "2024-01-02", "2024-06-28"
LONG = {
    "strategy": {
        "type": "optimization",
        "parameters": {"objective": "MinRisk", "risk_measure": "EVaR"},
        "rebalancing_frequency": "daily",
    },
    "assets": [STOCKS, BONDS, GOLD, "EQ-TECH", "EQ-HEALTH", "EQ-BANKS", "BD-CORPORATE", "CM-OIL"],
}
"""A backtest that is under way for as long as it is not cancelled."""


@pytest.fixture(scope="module")
def settings():
    """There is one worker for jobs."""
    return {"MOCK_FILL_SECONDS": "0", "JOB_WORKERS": "1"}


def _type(page, name, text):
    page.get_by_role("textbox", name=name, exact=True).fill(text)


def _pick(page, name, option):
    page.get_by_role("combobox", name=name, exact=True).click()
    page.get_by_role("option", name=option, exact=True).click()


def _value(page, figure):
    return page.get_by_role("table", name="Statistics").get_by_role("row", name=figure).get_by_role("cell")


def _run(api, **changes):
    """Run a backtest as another program of the user would, and return the answer."""
    answer = api("demo_user").post("/backtest/run", json={**LONG, **changes})
    assert answer.is_success, answer.text
    return answer.json()


def _price_ratio(api, asset):
    """What the units make that are bought at the open of the second day, to the last close."""
    query = {"assets": asset, "start_date": FIRST, "end_date": LAST, "fields": "prices,opens"}
    found = api("demo_user").get("/data/market", params=query).json()["data"][asset]
    return found["prices"][-1] / (found["opens"][1] or found["prices"][1])


def test_buy_and_hold_is_the_ratio_of_prices(open_desk, api):
    """Without costs, one asset that is bought once makes what its price makes: no other number comes in."""
    page = open_desk(path="/backtest").page
    page.get_by_role("link", name="New backtest").first.click()
    _type(page, "Costs, basis points of what is traded", "much")
    page.get_by_role("button", name="Run the backtest").click()
    expect(page.get_by_text("Choose at least one asset.")).to_be_visible()
    expect(page.get_by_text("Type a number from 0 to 5,000.")).to_be_visible()
    assert violations(page) == []
    _pick(page, "Strategy", "Buy and hold")
    choose_assets(page, STOCKS)
    page.get_by_role("button", name="Equal weights").click()
    _type(page, "Costs, basis points of what is traded", "0")
    for name, day in (("First day", FIRST), ("Last day", LAST)):
        _type(page, name, day)
    _type(page, "Name", "Held")
    page.get_by_role("button", name="Run the backtest").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Backtest Held")
    ratio = _price_ratio(api, STOCKS)
    expect(_value(page, "Total return").first).to_have_text(f"{ratio - 1:.2%}")
    expect(_value(page, "Final value").first).to_have_text(f"{1_000_000 * ratio:,.2f}")
    expect(_value(page, "Beta").last).to_have_text("Without a benchmark there is none.")
    expect(_value(page, "Sharpe ratio").last).to_contain_text(re.compile(r"^-?[\d.]+ to -?[\d.]+ at 95.00%"))
    expect(page.get_by_role("img", name=f"Value of the portfolio, {FIRST} to {LAST}")).to_be_visible()
    expect(page.get_by_role("img", name="Weights after each day of trades")).to_be_visible()
    assert violations(page) == []
    with page.expect_download() as saved:
        page.get_by_role("group", name="Export Trades").get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(saved.value.path().read_text(encoding="utf-8-sig").splitlines()))
    assert [(row["asset"], row["action"]) for row in rows] == [(STOCKS, "BUY")]


def test_backtests_are_compared(open_desk, api):
    short = {"start_date": FIRST, "end_date": LAST}
    for name, weights in (("Stocks", {STOCKS: 1}), ("Mixed", {STOCKS: 0.5, BONDS: 0.5})):
        strategy = {"type": "fixed_weights", "parameters": {"weights": weights}}
        _run(api, name=name, strategy=strategy, assets=list(weights), **short)
    page = open_desk(path="/backtest").page
    grid = page.get_by_role("grid", name="Backtests")
    for name in ("Stocks", "Mixed"):
        row = grid.get_by_role("row").filter(has_text=name)
        expect(row).to_contain_text("Done")
        row.get_by_role("checkbox").check()
    page.get_by_role("button", name="Compare 2").click()
    expect(page.get_by_role("img", name=f"Value, 1 on the first day, {FIRST} to {LAST}")).to_be_visible()
    matrix = page.get_by_role("table", name="Correlation")
    expect(matrix.get_by_role("row", name="Stocks").get_by_role("cell").first).to_have_text("1.00")
    expect(page.get_by_role("table", name="Statistics").get_by_role("columnheader")).to_have_text(
        ["Figure", "Stocks", "Mixed"]
    )
    assert violations(page) == []


def test_a_backtest_is_followed_and_cancelled(open_desk, api):
    made = _run(api, name="Long")
    page = open_desk(path=f"/backtest/{made['backtest_id']}").page
    progress = page.get_by_role("group", name="Run a backtest")
    expect(progress).to_contain_text("Running")
    assert violations(page) == []
    progress.get_by_role("button", name="Cancel…").click()
    page.get_by_role("button", name="Cancel the job").click()
    expect(page.get_by_text("It was cancelled, and has no result.")).to_be_visible(timeout=SLOW)
    expect(progress).to_have_count(0)


def test_a_backtest_is_run_again_and_deleted(open_desk, api):
    strategy = {
        "type": "optimization",
        "parameters": {"risk_measure": "CVaR", "window": 126, "target_return": -0.5},
        "transaction_costs": 0.0025,
    }
    body = {"strategy": strategy, "assets": [STOCKS, BONDS], "constraints": {"upper_bound": 0.8}}
    made = _run(api, **body, name="First", start_date=FIRST, end_date=LAST)
    page = open_desk(path=f"/backtest/{made['backtest_id']}").page
    expect(page.get_by_role("table", name="Statistics")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Run again…").click()
    expect(
        page.get_by_text("Kept as they were, without a field here: least expected return.")
    ).to_be_visible()
    for name, text in (
        ("Window, days", "126"),
        ("Most weight of an asset, %", "80"),
        ("Costs, basis points of what is traded", "25"),
        ("Name", "First"),
    ):
        expect(page.get_by_role("textbox", name=name, exact=True)).to_have_value(text)
    assert violations(page) == []
    _type(page, "Name", "Second")
    page.get_by_role("button", name="Run the backtest").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Backtest Second")
    expect(page.get_by_role("table", name="Statistics")).to_be_visible(timeout=SLOW)
    first, second = (api("demo_user").get("/backtest").json()["backtests"][at] for at in (1, 0))
    assert (first["name"], second["name"]) == ("First", "Second")
    changed = {"name": None, "known_at": None}
    assert {**first["request"], **changed} == {**second["request"], **changed}
    assert first["summary"] == second["summary"]
    page.get_by_role("button", name="Delete…").click()
    assert violations(page) == []
    page.get_by_role("button", name="Delete the backtest").click()
    grid = page.get_by_role("grid", name="Backtests")
    expect(grid.get_by_role("row").filter(has_text="First")).to_be_visible()
    expect(grid.get_by_role("row").filter(has_text="Second")).to_have_count(0)


def test_a_grid_is_run_explained_and_deleted(open_desk, api):
    """The table has the Sharpe ratios of the backtests themselves, by window and most weight."""
    page = open_desk(path="/backtest").page
    page.get_by_role("link", name="Grids").click()
    page.get_by_role("link", name="New grid").first.click()
    _pick(page, "Strategy", "Optimisation")
    choose_assets(page, STOCKS, BONDS, GOLD)
    for name, day in (("First day", FIRST), ("Last day", LAST)):
        _type(page, name, day)
    page.get_by_role("button", name="Run the grid").click()
    expect(page.get_by_text("Try two values of something at least.")).to_be_visible()
    assert violations(page) == []
    _type(page, "Windows, days", "30, 126")
    _type(page, "Most weights of an asset, %", "50, 100")
    expect(page.get_by_text("4 backtests", exact=True)).to_be_visible()
    page.get_by_role("button", name="Run the grid").click()
    luck = page.get_by_role("region", name="How much of the best one is luck")
    expect(luck).to_contain_text("of the 12,870 ways to halve the days", timeout=SLOW)
    expect(luck).to_contain_text("on average over the 9 paths")
    grid_id = page.url.rsplit("/", 1)[1]
    shown = api("demo_user").get(f"/backtest/grids/{grid_id}").json()
    table = page.get_by_role("table", name="Sharpe ratio by parameters")
    ratios = [each["summary"]["sharpe_ratio"] for each in shown["backtests"]]
    rows = table.locator("tbody tr")
    expect(rows.get_by_role("rowheader")).to_have_text(["30", "126"])
    for place, pair in enumerate((ratios[:2], ratios[2:])):
        expect(rows.nth(place).get_by_role("cell")).to_have_text([f"{ratio:.2f}" for ratio in pair])
    expect(page.get_by_role("grid", name="Backtests of the grid")).to_contain_text("126")
    assert violations(page) == []
    page.get_by_role("link", name="Run again…").click()
    expect(page.get_by_role("textbox", name="Windows, days", exact=True)).to_have_value("30, 126")
    page.go_back()
    page.get_by_role("button", name="Delete…").click()
    page.get_by_role("button", name="Delete the grid").click()
    expect(page.get_by_text("No grids yet")).to_be_visible()
    assert api("demo_user").get(f"/backtest/grids/{grid_id}").status_code == 404


def test_risk_of_weights_under_a_shock(open_desk):
    """60 % of what loses 20 % is 12 %."""
    page = open_desk(path="/risk").page
    page.get_by_role("button", name="Measure the risk").click()
    expect(page.get_by_text("Choose at least one asset.").first).to_be_visible()
    choose_assets(page, STOCKS, BONDS)
    _type(page, f"Weight, % of {STOCKS}", "60")
    _type(page, f"Weight, % of {BONDS}", "30")
    expect(page.get_by_text("The weights add up to 90 %, not to 100 %.")).to_be_visible()
    _type(page, f"Weight, % of {BONDS}", "40")
    _type(page, f"Shock, % of {STOCKS}", "-20")
    page.get_by_role("button", name="Measure the risk").click()
    found = page.get_by_role("region", name="Risk that was found")
    expect(found.get_by_role("table", name="Measures")).to_be_visible()
    stress = found.get_by_role("table", name="Under the shocks")
    expect(stress.get_by_role("row", name=STOCKS).get_by_role("cell")).to_have_text("-12.00%")
    expect(found.get_by_role("region", name="Under the shocks", exact=True)).to_contain_text(BONDS)
    expect(found.get_by_role("table", name="Worst windows of the past").get_by_role("row")).to_have_count(6)
    expect(found.get_by_role("img", name="Annualised volatility")).to_be_visible()
    shares = found.get_by_role("table", name="Contributions to Annualised volatility").locator("tbody tr")
    parts = [float(row.get_by_role("cell").nth(2).inner_text().rstrip("%")) for row in shares.all()]
    assert sum(parts) == pytest.approx(100, abs=0.011)
    assert violations(page) == []
    _type(page, f"Shock, % of {STOCKS}", "-30")
    expect(found.get_by_text("The form was changed since")).to_be_visible()


def test_a_portfolio_is_monitored_and_recalculated(open_desk, api):
    asked = {"assets": [STOCKS, BONDS], "start_date": FIRST, "end_date": LAST, "objective": "MinRisk"}
    asked["constraints"] = {"upper_bound": 1}
    made = api("demo_user").post("/portfolio/optimize", json=asked)
    assert made.is_success, made.text
    portfolio = made.json()["portfolio_id"]
    page = open_desk(path="/monitor").page
    row = page.get_by_role("table", name="Optimised portfolios").get_by_role("row").last
    expect(row).to_contain_text("Not monitored")
    assert violations(page) == []
    row.get_by_role("link").click()
    form = page.get_by_role("form", name="How it is monitored")
    _type(page, "Times of the day", "9:30")
    form.get_by_role("button", name="Monitor it").click()
    expect(form).to_contain_text("not 9:30.")
    _type(page, "Times of the day", "09:30")
    form.get_by_role("button", name="Monitor it").click()
    expect(form.get_by_role("button", name="Store a new version")).to_be_visible()
    page.get_by_role("button", name="Recalculate now").click()
    changes = page.get_by_role("list", name="Changes")
    expect(changes).to_contain_text("A portfolio was recalculated", timeout=SLOW)
    last = page.get_by_role("table", name="Recalculations").get_by_role("row").nth(1)
    expect(last).to_contain_text("Done")
    expect(last).to_contain_text("Asked for")
    assert violations(page) == []
    reader = open_desk("demo_admin", path=f"/monitor/{portfolio}").page
    expect(reader.get_by_role("table", name="Recalculations")).to_be_visible()
    for name in ("Recalculate now", "Store a new version"):
        expect(reader.get_by_role("button", name=name)).to_have_count(0)
    assert violations(reader) == []

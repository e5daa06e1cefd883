"""Pages of backtests, risk and monitoring, by the names of their pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.workbench.desk import Desk
from tests.e2e.workbench.states import State, at, settle

ASSETS = ("EQ-US-LARGE", "BD-GOVT-LONG")
BACKTEST = "/backtest/00000000-0000-4000-8000-000000000000"
GRID = "/backtest/grids/00000000-0000-4000-8000-000000000000"
PORTFOLIO = "00000000-0000-4000-8000-0000000000aa"

CHANGE = {
    "sequence": 7,
    "at": "2026-06-30T14:05:00Z",
    "kind": "RECALCULATION_DONE",
    "portfolio_id": PORTFOLIO,
    "event_id": None,
    "recalculation_id": "r-1",
}
PORTFOLIOS = {
    "portfolios": [
        {
            "portfolio_id": PORTFOLIO,
            "timestamp": "2026-06-30T13:00:00Z",
            "created_by": "demo_user",
            "model": "Classic",
            "risk_measure": "MV",
            "objective": "MinRisk",
            "asset_count": 2,
            "status": "OPTIMAL",
        }
    ],
    "next_cursor": None,
}
THRESHOLDS = {
    "price": 0.01,
    "volatility": 0.2,
    "correlation": 0.15,
    "stocks": 0.01,
    "bonds": 0.005,
    "forex": 0.008,
    "crypto": 0.03,
}


def _recalculation(number: int, state: str, reason: str, ended_at: str | None) -> dict[str, object]:
    return {
        "recalculation_id": f"r-{number}",
        "state": state,
        "reason": reason,
        "requested_by": "demo_user",
        "first_event_at": "2026-06-30T14:00:00Z",
        "last_event_at": "2026-06-30T14:01:00Z",
        "event_count": number,
        "due_at": "2026-06-30T14:03:00Z",
        "job_id": None,
        "queued_at": None,
        "known_at": None,
        "ended_at": ended_at,
        "result": f"/v1/portfolio/{PORTFOLIO}" if ended_at else None,
    }


MONITORED = {
    "portfolio_id": PORTFOLIO,
    "assets": list(ASSETS),
    "config": {
        "automatic_recalculation": True,
        "significance_thresholds": THRESHOLDS,
        "minimum_interval": 3600,
        "scheduled_recalculations": ["09:30", "16:00"],
        "asset_classes": {"EQ-US-LARGE": "stocks"},
    },
    "version": 2,
    "last_recalculation": "2026-06-30T14:05:00Z",
    "next_scheduled_at": "2026-06-30T20:00:00Z",
    "recalculations_of_day": 2,
    "max_per_day": 24,
    "recalculations": [
        _recalculation(2, "PENDING", "PRICE", None),
        _recalculation(1, "DONE", "FIRST", "2026-06-30T14:05:00Z"),
    ],
}


def choose_assets(page: Page, *assets: str) -> None:
    """Choose assets in a form."""
    field = page.get_by_role("combobox", name="Assets")
    for asset in assets:
        field.fill(asset)
        page.get_by_role("option", name=asset, exact=True).click()
    field.press("Escape")


def _chosen(path: str) -> Callable[[Desk], None]:
    def go(desk: Desk) -> None:
        at(path)(desk)
        choose_assets(desk.page, *ASSETS)
        desk.button("Equal weights").click()

    return go


def _faults(path: str, button: str) -> Callable[[Desk], None]:
    def go(desk: Desk) -> None:
        at(path)(desk)
        desk.button(button).click()
        expect(desk.page.get_by_role("combobox", name="Assets")).to_have_attribute("aria-invalid", "true")

    return go


def _backtest(desk: Desk) -> None:
    _chosen("/backtest/new")(desk)
    desk.button("Run the backtest").click()
    desk.page.get_by_role("table", name="Statistics").wait_for()
    settle(desk)


def _again(desk: Desk) -> None:
    """From the page of a backtest."""
    desk.page.get_by_role("link", name="Run again…").click()
    desk.button("Run the backtest").wait_for()


def _deletion(desk: Desk) -> None:
    """The question, left without a deletion."""
    desk.page.go_back()
    desk.button("Delete…").click()
    desk.page.get_by_role("dialog").wait_for()


def _grid_form(desk: Desk) -> None:
    at("/backtest/grids/new")(desk)
    desk.page.get_by_role("combobox", name="Strategy", exact=True).click()
    desk.page.get_by_role("option", name="Optimisation", exact=True).click()
    choose_assets(desk.page, *ASSETS, "CM-GOLD")
    for field, text in (("Windows, days", "63, 126"), ("Most weights of an asset, %", "50, 80")):
        desk.page.get_by_role("textbox", name=field, exact=True).fill(text)


def _grid(desk: Desk) -> None:
    _grid_form(desk)
    desk.page.get_by_role("textbox", name="First day", exact=True).fill("2024-01-02")
    desk.button("Run the grid").click()
    desk.page.get_by_role("region", name="How much of the best one is luck").wait_for()
    settle(desk)


def _risk(desk: Desk) -> None:
    _chosen("/risk")(desk)
    desk.page.get_by_role("textbox", name="Shock, % of EQ-US-LARGE").fill("-20")
    desk.button("Measure the risk").click()
    desk.page.get_by_role("table", name="Measures").wait_for()
    settle(desk)


def _monitored(path: str) -> Callable[[Desk], None]:
    """Open a page of monitoring with a portfolio that is monitored, and a change."""

    def go(desk: Desk) -> None:
        desk.page.unroute_all(behavior="ignoreErrors")
        stream = f"id: 7\nevent: change\ndata: {json.dumps(CHANGE)}\n\n"
        desk.page.route(
            re.compile("/v1/monitor/events"),
            lambda route: route.fulfill(content_type="text/event-stream", body=stream),
        )
        desk.page.route(re.compile(r"/v1/portfolio\?"), lambda route: route.fulfill(json=PORTFOLIOS))
        desk.page.route(re.compile("/v1/monitor/portfolio/"), lambda route: route.fulfill(json=MONITORED))
        at(path)(desk)
        expect(desk.page.get_by_role("list", name="Changes")).to_be_visible()

    return go


RESEARCH: tuple[State, ...] = (
    ("backtest-empty", at("/backtest")),
    ("backtest-form", _chosen("/backtest/new")),
    ("backtest-faults", _faults("/backtest/new", "Run the backtest")),
    ("backtest", _backtest),
    ("backtest-again", _again),
    ("backtest-deletion", _deletion),
    ("backtests", at("/backtest")),
    ("backtest-missing", at(BACKTEST)),
    ("backtest-compare-nothing", at("/backtest/compare")),
    ("backtest-grids-empty", at("/backtest/grids")),
    ("backtest-grid-form", _grid_form),
    ("backtest-grid-faults", _faults("/backtest/grids/new", "Run the grid")),
    ("backtest-grid", _grid),
    ("backtest-grids", at("/backtest/grids")),
    ("backtest-grid-missing", at(GRID)),
    ("risk-faults", _faults("/risk", "Measure the risk")),
    ("risk", _risk),
    ("monitor", _monitored("/monitor")),
    ("monitored", _monitored(f"/monitor/{PORTFOLIO}")),
)
"""For a portfolio manager; the backtests are those that were run before."""

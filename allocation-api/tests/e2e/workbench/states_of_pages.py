"""Every page by its address: loading, failed, offline, with many rows, where it is not permitted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Literal

from playwright.sync_api import Route, expect

from tests.e2e.workbench.desk import TREASURY, Desk
from tests.e2e.workbench.states import WAITING, State, at, part, settle
from tests.e2e.workbench.states_of_research import BACKTEST, GRID, PORTFOLIO, RESEARCH

ALLOCATION = "/allocations/00000000-0000-4000-8000-000000000000"
BLOTTER = "/blotters/00000000-0000-4000-8000-000000000000"
PROPOSAL = "/drift/proposals/00000000-0000-4000-8000-000000000000"
OPTIMISED = "/optimise/00000000-0000-4000-8000-000000000000"
ALERT = "/alerts/00000000-0000-4000-8000-000000000000"
DRIFT = "/drift/accounts/PPR-001"
PROPOSE = "/drift/proposals/new?scope=GROUP&id=PUBLICPRE"

CONTENT = re.compile(r"/v1/(?!auth/(refresh|login)|system/status|preferences|health|desk|usage)")
"""Requests for what a page shows, apart from those of the frame around it."""

PROBLEM = json.dumps(
    {
        "type": "about:blank",
        "title": "Aladdin does not answer",
        "status": 503,
        "code": "VENDOR_UNAVAILABLE",
        "detail": "Aladdin did not answer in time. Nothing was sent. Try again in a minute.",
        "request_id": "0b54b8b6-6ad6-4c0f-93b2-1f7a4ad6b7a1",
    }
)


def _name(path: str) -> str:
    return re.sub(r"\W+", "-", path.removesuffix(ALLOCATION[-37:])).strip("-") + (
        "-one"
        if path.startswith(("/allocations/", "/orders/", "/blotters/0", "/optimise/0", "/alerts/0"))
        else ""
    )


def _held(path: str) -> Callable[[Desk], None]:
    """Open a page whose content does not come."""

    def go(desk: Desk) -> None:
        desk.page.unroute_all(behavior="ignoreErrors")
        desk.page.route(CONTENT, lambda _: None)
        desk.page.goto(path)
        desk.page.get_by_role("heading", level=1).first.wait_for()
        expect(desk.page.get_by_role("main").locator(f"{WAITING}, .ag-overlay").first).to_be_visible()

    return go


def _failed(path: str) -> Callable[[Desk], None]:
    """Open a page whose content is refused."""

    def go(desk: Desk) -> None:
        desk.page.unroute_all(behavior="ignoreErrors")
        desk.page.route(
            CONTENT,
            lambda route: route.fulfill(status=503, content_type="application/problem+json", body=PROBLEM),
        )
        desk.page.goto(path)
        expect(desk.page.get_by_role("main").get_by_role("alert").first).to_be_visible()
        settle(desk)

    return go


def _many(path: str, request: str, rows: str, key: str, times: int) -> Callable[[Desk], None]:
    """Open a page whose list has each row many times, under ids of its own, and more to come."""

    def repeat(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        body[rows] = [{**row, key: f"{row[key]}-{copy}"} for copy in range(times) for row in body[rows]]
        if "next_cursor" in body:
            body["next_cursor"] = "more"
        route.fulfill(response=answer, json=body)

    def go(desk: Desk) -> None:
        desk.page.unroute_all(behavior="ignoreErrors")
        desk.page.route(re.compile(rf"/v1/{request}(\?|$)"), repeat)
        at(path)(desk)

    return go


def _drift_line(day: str, key: str, current: float, target: float) -> dict[str, object]:
    difference = current - target
    return {
        "check_id": day,
        "kind": "DAILY" if day < "2026-06-29" else "REQUESTED",
        "business_date": day,
        "taken_at": f"{day}T21:31:00Z",
        "dimension": "SECTOR",
        "class_key": key,
        "current": current,
        "benchmark": None,
        "target": target,
        "band": 5,
        "difference": difference,
        "is_out": abs(difference) > 5,
        "value": current * 1_000_000,
        "nav": 100_000_000,
        "target_set_version": 1,
    }


DRIFT_LINES = [
    _drift_line(day, key, share if key == "GOVT" else 100 - share, target)
    for day, share in (("2026-06-29", 62.0), ("2026-06-26", 55.5), ("2026-06-25", 51.0))
    for key, target in (("GOVT", 55), ("cash", 45))
]


def _part_of_drift(key: str, sign: int) -> dict[str, object]:
    causes = {"market": 1.5, "trades": 4, "flows": 0.5, "reclassified": 0.25, "rest": 0.25}
    return {
        "key": key,
        "value_before": 55_500_000,
        "value_after": 62_000_000,
        "drift_before": 0.5 * sign,
        "drift_after": 7 * sign,
        "money": {cause: part * 1_000_000 * sign for cause, part in causes.items()},
        "points": {cause: part * sign for cause, part in causes.items()},
        "targets": 0.5 * -sign,
        "contribution": 1.5 * sign,
        "class_return": 2.5 if sign > 0 else None,
    }


def _snapshot(day: str) -> dict[str, object]:
    return {"kind": "DAILY", "business_date": day, "nav": 100_000_000, "currency": "USD"}


ATTRIBUTION = {
    "first": _snapshot("2026-06-26"),
    "last": _snapshot("2026-06-29"),
    "dimensions": [
        {
            "dimension": "SECTOR",
            "market": 0,
            "flows": 0,
            "account_return": 0,
            "classes": [_part_of_drift("GOVT", 1), _part_of_drift("cash", -1)],
        }
    ],
}


def _checked(tab: str) -> Callable[[Desk], None]:
    """Open the drift page of an account that was checked on three dates."""

    def go(desk: Desk) -> None:
        desk.page.unroute_all(behavior="ignoreErrors")
        lines = {"lines": DRIFT_LINES, "next_cursor": None}
        desk.page.route(re.compile(r"/v1/drift/history\?"), lambda route: route.fulfill(json=lines))
        desk.page.route(re.compile("/v1/drift/attribution"), lambda route: route.fulfill(json=ATTRIBUTION))
        at(f"{DRIFT}?tab={tab}")(desk)
        desk.page.get_by_role("main").get_by_role("img").first.wait_for()

    return go


def _offline(desk: Desk) -> None:
    desk.page.unroute_all(behavior="ignoreErrors")
    at("/system")(desk)
    desk.page.route(re.compile("/v1/"), lambda route: route.abort())
    expect(desk.page.get_by_text("The service cannot be reached.").first).to_be_visible()


def _stop(desk: Desk) -> None:
    desk.page.unroute_all(behavior="ignoreErrors")
    at("/system")(desk)
    desk.button("Stop trading").click()
    desk.page.get_by_role("textbox", name="Reason").wait_for()


def _stopped(desk: Desk) -> None:
    desk.page.get_by_role("textbox", name="Reason").fill("Prices look wrong")
    desk.page.get_by_role("dialog").get_by_role("button", name="Stop trading").click()
    expect(desk.page.get_by_role("dialog")).to_have_count(0)
    expect(desk.page.get_by_text("Prices look wrong").first).to_be_visible()
    settle(desk)


def _pressed(path: str, button: str) -> Callable[[Desk], None]:
    """Open a page and press a button of it."""

    def go(desk: Desk) -> None:
        at(path)(desk)
        desk.page.get_by_role("main").get_by_role("button", name=button, exact=True).click()
        settle(desk)

    return go


def _first(path: str, within: str, role: Literal["grid", "table"] = "grid") -> Callable[[Desk], None]:
    """Open a page and follow the first link of its list."""

    def go(desk: Desk) -> None:
        at(path)(desk)
        desk.page.get_by_role(role, name=within).get_by_role("link").first.click()
        settle(desk)

    return go


BOOKS: tuple[State, ...] = (
    ("orders", at("/orders?show=all")),
    ("history", at("/allocations")),
    ("accounts", at("/accounts?group=PUBLICPRE")),
    ("account", at("/accounts/PPR-001")),
    ("account-missing", at("/accounts/NOBODY")),
    ("security", at(f"/securities/{TREASURY}")),
    ("fairness", at("/fairness")),
    ("fairness-policy", part("Policy")),
    ("fairness-replay", part("By another rule", click="Split the orders again")),
    ("fairness-fills", part("Fills and prices")),
    ("audit", at("/audit")),
    ("audit-activity", part("User activity")),
    ("audit-chain", part("Chain and export", click="Verify the chain")),
    ("audit-record", _first("/audit", "Audit records")),
    ("system", at("/system")),
    ("profile", at("/profile")),
    ("not-found", at("/no/such/page")),
    ("approvals", at("/approvals")),
    ("blotters", at("/blotters")),
    ("jobs", at("/jobs")),
    ("proposals", at("/drift?tab=proposals")),
    ("propose", at(PROPOSE)),
    ("propose-nothing", at("/drift/proposals/new")),
    ("drift-history-empty", at(f"{DRIFT}?tab=history")),
    ("drift-moved-empty", at(f"{DRIFT}?tab=moved")),
    ("drift-history", _checked("history")),
    ("drift-moved", _checked("moved")),
    ("optimise", at("/optimise")),
    ("optimise-faults", _pressed("/optimise", "Optimise")),
    ("optimised-portfolios", at("/optimise?tab=earlier")),
    ("optimised-portfolio-missing", at(OPTIMISED)),
    ("market-data", at("/market-data")),
    ("market-data-import", at("/market-data?tab=import")),
    ("alerts", at("/alerts?state=ALL")),
    ("alert-missing", at(ALERT)),
    ("orders-many", _many("/orders?show=all", "orders", "orders", "order_id", 500)),
    ("history-many", _many("/allocations", "allocations", "allocations", "allocation_id", 50)),
    ("audit-many", _many("/audit", "audit", "audit_records", "audit_id", 20)),
    ("groups-many", _many("/workbench/order-entry", "portfolio-groups", "portfolio_groups", "group_id", 15)),
    *RESEARCH,
    ("offline", _offline),
)
"""For a portfolio manager, once there are orders."""

SUPERVISOR: tuple[State, ...] = (
    ("approval", _first("/approvals", "Waiting for approval", "table")),
    ("policy-form", _pressed("/fairness?tab=policy", "State a new version")),
    ("supervisor-workbench", at("/workbench/order-entry")),
)

ADMIN: tuple[State, ...] = (
    ("admin-users", at("/admin")),
    ("admin-add-user", _pressed("/admin", "Add user")),
    ("admin-user", _first("/admin", "Users")),
    ("admin-roles", at("/admin?tab=roles")),
    ("admin-reference", at("/admin?tab=reference")),
    ("admin-system", at("/system")),
    ("admin-approvals", at("/approvals")),
    ("admin-jobs", at("/jobs?of=all")),
    ("alert-channels", at("/alerts?tab=channels")),
    ("alert-channel-form", _pressed("/alerts?tab=channels", "Add channel")),
    ("alert-messages", at("/alerts?tab=messages")),
)

NOT_PERMITTED: tuple[State, ...] = tuple(
    (f"not-permitted-{_name(path)}", at(path))
    for path in (
        "/workbench/order-entry",
        "/compare",
        "/orders",
        "/blotters",
        "/blotters/new",
        "/allocations",
        ALLOCATION,
        "/drift?tab=proposals",
        PROPOSE,
        PROPOSAL,
        "/fairness",
    )
)
"""For an administrator, who reads no orders."""

PAGES = (
    "/workbench/order-entry",
    "/orders",
    "/orders/1",
    "/blotters",
    BLOTTER,
    "/jobs",
    "/allocations",
    ALLOCATION,
    "/approvals",
    "/accounts",
    "/accounts/PPR-001",
    f"/securities/{TREASURY}",
    "/drift?tab=proposals",
    PROPOSAL,
    f"{DRIFT}?tab=history",
    f"{DRIFT}?tab=moved",
    "/optimise",
    "/optimise?tab=earlier",
    OPTIMISED,
    "/market-data",
    "/backtest",
    BACKTEST,
    "/backtest/grids",
    GRID,
    "/backtest/compare?ids=1,2",
    "/monitor",
    f"/monitor/{PORTFOLIO}",
    "/alerts",
    ALERT,
    "/fairness",
    "/fairness?tab=policy",
    "/fairness?tab=fills",
    "/audit",
    "/audit?tab=activity",
    "/system",
    "/profile",
)
LOADING: tuple[State, ...] = tuple((f"loading-{_name(path)}", _held(path)) for path in PAGES)
FAILED: tuple[State, ...] = tuple((f"failed-{_name(path)}", _failed(path)) for path in PAGES)
STOP: tuple[State, ...] = (("stop", _stop), ("stopped", _stopped))

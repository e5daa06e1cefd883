"""Figures, printed at the end of the run. Asserted is what does not depend on the machine."""

from __future__ import annotations

import gzip
import itertools
import json
import random

import httpx
import pytest
from playwright.sync_api import expect

from app.core.config.server import WORKBENCH_BUILD
from tests.e2e.workbench.desk import Desk

FIRST_LOAD_BYTES = 200_000
TEN_TIMES = 10

OBSERVE = """
window.shift = 0
window.interactions = []
window.shifted = []
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
        window.shift += entry.value
        window.shifted.push(entry.sources.map(source => source.node?.className ?? ''))
    }
}).observe({ type: 'layout-shift', buffered: true })
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (entry.interactionId) window.interactions.push(entry.duration)
}).observe({ type: 'event', durationThreshold: 16, buffered: true })
"""

USABLE = """
new MutationObserver((_, observer) => {
    if (!document.querySelector('input[name=username], input[role=combobox]')) return
    window.usable = performance.now()
    observer.disconnect()
}).observe(document, { childList: true, subtree: true })
"""
"""Notes when there is the first field: the user name, or the bond."""

SCRIPTS = """performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('.js'))
    .map(entry => [entry.name, entry.startTime <= window.usable])"""

PAINTED = """() => new Promise(done => {
    const answered = () => performance.getEntriesByType('resource')
        .filter(entry => entry.name.endsWith('/allocations/preview')).at(-1)
    const look = () => {
        const entry = answered()
        if (entry && document.querySelector('main')?.innerText.includes('Total of 969 accounts'))
            requestAnimationFrame(() => setTimeout(() => done(performance.now() - entry.responseEnd)))
        else requestAnimationFrame(look)
    }
    look()
})"""

FRAMES = """async milliseconds => {
    const grid = [...document.querySelectorAll('.ag-body-viewport, .ag-grid-scrolling-container')]
        .find(element => element.scrollHeight > element.clientHeight)
    const frames = []
    let before = performance.now()
    const begun = before
    while (before - begun < milliseconds) {
        await new Promise(requestAnimationFrame)
        const now = performance.now()
        frames.push(now - before)
        before = now
        if (grid) grid.scrollTop = (grid.scrollTop + 40) % (grid.scrollHeight - grid.clientHeight)
    }
    return { frames, scrolled: grid !== undefined }
}"""


@pytest.fixture(scope="module")
def settings():
    """A group of 969 accounts."""
    return {"MOCK_DATA_SCENARIO": "large_portfolio", "MOCK_FILL_SECONDS": "0"}


def _packed(names):
    return sum(
        len(gzip.compress((WORKBENCH_BUILD / "assets" / name.rsplit("/", 1)[1]).read_bytes(), 9))
        for name in set(names)
    )


def _loaded(page):
    """Bytes of script asked for before the first field was there, and all."""
    page.wait_for_load_state("networkidle")
    scripts = page.evaluate(SCRIPTS)
    return _packed(name for name, before in scripts if before), _packed(name for name, _ in scripts)


def test_script_of_the_first_load(new_page, log_in_at, record_property):
    page = new_page()
    page.add_init_script(USABLE)
    page.goto("/")
    page.get_by_label("User name").wait_for()
    login, login_in_all = _loaded(page)
    log_in_at(page)
    page.goto("/workbench")
    page.get_by_role("table", name="Portfolio groups").wait_for()
    workbench, workbench_in_all = _loaded(page)
    for name, first, in_all in (
        ("login page", login, login_in_all),
        ("workbench with a session", workbench, workbench_in_all),
    ):
        record_property(
            f"script of the {name} until its first field can be typed in, gzip bytes (at most 200,000)",
            f"{first:,} (with what is loaded behind it {in_all:,})",
        )
    assert login <= FIRST_LOAD_BYTES
    assert workbench <= FIRST_LOAD_BYTES


def test_a_bond_typed_before_the_form_is_loaded_is_found(new_page, log_in_at):
    page = new_page()
    page.goto("/")
    log_in_at(page)
    expect(page.get_by_role("textbox", name="Face")).to_be_visible()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/assets/EntryForm*.js", hold)
    page.reload()
    bond = page.get_by_role("combobox", name="Bond")
    expect(bond).to_be_focused()
    page.keyboard.type("91282")
    expect(page.get_by_role("textbox", name="Face")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(page.get_by_role("textbox", name="Face")).to_be_visible()
    expect(bond).to_be_focused()
    page.keyboard.type("CKB6")
    expect(bond).to_have_value("91282CKB6")
    page.get_by_role("option", name="91282CKB6").click()
    expect(page.get_by_role("region", name="Chosen bond")).to_be_visible()


def _walk(desk):
    """From the login to a preview, as somebody types who knows the way."""
    page = desk.page
    page.get_by_role("combobox", name="Bond").press_sequentially("91282CKB6", delay=40)
    page.get_by_role("option", name="91282CKB6").click()
    page.get_by_role("textbox", name="Face").press_sequentially("5mm", delay=40)
    page.get_by_role("checkbox", name="BIG6").check()
    expect(page.get_by_text("The chosen groups could take")).to_be_visible()
    desk.next()
    for method in ("Custom weights", "Min dispersion", "Pro-rata"):
        desk.choose(method)
    desk.preview()
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("width", [1280, 1920, 390])
def test_nothing_moves_and_keys_are_answered(new_page, log_in_at, record_property, width):
    page = new_page(width=width)
    page.add_init_script(OBSERVE)
    page.goto("/")
    log_in_at(page)
    _walk(Desk(page))
    slowest = max(page.evaluate("window.interactions"), default=16)
    shift = page.evaluate("window.shift")
    record_property(
        f"slowest interaction of the wizard at {width} px, milliseconds (wanted: 100)", f"{slowest:.0f}"
    )
    record_property(f"layout shift from login to preview at {width} px (0)", f"{shift:.4f}")
    assert shift == 0, page.evaluate("window.shifted")


def test_a_preview_of_a_thousand_accounts_is_painted(open_desk, record_property):
    desk = open_desk()
    desk.enter(group="LARGE", face="50mm")
    desk.next()
    desk.choose("Pro-rata")
    desk.button("Preview").click()
    taken = desk.page.evaluate(PAINTED)
    record_property(
        "answer of a preview of 969 accounts to painted, milliseconds (wanted: 300)", f"{taken:.0f}"
    )
    assert taken < 300 * TEN_TIMES


def _orders(server, count=1000):
    """Take the shape of an order from one that is sent, and make many of it."""
    with httpx.Client(base_url=f"{server.root}/v1", timeout=60) as client:
        login = client.post("/auth/login", json={"username": "demo_user", "password": "demo_password"})
        client.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        order = {"security_id": "91282CKB6", "side": "BUY", "quantity": 1_000_000}
        body = {"order": order, "allocation_method": "PRO_RATA", "portfolio_groups": ["BIG6"]}
        preview = client.post(
            "/allocations/preview", json=body, headers={"Idempotency-Key": "figures-preview"}
        )
        path = f"/allocations/{preview.json()['allocation_id']}/commit"
        assert client.post(path, json={}, headers={"Idempotency-Key": "figures-commit"}).is_success
        answer = client.get("/orders").json()
    one = answer["orders"][0]
    return answer | {"orders": [one | {"order_id": str(2_000_000_000 + at)} for at in range(count)]}


def test_a_blotter_of_a_thousand_orders_scrolls(open_desk, server, record_property):
    desk = open_desk()
    answer, drawn = _orders(server), random.Random(1)
    polls = itertools.count()

    def serve(route):
        # A poll every two seconds, so that two hundred changes are a hundred a second.
        if next(polls):
            for order in drawn.sample(answer["orders"], 200):
                order["filled_quantity"] = drawn.randrange(0, order["quantity"], 1000)
        route.fulfill(status=200, content_type="application/json", body=json.dumps(answer))

    desk.page.route("**/v1/orders?*", serve)
    desk.page.route("**/v1/orders", serve)
    desk.open("Orders")
    expect(desk.page.get_by_role("grid", name="Orders").get_by_role("row").nth(5)).to_be_visible()
    seen = desk.page.evaluate(FRAMES, 8_000)
    frames = sorted(seen["frames"])
    p95 = frames[int(len(frames) * 0.95)]
    record_property(
        "blotter of 1,000 orders with 100 changes a second, frame at p95, milliseconds (wanted: 17)",
        f"{p95:.1f} ({len(frames)} frames in 8 s)",
    )
    assert seen["scrolled"]
    assert next(polls) > 1
    assert p95 < 17 * TEN_TIMES

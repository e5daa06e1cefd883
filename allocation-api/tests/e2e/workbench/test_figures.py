"""Figures, printed at the end of the run. Asserted is what does not depend on the machine."""

from __future__ import annotations

import gzip
import itertools
import json
import os
import random
import time

import httpx
import pytest
from playwright.sync_api import expect

from app.core.config.server import WORKBENCH_BUILD
from tests.e2e.workbench import bare_grid
from tests.e2e.workbench.desk import Desk

FIRST_LOAD_BYTES = 200_000
LEAST_SCRIPT_BYTES = 100_000
"""React, the store and the controls alone are more: less was not measured."""
WHOLE_FORM_BYTES = 340_000
MAX_RATIO_TO_BARE = 4
"""Processor time of a frame of the blotter, beside that of AG Grid alone."""

ANSWER_SECONDS = 0.15
"""How late answers come where nothing may move: places that are not held show then."""

OBSERVE = """
performance.setResourceTimingBufferSize(2000)
window.shift = 0
window.interactions = []
window.shifted = []
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
        window.shift += entry.value
        window.shifted.push(entry.sources.map(({ node, previousRect, currentRect }) =>
            `${node?.textContent?.slice(0, 60)} from ${previousRect.y} to ${currentRect.y}`))
    }
}).observe({ type: 'layout-shift', buffered: true })
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (entry.interactionId) window.interactions.push(entry.duration)
}).observe({ type: 'event', durationThreshold: 16, buffered: true })
"""

USABLE = """
const first = 'input[name=username], input[role=combobox]', whole = 'form[aria-label]'
new MutationObserver(() => {
    if (document.querySelector(first)) window.usable ??= performance.now()
    if (document.querySelector(whole)) window.whole ??= performance.now()
}).observe(document, { childList: true, subtree: true })
"""
"""Notes when there is the first field, of the user name or of the bond, and when the whole form."""

SCRIPTS = """performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('.js'))
    .map(entry => [entry.name, entry.startTime <= window.usable, entry.startTime <= window.whole])"""

PAINTED = """times => new Promise(done => {
    const look = () => {
        const painted = performance.getEntriesByName('preview-painted')
        const answered = performance.getEntriesByType('resource')
            .filter(entry => entry.name.endsWith('/allocations/preview'))
        if (painted.length < times) setTimeout(look, 50)
        else done(painted.at(-1).startTime + painted.at(-1).duration - answered.at(-1).responseEnd)
    }
    look()
})"""

FRAMES = """async milliseconds => {
    const grid = document.querySelector('.ag-grid-viewport')
    const drawn = new Set()
    const frames = []
    let before = performance.now()
    const begun = before
    while (before - begun < milliseconds) {
        await new Promise(requestAnimationFrame)
        const now = performance.now()
        frames.push(now - before)
        before = now
        grid.scrollTop = (grid.scrollTop + 40) % (grid.scrollHeight - grid.clientHeight)
        drawn.add(grid.querySelector('[row-index]')?.getAttribute('row-index'))
    }
    return { frames, drawn: drawn.size, scrollTop: grid.scrollTop }
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
    """Bytes of script asked for before the first field was there, before the whole form was, and in all."""
    page.wait_for_load_state("networkidle")
    assert page.evaluate("window.usable > 0 && window.whole > 0")
    scripts = page.evaluate(SCRIPTS)
    return (
        _packed(name for name, first, _ in scripts if first),
        _packed(name for name, _, whole in scripts if whole),
        _packed(name for name, _, _ in scripts),
    )


def test_script_of_the_first_load(new_page, log_in_at, record_property):
    page = new_page()
    page.add_init_script(USABLE)
    page.goto("/")
    page.get_by_label("User name").wait_for()
    login = _loaded(page)
    log_in_at(page)
    page.goto("/workbench")
    page.get_by_role("table", name="Portfolio groups").wait_for()
    workbench = _loaded(page)
    for name, (first, whole, in_all) in (("login", login), ("workbench with a session", workbench)):
        record_property(
            f"{name}: script until its first field can be typed in, gzip bytes (at most 200,000)",
            f"{first:,}; until the whole form is there {whole:,}; with what is loaded behind it {in_all:,}",
        )
        assert LEAST_SCRIPT_BYTES <= first <= FIRST_LOAD_BYTES
        assert whole <= WHOLE_FORM_BYTES


def test_a_bond_typed_before_the_form_is_loaded_is_found(new_page, log_in_at):
    page = new_page()
    page.goto("/")
    log_in_at(page)
    expect(page.get_by_role("textbox", name="Face")).to_be_visible()
    held = []

    def hold(route):
        held.append(route)

    page.route("**/assets/EntryForm*.js", hold)
    with page.expect_request("**/assets/EntryForm*.js"):
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


def _late(route):
    time.sleep(ANSWER_SECONDS)
    route.continue_()


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
    page.route("**/v1/**", _late)
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
    cold = desk.page.evaluate(PAINTED, 1)
    warm = []
    for times in range(2, 5):
        desk.button("Preview again").click()
        warm.append(desk.page.evaluate(PAINTED, times))
    expect(desk.total()).to_contain_text("Total of 969 accounts")
    record_property(
        "answer of a preview of 969 accounts to painted, milliseconds (wanted: 300)",
        f"{cold:.0f} the first time, {min(warm):.0f} the best of three later",
    )


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


SECONDS = 6


def _scroll(page):
    """Scroll the grid of a page; frames a second, and milliseconds of the page's own processor time for each.

    Processor time is the same on a machine that has other things to do, which frames are not.
    """
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def used():
        metrics = session.send("Performance.getMetrics")["metrics"]
        return next(each["value"] for each in metrics if each["name"] == "TaskDuration")

    before = used()
    seen = page.evaluate(FRAMES, SECONDS * 1000)
    frames = len(seen["frames"])
    assert seen["drawn"] > frames / 2, "The grid did not scroll."
    return frames / SECONDS, 1000 * (used() - before) / frames


def _serve_changing(page, answer):
    """Answer the blotter's polls, one every two seconds, with 200 orders changed: 100 changes a second."""
    drawn, polls = random.Random(1), itertools.count()

    def serve(route):
        if "open=true" not in route.request.url:
            return route.continue_()
        if next(polls):
            for order in drawn.sample(answer["orders"], 200):
                order["filled_quantity"] = drawn.randrange(0, order["quantity"], 1000)
        return route.fulfill(status=200, content_type="application/json", body=json.dumps(answer))

    page.route("**/v1/orders?*", serve)
    return polls


def test_a_blotter_of_a_thousand_orders_scrolls(open_desk, new_page, server, record_property):
    answer = _orders(server)
    bare = new_page()
    bare_grid.draw(bare, answer["orders"])
    bare_rate, bare_cost = _scroll(bare)
    bare.close()
    desk = open_desk()
    polls = _serve_changing(desk.page, answer)
    desk.open("Orders")
    expect(desk.page.get_by_role("grid", name="Orders").get_by_role("row").nth(5)).to_be_visible()
    rate, cost = _scroll(desk.page)
    assert next(polls) >= SECONDS / 2 - 1
    record_property(
        "blotter of 1,000 orders with 100 changes a second, frames a second (wanted: 60)",
        f"{rate:.0f}; AG Grid alone {bare_rate:.0f}; ratio {rate / bare_rate:.2f}",
    )
    record_property(
        "the same, milliseconds of processor for a frame (60 frames: at most 16.7)",
        f"{cost:.1f}; AG Grid alone {bare_cost:.1f}; ratio {cost / bare_cost:.2f}",
    )
    record_property(
        "load of the machine in the last minute", f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    )
    assert cost < MAX_RATIO_TO_BARE * bare_cost

"""Every page and state that is looked at, by a name that is the name of its picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from playwright.sync_api import expect

from tests.e2e.workbench.desk import BARRED, BlotterDesk, Desk

State = tuple[str, Callable[[Desk], None]]

WAITING = ".MuiSkeleton-root, [role=progressbar]:not([aria-valuenow])"
"""Places held for what is being read; a bar with a value is a figure."""


def at(path: str) -> Callable[[Desk], None]:
    """Open an address and wait for its content."""

    def go(desk: Desk) -> None:
        desk.page.goto(path)
        desk.page.get_by_role("main").get_by_role("heading", level=1).first.wait_for()
        settle(desk)

    return go


def settle(desk: Desk) -> None:
    """Wait until nothing is being loaded."""
    desk.page.wait_for_load_state("networkidle")
    expect(desk.page.locator(WAITING)).to_have_count(0)


def _entry(desk: Desk) -> None:
    desk.enter(bond=BARRED, group="PUBLICPRE")
    expect(desk.page.get_by_text(re.compile("^The chosen groups could take"))).to_be_visible()


def _entry_faults(desk: Desk) -> None:
    desk.page.get_by_role("textbox", name="Face").fill("5,000,001.5")
    desk.page.get_by_role("textbox", name="Settlement date").fill("2026-02-30")
    desk.page.get_by_role("textbox", name="Price").fill("x")
    desk.button("Next").click()
    expect(desk.page.get_by_role("textbox", name="Face")).to_have_attribute("aria-invalid", "true")


def _method(desk: Desk) -> None:
    desk.page.get_by_role("textbox", name="Face").fill("5mm")
    desk.page.get_by_role("textbox", name="Settlement date").fill("")
    desk.page.get_by_role("textbox", name="Price").fill("")
    desk.next()
    desk.choose("Min dispersion")
    settle(desk)


def _wishes(desk: Desk) -> None:
    desk.button("Wishes of this order").click()
    desk.page.get_by_role("group", name="Round amounts").wait_for()


def _weights(desk: Desk) -> None:
    desk.button("Wishes of this order").click()
    desk.choose("Custom weights")
    desk.button("Equal").click()
    desk.page.get_by_role("grid", name="Weights by account").wait_for()
    settle(desk)


def _paste(desk: Desk) -> None:
    desk.button("Paste from Excel").click()
    desk.page.get_by_role("textbox", name="Pasted lines").fill("PPR-001\t60\nPPR-002\tabc\nXXX\t40")
    desk.page.get_by_role("grid", name="Lines that were read").wait_for()


def _preview(desk: Desk) -> None:
    desk.button("Cancel").click()
    desk.choose("Min dispersion")
    desk.preview()
    desk.page.get_by_role("grid", name="Allocation by account").wait_for()
    settle(desk)


def _commit(desk: Desk) -> None:
    desk.acknowledge()
    desk.button("Commit").click()
    desk.page.get_by_role("dialog").wait_for()


def _committed(desk: Desk) -> None:
    desk.button("Send order").click()
    desk.order_id()
    settle(desk)


def _order(desk: Desk) -> None:
    desk.result.get_by_role("link").first.click()
    expect(desk.page.get_by_role("heading", level=1)).to_contain_text("Order")
    desk.page.get_by_role("grid", name="The order by account").wait_for()
    settle(desk)


def _modify(desk: Desk) -> None:
    desk.button("Modify…").click()
    desk.page.get_by_role("textbox", name="New face").wait_for()


def _cancel(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    desk.button("Cancel…").click()
    desk.page.get_by_role("textbox", name="Reason").wait_for()


def _allocation(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("main").get_by_role("link", name=re.compile(r"^[0-9a-f]{8}…$")).first.click()
    desk.page.get_by_role("tab", name="Inputs").wait_for()
    settle(desk)


def part(name: str, *, click: str | None = None) -> Callable[[Desk], None]:
    """Open a tab, and press what is in it."""

    def go(desk: Desk) -> None:
        tab = desk.page.get_by_role("tab", name=name)
        tab.click()
        expect(tab).to_have_attribute("aria-selected", "true")
        settle(desk)
        if click:
            desk.page.get_by_role("tabpanel").get_by_role("button", name=click, exact=True).click()
            settle(desk)
        tab.scroll_into_view_if_needed()

    return go


def _new_order(desk: Desk) -> None:
    desk.page.goto("/workbench/order-entry")
    desk.button("New order").click()
    desk.button("Begin a new order").click()
    expect(desk.page.get_by_role("combobox", name="Bond")).to_have_value("")


def _comparison(desk: Desk) -> None:
    _new_order(desk)
    desk.enter(face="12mm", group="PUBLICPRE")
    desk.next()
    desk.page.get_by_role("link", name="Compare methods").click()
    desk.button("Compare").click()
    desk.page.get_by_role("table", name="Variants with their totals").wait_for()
    settle(desk)


def _waits(desk: Desk) -> None:
    _new_order(desk)
    desk.enter(face="40mm")
    desk.next()
    desk.preview()
    desk.commit("Ask for approval")
    expect(desk.result).to_contain_text("approval")
    settle(desk)


def _shortcuts(desk: Desk) -> None:
    desk.page.get_by_role("heading", level=1).first.click()
    desk.page.keyboard.press("?")
    desk.page.get_by_role("dialog").wait_for()


def _palette(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    desk.page.keyboard.press("Control+k")
    desk.page.get_by_role("dialog").get_by_role("combobox").fill("Treasury")
    expect(desk.page.get_by_role("option").first).to_be_visible()


def _blotter_faults(desk: Desk) -> None:
    blotter = BlotterDesk(desk)
    first, second, third = blotter.GOOD
    blotter.upload(first.replace("BUY", "BY"), second.replace("5000000", "many"), third)
    desk.button("Check").click()
    desk.page.get_by_role("region", name="Errors").wait_for()


def _blotter(desk: Desk) -> None:
    blotter = BlotterDesk(desk)
    blotter.upload(*blotter.GOOD)
    blotter.run()
    blotter.result.locator(".ag-row[row-index='1'] [col-id='Allocated']").click()
    expect(desk.page.get_by_role("region", name="Chosen line")).to_contain_text("not allowed")
    settle(desk)


def _blotter_commit(desk: Desk) -> None:
    desk.button("Commit").click()
    desk.page.get_by_role("checkbox", name="Accept all that are shown").check()


def _notices(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    desk.button("Notifications", exact=False).click()
    desk.page.get_by_role("dialog", name="Notifications").wait_for()
    expect(desk.page.get_by_role("dialog")).to_contain_text("A blotter is ready")


DESK: tuple[State, ...] = (
    ("orders-empty", at("/orders")),
    ("history-empty", at("/allocations")),
    ("fairness-empty", at("/fairness")),
    ("blotters-empty", at("/blotters")),
    ("jobs-empty", at("/jobs")),
    ("entry-empty", at("/workbench/order-entry")),
    ("entry", _entry),
    ("entry-faults", _entry_faults),
    ("method", _method),
    ("wishes", _wishes),
    ("weights", _weights),
    ("paste", _paste),
    ("preview", _preview),
    ("commit", _commit),
    ("committed", _committed),
    ("order", _order),
    ("modify", _modify),
    ("cancel", _cancel),
    ("allocation", _allocation),
    ("allocation-replay", part("Replay", click="Replay")),
    ("allocation-fix", part("FIX")),
    ("allocation-audit", part("Audit")),
    ("comparison", _comparison),
    ("waits", _waits),
    ("shortcuts", _shortcuts),
    ("palette", _palette),
    ("blotter-empty", at("/blotters/new")),
    ("blotter-faults", _blotter_faults),
    ("blotter", _blotter),
    ("blotter-commit", _blotter_commit),
    ("notices", _notices),
)
"""What a portfolio manager meets, in this order: each state follows from the one before."""


def visit(desk: Desk, states: Iterable[State]) -> Iterator[str]:
    """Bring the page into one state after the other."""
    for name, reach in states:
        reach(desk)
        yield name

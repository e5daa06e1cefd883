"""Every page and state that is looked at, by a name that is the name of its picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from playwright.sync_api import expect

from tests.e2e.workbench.desk import BARRED, TREASURY, Desk

State = tuple[str, Callable[[Desk], None]]

WAITING = ".MuiSkeleton-root, [role=progressbar]:not([aria-valuenow])"
"""Places held for what is being read; a bar with a value is a figure."""


def _at(path: str, *, shown: str | None = None) -> Callable[[Desk], None]:
    def go(desk: Desk) -> None:
        desk.page.goto(path)
        desk.page.get_by_role("main").get_by_role("heading", level=1).first.wait_for()
        if shown:
            expect(desk.page.get_by_role("main")).to_contain_text(shown)
        settle(desk)

    return go


def settle(desk: Desk) -> None:
    """Wait until nothing is being loaded."""
    desk.page.wait_for_load_state("networkidle")
    expect(desk.page.locator(WAITING)).to_have_count(0)


def _entry(desk: Desk) -> None:
    desk.enter(bond=BARRED, group="PUBLICPRE")
    expect(desk.page.get_by_text("The chosen groups could take")).to_be_visible()


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


def _allocation(desk: Desk) -> None:
    desk.page.keyboard.press("Escape")
    desk.page.get_by_role("main").get_by_role("link", name=re.compile(r"^[0-9a-f]{8}…$")).first.click()
    desk.page.get_by_role("tab", name="Inputs").wait_for()
    settle(desk)


def _comparison(desk: Desk) -> None:
    desk.page.goto("/workbench/order-entry")
    desk.enter()
    desk.next()
    desk.page.get_by_role("link", name="Compare methods").click()
    desk.button("Compare").click()
    desk.page.get_by_role("table", name="Variants with their totals").wait_for()
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


DESK: tuple[State, ...] = (
    ("entry-empty", _at("/workbench/order-entry")),
    ("orders-empty", _at("/orders")),
    ("history-empty", _at("/allocations")),
    ("entry-begin", _at("/workbench/order-entry")),
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
    ("allocation", _allocation),
    ("comparison", _comparison),
    ("shortcuts", _shortcuts),
    ("palette", _palette),
)
"""What a portfolio manager meets, in this order: each state follows from the one before."""

BOOKS: tuple[State, ...] = (
    ("orders", _at("/orders?show=all")),
    ("history", _at("/allocations")),
    ("approvals", _at("/approvals")),
    ("accounts", _at("/accounts?group=PUBLICPRE")),
    ("account", _at("/accounts/PPR-001")),
    ("account-missing", _at("/accounts/NOBODY")),
    ("security", _at(f"/securities/{TREASURY}")),
    ("fairness", _at("/fairness")),
    ("audit", _at("/audit")),
    ("system", _at("/system")),
    ("profile", _at("/profile")),
    ("not-found", _at("/no/such/page")),
    ("admin-not-permitted", _at("/admin")),
)

ADMIN: tuple[State, ...] = (
    ("admin-users", _at("/admin/users")),
    ("admin-reference", _at("/admin/reference")),
    ("admin-system", _at("/system")),
    ("admin-approvals", _at("/approvals")),
)


def visit(desk: Desk, states: tuple[State, ...]) -> Iterator[str]:
    """Bring the page into one state after the other."""
    for name, reach in states:
        reach(desk)
        yield name

"""FDC3: a bond that another program shows is looked at here, and the other way round."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.workbench.browser import wait_until
from tests.e2e.workbench.desk import TREASURY

AGENT = """
window.told = []
window.handlers = {}
const add = (name, handler) => {
    window.handlers[name] = handler
    return Promise.resolve({ unsubscribe() {} })
}
window.fdc3 = {
    addIntentListener: add,
    addContextListener: add,
    broadcast: context => { window.told.push(context); return Promise.resolve() },
}
"""
BOND = {"type": "fdc3.instrument", "name": "A bond", "id": {"CUSIP": TREASURY}}


def test_bonds_come_and_go(new_page, log_in_at):
    page = new_page()
    page.add_init_script(AGENT)
    page.goto("/workbench/order-entry")
    log_in_at(page)
    wait_until(page, "window.handlers['fdc3.instrument'] !== undefined")
    page.evaluate("bond => window.handlers['fdc3.instrument'](bond)", BOND)
    expect(page.get_by_role("combobox", name="Bond")).to_have_value("US Treasury 4 11/30/2027")
    wait_until(page, "window.told.length > 0")
    assert page.evaluate("window.told[0].id.CUSIP") == TREASURY
    page.evaluate("bond => window.handlers.ViewHoldings(bond)", BOND)
    page.wait_for_url(f"**/securities/{TREASURY}")
    page.evaluate("bond => window.handlers.ViewOrders(bond)", BOND)
    page.wait_for_url("**/orders?**")


def test_an_instrument_that_is_no_bond_changes_nothing(new_page, log_in_at):
    page = new_page()
    page.add_init_script(AGENT)
    page.goto("/workbench/order-entry")
    log_in_at(page)
    wait_until(page, "window.handlers.ViewOrders !== undefined")
    share = {"type": "fdc3.instrument", "name": "A share", "id": {"ticker": "T"}}
    page.evaluate("share => window.handlers.ViewOrders(share)", share)
    expect(page.get_by_text("is no bond that is known here by CUSIP or ISIN")).to_be_visible()
    expect(page.get_by_role("combobox", name="Bond")).to_have_value("")

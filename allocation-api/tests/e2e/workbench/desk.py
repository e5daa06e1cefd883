"""A portfolio manager at the workbench: the steps of an order, by the names that are on the screen."""

from __future__ import annotations

from playwright.sync_api import expect

TREASURY = "91282CKB6"
"""Bond that every account of the default scenario may buy: no warnings."""

BARRED = "60247AAA2"
"""Bond that three accounts of PUBLICPRE may not buy, and whose lots are too large for a fourth."""

SLOW = 90_000
"""Milliseconds for what asks the simulator for a whole book, on a machine that does other things too."""


class Desk:
    """One page of one user."""

    def __init__(self, page):
        self.page = page

    def button(self, name, *, exact=True):
        return self.page.get_by_role("button", name=name, exact=exact)

    def open(self, path):
        """Go to a path within the page, as a link does, so that nothing is loaded anew."""
        self.page.get_by_role("navigation", name="Pages").get_by_role("link", name=path, exact=True).click()

    def enter(self, bond=TREASURY, face="5mm", group="BIG6", side="BUY"):
        """Fill step 1."""
        self.page.get_by_role("combobox", name="Bond").fill(bond)
        self.page.get_by_role("option", name=bond).click()
        self.button(side, exact=False).click()
        self.page.get_by_role("textbox", name="Face").fill(face)
        self.page.get_by_role("checkbox", name=group).check()

    def next(self):
        self.button("Next").click()
        expect(self.page.get_by_role("radiogroup", name="Allocation method")).to_be_visible()

    def choose(self, method):
        self.page.get_by_role("radio", name=method, exact=True).check()

    def preview(self):
        self.button("Preview").click()
        expect(self.button("Commit")).to_be_visible()

    def make_preview(self, method="Pro-rata", **order):
        """Go through all three steps."""
        self.enter(**order)
        self.next()
        self.choose(method)
        self.preview()

    def acknowledge(self):
        for box in self.page.get_by_role("checkbox", name="Acknowledge all").all():
            box.check()

    def commit(self, action="Send order"):
        self.button("Commit").click()
        self.button(action).click()

    @property
    def result(self):
        """What became of the commit."""
        return self.page.get_by_role("region", name="Result of the commit")

    def order_id(self):
        """Id of the order that a commit made."""
        expect(self.result).to_contain_text("Aladdin has the order")
        return self.result.get_by_role("link").first.inner_text()

    def send_order(self, **order):
        self.make_preview(**order)
        self.acknowledge()
        self.commit()
        return self.order_id()

    def total(self):
        """Totals of the preview as they are read out."""
        return self.page.get_by_role("region", name="Accounts").get_by_role("status").last

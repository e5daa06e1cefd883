"""A portfolio manager at the workbench: the steps of an order, by the names that are on the screen."""

from __future__ import annotations

import re

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


class BlotterDesk:
    """A portfolio manager who makes blotters at a desk."""

    HEADER = "security_id,side,quantity,allocation_method,portfolio_groups"
    GOOD = (
        f"{TREASURY},BUY,5000000,PRO_RATA,BIG6",
        f"{BARRED},BUY,5000000,PRO_RATA,PUBLICPRE",
        f"{TREASURY},SELL,100000,PRO_RATA,BIG6",
    )
    """Lines of which the second has warnings."""

    def __init__(self, desk):
        self.desk, self.page = desk, desk.page
        self.lines = self.page.get_by_role("grid", name="Lines of the new blotter")
        self.result = self.page.get_by_role("grid", name="Lines of the blotter")

    def upload(self, *rows):
        """Take a CSV file of these rows into the grid."""
        content = "\n".join((self.HEADER, *rows)).encode()
        file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": content}
        expect(self.lines).to_be_visible()
        self.page.get_by_label("File of lines").set_input_files(files=[file])
        expect(self.page.get_by_text(f"orders.csv: {len(rows)} rows")).to_be_visible()

    def mend(self, row, column, text):
        """Type into a cell."""
        self.lines.locator(f".ag-row[row-index='{row}'] [col-id='{column}']").dblclick()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def run(self):
        """Run the lines, and wait until all are previewed."""
        self.desk.button("Run").click()
        expect(self.page.get_by_text(re.compile("^Ready · by"))).to_be_visible()

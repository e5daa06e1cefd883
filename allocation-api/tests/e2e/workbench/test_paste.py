"""Weights for 200 accounts from a spreadsheet, three rows of which are wrong."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.workbench.browser import violations


@pytest.fixture(scope="module")
def settings():
    """A group of hundreds of accounts."""
    return {"MOCK_DATA_SCENARIO": "large_portfolio"}


ROWS = [
    *(f"LRG-{number:04}\t0.5" for number in range(1, 197)),
    "LRG-0197\t2",
    "LRG-9999\t0.5",
    "LRG-0198\tabc",
    "LRG-0199\t101",
]


def _paste(desk, rows):
    """Paste lines as they come from a spreadsheet, and return the dialog that shows what was read."""
    page = desk.page
    page.evaluate("text => navigator.clipboard.writeText(text)", "\n".join(rows))
    desk.button("Paste from Excel").click()
    expect(page.get_by_role("textbox", name="Pasted lines")).to_be_focused()
    page.keyboard.press("Control+V")
    return page.get_by_role("dialog")


def test_bad_rows_are_named_and_good_ones_taken(open_desk):
    desk = open_desk()
    page = desk.page
    desk.enter(group="LARGE", face="50mm")
    desk.next()
    desk.choose("Custom weights")
    weights = page.get_by_role("group", name="Weights by account")

    dialog = _paste(desk, ROWS)
    expect(dialog.get_by_role("status")).to_have_text("200 rows read: 197 good, 3 with errors.")
    read = page.get_by_role("grid", name="Lines that were read")
    for row, fault in (
        ("198 Error LRG-9999 0.5", '"LRG-9999" is no account of the chosen groups.'),
        ("199 Error LRG-0198 abc", '"abc" is not a number.'),
        ("200 Error LRG-0199 101", "101 % is more than 100 %."),
    ):
        expect(read.get_by_role("row", name=row)).to_contain_text(fault)
    assert violations(page) == []
    desk.button("Cancel").click()
    expect(dialog).not_to_be_visible()
    expect(desk.button("Preview")).to_be_disabled()

    _paste(desk, ROWS)
    desk.button("Take the 197 good rows").click()
    expect(weights).to_contain_text("197 rows taken over, 3 left out.")
    expect(desk.button("Preview")).to_be_enabled()
    assert violations(page) == []
    desk.button("Undo").click()
    expect(desk.button("Preview")).to_be_disabled()
    desk.button("Redo").click()
    desk.preview()
    expect(desk.total()).to_have_text(
        re.compile("^Total of 969 accounts: .* allocated to 197, 772 skipped, ")
    )
    assert violations(page) == []

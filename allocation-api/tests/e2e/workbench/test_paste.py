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
    expect(dialog.get_by_role("status").last).to_have_text("200 rows read: 197 good, 3 with errors.")
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


EXCLUSIONS = [
    "Account\tReason",
    "LRG-0001\tClient asked",
    "lrg-0002",
    "LRG-9999\tClient asked",
    "LRG-0001\tTwice",
]


def test_accounts_to_exclude_are_pasted_with_their_reasons(open_desk):
    desk = open_desk()
    page = desk.page
    desk.enter(group="LARGE", face="50mm")
    desk.next()
    desk.button("Wishes of this order").click()
    desk.button("Paste exclusions").click()
    dialog = page.get_by_role("dialog", name="Paste: accounts to exclude")
    dialog.get_by_role("textbox", name="Pasted lines").fill("\n".join(EXCLUSIONS))
    said = dialog.get_by_role("status").last
    expect(said).to_have_text("4 rows read: 0 good, 4 with errors. Line 1 is a heading and is left out.")
    read = page.get_by_role("grid", name="Lines that were read")
    for row, fault in (
        ("2 Error LRG-0001 Client asked", "The account is also on line 5."),
        ("3 Error LRG-0002", "Reason is missing."),
        ("4 Error LRG-9999 Client asked", '"LRG-9999" is no account of the chosen groups.'),
        ("5 Error LRG-0001 Twice", "The account is also on line 2."),
    ):
        expect(read.get_by_role("row", name=row)).to_contain_text(fault)
    expect(desk.button("Take the 0 good rows")).to_be_disabled()
    assert violations(page) == []

    dialog.get_by_role("textbox", name="Pasted lines").fill("\n".join(EXCLUSIONS[:4]))
    dialog.get_by_role("textbox", name="Reason for lines without one").fill("Mandate ends")
    expect(said).to_have_text("3 rows read: 2 good, 1 with errors. Line 1 is a heading and is left out.")
    desk.button("Take the 2 good rows").click()
    expect(page.get_by_text("2 rows taken over, 1 left out.")).to_be_visible()
    excluded = page.get_by_role("table", name="Excluded accounts")
    expect(excluded.get_by_role("row", name="LRG-0001")).to_contain_text("Client asked")
    expect(excluded.get_by_role("row", name="LRG-0002")).to_contain_text("Mandate ends")
    assert violations(page) == []
    desk.preview()
    expect(desk.total()).to_have_text(re.compile(r"^Total of 969 accounts: .* allocated to 967, 2 skipped, "))

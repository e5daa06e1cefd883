"""Half a cent is rounded in one way: what a preview says is what the vendor takes, to the cent (R1.2)."""

from __future__ import annotations

import json

import pytest

from tests.support.desk import GOLDEN_BOOK

BOND = "912828YW4"


@pytest.mark.parametrize(
    ("face", "paid"),
    # At 98.5005 a thousand costs 985.005 and three thousand 2,955.015: rounded to the even cent.
    [(1_000, 985.00), (3_000, 2_955.02), (5_000, 4_925.02)],
)
@pytest.mark.parametrize("side", ["BUY", "SELL"])
def test_preview_and_vendor_agree_on_half_a_cent(book_desk, side, face, paid):
    # R1.2
    book = json.loads(GOLDEN_BOOK.read_text())
    book["securities"][0]["price"] = 98.5005
    desk = book_desk(book, MOCK_FILL_SECONDS="0")
    weights = {"method": "CUSTOM_WEIGHTS", "parameters": {"weights": {"ACC001": 1}}}
    made = desk.preview(BOND, face, groups=["GOLDEN"], order={"side": side}, **weights)
    (mine,) = [a for a in made["allocations"] if a["account_id"] == "ACC001"]
    assert mine["settlement_amount"] == paid
    desk.post(f"allocations/{made['allocation_id']}/commit", {"override_warnings": True})
    again = desk.preview(BOND, face, groups=["GOLDEN"], **weights)
    (after,) = [a for a in again["allocations"] if a["account_id"] == "ACC001"]
    moved = -paid if side == "BUY" else paid
    assert after["available_cash"] == pytest.approx(5_000_000 + moved, abs=1e-6)

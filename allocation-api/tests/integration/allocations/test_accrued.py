"""Accrued interest of a preview: Aladdin's for standard settlement, and by the bond's own schedule else."""

from __future__ import annotations

import json

import pytest

from tests.support.desk import GOLDEN_BOOK, Desk, FaultyWire

BOND = "47233JCD8"
TERMS = {"cusip": BOND, "coupon": 4.4, "maturity": "2034-08-31", "day_count": "30/360"}


def book(**terms):
    """The golden book with a bond of 4.4 % to 31 August 2034, whose numbers are computed."""
    entry = json.loads(GOLDEN_BOOK.read_text())
    bond = entry["securities"][0] | TERMS | terms
    for key in ("accrued", "yield", "duration", "convexity"):
        del bond[key]
    entry["securities"].append(bond)
    entry["accounts"][0]["positions"].append({"cusip": BOND, "face": 1_000_000})
    return entry


def preview(desk, settlement=None, *, status=200, quantity=300_000):
    order = {} if settlement is None else {"settlement_date": settlement}
    return desk.preview(BOND, quantity, groups=["GOLDEN"], order=order, status=status)


@pytest.fixture
def vendor_desk(tmp_path):
    """Make a desk whose vendor's master record of the bond has some more fields, or others."""

    def make(**fields):
        file = tmp_path / "book.json"
        file.write_text(json.dumps(book()))
        wire = FaultyWire.over(file)

        def edit(answer):
            for by_type in answer["assetByAssetId"].values():
                (record,) = (value for key, value in by_type.items() if key != "assetId")
                record.update(fields)

        wire.edits["/security-master"] = edit
        return Desk(tmp_path, scenario=file, transport=wire)

    return make


@pytest.mark.parametrize(
    ("settlement", "accrued"),
    # Days of 360 from "30 February" at 4.4 %, by hand: 121, 135, 180 of 180, none, 90, and 1.
    [
        (None, 1.478889),
        ("2026-07-15", 1.65),
        ("2026-08-28", 4.4 * 178 / 360),
        ("2026-08-31", 0),
        ("2026-11-30", 1.1),
        ("2027-03-01", 0.0122222222),
    ],
)
def test_a_bond_that_pays_at_month_ends(book_desk, settlement, accrued):
    # R2.6
    found = preview(book_desk(book()), settlement)
    assert found["order"]["accrued"] == pytest.approx(accrued, abs=1e-9)


def test_vendor_and_service_agree_on_what_an_order_costs_whenever_it_settles(book_desk):
    """The cash that an order takes at the vendor is what the preview said."""
    desk = book_desk(book(), MOCK_FILL_SECONDS="0")
    for day in ("2026-07-15", "2026-08-28", "2027-03-01"):
        found = preview(desk, day)
        desk.post(f"allocations/{found['allocation_id']}/commit", {"override_warnings": True})
        after = {a["account_id"]: a["post_trade_cash"] for a in found["allocations"]}
        later = preview(desk, day)
        assert {a["account_id"]: a["available_cash"] for a in later["allocations"]} == after


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"dateConv": "BUS252"}, "its day count BUS252 is not supported"),
        ({"dateConv": "C30360"}, "its day count C30360 is not supported"),
        ({"dateConv": "N/A"}, "its day count is unknown"),
        ({"coupFreq": ""}, "its coupon frequency is unknown"),
        ({"pmtFreqType": "D", "coupFreq": "182"}, "its coupons follow the special schedule D"),
        (
            {"firstPayDt": "2026-11-15"},
            "its first coupon 2026-11-15 does not fit the schedule of its maturity",
        ),
        ({"cpnType": "T", "couponFloat": 5.1}, "its coupon is floating, and that from 2026-08-31 on"),
        ({"maturity": "2049-12-31"}, "it is perpetual, and its first coupon is unknown"),
    ],
)
def test_what_the_vendors_terms_leave_open_is_refused_by_name(vendor_desk, fields, words):
    # R2.6
    desk = vendor_desk(**fields)
    refused = preview(desk, "2026-09-15", status=422)
    assert refused["code"] == "DATA_MISSING"
    assert refused["errors"][0]["field"] == "order.settlement_date"
    assert words in refused["errors"][0]["message"]
    assert preview(desk)["order"]["accrued"] == 1.478889


def test_a_bond_that_trades_flat_accrues_nothing(vendor_desk):
    assert preview(vendor_desk(excludeAi="Y"), "2026-09-15")["order"]["accrued"] == 0


def test_ex_dividend_as_aladdin_says_it_and_not_further(book_desk):
    """166 of 180 days on 1 July, 173 on the 8th: the buyer owes 14 and 7 days less, and gets no coupon."""
    desk = book_desk(book(maturity="2034-07-15", ex_dividend_days=20))
    assert preview(desk)["order"]["accrued"] == pytest.approx(-4.4 * 14 / 360, abs=1e-6)
    assert preview(desk, "2026-07-08")["order"]["accrued"] == pytest.approx(-4.4 * 7 / 360, abs=1e-9)
    for day in ("2026-06-30", "2026-07-15", "2026-12-01"):
        refused = preview(desk, day, status=422)
        assert "it trades ex-dividend, and for how many days is unknown" in refused["detail"]

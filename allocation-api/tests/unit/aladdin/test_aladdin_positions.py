"""Position rows of the wire to accounts and holdings."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.services.aladdin.errors import VendorUnexpected
from app.services.domain.book import AsOf, Holding, Price
from app.services.domain.positions import AccountPositions
from tests.unit.aladdin.fake_vendor import POSITION, FakeVendor

BOND = """
[{"@type": "https://aladdin.io/model/portfolio-mgmt/positions/Positions.v1.json#/Position",
  "portfolioName": "CORE-A1", "baseCcy": "USD", "posSource": "EOD", "referenceDate": "2025-06-04",
  "gpStatus": "Published", "assetId": "999999AA3", "isin": "US999999AA38", "secTicker": "EXMPL",
  "secDesc1": "EXAMPLE CORP 4.25% 2031", "secGroup": "BND", "secType": "BND_CORP", "issuerId": "EXMPL1",
  "issuerTicker": "EXMPL", "issuerLongName": "Example Corp", "ccy": "USD", "cpn": 4.25,
  "maturity": "2031-06-15", "posQuantity": 2000000, "curPar": 2000000, "factor": 1.0, "price": 98.75,
  "priceDate": "2025-06-04", "priceSource": "IDC", "priceAsPct": "Y", "accruedInterest": 10625.0,
  "mktValue": 1985625.0, "oad": 5.21, "modDur": 5.25, "spreadDur": 5.18, "oas": 112.0, "minTradeSize": 2000,
  "portfolioNAV": 250000000.0, "portfolioNAVComputed": 249870123.4, "cashComputed": 12500000.0}]
"""


def row(**fields: Any) -> dict[str, Any]:
    """Return a plain row of account A in asset X: 1,000,000 at the close, worth 990,000."""
    plain: dict[str, Any] = {"portfolioName": "A", "assetId": "X", "secGroup": "BND", "posSource": "EOD"}
    return plain | {"posQuantity": 1_000_000, "mktValue": 990_000.0} | fields


def read(vendor: FakeVendor, *rows: dict[str, Any]) -> tuple[AccountPositions, ...]:
    vendor.answers(POSITION, list(rows))
    return vendor.book().positions(["G"], AsOf.TRADES_AND_ORDERS)


def holding(vendor: FakeVendor, *rows: dict[str, Any]) -> Holding:
    (account,) = read(vendor, *rows)
    (only,) = account.holdings
    return only


def test_a_row_of_the_published_shape_becomes_an_account_with_a_holding(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, BOND)
    assert vendor.book().positions(["CORE-FI"], AsOf.EOD) == (
        AccountPositions(
            account_id="CORE-A1",
            nav=Decimal(250000000),
            cash=Decimal(12500000),
            currency="USD",
            reference_date=date(2025, 6, 4),
            holdings=(
                Holding(
                    account_id="CORE-A1",
                    security_id="999999AA3",
                    issuer_id="EXMPL1",
                    face=Decimal(2000000),
                    settled_face=Decimal(2000000),
                    market_value=Decimal(1985625),
                    price=Price(Decimal("98.75"), date(2025, 6, 4), "IDC"),
                    duration=5.21,
                    spread_duration=5.18,
                    oas=112.0,
                    isin="US999999AA38",
                    ticker="EXMPL",
                    description="EXAMPLE CORP 4.25% 2031",
                    issuer="Example Corp",
                    currency="USD",
                    sec_group="BND",
                ),
            ),
        ),
    )


def test_decimals_are_the_digits_of_the_wire(vendor: FakeVendor) -> None:
    vendor.answers(POSITION, '[{"portfolioName": "A", "secGroup": "CASH", "cashComputed": 0.1}]')
    (account,) = vendor.book().positions(["G"], AsOf.SOD)
    assert account.cash == Decimal("0.1")


@pytest.mark.parametrize(
    ("written", "face"),
    [
        # Doubles with 17 digits, as C++ and Java write them, and sums of doubles.
        ("491.75999999999999", "491.76"),
        ("100.01000000000001", "100.01"),
        ("999999.99999999988", "1000000"),
        ("0.30000000000000004", "0.3"),
        ("-491.75999999999999", "-491.76"),
        # What is there stays, to the last digit that a column keeps and two further ones.
        ("491.76", "491.76"),
        ("491.7654", "491.7654"),
        ("491.765432", "491.765432"),
        ("1000000.00", "1000000"),
    ],
)
def test_the_noise_of_doubles_is_neither_face_nor_money(vendor: FakeVendor, written: str, face: str) -> None:
    given = row(posQuantity="number", cashComputed="number", portfolioNAV="number")
    vendor.answers(POSITION, json.dumps([given]).replace('"number"', written))
    ((account,), expected) = vendor.book().positions(["G"], AsOf.EOD), Decimal(face)
    (found,) = account.holdings
    assert (found.face, found.settled_face) == (expected, max(Decimal(0), expected))
    assert (account.cash, account.nav) == (expected, expected)


def test_accounts_and_holdings_are_sorted(vendor: FakeVendor) -> None:
    accounts = read(vendor, row(portfolioName="B"), row(assetId="Z"), row(assetId="Y"))
    assert [a.account_id for a in accounts] == ["A", "B"]
    assert [h.security_id for h in accounts[0].holdings] == ["Y", "Z"]


@pytest.mark.parametrize(
    ("rows", "face", "settled"),
    [
        ([("EOD", 1000), ("CA", 500)], 1500, 1500),
        ([("EOD", 1000), ("CA", -200)], 800, 800),
        ([("EOD", 1000), ("TRD", 300)], 1300, 1000),
        ([("EOD", 1000), ("TRD", -300)], 700, 700),
        ([("EOD", 1000), ("TRD", 300), ("TRD", -400)], 900, 600),
        ([("EOD", 1000), ("TRD", 300), ("ORD", -300)], 1000, 700),
        ([("EOD", 1000), ("ORD", -1500)], -500, 0),
        ([("ORD", 700)], 700, 0),
        ([("EOD", -1000)], -1000, 0),
        ([("CAPITAL", 700), ("EOD", 100)], 800, 100),
        ([(None, 700)], 700, 0),
    ],
)
def test_what_may_be_sold_is_settled_face_less_pending_sales(
    vendor: FakeVendor, rows: list[tuple[str | None, int]], face: int, settled: int
) -> None:
    wire = [row(posSource=source, posQuantity=quantity) for source, quantity in rows]
    found = holding(vendor, *wire)
    assert (found.face, found.settled_face) == (Decimal(face), Decimal(settled))


def test_market_values_of_all_rows_add_up(vendor: FakeVendor) -> None:
    rows = row(), row(posSource="ORD", mktValue=501250.0), row(posSource="TRD", mktValue=-1250.5)
    assert holding(vendor, *rows).market_value == Decimal("1489999.5")


def test_risk_comes_from_the_row_that_has_it(vendor: FakeVendor) -> None:
    rows = row(), row(posSource="TRD", oad=5.0, spreadDur=4.5, oas=100.0, issuerId=77)
    found = holding(vendor, *rows)
    assert (found.duration, found.spread_duration, found.oas, found.issuer_id) == (5.0, 4.5, 100.0, "77")


def test_where_rows_disagree_the_close_holds_whatever_the_order(vendor: FakeVendor) -> None:
    close, order = row(oad=5.0, price=98.5), row(posSource="ORD", oad=4.0, price=99.5)
    found = holding(vendor, order, close)
    assert (found.duration, found.price) == (5.0, Price(Decimal("98.5"), None, "ALADDIN"))


def test_cash_rows_are_no_holdings_but_carry_the_totals(vendor: FakeVendor) -> None:
    (account,) = read(
        vendor,
        {"portfolioName": "A", "secGroup": "CASH", "mktValue": 5e6, "cashComputed": 4e6, "baseCcy": "USD"},
    )
    assert account == AccountPositions("A", None, Decimal(4000000), "USD", None, ())


def test_nav_falls_back_to_the_computed_one(vendor: FakeVendor) -> None:
    published, computed = read(
        vendor,
        row(portfolioNAV=2e8, portfolioNAVComputed=1.9e8),
        row(portfolioName="B", portfolioNAVComputed=1.8e8),
    )
    assert (published.nav, computed.nav) == (Decimal(200_000_000), Decimal(180_000_000))


def test_totals_that_the_vendor_does_not_give_are_none_not_zero(vendor: FakeVendor) -> None:
    (account,) = read(vendor, row())
    assert (account.nav, account.cash, account.currency, account.reference_date) == (None, None, None, None)


def test_a_total_on_some_of_the_rows_is_taken_once(vendor: FakeVendor) -> None:
    (account,) = read(
        vendor, row(), row(assetId="Y", cashComputed=100.0), row(assetId="Z", cashComputed=100.0)
    )
    assert account.cash == Decimal(100)


@pytest.mark.parametrize("field", ["portfolioNAV", "portfolioNAVComputed", "cashComputed"])
def test_totals_that_differ_between_rows_are_an_error_that_names_them(vendor: FakeVendor, field: str) -> None:
    with pytest.raises(VendorUnexpected, match=f"positions of A: {field} differs") as caught:
        read(vendor, row(**{field: 250_000_000.0}), row(assetId="Y", **{field: 250_000_300.0}))
    assert caught.value.extra == {"account_id": "A", "field": field}


def test_totals_may_differ_by_rounding(vendor: FakeVendor) -> None:
    (account,) = read(vendor, row(portfolioNAV=250_000_000.0), row(portfolioNAV=250_000_200.0))
    assert account.nav == Decimal(250_000_000)


def test_base_currencies_that_differ_are_an_error(vendor: FakeVendor) -> None:
    with pytest.raises(VendorUnexpected, match="baseCcy differs between rows: EUR, USD"):
        read(vendor, row(baseCcy="USD"), row(assetId="Y", baseCcy="EUR"))


def test_the_oldest_reference_date_of_an_account_counts(vendor: FakeVendor) -> None:
    (account,) = read(vendor, row(referenceDate="2025-06-04"), row(assetId="Y", referenceDate="2025-06-03"))
    assert account.reference_date == date(2025, 6, 3)


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"ccy": "USD"}, "997500"),
        ({"ccy": "USD", "factor": 0.5}, "503750"),
        ({"ccy": "USD", "factor": 0.5, "curPar": 800000}, "800000"),
        ({"ccy": "EUR", "localBaseFxRate": 0.8, "isRateFlipped": False}, "1246875"),
        ({"ccy": "EUR", "localBaseFxRate": 1.25, "isRateFlipped": True}, "1246875"),
        ({"ccy": "EUR"}, None),
        ({"ccy": "EUR", "localBaseFxRate": 0, "isRateFlipped": False}, None),
        ({"ccy": "USD", "accruedInterest": None}, None),
        ({"ccy": "USD", "price": None}, None),
        ({"ccy": "USD", "priceAsPct": "N"}, None),
    ],
)
def test_a_missing_value_is_derived_from_price_and_accrued_or_stays_missing(
    vendor: FakeVendor, fields: dict[str, Any], value: str | None
) -> None:
    """1,000,000 at 98.75 with 10,000 accrued; the numbers are worked out by hand."""
    base = {"mktValue": None, "price": 98.75, "accruedInterest": 10000.0, "baseCcy": "USD"}
    found = holding(vendor, row(**base | fields))
    assert found.market_value == (None if value is None else Decimal(value))


def test_one_row_without_a_value_leaves_the_holding_without_one(vendor: FakeVendor) -> None:
    assert holding(vendor, row(), row(posSource="ORD", mktValue=None)).market_value is None


def test_a_price_that_is_not_per_cent_of_face_is_no_price(vendor: FakeVendor) -> None:
    assert holding(vendor, row(price=41.2, priceAsPct="N")).price is None


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"portfolioName": None}, "no portfolioName"),
        ({"assetId": None}, "positions of A: assetId is missing"),
        ({"posQuantity": None}, "positions of A: posQuantity of X is missing"),
        ({"posQuantity": "NaN"}, "positions of A: posQuantity of X is NaN"),
        ({"mktValue": "Infinity"}, "positions of A: mktValue of X is Infinity"),
        ({"price": "NaN"}, "positions of A: price of X is NaN"),
        ({"portfolioNAV": "NaN"}, "positions of A: portfolioNAV is NaN"),
    ],
)
def test_rows_that_cannot_be_used_are_errors_that_name_account_and_field(
    vendor: FakeVendor, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(VendorUnexpected, match=message):
        read(vendor, row(**fields))


@pytest.mark.parametrize(
    "fields",
    [
        {"posQuantity": "1e999999999"},
        {"mktValue": "sNaN"},
        {"price": "1e400000"},
        {"price": "sNaN", "accruedInterest": 0, "ccy": "USD", "baseCcy": "USD", "mktValue": None},
        {"price": "1e999999", "curPar": "1e999999", "accruedInterest": 0, "mktValue": None},
        {"cashComputed": "1e40"},
    ],
)
def test_numbers_that_cannot_be_reckoned_with_are_an_error(
    vendor: FakeVendor, fields: dict[str, Any]
) -> None:
    with pytest.raises(VendorUnexpected, match="positions of A"):
        read(vendor, row(**fields))

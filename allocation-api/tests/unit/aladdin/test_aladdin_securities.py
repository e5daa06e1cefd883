"""Security master and analytics of the wire to our domain types, and a fault for every id without them."""

from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import httpx
import pytest

from app.core.errors import InvalidRequest
from app.services.aladdin.mapping.securities import IdType, MasterRules
from app.services.aladdin.vendor_book import MAX_IDS_PER_CALL
from app.services.domain.book import Analytics, AssetFault, Security
from tests.unit.aladdin.fake_vendor import ASSETS, MASTER, FakeVendor, json_answer, split

BOND = """
{"assetByAssetId": {
   "999999AA3": {
     "assetId": "999999AA3",
     "BND_CORP": {
       "@type": "https://aladdin.io/model/security/securities/Securities.v1.json#/AssetRecord",
       "cusip": "999999AA3", "cusipType": "DUMMY", "ticker": "EXMPL", "descInstmt": "EXAMPLE CORP",
       "issuerId": "EXMPL1", "smSecGroup": "BND", "smSecType": "CORP", "currency": "USD", "country": "US",
       "riskCountry": "US", "cpnType": "F", "couponFix": "4.25", "coupFreq": "2", "dateConv": "D30360",
       "maturity": "2031-06-15", "issueDt": "2021-06-15", "minTrdSize": 2000, "minLotSize": 1000,
       "priceAsPct": "Y", "amtIsu": 750000000, "flag144a": "N", "settleDays": 1,
       "cusip2Set": {"cusip2Record": [{"code": "I", "identifier": "US999999AA38"},
                                      {"code": "C", "identifier": "BEX1234"}]},
       "ratingSet": {"ratingRecord": [{"agencyId": 1, "agy": 1, "date": "2024-11-02", "value": "Baa1"},
                                      {"agencyId": 2, "agy": 2, "date": "2024-10-30", "value": "BBB"}]},
       "sectorSet": {"sectorRecord": [{"type": "GICS", "level": 2, "code": "2010", "sectorSource": "P"},
                                      {"type": "GICS", "level": 1, "code": "20", "sectorSource": "P"},
                                      {"type": "ISS_ML", "level": 1, "code": "INDU"}]}
     }}},
 "errors": {"US0000000000": {"code": "NOT_FOUND", "message": "no asset"}}}
"""

EXAMPLE = Security(
    security_id="999999AA3",
    isin="US999999AA38",
    ticker="EXMPL",
    description="EXAMPLE CORP",
    issuer=None,
    issuer_id="EXMPL1",
    sector="20",
    country="US",
    rating="BBB",
    currency="USD",
    coupon=Decimal("4.25"),
    coupon_frequency=2,
    day_count="30/360",
    issue_date=date(2021, 6, 15),
    maturity=date(2031, 6, 15),
    min_piece=2000,
    increment=1000,
    amount_issued=Decimal(750000000),
    settle_days=1,
)


def master(errors: dict[str, Any] | None = None, /, **records: dict[str, Any]) -> dict[str, Any]:
    """Return an answer with one plain record for each asset id."""
    plain = {"currency": "USD", "minTrdSize": 1000, "minLotSize": 1000}
    by_id = {key: {"assetId": key, "BND_CORP": plain | record} for key, record in records.items()}
    return {"assetByAssetId": by_id, "errors": errors or {}}


def security(vendor: FakeVendor, **fields: Any) -> Security:
    vendor.answers(MASTER, master(A1=fields))
    (found,), faults = split(vendor.book().securities(["A1"]))
    assert faults == ()
    return found


def fault(vendor: FakeVendor, **fields: Any) -> AssetFault:
    vendor.answers(MASTER, master(A1=fields))
    found, (only,) = split(vendor.book().securities(["A1"]))
    assert found == ()
    return only


# --- security master ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "id_type", "name"),
    [
        ("999999AA3", IdType.CUSIP, "CUSIP"),
        ("US999999AA38", IdType.ISIN, "ISIN"),
        ("999999AA3", IdType.ALADDIN, "ALADDIN_SEC_ID"),
    ],
)
def test_a_record_of_the_published_shape_becomes_a_security(
    vendor: FakeVendor, asked: str, id_type: IdType, name: str
) -> None:
    vendor.answers(MASTER, BOND)
    assert split(vendor.book().securities([asked], id_type)) == ((EXAMPLE,), ())
    assert dict(vendor.requests[0].url.params) == {"assetId": asked, "assetIdType": name}


def test_every_id_gets_a_security_or_a_fault(vendor: FakeVendor) -> None:
    vendor.answers(MASTER, BOND)
    asked = ["US0000000000", "US999999AA38", "US1111111111"]
    found, faults = split(vendor.book().securities(asked, IdType.ISIN))
    assert found == (EXAMPLE,)
    assert [(f.security_id, f.code) for f in faults] == [
        ("US0000000000", "NOT_FOUND"),
        ("US1111111111", "NOT_ANSWERED"),
    ]
    assert faults[0].message == "no asset"


def test_an_id_that_fits_two_assets_is_a_fault_that_names_them(vendor: FakeVendor) -> None:
    same = {"cusip2Set": {"cusip2Record": [{"code": "I", "identifier": "US999999AA38"}]}}
    vendor.answers(MASTER, master(A1=same, A2=same))
    found, (only,) = split(vendor.book().securities(["US999999AA38"], IdType.ISIN))
    assert found == ()
    assert only == AssetFault("US999999AA38", "AMBIGUOUS", "US999999AA38: fits A1, A2")


def test_the_misplaced_key_of_the_published_schema_is_tolerated(vendor: FakeVendor) -> None:
    answer = master(A1={})
    answer["assetByAssetId"]["A1"]["additionalProperties"] = answer["assetByAssetId"]["A1"].pop("BND_CORP")
    vendor.answers(MASTER, answer)
    (found,), faults = split(vendor.book().securities(["A1"]))
    assert (found.security_id, faults) == ("A1", ())


@pytest.mark.parametrize(
    ("fields", "coupon"),
    [
        ({"cpnType": "F", "couponFix": 4.25}, "4.25"),
        ({"cpnType": "F", "couponFix": "4.250"}, "4.25"),
        ({"couponFix": "0.1", "couponFloat": 9.9}, "0.1"),
        ({"cpnType": "T", "couponFix": "", "couponFloat": 5.83}, "5.83"),
        ({"cpnType": "Z"}, "0"),
        ({"cpnType": "F", "couponFix": " "}, None),
        ({}, None),
    ],
)
def test_the_coupon_type_says_which_field_holds_the_coupon(
    vendor: FakeVendor, fields: dict[str, Any], coupon: str | None
) -> None:
    assert security(vendor, **fields).coupon == (None if coupon is None else Decimal(coupon))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"riskCountry": "BR", "country": "KY"}, "BR"),
        ({"riskCountry": "", "country": "KY"}, "KY"),
        ({"country": "KY"}, "KY"),
        ({}, None),
    ],
)
def test_country_of_risk_falls_back_to_country(
    vendor: FakeVendor, fields: dict[str, Any], expected: str | None
) -> None:
    assert security(vendor, **fields).country == expected


def test_the_sector_is_of_the_configured_classification(vendor: FakeVendor) -> None:
    vendor.answers(MASTER, BOND)
    (other,), _ = split(vendor.book(rules=MasterRules(sector_type="ISS_ML")).securities(["999999AA3"]))
    (none,), _ = split(vendor.book(rules=MasterRules(sector_type="BICS")).securities(["999999AA3"]))
    assert (other.sector, none.sector) == ("INDU", None)


def test_blanks_take_the_documented_defaults(vendor: FakeVendor) -> None:
    found = security(vendor, dateConv="BUS252", issuerId=4711)
    assert (found.settle_days, found.factor, found.description) == (1, Decimal(1), "A1")
    assert (found.rating, found.sector, found.isin, found.day_count) == (None, None, None, "BUS252")
    assert found.issuer_id == "4711"


@pytest.mark.parametrize(
    ("word", "day_count"),
    # The day counts of the published description, in its codes and as its screens show them.
    [
        ("D30360", "30/360"),
        ("D30/360", "30/360"),
        ("30E360", "30E/360"),
        ("ACT360", "ACT/360"),
        ("ACT365", "ACT/365"),
        ("ACT366", "ACT/366"),
        ("ACTACT", "ACT/ACT"),
        ("ACT/TSY", "ACT/ACT"),
        ("BUS252", "BUS252"),
        ("C30/360", "C30/360"),
        ("N/A", None),
        ("", None),
        (None, None),
    ],
)
def test_day_counts_take_the_markets_names(
    vendor: FakeVendor, word: str | None, day_count: str | None
) -> None:
    assert security(vendor, dateConv=word).day_count == day_count


def test_the_terms_of_the_coupon_schedule_are_read(vendor: FakeVendor) -> None:
    found = security(
        vendor,
        accrualDt="2026-04-01",
        firstPayDt="2026-11-28",
        lastRegularPmt="2035-05-28",
        flagEom="N",
        excludeAi="Y",
        cpnType="T",
        coupFreq="4",
    )
    assert (found.accrual_date, found.first_coupon) == (date(2026, 4, 1), date(2026, 11, 28))
    assert (found.last_coupon, found.pays_at_month_end) == (date(2035, 5, 28), False)
    assert (found.is_floating, found.trades_flat, found.coupon_frequency) == (True, True, 4)


@pytest.mark.parametrize(("flag", "pays_at_month_end"), [("Y", True), ("N", False), ("", None), (None, None)])
def test_whether_coupons_are_paid_at_month_ends_is_the_vendors_word(
    vendor: FakeVendor, flag: str | None, *, pays_at_month_end: bool | None
) -> None:
    assert security(vendor, flagEom=flag).pays_at_month_end is pays_at_month_end


@pytest.mark.parametrize(
    ("fields", "schedule"),
    # With a payment type the frequency is that type's number: every 2nd Monday is not twice a year.
    [({"pmtFreqType": "M", "coupFreq": "2"}, "M"), ({"coupFreq": 2.5}, "2.5 a year")],
)
def test_a_special_schedule_is_no_number_of_coupons_a_year(
    vendor: FakeVendor, fields: dict[str, Any], schedule: str
) -> None:
    found = security(vendor, **fields)
    assert (found.coupon_frequency, found.special_schedule) == (None, schedule)


def test_settlement_days_and_factor_of_the_master_hold(vendor: FakeVendor) -> None:
    found = security(vendor, settleDays=0, pdFactor=0.8123)
    assert (found.settle_days, found.factor) == (0, Decimal("0.8123"))


@pytest.mark.parametrize(
    ("fields", "code", "named"),
    [
        ({"minTrdSize": None}, "DATA_MISSING", "minTrdSize missing"),
        ({"minLotSize": None, "currency": ""}, "DATA_MISSING", "minLotSize, currency missing"),
        ({"minLotSize": 0}, "DATA_INVALID", "minLotSize is 0"),
        ({"minTrdSize": -1000}, "DATA_INVALID", "minTrdSize is -1000"),
        ({"minTrdSize": 0.01}, "DATA_INVALID", "minTrdSize is 0.01"),
        ({"minTrdSize": "Infinity"}, "DATA_INVALID", "minTrdSize is Infinity"),
        ({"minTrdSize": "1e999999999"}, "DATA_INVALID", "minTrdSize is 1E+999999999"),
        ({"coupFreq": "1e999999999"}, "DATA_INVALID", "coupFreq"),
        ({"pdFactor": "1e-999999999"}, "DATA_INVALID", "pdFactor"),
        ({"pdFactor": 0}, "DATA_INVALID", "pdFactor is 0"),
        ({"settleDays": -1}, "DATA_INVALID", "settleDays is -1"),
        ({"settleDays": 1e300}, "DATA_INVALID", "settleDays is 1e+300"),
        ({"couponFix": "4,25"}, "DATA_INVALID", "coupon"),
        ({"amtIsu": "NaN"}, "DATA_INVALID", "amtIsu"),
        ({"maturity": "next year"}, "UNREADABLE", "maturity"),
    ],
)
def test_a_record_that_cannot_be_used_is_a_fault_that_names_the_field(
    vendor: FakeVendor, fields: dict[str, Any], code: str, named: str
) -> None:
    found = fault(vendor, **fields)
    assert (found.security_id, found.code) == ("A1", code)
    assert named in found.message


def test_a_bad_record_spoils_no_other(vendor: FakeVendor) -> None:
    vendor.answers(MASTER, master(A1={"maturity": 7}, A2={}))
    found, faults = split(vendor.book().securities(["A1", "A2"]))
    assert [s.security_id for s in found] == ["A2"]
    assert [f.security_id for f in faults] == ["A1"]


def test_an_asset_without_exactly_one_record_is_a_fault(vendor: FakeVendor) -> None:
    vendor.answers(MASTER, {"assetByAssetId": {"A1": {"assetId": "A1"}}, "errors": {}})
    found, (only,) = split(vendor.book().securities(["A1"]))
    assert (found, only.code) == ((), "UNREADABLE")


def test_many_ids_travel_in_calls_of_bounded_length_each_once(vendor: FakeVendor) -> None:
    ids = [f"A{n}" for n in range(MAX_IDS_PER_CALL + 1)]
    vendor.replies(
        MASTER, lambda r: json_answer(master(**{i: {} for i in r.url.params["assetId"].split(",")}))
    )
    found, faults = split(vendor.book().securities([*ids, "A0"]))
    assert [s.security_id for s in found] == ids
    assert faults == ()
    lengths = sorted(len(r.url.params["assetId"].split(",")) for r in vendor.requests)
    assert lengths == [1, MAX_IDS_PER_CALL]


def test_batches_of_ids_travel_side_by_side(vendor: FakeVendor) -> None:
    together = Barrier(2)

    def answer(request: httpx.Request) -> httpx.Response:
        together.wait(30)
        return json_answer(master(**{i: {} for i in request.url.params["assetId"].split(",")}))

    vendor.replies(MASTER, answer)
    ids = [f"A{n}" for n in range(MAX_IDS_PER_CALL + 1)]
    assert list(vendor.book().securities(ids)) == ids


def test_an_id_with_a_comma_is_refused(vendor: FakeVendor) -> None:
    with pytest.raises(InvalidRequest, match="comma"):
        vendor.book().securities(["A1,A2"])


# --- analytics ----------------------------------------------------------------------------------------------

RISK = """
{"riskByAssetId": {"999999AA3": {"assetId": "999999AA3", "riskByCurrency": {"USD": {
    "currency": "USD", "riskDate": "2025-06-04", "source": "BRS", "purpose": "RISK",
    "oad": 5.21, "modifiedDuration": 5.25, "spreadDuration": 5.18, "oas": 112.0, "oac": 0.33,
    "convexity": 0.34, "yieldToMaturity": 4.49, "accruedInterest": 0.53}}}},
 "errors": {"999999AB1": {"code": "NO_RISK", "message": "no analytics on date"}}}
"""


def risk(**by_currency: float) -> dict[str, Any]:
    """Return an answer for asset X with a duration for each currency."""
    entries = {currency: {"oad": duration} for currency, duration in by_currency.items()}
    return {"riskByAssetId": {"X": {"assetId": "X", "riskByCurrency": entries}}, "errors": {}}


def test_every_asset_gets_its_numbers_or_a_fault(vendor: FakeVendor) -> None:
    vendor.answers(ASSETS, RISK)
    found, faults = split(vendor.book().analytics(["999999AA3", "999999AB1", "999999AC9"]))
    assert found == (
        Analytics("999999AA3", date(2025, 6, 4), 5.21, 5.18, 112.0, 0.33, 4.49, Decimal("0.53")),
    )
    assert [(f.security_id, f.code) for f in faults] == [
        ("999999AB1", "NO_RISK"),
        ("999999AC9", "NOT_ANSWERED"),
    ]
    assert dict(vendor.requests[0].url.params) == {"assetId": "999999AA3,999999AB1,999999AC9"}


@pytest.mark.parametrize(
    ("entries", "currency", "duration"),
    [
        ({"USD": 1.0, "EUR": 2.0, "ALL": 3.0}, "EUR", 2.0),
        ({"USD": 1.0, "ALL": 3.0}, "EUR", 3.0),
        ({"USD": 1.0, "ALL": 3.0}, None, 3.0),
        ({"USD": 1.0}, "EUR", 1.0),
        ({"USD": 1.0}, None, 1.0),
    ],
)
def test_the_securitys_currency_then_all_then_the_only_entry(
    vendor: FakeVendor, entries: dict[str, float], currency: str | None, duration: float
) -> None:
    vendor.answers(ASSETS, risk(**entries))
    (found,), faults = split(vendor.book().analytics(["X"], {"X": currency} if currency else {}))
    assert (found.duration, faults) == (duration, ())


@pytest.mark.parametrize("entries", [{}, {"USD": 1.0, "EUR": 2.0}])
def test_risk_that_cannot_be_picked_is_a_fault(vendor: FakeVendor, entries: dict[str, float]) -> None:
    vendor.answers(ASSETS, risk(**entries))
    found, (only,) = split(vendor.book().analytics(["X"], {"X": "GBP"}))
    assert (found, only.code) == ((), "AMBIGUOUS")
    assert "GBP" in only.message


@pytest.mark.parametrize(
    ("entry", "code"), [({"oad": "long"}, "UNREADABLE"), ({"accruedInterest": "NaN"}, "DATA_INVALID")]
)
def test_risk_that_cannot_be_used_is_a_fault(vendor: FakeVendor, entry: dict[str, Any], code: str) -> None:
    answer = {"riskByAssetId": {"X": {"riskByCurrency": {"USD": entry}}}, "errors": {}}
    vendor.answers(ASSETS, answer)
    found, (only,) = split(vendor.book().analytics(["X"]))
    assert (found, only.security_id, only.code) == ((), "X", code)


def test_numbers_that_the_vendor_does_not_give_are_none(vendor: FakeVendor) -> None:
    vendor.answers(ASSETS, risk(USD=1.0))
    (found,), _ = split(vendor.book().analytics(["X"]))
    assert found == Analytics("X", None, 1.0, None, None, None, None, None)

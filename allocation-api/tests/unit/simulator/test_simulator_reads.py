from __future__ import annotations

import uuid
from collections import Counter
from decimal import Decimal
from email.utils import parsedate_to_datetime

import pytest

from tests.unit.simulator.vendor import (
    ASSETS,
    COMPANY,
    GROUPS,
    HEADERS,
    MASTER,
    ORDERS,
    POSITION,
    RATINGS,
    TREASURY,
    Vendor,
    read,
)

REQUEST_ID, ORIGIN = HEADERS

# --- headers and errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [REQUEST_ID, ORIGIN])
@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", f"{GROUPS}/ALPHA/node"), ("GET", POSITION), ("GET", MASTER), ("POST", f"{ORDERS}/order:post")],
)
def test_every_call_needs_both_headers(vendor, method, path, missing):
    headers = {name: value for name, value in HEADERS.items() if name != missing}
    answer = vendor.client.open(path, method=method, headers=headers)
    assert answer.status_code == 400
    assert read(answer) == {"code": "MISSING_HEADER", "message": f"header {missing} is required"}


@pytest.mark.parametrize(
    ("header", "value"), [(REQUEST_ID, "7"), (ORIGIN, "yesterday"), (ORIGIN, "Tue, 32 Jun 2026 13:30:00 GMT")]
)
def test_headers_must_make_sense(vendor, header, value):
    answer = vendor.client.get(f"{GROUPS}/ALPHA/node", headers=HEADERS | {header: value})
    assert answer.status_code == 400
    assert read(answer)["code"] == "INVALID_HEADER"


@pytest.mark.parametrize(
    "stamp", ["Tue, 30 Jun 2026 13:30:00 GMT", "2026-06-30T13:30:00.123Z", "2026-06-30T13:30:00+00:00"]
)
def test_http_dates_and_the_sdks_own_form_are_taken(vendor, stamp):
    answer = vendor.client.get(f"{GROUPS}/ALPHA/node", headers=HEADERS | {ORIGIN: stamp})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", [f"{GROUPS}/ALPHA/node", f"{GROUPS}/NOBODY/node", "/elsewhere"])
def test_answers_carry_the_vendors_headers(vendor, path):
    headers = vendor.client.get(path, headers=HEADERS).headers
    assert headers[REQUEST_ID] == HEADERS[REQUEST_ID]
    assert uuid.UUID(headers["VND.com.blackrock.Response-ID"]).version == 4
    assert parsedate_to_datetime(headers["VND.com.blackrock.Response-Timestamp"]) == vendor.now
    assert headers["Content-Type"] == "application/json"


def test_unknown_paths_and_methods_are_refused_in_the_vendors_shape(vendor):
    assert vendor.get("/elsewhere", status=404)["code"] == "NOT_FOUND"
    answer = vendor.client.delete(f"{GROUPS}/ALPHA/node", headers=HEADERS)
    assert (answer.status_code, read(answer).keys()) == (405, {"code", "message"})


# --- groups -------------------------------------------------------------------------------------------------


def test_members_are_direct_with_nothing_that_tells_groups_from_portfolios(vendor):
    """Codes count up from 4001 for groups and 10001 for accounts, in the order of the book."""
    assert vendor.get(f"{GROUPS}/TOP/members") == {
        "nodes": [
            {
                "portfolioId": 4001,
                "portfolioTicker": "ALPHA",
                "parentPortfolioIds": ["4003"],
                "childPortfolioIds": ["10001", "10002"],
            },
            {
                "portfolioId": 4002,
                "portfolioTicker": "BETA",
                "parentPortfolioIds": ["4003"],
                "childPortfolioIds": ["10002", "10003"],
            },
            {
                "portfolioId": 10004,
                "portfolioTicker": "ACC004",
                "parentPortfolioIds": ["4003"],
                "childPortfolioIds": [],
            },
        ]
    }


def test_a_portfolio_is_a_node_without_children(vendor):
    assert vendor.get(f"{GROUPS}/ACC002/node") == {
        "portfolioId": 10002,
        "portfolioTicker": "ACC002",
        "parentPortfolioIds": ["4001", "4002"],
        "childPortfolioIds": [],
    }
    assert vendor.get(f"{GROUPS}/ACC002/members") == {"nodes": []}


@pytest.mark.parametrize("call", ["node", "members"])
def test_an_unknown_group_is_a_404(vendor, call):
    assert vendor.get(f"{GROUPS}/NOBODY/{call}", status=404) == {
        "code": "INVALID_PORTFOLIO",
        "message": "portfolio or group NOBODY is not known",
    }


# --- positions ----------------------------------------------------------------------------------------------


def test_a_bond_row_has_money_and_percentages_in_the_vendors_units(vendor):
    """ACC001 holds 1,000,000 at 98.5 + 0.25: 987,500.00 with 2,500.00 accrued, in money."""
    row, _ = vendor.rows("ACC001")
    assert row == {
        "portfolioName": "ACC001",
        "baseCcy": "USD",
        "posSource": "EOD",
        "referenceDate": "2026-06-30",
        "gpStatus": "Published",
        "assetId": TREASURY,
        "isin": "US912828YW42",
        "secTicker": "T",
        "secDesc1": "US Treasury 2.5 05/31/2031",
        "secGroup": "BND",
        "secType": "BND_GOVT",
        "issuerId": "UST",
        "issuerLongName": "US Treasury",
        "countryRisk": "US",
        "ccy": "USD",
        "cpn": Decimal("2.5"),
        "maturity": "2031-05-31",
        "posQuantity": 1_000_000,
        "curPar": 1_000_000,
        "factor": 1,
        "price": Decimal("98.5"),
        "priceDate": "2026-06-30",
        "priceAsPct": "Y",
        "accruedInterest": 2_500,
        "mktValue": 987_500,
        "oad": Decimal("4.2"),
        "spreadDur": Decimal("3.8"),
        "oas": 12,
        "oac": Decimal("0.2"),
        "minTradeSize": 1000,
        "minTradeIncrement": 1000,
        "portfolioNAV": 100_000_000,
        "portfolioNAVComputed": 5_987_500,
        "cashComputed": 5_000_000,
    }


def test_every_account_has_a_cash_row_also_an_empty_one(vendor):
    (row,) = vendor.rows("ACC004")
    assert (row["secGroup"], row["assetId"], row["mktValue"]) == ("CASH", "USD", 1_000_000)
    assert (row["portfolioNAV"], row["cashComputed"], row["baseCcy"]) == (50_000_000, 1_000_000, "USD")
    rows = vendor.rows("TOP")
    assert Counter(row["portfolioName"] for row in rows if row["secGroup"] == "CASH") == dict.fromkeys(
        ("ACC001", "ACC002", "ACC003", "ACC004"), 1
    )


def test_numbers_that_the_vendor_does_not_have_are_left_out(vendor):
    (row,) = (row for row in vendor.rows("ACC003") if row["assetId"] == COMPANY)
    assert row.keys().isdisjoint({"spreadDur", "oas"})
    assert row["oad"] == Decimal("4.2")


def test_computed_nav_is_the_sum_of_the_rows(vendor):
    for ticker in ("ACC001", "ACC002", "ACC003", "ACC004"):
        rows = vendor.rows(ticker)
        assert {row["portfolioNAVComputed"] for row in rows} == {sum(row["mktValue"] for row in rows)}


@pytest.mark.parametrize("pos_type", ["EOD", "SOD", "SOD+Trades", "SOD+Trades+Orders"])
def test_without_orders_all_position_types_are_the_same(vendor, pos_type):
    assert vendor.rows("TOP", pos_type) == vendor.rows("TOP", "EOD")


def test_a_plus_that_travels_bare_is_a_space_and_refused(vendor):
    answer = vendor.client.get(f"{POSITION}?portGroup=TOP&posType=SOD+Trades", headers=HEADERS)
    assert answer.status_code == 400
    assert read(answer) == {
        "code": "INVALID_POS_TYPE",
        "message": "posType: 'SOD Trades' is not one of EOD, SOD, SOD+Trades, SOD+Trades+Orders",
    }


@pytest.mark.parametrize(
    ("port_group", "accounts"),
    [
        ("ALPHA", ["ACC001", "ACC002"]),
        ("ALPHA,BETA", ["ACC001", "ACC002", "ACC003"]),
        ("BETA, ACC001", ["ACC002", "ACC003", "ACC001"]),
        ("TOP", ["ACC001", "ACC002", "ACC003", "ACC004"]),
        ("TOP,-ALPHA", ["ACC003", "ACC004"]),
        ("-ACC002,TOP,-BETA", ["ACC001", "ACC004"]),
        ("ALPHA,-TOP", []),
    ],
)
def test_lists_nesting_and_exclusions_with_each_account_once(vendor, port_group, accounts):
    rows = vendor.rows(port_group)
    assert list(dict.fromkeys(row["portfolioName"] for row in rows)) == accounts
    assert sum(row["secGroup"] == "CASH" for row in rows) == len(accounts)


@pytest.mark.parametrize("port_group", ["NOBODY", "ALPHA,NOBODY", "ALPHA,-NOBODY"])
def test_positions_of_something_unknown_are_a_404(vendor, port_group):
    fault = vendor.get(POSITION, status=404, portGroup=port_group, posType="SOD")
    assert fault["message"] == "portfolio or group NOBODY is not known"


@pytest.mark.parametrize(
    "query",
    [
        {"posType": "SOD"},
        {"portGroup": "ALPHA"},
        {"portGroup": ",", "posType": "SOD"},
        {"portGroup": "-ALPHA", "posType": "SOD"},
        {"portGroup": "ALPHA", "posType": "SOD", "calendarDate": "30.06.2026"},
    ],
)
def test_missing_and_wrong_parameters_of_positions(vendor, query):
    assert vendor.get(POSITION, status=400, **query).keys() == {"code", "message"}


# --- securities ---------------------------------------------------------------------------------------------


def test_a_master_record_asked_by_isin_comes_under_the_aladdin_id(vendor):
    answer = vendor.get(MASTER, assetId="US0378331005,US0000000000", assetIdType="ISIN")
    assert answer["errors"] == {
        "US0000000000": {"code": "NOT_FOUND", "message": "no asset with ISIN US0000000000"}
    }
    assert answer["assetByAssetId"] == {
        COMPANY: {
            "assetId": COMPANY,
            "BND_CORP": {
                "cusip": COMPANY,
                "cusipType": "CUSIP",
                "ticker": "ACME",
                "descInstmt": "Acme 5 01/15/2033",
                "issuerId": "037833",
                "smSecGroup": "BND",
                "smSecType": "CORP",
                "currency": "USD",
                "country": "US",
                "riskCountry": "US",
                "cpnType": "F",
                "couponFix": "5",
                "coupFreq": "2",
                "dateConv": "D30360",
                "flagEom": "N",
                "maturity": "2033-01-15",
                "minTrdSize": 2000,
                "minLotSize": 1000,
                "priceAsPct": "Y",
                "amtIsu": 40_000_000_000,
                "flag144a": "N",
                "settleDays": 1,
                "cusip2Set": {"cusip2Record": [{"code": "I", "identifier": "US0378331005"}]},
                "sectorSet": {"sectorRecord": [{"type": "GICS", "level": 1, "code": "TECHNOLOGY"}]},
                "ratingSet": {
                    "ratingRecord": [
                        {"agencyId": 1, "agy": 1, "date": "2026-06-30", "value": "Baa1"},
                        {"agencyId": 2, "agy": 2, "date": "2026-06-30", "value": "BBB+"},
                        {"agencyId": 3, "agy": 3, "date": "2026-06-30", "value": "BBB+"},
                    ]
                },
            },
        }
    }


@pytest.mark.parametrize("id_type", ["CUSIP", "ALADDIN_SEC_ID"])
def test_master_records_by_cusip_and_aladdin_id(vendor, id_type):
    answer = vendor.get(MASTER, assetId=f"{TREASURY}, {COMPANY},{TREASURY},X", assetIdType=id_type)
    assert list(answer["assetByAssetId"]) == [TREASURY, COMPANY]
    assert answer["assetByAssetId"][TREASURY]["BND_GOVT"]["dateConv"] == "ACTACT"
    assert list(answer["errors"]) == ["X"]


def test_no_bond_has_a_sedol_and_a_ticker_is_no_kind_of_id(vendor):
    answer = vendor.get(MASTER, assetId="B0YQ5W0", assetIdType="SEDOL")
    assert (answer["assetByAssetId"], list(answer["errors"])) == ({}, ["B0YQ5W0"])
    fault = vendor.get(MASTER, status=400, assetId="ACME", assetIdType="TICKER")
    assert fault["message"] == "assetIdType: 'TICKER' is not a kind of id"


@pytest.mark.parametrize("path", [MASTER, RATINGS, ASSETS])
@pytest.mark.parametrize("query", [{}, {"assetId": ""}, {"assetId": " ,"}])
def test_an_asset_id_is_needed(vendor, path, query):
    assert vendor.get(path, status=400, **query)["code"] == "MISSING_PARAMETER"


def test_ratings_in_each_agencys_notation(vendor):
    answer = vendor.get(RATINGS, assetId=f"{TREASURY},X")
    agencies = answer["ratingsByAssetId"][TREASURY]["ratingsByAgencyId"]
    assert {agency: each["rating"][0]["creditRating"] for agency, each in agencies.items()} == {
        "1": "Aa1",
        "2": "AA+",
        "3": "AA+",
    }
    assert list(answer["errors"]) == ["X"]


def test_analytics_are_per_100_of_face_and_leave_out_what_is_not_known(vendor):
    answer = vendor.get(ASSETS, assetId=f"{TREASURY},{COMPANY},X")
    treasury, company = (
        answer["riskByAssetId"][asset]["riskByCurrency"]["USD"] for asset in (TREASURY, COMPANY)
    )
    assert treasury == {
        "currency": "USD",
        "riskDate": "2026-06-30",
        "source": "SIMULATOR",
        "purpose": "RISK",
        "oad": Decimal("4.2"),
        "oac": Decimal("0.2"),
        "convexity": Decimal("0.2"),
        "yieldToMaturity": Decimal("4.1"),
        "yieldToWorst": Decimal("4.1"),
        "accruedInterest": Decimal("0.25"),
        "spreadDuration": Decimal("3.8"),
        "oas": 12,
    }
    assert company.keys() == treasury.keys() - {"spreadDuration", "oas"}
    assert list(answer["errors"]) == ["X"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"riskDate": "2026-06-30"}, True),
        ({"riskDate": "2026-07-01"}, False),
        ({"riskDate": "2026-07-03", "dateTolerance": "2"}, False),
        ({"riskDate": "2026-07-03", "dateTolerance": "3"}, True),
        ({"riskDate": "2026-06-29", "dateTolerance": "9"}, False),
        ({"riskHierarchy": "RISK"}, True),
        ({"riskHierarchy": "OTHER"}, False),
    ],
)
def test_analytics_are_of_one_date_and_one_hierarchy(vendor, query, found):
    answer = vendor.get(ASSETS, assetId=f"{TREASURY},X", **query)
    assert (TREASURY in answer["riskByAssetId"]) is found
    assert (answer["errors"].get(TREASURY, {}).get("code") == "NO_RISK") is not found
    assert answer["errors"]["X"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("query", [{"riskDate": "today"}, {"dateTolerance": "-1"}, {"dateTolerance": "2.5"}])
def test_wrong_parameters_of_analytics(vendor, query):
    assert vendor.get(ASSETS, status=400, assetId=TREASURY, **query)["code"] == "INVALID_PARAMETER"


def test_the_wire_says_all_of_the_generated_book(default_book):
    vendor = Vendor(default_book)
    rows = vendor.rows("PUBLICPRE,BIG6,DP-LB-USD,OPNIC")
    by_account = {account.account_id: account for account in default_book.accounts}
    held = {account.account_id: {} for account in default_book.accounts}
    for row in rows:
        account = by_account[row["portfolioName"]]
        assert (row["portfolioNAV"], row["portfolioNAVComputed"], row["cashComputed"]) == (
            account.nav,
            account.nav,
            account.cash,
        )
        if row["secGroup"] == "BND":
            held[account.account_id][row["assetId"]] = row["posQuantity"]
    assert held == {
        account.account_id: {position.cusip: position.face for position in account.positions}
        for account in default_book.accounts
    }

"""Imports of daily prices: what is stored, what is reported by row, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import nan

import pytest

from app.services.domain.caller import Caller
from app.services.market_history.bars import day_number
from app.services.market_history.import_types import ImportRequest, Rows
from app.services.market_history.imports import MarketImports
from tests.support.desk import Desk

CALLER = Caller("u", "anna", frozenset(), "r")
MOMENT = datetime(2026, 1, 6, tzinfo=UTC)
GOOD = "date,symbol,close\r\n2026-01-05,A,100\r\n2026-01-06,A,101\r\n"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Each test has symbols of its own."""
    return Desk(tmp_path_factory.mktemp("import"), MAX_BODY_BYTES="20000000")


def row(symbol, day, close, **more):
    return {"symbol": symbol, "date": f"2026-01-{day:02}", "close": close, **more}


def csv(desk, text, *, status=200, kind="text/csv", **query):
    return desk.call(
        "POST", "data/market/import", status=status, data=text, content_type=kind, query_string=query
    )


def told(found):
    return {each["field"]: each["message"] for each in found["errors"]}


def kinds(report):
    return [(each["kind"], each["field"]) for each in report["findings"]]


def test_a_csv_file_is_read_as_rows_are(desk):
    report = csv(desk, GOOD, source="prices.csv")
    assert (report["new_count"], report["source"], report["dry_run"]) == (2, "prices.csv", False)
    assert report["assets"] == [
        {
            "symbol": "A",
            "first_date": "2026-01-05",
            "last_date": "2026-01-06",
            "row_count": 2,
            "new_count": 2,
            "corrected_count": 0,
            "unchanged_count": 0,
        }
    ]
    shown = desk.get("data/market", assets="A")
    assert (shown["data"]["A"]["prices"], shown["metadata"]["source"]) == ([100, 101], ["prices.csv"])
    again = csv(desk, GOOD)
    assert (again["new_count"], again["unchanged_count"]) == (0, 2)


def test_a_dry_run_stores_nothing_and_reports_what_would_be_refused(desk):
    body = {
        "rows": [
            row("DRY", 5, 100),
            row("DRY", 7, 150, low=151, high=160),
            row("DRY", 6, 100),
            row("DRY", 6, 101),
            row("DRY", 8, 0),
            row("DRY", 9, -1, open=-2),
            {"symbol": "DRY", "date": "2099-01-01", "close": 150},
        ]
    }
    report = desk.call("POST", "data/market/import", json=body, query_string={"dry_run": "true"})
    assert (report["import_id"], report["arrived_at"], report["refused_count"]) == (None, None, 5)
    assert kinds(report)[:5] == [
        ("DUPLICATE", "rows.3"),
        ("FUTURE_DATE", "rows.6.date"),
        ("NOT_POSITIVE", "rows.5.open"),
        ("NOT_POSITIVE", "rows.4.close"),
        ("NOT_POSITIVE", "rows.5.close"),
    ]
    assert kinds(report)[5:7] == [("OUT_OF_RANGE", "rows.1"), ("UNSORTED", "rows.2")]
    assert desk.get("data/market", assets="DRY", status=422)["code"] == "UNKNOWN_ASSET"
    refused = desk.post("data/market/import", body, status=422)
    assert told(refused) == {
        "rows.3": "rows.2 has this symbol and date, too.",
        "rows.6.date": "The date lies in the future.",
        "rows.5.open": "The price is -2. A price above 0 is expected.",
        "rows.4.close": "The price is 0. A price above 0 is expected.",
        "rows.5.close": "The price is -1. A price above 0 is expected.",
    }
    assert desk.get("data/market", assets="DRY", status=422)["code"] == "UNKNOWN_ASSET"


def test_jumps_gaps_and_rows_out_of_order_are_flagged_and_stored(desk):
    body = {
        "rows": [
            row("SPLIT", 5, 100),
            row("SPLIT", 6, 50),
            row("SPLIT", 7, 70),
            row("SPLIT", 8, 98.1),
            row("LATE", 8, 10),
            row("LATE", 5, 10),
        ]
    }
    report = desk.post("data/market/import", body)
    assert report["counts"] == {"UNSORTED": 1, "GAP": 1, "JUMP": 2}
    unsorted, gap, *jumps = (each["message"] for each in report["findings"])
    assert unsorted.startswith("The row stands after one with a later date.")
    assert gap == (
        "Other symbols have a row on 2 days from 2026-01-06 to 2026-01-07, and LATE has none. "
        "Nothing is filled."
    )
    assert [words.partition(". Check")[0] for words in jumps] == [
        "The close changes by -50.0% from 2026-01-05 to 2026-01-06",
        "The close changes by +40.1% from 2026-01-07 to 2026-01-08",
    ]
    assert [each["is_refused"] for each in report["findings"]] == [False] * 4
    assert desk.get("data/market", assets="LATE")["data"]["LATE"]["dates"] == ["2026-01-05", "2026-01-08"]


def test_gaps_are_told_once_with_the_rows_that_they_are_between(desk):
    # A coin has every day, a bond has none on the weekend of the 10th.
    coin = [row("COIN", day, 10) for day in range(8, 14)]
    bond = [row("BOND", day, 10) for day in (8, 9, 12, 13)]
    assert desk.post("data/market/import", {"rows": coin + bond})["counts"] == {"GAP": 1}
    next_day = {"rows": [row("COIN", 14, 10), row("BOND", 14, 10)]}
    assert desk.post("data/market/import", next_day)["counts"] == {}
    later = {"rows": [row("COIN", 15, 10), row("COIN", 16, 10), row("BOND", 16, 10)]}
    assert [each["date"] for each in desk.post("data/market/import", later)["findings"]] == ["2026-01-15"]
    # A day in the middle of a gap is between the two that are left of it.
    desk.post("data/market/import", {"rows": [row("COIN", day, 10) for day in range(17, 22)]})
    inside = {"rows": [row("BOND", 18, 10), row("BOND", 22, 10), row("COIN", 22, 10)]}
    found = desk.post("data/market/import", inside)["findings"]
    assert [(each["symbol"], each["date"]) for each in found] == [
        ("BOND", "2026-01-17"),
        ("BOND", "2026-01-19"),
    ]


def test_a_jump_from_what_is_stored_is_flagged_too(desk):
    desk.post("data/market/import", {"rows": [row("JUMP", 5, 10), row("JUMP", 9, 20)]})
    report = desk.post("data/market/import", {"rows": [row("JUMP", 6, 10), row("JUMP", 8, 10)]})
    assert [(each["kind"], each["date"]) for each in report["findings"]] == [("JUMP", "2026-01-08")]


def test_every_wrong_cell_is_named_at_once(desk):
    body = {
        "rows": [
            {"date": "2026-02-30", "symbol": "A", "close": 1},
            {"symbol": "A B", "date": "2026-01-05", "close": "1"},
            {"symbol": "A", "date": "2026-01-05"},
            {"symbol": "A", "date": "1899-12-31", "close": 1e300, "volume": -1, "shares": 1},
            7,
        ]
    }
    found = told(desk.post("data/market/import", body, status=422))
    assert set(found) == {
        "rows.0.date",
        "rows.1.symbol",
        "rows.1.close",
        "rows.2.close",
        "rows.3.date",
        "rows.3.close",
        "rows.3.volume",
        "rows.3.shares",
        "rows.4",
    }
    assert found["rows.3.close"] == "A number of at most 1e+15 is expected."
    found = told(csv(desk, "date,symbol,close\r\n2026-01-05,A,1e400\r\n20260106,A,x\r\n1,2\r\n", status=422))
    assert set(found) == {"file.2.close", "file.3.date", "file.3.close", "file.4"}
    comma = told(csv(desk, 'date,symbol,close\r\n2026-01-05,A,"1,5"\r\n', status=422))
    assert comma == {
        "file.2.close": "A number like 1234.5 is expected: a decimal point, and no other separators."
    }
    found = told(csv(desk, "date,symbol,closing,date\r\n", status=422))
    assert found["file.1.closing"] == "There is no column 'closing'. Did you mean close?"
    assert set(found) == {"file.1.closing", "file.1.date", "file.1.close"}


@pytest.mark.parametrize(
    ("content", "separator"),
    [
        ("\ufeffdate;symbol;close\r\n2026-01-05;A;1,5\r\n", "semicolons"),
        ("sep=;\r\ndate;symbol;close\r\n2026-01-05;A;1,5\r\n", "semicolons"),
        ("date\tsymbol\tclose\n2026-01-05\tA\t1.5\n", "tabs"),
    ],
)
def test_another_separator_is_named_and_no_column_is_called_missing(desk, content, separator):
    assert told(csv(desk, content, status=422)) == {
        "file.1": f"Cells are separated by {separator}. Commas are expected, and points in decimal numbers."
    }


@pytest.mark.parametrize("kind", ["application/vnd.apache.parquet", "application/octet-stream"])
def test_another_type_of_file_is_refused_with_those_that_are_taken(desk, kind):
    found = csv(desk, b"PAR1", status=415, kind=kind)
    assert found["detail"] == "The body must be of type application/json or text/csv."


def test_a_repeated_request_imports_once(desk):
    headers = {"Idempotency-Key": "prices-of-monday"}
    body = {"rows": [row("ONCE", 5, 1)]}
    first, second = (desk.call("POST", "data/market/import", json=body, headers=headers) for _ in range(2))
    assert first == second
    assert first["new_count"] == 1


def test_who_may_not_import_is_refused(tmp_path):
    desk = Desk(tmp_path)
    desk.log_in_without("market-history:write")
    found = desk.post("data/market/import", {"rows": [row("A", 5, 1)]}, status=403)
    assert found["permission"] == "market-history:write"


def test_an_import_arrives_after_the_one_before_whatever_the_clock_says(tmp_path):
    desk = Desk(tmp_path)
    first = desk.post("data/market/import", {"rows": [row("A", 5, 1)]})
    services = desk.services
    late = MarketImports(services.database, services.audit, lambda: MOMENT)
    rows = Rows(["rows.0"], ["A"], [day_number(date(2026, 1, 5))], [(nan, nan, nan, 2.0, nan)])
    second = late.load(ImportRequest(rows, "test", dry_run=False), CALLER)
    assert second.arrived_at - datetime.fromisoformat(first["arrived_at"]) == timedelta(microseconds=1)
    assert desk.get("data/market/latest", assets="A")["data"]["A"]["price"] == 2
    before = desk.get("data/market/latest", assets="A", known_at=first["arrived_at"])
    assert before["data"]["A"]["price"] == 1
    found = desk.get("data/market/latest", assets="EQ-US-LARGE", status=422)  # not beside a desk's own prices
    assert found["code"] == "UNKNOWN_ASSET"

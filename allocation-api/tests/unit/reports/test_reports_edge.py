"""Reports at the edge: filters, formats, and CSV that a spreadsheet can open."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from app.services.domain.fairness import FairnessMode
from app.services.domain.side import Side
from app.services.kernels.allocation.registry import Method
from app.services.reports.fairness_replay import Rule
from app.services.reports.ledger_views import LedgerPeriod
from app.services.reports.views import LineFilter, Period
from tests.support.samples import USER

HISTORY = "/v1/reports/allocation-history"
HISTORY_CSV = f"{HISTORY}.csv"
DAYS = "date_from=2026-07-01&date_to=2026-07-31"
FAIRNESS = f"/v1/reports/fairness?{DAYS}"
FAIRNESS_CSV = f"/v1/reports/fairness.csv?{DAYS}"
LEDGER = f"/v1/reports/fairness-ledger?{DAYS}"
REPLAY = f"/v1/reports/fairness-ledger/replay?{DAYS}"
FIX = "/v1/allocations/alloc-1/fix"


def test_history_takes_all_its_filters(client: FlaskClient, services: Any) -> None:
    days = "date_from=2026-07-01&date_to=2026-07-02"
    query = f"account_id=ACC001&allocation_id=alloc-1&{days}&security_id=91282CKF7&status=EXPIRED"
    answer = client.get(f"{HISTORY}?{query}&limit=7&cursor=abc").get_json()
    wanted = LineFilter("ACC001", "alloc-1", date(2026, 7, 1), date(2026, 7, 2), "91282CKF7", "EXPIRED")
    assert services.reports.history.asked == [(wanted, "abc", 7)]
    assert [line["account_id"] for line in answer["lines"]] == ["ACC001", "=SUM(A1)"]
    assert answer["next_cursor"] == "bmV4dA=="


def test_history_as_csv_is_rfc_4180_with_the_json_names(client: FlaskClient, services: Any) -> None:
    answer = client.get(f"{HISTORY_CSV}?account_id=ACC001")
    assert services.reports.history.asked == [(LineFilter("ACC001"),)]
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="allocation-history.csv"'
    lines = answer.text.split("\r\n")
    assert len(lines) == 4
    assert lines[3] == ""
    assert "\n" not in answer.text.replace("\r\n", "")
    first, second = csv.DictReader(io.StringIO(answer.text))
    assert list(first) == list(client.get(HISTORY).get_json()["lines"][0])
    assert first["principal"] == "12345678901234567.89"
    assert first["average_price"] == "98.1234567891"
    assert (first["reason_code"], first["side"]) == ("", "BUY")
    assert first["created_at"] == "2026-06-30T14:30:00Z"
    assert (second["filled_quantity"], second["committed_at"]) == ("", "")


def test_text_in_a_csv_is_never_a_formula_and_numbers_stay_numbers(client: FlaskClient) -> None:
    _, second = csv.DictReader(io.StringIO(client.get(HISTORY_CSV).text))
    assert second["account_id"] == "'=SUM(A1)"
    assert second["created_by"] == '\'@ev,il "x"'
    (account,) = csv.DictReader(io.StringIO(client.get(FAIRNESS_CSV).text))
    assert account["difference_quantity"] == "-0.5"
    assert float(account["gain_p_value"]) == 0.00001


@pytest.mark.parametrize(
    ("query", "path"),
    [(f"{HISTORY}?format=csv&cursor=abc&limit=7", HISTORY_CSV), (f"{FAIRNESS}&format=csv", FAIRNESS_CSV)],
)
def test_csv_by_format_and_by_path_is_the_same(client: FlaskClient, query: str, path: str) -> None:
    answer, wanted = client.get(query), client.get(path)
    assert answer.data == wanted.data
    for header in ("Content-Type", "Content-Disposition"):
        assert answer.headers[header] == wanted.headers[header]
    sign = "&" if "?" in path else "?"
    for marked in (client.get(f"{query}&bom=true"), client.get(f"{path}{sign}bom=true")):
        assert marked.data == b"\xef\xbb\xbf" + wanted.data


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def sheets(answer: Any) -> dict[str, list[tuple[Any, ...]]]:
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, XLSX)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def test_history_as_a_workbook(client: FlaskClient) -> None:
    answer = client.get(f"{HISTORY}?format=xlsx&account_id=ACC001&date_from=2026-06-30")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="allocation-history.xlsx"'
    found = sheets(answer)
    head, first, second = found["Allocation history"]
    assert list(head) == list(client.get(HISTORY).get_json()["lines"][0])
    one, two = (dict(zip(head, row, strict=True)) for row in (first, second))
    assert (one["account_id"], one["account_name"]) == ("ACC001", "Account one")
    assert (one["allocated_quantity"], one["ordered_quantity"], one["filled_quantity"]) == (
        400_000,
        350_000,
        300_000,
    )
    assert one["business_date"] == datetime(2026, 6, 30)  # noqa: DTZ001 - a workbook knows no time zones
    assert (two["account_id"], two["order_id"]) == ("=SUM(A1)", None)
    parameters = dict(found["Parameters"][1:])
    assert parameters["Account"] == "ACC001"
    assert parameters["First business date"] == datetime(2026, 6, 30)  # noqa: DTZ001
    assert parameters["Last business date"] is None
    assert (parameters["Time zone of business dates"], parameters["Made by"]) == (
        "America/New_York",
        "demo_user",
    )


def test_fairness_as_a_workbook(client: FlaskClient) -> None:
    found = sheets(client.get(f"{FAIRNESS}&side=SELL&format=xlsx"))
    head, only = found["Fairness"]
    row = dict(zip(head, only, strict=True))
    assert (row["asked_quantity"], row["filled_quantity"], row["entitled_quantity"]) == (
        400_000,
        300_000,
        300_000.5,
    )
    parameters = dict(found["Parameters"][1:])
    assert (parameters["Side"], parameters["Left out, nothing filled"]) == ("SELL", 2)


def test_a_workbook_asked_for_by_head_leaves_no_file_open(client: FlaskClient) -> None:
    answer = client.head(f"{HISTORY}?format=xlsx")
    assert (answer.status_code, answer.data) == (200, b"")
    answer.close()  # as a server does; what stays open is a ResourceWarning, hence an error


def test_fairness_takes_its_period(client: FlaskClient, services: Any) -> None:
    answer = client.get(f"{FAIRNESS}&group_id=G&side=SELL&method=CUSTOM_WEIGHTS").get_json()
    period = Period(date(2026, 7, 1), date(2026, 7, 31), "G", Side.SELL, Method.CUSTOM_WEIGHTS)
    assert services.reports.fairness.asked == [period]
    assert (answer["date_from"], answer["date_to"]) == ("2026-07-01", "2026-07-31")
    assert answer["accounts"][0]["fill_ratio"] == 0.75
    assert answer["accounts"][0]["gain_known"] == 1


def test_the_ledger_takes_its_period(client: FlaskClient, services: Any) -> None:
    answer = client.get(f"{LEDGER}&group_id=G&side=SELL").get_json()
    period = LedgerPeriod(date(2026, 7, 1), date(2026, 7, 31), "G", Side.SELL)
    assert services.reports.ledger.asked == [(period,)]
    assert (answer["date_from"], answer["date_to"]) == ("2026-07-01", "2026-07-31")
    assert answer["greatest_pieces"]["order_id"] == "9001"


def test_the_ledger_as_csv_has_what_json_has(client: FlaskClient) -> None:
    (account,) = client.get(LEDGER).get_json()["accounts"]
    answer = client.get(f"{LEDGER}&format=csv")
    name = "fairness-ledger-2026-07-01-2026-07-31.csv"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    (row,) = csv.DictReader(io.StringIO(answer.text))
    assert list(row) == list(account)
    for key, value in account.items():
        if isinstance(value, int | float):
            assert float(row[key]) == value, key
        elif not isinstance(value, list):
            assert row[key] == (value or ""), key
    assert (row["not_eligible"], row["excluded"]) == (
        "INSUFFICIENT_CASH: 2; no weight: 1",
        "2026-06-30 9002: client asked",
    )
    assert (row["greatest_excess"], row["greatest_excess_order_id"]) == ("0", "")


def test_the_ledger_as_a_workbook(client: FlaskClient) -> None:
    found = sheets(client.get(f"{LEDGER}&format=xlsx"))
    head, only = found["Fairness ledger"]
    row = dict(zip(head, only, strict=True))
    assert (row["entitled_quantity"], row["greatest_shortfall_pieces"]) == (300_000.5, 2.1)
    assert row["excluded"] == "2026-06-30 9002: client asked"
    parameters = dict(found["Parameters"][1:])
    assert (parameters["Of these provisional"], parameters["Sum of balances"]) == (1, 0)
    assert parameters["Policies"] == "default (version 0)"


def test_the_replay_takes_its_rule(client: FlaskClient, services: Any) -> None:
    answer = client.get(f"{REPLAY}&rule=LEDGER&fairness_weight=2.5e0").get_json()
    period = LedgerPeriod(date(2026, 7, 1), date(2026, 7, 31))
    assert services.reports.ledger.asked == [(period, Rule(FairnessMode.LEDGER, 2.5))]
    assert (answer["rule"], answer["fairness_weight"]) == ("LEDGER", 2.5)
    assert answer["not_recomputed"][0]["reason"] == "no spread duration"
    (row,) = csv.DictReader(io.StringIO(client.get(f"{REPLAY}&rule=PER_ORDER&format=csv").text))
    assert list(row) == list(answer["accounts"][0])
    assert (row["replayed_received"], row["replayed_balance"]) == ("0", "300000.5")
    found = sheets(client.get(f"{REPLAY}&rule=PER_ORDER&format=xlsx"))
    assert dict(found["Parameters"][1:])["Rule"] == "PER_ORDER"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "rule"),
        ("&rule=BOTH", "rule"),
        ("&rule=PER_ORDER&fairness_weight=1", "fairness_weight"),
        ("&rule=LEDGER&fairness_weight=-1", "fairness_weight"),
        ("&rule=LEDGER&fairness_weight=0x1", "fairness_weight"),
        ("&rule=LEDGER&fairness_weight=1e99", "fairness_weight"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(client: FlaskClient, query: str, field: str) -> None:
    answer = client.get(f"{REPLAY}{query}")
    assert answer.status_code == 422
    assert [error["field"] for error in answer.get_json()["errors"]] == [field]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/reports/fairness-ledger?date_from=2026-07-01",
        f"{LEDGER}&rule=LEDGER",
        "/v1/reports/fairness",
        "/v1/reports/fairness?date_from=2026-07-01",
        f"{FAIRNESS}&format=xml",
        f"{FAIRNESS}&side=HOLD",
        f"{HISTORY}?date_from=2026-07-02&date_to=2026-07-01",
        f"{HISTORY}?status=DONE",
        f"{HISTORY}?format=CSV",
        f"{HISTORY}?format=xls",
        f"{HISTORY}?format=csv&bom=yes",
        f"{FAIRNESS_CSV}&format=xlsx",
        f"{HISTORY}?format=csv&format=json",
        f"{HISTORY_CSV}?limit=7",
        f"{HISTORY_CSV}?date_from=2026-07-02&date_to=2026-07-01",
        "/v1/reports/fairness.csv",
    ],
)
def test_wrong_queries_are_refused(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        HISTORY,
        FAIRNESS,
        HISTORY_CSV,
        FAIRNESS_CSV,
        f"{HISTORY}?format=csv",
        FIX,
        f"{FIX}/messages",
        f"{FIX}/messages/alloc-1-1",
    ],
)
def test_reports_need_their_own_permission(client: FlaskClient, services: Any, path: str) -> None:
    services.access.users.account = USER.__class__(USER.id, USER.username, ("allocations:read", "audit:read"))
    answer = client.get(path)
    assert (answer.status_code, answer.get_json()["permission"]) == (403, "reports:read")


def test_what_fails_before_the_first_row_is_a_problem_document(client: FlaskClient, services: Any) -> None:
    def fail(_: LineFilter) -> Any:
        raise OSError
        yield

    services.reports.history.all = fail
    assert client.get(HISTORY_CSV).status_code == 500


def test_a_fix_message_is_given_as_it_is(client: FlaskClient) -> None:
    answer = client.get(FIX)
    assert answer.data == b"8=FIX.4.4\x019=5\x0135=J\x0110=001\x01"
    assert answer.headers["Content-Type"] == "text/plain; charset=us-ascii"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="allocation-alloc-1.fix"'
    assert answer.headers["Fix-Message-Sent"] == "true"


def test_a_page_of_another_origin_sees_whether_a_fix_message_left(client: FlaskClient) -> None:
    """The Fetch standard hides headers that are not named."""
    answer = client.get(FIX, headers={"Origin": "http://localhost:5173"})
    assert "Fix-Message-Sent" in answer.headers["Access-Control-Expose-Headers"].split(", ")


def test_a_fix_message_for_people(client: FlaskClient) -> None:
    answer = client.get(f"{FIX}?readable=true")
    assert answer.text == "8=FIX.4.4|9=5|35=J|10=001|"
    assert "Content-Disposition" not in answer.headers
    assert answer.headers["Fix-Message-Sent"] == "false"
    assert client.get(f"{FIX}?readable=false").data == client.get(FIX).data


@pytest.mark.parametrize("value", ["1", "yes", "True", ""])
def test_readable_is_true_or_false(client: FlaskClient, value: str) -> None:
    assert client.get(f"{FIX}?readable={value}").status_code == 422


def test_asking_for_the_headers_sends_nothing(client: FlaskClient) -> None:
    assert client.head(FIX).headers["Fix-Message-Sent"] == "false"


def test_messages_that_left_are_listed(client: FlaskClient) -> None:
    answer = client.get(f"{FIX}/messages").get_json()
    assert answer == {
        "messages": [
            {
                "alloc_id": "alloc-1-1",
                "sequence": 1,
                "trans_type": "NEW",
                "alloc_type": "PRELIMINARY",
                "replaces": None,
                "sent_at": "2026-07-01T15:00:00Z",
                "sent_by": "anna",
                "sha256": "0" * 64,
            }
        ],
        "next_cursor": None,
    }


def test_a_message_that_left_is_given_as_it_is(client: FlaskClient) -> None:
    answer = client.get(f"{FIX}/messages/alloc-1-1")
    assert answer.data == b"8=FIX.4.4\x019=5\x0135=J\x0110=001\x01"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="allocation-alloc-1-1.fix"'
    assert answer.headers["Fix-Message-Sent"] == "true"
    assert client.get(f"{FIX}/messages/alloc-1-1?readable=true").text == "8=FIX.4.4|9=5|35=J|10=001|"
    assert client.get(f"{FIX}/messages/alloc-1-2").status_code == 404

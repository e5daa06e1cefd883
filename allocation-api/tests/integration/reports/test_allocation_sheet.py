"""One allocation as CSV and XLSX: names, money, and what is ordered and filled now.

Money by hand: 1,000,000, 1,500,000, 800,000 and 500,000 face at 98.5 without accrued interest.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from decimal import Decimal

import openpyxl
import pytest

from app.models import OrderSliceRow
from tests.support.desk import GOLDEN_BOOK, Desk

BOND = "912828YW4"
MONEY = {
    "ACC001": ("Account one", "1000000", "985000", "5000000", "4015000"),
    "ACC002": ("Account two", "1500000", "1477500", "8000000", "6522500"),
    "ACC003": ("Account three", "800000", "788000", "3000000", "2212000"),
    "ACC004": ("Account four", "500000", "492500", "1000000", "507500"),
}


@pytest.fixture
def desk(tmp_path):
    """A desk none of whose orders is ever filled."""
    return Desk(tmp_path, scenario=GOLDEN_BOOK, MOCK_FILL_SECONDS="0")


def preview(desk):
    return desk.preview(BOND, 3_800_000, groups=("GOLDEN",))["allocation_id"]


def fetched(desk, allocation_id, **query):
    answer = desk.client.get(f"/v1/allocations/{allocation_id}", headers=desk.headers, query_string=query)
    assert answer.status_code == 200, answer.text
    return answer


def rows(desk, allocation_id, **query):
    text = fetched(desk, allocation_id, format="csv", **query).text
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_preview_as_csv_has_names_and_money(desk):
    allocation_id = preview(desk)
    found = rows(desk, allocation_id)
    columns = ("account_name", "allocated_quantity", "settlement_amount", "available_cash", "post_trade_cash")
    assert {r["account_id"]: tuple(r[c] for c in columns) for r in found} == MONEY
    assert {r["allocated_notional"] == r["settlement_amount"] for r in found} == {True}
    same = ("security_id", "security_description", "side", "currency", "price", "accrued")
    assert {tuple(r[c] for c in same) for r in found} == {
        (BOND, "US Treasury 2.5 05/31/2031", "BUY", "USD", "98.5", "0")
    }
    # Without an order nothing is said of one.
    assert {r[c] for r in found for c in ("ordered_quantity", "filled_quantity", "order_id")} == {""}
    answer = fetched(desk, allocation_id, format="csv", bom="true")
    assert answer.data.startswith(b"\xef\xbb\xbfaccount_id,account_name,")
    name = f'attachment; filename="allocation-{allocation_id}.csv"'
    assert answer.headers["Content-Disposition"] == name


def test_a_changed_order_shows_its_slices_beside_the_preview_s(desk):
    allocation_id = preview(desk)
    (order_id,) = desk.post(f"allocations/{allocation_id}/commit")["aladdin_order_ids"]
    desk.call("PUT", f"orders/{order_id}", json={"quantity": 1_900_000, "comment": "half"})
    with desk.services.database.write() as session:
        session.add(OrderSliceRow(order_id=order_id, account_id="ZZZ", quantity=Decimal("491.76")))
    columns = ("account_id", "allocated_quantity", "ordered_quantity", "filled_quantity", "allocation_state")
    assert [tuple(r[c] for c in columns) for r in rows(desk, allocation_id)] == [
        ("ACC001", "1000000", "500000", "0", "PROVISIONAL"),
        ("ACC002", "1500000", "750000", "0", "PROVISIONAL"),
        ("ACC003", "800000", "400000", "0", "PROVISIONAL"),
        ("ACC004", "500000", "250000", "0", "PROVISIONAL"),
        ("ZZZ", "0", "491.76", "0", "PROVISIONAL"),
    ]


def test_an_allocation_as_a_workbook(book_desk):
    """An account id that a spreadsheet would take for 1.2E+112 stays what it is."""
    book = json.loads(GOLDEN_BOOK.read_text().replace("ACC004", "12345E108"))
    desk = book_desk(book)
    allocation_id = preview(desk)
    workbook = openpyxl.load_workbook(io.BytesIO(fetched(desk, allocation_id, format="xlsx").data))
    head, *lines = workbook["Allocation"].iter_rows()
    names = [cell.value for cell in head]
    by_account = {line[0].value: dict(zip(names, line, strict=True)) for line in lines}
    assert set(by_account) == {"12345E108", "ACC001", "ACC002", "ACC003"}
    last = by_account["12345E108"]
    assert (last["account_id"].data_type, last["security_id"].data_type) == ("s", "s")
    assert (last["settlement_amount"].value, last["settlement_amount"].data_type) == (492_500, "n")
    assert last["settlement_date"].is_date
    about = {name.value: value.value for name, value in workbook["Parameters"].iter_rows(min_row=2)}
    assert (about["Allocation"], about["Side"], about["Quantity"]) == (allocation_id, "BUY", 3_800_000)
    assert (about["Clean price"], about["Settlement amount"]) == (98.5, 3_743_000)
    assert about["Trade date"] == datetime(2026, 6, 30)  # noqa: DTZ001 - a workbook knows no time zones
    assert about["Portfolio groups"] == "GOLDEN"


def test_why_an_account_gets_nothing_is_told(book_desk):
    book = json.loads(GOLDEN_BOOK.read_text())
    book["accounts"][3]["cash"] = 0
    desk = book_desk(book)
    last = rows(desk, preview(desk))[-1]
    assert (last["account_id"], last["allocated_quantity"]) == ("ACC004", "0")
    assert (last["reason_code"], last["reason"]) == (
        "INSUFFICIENT_CASH",
        "Cash of 0.00 buys at most 0 face",
    )


def test_json_stays_what_it_was_and_an_unknown_id_is_a_404(desk):
    allocation_id = preview(desk)
    assert desk.get(f"allocations/{allocation_id}") == desk.get(f"allocations/{allocation_id}", format="json")
    for kind in ("json", "csv", "xlsx"):
        assert desk.get("allocations/no-such", status=404, format=kind)["code"] == "NOT_FOUND"

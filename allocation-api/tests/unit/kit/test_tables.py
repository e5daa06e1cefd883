"""Tables as CSV and XLSX, the workbook read by another library than the one that writes it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from flask import Flask
from marshmallow import Schema, fields

from app.api.kit import xlsx
from app.api.kit.tables import Table, table_answer
from app.schemas.kit.fields import IsoDate, Number, UtcTime
from app.schemas.kit.tables import TableFormat, TableQuery

AT = datetime(2026, 6, 30, 14, 30, 5, tzinfo=UTC)


@dataclass
class Row:
    account_id: str
    face: Any
    price: Any = None
    day: Any = None
    at: Any = None
    done: bool = True


class Columns(Schema):
    account_id = fields.String()
    quantity = Number(attribute="face")
    price = Number()
    day = IsoDate()
    at = UtcTime()
    done = fields.Boolean()


ROWS = (
    Row("12345E108", Decimal("140000.0000"), Decimal("98.1234567891"), date(2026, 6, 30), AT),
    Row("=SUM(A1)", 800_000, 0.00001),
    Row("00123", Decimal(0), Decimal("-0.50"), date(1899, 1, 1), done=False),
    Row('Büro, "Z"\nGmbH', Decimal("12345678901234567.89")),
)
ABOUT = {
    "Account": "12345E108",
    "First business date": date(2026, 6, 30),
    "Security": None,
    "Groups": ("A", "B"),
}


def answer(rows: Any = ROWS, kind: TableFormat = TableFormat.CSV, *, bom: bool = False) -> bytes:
    with Flask("test").test_request_context():
        response = table_answer(Table("name", "Title", Columns(), rows, ABOUT), TableQuery(kind, bom))
        try:
            return response.get_data()
        finally:
            response.close()


def workbook(rows: Any = ROWS) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(answer(rows, TableFormat.XLSX)))


def cells(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_csv_has_every_row_as_it_is() -> None:
    head, *rows = csv.reader(io.StringIO(answer().decode(), newline=""))
    assert head == ["account_id", "quantity", "price", "day", "at", "done"]
    assert rows == [
        ["12345E108", "140000", "98.1234567891", "2026-06-30", "2026-06-30T14:30:05Z", "true"],
        ["'=SUM(A1)", "800000", "0.00001", "", "", "true"],
        ["00123", "0", "-0.5", "1899-01-01", "", "false"],
        ['Büro, "Z"\nGmbH', "12345678901234567.89", "", "", "", "true"],
    ]


def test_a_byte_order_mark_comes_on_request_and_once() -> None:
    many = [Row(str(i), i) for i in range(1_200)]
    plain, marked = answer(many), answer(many, bom=True)
    assert marked == b"\xef\xbb\xbf" + plain
    assert plain.startswith(b"account_id,")


def test_a_workbook_keeps_text_as_text_numbers_as_numbers_and_dates_as_dates() -> None:
    book = workbook()
    assert book.sheetnames == ["Title", "Parameters"]
    sheet = book["Title"]
    assert cells(sheet) == [
        ("account_id", "quantity", "price", "day", "at", "done"),
        ("12345E108", 140_000, 98.1234567891, datetime(2026, 6, 30), datetime(2026, 6, 30, 14, 30, 5), True),  # noqa: DTZ001
        ("=SUM(A1)", 800_000, 0.00001, None, None, True),
        ("00123", 0, -0.5, "1899-01-01", None, False),
        ('Büro, "Z"\nGmbH', 1.234567890123457e16, None, None, None, True),
    ]
    kinds = {name: [sheet[f"{name}{line}"].data_type for line in (2, 3, 4)] for name in "ABCE"}
    assert kinds == {"A": ["s", "s", "s"], "B": ["n", "n", "n"], "C": ["n", "n", "n"], "E": ["d", "n", "n"]}
    assert sheet["A3"].data_type == "s"  # text, and no formula
    assert sheet["D2"].is_date
    assert sheet.freeze_panes == "A2"


def test_a_workbook_says_what_it_was_asked_for() -> None:
    assert cells(workbook()["Parameters"]) == [
        ("parameter", "value"),
        ("Account", "12345E108"),
        ("First business date", datetime(2026, 6, 30)),  # noqa: DTZ001
        ("Security", None),
        ("Groups", "A; B"),
    ]


def test_rows_beyond_a_sheet_go_on_in_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_ROWS_PER_SHEET", 3)
    book = workbook([Row(str(i), i) for i in range(5)])
    assert book.sheetnames == ["Title", "Title 2", "Title 3", "Parameters"]
    shown = [[row[0] for row in cells(book[name])] for name in book.sheetnames[:3]]
    assert shown == [["account_id", "0", "1"], ["account_id", "2", "3"], ["account_id", "4"]]


def test_an_empty_table_has_its_header() -> None:
    assert answer([]) == b"account_id,quantity,price,day,at,done\r\n"
    assert cells(workbook([])["Title"]) == [("account_id", "quantity", "price", "day", "at", "done")]


def test_what_fails_in_a_workbook_fails_before_anything_is_sent() -> None:
    def rows() -> Any:
        yield ROWS[0]
        raise OSError("the database is gone")

    with pytest.raises(OSError, match="gone"):
        answer(rows(), TableFormat.XLSX)

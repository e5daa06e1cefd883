"""Blotters as Excel workbooks: what a cell is read as, what is refused by its name, and what is too large."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest
from openpyxl import Workbook

from app.core.errors import BodyTooLarge, InvalidRequest
from app.schemas import blotters_workbook
from app.schemas.blotters import LineSchema
from app.schemas.blotters_file import read_blotter
from app.services.blotters.types import Policy

HEADER = ("security_id", "side", "quantity", "allocation_method", "portfolio_groups")
SHEET = "xl/worksheets/sheet1.xml"
GOOD = ("91282CKF7", "BUY", 8_000_000, "PRO_RATA", "PUBLICPRE")


def saved(book):
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def workbook(*rows, title="Sheet1"):
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return saved(book)


def part(content, name):
    """The bytes of one part of a workbook."""
    return zipfile.ZipFile(io.BytesIO(content)).read(name)


def changed(content, name, old, new):
    """A workbook with other bytes in one part, as another program may write them."""
    file = io.BytesIO()
    assert name in zipfile.ZipFile(io.BytesIO(content)).namelist()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(file, "w", 8) as target:
        for part in source.namelist():
            data = source.read(part)
            if part == name:
                assert old in data
                data = data.replace(old, new)
            target.writestr(part, data)
    return file.getvalue()


def lines(content):
    return read_blotter(content, Policy()).lines


def errors(content):
    with pytest.raises(InvalidRequest) as caught:
        read_blotter(content, Policy())
    return [(error.field, error.message) for error in caught.value.errors]


def test_a_row_is_the_line_that_a_body_would_have():
    header = (*HEADER, "price", "settlement_date", "priority", "respect_cash", "min_allocation")
    row = (
        "91282CKF7",
        "SELL",
        100000.0,
        "PRO_RATA",
        "PUBLICPRE; BIG6",
        98.72,
        date(2026, 7, 2),
        3,
        False,
        "5000",
    )
    assert lines(workbook(header, row)) == (
        LineSchema().load(
            {
                "order": {
                    "security_id": "91282CKF7",
                    "side": "SELL",
                    "quantity": 100000,
                    "price": Decimal("98.72"),
                    "settlement_date": "2026-07-02",
                },
                "allocation_method": "PRO_RATA",
                "portfolio_groups": ["PUBLICPRE", "BIG6"],
                "priority": 3,
                "constraints": {"respect_cash": False, "min_allocation": 5000},
            }
        ),
    )


def test_a_number_is_the_one_that_excel_shows_whatever_digits_its_file_has():
    content = workbook((*HEADER, "price"), (*GOOD, 98.72))
    content = changed(content, SHEET, b"<v>98.72</v>", b"<v>98.719999999999999</v>")
    (line,) = lines(content)
    assert line.request.order.price == Decimal("98.72")


@pytest.mark.parametrize("value", ["0.30000000000000004", "100.00000000000001", "1234567890123456"])
def test_a_number_that_is_not_exact_is_refused(value):
    content = workbook((*HEADER, "price"), (*GOOD, 98.72))
    content = changed(content, SHEET, b"<v>98.72</v>", f"<v>{value}</v>".encode())
    ((field, message),) = errors(content)
    assert field == "file.2.price"
    assert message == f"F2: {value} is not exact. Round it in the sheet, so that it has at most 15 digits."


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (0, 3130812, "A3: The cell is a number, so zeros at its beginning are lost"),
        (0, 9.1282e10, "A3: The cell is a number, so zeros at its beginning are lost"),
        (4, 17, "E3: The cell is a number, so zeros at its beginning are lost"),
        (2, date(2026, 7, 2), "C3: The cell is a date or a time"),
        (2, True, "C3: The cell is TRUE"),
        (2, "#N/A", "C3: The cell has the error #N/A."),
        (1, "HOLD", "B3: "),
        (2, "8 000", "C3: "),
        (2, 0, "C3: "),
    ],
)
def test_a_wrong_cell_is_named_as_excel_does(column, value, words):
    row = [*GOOD[:column], value, *GOOD[column + 1 :]]
    ((field, message),) = errors(workbook(HEADER, GOOD, row))
    assert field == f"file.3.{HEADER[column]}"
    assert message.startswith(words)


@pytest.mark.parametrize("value", [datetime(2026, 7, 2, 9, 30), 46205])  # noqa: DTZ001 - as Excel has it
def test_a_settlement_date_is_a_day(value):
    ((field, message),) = errors(workbook((*HEADER, "settlement_date"), (*GOOD, value)))
    assert (field, message[:4]) == ("file.2.settlement_date", "F2: ")


def test_all_wrong_cells_are_named_at_once_and_empty_rows_count():
    found = errors(
        workbook(HEADER, (), GOOD, (None,), ("912", "BUY", 1, "ROUND_ROBIN", 5), (*GOOD, None, "x"))
    )
    assert [field for field, _ in found] == [
        "file.5.portfolio_groups",
        "file.5.allocation_method",
        "file.6",
    ]
    assert found[-1][1] == "G6: The header names no column here."


def test_a_formula_is_its_value_and_one_without_is_refused():
    content = workbook((*HEADER, "price"), (*GOOD, "=A1"))
    assert errors(content) == [
        ("file.2.price", "F2: The formula has no value. Open the workbook in Excel and save it.")
    ]
    # An empty value is written in one of two ways, with lxml and without.
    data = part(content, SHEET)
    (empty,) = (each for each in (b"<v></v>", b"<v />", b"<v/>") if b"<f>A1</f>" + each in data)
    computed = changed(content, SHEET, b"<f>A1</f>" + empty, b"<f>A1</f><v>99.5</v>")
    (line,) = lines(computed)
    assert line.request.order.price == Decimal("99.5")


def test_the_sheet_is_the_one_named_blotter_or_else_the_first_that_is_shown():
    book = Workbook()
    book.active.append(["notes"])
    other = book.create_sheet("Orders")
    other.append(HEADER)
    other.append(GOOD)
    assert errors(saved(book))[0][0] == "file.1.notes"
    book.active.sheet_state = "hidden"
    book.active = 1
    assert len(lines(saved(book))) == 1
    named = book.create_sheet(" BLOTTER ")
    named.append(HEADER)
    named.append(GOOD)
    named.append(GOOD)
    assert len(lines(saved(book))) == 2
    named.sheet_state = "hidden"
    assert len(lines(saved(book))) == 1


def test_empty_cells_around_the_table_and_a_wrong_dimension_do_not_matter():
    content = workbook((*HEADER, None, None), (), (*GOOD, None))
    content = changed(content, SHEET, b'<dimension ref="A1:G3"', b'<dimension ref="A1:A1"')
    assert len(lines(content)) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        workbook(HEADER, GOOD)[:-30],
        workbook(HEADER, GOOD)[:1000] + b"\0" * 200 + workbook(HEADER, GOOD)[1200:],
        changed(workbook(HEADER, GOOD), SHEET, b"<sheetData>", b"<sheetData><row>"),
        changed(workbook(HEADER, GOOD), SHEET, b"<v>8000000</v>", b"<v>nan</v>"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
    ],
)
def test_what_is_no_workbook_is_refused(content):
    ((field, message),) = errors(content)
    assert field == "file"
    assert ".xlsx" in message or "damaged" in message


def test_a_document_type_is_refused_so_that_no_entity_is_expanded():
    entity = b'<!DOCTYPE x [<!ENTITY a "8000000">]><worksheet '
    content = changed(workbook(HEADER, GOOD), SHEET, b"<worksheet ", entity)
    content = changed(content, SHEET, b"<v>8000000</v>", b"<v>&a;</v>")
    assert errors(content) == [("file", "This workbook cannot be read: it declares a document type.")]


@pytest.mark.parametrize(
    ("part", "before", "more"),
    [
        (SHEET, b"</row>", b" " * 21_000_000),
        (SHEET, b"</sheetData>", b"<row/>" * 1_100_000),
        (SHEET, b"</row>", b"<c/>" * 51_000),
        (SHEET, b"</sheetData>", b'<row><c r="XFD3"/></row>' * 200),
        ("xl/styles.xml", b"</cellXfs>", b"<xf/>" * 31_000),
        ("xl/workbook.xml", b"</workbook>", b"<si/>" * 1_100_000),
    ],
)
def test_what_is_too_large_unpacked_is_refused(part, before, more):
    bomb = changed(workbook(HEADER, GOOD), part, before, more + before)
    assert len(bomb) < 100_000
    with pytest.raises(BodyTooLarge):
        read_blotter(bomb, Policy())


def test_a_row_far_below_is_not_waited_for():
    far = b'<row r="999999999"><c r="A999999999" t="b"><v>1</v></c></row></sheetData>'
    content = changed(workbook(HEADER, GOOD), SHEET, b"</sheetData>", far)
    assert len(lines(content)) == 1


def test_an_archive_of_many_parts_is_refused():
    file = io.BytesIO(workbook(HEADER, GOOD))
    with zipfile.ZipFile(file, "a") as archive:
        for i in range(1_000):
            archive.writestr(f"xl/media/{i}", b"")
    with pytest.raises(BodyTooLarge):
        read_blotter(file.getvalue(), Policy())


def test_an_archive_that_understates_its_sizes_is_refused():
    content = workbook(HEADER, GOOD)
    part = SHEET
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(part).file_size
    found = bytearray(content)
    place = content.rindex(part.encode()) - 46 + 24  # its uncompressed size in the central directory
    assert int.from_bytes(found[place : place + 4], "little") == size
    found[place : place + 4] = (10).to_bytes(4, "little")
    assert errors(bytes(found)) == [("file", "This is no workbook: the file is damaged or incomplete.")]


def test_lines_are_counted_up_to_their_limit(monkeypatch):
    monkeypatch.setattr(blotters_workbook, "MAX_LINES", 3)
    monkeypatch.setattr("app.schemas.blotters_file.MAX_LINES", 3)
    assert len(lines(workbook(HEADER, *[GOOD] * 3))) == 3
    assert errors(workbook(HEADER, *[GOOD] * 9)) == [("file", "Between 1 and 3 lines are expected.")]

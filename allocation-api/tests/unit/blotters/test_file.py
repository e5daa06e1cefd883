"""Blotters as CSV: each row as the line that a JSON body would have, each error by row and column."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.core.errors import InvalidRequest
from app.schemas.blotters import LineSchema
from app.schemas.blotters_columns import COLUMNS
from app.schemas.blotters_csv import line_count
from app.schemas.blotters_file import read_blotter
from app.services.blotters.types import Policy

HEADER = "security_id,side,quantity,allocation_method,portfolio_groups"
GOOD = "91282CKF7,BUY,8000000,PRO_RATA,PUBLICPRE"


def read(*rows, policy=None):
    return read_blotter("\r\n".join(rows).encode(), policy or Policy())


def errors(*rows):
    with pytest.raises(InvalidRequest) as caught:
        read(*rows)
    return [(error.field, error.message) for error in caught.value.errors]


def test_a_row_is_the_line_that_a_body_would_have():
    header = ",".join(column.name for column in COLUMNS)
    row = (
        "91282CKF7,SELL,,2500000.5,,98.75,2026-07-02,MIN_DISPERSION,PUBLICPRE; BIG6,3,,DURATION,"
        "false,5000,TRUE"
    )
    asked = read(header, row, policy=Policy(sales_fund_buys=True))
    assert asked.policy == Policy(sales_fund_buys=True)
    assert asked.lines == (
        LineSchema().load(
            {
                "order": {
                    "security_id": "91282CKF7",
                    "side": "SELL",
                    "notional": Decimal("2500000.5"),
                    "price": Decimal("98.75"),
                    "settlement_date": "2026-07-02",
                },
                "allocation_method": "MIN_DISPERSION",
                "portfolio_groups": ["PUBLICPRE", "BIG6"],
                "priority": 3,
                "parameters": {"target_metric": "DURATION"},
                "constraints": {"respect_cash": False, "min_allocation": 5000, "compliance_check": True},
            }
        ),
    )


def test_a_file_of_a_spreadsheet_is_read():
    """With a byte order mark, columns in another order, empty rows and spaces around cells."""
    content = "\ufeffside,security_id,portfolio_groups,allocation_method,quantity\r\n,,,,\r\n"
    content += "BUY, 91282CKF7 ,PRE,PRO_RATA,1\r\n"
    (line,) = read_blotter(content.encode(), Policy()).lines
    assert (line.request.order.security_id, line.request.portfolio_groups) == ("91282CKF7", ("PRE",))


def test_every_wrong_cell_is_named_by_its_row_and_column():
    found = errors(
        HEADER,
        GOOD,
        "91282CKF7,HOLD,8 000,PRO_RATA,PUBLICPRE",
        "91282CKF7,BUY,1000,PRO_RATA",
        ",BUY,,ROUND_ROBIN,",
        '"91282CKF7",BUY,1000,"PRO_RATA",PUBLICPRE;PUBLICPRE',
    )
    assert [field for field, _ in found] == [
        "file.3.side",
        "file.3.quantity",
        "file.4",
        "file.5.security_id",
        "file.5.allocation_method",
        "file.5.portfolio_groups",
        "file.6.portfolio_groups",
    ]
    assert dict(found)["file.4"] == "The row has 4 cells, and the header 5."
    assert dict(found)["file.6.portfolio_groups"] == "A group is named twice."


def test_a_row_begins_where_its_first_line_does():
    first = '91282CKF7,BUY,1000,PRO_RATA,"PUBLICPRE;\nBIG6"'
    assert [field for field, _ in errors(HEADER, first, "91282CKF7,HOLD,1,PRO_RATA,BIG6")] == ["file.4.side"]


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (["security_id,side,quantity,allocation_method,portfolio_group", GOOD], "file.1.portfolio_group"),
        (["side,quantity,allocation_method,portfolio_groups", "BUY,1,PRO_RATA,X"], "file.1.security_id"),
        ([f"{HEADER},side", f"{GOOD},BUY"], "file.1.side"),
        ([HEADER], "file"),
        ([""], "file.1.security_id"),
        ([HEADER, '91282CKF7,"BUY"x,1,PRO_RATA,X'], "file"),
    ],
)
def test_a_file_that_has_another_form_is_refused(rows, field):
    assert field in [found for found, _ in errors(*rows)]


def test_a_file_that_is_not_utf_8_is_refused():
    with pytest.raises(InvalidRequest, match="CSV UTF-8"):
        read_blotter(f"{HEADER}\r\n".encode() + "91282CKF7,BUY,1,PRO_RATA,\xe9".encode("latin-1"), Policy())


@pytest.mark.parametrize("ending", ["\n", "\r", "\r\n"])
def test_the_row_that_is_not_utf_8_is_named_however_lines_end(ending):
    content = f"{HEADER}{ending}{GOOD}{ending}".encode() + b"91282CKF7,BUY,1,PRO_RATA,\xe9"
    with pytest.raises(InvalidRequest) as caught:
        read_blotter(content, Policy())
    assert [error.field for error in caught.value.errors] == ["file.3"]


@pytest.mark.parametrize(("content", "lines"), [(b"a\nb\rc\r\nd", 3), (b"\r\r\n\n", 3), (b"a", 0), (b"", 0)])
def test_lines_are_counted_as_the_reader_ends_them(content, lines):
    assert line_count(content) == lines

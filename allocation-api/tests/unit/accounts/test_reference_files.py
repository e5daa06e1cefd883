"""Reference files: what is read of them, every error with its place, and what is written reads as it was."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.accounts.reference_files import FORMATS, read_file, written_file
from app.utils.cells import FORMULA, guarded, unguarded

ACCOUNTS = "account_id,account_name,home_group_id,currency,cash_reserve_amount,cash_reserve_percent"
LIMITS = "code,scope,scope_id,value"


def read(name, *lines, header=None):
    header = ",".join(FORMATS[name].header) if header is None else header
    return read_file(FORMATS[name], "\r\n".join([header, *lines]).encode())


def errors(name, *lines, header=None):
    return [error.text for error in read(name, *lines, header=header).errors]


def test_a_file_is_read_by_its_header_in_whatever_order():
    found = read(
        "accounts",
        "USD,A1,Harbor,,0.05,1000.5",
        header="currency,account_id,account_name,home_group_id,cash_reserve_percent,cash_reserve_amount",
    )
    assert found.errors == []
    assert found.sheet == {("A1",): ("A1", "Harbor", None, "USD", Decimal("1000.5"), Decimal("0.05"))}


def test_a_byte_order_mark_quotes_and_line_feeds_alone_do_not_matter():
    content = f'\ufeff{ACCOUNTS}\nA1,"Harbor, ""the"" fund",,USD,,\n\n,,,,,\nA2,"Été",,,,\n'.encode()
    found = read_file(FORMATS["accounts"], content)
    assert found.errors == []
    assert [row[1] for row in found.sheet.values()] == ['Harbor, "the" fund', "Été"]
    assert found.lines == {("A1",): 2, ("A2",): 5}


def test_every_error_is_said_at_once_with_line_and_column():
    assert errors(
        "accounts",
        "A1,Harbor,,usd,,",
        "A/2,,,USD,-5,5 %",
        "A3,Bay,,USD,1.234,1.5",
        "A4,Cove",
        "A1,Harbor again,,USD,,",
        "A5,Dale,,USD,,",
        "A5,Dale,,USD,,",
    ) == [
        "accounts.csv, line 2, column currency: 3 capital letters like USD are expected.",
        (
            "accounts.csv, line 3, column account_id: "
            "An id of 1 to 64 printable characters without slash or comma is expected."
        ),
        "accounts.csv, line 3, column account_name: A value is needed here.",
        "accounts.csv, line 3, column cash_reserve_amount: A number that is not below 0 is expected.",
        (
            "accounts.csv, line 3, column cash_reserve_percent: "
            "A fraction is expected, not a percentage: 5 % is 0.05."
        ),
        "accounts.csv, line 4, column cash_reserve_amount: At most 2 decimals are possible.",
        "accounts.csv, line 4, column cash_reserve_percent: A fraction from 0 to 1 is expected: 5 % is 0.05.",
        "accounts.csv, line 5: The row has 2 cells, and the header 6.",
        "accounts.csv, line 8, column account_id: A5 stands on line 7 already.",
    ]


@pytest.mark.parametrize("number", ["1,000", "1'000", "1 000", "12,345,678.90", "0,05"])
def test_separators_of_thousands_are_refused(number):
    (error,) = errors("accounts", f'A1,Harbor,,USD,"{number}",')
    assert error == (
        "accounts.csv, line 2, column cash_reserve_amount: "
        f"Write {number} without separators of thousands and with a decimal point: 1234567.89."
    )


@pytest.mark.parametrize("number", ["1e3", "NaN", "inf", "1.000.000", "$5", "٣", "0x1f", "1_000", "--1", "."])
def test_what_is_no_plain_number_is_refused(number):
    (error,) = errors("accounts", f"A1,Harbor,,USD,{number},")
    assert error.endswith("column cash_reserve_amount: A number like 1234567.89 is expected.")


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            "account_id,acount_name,home_group_id,currency,cash_reserve_amount,cash_reserve_percent",
            [
                (
                    "accounts.csv, line 1, column acount_name: Unknown column acount_name. "
                    "Did you mean account_name?"
                ),
                (
                    "accounts.csv, line 1, column account_name: "
                    "This column is missing. Where there is nothing to say, its cells are empty."
                ),
            ],
        ),
        (f"{ACCOUNTS},currency", ["accounts.csv, line 1, column currency: This column is there twice."]),
    ],
)
def test_a_wrong_header_is_said(header, said):
    assert errors("accounts", header=header) == said


def test_semicolons_are_named_as_the_fault():
    found = errors("accounts", header=ACCOUNTS.replace(",", ";"))
    assert found[0].endswith("Columns are separated by commas.")


def test_an_empty_file_and_one_that_is_no_csv_are_said():
    assert read_file(FORMATS["limits"], b"").errors[0].text == (
        "limits.csv, line 1: The file is empty. Its header is code,scope,scope_id,value"
    )
    (error,) = errors("accounts", 'A1,"Harbor" x,,USD,,')
    assert error.startswith("accounts.csv, line 2: This is not CSV")
    utf16 = read_file(FORMATS["accounts"], f"{ACCOUNTS}\nA1,Été".encode("utf-16")).errors
    assert [e.text for e in utf16] == ["accounts.csv, line 1: The file is not UTF-8. Save it as CSV UTF-8."]
    latin = read_file(FORMATS["accounts"], f"{ACCOUNTS}\nA1,Été".encode("latin-1")).errors
    assert [e.line for e in latin] == [2]


def test_unknown_words_name_the_nearest_one():
    assert errors("restrictions", "A1,NO_TOBACO", "A1,FUN") == [
        (
            "restrictions.csv, line 2, column restriction: Unknown restriction NO_TOBACO. "
            "Did you mean NO_TOBACCO?"
        ),
        (
            "restrictions.csv, line 3, column restriction: Unknown restriction FUN. Known are "
            "INVESTMENT_GRADE_ONLY, NO_HIGH_YIELD, NO_EMERGING_MARKETS, NO_TOBACCO, ESG_COMPLIANT, NONE."
        ),
    ]
    bond = "912828YW4,US912828YW42,T,Treasury,US,1,{},US,AAA,1.5,2030-01-31,USD"
    assert errors("securities", bond.format("Bankng")) == [
        "securities.csv, line 2, column sector: Unknown sector Bankng. Did you mean BANKING?"
    ]
    assert errors("securities", bond.format("Thermal coal")) == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("ISSUE_OWNRSHIP,DEFAULT,*,0.2", "column code: Unknown limit ISSUE_OWNRSHIP. "),
        ("ISSUE_OWNERSHIP,ACCOUNT,A1,0.2", "column scope: ISSUE_OWNERSHIP limits an order as a whole"),
        ("ISSUE_OWNERSHIP,DEFAULT,A1,0.2", "column scope_id: The default of all is written *."),
        ("ISSUE_OWNERSHIP,SECTOR,Thermal coal,0.2", "column scope_id: Unknown sector Thermal coal."),
        ("ISSUE_OWNERSHIP,DEFAULT,*,10", "column value: A fraction from 0 to 1 is expected"),
        ("ISSUE_OWNERSHIP,DEFAULT,*,", "column value: A value is needed here."),
    ],
)
def test_a_limit_that_would_limit_nothing_is_refused(row, said):
    (error,) = errors("limits", row)
    assert said in error


def test_ids_of_bonds_are_checked_by_their_digits():
    rest = "T,Treasury,US,1,GOVT,US,AAA,1.5,2030-01-31,USD"
    assert errors("securities", f"912828YW5,,{rest}", f"912828yw4,,{rest}", f"X1,US912828YW43,{rest}") == [
        "securities.csv, line 2, column security_id: The check digit of 912828YW5 is wrong.",
        (
            "securities.csv, line 3, column security_id: "
            "Write it as its agency does, in capitals, without blanks and dashes: 912828yw4."
        ),
        "securities.csv, line 4, column isin: US912828YW43 is no valid ISIN, like US912828YW42.",
    ]


@pytest.mark.parametrize("day", ["30.06.2026", "2026-6-30", "20260630", "2026-02-30", "2026-06-30T00:00"])
def test_dates_have_one_form(day):
    (error,) = errors("groups", f"G,Group,,,,{day}")
    assert error.endswith("column created_date: A date like 2026-06-30 is expected.")


def test_text_that_shows_otherwise_than_it_is_stored_is_refused():
    (error,) = errors("groups", "G,abc\u202ecba,,,,")
    assert error.endswith("The character U+202E is not possible in a text: it does not show.")


# --- formulas -----------------------------------------------------------------------------------------------


@given(st.text())
def test_no_cell_begins_as_a_formula_and_every_text_comes_back(text):
    assert not guarded(text).startswith(FORMULA)
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "'=x", "''", "'", "'t Hooft", ""])
def test_apostrophes_of_its_own_survive(text):
    assert unguarded(guarded(text)) == text


def test_a_name_like_a_formula_is_written_as_text_and_reads_as_it_was():
    found = read("accounts", 'A1,"\'=HYPERLINK(""http://x"")",,,,')
    assert found.sheet["A1",][1] == '=HYPERLINK("http://x")'
    written = "".join(written_file(FORMATS["accounts"], found.sheet))
    assert ",\"'=HYPERLINK(" in written
    assert read_file(FORMATS["accounts"], written.encode()).sheet == found.sheet


# --- what is written is what is read ------------------------------------------------------------------------

VISIBLE = st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40).map(
    lambda text: text.strip(" ") or "x"
)
REALS = st.none() | st.floats(-1_000, 1_000)
IDS = st.from_regex(r"[A-Z][A-Z0-9-]{0,8}[A-Z0-9]", fullmatch=True)


@given(
    st.dictionaries(
        IDS,
        st.tuples(VISIBLE, VISIBLE, VISIBLE, VISIBLE, st.none() | st.dates(date(1, 1, 1))),
        max_size=5,
    )
)
def test_groups_read_as_they_were_written(drawn):
    same("groups", {(key,): (key, *rest) for key, rest in drawn.items()})


@given(st.dictionaries(IDS, st.tuples(REALS, REALS, REALS), max_size=5))
def test_benchmarks_read_as_they_were_written(drawn):
    sheet = {
        ("GROUP", key): ("GROUP", key, *values)
        for key, values in drawn.items()
        if any(v is not None for v in values)
    }
    same("benchmarks", sheet)


@given(
    st.dictionaries(
        IDS,
        st.tuples(st.none() | st.decimals(0, 10**21, places=2), st.none() | st.decimals(0, 1, places=8)),
        max_size=5,
    )
)
def test_accounts_read_as_they_were_written(drawn):
    same("accounts", {(key,): (key, key, None, "USD", *reserve) for key, reserve in drawn.items()})


def same(name, sheet):
    for bom in (False, True):
        written = "".join(written_file(FORMATS[name], sheet, bom=bom))
        found = read_file(FORMATS[name], written.encode())
        assert found.errors == []
        assert found.sheet == sheet
